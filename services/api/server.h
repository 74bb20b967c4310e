/* server.h - the api's port: every request through the same gates, in the same order.
 *
 * Promise: in this order: host and origin (with API_AUTH=off only loopback), preflight, who asks, rate, path (404), method (405), may
 *          they (401), same origin for a cookie's write (403), query (400), body, handler. What is no API path is the dashboard's.
 * Threads: civetweb's, one a connection: API_THREADS and one for each stream.
 */
#ifndef PARLEY_API_SERVER_H
#define PARLEY_API_SERVER_H
#include "base/err.h"

bool server_start(const void *config, struct err *err);
void server_drain(int64_t deadline_boot_ms);
void server_stop(void);

#endif

/* wire_log.h - the last calls to webhooks as they went over the wire, for people to look at.
 *
 * Promise: at most WIRE_LOG_MAX, the oldest goes first.
 * Threads: the world's lock.
 */
#ifndef PARLEY_SIM_WIRE_LOG_H
#define PARLEY_SIM_WIRE_LOG_H
#include "signed_call.h"

enum { WIRE_LOG_MAX = 100 };

void wire_log_add(const struct call *call, const struct signed_call *request, int status, struct str answer,
                  int64_t elapsed_us);
/* Oldest first: [{at, kind, method, url, headers, body, try, status, answer, elapsed_ms}]. A new reference. */
json_t *wire_log_json(void);
void wire_log_clear(void);

#endif

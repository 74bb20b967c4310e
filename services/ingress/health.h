/* health.h - GET /health on the port that Plivo calls: could a webhook be made durable now, and by whom?
 *
 * Promise: 200 when the worker or the spool could, else 503; never waits.
 * Units:   started_ms in ms of CLOCK_BOOTTIME.
 * Threads: call from any.
 * Source:  contract.md, section Ingress.
 */
#ifndef PARLEY_INGRESS_HEALTH_H
#define PARLEY_INGRESS_HEALTH_H
#include "io/bus.h"
#include "io/http.h"

void health_serve(struct http_request *rq, const struct bus_client *worker, int64_t started_ms);

#endif

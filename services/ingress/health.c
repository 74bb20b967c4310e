#include "health.h"

#include "io/clock.h"
#include "spool.h"
#include "webhook.h"
#include "wire/record.h"

#include <stdio.h>

void health_serve(struct http_request *rq, const struct bus_client *worker, int64_t started_ms)
{
    char now[TIME_TEXT_BYTES];
    char body[256];
    bool has_worker = bus_client_is_connected(worker, WORKER_HEARD_MS);
    bool has_spool = spool_can_take();
    bool is_ready = has_worker || has_spool;
    int64_t up_ms = clock_boot_ms() - started_ms;
    time_format(clock_wall_ms(), now);
    int n = snprintf(
        body, sizeof body,
        "{\"status\":\"%s\",\"timestamp\":\"%s\",\"uptime\":%.3f,\"checks\":{\"worker\":\"%s\",\"spool\":\"%s\"}}",
        is_ready ? "ok" : "unavailable", now, (double)up_ms / 1000, has_worker ? "ok" : "away",
        has_spool ? "ok" : "full");
    assert(n > 0 && (size_t)n < sizeof body);
    (void)http_respond(rq, is_ready ? 200 : 503, "application/json", NULL, 0,
                       str_bytes(body, (size_t)n)); /* asks again */
}

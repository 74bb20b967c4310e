#include "parts.h"

#include "calls.h"
#include "outcomes.h"
#include "plivo_http.h"
#include "pull.h"
#include "reconcile.h"
#include "reports.h"

enum { WORKER_HEARD_MS = 3000 }; /* three of the bus's pings */

/* What the parts of this process are. Written by the main thread only, while the part's threads do not run. */
static struct {
    struct bus_client *worker;
    struct hand *hand;
    struct outcomes *outcomes;
    struct reports *reports;
    struct reconcile *reconcile;
    struct calls *calls;
    struct pull *pull;
} sender;

bool worker_start(const void *values, struct err *err)
{
    const struct sender_config *config = values;
    if (!plivo_http_start(err))
        return false;
    if (!hand_new(&sender.hand, config->connections, err))
        goto undo_http;
    struct str endpoint = config_endpoint(config->worker_endpoint, config->run_dir, "worker.sock");
    if (!bus_client_open(&sender.worker, endpoint.p, "worker", err))
        goto undo_hand;
    return true;
undo_hand:
    hand_free(&sender.hand);
undo_http:
    plivo_http_stop();
    return false;
}

bool worker_ready(struct err *why)
{
    return bus_client_is_connected(sender.worker, WORKER_HEARD_MS) ||
           err_set(why, ERR_BUSY, NULL, "the worker has not answered within the last %d ms", WORKER_HEARD_MS);
}

void worker_stop(void)
{
    bus_client_close(&sender.worker);
    hand_free(&sender.hand);
    plivo_http_stop();
}

bool outcomes_part_start(const void *values, struct err *err)
{
    const struct sender_config *config = values;
    return outcomes_start(&sender.outcomes, config->name, sender.worker, sender.hand, err);
}

void outcomes_part_drain(int64_t deadline_boot_ms)
{
    hand_wait_empty(sender.hand, deadline_boot_ms * 1000);
}

void outcomes_part_stop(void)
{
    hand_close(sender.hand);
    outcomes_stop(&sender.outcomes);
}

bool reports_part_start(const void *values, struct err *err)
{
    return reports_start(&sender.reports, values, sender.worker, err);
}

void reports_part_stop(void)
{
    reports_stop(&sender.reports);
}

bool reconcile_part_start(const void *values, struct err *err)
{
    return reconcile_start(&sender.reconcile, values, sender.worker, sender.hand, err);
}

void reconcile_part_stop(void)
{
    hand_close(sender.hand);
    reconcile_stop(&sender.reconcile);
}

bool calls_part_start(const void *values, struct err *err)
{
    return calls_start(&sender.calls, values, sender.hand, err);
}

void calls_part_drain(int64_t deadline_boot_ms)
{
    calls_drain(sender.calls, deadline_boot_ms);
}

void calls_part_stop(void)
{
    calls_stop(&sender.calls);
}

bool pull_part_start(const void *values, struct err *err)
{
    return pull_start(&sender.pull, values, sender.worker, sender.hand, sender.calls, err);
}

/* It holds nothing that could take long: the answer it waits for has a deadline of its own. */
void pull_part_drain(int64_t deadline_boot_ms)
{
    (void)deadline_boot_ms;
    pull_stop(&sender.pull);
}

/* The first to stop: what the drain did not bring to the worker, nobody waits for any longer. */
void pull_part_stop(void)
{
    bus_client_hang_up(sender.worker);
    pull_stop(&sender.pull);
}

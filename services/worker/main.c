/* The worker: rules, consent, outbox, and the store that nobody else opens. */
#include "config.h"
#include "front.h"
#include "io/service.h"
#include "loop.h"
#include "metrics.h"
#include "readers.h"
#include "teller.h"

static const struct service WORKER = {
    .name = "worker",
    .summary = "applies rules and consent, keeps the outbox and the store, answers queries",
    .config = &worker_config_table,
    .config_values = &worker_config,
    .admin_listen_offset = offsetof(struct worker_config, admin_listen),
    .log_level_offset = offsetof(struct worker_config, log_level),
    .log_format_offset = offsetof(struct worker_config, log_format),
    .metrics = &worker_metrics,
    .parts = {
        /* name       start           ready  drain  stop */
        {"queues",    front_prepare,  NULL,  NULL,  front_release},
        {"store",     loop_open,      NULL,  NULL,  loop_close},
        {"teller",    teller_start,   NULL,  NULL,  teller_stop},
        {"readers",   readers_start,  NULL,  NULL,  readers_stop},
        {"writer",    loop_start,     NULL,  NULL,  loop_stop},
        {"front",     front_start,    NULL,  front_drain, front_stop},
    },
};

int main(int argc, char **argv)
{
    return service_main(&WORKER, argc, argv);
}

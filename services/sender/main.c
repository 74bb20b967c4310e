#include "config.h"
#include "parts.h"

static struct sender_config config;

static const struct service SENDER = {
    .name = "sender",
    .summary = "calls Plivo's API for what the worker grants, and reads its delivery reports",
    .config = &SENDER_CONFIG_TABLE,
    .config_values = &config,
    .admin_listen_offset = offsetof(struct sender_config, admin_listen),
    .log_level_offset = offsetof(struct sender_config, log_level),
    .log_format_offset = offsetof(struct sender_config, log_format),
    .metrics = &SENDER_METRICS_TABLE,
    .check = sender_config_check,
    .parts = { /* name        start                  ready         drain                stop                 */
               { "worker",    worker_start,          worker_ready, NULL,                worker_stop          },
               { "reports",   reports_part_start,    NULL,         NULL,                reports_part_stop    },
               { "outcomes",  outcomes_part_start,   NULL,         outcomes_part_drain, outcomes_part_stop   },
               { "reconcile", reconcile_part_start,  NULL,         NULL,                reconcile_part_stop  },
               { "calls",     calls_part_start,      NULL,         calls_part_drain,    calls_part_stop      },
               { "pull",      pull_part_start,       NULL,         pull_part_drain,     pull_part_stop       } },
};

int main(int argc, char **argv)
{
    return service_main(&SENDER, argc, argv);
}

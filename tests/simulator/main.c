#include "carrier.h"
#include "io/service.h"
#include "sim_metrics.h"
#include "web.h"
#include "world.h"

static struct sim_config config;

static bool start_world(const void *c, struct err *err)
{
    return world_start(c, err);
}

static bool start_carrier(const void *c, struct err *err)
{
    (void)c;
    return carrier_start(err);
}

static bool start_web(const void *c, struct err *err)
{
    return web_start(c, err);
}

static const struct service SIM = {
    .name = "sim",
    .summary = "a Plivo that runs on a laptop: its REST API, signed callbacks, faults on demand",
    .config = &sim_config_table,
    .config_values = &config,
    .admin_listen_offset = offsetof(struct sim_config, admin_listen),
    .log_level_offset = offsetof(struct sim_config, log_level),
    .log_format_offset = offsetof(struct sim_config, log_format),
    .metrics = &sim_metrics,
    .parts = { /* name       start          ready  drain      stop         */
               { "world",    start_world,   NULL,  NULL,      world_stop   },
               { "carrier",  start_carrier, NULL,  NULL,      carrier_stop },
               { "web",      start_web,     NULL,  web_drain, web_stop     } },
};

int main(int argc, char **argv)
{
    return service_main(&SIM, argc, argv);
}

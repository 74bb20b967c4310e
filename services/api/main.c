#include "ask.h"
#include "config.h"
#include "io/service.h"
#include "server.h"
#include "channels.h"

static struct api_config config;

/* clang-format off */
static const struct service API = {
    .name = "api",
    .summary = "people and programs: authentication, JSON, the event stream and the dashboard",
    .config = &api_config_table,
    .config_values = &config,
    .admin_listen_offset = offsetof(struct api_config, admin_listen),
    .log_level_offset = offsetof(struct api_config, log_level),
    .log_format_offset = offsetof(struct api_config, log_format),
    .metrics = &api_metrics,
    .check = api_config_check,
    .parts = {
        /* name       start            ready       drain          stop */
        { "worker",   ask_start,       ask_ready,  NULL,          ask_stop      },
        { "events",   channels_start,  NULL,       NULL,          channels_stop },
        { "http",     server_start,    NULL,       server_drain,  server_stop   },
    },
};
/* clang-format on */

int main(int argc, char **argv)
{
    return service_main(&API, argc, argv);
}

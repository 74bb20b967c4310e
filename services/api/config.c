#include "config.h"

#include "client_address.h"
#include "media/media_fetch.h"
#include "origin.h"

#include <stdio.h>

CONFIG_TABLE(api_config_table, api_config, API_CONFIG);
METRICS_DEFINE(api_metrics, API_METRICS);

struct str api_dashboard_url(const struct api_config *config)
{
    static char made[300];
    struct str url = config->dashboard_url;
    if (url.n == 0) {
        (void)snprintf(made, sizeof made, "http://%.*s",
                       STR_ARGS(config->listen)); /* a listen address is far shorter */
        return str_of(made);
    }
    while (str_ends(url, STR("/")))
        url.n--;
    return url;
}

static bool check_origins(struct str list, struct err *err)
{
    struct str item;
    while (str_next(&list, ',', &item)) {
        item = str_trim(item);
        if (item.n > 0 && !origin_is_wellformed(item))
            return err_set(err, ERR_INPUT, "CORS_ORIGINS",
                           "\"%.*s\" is no origin; write https://host or https://host:port", STR_ARGS(item));
    }
    return true;
}

bool api_config_check(const void *values, struct err *err)
{
    const struct api_config *config = values;
    struct proxies unused;
    if (!config->auth && !origin_host_is_loopback(config->listen))
        return err_set(err, ERR_INPUT, "API_AUTH",
                       "may be off only when API_LISTEN is on loopback, such as 127.0.0.1:8080");
    if (config->dashboard_url.n > 0 && !str_starts(config->dashboard_url, STR("http://")) &&
        !str_starts(config->dashboard_url, STR("https://")))
        return err_set(err, ERR_INPUT, "DASHBOARD_URL", "must begin with http:// or https://");
    if (!media_hosts_are_wellformed(config->private_hosts))
        return err_set(err, ERR_INPUT, "MEDIA_PRIVATE_HOSTS", "must be host:port, with commas between several");
    return check_origins(config->cors_origins, err) && proxies_parse(config->trusted_proxies, &unused, err);
}

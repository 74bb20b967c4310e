#include "config.h"

#include "signed_url.h"
#include "tenant.h"

CONFIG_TABLE(ingress_config_table, ingress_config, INGRESS_CONFIG);

bool ingress_config_check(const void *config, struct err *err)
{
    const struct ingress_config *c = config;
    struct proxies proxies;
    struct tenant tenant;
    if (!str_is(c->signature_mode, "enforce") && !str_is(c->signature_mode, "observe"))
        return err_set(err, ERR_INPUT, "SIGNATURE_MODE", "must be enforce or observe");
    bool is_fine = tokens_read(&c->auth_token, "PLIVO_AUTH_TOKEN", &tenant, err);
    for (size_t i = 0; i < COUNT(tenant.tokens); i++)
        secret_release(&tenant.tokens[i]);
    return is_fine && public_url_check(c->public_url, err) && proxies_read(c->trusted_proxies, &proxies, err);
}

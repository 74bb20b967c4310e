#include "parts.h"

#include "ack.h"
#include "config.h"
#include "forget.h"
#include "outcomes.h"
#include "peers.h"
#include "relay.h"
#include "spool.h"
#include "tenant.h"
#include "webhook.h"

bool ingress_start_tenants(const void *config, struct err *err)
{
    const struct ingress_config *c = config;
    return tenants_load(&c->auth_token, c->is_v2_allowed, err);
}

bool ingress_start_peers(const void *config, struct err *err)
{
    const struct ingress_config *c = config;
    return peers_start(config_endpoint(c->worker_endpoint, c->run_dir, "worker.sock").p,
                       config_endpoint(c->sender_endpoint, c->run_dir, "sender.sock").p, err);
}

bool ingress_start_spool(const void *config, struct err *err)
{
    const struct ingress_config *c = config;
    return spool_start(c->spool_dir.p, c->spool_mb * 1024 * 1024, acks_spooled, err);
}

bool ingress_start_acks(const void *config, struct err *err)
{
    const struct ingress_config *c = config;
    return acks_start(c->ack_budget_ms, err);
}

bool ingress_start_outcomes(const void *config, struct err *err)
{
    (void)config;
    return outcomes_start(peers_worker(), err);
}

bool ingress_start_relay(const void *config, struct err *err)
{
    (void)config;
    return relay_start(peers_worker(), peers_sender(), err);
}

bool ingress_start_forgetting(const void *config, struct err *err)
{
    const struct ingress_config *c = config;
    return forget_start(peers_worker(), c->aside_days, err);
}

bool ingress_start_webhooks(const void *config, struct err *err)
{
    const struct ingress_config *c = config;
    struct webhook_options options = {
        .listen = c->listen,
        .port = c->port,
        .threads = (int)c->http_threads,
        .keep_alive_ms = (int)c->keep_alive_ms,
        .public_url = c->public_url,
        .name = c->name,
        .is_observing = str_is(c->signature_mode, "observe"),
        .worker = peers_worker(),
    };
    return proxies_read(c->trusted_proxies, &options.proxies, err) && webhook_start(&options, err);
}

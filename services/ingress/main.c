/* parley-ingress: Plivo's webhooks, made durable before they are answered. Started from the top, stopped from the bottom. */
#include "ack.h"
#include "config.h"
#include "io/service.h"
#include "metrics.h"
#include "outcomes.h"
#include "peers.h"
#include "relay.h"
#include "tenant.h"
#include "webhook.h"

static bool start_tenants(const void *config, struct err *err)
{
    const struct ingress_config *c = config;
    return tenants_load(&c->auth_token, c->is_v2_allowed, err);
}

static bool start_peers(const void *config, struct err *err)
{
    const struct ingress_config *c = config;
    return peers_start(config_endpoint(c->worker_endpoint, c->run_dir, "worker.sock").p,
                       config_endpoint(c->sender_endpoint, c->run_dir, "sender.sock").p, err);
}

static bool start_spool(const void *config, struct err *err)
{
    const struct ingress_config *c = config;
    return spool_start(c->spool_dir.p, c->spool_mb * 1024 * 1024, acks_spooled, err);
}

static bool start_acks(const void *config, struct err *err)
{
    const struct ingress_config *c = config;
    return acks_start(c->ack_budget_ms, err);
}

static bool start_outcomes(const void *config, struct err *err)
{
    (void)config;
    return outcomes_start(peers_worker(), err);
}

static bool start_relay(const void *config, struct err *err)
{
    (void)config;
    return relay_start(peers_worker(), peers_sender(), err);
}

static bool start_webhooks(const void *config, struct err *err)
{
    const struct ingress_config *c = config;
    struct webhook_options options = {
        .listen = c->listen, .port = c->port, .threads = (int)c->http_threads, .keep_alive_ms = (int)c->keep_alive_ms,
        .public_url = c->public_url, .name = c->name, .is_observing = str_is(c->signature_mode, "observe"),
        .worker = peers_worker(),
    };
    return proxies_read(c->trusted_proxies, &options.proxies, err) && webhook_start(&options, err);
}

static struct ingress_config config;

static const struct service INGRESS = {
    .name = "ingress", .summary = "receives Plivo's webhooks and answers 200 only when they are durable",
    .config = &ingress_config_table, .config_values = &config, .check = ingress_config_check, .metrics = &ingress_metrics,
    .admin_listen_offset = offsetof(struct ingress_config, admin_listen),
    .log_level_offset = offsetof(struct ingress_config, log_level),
    .log_format_offset = offsetof(struct ingress_config, log_format),
    .parts = { /* name       start           ready          drain           stop */
               { "tenants",  start_tenants,  NULL,          NULL,           tenants_release },
               { "peers",    start_peers,    NULL,          NULL,           peers_stop },
               { "spool",    start_spool,    NULL,          NULL,           spool_stop },
               { "acks",     start_acks,     NULL,          NULL,           acks_stop },
               { "outcomes", start_outcomes, NULL,          outcomes_drain, outcomes_stop },
               { "relay",    start_relay,    NULL,          NULL,           relay_stop },
               { "webhooks", start_webhooks, webhook_ready, webhook_drain,  webhook_stop } },
};

int main(int argc, char **argv)
{
    return service_main(&INGRESS, argc, argv);
}

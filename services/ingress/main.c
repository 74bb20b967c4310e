/* parley-ingress: Plivo's webhooks, made durable before they are answered. Started from the top, stopped from the bottom. */
#include "ack.h"
#include "config.h"
#include "forget.h"
#include "io/service.h"
#include "metrics.h"
#include "outcomes.h"
#include "parts.h"
#include "peers.h"
#include "relay.h"
#include "spool.h"
#include "tenant.h"
#include "webhook.h"

static struct ingress_config config;

static const struct service INGRESS = {
    .name = "ingress", .summary = "receives Plivo's webhooks and answers 200 only when they are durable",
    .config = &ingress_config_table, .config_values = &config, .check = ingress_config_check, .metrics = &ingress_metrics,
    .admin_listen_offset = offsetof(struct ingress_config, admin_listen),
    .log_level_offset = offsetof(struct ingress_config, log_level),
    .log_format_offset = offsetof(struct ingress_config, log_format),
    .parts = { /* name       start                   ready          drain           stop */
               { "tenants",  ingress_start_tenants,  NULL,          NULL,           tenants_release },
               { "peers",    ingress_start_peers,    NULL,          NULL,           peers_stop },
               { "spool",    ingress_start_spool,    NULL,          NULL,           spool_stop },
               { "acks",     ingress_start_acks,     NULL,          NULL,           acks_stop },
               { "outcomes", ingress_start_outcomes, NULL,          outcomes_drain, outcomes_stop },
               { "relay",    ingress_start_relay,    NULL,          NULL,           relay_stop },
               { "forget",   ingress_start_forgetting, NULL,        NULL,           forget_stop },
               { "webhooks", ingress_start_webhooks, webhook_ready, webhook_drain,  webhook_stop } },
};

int main(int argc, char **argv)
{
    return service_main(&INGRESS, argc, argv);
}

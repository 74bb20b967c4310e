/* metrics.h - what ingress counts.
 *
 * Threads: call metric_add() and the like from any.
 */
#ifndef PARLEY_INGRESS_METRICS_H
#define PARLEY_INGRESS_METRICS_H
#include "io/metrics.h"

/* clang-format off */
#define INGRESS_METRICS(X) \
    X(COUNTER,   webhooks_ok,        "parley_ingress_webhooks_total",       "answer=\"committed\"",     "webhooks by answer") \
    X(COUNTER,   webhooks_spooled,   "parley_ingress_webhooks_total",       "answer=\"spooled\"",       "webhooks by answer") \
    X(COUNTER,   webhooks_busy,      "parley_ingress_webhooks_total",       "answer=\"busy\"",          "webhooks by answer") \
    X(COUNTER,   webhooks_unsigned,  "parley_ingress_webhooks_total",       "answer=\"unsigned\"",      "webhooks by answer") \
    X(COUNTER,   webhooks_forged,    "parley_ingress_webhooks_total",       "answer=\"bad_signature\"", "webhooks by answer") \
    X(COUNTER,   webhooks_malformed, "parley_ingress_webhooks_total",       "answer=\"malformed\"",     "webhooks by answer") \
    X(COUNTER,   webhooks_refused,   "parley_ingress_webhooks_total",       "answer=\"refused\"",       "webhooks by answer") \
    X(COUNTER,   signatures_v3,      "parley_ingress_signatures_total",     "family=\"v3\"",            "accepted signatures by family") \
    X(COUNTER,   signatures_v3_twice, "parley_ingress_signatures_total",    "family=\"v3_twice_encoded\"", "accepted signatures by family") \
    X(COUNTER,   signatures_v2,      "parley_ingress_signatures_total",     "family=\"v2\"",            "accepted signatures by family") \
    X(COUNTER,   signatures_observed, "parley_ingress_signatures_total",    "family=\"observed\"",      "accepted signatures by family") \
    X(HISTOGRAM, ack,                "parley_ingress_ack_seconds",          "",                         "from a webhook's last byte to its answer") \
    X(COUNTER,   batches_inbound,    "parley_ingress_batches_total",        "lane=\"inbound\"",         "batches asked of worker and sender") \
    X(COUNTER,   batches_reports,    "parley_ingress_batches_total",        "lane=\"reports\"",         "batches asked of worker and sender") \
    X(COUNTER,   batched_inbound,    "parley_ingress_batched_events_total", "lane=\"inbound\"",         "events in those batches") \
    X(COUNTER,   batched_reports,    "parley_ingress_batched_events_total", "lane=\"reports\"",         "events in those batches") \
    X(COUNTER,   unanswered_inbound, "parley_ingress_unanswered_total",     "lane=\"inbound\"",         "batches without an answer in time") \
    X(COUNTER,   unanswered_reports, "parley_ingress_unanswered_total",     "lane=\"reports\"",         "batches without an answer in time") \
    X(COUNTER,   quarantined,        "parley_ingress_quarantined_total",    "",                         "events that the worker put aside") \
    X(COUNTER,   set_aside,          "parley_ingress_set_aside_total",      "",                         "spooled events that their peer refused for good: parley spool list") \
    X(GAUGE,     spool_inbound,      "parley_ingress_spool_events",         "lane=\"inbound\"",         "events that wait in the spool") \
    X(GAUGE,     spool_reports,      "parley_ingress_spool_events",         "lane=\"reports\"",         "events that wait in the spool") \
    X(GAUGE,     oldest_inbound,     "parley_ingress_spool_oldest_seconds", "lane=\"inbound\"",         "age of the oldest event in the spool") \
    X(GAUGE,     oldest_reports,     "parley_ingress_spool_oldest_seconds", "lane=\"reports\"",         "age of the oldest event in the spool") \
    X(GAUGE,     spool_bytes,        "parley_ingress_spool_bytes",          "",                         "bytes of both lanes on disk") \
    X(COUNTER,   spool_replayed,     "parley_ingress_spool_replayed_total", "",                         "spooled events that were committed later") \
    X(COUNTER,   spool_failures,     "parley_ingress_spool_failures_total", "",                         "transactions of the spool that failed") \
    X(COUNTER,   rejected_lost,      "parley_ingress_rejected_dropped_total", "",                       "refused requests that were not kept: too many at once") \
    X(COUNTER,   forgotten_erased,   "parley_ingress_forgotten_total",       "why=\"erased\"",           "events put aside and refused requests that were removed") \
    X(COUNTER,   forgotten_old,      "parley_ingress_forgotten_total",       "why=\"old\"",              "events put aside and refused requests that were removed") \
    X(COUNTER,   replies_written,    "parley_ingress_replies_total",        "outcome=\"accepted\"",     "inline replies by outcome") \
    X(COUNTER,   replies_not_sent,   "parley_ingress_replies_total",        "outcome=\"not_sent\"",     "inline replies by outcome") \
    X(COUNTER,   replies_unknown,    "parley_ingress_replies_total",        "outcome=\"unknown\"",      "inline replies by outcome") \
    X(COUNTER,   outcomes_lost,      "parley_ingress_outcomes_dropped_total", "",                       "outcomes of inline replies that could not be told: the worker settles them") \
    X(GAUGE,     request_bytes_max,  "parley_ingress_request_bytes_max",    "",                         "most memory that one request ever took") \
    X(GAUGE,     connections,        "parley_ingress_connections",          "",                         "open connections")
/* clang-format on */

METRICS_DECLARE(INGRESS_METRICS)

extern const struct metric_table ingress_metrics;

#endif

/* metrics.h - what the worker counts. */
#ifndef PARLEY_WORKER_METRICS_H
#define PARLEY_WORKER_METRICS_H
#include "io/metrics.h"

/* clang-format off */
#define WORKER_METRICS(X) \
    X(COUNTER,   writes,           "parley_worker_requests_total",        "kind=\"write\"",   "requests by kind") \
    X(COUNTER,   queries,          "parley_worker_requests_total",        "kind=\"query\"",   "requests by kind") \
    X(COUNTER,   refused,          "parley_worker_refused_total",         "",                 "requests answered with an error") \
    X(COUNTER,   replayed,         "parley_worker_replayed_total",        "",                 "commands answered from an earlier answer") \
    X(COUNTER,   overloaded,       "parley_worker_overloaded_total",      "",                 "requests refused because a queue was full") \
    X(COUNTER,   commits,          "parley_worker_commits_total",         "",                 "transactions committed with a sync") \
    X(COUNTER,   redone,           "parley_worker_batches_redone_total",  "",                 "batches begun again without a request that failed half-way") \
    X(HISTOGRAM, commit,           "parley_worker_commit_seconds",        "",                 "time of a commit") \
    X(HISTOGRAM, applied,          "parley_worker_applied_seconds",       "",                 "time to bring a generation of the journal into LMDB") \
    X(HISTOGRAM, batch,            "parley_worker_batch_seconds",         "",                 "from taking a batch to its commit") \
    X(HISTOGRAM, query_time,       "parley_worker_query_seconds",         "",                 "time of a query") \
    X(COUNTER,   inbound,          "parley_worker_inbound_total",         "result=\"committed\"", "inbound messages by result") \
    X(COUNTER,   inbound_duplicate, "parley_worker_inbound_total",        "result=\"duplicate\"", "inbound messages by result") \
    X(COUNTER,   quarantined,      "parley_worker_quarantined_total",     "",                 "operations put aside: they stopped the worker twice") \
    X(COUNTER,   commit_failures,  "parley_worker_commit_failures_total", "",                 "transactions that the disk or the store did not take") \
    X(GAUGE,     room,             "parley_worker_room",                  "",                 "0: for all, 1: not for sends, 2: for the reserve alone") \
    X(GAUGE,     free_bytes,       "parley_worker_store_free_bytes",      "",                 "what the store can still grow by") \
    X(COUNTER,   no_room,          "parley_worker_no_room_total",         "",                 "requests and events refused because the disk is nearly full") \
    X(COUNTER,   opt_outs,         "parley_worker_opt_outs_total",        "",                 "opt-outs entered into the ledger") \
    X(COUNTER,   granted,          "parley_worker_granted_total",         "",                 "sends granted") \
    X(COUNTER,   blocked,          "parley_worker_blocked_total",         "",                 "sends that the choke point blocked") \
    X(COUNTER,   reports,          "parley_worker_reports_total",         "",                 "delivery reports applied") \
    X(COUNTER,   orphans,          "parley_worker_orphan_reports_total",  "",                 "delivery reports that found no attempt") \
    X(COUNTER,   unsure_reports,   "parley_worker_unsure_reports_total",  "",                 "delivery reports without a right HMAC") \
    X(COUNTER,   unconfirmed,      "parley_worker_unconfirmed_total",     "",                 "attempts that became unconfirmed") \
    X(GAUGE,     outbox,           "parley_outbox_size",                  "",                 "messages that wait") \
    X(GAUGE,     outbox_oldest,    "parley_outbox_oldest_milliseconds",   "",                 "for how long the oldest message has been due") \
    X(GAUGE,     open_attempts,    "parley_open_attempts",                "",                 "attempts that are sending or unconfirmed") \
    X(GAUGE,     side_behind,      "parley_worker_side_file_behind",      "",                 "1: opt-outs are missing in the side file, which cannot be written") \
    X(COUNTER,   clock_jumps,      "parley_worker_clock_jumps_total",     "",                 "times the two clocks drifted apart")
/* clang-format on */

METRICS_DECLARE(WORKER_METRICS)
extern const struct metric_table worker_metrics;

#endif

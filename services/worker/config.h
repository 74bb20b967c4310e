/* config.h - what the worker reads from its environment.
 *
 * Threads: filled before the first thread, const ever after.
 * Source:  contract.md, Configuration.
 */
#ifndef PARLEY_WORKER_CONFIG_H
#define PARLEY_WORKER_CONFIG_H
#include "io/config.h"

/* clang-format off */
/*       kind    field             variable              default               min   max       unit          help */
#define WORKER_CONFIG(X, S) \
    X(S, STR,    store_url,        "STORE_URL",          "lmdb:./var/store",   1,    0,        "",           "where the store is: lmdb:FOLDER") \
    X(S, INT,    store_max_mb,     "STORE_MAX_MB",       "0",                  0,    262144,   "MiB",        "the store's file grows no larger; 0: as large as its disk has room") \
    X(S, INT,    store_reserve_mb, "STORE_RESERVE_MB",   "64",                 1,    65536,    "MiB",        "with less room than this new sends are refused, with less than half of it new messages, too") \
    X(S, STR,    side_file,        "SIDE_FILE",          "",                   0,    0,        "",           "opt-outs and erasures once more, for a restore; empty: the store's folder and .optouts; better on another disk") \
    X(S, STR,    endpoint,         "WORKER_ENDPOINT",    "",                   0,    0,        "",           "where the worker answers; empty: ipc:// under RUN_DIR") \
    X(S, STR,    events,           "EVENTS_ENDPOINT",    "",                   0,    0,        "",           "where events are broadcast; empty: ipc:// under RUN_DIR") \
    X(S, STR,    from_number,      "PLIVO_FROM_NUMBER",  "",                   0,    0,        "",           "the first tenant's number, E.164") \
    X(S, BOOL,   inline_replies,   "INLINE_REPLIES",     "0",                  0,    1,        "",           "the first number answers by XML (1) or by REST (0)") \
    X(S, STR,    bulk_hours,       "BULK_HOURS",         "",                   0,    13,       "",           "a new store begins with these hours for bulk; empty: 08:00-21:00; 00:00-24:00: those of US states alone; none: at any hour, everywhere") \
    X(S, REAL,   number_rate,      "NUMBER_RATE",        "1",                  0.01, 1000,     "segments/s", "rate of a number that has no setting of its own") \
    X(S, REAL,   account_rate,     "ACCOUNT_RATE",       "0",                  0,    10000,    "segments/s", "rate of the whole account; 0: no limit") \
    X(S, INT,    confirm_after_ms, "CONFIRM_AFTER_MS",   "30000",              100,  3600000,  "ms",         "an unconfirmed send waits this long for its report before Plivo is asked") \
    X(S, INT,    unconfirmed_max_ms, "UNCONFIRMED_MAX_MS", "300000",           200,  86400000, "ms",         "when Plivo, asked twice, knows nothing of it after this long, it was not accepted") \
    X(S, INT,    silence_ms,       "SENDER_SILENCE_MS",  "60000",              1000, 3600000,  "ms",         "what a sender, or ingress for a reply by XML, has open is unconfirmed when nothing is heard of it for this long") \
    X(S, INT,    event_days,       "EVENT_DAYS",         "7",                  1,    365,      "days",       "how long the event log is kept") \
    X(S, INT,    aside_days,       "ASIDE_DAYS",         "30",                  1,    3650,     "days",       "what was put aside, and reports that found no message, are kept this long") \
    X(S, INT,    readers,          "WORKER_READERS",     "4",                  1,    64,       "threads",    "threads that answer queries") \
    CONFIG_COMMON(X, S, "127.0.0.1:9102")
/* clang-format on */

CONFIG_STRUCT(worker_config, WORKER_CONFIG)
extern const struct config_table worker_config_table;
extern struct worker_config worker_config;

#endif

#include "spool.h"

#include "commands.h"
#include "io/event_batch.h"
#include "io/config.h"
#include "io/log.h"

#include <stdio.h>

#define USAGE \
    "parley spool list DIR            events that wait\n" \
    "       parley spool replay DIR          send them to worker and sender; no ingress may hold the folder\n" \
    "       parley spool again DIR NUMBER    ask once more to take an event that was put aside (or `all`), likewise\n" \
    "       parley spool rejected DIR        webhooks that were refused\n" \
    "       parley spool resend DIR NUMBER   send one of them (or `all`) to ingress again"

enum { CALL_MS = 5000 };

/* clang-format off */
#define SPOOL_TOOL_CONFIG(X, S) \
    X(S, STR,    run_dir,         "RUN_DIR",         "./var/run",      0, 0,     "", "folder of the ipc:// sockets") \
    X(S, STR,    worker_endpoint, "WORKER_ENDPOINT", "",               0, 0,     "", "the worker; empty: ipc:// in RUN_DIR") \
    X(S, STR,    sender_endpoint, "SENDER_ENDPOINT", "",               0, 0,     "", "the sender; empty: ipc:// in RUN_DIR") \
    X(S, LISTEN, listen,          "INGRESS_LISTEN",  "127.0.0.1:3001", 0, 0,     "", "the ingress that refused requests are sent to again")
/* clang-format on */
CONFIG_STRUCT(spool_tool_config, SPOOL_TOOL_CONFIG)
CONFIG_TABLE(spool_tool_config_table, spool_tool_config, SPOOL_TOOL_CONFIG);

static const char *const LANE_NAMES[SPOOL_LANES] = {
    [SPOOL_INBOUND] = "inbound", [SPOOL_REPORTS] = "report", [SPOOL_INBOUND_B] = "inbound"
};

/* --- list --------------------------------------------------------------------------------------------------------- */

/* What a person can tell an event by; nothing that somebody wrote. */
static struct str event_title(enum spool_lane lane, struct str event, struct arena *arena)
{
    struct inbound_event inbound;
    struct raw_report report;
    struct err err;
    if (lane != SPOOL_REPORTS && record_decode(&inbound_event_record, event, arena, &inbound, &err))
        return inbound.uuid;
    if (lane == SPOOL_REPORTS && record_decode(&raw_report_record, event, arena, &report, &err))
        return report.path;
    return STR("(damaged)");
}

static bool lane_print(struct spool_store *store, enum spool_lane lane, int64_t *printed, struct err *err)
{
    struct arena arena;
    struct spool_entry *entries;
    size_t n = 0;
    int64_t after = 0;
    bool is_read;
    arena_init(&arena, SPOOL_ARENA_BYTES);
    do {
        arena_reset(&arena);
        is_read = spool_list(store, lane, after, SPOOL_PAGE, EVENT_BATCH_BYTES, &arena, &entries, &n, err);
        for (size_t i = 0; is_read && i < n; i++) {
            char at[TIME_TEXT_BYTES];
            struct str title = event_title(lane, entries[i].event, &arena);
            time_format(entries[i].received_at, at);
            (void)printf("%-8s %8lld  %s  %6zu bytes  %.*s%s\n", LANE_NAMES[lane], (long long)entries[i].sequence, at,
                         entries[i].event.n, STR_ARGS(title),
                         entries[i].is_opt_out ? "  (may be an opt-out: not yet acknowledged)"
                                               : ""); /* stdout: its reader's affair */
            after = entries[i].sequence;
            (*printed)++;
        }
    } while (is_read && n > 0);
    arena_release(&arena);
    return is_read;
}

static bool asides_print(struct spool_store *store, struct err *err)
{
    struct arena arena;
    struct spool_aside *asides;
    size_t n = 0;
    int64_t after = 0;
    bool is_read;
    arena_init(&arena, SPOOL_ARENA_BYTES);
    do {
        arena_reset(&arena);
        is_read = spool_asides(store, after, SPOOL_PAGE, &arena, &asides, &n, err);
        for (size_t i = 0; is_read && i < n; i++) {
            char at[TIME_TEXT_BYTES];
            enum spool_lane lane = asides[i].lane == SPOOL_REPORTS ? SPOOL_REPORTS : SPOOL_INBOUND;
            time_format(asides[i].received_at, at);
            (void)printf("aside    %8lld  %s  %6zu bytes  %s %.*s: refused for good: %.*s\n",
                         (long long)asides[i].sequence, at, asides[i].event.n, LANE_NAMES[lane],
                         STR_ARGS(event_title(lane, asides[i].event, &arena)),
                         STR_ARGS(asides[i].reason)); /* as below */
            after = asides[i].sequence;
        }
    } while (is_read && n > 0);
    arena_release(&arena);
    return is_read;
}

static bool list(struct spool_store *store, struct err *err)
{
    int64_t printed = 0;
    for (int lane = 0; lane < SPOOL_LANES; lane++)
        if (!lane_print(store, (enum spool_lane)lane, &printed, err))
            return false;
    (void)printf("%lld events wait\n", (long long)printed);   /* as above */
    return asides_print(store, err);
}

/* --- replay ------------------------------------------------------------------------------------------------------- */

static bool remove_done(struct spool_store *store, enum spool_lane lane, int64_t through, struct err *err)
{
    int64_t removed;
    if (!spool_begin(store, err))
        return false;
    if (spool_remove_through(store, lane, through, &removed, err))
        return spool_commit(store, err);
    spool_abort(store);
    return false;
}

/* One batch. *n: how many the peer has now; none are left when it is 0 and the result is true. */
static bool batch_replay(struct spool_store *store, enum spool_lane lane, struct bus_client *client,
                         struct arena *arena, size_t *n, struct err *err)
{
    struct spool_entry *entries;
    struct str *events = arena_alloc_array(arena, EVENT_BATCH_MAX, sizeof *events);
    struct inbound_answer *results = arena_alloc_array(arena, EVENT_BATCH_MAX, sizeof *results);
    if (!events || !results)
        return arena_err(arena, err);
    if (!spool_list(store, lane, 0, EVENT_BATCH_MAX, EVENT_BATCH_BYTES, arena, &entries, n, err) || *n == 0)
        return *n == 0;
    for (size_t i = 0; i < *n; i++)
        events[i] = entries[i].event;
    size_t asked = *n;
    *n = 0;
    if (!event_batch_ask(client, lane, events, asked, arena, results, CALL_MS, err))
        return false;
    while (*n < asked && results[*n].result != EVENT_LATER)
        (*n)++;
    if (*n == 0)
        return err_set(err, ERR_BUSY, NULL, "the peer takes nothing now: try again later");
    return remove_done(store, lane, entries[*n - 1].sequence, err);
}

/* All of them, of whatever lane the peer has. */
static bool peer_replay(struct spool_store *store, bool is_sender, struct bus_client *client, struct arena *arena,
                        int64_t *total, int64_t *waiting, struct err *err)
{
    bool is_fine = true;
    for (int i = 0; i < SPOOL_LANES && is_fine; i++) {
        const enum spool_lane lane = (enum spool_lane)i;
        size_t n = 0;
        if ((lane == SPOOL_REPORTS) != is_sender)
            continue;
        do {
            arena_reset(arena);
            is_fine = batch_replay(store, lane, client, arena, &n, err);
            *total += is_fine ? (int64_t)n : 0;
        } while (is_fine && n > 0);
        *waiting += spool_stat(store).entries[lane];
    }
    return is_fine;
}

static bool kind_replay(struct spool_store *store, bool is_sender, struct str endpoint, struct err *err)
{
    const char *kind = LANE_NAMES[is_sender ? SPOOL_REPORTS : SPOOL_INBOUND];
    struct bus_client *client;
    struct arena arena;
    int64_t total = 0, waiting = 0;
    if (!bus_client_open(&client, endpoint.p, is_sender ? "sender" : "worker", err))
        return false;
    arena_init(&arena, SPOOL_ARENA_BYTES);
    bool is_fine = peer_replay(store, is_sender, client, &arena, &total, &waiting, err);
    arena_release(&arena);
    bus_client_close(&client);
    if (total + waiting > 0)
        (void)printf("%lld %s events replayed, %lld wait\n", (long long)total, kind,
                     (long long)waiting); /* stdout: its reader's affair */
    return is_fine;
}

static bool replay(struct spool_store *store, const struct spool_tool_config *c, struct err *err)
{
    return kind_replay(store, false, config_endpoint(c->worker_endpoint, c->run_dir, "worker.sock"), err) &&
           kind_replay(store, true, config_endpoint(c->sender_endpoint, c->run_dir, "sender.sock"), err);
}

static bool again(struct spool_store *store, const struct spool_tool_config *c, int64_t which, struct err *err)
{
    const struct str endpoints[SPOOL_LANES] = {
        [SPOOL_INBOUND] = config_endpoint(c->worker_endpoint, c->run_dir, "worker.sock"),
        [SPOOL_REPORTS] = config_endpoint(c->sender_endpoint, c->run_dir, "sender.sock"),
    };
    return asides_send(store, which, endpoints, err);
}

/* --- the command -------------------------------------------------------------------------------------------------- */

/* 0 for "all". */
static bool which_read(const char *text, int64_t *which)
{
    *which = 0;
    return strcmp(text, "all") == 0 || str_to_int(str_of(text), 1, INT64_MAX, which);
}

int command_spool(int argc, char **argv)
{
    struct spool_tool_config config;
    struct spool_store *store = NULL;
    struct err err;
    int64_t which = 0;
    const char *verb = argc > 1 ? argv[1] : "";
    bool is_list = argc == 3 && strcmp(verb, "list") == 0;
    bool is_replay = argc == 3 && strcmp(verb, "replay") == 0;
    bool is_again = argc == 4 && strcmp(verb, "again") == 0 && which_read(argv[3], &which);
    bool is_rejected = argc == 3 && strcmp(verb, "rejected") == 0;
    bool is_resend = argc == 4 && strcmp(verb, "resend") == 0 && which_read(argv[3], &which);
    if (!is_list && !is_replay && !is_again && !is_rejected && !is_resend)
        return command_usage(USAGE);

    bool is_fine = config_load(&spool_tool_config_table, &config, &err) &&
                   log_init("parley", STR("error"), STR("text"), &err) &&
                   spool_store_open(&store, argv[2], is_replay || is_again ? SPOOL_OWN : SPOOL_LOOK, 0, &err);
    if (is_fine && is_list)
        is_fine = list(store, &err);
    else if (is_fine && is_replay)
        is_fine = replay(store, &config, &err);
    else if (is_fine && is_again)
        is_fine = again(store, &config, which, &err);
    else if (is_fine && is_rejected)
        is_fine = rejected_print(store, &err);
    else if (is_fine)
        is_fine = rejected_resend(store, which, config.listen, &err);
    spool_store_close(&store);
    return is_fine ? EXIT_DONE : command_failed(&err);
}

#include "io/event_batch.h"

static const struct bus_context BY_SYSTEM = { .actor = { "system", 6 } };

/* Decodes each event into its place in an array of the record's structs. */
static bool events_decode(const struct record *record, const struct str *events, size_t n, struct arena *arena,
                          void *out, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        char *event = (char *)out + i * record->size;
        record_init(record, event);
        if (!record_decode(record, events[i], arena, event, err))
            return false;
    }
    return true;
}

static bool inbound_ask(struct bus_client *client, const struct str *events, size_t n, struct arena *arena,
                        struct inbound_answer *results, int64_t timeout_ms, struct err *err)
{
    struct inbound_batch batch = { .events = { arena_alloc_array(arena, n, sizeof(struct inbound_event)), n } };
    struct inbound_answers answers;
    if (!batch.events.v)
        return arena_err(arena, err);
    if (!events_decode(&inbound_event_record, events, n, arena, batch.events.v, err) ||
        !bus_call(client, OP_inbound, &BY_SYSTEM, &batch, arena, &answers, NULL, timeout_ms, err))
        return false;
    for (size_t i = 0; i < n && i < answers.answers.n; i++)
        results[i] = answers.answers.v[i];
    return true;
}

static bool reports_ask(struct bus_client *client, const struct str *events, size_t n, struct arena *arena,
                        struct inbound_answer *results, int64_t timeout_ms, struct err *err)
{
    struct raw_report_batch batch = { .reports = { arena_alloc_array(arena, n, sizeof(struct raw_report)), n } };
    struct event_answers answers;
    if (!batch.reports.v)
        return arena_err(arena, err);
    if (!events_decode(&raw_report_record, events, n, arena, batch.reports.v, err) ||
        !bus_call(client, OP_raw_report, &BY_SYSTEM, &batch, arena, &answers, NULL, timeout_ms, err))
        return false;
    for (size_t i = 0; i < n && i < answers.answers.n; i++)
        results[i].result = answers.answers.v[i].result;
    return true;
}

bool event_batch_ask(struct bus_client *client, enum spool_lane lane, const struct str *events, size_t n,
                     struct arena *arena, struct inbound_answer *results, int64_t timeout_ms, struct err *err)
{
    assert(n <= EVENT_BATCH_MAX);
    for (size_t i = 0; i < n; i++) {
        record_init(&inbound_answer_record, &results[i]);
        results[i].result = EVENT_LATER;   /* 0 is committed: silence must not read like it */
    }
    switch (lane) {
    case SPOOL_INBOUND:
    case SPOOL_INBOUND_B:
        return inbound_ask(client, events, n, arena, results, timeout_ms, err);
    case SPOOL_REPORTS:
        return reports_ask(client, events, n, arena, results, timeout_ms, err);
    case SPOOL_LANES:
        break;
    }
    assert(!"no such lane");
    return false;
}

#include "room.h"

#include "io/clock.h"
#include "io/log.h"
#include "metrics.h"

static struct {
    int64_t reserve_bytes;
    int64_t look_at_ms; /* boot clock, as all of these */
    int64_t failed_at_ms;
    int failures;
    enum room room;
    bool is_failing;
} state;

void room_open(int64_t reserve_bytes)
{
    state.reserve_bytes = reserve_bytes;
    state.look_at_ms = state.failed_at_ms = 0;
    state.failures = 0;
    state.room = ROOM_FOR_ALL;
    state.is_failing = false;
}

static void set(enum room room, int64_t free_bytes)
{
    if (room != state.room)
        log_event(room == ROOM_FOR_ALL ? LOG_INFO : LOG_ERROR, "worker.room",
                  F_WORD("for", room == ROOM_FOR_ALL         ? "all"
                                : room == ROOM_NOT_FOR_SENDS ? "all_but_sends"
                                                             : "the_reserve"),
                  F_INT("free_bytes", free_bytes));
    state.room = room;
    metric_set(&metric_room, (int64_t)room);
    metric_set(&metric_free_bytes, free_bytes);
}

enum room room_look(struct store *store)
{
    int64_t now_ms = clock_boot_ms();
    if (now_ms < state.look_at_ms)
        return state.room;
    state.look_at_ms = now_ms + ROOM_LOOK_MS;
    if (now_ms - state.failed_at_ms > ROOM_FAILED_MS)
        state.failures = 0;
    struct room_facts facts = {.free_bytes = store_free_bytes(store, 2 * state.reserve_bytes),
                                .reserve_bytes = state.reserve_bytes,
                                .failures = state.failures };
    set(room_decide(&facts), facts.free_bytes);
    return state.room;
}

bool room_admits(enum room_need need, struct err *err)
{
    if (room_allows(state.room, need))
        return true;
    metric_add(&metric_no_room, 1);
    return err_set(err, ERR_BUSY, NULL, "the store's disk is nearly full: what is new has to wait until there is room");
}

void room_told(bool is_committed, bool is_full, const struct err *err)
{
    if (is_committed && state.is_failing)
        log_event(LOG_INFO, "worker.commits_again", F_INT("failed", metric_get(&metric_commit_failures)));
    if (!is_committed && !state.is_failing)
        log_event(LOG_ERROR, "worker.commit_failed", F_ERR(err));
    state.is_failing = !is_committed;
    if (is_committed)
        return;
    metric_add(&metric_commit_failures, 1);
    if (is_full) {
        state.failures++;
        state.failed_at_ms = clock_boot_ms();
        state.look_at_ms = 0; /* at once */
    }
}

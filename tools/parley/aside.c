/* `parley spool again`: what worker or sender refused for good, and asking them once more. */
#include "io/event_batch.h"
#include "spool.h"

#include <stdio.h>

enum { CALL_MS = 5000 };

static const char *const PEERS[SPOOL_LANES] = { [SPOOL_INBOUND] = "worker", [SPOOL_REPORTS] = "sender" };

static bool drop(struct spool_store *store, int64_t sequence, struct err *err)
{
    if (!spool_begin(store, err))
        return false;
    if (spool_drop(store, SHELF_ASIDE, sequence, err))
        return spool_commit(store, err);
    spool_abort(store);
    return false;
}

/* Alone, so that one that is refused again spoils no other. */
static bool send_one(struct spool_store *store, const struct spool_aside *aside,
                     const struct str endpoints[SPOOL_LANES], struct arena *arena, struct err *err)
{
    enum spool_lane lane = aside->lane == SPOOL_REPORTS ? SPOOL_REPORTS : SPOOL_INBOUND;
    struct inbound_answer answer = { 0 };
    struct bus_client *client;
    if (!bus_client_open(&client, endpoints[lane].p, PEERS[lane], err))
        return false;
    bool is_answered = event_batch_ask(client, lane, &aside->event, 1, arena, &answer, CALL_MS, err);
    bus_client_close(&client);
    if (!is_answered)
        return false;
    if (answer.result == EVENT_LATER)
        return err_set(err, ERR_BUSY, NULL, "the %s takes nothing now: try again later", PEERS[lane]);
    return drop(store, aside->sequence, err);
}

/* Those of one page that are asked for. *failed: the last error stays in *err. */
static void send_page(struct spool_store *store, const struct spool_aside *asides, size_t n, int64_t which,
                      const struct str endpoints[SPOOL_LANES], struct arena *arena, int64_t *taken, int64_t *failed,
                      struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        if (which != 0 && asides[i].sequence != which)
            continue;
        bool is_taken = send_one(store, &asides[i], endpoints, arena, err);
        *taken += is_taken ? 1 : 0;
        *failed += is_taken ? 0 : 1;
    }
}

bool asides_send(struct spool_store *store, int64_t which, const struct str endpoints[SPOOL_LANES], struct err *err)
{
    struct arena arena;
    struct spool_aside *asides;
    size_t n = 0;
    int64_t after = 0, taken = 0, failed = 0;
    bool is_read;
    arena_init(&arena, SPOOL_ARENA_BYTES);
    do {
        arena_reset(&arena);
        is_read = spool_asides(store, after, SPOOL_PAGE, &arena, &asides, &n, err);
        if (is_read && n > 0) {
            send_page(store, asides, n, which, endpoints, &arena, &taken, &failed, err);
            after = asides[n - 1].sequence;
        }
    } while (is_read && n > 0);
    arena_release(&arena);
    (void)printf("%lld taken, %lld stay aside\n", (long long)taken,
                 (long long)failed); /* stdout: its reader's affair */
    if (is_read && which != 0 && taken + failed == 0)
        return err_set(err, ERR_MISSING, NULL, "nothing with that number was put aside");
    return is_read && failed == 0;
}

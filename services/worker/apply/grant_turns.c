/* Who is served when many wait: the tenants by deficit round robin, the numbers of one tenant in turn, message by message. */
#include "apply/granting.h"
#include "core/turns.h"

enum {
    QUEUES_MAX = 512
}; /* numbers with something in the outbox that one request looks at; of more, the rest waits for the next */

struct queued_number {
    int64_t tenant;
    struct str address;
    struct grant_queue *queue; /* NULL: not looked at yet */
    bool is_over;
};

/* A tenant's part of the numbers: they stand together. */
struct queued_tenant {
    int64_t tenant;
    size_t first, n;
    size_t next; /* whose turn it is, from first on */
    struct turn_row row;
};

struct waiting_room {
    struct granting *g;
    struct queued_number numbers[QUEUES_MAX];
    size_t numbers_n;
    struct queued_tenant tenants[QUEUES_MAX];
    struct turn turns[QUEUES_MAX];
    size_t tenants_n;
};

/* --- who waits --- */

static bool add_number(struct waiting_room *room, int64_t tenant, struct str address, struct err *err)
{
    struct txn *txn = room->g->txn;
    struct queued_tenant *last = room->tenants_n ? &room->tenants[room->tenants_n - 1] : NULL;
    struct queued_number *number = &room->numbers[room->numbers_n];
    bool found;
    *number = (struct queued_number){ .tenant = tenant, .address = arena_dup(txn->arena, address) };
    if (!str_is_set(number->address))
        return arena_err(txn->arena, err);
    if (!last || last->tenant != tenant) {
        last = &room->tenants[room->tenants_n];
        *last = (struct queued_tenant){ .tenant = tenant, .first = room->numbers_n };
        record_init(&turn_row_record, &last->row);
        if (!ROW_GET(txn, TABLE_TURN, key_of_tenant(tenant), turn_row, &last->row, &found, err))
            return false;
        room->turns[room->tenants_n++] = (struct turn){ .deficit = last->row.deficit, .is_waiting = true };
    }
    if (str_compare(number->address, last->row.number) <= 0)
        last->next = last->n + 1; /* the one behind the last served */
    last->n++;
    room->numbers_n++;
    return true;
}

/* Every number of every tenant that has something in the outbox: one look a number, whatever waits in it. */
static bool find_waiting(struct waiting_room *room, struct err *err)
{
    struct key from = key_begin();
    bool found = true;
    bool ok = true;
    while (ok && found && room->numbers_n < QUEUES_MAX) {
        struct scan scan;
        struct str rest;
        struct str value;
        scan_begin(&scan, room->g->txn, TABLE_OUTBOX, key_begin(), SCAN_FORWARD);
        scan_from(&scan, from);
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (ok && found) {
            int64_t tenant = key_take_tenant(&rest);
            ok = add_number(room, tenant, key_take_text(&rest), err);
        }
        if (ok && found) {
            const struct queued_number *last = &room->numbers[room->numbers_n - 1];
            from = key_of_lane(last->tenant, last->address, UINT8_MAX); /* behind all of its lanes */
        }
        scan_end(&scan);
    }
    return ok;
}

/* --- serving them --- */

static bool open_queue(struct waiting_room *room, struct queued_number *number, struct err *err)
{
    struct number_row row;
    bool found;
    if (!number_get(room->g->txn, number->tenant, number->address, &row, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_BROKEN, NULL, "the outbox holds messages of a number that is gone");
    number->queue = grant_queue_open(room->g, number->tenant, &row, err);
    return number->queue != NULL;
}

/* One message of the tenant's, by the turns of its numbers. *is_over: none of them has anything that could go now. */
static bool serve_tenant(struct waiting_room *room, struct queued_tenant *tenant, int64_t *segments, bool *is_over,
                         struct err *err)
{
    size_t over = 0;
    *segments = 0;
    for (*is_over = false; over < tenant->n; tenant->next++) {
        struct queued_number *number = &room->numbers[tenant->first + tenant->next % tenant->n];
        if (!number->is_over && !number->queue && !open_queue(room, number, err))
            return false;
        while (!number->is_over && *segments == 0 && granting_has_room(room->g))
            if (!grant_queue_step(number->queue, segments, &number->is_over, err))
                return false;
        if (*segments > 0)
            tenant->row.number = number->address;
        if (*segments > 0 || !granting_has_room(room->g)) {
            tenant->next++;
            return true;
        }
        over++;
    }
    *is_over = true;
    return true;
}

static bool serve_by_turns(struct waiting_room *room, size_t *at, struct err *err)
{
    size_t who;
    while (granting_has_room(room->g) && (who = turns_next(room->turns, room->tenants_n, at)) != SIZE_MAX) {
        int64_t segments;
        bool is_over;
        if (!serve_tenant(room, &room->tenants[who], &segments, &is_over, err))
            return false;
        if (segments > 0)
            turns_served(&room->turns[who], segments);
        if (is_over)
            turns_done(&room->turns[who]);
    }
    return true;
}

/* --- the turns outlive the request --- */

static bool save_turns(struct waiting_room *room, struct err *err)
{
    struct txn *txn = room->g->txn;
    for (size_t i = 0; i < room->tenants_n; i++) {
        struct queued_tenant *tenant = &room->tenants[i];
        bool is_alone = room->tenants_n == 1 && tenant->n == 1; /* nobody to take turns with */
        if (is_alone && tenant->row.deficit == 0)
            continue;
        tenant->row.deficit = is_alone ? 0 : room->turns[i].deficit;
        if (!ROW_PUT(txn, TABLE_TURN, key_of_tenant(tenant->tenant), turn_row, &tenant->row, err))
            return false;
    }
    return true;
}

static size_t place_of(const struct waiting_room *room, int64_t tenant)
{
    size_t i = 0;
    while (i < room->tenants_n && room->tenants[i].tenant < tenant)
        i++;
    return i;
}

bool grant_by_turns(struct granting *g, int64_t *turn, struct err *err)
{
    struct waiting_room *room = arena_alloc(g->txn->arena, sizeof *room);
    if (!room)
        return arena_err(g->txn->arena, err);
    room->g = g;
    if (!find_waiting(room, err))
        return false;
    if (room->tenants_n == 0)
        return true;
    size_t at = place_of(room, *turn);
    size_t served = g->answer->sends.n;
    bool ok = serve_by_turns(room, &at, err);
    for (size_t i = 0; i < room->numbers_n; i++) {
        if (room->numbers[i].queue)
            grant_queue_close(room->numbers[i].queue);
        else if (!room->numbers[i].is_over)
            granting_note_next(g, g->txn->now_ms + 1); /* the answer was full before its turn came */
    }
    *turn = room->tenants[at % room->tenants_n].tenant;
    return ok && (g->answer->sends.n == served || save_turns(room, err));
}

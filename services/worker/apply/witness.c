#include "apply/witness.h"

enum {
    STEPS_MAX = 400,      /* messages looked at on either side */
    FURTHER_MAX = 20000,  /* and beyond that, by all that are asked for together */
};

static int64_t apart_ms(int64_t a, int64_t b)
{
    return a < b ? b - a : a - b;
}

static int compare_ids(struct id a, struct id b)
{
    return memcmp(a.b, b.b, sizeof a.b);
}

/* When the attempt that has the message's uuid was granted. */
static int64_t sent_at(const struct message_row *row)
{
    for (size_t i = row->attempts.n; i > 0; i--)
        if (str_eq(row->attempts.v[i - 1].uuid, row->uuid))
            return row->attempts.v[i - 1].granted_at;
    return row->attempts.v[row->attempts.n - 1].granted_at;
}

/* True in *is_witness: then its uuid stays in the arena. */
static bool look_at(struct txn *txn, struct str value, struct witness_side *side, bool *is_witness, struct err *err)
{
    struct arena_mark mark = arena_mark(txn->arena);
    struct message_row row;
    if (!row_decode(txn, &message_row_record, value, &row, err))
        return false;
    *is_witness = row.direction == OUTBOUND && row.uuid.n > 0 && row.attempts.n > 0;
    if (*is_witness)
        side->nearest = (struct witness){ .uuid = row.uuid, .granted_at = sent_at(&row) };
    else
        arena_rewind(txn->arena, mark);
    return true;
}

/* Goes on where the side ends, STEPS_MAX at most. Messages lie in the order of their ids, so of time. */
static bool go_on(struct txn *txn, int64_t tenant, struct witness_side *side, enum scan_direction direction,
                  int64_t *steps, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    if (side->is_over)
        return true;
    scan_begin(&scan, txn, TABLE_MESSAGE, key_of_tenant(tenant), direction);
    scan_after(&scan, key_of_id(tenant, side->seen_to));
    for (int i = 0; ok && i < STEPS_MAX && !side->is_over; i++) {
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok)
            break;
        if (!found) {
            side->is_over = true;
            memset(&side->seen_to, direction == SCAN_FORWARD ? 0xFF : 0, sizeof side->seen_to);
            break;
        }
        side->seen_to = key_take_id(&rest);
        ok = look_at(txn, value, side, &side->is_over, err);
        (*steps)++;
    }
    scan_end(&scan);
    return ok;
}

static bool is_among(const struct witness_search *search, int64_t tenant, struct id message)
{
    return search->is_begun && search->tenant == tenant && compare_ids(search->before.seen_to, message) < 0 &&
           compare_ids(message, search->after.seen_to) < 0;
}

static void consider(const struct witness_side *side, int64_t at_ms, struct witness *out)
{
    int64_t best_ms = str_is_set(out->uuid) ? apart_ms(out->granted_at, at_ms) : WITNESS_APART_MAX_MS;
    if (str_is_set(side->nearest.uuid) && apart_ms(side->nearest.granted_at, at_ms) < best_ms)
        *out = side->nearest;
}

bool witness_find(struct txn *txn, struct witness_search *search, int64_t tenant, struct id message, int64_t at_ms,
                  struct witness *out, struct err *err)
{
    int64_t steps = 0;
    bool is_new = !is_among(search, tenant, message);
    *out = (struct witness){ 0 };
    if (is_new) {
        search->is_begun = true;
        search->tenant = tenant;
        search->before = (struct witness_side){ .seen_to = message };
        search->after = search->before;
    }
    if (is_new || search->further < FURTHER_MAX) {
        if (!go_on(txn, tenant, &search->before, SCAN_BACKWARD, &steps, err) ||
            !go_on(txn, tenant, &search->after, SCAN_FORWARD, &steps, err))
            return false;
        search->further += is_new ? 0 : steps;
    }
    consider(&search->before, at_ms, out);
    consider(&search->after, at_ms, out);
    return true;
}

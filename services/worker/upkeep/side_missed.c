/* What stands in the store and not in the side file, written anew. */
#include "upkeep/side_file.h"

#include <stdlib.h>

enum { PREFIX_CHARS = 16, LINES_BYTES = 1024 * 1024, FLUSH_BYTES = LINES_BYTES / 2, FIRST_ROOM = 1024 };

/* A line that is there. Eight bytes of an HMAC tell two persons apart well enough where tenant and number are the same, too. */
struct known {
    int64_t tenant;
    int64_t number; /* the ledger's entry of an opt-out; the time of an erasure, negative */
    char person[PREFIX_CHARS];
};

struct missing {
    struct txn *txn;
    struct side_file *side;
    struct known *known;
    size_t n, room;
    struct buf lines;
};

/* --- what is there --- */

static int compare(const void *a, const void *b)
{
    return memcmp(a, b,
                  sizeof(struct known)); /* any order will do; a known has no gaps and is zeroed before it is filled */
}

_Static_assert(sizeof(struct known) == 2 * sizeof(int64_t) + PREFIX_CHARS, "compare() looks at all bytes");

static struct known known_of(int64_t tenant, int64_t number, struct str hex)
{
    struct known known = { .tenant = tenant, .number = number };
    memcpy(known.person, hex.p, min_size(hex.n, PREFIX_CHARS));
    return known;
}

static bool add(void *context, const struct side_line *line, struct err *err)
{
    struct missing *m = context;
    bool is_erasure = str_is(line->kind, SIDE_ERASURE);
    bool is_opt_out = str_is(line->kind, SIDE_OPT_OUT) && line->generation == store_generation(m->txn->store);
    if (!id_eq(line->store, store_id(m->txn->store)) || (!is_erasure && !is_opt_out))
        return true;
    if (m->n == m->room) {
        size_t room = m->room ? 2 * m->room : FIRST_ROOM;
        struct known *known = reallocarray(m->known, room, sizeof *known);
        if (!known)
            return err_set(err, ERR_BUSY, NULL, "out of memory");
        m->known = known;
        m->room = room;
    }
    m->known[m->n++] = known_of(line->tenant, is_erasure ? -line->at : line->entry, line->person);
    return true;
}

static bool is_known(const struct missing *m, struct known known)
{
    return m->n > 0 && bsearch(&known, m->known, m->n, sizeof known, compare);
}

/* --- what is not --- */

static bool flush(struct missing *m, size_t at_least, struct err *err)
{
    if (m->lines.n <= at_least)
        return true;
    bool ok = side_file_append(m->side, buf_str(&m->lines), err);
    buf_clear(&m->lines);
    return ok;
}

static bool opt_out_if_missing(struct missing *m, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct consent_row state;
    struct ledger_row entry;
    bool found;
    if (!row_decode(m->txn, &consent_row_record, value, &state, err))
        return false;
    if (state.state != CONSENT_OUT || key.n < SIDE_PERSON_BYTES)
        return true;
    struct str person = arena_dup(m->txn->arena, str_slice(key, 0, SIDE_PERSON_BYTES));
    struct str prefix = side_hex(m->txn->arena, str_slice(person, 0, PREFIX_CHARS / 2));
    if (!str_is_set(prefix))
        return arena_err(m->txn->arena, err);
    if (is_known(m, known_of(tenant, state.entry, prefix)))
        return true;
    if (!ROW_GET(m->txn, TABLE_LEDGER, key_of_number(tenant, state.entry), ledger_row, &entry, &found, err))
        return false;
    return !found || side_add_opt_out(m->txn, tenant, person, &state, &entry, &m->lines, err);
}

static bool erasure_if_missing(struct missing *m, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct erased_row tombstone;
    if (!row_decode(m->txn, &erased_row_record, value, &tombstone, err))
        return false;
    if (key.n < SIDE_PERSON_BYTES)
        return true;
    struct str person = arena_dup(m->txn->arena, str_slice(key, 0, SIDE_PERSON_BYTES));
    struct str prefix = side_hex(m->txn->arena, str_slice(person, 0, PREFIX_CHARS / 2));
    if (!str_is_set(prefix))
        return arena_err(m->txn->arena, err);
    return is_known(m, known_of(tenant, -tombstone.at, prefix)) ||
           side_add_erasure(m->txn, tenant, person, &tombstone, &m->lines, err);
}

typedef bool if_missing(struct missing *m, int64_t tenant, struct str key, struct str value, struct err *err);

static bool walk(struct missing *m, enum table table, if_missing *look, struct err *err)
{
    const struct arena_mark mark = arena_mark(m->txn->arena);
    struct scan scan;
    struct str key;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, m->txn, table, key_begin(), SCAN_FORWARD);
    while (ok && (ok = scan_next(&scan, &key, &value, &found, err)) && found) {
        int64_t tenant = key_take_tenant(&key);
        ok = look(m, tenant, key, value, err) && flush(m, FLUSH_BYTES, err);
        arena_rewind(m->txn->arena, mark);
    }
    scan_end(&scan);
    return ok;
}

bool side_file_catch_up(struct side_file *side, const char *path, struct txn *txn, int64_t *damaged, struct err *err)
{
    struct missing m = { .txn = txn, .side = side };
    buf_init(&m.lines, LINES_BYTES);
    bool ok = side_file_read(path, add, &m, damaged, err);
    if (ok && m.n > 0)
        qsort(m.known, m.n, sizeof *m.known, compare);
    ok = ok && walk(&m, TABLE_CONSENT, opt_out_if_missing, err) && walk(&m, TABLE_ERASED, erasure_if_missing, err) &&
         flush(&m, 0, err);
    buf_release(&m.lines);
    free(m.known);
    return ok;
}

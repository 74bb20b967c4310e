#include "query/query.h"

enum { LIMIT_MAX = 1000 }; /* the api allows people 200; the tutorials' list asks for its last 1,000 */

/* --- filters --- */

static struct str filters_of(struct txn *txn, const struct messages_query *q)
{
    return arena_format(txn->arena, "messages|%s|%.*s|%.*s|%.*s|%.*s|%lld|%lld", id_text(q->conversation).c,
                        STR_ARGS(q->direction), STR_ARGS(q->status), STR_ARGS(q->contact), STR_ARGS(q->number),
                        (long long)q->since, (long long)q->until);
}

static bool check(const struct messages_query *q, struct err *err)
{
    int unused;
    enum message_status status;
    if (q->direction.n && !words_find(&direction_words, q->direction, &unused))
        return err_set(err, ERR_INPUT, "direction", "must be inbound or outbound");
    if (q->status.n && !status_parse(q->status, &status))
        return err_set(err, ERR_INPUT, "status", "is no status of a message");
    return true;
}

static bool passes(const struct messages_query *q, const struct message_row *row)
{
    struct str theirs = row->direction == INBOUND ? row->from : row->to;
    struct str ours = row->direction == INBOUND ? row->to : row->from;
    if (q->direction.n && !str_is(q->direction, words_name(&direction_words, (int)row->direction)))
        return false;
    if (q->status.n && !str_is(q->status, status_word(row->status)))
        return false;
    if (q->contact.n && !str_eq(q->contact, theirs) && !str_is(q->contact, id_text(row->contact).c))
        return false;
    if (q->number.n && !str_eq(q->number, ours))
        return false;
    return row->created_at >= q->since && (q->until == 0 || row->created_at < q->until);
}

/* --- pages --- */

struct filling {
    struct txn *txn;
    int64_t tenant;
    const struct messages_query *asked;
    struct message_page *page;
    int64_t limit;
    struct id last;    /* the last one looked at */
    bool has_more;
};

/* False on an error; *is_full when this one is the first of the next page. */
static bool take(struct filling *f, const struct message_row *row, bool *is_full, struct err *err)
{
    bool is_wanted = passes(f->asked, row);
    *is_full = is_wanted && (int64_t)f->page->data.n == f->limit;
    f->has_more = *is_full;
    if (*is_full)
        return true;
    f->last = row->id;
    if (!is_wanted)
        return true;
    return message_view_make(f->txn, f->tenant, row, &f->page->data.v[f->page->data.n++], err);
}

/* A row that was not taken leaves nothing in memory: a rare one is looked for among many. */
static void give_back(struct filling *f, struct arena_mark mark, size_t taken)
{
    if (f->page->data.n == taken)
        arena_rewind(f->txn->arena, mark);
}

/* Along the chain: each message knows the one before it in its conversation. */
static bool fill_from_conversation(struct filling *f, struct id behind, struct err *err)
{
    struct conversation_row conversation;
    struct message_row row;
    bool found;
    bool is_full = false;
    struct id next;
    if (!conversation_get(f->txn, f->tenant, f->asked->conversation, &conversation, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "id", "there is no conversation with this id");
    next = conversation.last_message;
    if (id_is_set(behind)) {
        if (!message_get(f->txn, f->tenant, behind, &row, &found, err))
            return false;
        next = found ? row.previous : (struct id){0};
    }
    for (int steps = 0; id_is_set(next) && !is_full; steps++) {
        f->has_more = query_is_over(f->txn, steps);
        if (f->has_more)
            return true;
        struct arena_mark mark = arena_mark(f->txn->arena);
        size_t taken = f->page->data.n;
        if (!message_get(f->txn, f->tenant, next, &row, &found, err))
            return false;
        if (!found)
            return true;
        if (!take(f, &row, &is_full, err))
            return false;
        next = row.previous;
        give_back(f, mark, taken);
    }
    return true;
}

static bool fill_from_all(struct filling *f, struct id behind, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool is_full = false;
    bool ok = true;
    scan_begin(&scan, f->txn, TABLE_MESSAGE, key_of_tenant(f->tenant), SCAN_BACKWARD);
    if (id_is_set(behind))
        scan_after(&scan, key_of_id(f->tenant, behind));
    for (int steps = 0; ok && !is_full; steps++) {
        struct message_row row;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        f->has_more = query_is_over(f->txn, steps);
        if (f->has_more)
            break;
        struct arena_mark mark = arena_mark(f->txn->arena);
        size_t taken = f->page->data.n;
        ok = row_decode(f->txn, &message_row_record, value, &row, err);
        if (ok && f->asked->since && row.created_at < f->asked->since)
            break; /* ids rise with time: nothing older can pass */
        ok = ok && take(f, &row, &is_full, err);
        give_back(f, mark, taken);
    }
    scan_end(&scan);
    return ok;
}

bool messages_query_run(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                        void *reply, struct err *err)
{
    const struct messages_query *asked = request;
    struct filling f = {.txn = txn, .tenant = tenant, .asked = asked, .page = reply};
    struct str filters = filters_of(txn, asked);
    struct str position;
    struct id behind = {0};
    (void)settings;
    if (!check(asked, err) || !limit_check(asked->limit, 50, LIMIT_MAX, &f.limit, err) ||
        !cursor_parse(txn, filters, asked->cursor, &position, err))
        return false;
    if (position.n == ID_BYTES) /* else there is no cursor: what cursor_parse() lets pass is a place of this list */
        memcpy(behind.b, position.p, ID_BYTES);
    f.page->data.v = arena_alloc_array(txn->arena, (size_t)f.limit, sizeof *f.page->data.v);
    if (!f.page->data.v)
        return arena_err(txn->arena, err);
    bool ok = id_is_set(asked->conversation) ? fill_from_conversation(&f, behind, err) : fill_from_all(&f, behind, err);
    if (!ok || !f.has_more || !id_is_set(f.last))
        return ok;
    return cursor_format(txn, filters, str_bytes(f.last.b, ID_BYTES), &f.page->next_cursor, err);
}

bool message_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                   struct err *err)
{
    const struct by_id *asked = request;
    struct message_row row;
    bool found;
    (void)settings;
    if (!message_get(txn, tenant, asked->id, &row, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "id", "there is no message with this id");
    return message_view_make(txn, tenant, &row, reply, err);
}

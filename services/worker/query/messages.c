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

/* Conversations whose chains one page merges: of a person with more, all messages are gone through instead. */
enum { CHAINS_MAX = 24 };

struct filling {
    struct txn *txn;
    int64_t tenant;
    const struct messages_query *asked;
    struct message_page *page;
    int64_t limit;
    struct id last;              /* the last one looked at, of all messages */
    struct id heads
        [CHAINS_MAX]; /* of each chain the newest one not looked at yet: together they are the place where a page ends */
    size_t heads_n;
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

/* Along the chains, in which each message knows the one before it in its conversation: the newest head first, as ids rise with time. */
static bool fill_from_chains(struct filling *f, struct err *err)
{
    for (int steps = 0; f->heads_n > 0; steps++) {
        size_t newest = 0;
        struct message_row row;
        bool found;
        bool is_full = false;
        f->has_more = query_is_over(f->txn, steps);
        if (f->has_more)
            return true;
        for (size_t i = 1; i < f->heads_n; i++)
            newest = memcmp(f->heads[i].b, f->heads[newest].b, ID_BYTES) > 0 ? i : newest;
        struct arena_mark mark = arena_mark(f->txn->arena);
        size_t taken = f->page->data.n;
        if (!message_get(f->txn, f->tenant, f->heads[newest], &row, &found, err))
            return false;
        if (found && row.created_at < f->asked->since)
            return true; /* all that is left is older still */
        if (found && !take(f, &row, &is_full, err))
            return false;
        if (is_full)
            return true;
        f->heads[newest] = found ? row.previous : (struct id){0};
        if (!id_is_set(f->heads[newest]))
            f->heads[newest] = f->heads[--f->heads_n];
        give_back(f, mark, taken);
    }
    return true;
}

static bool begin_with_conversation(struct filling *f, struct err *err)
{
    struct conversation_row conversation;
    bool found;
    if (!conversation_get(f->txn, f->tenant, f->asked->conversation, &conversation, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "id", "there is no conversation with this id");
    f->heads[0] = conversation.last_message;
    f->heads_n = id_is_set(f->heads[0]) ? 1 : 0;
    return true;
}

/* The contact asked for, by id or address. */
static bool find_contact(struct filling *f, struct contact_row *contact, bool *found, struct err *err)
{
    struct err unused;
    struct id id;
    return id_parse(f->asked->contact, "contact", &id, &unused)
               ? contact_get(f->txn, f->tenant, id, contact, found, err)
               : contact_by_address(f->txn, f->tenant, f->asked->contact, contact, found, err);
}

/* The chains of all conversations with the contact; *fits is false when there are too many. Nobody by that name has no messages. */
static bool begin_with_contact(struct filling *f, bool *fits, struct err *err)
{
    struct contact_row contact;
    struct scan scan;
    struct str address;
    struct str value;
    bool found = true;
    bool ok = find_contact(f, &contact, &found, err);
    *fits = true;
    if (!ok || !found)
        return ok;
    scan_begin(&scan, f->txn, TABLE_NUMBER, key_of_tenant(f->tenant), SCAN_FORWARD);
    while (ok && *fits && (ok = scan_next(&scan, &address, &value, &found, err)) && found) {
        struct conversation_row conversation;
        ok = conversation_find(f->txn, f->tenant, key_take_text(&address), contact.address, &conversation, &found, err);
        *fits = f->heads_n < CHAINS_MAX;
        if (ok && found && *fits && id_is_set(conversation.last_message))
            f->heads[f->heads_n++] = conversation.last_message;
        found = true;
    }
    scan_end(&scan);
    return ok;
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

/* A conversation's or a person's messages come along their chains, the rest by going through all. */
static bool fill(struct filling *f, struct str position, struct err *err)
{
    bool by_chains = id_is_set(f->asked->conversation) || f->asked->contact.n > 0;
    struct id behind = {0};
    if (position.n == 1 + ID_BYTES) { /* of all messages: 'm' and the last one seen */
        memcpy(behind.b, position.p + 1, ID_BYTES);
        return fill_from_all(f, behind, err);
    }
    if (position.n) { /* of chains: their heads */
        f->heads_n = min_size(position.n / ID_BYTES, CHAINS_MAX);
        memcpy(f->heads, position.p, f->heads_n * ID_BYTES);
        return fill_from_chains(f, err);
    }
    if (by_chains && id_is_set(f->asked->conversation) && !begin_with_conversation(f, err))
        return false;
    if (by_chains && !id_is_set(f->asked->conversation) && !begin_with_contact(f, &by_chains, err))
        return false;
    return by_chains ? fill_from_chains(f, err) : fill_from_all(f, behind, err);
}

bool messages_query_run(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                        void *reply, struct err *err)
{
    const struct messages_query *asked = request;
    struct filling f = {.txn = txn, .tenant = tenant, .asked = asked, .page = reply};
    struct str filters = filters_of(txn, asked);
    struct str position;
    (void)settings;
    if (!check(asked, err) || !limit_check(asked->limit, 50, LIMIT_MAX, &f.limit, err) ||
        !cursor_parse(txn, filters, asked->cursor, &position, err))
        return false;
    f.page->data.v = arena_alloc_array(txn->arena, (size_t)f.limit, sizeof *f.page->data.v);
    if (!f.page->data.v)
        return arena_err(txn->arena, err);
    if (!fill(&f, position, err))
        return false;
    if (!f.has_more)
        return true;
    char place[1 + ID_BYTES] = {'m'};
    memcpy(place + 1, f.last.b, ID_BYTES);
    struct str here = f.heads_n ? str_bytes(f.heads, f.heads_n * ID_BYTES) : str_bytes(place, sizeof place);
    return cursor_format(txn, filters, here, &f.page->next_cursor, err);
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

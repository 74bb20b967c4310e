/* /api/v1/contacts/{id}/export: all that is held on a person, as one JSON document (GDPR Art. 15 and 20: complete and machine-readable). */
#include "io/clock.h"
#include "routes.h"

#include <stdatomic.h>

enum {
    EXPORT_MAX_BYTES = 64 * 1024 * 1024, /* built whole, so that a broken export cannot look like a whole one */
    EXPORTS_AT_ONCE_MAX = 2,
    EXPORT_PAGE = CALL_LIMIT_MAX,
    CONVERSATIONS_MAX = 256,
    CURSOR_MAX_BYTES = 1024,
};

static atomic_int exports;

struct export
{
    struct call *call;
    struct buf out;
    struct id conversations[CONVERSATIONS_MAX]; /* those that its messages belong to */
    size_t conversations_n;
    char cursor[CURSOR_MAX_BYTES];
};

/* Asks with a memory of its own, `inner`, so that a long history does not fill the call's. */
static bool ask_into(struct export *x, struct arena *inner, enum operation operation, const void *query, void *reply,
                     struct err *err)
{
    struct arena *outer = x->call->arena;
    x->call->arena = inner;
    bool ok = call_ask(x->call, operation, query, reply, err);
    x->call->arena = outer;
    return ok;
}

/* Failures of the buffer are counted by it and asked for once a page: is_full(). */
static void add_object(struct export *x, const struct record *record, const void *object, bool is_first)
{
    if (!is_first)
        (void)buf_add_char(&x->out, ',');
    if (!record_to_json(record, object, &x->out))
        x->out.has_failed = true;
}

static bool is_full(const struct export *x, struct err *err)
{
    if (x->out.has_failed)
        (void)err_set(err, ERR_TOO_BIG, NULL,
                      "this history has more than %d bytes; read it by GET /messages?contact=", EXPORT_MAX_BYTES);
    return x->out.has_failed;
}

/* The cursor outlives the page it came with; unset: that was the last one. */
static bool keep_cursor(struct export *x, struct str next, struct str *cursor, struct err *err)
{
    *cursor = (struct str){ 0 };
    if (!str_is_set(next))
        return true;
    if (next.n > sizeof x->cursor)
        return err_set(err, ERR_BROKEN, NULL, "a cursor of %zu bytes", next.n);
    memcpy(x->cursor, next.p, next.n);
    *cursor = str_bytes(x->cursor, next.n);
    return true;
}

/* Asks for one page in `inner` and adds its items; *next is the page's cursor. */
typedef bool page_function(struct export *x, struct arena *inner, const void *query, bool *is_first, struct str *next,
                           struct err *err);

/* Page by page, each with a memory of its own. `cursor` stands in the query. */
static bool add_pages(struct export *x, page_function *add_page, const void *query, struct str *cursor, bool *is_first,
                      struct err *err)
{
    bool ok;
    do {
        struct arena inner;
        struct str next;
        arena_init(&inner, CALL_MEMORY_MAX_BYTES);
        ok = add_page(x, &inner, query, is_first, &next, err) && !is_full(x, err) && keep_cursor(x, next, cursor, err);
        arena_release(&inner);
    } while (ok && str_is_set(*cursor));
    return ok;
}

/* The same as a member of the document. */
static bool add_list(struct export *x, const char *name, page_function *add_page, const void *query, struct str *cursor,
                     struct err *err)
{
    bool is_first = true;
    (void)buf_add_format(&x->out, ",\"%s\":[", name);
    bool ok = add_pages(x, add_page, query, cursor, &is_first, err);
    (void)buf_add_char(&x->out, ']');
    return ok;
}

static bool add_ledger_page(struct export *x, struct arena *inner, const void *query, bool *is_first, struct str *next,
                            struct err *err)
{
    struct consent_page page;
    if (!ask_into(x, inner, OP_ledger, query, &page, err))
        return false;
    for (size_t i = 0; i < page.data.n; i++, *is_first = false)
        add_object(x, &consent_entry_view_record, &page.data.v[i], *is_first);
    *next = page.next_cursor;
    return true;
}

static bool add_ledger(struct export *x, struct id contact, struct err *err)
{
    struct consent_query query = { .limit = EXPORT_PAGE, .contact = contact };
    return add_list(x, "consent_entries", add_ledger_page, &query, &query.cursor, err);
}

static void note_conversation(struct export *x, struct id id)
{
    for (size_t i = 0; i < x->conversations_n; i++)
        if (id_eq(x->conversations[i], id))
            return;
    if (x->conversations_n < CONVERSATIONS_MAX)
        x->conversations[x->conversations_n++] = id;
}

/* A message with its timeline: the decisions, attempts and raw reports. */
static bool add_message(struct export *x, struct arena *inner, const struct message_view *message, bool is_first,
                        struct err *err)
{
    struct by_id query = { message->id };
    struct timeline_page timeline;
    if (!ask_into(x, inner, OP_timeline, &query, &timeline, err))
        return false;
    note_conversation(x, message->conversation_id);
    (void)buf_add_text(&x->out, is_first ? "{\"message\":" : ",{\"message\":");
    add_object(x, &message_view_record, message, true);
    (void)buf_add_text(&x->out, ",\"timeline\":[");
    for (size_t i = 0; i < timeline.data.n; i++)
        add_object(x, &timeline_entry_record, &timeline.data.v[i], i == 0);
    (void)buf_add_text(&x->out, "]}");
    return true;
}

static bool add_message_page(struct export *x, struct arena *inner, const void *query, bool *is_first, struct str *next,
                             struct err *err)
{
    struct message_page page;
    if (!ask_into(x, inner, OP_messages, query, &page, err))
        return false;
    for (size_t i = 0; i < page.data.n; i++, *is_first = false)
        if (!add_message(x, inner, &page.data.v[i], *is_first, err))
            return false;
    *next = page.next_cursor;
    return true;
}

static bool add_messages(struct export *x, struct str contact, struct err *err)
{
    struct messages_query query = { .limit = EXPORT_PAGE, .contact = contact };
    return add_list(x, "messages", add_message_page, &query, &query.cursor, err);
}

static bool add_conversations(struct export *x, struct err *err)
{
    (void)buf_add_text(&x->out, ",\"conversations\":[");
    for (size_t i = 0; i < x->conversations_n; i++) {
        struct by_id query = { x->conversations[i] };
        struct conversation_view conversation;
        if (!call_ask(x->call, OP_conversation, &query, &conversation, err))
            return false;
        add_object(x, &conversation_view_record, &conversation, i == 0);
    }
    (void)buf_add_char(&x->out, ']');
    return !is_full(x, err);
}

static bool add_note_page(struct export *x, struct arena *inner, const void *query, bool *is_first, struct str *next,
                          struct err *err)
{
    struct note_page page;
    if (!ask_into(x, inner, OP_notes, query, &page, err))
        return false;
    for (size_t i = 0; i < page.data.n; i++, *is_first = false)
        add_object(x, &note_view_record, &page.data.v[i], *is_first);
    *next = page.next_cursor;
    return true;
}

/* What we wrote about them to each other. */
static bool add_notes(struct export *x, struct err *err)
{
    bool is_first = true;
    bool ok = true;
    (void)buf_add_text(&x->out, ",\"notes\":[");
    for (size_t i = 0; ok && i < x->conversations_n; i++) {
        struct notes_query query = { .conversation = x->conversations[i], .limit = EXPORT_PAGE };
        ok = add_pages(x, add_note_page, &query, &query.cursor, &is_first, err);
    }
    (void)buf_add_char(&x->out, ']');
    return ok;
}

/* Texts that nobody has sent yet, and what files of recipients said of them. */
static bool add_held(struct export *x, struct id contact, struct err *err)
{
    struct by_id query = { contact };
    struct contact_held held;
    if (!call_ask(x->call, OP_contact_held, &query, &held, err))
        return false;
    (void)buf_add_text(&x->out, ",\"drafts\":[");
    for (size_t i = 0; i < held.drafts.n; i++)
        add_object(x, &held_draft_record, &held.drafts.v[i], i == 0);
    (void)buf_add_text(&x->out, "],\"audiences\":[");
    for (size_t i = 0; i < held.audiences.n; i++)
        add_object(x, &held_recipient_record, &held.audiences.v[i], i == 0);
    (void)buf_add_char(&x->out, ']');
    return !is_full(x, err);
}

static bool build(struct export *x, struct id id, struct err *err)
{
    struct by_id query = { id };
    struct contact_view contact;
    char at[TIME_TEXT_BYTES];
    struct nothing nothing;
    if (!call_ask(x->call, OP_contact_export, &query, &nothing, err) ||
        !call_ask(x->call, OP_contact, &query, &contact, err))
        return false;
    time_format(clock_wall_ms(), at);
    (void)buf_add_format(&x->out, "{\"exported_at\":\"%s\",\"contact\":", at);
    add_object(x, &contact_view_record, &contact, true);
    if (!add_ledger(x, id, err) || !add_messages(x, str_of(id_text(id).c), err) || !add_conversations(x, err) ||
        !add_notes(x, err) || !add_held(x, id, err))
        return false;
    (void)buf_add_char(&x->out, '}');
    return !is_full(x, err);
}

bool contact_export(struct call *call, struct err *err)
{
    struct export x = { .call = call };
    struct id id;
    if (!call_id(call, 0, &id, err))
        return false;
    bool ok = atomic_fetch_add(&exports, 1) < EXPORTS_AT_ONCE_MAX ||
              err_set(err, ERR_BUSY, NULL, "other exports are running; ask again in a moment");
    buf_init(&x.out, EXPORT_MAX_BYTES);
    ok = ok && build(&x, id, err);
    if (ok) {
        call_header(call, "Content-Disposition",
                    arena_format(call->arena, "attachment; filename=\"contact-%s.json\"", id_text(id).c));
        call_header(call, "Cache-Control", STR("no-store"));
        ok = call_answer_bytes(call, 200, "application/json", buf_str(&x.out));
    }
    buf_release(&x.out);
    atomic_fetch_sub(&exports, 1);
    return ok;
}

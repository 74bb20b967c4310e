/* /api/v1/conversations */
#include "routes.h"

enum { LABELS_MAX = 20, LABEL_MAX_BYTES = 64, ASSIGNEE_MAX_BYTES = 64, SEARCH_MAX_BYTES = 400 };

/* "me" is whoever asks. */
static struct str assignee_of(struct call *call)
{
    struct str assignee = call_query(call, "assignee");
    if (!str_is(assignee, "me"))
        return assignee;
    return arena_dup(call->arena, str_of(id_text(call->caller.id).c));
}

bool conversations_list(struct call *call, struct err *err)
{
    struct conversations_query query = { .cursor = call_query(call, "cursor"),
                                         .status = call_query(call, "status"),
                                         .assignee = assignee_of(call),
                                         .label = call_query(call, "label"),
                                         .q = call_query(call, "q") };
    struct conversation_page page;
    if (query.q.n > SEARCH_MAX_BYTES)
        return err_set(err, ERR_INPUT, "q", "must have at most 100 characters");
    return call_query_word(call, "status", &conversation_status_words, err) &&
           call_query_limit(call, &query.limit, err) && call_ask(call, OP_conversations, &query, &page, err) &&
           call_answer(call, 200, &conversation_page_record, &page, err);
}

bool conversation_get(struct call *call, struct err *err)
{
    return call_relay_by_id(call, OP_conversation, err);
}

bool conversation_mark_read(struct call *call, struct err *err)
{
    return call_relay_by_id(call, OP_conversation_read, err);
}

bool conversation_messages(struct call *call, struct err *err)
{
    struct messages_query query = { .cursor = call_query(call, "cursor") };
    struct message_page page;
    return call_id(call, 0, &query.conversation, err) && call_query_limit(call, &query.limit, err) &&
           call_ask(call, OP_messages, &query, &page, err) && call_answer(call, 200, &message_page_record, &page, err);
}

static bool check_changes(const struct conversation_changes *changes, uint64_t present, struct err *err)
{
    if (present == 0)
        return err_set(err, ERR_INPUT, NULL, "nothing to change: status, assignee, labels, snooze_until or paused");
    if (changes->assignee.n > ASSIGNEE_MAX_BYTES)
        return err_set(err, ERR_INPUT, "assignee", "must have at most %d characters", ASSIGNEE_MAX_BYTES);
    if (changes->labels.n > LABELS_MAX)
        return err_set(err, ERR_INPUT, "labels", "must be at most %d", LABELS_MAX);
    for (size_t i = 0; i < changes->labels.n; i++)
        if (changes->labels.v[i].n == 0 || changes->labels.v[i].n > LABEL_MAX_BYTES)
            return err_set(err, ERR_INPUT, "labels", "must each have 1 to %d characters", LABEL_MAX_BYTES);
    return true;
}

bool conversation_change(struct call *call, struct err *err)
{
    struct conversation_changes changes;
    struct conversation_patch patch = { .changes = &changes };
    struct conversation_view view;
    uint64_t present;
    if (!call_id(call, 0, &patch.id, err) ||
        !call_body(call, &conversation_changes_record, "status labels paused", &changes, &present, err) ||
        !check_changes(&changes, present, err))
        return false;
    patch.present = (int64_t)present;
    return call_ask(call, OP_conversation_patch, &patch, &view, err) &&
           call_answer(call, 200, &conversation_view_record, &view, err);
}

/* --- what is written beside it --- */

/* clang-format off */
#define TEXT_BODY(X, S) \
    X(S, STR,  text,         _)
/* clang-format on */
RECORD_STRUCT(text_body, TEXT_BODY)
RECORD_TABLE(text_body, TEXT_BODY);

bool notes_list(struct call *call, struct err *err)
{
    struct notes_query query = { .cursor = call_query(call, "cursor") };
    struct note_page page;
    return call_id(call, 0, &query.conversation, err) && call_query_limit(call, &query.limit, err) &&
           call_ask(call, OP_notes, &query, &page, err) && call_answer(call, 200, &note_page_record, &page, err);
}

bool note_write(struct call *call, struct err *err)
{
    struct note_add note = { 0 };
    struct text_body body;
    struct note_view view;
    if (!call_id(call, 0, &note.conversation, err) || !call_body(call, &text_body_record, "text", &body, NULL, err))
        return false;
    note.text = body.text;
    if (!str_is_set(body.text))
        return err_set(err, ERR_INPUT, "text", "is required");
    if (!call_ask(call, OP_note_add, &note, &view, err))
        return false;
    view.text = body.text;
    return call_answer(call, 201, &note_view_record, &view, err);
}

bool draft_get(struct call *call, struct err *err)
{
    struct draft_query query = { .owner = caller_actor(&call->caller, call->arena) };
    struct draft_view view;
    return call_id(call, 0, &query.conversation, err) && call_ask(call, OP_draft, &query, &view, err) &&
           call_answer(call, 200, &draft_view_record, &view, err);
}

bool draft_write(struct call *call, struct err *err)
{
    struct draft_put draft = { 0 };
    struct text_body body;
    struct draft_view view;
    if (!call_id(call, 0, &draft.conversation, err) || !call_body(call, &text_body_record, "text", &body, NULL, err))
        return false;
    draft.text = body.text;
    if (!str_is_set(body.text))
        return err_set(err, ERR_INPUT, "text", "is required; empty takes the draft away");
    return call_ask(call, OP_draft_put, &draft, &view, err) && call_answer(call, 200, &draft_view_record, &view, err);
}

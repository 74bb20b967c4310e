/* What people write beside a conversation: notes for each other, and the drafts of what they have not sent yet. */
#include "apply/note.h"

#include "apply/apply.h"
#include "query/query.h"
#include "store/drop.h"

enum { NOTE_MAX_BYTES = 8000, DRAFT_MAX_BYTES = 6400 };

static bool check_conversation(struct txn *txn, int64_t tenant, struct id id, struct err *err)
{
    struct conversation_row row;
    bool found;
    return conversation_get(txn, tenant, id, &row, &found, err) &&
           ((found && row.address.n) ||
            err_set(err, ERR_MISSING, "id", "there is no conversation with this id, or its person was erased"));
}

bool note_add_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                    struct err *err)
{
    const struct note_add *asked = request;
    struct note_row row = { .id = txn_id(txn), .conversation = asked->conversation, .author = txn->actor };
    (void)settings;
    row.text = asked->text;
    row.created_at = txn->now_ms;
    if (str_trim(asked->text).n == 0 || asked->text.n > NOTE_MAX_BYTES)
        return err_set(err, ERR_INPUT, "text", "must have 1 to %d bytes", NOTE_MAX_BYTES);
    note_view_make(&row, reply);
    ((struct note_view *)reply)->text =
        (struct str){ 0 }; /* its answer is kept for a day: an erasure would not find the text in it */
    return check_conversation(txn, tenant, asked->conversation, err) &&
           ROW_PUT(txn, TABLE_NOTE, key_of_note(tenant, row.conversation, row.id), note_row, &row, err) &&
           value_put(txn, TABLE_NOTE_ID, key_of_id(tenant, row.id), str_bytes(row.conversation.b, ID_BYTES), err) &&
           txn_tell(txn, tenant, "note.created", row.id, err);
}

bool draft_put_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                     struct err *err)
{
    const struct draft_put *asked = request;
    struct draft_row row = { .text = asked->text, .updated_at = txn->now_ms };
    struct key key = key_of_draft(tenant, asked->conversation, txn->actor);
    (void)settings;
    if (asked->text.n > DRAFT_MAX_BYTES)
        return err_set(err, ERR_INPUT, "text", "must have at most %d bytes", DRAFT_MAX_BYTES);
    draft_view_make(asked->conversation, &row, reply);
    if (!check_conversation(txn, tenant, asked->conversation, err))
        return false;
    return asked->text.n ? ROW_PUT(txn, TABLE_DRAFT, key, draft_row, &row, err)
                         : row_delete(txn, TABLE_DRAFT, key, err);
}

/* --- erasure --- */

bool notes_drop(struct txn *txn, int64_t tenant, struct id conversation, int *left, bool *is_done, struct err *err)
{
    const struct key prefix = key_of_id(tenant, conversation);
    const struct drop notes = { .table = TABLE_NOTE, .prefix = prefix, .directory = TABLE_NOTE_ID };
    const struct drop drafts = { .table = TABLE_DRAFT, .prefix = prefix };
    return rows_drop(txn, &notes, left, is_done, err) && (!*is_done || rows_drop(txn, &drafts, left, is_done, err));
}

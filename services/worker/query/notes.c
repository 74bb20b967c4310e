#include "query/list.h"

void note_view_make(const struct note_row *row, struct note_view *out)
{
    record_init(&note_view_record, out);
    out->id = row->id;
    out->conversation_id = row->conversation;
    out->text = row->text;
    out->author = row->author;
    out->created_at = row->created_at;
}

void draft_view_make(struct id conversation, const struct draft_row *row, struct draft_view *out)
{
    record_init(&draft_view_record, out);
    out->conversation_id = conversation;
    out->text = row->text.n ? row->text : STR("");
    out->updated_at = row->updated_at;
}

static bool check_conversation(struct txn *txn, int64_t tenant, struct id id, struct err *err)
{
    struct conversation_row row;
    bool found;
    return conversation_get(txn, tenant, id, &row, &found, err) &&
           (found || err_set(err, ERR_MISSING, "id", "there is no conversation with this id"));
}

static bool make(struct txn *txn, int64_t tenant, const void *asked, struct str key, const void *row, void *view,
                 struct err *err)
{
    (void)txn;
    (void)tenant;
    (void)asked;
    (void)key;
    (void)err;
    note_view_make(row, view);
    return true;
}

bool notes_query_run(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                     struct err *err)
{
    const struct notes_query *asked = request;
    struct list list = { TABLE_NOTE,
                         key_of_id(tenant, asked->conversation),
                         SCAN_BACKWARD,
                         arena_format(txn->arena, "notes|%s", id_text(asked->conversation).c),
                         &note_row_record,
                         &note_view_record,
                         NULL,
                         make,
                         asked,
                         asked->cursor,
                         asked->limit };
    (void)settings;
    return check_conversation(txn, tenant, asked->conversation, err) && list_run(txn, tenant, &list, reply, err);
}

bool note_get(struct txn *txn, int64_t tenant, struct id id, struct note_row *row, bool *found, struct err *err)
{
    struct str bytes = { 0 };
    struct id conversation;
    if (!value_get(txn, TABLE_NOTE_ID, key_of_id(tenant, id), &bytes, found, err))
        return false;
    if (!*found)
        return true;
    if (bytes.n != ID_BYTES)
        return err_set(err, ERR_BROKEN, NULL, "the directory of notes is damaged");
    memcpy(conversation.b, bytes.p, ID_BYTES);
    return ROW_GET(txn, TABLE_NOTE, key_of_note(tenant, conversation, id), note_row, row, found, err);
}

bool draft_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                 struct err *err)
{
    const struct draft_query *asked = request;
    struct draft_row row;
    bool found;
    (void)settings;
    record_init(&draft_row_record, &row);
    if (!check_conversation(txn, tenant, asked->conversation, err) ||
        !ROW_GET(txn, TABLE_DRAFT, key_of_draft(tenant, asked->conversation, asked->owner), draft_row, &row, &found,
                 err))
        return false;
    draft_view_make(asked->conversation, &row, reply);
    return true;
}

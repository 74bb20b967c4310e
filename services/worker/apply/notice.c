#include "apply/notice.h"

#include "apply/apply.h"
#include "apply/pair_pause.h"
#include "query/query.h"

static struct str kind_word(enum notice_kind kind)
{
    assert(kind != NOTICE_NONE);
    return str_of(words_name(&notice_kind_words, (int)kind));
}

struct str notice_about(struct txn *txn, const char *what, struct id id)
{
    return arena_format(txn->arena, "%s:%s", what, id_text(id).c);
}

bool notice_get(struct txn *txn, int64_t tenant, struct id id, struct notice_row *row, bool *found, struct err *err)
{
    return ROW_GET(txn, TABLE_NOTICE, key_of_id(tenant, id), notice_row, row, found, err);
}

static bool find_open(struct txn *txn, int64_t tenant, enum notice_kind kind, struct str subject,
                      struct notice_row *row, bool *found, struct err *err)
{
    struct str bytes = { 0 };
    struct id id;
    record_init(&notice_row_record, row);
    if (!value_get(txn, TABLE_NOTICE_OPEN, key_of_open_notice(tenant, kind_word(kind), subject), &bytes, found, err))
        return false;
    if (!*found)
        return true;
    if (bytes.n != ID_BYTES)
        return err_set(err, ERR_BROKEN, NULL, "the directory of open notices is damaged");
    memcpy(id.b, bytes.p, ID_BYTES);
    if (!notice_get(txn, tenant, id, row, found, err))
        return false;
    return *found || err_set(err, ERR_BROKEN, NULL, "an open notice is missing");
}

static bool put(struct txn *txn, int64_t tenant, const struct notice_row *row, const char *told, struct err *err)
{
    return ROW_PUT(txn, TABLE_NOTICE, key_of_id(tenant, row->id), notice_row, row, err) &&
           txn_tell(txn, tenant, told, row->id, err);
}

bool notice_raise(struct txn *txn, int64_t tenant, const struct notice *notice, struct err *err)
{
    struct notice_row row;
    bool is_open;
    if (notice->subject.n == 0 || notice->subject.n > NOTICE_SUBJECT_MAX_BYTES)
        return err_set(err, ERR_BROKEN, NULL, "a notice's subject has %zu bytes", notice->subject.n);
    if (!find_open(txn, tenant, notice->kind, notice->subject, &row, &is_open, err))
        return false;
    if (!is_open) {
        row.id = txn_id(txn);
        row.kind = notice->kind;
        row.subject = notice->subject;
        row.status = NOTICE_OPEN;
        row.created_at = txn->now_ms;
    }
    row.severity = notice->severity;
    row.text = notice->text;
    row.data = notice->data;
    row.count++;
    row.last_at = txn->now_ms;
    if (!is_open && !value_put(txn, TABLE_NOTICE_OPEN, key_of_open_notice(tenant, kind_word(row.kind), row.subject),
                               str_bytes(row.id.b, ID_BYTES), err))
        return false;
    return put(txn, tenant, &row, is_open ? "notice.updated" : "notice.created", err);
}

static bool close_open(struct txn *txn, int64_t tenant, struct notice_row *row, struct err *err)
{
    row->status = NOTICE_CLOSED;
    row->closed_at = txn->now_ms;
    row->closed_by = txn->actor;
    return row_delete(txn, TABLE_NOTICE_OPEN, key_of_open_notice(tenant, kind_word(row->kind), row->subject), err) &&
           put(txn, tenant, row, "notice.updated", err);
}

bool notice_clear(struct txn *txn, int64_t tenant, enum notice_kind kind, struct str subject, struct err *err)
{
    struct notice_row row;
    bool is_open;
    return find_open(txn, tenant, kind, subject, &row, &is_open, err) &&
           (!is_open || close_open(txn, tenant, &row, err));
}

/* --- the operation --- */

/* Who closes a refusal has looked at it. */
static bool resume_pair(struct txn *txn, int64_t tenant, const struct notice_row *row, struct err *err)
{
    struct conversation_row conversation;
    struct str what = row->subject;
    struct str which = { 0 };
    struct id id;
    bool found = false;
    if (row->kind != NOTICE_REFUSAL)
        return true;
    if (!str_next(&what, ':', &which) || !id_parse(what, "subject", &id, err) ||
        !conversation_get(txn, tenant, id, &conversation, &found, err))
        return false;
    return !found || pair_looked_at(txn, tenant, &conversation, err);
}

bool notice_close_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                        void *reply, struct err *err)
{
    const struct by_id *asked = request;
    struct notice_row row;
    bool found;
    (void)settings;
    if (!notice_get(txn, tenant, asked->id, &row, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "id", "there is no notice with this id");
    if (row.status == NOTICE_OPEN && (!close_open(txn, tenant, &row, err) || !resume_pair(txn, tenant, &row, err)))
        return false;
    notice_view_make(&row, reply);
    return true;
}

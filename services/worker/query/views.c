/* Rows as people see them: contract.md, section API. */
#include "query/query.h"

/* Of an erased person only this word is left where the address stood. */
static struct str address_or_erased(struct str address)
{
    return address.n ? address : STR("erased");
}

static bool add_media(struct txn *txn, const struct message_row *row, struct message_view *out, struct err *err)
{
    out->media.v = arena_alloc_array(txn->arena, row->media.n, sizeof *out->media.v);
    if (!out->media.v)
        return arena_err(txn->arena, err);
    out->media.n = row->media.n;
    for (size_t i = 0; i < row->media.n; i++)
        out->media.v[i] = (struct media_view){
            .id = arena_format(txn->arena, "%s-%zu", id_text(row->id).c, i),
            .url = row->media.v[i].url,
            .content_type = row->media.v[i].content_type,
            .bytes = row->media.v[i].bytes > 0 ? row->media.v[i].bytes : INT_UNSET,
        };
    return true;
}

static bool add_cost(struct txn *txn, const struct message_row *row, struct message_view *out, struct err *err)
{
    if (row->cost_amount.n == 0)
        return true;
    out->cost = arena_alloc(txn->arena, sizeof *out->cost);
    if (!out->cost)
        return arena_err(txn->arena, err);
    *out->cost = (struct cost_view){row->cost_amount, STR(CURRENCY), row->cost_estimated};
    return true;
}

bool message_view_make(struct txn *txn, int64_t tenant, const struct message_row *row, struct message_view *out,
                       struct err *err)
{
    (void)tenant;
    record_init(&message_view_record, out);
    out->id = row->id;
    out->conversation_id = row->conversation;
    out->direction = row->direction;
    out->from = address_or_erased(row->from);
    out->to = address_or_erased(row->to);
    out->text = row->text;
    out->encoding = row->encoding;
    out->segments = row->segments;
    out->status = row->status;
    out->status_reason = row->status_reason;
    out->status_text = str_is_set(row->status_text) ? row->status_text : str_of(status_sentence(row->status));
    out->error_code = row->error_code;
    out->sent_from = row->sent_from;
    out->plivo_uuid = row->uuid;
    if (row->direction == OUTBOUND)
        out->class = str_of(words_name(&message_class_words, (int)row->class));
    out->source = row->source;
    out->send_at = row->send_at;
    out->valid_until = row->valid_until;
    out->held_until = row->status == STATUS_HELD ? row->held_until : 0;
    out->created_at = row->created_at;
    out->updated_at = row->updated_at;
    return add_media(txn, row, out, err) && add_cost(txn, row, out, err);
}

static bool add_contact(struct txn *txn, int64_t tenant, const struct conversation_row *row,
                        struct conversation_view *out, struct err *err)
{
    struct contact_row contact;
    bool found;
    out->contact = arena_alloc(txn->arena, sizeof *out->contact);
    if (!out->contact)
        return arena_err(txn->arena, err);
    if (!contact_get(txn, tenant, row->contact, &contact, &found, err))
        return false;
    *out->contact = (struct contact_ref){ row->contact, address_or_erased(row->address),
                                          found ? contact.name : (struct str){ 0 } };
    return true;
}

static bool add_last_message(struct txn *txn, int64_t tenant, const struct conversation_row *row,
                             struct conversation_view *out, struct err *err)
{
    struct message_row message;
    bool found;
    if (!id_is_set(row->last_message))
        return true;
    if (!message_get(txn, tenant, row->last_message, &message, &found, err))
        return false;
    if (!found)
        return true;
    out->last_message = arena_alloc(txn->arena, sizeof *out->last_message);
    return out->last_message ? message_view_make(txn, tenant, &message, out->last_message, err)
                             : arena_err(txn->arena, err);
}

bool conversation_view_make(struct txn *txn, int64_t tenant, const struct conversation_row *row,
                            struct conversation_view *out, struct err *err)
{
    struct consent_standing consent;
    record_init(&conversation_view_record, out);
    if (!consent_read(txn, tenant, row->address, row->number, (struct str){ 0 }, &consent, err))
        return false;
    bool sleeps = row->status == CONVERSATION_SNOOZED && row->snooze_until > txn->now_ms;
    out->id = row->id;
    out->number = row->number;
    /* the tick ends a snooze, and may be a moment late */
    out->status = row->status == CONVERSATION_SNOOZED && !sleeps ? CONVERSATION_OPEN : row->status;
    out->assignee = row->assignee;
    out->labels.v = row->labels.v;
    out->labels.n = row->labels.n;
    out->unread = row->unread;
    out->snooze_until = sleeps ? row->snooze_until : 0;
    out->opted_out = consent.state == CONSENT_OUT;
    out->paused = consent.paused_at != 0;
    out->created_at = row->created_at;
    out->updated_at = row->updated_at;
    return add_contact(txn, tenant, row, out, err) && add_last_message(txn, tenant, row, out, err);
}

/* What holds for all that the tenant sends; where nothing does, what narrower changes come to. */
static bool consent_of_contact(struct txn *txn, int64_t tenant, struct str address, enum consent *out, struct err *err)
{
    const struct consent_reach all = { .is_all = true };
    struct consent_standing standing = { 0 };
    struct consent_rows rows;
    if (!consent_rows_get(txn, tenant, address, &rows, err))
        return false;
    for (size_t i = 0; i < rows.n; i++)
        consent_standing_add(&standing, &all, &rows.v[i]);
    bool is_tenants = rows.n > 0 && rows.v[0].scope.n == 0 && rows.v[0].state != CONSENT_NONE;
    *out = is_tenants ? rows.v[0].state : standing.state;
    return true;
}

bool contact_view_make(struct txn *txn, int64_t tenant, const struct contact_row *row, struct contact_view *out,
                       struct err *err)
{
    record_init(&contact_view_record, out);
    if (!consent_of_contact(txn, tenant, row->address, &out->consent, err))
        return false;
    out->id = row->id;
    out->address = address_or_erased(row->address);
    out->name = row->name;
    out->attributes = str_is_set(row->attributes) ? row->attributes : STR("{}");
    out->time_zone = row->time_zone;
    out->valid = !row->invalid;
    out->erased_at = row->erased_at;
    out->created_at = row->created_at;
    out->updated_at = row->updated_at;
    return true;
}

void number_view_make(const struct number_row *row, const struct settings *settings, struct number_view *out)
{
    record_init(&number_view_record, out);
    out->id = row->id;
    out->address = row->address;
    out->kind = row->kind;
    out->reply_via = row->reply_via;
    out->stop_reply = row->stop_reply;
    out->help_reply = row->help_reply;
    out->rate = row->rate > 0 ? row->rate : settings->number_rate;
    out->daily_limit = row->daily_limit;
    out->state = row->state;
    out->state_reason = row->state_reason;
    out->help_by = row->help_by;
    out->topic = row->topic;
    out->campaign = row->campaign;
}

void rule_view_make(const struct rule_row *row, struct rule_view *out)
{
    record_init(&rule_view_record, out);
    out->id = row->id;
    out->position = row->position;
    out->name = row->name;
    out->enabled = !row->disabled;
    out->match = row->match;
    out->actions.v = row->actions.v;
    out->actions.n = row->actions.n;
    out->cooldown_s = row->cooldown_s;
    out->created_at = row->created_at;
    out->updated_at = row->updated_at;
}

void notice_view_make(const struct notice_row *row, struct notice_view *out)
{
    record_init(&notice_view_record, out);
    out->id = row->id;
    out->kind = row->kind;
    out->subject = row->subject;
    out->severity = row->severity;
    out->status = row->status;
    out->text = row->text;
    out->data = str_is_set(row->data) ? row->data : STR("{}");
    out->count = row->count;
    out->created_at = row->created_at;
    out->last_at = row->last_at;
    out->closed_at = row->closed_at;
    out->closed_by = row->closed_by;
}

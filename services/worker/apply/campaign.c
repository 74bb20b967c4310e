/* Campaigns: made, changed, approved, paused, resumed, cancelled, retried. What then happens is the tick's (campaign_tick.h). */
#include "apply/apply.h"
#include "apply/audit.h"
#include "apply/campaign_line.h"
#include "apply/choose_number.h"
#include "apply/notice.h"
#include "core/campaign_decide.h"
#include "domain/template.h"
#include "query/bulk_views.h"
#include "apply/campaign_text.h"

#include <stdio.h>

enum { CAMPAIGNS_MAX = 10000, NAME_MAX_BYTES = 120, DAYS_MAX = 366, DAY_MS = 86400000 };
#define THROTTLE_MIN 0.01
#define THROTTLE_MAX 1000.0

static bool find(struct txn *txn, int64_t tenant, struct id id, struct campaign_row *row, struct err *err)
{
    bool found;
    if (!campaign_get(txn, tenant, id, row, &found, err))
        return false;
    return found || err_set(err, ERR_MISSING, "id", "there is no campaign with this id");
}

/* --- create and change --- */

static bool has(const struct campaign_patch *asked, const char *field)
{
    return (uint64_t)asked->present & record_bit(&campaign_changes_record, field);
}

static bool take_template(struct txn *txn, int64_t tenant, const struct campaign_patch *asked, struct campaign_row *row,
                          struct err *err)
{
    struct template_row template;
    bool found;
    if (!has(asked, "template_id"))
        return true;
    row->template = asked->changes->template_id;
    if (!id_is_set(row->template))
        return true;
    if (has(asked, "text"))
        return err_set(err, ERR_INPUT, "text", "give a text or a template_id, not both");
    if (!ROW_GET(txn, TABLE_TEMPLATE, key_of_id(tenant, row->template), template_row, &template, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_INPUT, "template_id", "there is no template with this id");
    row->text = template.text;
    return true;
}

static bool change_content(struct txn *txn, int64_t tenant, const struct campaign_patch *asked,
                           struct campaign_row *row, struct err *err)
{
    static const char *const ANY[] = { "*" };
    if (has(asked, "text")) {
        row->text = asked->changes->text;
        row->template = (struct id){ 0 };
    }
    if (has(asked, "from"))
        row->from = asked->changes->from;
    if (has(asked, "topic"))
        row->topic = asked->changes->topic;
    if (!take_template(txn, tenant, asked, row, err))
        return false;
    if (row->text.n == 0)
        return err_set(err, ERR_INPUT, "text", "is required, or a template_id");
    row->revision++;
    return from_check(txn, tenant, row->from, err) && scope_name_check(row->topic, "topic", err) &&
           segments_check(row->text, "text", err) && template_check(row->text, ANY, 1, "text", err);
}

static bool check_ahead(const struct txn *txn, int64_t at, const char *field, struct err *err)
{
    bool is_fine = at == 0 || (at > txn->now_ms && at <= txn->now_ms + (int64_t)DAYS_MAX * DAY_MS);
    return is_fine || err_set(err, ERR_INPUT, field, "must be in the future, at most a year ahead");
}

static bool change_pace(const struct txn *txn, const struct campaign_patch *asked, struct campaign_row *row,
                        struct err *err)
{
    const struct campaign_changes *changes = asked->changes;
    if (has(asked, "name"))
        row->name = changes->name;
    if (row->name.n == 0 || row->name.n > NAME_MAX_BYTES)
        return err_set(err, ERR_INPUT, "name", "needs 1 to %d bytes", NAME_MAX_BYTES);
    if (has(asked, "throttle")) {
        bool is_rate = changes->throttle >= THROTTLE_MIN && changes->throttle <= THROTTLE_MAX;
        if (!is_rate && changes->throttle != 0)
            return err_set(err, ERR_INPUT, "throttle", "must be %g to %g segments per second, or null for none",
                           THROTTLE_MIN, THROTTLE_MAX);
        row->throttle = changes->throttle;
    }
    if (has(asked, "send_at")) {
        if (!check_ahead(txn, changes->send_at, "send_at", err))
            return false;
        row->send_at = changes->send_at;
    }
    if (has(asked, "valid_until")) {
        if (!check_ahead(txn, changes->valid_until, "valid_until", err))
            return false;
        row->valid_until = changes->valid_until;
    }
    if (row->valid_until > 0 && row->valid_until <= row->send_at)
        return err_set(err, ERR_INPUT, "valid_until", "must be after send_at");
    return true;
}

static bool begin(struct txn *txn, struct campaign_row *row, struct err *err)
{
    int64_t n;
    if (!table_count(txn, TABLE_CAMPAIGN, &n, err))
        return false;
    if (n >= CAMPAIGNS_MAX)
        return err_set(err, ERR_CONFLICT, NULL, "there are %d campaigns already; delete old ones", CAMPAIGNS_MAX);
    record_init(&campaign_row_record, row);
    row->id = txn_id(txn);
    row->created_at = txn->now_ms;
    return true;
}

static bool keep(struct txn *txn, int64_t tenant, struct campaign_row *row, const char *told, void *reply,
                 struct err *err)
{
    return campaign_put(txn, tenant, row, err) && txn_tell(txn, tenant, told, row->id, err) &&
           campaign_view_make(txn, tenant, row, reply, err);
}

static struct campaign_changes changeable(const struct campaign_row *row)
{
    return (struct campaign_changes){ row->name,  row->text,     row->template, row->from,
                                      row->topic, row->throttle, row->send_at,  row->valid_until };
}

bool campaign_put_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                        void *reply, struct err *err)
{
    const struct campaign_patch *asked = request;
    bool is_new = !id_is_set(asked->id);
    struct campaign_row row = { 0 };
    (void)settings;
    if (!asked->changes)
        return err_set(err, ERR_INPUT, "changes", "is missing");
    if (is_new ? !begin(txn, &row, err) : !find(txn, tenant, asked->id, &row, err))
        return false;
    const struct campaign_changes before = changeable(&row);
    bool changes_content = is_new || has(asked, "text") || has(asked, "template_id") || has(asked, "from") ||
                           has(asked, "topic");
    if (row.state == CAMPAIGN_DONE || row.state == CAMPAIGN_CANCELLED)
        return err_set(err, ERR_CONFLICT, NULL, "it is %s and cannot be changed",
                       words_name(&campaign_state_words, (int)row.state));
    if (changes_content && !campaign_is_open(row.state))
        return err_set(err, ERR_CONFLICT, NULL, "it is approved: what it says and where from cannot be changed");
    if ((changes_content && !change_content(txn, tenant, asked, &row, err)) || !change_pace(txn, asked, &row, err))
        return false;
    txn->wakes_sender = true; /* a higher throttle may let something go now */
    const struct campaign_changes after = changeable(&row);
    return audit_change(txn, tenant, is_new ? "campaign.create" : "campaign.update",
                        notice_about(txn, "campaign", row.id), &campaign_changes_record, &before, &after, err) &&
           keep(txn, tenant, &row, is_new ? "campaign.created" : "campaign.updated", reply, err);
}

bool campaign_delete_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                           void *reply, struct err *err)
{
    static const struct campaign_changes NOTHING;
    const struct by_id *asked = request;
    struct campaign_row row;
    (void)settings;
    (void)reply;
    if (!find(txn, tenant, asked->id, &row, err))
        return false;
    const struct campaign_changes before = changeable(&row);
    if (row.state != CAMPAIGN_DRAFT && row.state != CAMPAIGN_DONE && row.state != CAMPAIGN_CANCELLED)
        return err_set(err, ERR_CONFLICT, NULL, "it is %s; cancel it first",
                       words_name(&campaign_state_words, (int)row.state));
    /* its recipients go with the tick; messages that still wait find no campaign and are cancelled at the choke point */
    return row_delete(txn, TABLE_CAMPAIGN, key_of_id(tenant, row.id), err) &&
           row_delete(txn, TABLE_CAMPAIGN_COUNT, key_of_id(tenant, row.id), err) &&
           audit_change(txn, tenant, "campaign.delete", notice_about(txn, "campaign", row.id), &campaign_changes_record,
                        &before, &NOTHING, err) &&
           campaign_wake(txn, tenant, row.id, err) && txn_tell(txn, tenant, "campaign.deleted", row.id, err);
}

/* --- deeds --- */

static bool read_facts(struct txn *txn, int64_t tenant, const struct campaign_row *row, struct campaign_facts *f,
                       struct err *err)
{
    struct campaign_count_row counts;
    if (!campaign_counts_get(txn, tenant, row->id, &counts, err))
        return false;
    *f = (struct campaign_facts){
        .state = row->state,
        .has_audience = row->is_complete && row->recipients > 0,
        .is_previewed = row->counted_revision == row->revision && row->counted_to == row->recipients,
        .recipients = row->recipients,
        .unusable = row->unusable,
        .failed = counts.failed + counts.undelivered + counts.rejected + counts.expired,
        .revision = row->revision,
        .valid_until = row->valid_until,
        .now_ms = txn->now_ms,
    };
    return true;
}

static void enter(struct txn *txn, struct campaign_row *row, const struct campaign_verdict *verdict)
{
    if (row->state == CAMPAIGN_DRAFT && verdict->state == CAMPAIGN_APPROVED) {
        row->approved_at = txn->now_ms;
        row->approved_by = txn->actor;
    }
    row->state = verdict->state;
    row->done_at = verdict->state == CAMPAIGN_CANCELLED ? txn->now_ms : 0;
    if (verdict->begins_round) {
        row->round++;
        row->expanded_to = 0;
    }
    txn->wakes_sender = true;
}

static bool audit_deed(struct txn *txn, int64_t tenant, const struct campaign_row *row, enum campaign_action action,
                       enum campaign_state before, struct err *err)
{
    char deed[32];
    (void)snprintf(deed, sizeof deed, "campaign.%s",
                   words_name(&campaign_action_words, (int)action)); /* our own words fit */
    struct str changes = arena_format(txn->arena, "{\"state\":{\"from\":\"%s\",\"to\":\"%s\"}}",
                                      words_name(&campaign_state_words, (int)before),
                                      words_name(&campaign_state_words, (int)row->state));
    if (!str_is_set(changes))
        return arena_err(txn->arena, err);
    return audit_add(txn, tenant, deed, notice_about(txn, "campaign", row->id), changes, err);
}

bool campaign_deed_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                         void *reply, struct err *err)
{
    const struct campaign_deed *asked = request;
    struct campaign_row row;
    struct campaign_facts facts;
    struct campaign_verdict verdict;
    (void)settings;
    if (!find(txn, tenant, asked->id, &row, err) || !read_facts(txn, tenant, &row, &facts, err))
        return false;
    if (asked->action == CAMPAIGN_APPROVE && row.state == CAMPAIGN_DRAFT && row.is_complete &&
        !campaign_text_check(txn, &row, err))
        return false;
    campaign_decide(&facts, asked->action, asked->revision, &verdict);
    if (verdict.ruling == CAMPAIGN_REFUSED)
        return err_set(err, ERR_CONFLICT, verdict.field, "%s", verdict.refusal);
    if (verdict.ruling == CAMPAIGN_STAYS)
        return campaign_view_make(txn, tenant, &row, reply, err);
    enter(txn, &row, &verdict);
    return audit_deed(txn, tenant, &row, asked->action, facts.state, err) &&
           campaign_line_changed(txn, tenant, &row, err) && keep(txn, tenant, &row, "campaign.updated", reply, err);
}

/* What people change about a number of ours. */
#include "apply/apply.h"
#include "apply/audit.h"
#include "apply/notice.h"
#include "apply/number_line.h"
#include "domain/segments.h"
#include "query/query.h"

enum { RATE_MAX = 1000, DAILY_MAX = 100000000 };
#define RATE_MIN 0.01 /* as NUMBER_RATE: slower than that is a pause */

/* Part of a scope of consent (core/consent_reach.h). */
static bool name_of_scope(struct str asked, const char *field, struct str *out, struct err *err)
{
    if (!scope_name_check(asked, field, err))
        return false;
    *out = asked;
    return true;
}

static bool change(const struct number_patch *asked, struct number_row *row, struct err *err)
{
    const struct record *fields = &number_changes_record;
    const struct number_changes *changes = asked->changes;
    uint64_t present = (uint64_t)asked->present;
    if (present & record_bit(fields, "reply_via")) {
        if (row->kind == NUMBER_POWERPACK && changes->reply_via == REPLY_VIA_XML)
            return err_set(err, ERR_INPUT, "reply_via", "of a Powerpack must be rest: an inline reply names a number");
        row->reply_via = changes->reply_via;
    }
    if (present & record_bit(fields, "stop_reply"))
        row->stop_reply = changes->stop_reply;
    if (present & record_bit(fields, "help_reply")) {
        if (!segments_check(changes->help_reply, "help_reply", err))
            return false;
        row->help_reply = changes->help_reply;
    }
    if (present & record_bit(fields, "rate")) {
        bool is_rate = changes->rate >= RATE_MIN && changes->rate <= RATE_MAX;
        if (!is_rate && changes->rate != 0)
            return err_set(err, ERR_INPUT, "rate", "must be %g to %d segments per second, or 0 for the default",
                           RATE_MIN, RATE_MAX);
        row->rate = changes->rate;
    }
    if (present & record_bit(fields, "daily_limit")) {
        if (changes->daily_limit != INT_UNSET && (changes->daily_limit < 0 || changes->daily_limit > DAILY_MAX))
            return err_set(err, ERR_INPUT, "daily_limit", "must be null (none) or 0 to %d segments", DAILY_MAX);
        row->daily_limit = changes->daily_limit;
    }
    if (present & record_bit(fields, "help_by"))
        row->help_by = changes->help_by;
    if (present & record_bit(fields, "topic") && !name_of_scope(changes->topic, "topic", &row->topic, err))
        return false;
    if (present & record_bit(fields, "campaign") && !name_of_scope(changes->campaign, "campaign", &row->campaign, err))
        return false;
    if (present & record_bit(fields, "state")) {
        if (changes->state == NUMBER_DISCOVERED)
            return err_set(err, ERR_INPUT, "state", "must be active or paused");
        row->state = changes->state;
        row->state_reason = (struct str){0};
    }
    return true;
}

/* Somebody has seen to what Plivo held the number for. */
static bool end_hold(struct txn *txn, int64_t tenant, const struct number_row *number, struct err *err)
{
    struct limit_row row;
    bool found;
    if (number->state != NUMBER_ACTIVE)
        return true;
    if (!ROW_GET(txn, TABLE_LIMIT, key_of_text(tenant, number->address), limit_row, &row, &found, err))
        return false;
    if (!found || row.held_until == 0)
        return true;
    row.held_until = 0;
    return ROW_PUT(txn, TABLE_LIMIT, key_of_text(tenant, number->address), limit_row, &row, err);
}

bool number_patch_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                        void *reply, struct err *err)
{
    const struct number_patch *asked = request;
    struct number_row row;
    bool found;
    if (!asked->changes)
        return err_set(err, ERR_INPUT, "changes", "is missing");
    if (!number_by_id(txn, tenant, asked->id, &row, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "id", "there is no number with this id");
    struct number_view before;
    number_view_make(&row, settings, &before);
    if (!change(asked, &row, err))
        return false;
    if ((uint64_t)asked->present & record_bit(&number_changes_record, "state") && !end_hold(txn, tenant, &row, err))
        return false;
    row.updated_at = txn->now_ms;
    txn->wakes_sender = true; /* what a pause or a lower rate held back may go now */
    number_view_make(&row, settings, reply);
    if (!audit_change(txn, tenant, "number.update", notice_about(txn, "number", row.id), &number_view_record, &before,
                      reply, err))
        return false;
    return number_put(txn, tenant, &row, err) && number_line_changed(txn, tenant, &row, err);
}

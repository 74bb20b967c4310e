#include "apply/plivo_holds.h"

#include "apply/breakers.h"
#include "apply/country_hold.h"
#include "apply/day_clock.h"
#include "apply/notice.h"
#include "apply/settings_cache.h"
#include "core/number_pace.h"
#include "io/log.h"

/* --- slower --- */

bool number_slow(struct txn *txn, int64_t tenant, struct str number, struct err *err)
{
    struct limit_row row;
    bool found;
    record_init(&limit_row_record, &row);
    if (!ROW_GET(txn, TABLE_LIMIT, key_of_text(tenant, number), limit_row, &row, &found, err))
        return false;
    struct number_pace pace = { row.pace_permille, row.paced_at_us };
    number_pace_slow(&pace, txn->boot_us);
    row.pace_permille = pace.permille;
    row.paced_at_us = pace.at_us;
    return ROW_PUT(txn, TABLE_LIMIT, key_of_text(tenant, number), limit_row, &row, err);
}

/* --- held for a while --- */

static bool tell(struct txn *txn, int64_t tenant, enum notice_severity severity, struct str subject, struct str text,
                 struct err *err)
{
    const struct notice notice = { .kind = NOTICE_LIMIT, .severity = severity, .subject = subject, .text = text };
    if (!str_is_set(subject) || !str_is_set(text))
        return arena_err(txn->arena, err);
    return notice_raise(txn, tenant, &notice, err);
}

static bool hold_country(struct txn *txn, int64_t tenant, const struct message_row *message, int64_t until_ms,
                         struct err *err)
{
    struct str region;
    return country_hold(txn, tenant, message->to, until_ms, &region, err) &&
           tell(txn, tenant, NOTICE_ALARM, arena_format(txn->arena, "country:%.*s", STR_ARGS(region)),
                arena_format(txn->arena, "Plivo's hourly limit for %.*s is used up: messages there wait for an hour",
                             STR_ARGS(region)),
                err);
}

static bool hold_number(struct txn *txn, int64_t tenant, const struct message_row *message,
                        const struct attempt_effects *fx, struct err *err)
{
    struct number_row number;
    bool found;
    if (!number_get(txn, tenant, message->from, &number, &found, err))
        return false;
    return !found ||
           (line_hold(txn, tenant, number.address, txn->now_ms + pacific_day(txn->now_ms).resets_in_ms, err) &&
            tell(txn, tenant, NOTICE_WARNING, notice_about(txn, "number", number.id),
                 arena_format(txn->arena, "%s. It is held until midnight Pacific time", fx->text), err));
}

/* --- paused --- */

/* What only a person can mend stops the number: it would fail for everybody. */
static bool pause_number(struct txn *txn, int64_t tenant, const struct message_row *message,
                         const struct attempt_effects *fx, struct err *err)
{
    struct number_row number;
    bool found;
    if (!number_get(txn, tenant, message->from, &number, &found, err))
        return false;
    if (!found || number.state == NUMBER_PAUSED)
        return true;
    number.state = NUMBER_PAUSED;
    number.state_reason = arena_dup(txn->arena, str_of(fx->text));
    number.updated_at = txn->now_ms;
    log_event(LOG_ERROR, "number.paused", F_ID("number", number.id), F_INT("code", fx->error_code));
    return number_put(txn, tenant, &number, err) &&
           tell(txn, tenant, NOTICE_ALARM, notice_about(txn, "number", number.id),
                arena_format(txn->arena, "%s. The number is paused until somebody sets it to active again", fx->text),
                err);
}

bool plivo_holds_apply(struct txn *txn, int64_t tenant, const struct settings *settings,
                       const struct message_row *message, const struct attempt_effects *fx, struct err *err)
{
    const struct settings_view *own;
    if (fx->error_code == PLIVO_CODE_EXPIRED && !number_slow(txn, tenant, message->from, err))
        return false;
    switch (fx->action) {
    case PLIVO_HOLD_COUNTRY: return hold_country(txn, tenant, message, fx->hold_until_ms, err);
    case PLIVO_HOLD_NUMBER: return hold_number(txn, tenant, message, fx, err);
    case PLIVO_PAUSE_NUMBER:
    case PLIVO_HOLD_TENANT: return pause_number(txn, tenant, message, fx, err);
    case PLIVO_TRIP_LOOP_BREAKER:
        return tenant_settings_get(txn, settings, tenant, &own, err) && loop_trip(txn, tenant, own, message, err);
    case PLIVO_FAIL:
    case PLIVO_FAIL_AND_COUNT:
    case PLIVO_FAIL_AND_ALARM:
    case PLIVO_MARK_CONTACT:
    case PLIVO_MARK_IF_REPEATED:
    case PLIVO_RETRY:
    case PLIVO_OPT_OUT: return true;
    }
    return false;
}

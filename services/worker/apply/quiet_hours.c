/* quiet_hours_put, quiet_hours_delete: the tenant's own row for a state, in place of the one that every tenant begins with. */
#include "apply/apply.h"
#include "apply/audit.h"
#include "apply/holds.h"
#include "core/bulk_cap.h"
#include "core/state_windows.h"
#include "query/query.h"

enum { SOURCE_MAX_BYTES = 500 };

static bool check_window(struct str text, const char *field, struct err *err)
{
    struct day_window unused;
    return !str_is_set(text) || day_window_parse(text, &unused) ||
           err_set(err, ERR_INPUT, field, "must be a part of the day such as 08:00-20:00, or null: not at all");
}

static bool check_state(struct str state, struct err *err)
{
    return is_us_state(state) || err_set(err, ERR_MISSING, NULL, "there is no such state; two capitals, such as FL");
}

static bool check_row(const struct state_hours_put *asked, struct err *err)
{
    if (!check_state(asked->state, err) || !check_window(asked->weekdays, "weekdays", err) ||
        !check_window(asked->saturday, "saturday", err) || !check_window(asked->sunday, "sunday", err) ||
        !check_window(asked->holidays, "holidays", err))
        return false;
    if (asked->most_per_day != INT_UNSET && (asked->most_per_day < 0 || asked->most_per_day > BULK_CAP_MAX))
        return err_set(err, ERR_INPUT, "most_per_day", "must be from 1 to %d, 0: no limit, or null: as it began",
                       BULK_CAP_MAX);
    return (asked->source.n > 0 && asked->source.n <= SOURCE_MAX_BYTES) ||
           err_set(err, ERR_INPUT, "source", "must say where it is written, in at most %d characters",
                   SOURCE_MAX_BYTES);
}

/* Entered with who made it, and felt at once. */
static bool tell_change(struct txn *txn, int64_t tenant, struct str state, const struct state_hours *before,
                        const struct state_hours *after, struct err *err)
{
    struct str subject = arena_format(txn->arena, "state:%.*s", STR_ARGS(state));
    if (!str_is_set(subject))
        return arena_err(txn->arena, err);
    txn->wakes_sender = true;
    return audit_change(txn, tenant, "quiet_hours.update", subject, &state_hours_record, before, after, err) &&
           holds_look_again(txn, tenant, err);
}

bool quiet_hours_put_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                           void *reply, struct err *err)
{
    const struct state_hours_put *asked = request;
    struct state_hours before;
    (void)settings;
    if (!check_row(asked, err) || !state_hours_read(txn, tenant, asked->state, &before, err))
        return false;
    const struct window_row row = { .weekdays = asked->weekdays,
                                    .saturday = asked->saturday,
                                    .sunday = asked->sunday,
                                    .holidays = asked->holidays,
                                    .source = asked->source,
                                    .updated_at = txn->now_ms,
                                    .most_per_day = asked->most_per_day };
    return ROW_PUT(txn, TABLE_WINDOW, key_of_text(tenant, asked->state), window_row, &row, err) &&
           state_hours_read(txn, tenant, asked->state, reply, err) &&
           tell_change(txn, tenant, asked->state, &before, reply, err);
}

bool quiet_hours_delete_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                              void *reply, struct err *err)
{
    const struct by_name *asked = request;
    struct state_hours before;
    struct state_hours after;
    (void)settings;
    (void)reply;
    return check_state(asked->name, err) && state_hours_read(txn, tenant, asked->name, &before, err) &&
           row_delete(txn, TABLE_WINDOW, key_of_text(tenant, asked->name), err) &&
           state_hours_read(txn, tenant, asked->name, &after, err) &&
           tell_change(txn, tenant, asked->name, &before, &after, err);
}

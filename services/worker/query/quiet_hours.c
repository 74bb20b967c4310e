/* The hours of the US states as they count for a tenant. */
#include "core/state_windows.h"
#include "query/query.h"

static void take_default(const struct state_window *row, struct state_hours *out)
{
    out->weekdays = str_of(row->day[DAY_WEEKDAY]);
    out->saturday = str_of(row->day[DAY_SATURDAY]);
    out->sunday = str_of(row->day[DAY_SUNDAY]);
    out->holidays = str_of(row->day[DAY_HOLIDAY]);
    out->most_per_day = row->most_per_day > 0 ? row->most_per_day : INT_UNSET;
    out->source = str_of(row->source);
}

static void take_own(const struct window_row *row, const struct state_window *begun, struct state_hours *out)
{
    int64_t most = row->most_per_day != INT_UNSET ? row->most_per_day : begun ? begun->most_per_day : 0;
    out->most_per_day = most > 0 ? most : INT_UNSET;
    out->weekdays = row->weekdays;
    out->saturday = row->saturday;
    out->sunday = row->sunday;
    out->holidays = row->holidays;
    out->source = row->source;
    out->is_own = true;
    out->updated_at = row->updated_at;
}

bool state_hours_read(struct txn *txn, int64_t tenant, struct str state, struct state_hours *out, struct err *err)
{
    const struct state_window *row = state_window_find(state);
    struct window_row own;
    bool found;
    record_init(&state_hours_record, out);
    if (!ROW_GET(txn, TABLE_WINDOW, key_of_text(tenant, state), window_row, &own, &found, err))
        return false;
    out->state = state;
    if (found)
        take_own(&own, row, out);
    else if (row)
        take_default(row, out);
    return true;
}

bool quiet_hours_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                       void *reply, struct err *err)
{
    struct state_hours_page *page = reply;
    struct str rest = str_of(US_STATES);
    struct str state;
    (void)settings;
    (void)request;
    page->data.v = arena_alloc_array(txn->arena, rest.n / 3 + 1, sizeof *page->data.v);
    if (!page->data.v)
        return arena_err(txn->arena, err);
    while (str_next(&rest, ' ', &state)) {
        struct state_hours *row = &page->data.v[page->data.n];
        if (!state_hours_read(txn, tenant, state, row, err))
            return false;
        page->data.n += str_is_set(row->source) ? 1 : 0; /* the others have only the class's hours */
    }
    return true;
}

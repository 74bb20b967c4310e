#include "apply/quiet_facts.h"

#include "core/quiet_rules.h"
#include "domain/phone_place.h"
#include "domain/phone_plan.h"
#include "io/time_zone.h"

enum { MINUTE_MS = 60000, HOUR_MS = 60 * MINUTE_MS };
#define DAY_MS INT64_C(86400000)

/* --- which hours --- */

static const char *text_or_null(struct txn *txn, struct str text)
{
    struct str copy = text.n ? arena_format(txn->arena, "%.*s", STR_ARGS(text)) : (struct str){ 0 };
    return copy.p; /* NULL: not at all that day */
}

/* A state's row as it counts: the tenant's own, else the table's; *out NULL: the state has none. */
static bool state_window_get(struct txn *txn, int64_t tenant, const char *state, const struct state_window **out,
                             struct err *err)
{
    struct window_row row;
    bool found;
    *out = state_window_find(str_of(state));
    if (state[0] == '\0')
        return true;
    if (!ROW_GET(txn, TABLE_WINDOW, key_of_text(tenant, str_of(state)), window_row, &row, &found, err))
        return false;
    if (!found)
        return true;
    struct state_window *own = arena_alloc(txn->arena, sizeof *own);
    if (!own)
        return arena_err(txn->arena, err);
    own->state = state;
    own->day[DAY_WEEKDAY] = text_or_null(txn, row.weekdays);
    own->day[DAY_SATURDAY] = text_or_null(txn, row.saturday);
    own->day[DAY_SUNDAY] = text_or_null(txn, row.sunday);
    own->day[DAY_HOLIDAY] = text_or_null(txn, row.holidays);
    own->most_per_day = row.most_per_day != INT_UNSET ? row.most_per_day : *out ? (*out)->most_per_day : 0;
    own->source = text_or_null(txn, row.source);
    *out = own;
    return true;
}

/* --- where --- */

struct places {
    struct phone_place v[PHONE_PLACES_MAX];
    struct quiet_place quiet[PHONE_PLACES_MAX];
    size_t n;
    enum phone_place_source source;
};

static const char *zone_name(struct txn *txn, struct str name)
{
    struct str copy = name.n ? arena_format(txn->arena, "%.*s", STR_ARGS(name)) : (struct str){ 0 };
    return copy.p && time_zone_is_known(copy.p) ? copy.p : NULL;
}

/* In North America every number's area code counts: libphonenumber need not be asked, which costs more than all the rest. */
static bool is_geographic(struct str address)
{
    struct phone phone;
    struct err unused;
    return str_starts(address, STR("+1")) ||
           (phone_parse(address, "to", &phone, &unused) && phone_plan_is_geographic(&phone));
}

static bool find_places(struct txn *txn, int64_t tenant, const struct settings_view *own,
                        const struct message_row *message, struct places *places, struct err *err)
{
    struct contact_row contact;
    bool found;
    record_init(&contact_row_record, &contact);
    if (!contact_get(txn, tenant, message->contact, &contact, &found, err))
        return false;
    places->n = phone_places(message->to, is_geographic(message->to), zone_name(txn, contact.time_zone),
                             zone_name(txn, own->home_zone), places->v, &places->source);
    return true;
}

/* False: the store failed. Of several states the least that one allows in a day counts. A zone that this machine does not know leaves nothing known (n 0): held, never guessed. */
static bool read_hours(struct txn *txn, int64_t tenant, const struct settings_view *own, enum message_class class,
                       struct day_window window, struct places *places, struct grant_facts *f, struct err *err)
{
    int64_t from_ms = txn->now_ms - 2 * DAY_MS;
    int64_t to_ms = txn->now_ms + (QUIET_HORIZON_DAYS + 3) * DAY_MS;
    for (size_t i = 0; i < places->n; i++) {
        struct quiet_place *place = &places->quiet[i];
        const struct state_window *state = NULL;
        if (class == CLASS_BULK && own->quiet_states && !state_window_get(txn, tenant, places->v[i].state, &state, err))
            return false;
        if (state && state->most_per_day > 0 && (f->bulk_most == 0 || state->most_per_day < f->bulk_most))
            f->bulk_most = state->most_per_day;
        if (!time_zone_clock(places->v[i].zone, from_ms, to_ms, &place->clock)) {
            places->n = 0;
            return true;
        }
        place->windows = quiet_week(window, state);
        place->keeps_federal = state != NULL || own->federal_holidays;
        if (own->federal_holidays)
            place->windows.day[DAY_HOLIDAY] = (struct day_window){ 0, 0 };
    }
    return true;
}

/* --- what is told --- */

/* "2026-11-24 08:00" on the clock there. */
static struct str local_text(struct txn *txn, const struct zone_clock *clock, int64_t at_ms)
{
    int64_t minutes = zone_clock_local(clock, at_ms) / MINUTE_MS;
    struct calendar_date date = date_of_day(minutes / DAY_MINUTES);
    return arena_format(txn->arena, "%04lld-%02d-%02d %02lld:%02lld", (long long)date.year, date.month, date.day,
                        (long long)(minutes % DAY_MINUTES / 60), (long long)(minutes % 60));
}

static struct str tell(struct txn *txn, const struct places *places, int64_t opens_ms)
{
    const char *zone = places->v[0].zone;
    struct str when = local_text(txn, &places->quiet[0].clock, opens_ms);
    switch (places->source) {
    case PLACE_BY_CONTACT:
    case PLACE_BY_HOME:
        return arena_format(txn->arena, "Quiet hours in %s: it may go at %.*s there", zone, STR_ARGS(when));
    case PLACE_BY_NUMBER:
        return places->n == 1
                   ? arena_format(txn->arena, "Quiet hours in %s: it may go at %.*s there", zone, STR_ARGS(when))
                   : arena_format(txn->arena,
                                  "Quiet hours somewhere among the %zu time zones of this number: it may go at "
                                  "%.*s in %s",
                                  places->n, STR_ARGS(when), zone);
    case PLACE_ANYWHERE:
    case PLACE_NOWHERE:
        break;
    }
    return arena_format(txn->arena,
                        "Nobody knows where this number is, and somewhere it is quiet hours: it may go at %.*s in %s; "
                        "give the contact a time zone to know better",
                        STR_ARGS(when), zone);
}

static bool enter(struct txn *txn, const struct settings_view *own, const struct places *places, struct grant_facts *f,
                  struct err *err)
{
    struct calendar_date *holidays = arena_alloc_array(txn->arena, HOLIDAYS_MAX, sizeof *holidays);
    struct quiet_verdict verdict = { .opens_ms = QUIET_NEVER };
    struct str text = STR("It is not known what time it is where this number is: give the contact a time zone");
    if (!holidays)
        return arena_err(txn->arena, err);
    if (places->n > 0) {
        quiet_hours_decide(places->quiet, places->n, holidays, quiet_holidays(own, holidays), txn->now_ms, &verdict);
        text = verdict.opens_ms == QUIET_NEVER
                   ? STR("In the next two weeks there is no hour at which it may go everywhere that this number may be")
                   : tell(txn, places, verdict.opens_ms);
    }
    f->has_window = true;
    f->is_window_open = verdict.is_open;
    f->window_closes_in_ms = verdict.is_open ? verdict.closes_ms - txn->now_ms : 0;
    f->window_opens_in_ms = verdict.opens_ms == QUIET_NEVER ? TIME_FOREVER : verdict.opens_ms - txn->now_ms;
    size_t n = min_size(text.n, sizeof f->window_text - 1); /* a cut sentence is still read */
    memcpy(f->window_text, text.p ? text.p : "", text.p ? n : 0);
    return text.p ? true : arena_err(txn->arena, err);
}

/* Who has just written may be answered: that is no call out of the blue (plivo.md section 12). Bulk answers nobody. */
static bool is_reply(struct txn *txn, int64_t tenant, const struct settings_view *own,
                     const struct message_row *message, bool *out, struct err *err)
{
    struct conversation_row conversation;
    bool found;
    *out = false;
    if (message->class == CLASS_BULK)
        return true;
    record_init(&conversation_row_record, &conversation);
    if (!conversation_get(txn, tenant, message->conversation, &conversation, &found, err))
        return false;
    *out = conversation.heard_at > 0 && message->created_at >= conversation.heard_at &&
           txn->now_ms - conversation.heard_at < own->quiet_reply_minutes * MINUTE_MS;
    return true;
}

bool quiet_facts_read(struct txn *txn, int64_t tenant, const struct settings_view *own,
                      const struct message_row *message, struct grant_facts *f, struct err *err)
{
    struct day_window window;
    bool may_go = false;
    if (!quiet_window_of(own, message->class, &window) || message->help_at > 0)
        return true;
    if (!is_reply(txn, tenant, own, message, &may_go, err))
        return false;
    if (may_go)
        return true;
    /* a request decides on thousands: what one decision needs is given back */
    struct arena_mark mark = arena_mark(txn->arena);
    struct places *places = arena_alloc(txn->arena, sizeof *places);
    if (!places)
        return arena_err(txn->arena, err);
    bool ok = find_places(txn, tenant, own, message, places, err);
    /* of a number that is in no country known to us, no state and no day can be asked; the tenant's hours are all there is */
    bool is_open = ok && places->n == 0 && quiet_is_all_day(&window) && !quiet_has_days(own);
    ok = ok && (is_open || (read_hours(txn, tenant, own, message->class, window, places, f, err) &&
                            enter(txn, own, places, f, err)));
    arena_rewind(txn->arena, mark);
    return ok;
}

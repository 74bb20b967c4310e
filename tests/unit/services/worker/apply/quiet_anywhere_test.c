/* The hours of bulk where the tenant has none of its own: those of states, and of numbers that tell no place. By the tables, the clocks of whole
 * years, and the grants of a real store. */
#include "../sending_house.h"
#include "core/quiet_rules.h"
#include "core/state_windows.h"
#include "core/tenant_settings.h"
#include "domain/phone_place.h"
#include "io/time_zone.h"

#define DAY_MS INT64_C(86400000)
#define HOUR_MS INT64_C(3600000)

static const char *const NOWHERE[] = { "+18005550100", "+18885550100", "+15550100001", "+19995550100" };

static int64_t utc(const char *text)
{
    int64_t ms = 0;
    struct err err;
    assert_true(time_parse(str_of(text), "time", &ms, &err));
    return ms;
}

/* Every place where such a number may be, with its state's hours, in the days around `now_ms`. */
static size_t places_of(const char *address, int64_t now_ms, struct quiet_place out[PHONE_PLACES_MAX])
{
    static const struct day_window FEDERAL = { 8 * 60, 21 * 60 }; /* 47 CFR 64.1200(c)(1) */
    struct phone_place places[PHONE_PLACES_MAX];
    enum phone_place_source source;
    size_t n = phone_places(str_of(address), true, NULL, NULL, places, &source);
    assert_int_equal(source, PLACE_ANYWHERE);
    for (size_t i = 0; i < n; i++) {
        const struct state_window *state = state_window_find(str_of(places[i].state));
        assert_true(time_zone_clock(places[i].zone, now_ms - 2 * DAY_MS, now_ms + 20 * DAY_MS, &out[i].clock));
        out[i].windows = quiet_week(FEDERAL, state);
        out[i].keeps_federal = state != NULL;
    }
    return n;
}

/* A day on which every state allows something: Sundays and federal holidays are none. */
static bool is_a_working_day(int64_t day)
{
    return weekday_of_day(day) != SUNDAY && !is_federal_holiday(day);
}

static void a_number_that_tells_no_place_is_open_for_an_hour_on_every_working_day(void **state)
{
    (void)state;
    struct quiet_place *places = calloc(PHONE_PLACES_MAX, sizeof *places);
    struct err err;
    assert_non_null(places);
    assert_true(time_zone_load(&err));
    for (size_t i = 0; i < COUNT(NOWHERE); i++)
        for (int64_t at = utc("2026-01-01T05:00:00Z"); at < utc("2028-01-01T00:00:00Z");
             at += DAY_MS) { /* midnight, New York */
            struct quiet_verdict now;
            struct quiet_verdict opened;
            if (!is_a_working_day(at / DAY_MS))
                continue;
            size_t n = places_of(NOWHERE[i], at, places);
            quiet_hours_decide(places, n, NULL, 0, at, &now);
            assert_false(now.is_open);
            assert_in_range(now.opens_ms - at, 8 * HOUR_MS, 21 * HOUR_MS);
            quiet_hours_decide(places, n, NULL, 0, now.opens_ms, &opened);
            assert_true(opened.is_open);
            assert_in_range(opened.closes_ms - now.opens_ms, HOUR_MS, 13 * HOUR_MS);
        }
    free(places);
}

/* --- what is granted --- */

static const struct settings SETTINGS = {
    .number_rate = 1000, .confirm_after_ms = 30000, .unconfirmed_max_ms = 300000, .event_days = 7
};
static const char *const OURS = "+15550100001";

static void set_to(struct sending_house *h, const char *now)
{
    house_pass(h, utc(now) - h->now_ms);
}

static void change(struct sending_house *h, struct settings_view changes, uint64_t present)
{
    struct settings_patch patch = { .present = (int64_t)(present | record_bit(&settings_view_record, "quiet_bulk")),
                                    .changes = &changes };
    struct settings_view after;
    struct err err;
    house_stamp(h);
    record_init(&settings_view_record, &after);
    changes.quiet_bulk = STR("00:00-24:00");
    assert_true(settings_patch_apply(&h->txn, 1, &h->settings, &patch, &after, &err));
}

/* A tenant without hours of its own, at noon of a Wednesday in New York. */
static struct sending_house *open_house(void)
{
    struct sending_house *h = house_open(&SETTINGS);
    house_number(h, 1, OURS, 0, NULL);
    change(h, (struct settings_view){ 0 }, 0);
    house_hello(h);
    set_to(h, "2026-10-14T16:00:00Z");
    return h;
}

/* They ask for what we send, and get it: the message. */
static struct id offer(struct sending_house *h, const char *to)
{
    static int texts;
    char uuid[40];
    (void)snprintf(uuid, sizeof uuid, "start-%d", ++texts);
    struct inbound_event event = { .uuid = str_of(uuid),
                                   .from = str_of(to),
                                   .to = str_of(OURS),
                                   .text = STR("START"),
                                   .type = STR("sms"),
                                   .units = 1,
                                   .received_at = h->now_ms };
    struct inbound_batch batch = { .events = { &event, 1 } };
    struct inbound_answers answers;
    struct err err;
    house_stamp(h);
    assert_true(inbound_apply(&h->txn, 0, &h->settings, &batch, &answers, &err));
    return house_send(h, 1, OURS, to, "an offer", "bulk");
}

static struct message_row message_of(struct sending_house *h, struct id id)
{
    struct message_row row;
    struct err err;
    bool found;
    house_stamp(h);
    assert_true(message_get(&h->txn, 1, id, &row, &found, &err) && found);
    return row;
}

static bool leaves(struct sending_house *h, struct id id)
{
    const struct grant_answer *answer = house_grant(h, 10, NULL, 0);
    for (size_t i = 0; i < answer->sends.n; i++)
        if (id_eq(answer->sends.v[i].message, id)) {
            house_outcome(h, (struct attempt_ref){ 1, id, answer->sends.v[i].attempt }, CALL_ACCEPTED, 202, 0);
            return true;
        }
    return false;
}

static void is_held(struct sending_house *h, struct id id, const char *reason, const char *until, const char *word)
{
    assert_false(leaves(h, id));
    struct message_row row = message_of(h, id);
    assert_int_equal(row.status, STATUS_HELD);
    assert_true(str_is(row.status_reason, reason));
    assert_int_equal(row.held_until, utc(until));
    assert_true(row.holds.n > 0); /* the timeline's */
    assert_non_null(memmem(row.status_text.p, row.status_text.n, word, strlen(word)));
}

static void without_hours_of_its_own_a_tenant_still_keeps_a_states(void **state)
{
    (void)state;
    struct sending_house *h = open_house();
    assert_true(leaves(h, offer(h, "+13055550100")));
    set_to(h, "2026-10-15T02:00:00Z"); /* 22:00 in Florida */
    struct id florida = offer(h, "+13055550100");
    is_held(h, florida, "quiet_hours", "2026-10-15T12:00:00Z", "America/New_York");
    assert_true(leaves(h, offer(h, "+12125550100"))); /* New York has no row, and the tenant no hours */
    assert_true(leaves(h, offer(h, "+493012345678")));
    set_to(h, "2026-10-15T12:00:00Z");
    assert_true(leaves(h, florida));
    house_close(h);
}

static void without_hours_of_its_own_a_tenant_still_keeps_a_states_limit_of_a_day(void **state)
{
    (void)state;
    struct sending_house *h = open_house();
    for (int i = 0; i < 3; i++)
        assert_true(leaves(h, offer(h, "+13055550100")));
    is_held(h, offer(h, "+13055550100"), "bulk_cap", "2026-10-15T16:00:00Z", "24 hours");
    house_close(h);
}

static void without_hours_of_its_own_a_tenant_still_keeps_its_holidays(void **state)
{
    (void)state;
    struct str day = STR("10-15");
    struct sending_house *h = open_house();
    change(h, (struct settings_view){ .holidays = { &day, 1 } },
           record_bit(&settings_view_record, "holidays") | record_bit(&settings_view_record, "quiet_states"));
    set_to(h, "2026-10-15T16:00:00Z");
    is_held(h, offer(h, "+12125550100"), "quiet_hours", "2026-10-16T04:00:00Z", "America/New_York");
    house_close(h);
}

static void a_number_that_tells_no_place_is_held_with_its_hour_and_why(void **state)
{
    (void)state;
    struct sending_house *h = open_house();
    set_to(h, "2026-10-16T12:00:00Z"); /* 8:00 in New York, 5:00 in Nevada, whose day begins at 9 */
    struct id id = offer(h, "+18005550100");
    assert_false(leaves(h, id));
    struct message_row row = message_of(h, id);
    assert_true(str_is(row.status_reason, "quiet_hours") && row.held_until > h->now_ms);
    assert_true(row.held_until - h->now_ms < 13 * HOUR_MS);
    assert_true(str_starts(row.status_text, STR("Nobody knows where this number is")));
    house_pass(h, row.held_until - h->now_ms);
    assert_true(leaves(h, id));
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_hours_of_its_own_a_tenant_still_keeps_a_states),
        cmocka_unit_test(without_hours_of_its_own_a_tenant_still_keeps_a_states_limit_of_a_day),
        cmocka_unit_test(without_hours_of_its_own_a_tenant_still_keeps_its_holidays),
        cmocka_unit_test(a_number_that_tells_no_place_is_held_with_its_hour_and_why),
        cmocka_unit_test(a_number_that_tells_no_place_is_open_for_an_hour_on_every_working_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

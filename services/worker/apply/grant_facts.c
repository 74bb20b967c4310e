#include "apply/grant_facts.h"

#include "apply/bulk_cap_facts.h"
#include "apply/country_hold.h"
#include "apply/day_clock.h"
#include "apply/quiet_facts.h"
#include "apply/settings_cache.h"
#include "core/number_pace.h"
#include "store/meta.h"
#include "store/campaigns.h"

enum { PERSON_STEPS_MAX = 256 };

/* The line that all numbers of the account share; no number of ours has this address, nor a campaign's "*campaign:<id>". */
static const struct str ACCOUNT_LINE = STR("*account");

/* --- the person --- */

/* A campaign's message is waited for by other bulk alone, and not while the campaign is paused: who writes to a person, and what a
 * program has to tell them now, does not stand behind an advertisement's throttle. */
static bool is_waited_for(struct txn *txn, int64_t tenant, const struct message_row *message,
                          const struct pending_row *earlier, bool *out, struct err *err)
{
    struct campaign_row campaign;
    bool found;
    *out = !id_is_set(earlier->campaign);
    if (*out || message->class != CLASS_BULK)
        return true;
    if (!campaign_get(txn, tenant, earlier->campaign, &campaign, &found, err))
        return false;
    *out = !found || campaign.state != CAMPAIGN_PAUSED;
    return true;
}

static bool read_person(struct txn *txn, int64_t tenant, const struct message_row *message, struct person *out,
                        struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_PENDING, key_of_person(tenant, message->to), SCAN_FORWARD);
    /* of open attempts; how long they are open matters to human ones only */
    bool is_one_enough = message->class != CLASS_HUMAN;
    for (size_t i = 0; i < PERSON_STEPS_MAX && out->open_n < (is_one_enough ? 1 : PERSON_MAX); i++) {
        struct pending_row row;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        struct id id = key_take_id(&rest);
        ok = row_decode(txn, &pending_row_record, value, &row, err);
        if (!ok)
            break;
        if (id_eq(id, message->id))
            continue;
        if (row.is_open) {
            out->open[out->open_n++] = (struct grant_open){.age_ms = txn->now_ms - row.since};
        } else if (out->earlier_n < PERSON_MAX && id_compare(id, message->id) < 0 &&
                   row.due <= txn->now_ms + GRANT_RETRY_PATIENCE_MS && str_eq(row.number, message->from)) {
            bool waits;
            ok = is_waited_for(txn, tenant, message, &row, &waits, err);
            if (!ok)
                break;
            if (!waits)
                continue;
            out->earlier_id[out->earlier_n] = id;
            out->earlier[out->earlier_n++] = (struct grant_earlier){.due_in_ms = max_i64(0, row.due - txn->now_ms)};
        }
    }
    scan_end(&scan);
    return ok;
}

/* --- the lines --- */

static int64_t per_segment_us(double rate)
{
    if (rate <= 0)
        return 0;
    double us = 1e6 / rate;
    return us < (double)GCRA_PER_SEGMENT_MAX_US ? (int64_t)us : GCRA_PER_SEGMENT_MAX_US;
}

/* A second's worth at once, at least one: what the carriers' own counters allow (plivo.md section 7). */
static int64_t burst_of(double rate)
{
    return clamp_i64((int64_t)rate, 1, GCRA_BURST_MAX_SEGMENTS);
}

static bool add_line(struct txn *txn, int64_t tenant, struct str name, double rate, struct day_clock day,
                     struct grant_reading *out, struct err *err)
{
    struct grant_facts *f = &out->facts;
    struct grant_line *line = &out->lines[f->limits_n];
    bool found;
    line->name = name;
    record_init(&limit_row_record, &line->row);
    if (!ROW_GET(txn, TABLE_LIMIT, key_of_text(tenant, name), limit_row, &line->row, &found, err))
        return false;
    if (line->row.day != day.day) {
        line->row.day = day.day;
        line->row.day_segments = 0;
    }
    f->limits[f->limits_n++] = (struct grant_limit){
        .line = {.tat_us = line->row.tat_us},
        .per_segment_us = per_segment_us(rate),
        .burst_segments = burst_of(rate),
        .reason = "rate",
        .day = {.used = line->row.day_segments, .resets_in_ms = day.resets_in_ms},
    };
    return true;
}

static bool add_number_line(struct txn *txn, int64_t tenant, const struct settings *settings,
                            const struct number_row *number, struct grant_reading *out, struct err *err)
{
    double rate = number->rate > 0 ? number->rate : settings->number_rate;
    if (!add_line(txn, tenant, number->address, rate, utc_day(txn->now_ms), out, err))
        return false;
    struct grant_limit *limit = &out->facts.limits[0];
    const struct limit_row *row = &out->lines[0].row;
    const struct number_pace pace = { row->pace_permille, row->paced_at_us };
    limit->per_segment_us = min_i64(limit->per_segment_us * PACE_ALL / number_pace_now(&pace, txn->boot_us),
                                    GCRA_PER_SEGMENT_MAX_US);
    limit->day.has_limit = number->daily_limit != INT_UNSET;
    limit->day.limit = number->daily_limit;
    limit->day.text = "The number's segments for today are used up";
    out->facts.number_held_ms = max_i64(0, row->held_until - txn->now_ms);
    return true;
}

static bool add_shared_line(struct txn *txn, int64_t tenant, const struct number_row *number, struct grant_reading *out,
                            struct err *err)
{
    struct shared_limit_row limit;
    bool found;
    if (number->campaign.n == 0)
        return true;
    if (!ROW_GET(txn, TABLE_SHARED_LIMIT, key_of_text(tenant, number->campaign), shared_limit_row, &limit, &found, err))
        return false;
    if (!found)
        return true;
    struct str name = arena_format(txn->arena, SHARED_LINE "%.*s", STR_ARGS(number->campaign));
    if (!str_is_set(name))
        return arena_err(txn->arena, err);
    if (!add_line(txn, tenant, name, limit.rate, pacific_day(txn->now_ms), out, err))
        return false;
    struct grant_day *day = &out->facts.limits[out->facts.limits_n - 1].day;
    day->has_limit = limit.daily_limit != INT_UNSET;
    day->limit = limit.daily_limit;
    day->text = "The segments of the number's campaign are used up for today";
    return true;
}

static bool add_campaign_line(struct txn *txn, int64_t tenant, struct id id, struct grant_reading *out, struct err *err)
{
    struct grant_facts *f = &out->facts;
    struct campaign_row campaign;
    bool found;
    if (!id_is_set(id))
        return true;
    if (!campaign_get(txn, tenant, id, &campaign, &found, err))
        return false;
    f->campaign = !found || campaign.state == CAMPAIGN_CANCELLED ? GRANT_CAMPAIGN_CANCELLED
                  : campaign.state == CAMPAIGN_PAUSED            ? GRANT_CAMPAIGN_PAUSED
                                                                 : GRANT_CAMPAIGN_GOES;
    if (!found || campaign.throttle <= 0)
        return true;
    struct str name = arena_format(txn->arena, "*campaign:%s", id_text(id).c);
    if (!str_is_set(name))
        return arena_err(txn->arena, err);
    if (!add_line(txn, tenant, name, campaign.throttle, utc_day(txn->now_ms), out, err))
        return false;
    f->limits[f->limits_n - 1].is_campaign = true;
    f->limits[f->limits_n - 1].reason = "campaign_rate";
    return true;
}

/* --- all of it --- */

static bool read_consent(struct txn *txn, int64_t tenant, const struct message_row *message, struct grant_facts *f,
                         struct err *err)
{
    struct consent_standing consent;
    if (!consent_read(txn, tenant, message->to, message->from, message->topic, &consent, err))
        return false;
    f->consent = consent.state;
    f->consent_changed_at_ms = consent.out_changed_at;
    f->is_paused = consent.paused_at != 0;
    f->needs_opt_in = message->class == CLASS_BULK;
    f->needs_notice = message->class == CLASS_BULK && !message->introduces && !consent.introduced_at;
    return true;
}

bool grant_facts_read(struct txn *txn, int64_t tenant, const struct settings *settings,
                      const struct message_row *message, const struct number_row *number, struct grant_reading *out,
                      struct err *err)
{
    struct grant_facts *f = &out->facts;
    bool is_restored;
    if (!recovery_is_due(txn, &is_restored, err))
        return false;
    *f = (struct grant_facts){
        .is_restored = is_restored,
        .class = message->class,
        .segments = clamp_i64(message->segments, 1, GCRA_COST_MAX_SEGMENTS), /* Plivo's Units may have been any */
        .valid_until_ms = message->valid_until ? message->valid_until : TIME_FOREVER,
        .help_received_at_ms = message->help_at,
        .confirms = message->confirms,
        .open = out->person.open,
        .earlier = out->person.earlier,
        .number_state = number->state,
        .now_ms = txn->now_ms,
        .now_us = txn->boot_us,
        .clock_distrust_ms = max_i64(0, (settings->distrust_until_us - txn->boot_us) / 1000),
        .confirm_after_ms = settings->confirm_after_ms,
    };
    if (!tenant_settings_get(txn, settings, tenant, &out->own, err) || !read_consent(txn, tenant, message, f, err) ||
        !read_person(txn, tenant, message, &out->person, err) ||
        !add_number_line(txn, tenant, settings, number, out, err) ||
        !add_line(txn, tenant, ACCOUNT_LINE, settings->account_rate, utc_day(txn->now_ms), out, err) ||
        !add_shared_line(txn, tenant, number, out, err) ||
        !add_campaign_line(txn, tenant, message->campaign, out, err) ||
        !country_hold_read(txn, tenant, message->to, &f->country_held_ms, err) ||
        !breakers_read(txn, tenant, out->own, message, &out->breakers, f, err) ||
        !quiet_facts_read(txn, tenant, out->own, message, f, err) || !bulk_cap_read(txn, tenant, message, f, err))
        return false;
    f->open_n = out->person.open_n;
    f->earlier_n = out->person.earlier_n;
    return true;
}

bool grant_facts_charge(struct txn *txn, int64_t tenant, const struct message_row *message,
                        struct grant_reading *reading, const struct grant_verdict *verdict, struct err *err)
{
    for (size_t i = 0; i < reading->facts.limits_n; i++) {
        struct grant_line *line = &reading->lines[i];
        line->row.tat_us = verdict->lines[i].tat_us;
        line->row.day_segments = verdict->days_used[i];
        if (!ROW_PUT(txn, TABLE_LIMIT, key_of_text(tenant, line->name), limit_row, &line->row, err))
            return false;
    }
    return breakers_charge(txn, tenant, message, &reading->breakers, err) &&
           bulk_cap_charge(txn, tenant, message, &reading->facts, err);
}

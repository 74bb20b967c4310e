#include "core/grant_decide.h"

#include <stdio.h>

/* --- ways to end --- */

static void say(struct grant_verdict *out, const char *reason, const char *text)
{
    out->reason = reason;
    (void)snprintf(out->text, sizeof out->text, "%s", text); /* a cut sentence is still read */
}

static bool end(struct grant_verdict *out, enum grant_kind kind, const char *reason, const char *text)
{
    out->kind = kind;
    say(out, reason, text);
    return true;
}

/* What is left of the validity for a grant; negative when it is too late. */
static int64_t left_ms(const struct grant_facts *f)
{
    return f->valid_until_ms == TIME_FOREVER ? TIME_FOREVER : f->valid_until_ms - f->now_ms - GRANT_LEFT_MIN_MS;
}

enum wait_flags { WAIT_QUEUED = 0, WAIT_HELD = 1, WAIT_NUMBER = 2, WAIT_CAMPAIGN = 4 };

/* G4: a wait whose end is known and lies behind the validity ends the message now. Where the end is not known, the
 * validity is the end. */
static bool wait(const struct grant_facts *f, struct grant_verdict *out, int64_t wait_ms, unsigned flags,
                 const char *reason, const char *text)
{
    int64_t left = left_ms(f);
    if (wait_ms != TIME_FOREVER && wait_ms > left) {
        out->kind = GRANT_EXPIRE;
        out->reason = reason;
        (void)snprintf(out->text, sizeof out->text, "%s, and afterwards it would have been too late", text); /* fits */
        return true;
    }
    out->kind = GRANT_WAIT;
    out->wait_ms = min_i64(wait_ms, left == TIME_FOREVER ? TIME_FOREVER : left + 1); /* + 1: then it has passed */
    out->is_open_ended = wait_ms == TIME_FOREVER;
    out->is_held = (flags & WAIT_HELD) != 0;
    out->is_number_wide = (flags & WAIT_NUMBER) != 0;
    out->is_campaign_wide = (flags & WAIT_CAMPAIGN) != 0;
    say(out, reason, text);
    return true;
}

/* Held, and nobody knows how long: moved out of the others' way, and looked at again now and then. */
static bool look_later(const struct grant_facts *f, struct grant_verdict *out, const char *reason, const char *text)
{
    int64_t left = left_ms(f);
    out->kind = GRANT_WAIT;
    out->wait_ms = min_i64(GRANT_REVIEW_LOOK_MS, left == TIME_FOREVER ? TIME_FOREVER : left + 1);
    out->is_held = out->is_look = true;
    say(out, reason, text);
    return true;
}

/* --- the checks, in their order: each says whether it has decided --- */

static bool check_clock(const struct grant_facts *f, struct grant_verdict *out)
{
    if (f->clock_distrust_ms <= 0)
        return false;
    out->kind = GRANT_WAIT; /* not wait(): nothing is expired by a clock that may be wrong */
    out->wait_ms = f->clock_distrust_ms;
    out->is_number_wide = true;
    say(out, "clock", "The clocks disagree; nothing is sent until they have settled");
    return true;
}

/* P4. A HELP answers only what stood when it was asked: an opt-out after it counts. */
static bool check_opt_out(const struct grant_facts *f, struct grant_verdict *out)
{
    if (f->class == CLASS_CONFIRM && f->confirms != CONSENT_NONE && f->confirms != f->consent)
        return end(out, GRANT_CANCEL, "confirms", "The person has changed their mind since");
    if (f->consent != CONSENT_OUT || f->class == CLASS_CONFIRM)
        return false;
    if (f->help_received_at_ms > 0 && f->help_received_at_ms > f->consent_changed_at_ms)
        return false;
    return end(out, GRANT_BLOCK, "opted_out", "The person has opted out");
}

static bool check_opt_in(const struct grant_facts *f, struct grant_verdict *out)
{
    if (!f->needs_opt_in || f->consent == CONSENT_IN || f->class == CLASS_CONFIRM || f->help_received_at_ms > 0)
        return false;
    return end(out, GRANT_BLOCK, "no_consent", "The person has not opted in, and this kind of message needs it");
}

static bool check_notice(const struct grant_facts *f, struct grant_verdict *out)
{
    return f->needs_notice && end(out, GRANT_BLOCK, "first_message",
                                  "The first message of a programme must name the sender, STOP and HELP");
}

static bool check_review(const struct grant_facts *f, struct grant_verdict *out)
{
    if (!f->is_paused || f->class == CLASS_CONFIRM || f->help_received_at_ms > 0)
        return false;
    return look_later(f, out, "review", "The person may have asked us to stop: somebody has to look first");
}

static bool check_cancelled(const struct grant_facts *f, struct grant_verdict *out)
{
    return f->campaign == GRANT_CAMPAIGN_CANCELLED &&
           end(out, GRANT_CANCEL, "campaign_cancelled", "Its campaign was cancelled");
}

static bool check_paused(const struct grant_facts *f, struct grant_verdict *out)
{
    return f->campaign == GRANT_CAMPAIGN_PAUSED &&
           wait(f, out, TIME_FOREVER, WAIT_HELD | WAIT_CAMPAIGN, GRANT_CAMPAIGN_HELD, "Its campaign is paused");
}

static bool check_validity(const struct grant_facts *f, struct grant_verdict *out)
{
    return left_ms(f) < 0 && end(out, GRANT_EXPIRE, "validity", "It was no longer valid when it could have been sent");
}

static bool check_loop(const struct grant_facts *f, struct grant_verdict *out)
{
    return f->loop && end(out, GRANT_BLOCK, "loop", f->loop);
}

static bool check_due(const struct grant_facts *f, struct grant_verdict *out)
{
    return f->due_in_ms > 0 && wait(f, out, f->due_in_ms, WAIT_QUEUED, "scheduled", "It is due later");
}

const char *grant_number_hold(enum number_state state)
{
    switch (state) {
    case NUMBER_ACTIVE: return NULL;
    case NUMBER_PAUSED: return "The number is paused";
    case NUMBER_DISCOVERED: return "Nobody has set this number up";
    }
    return NULL;
}

static bool check_restored(const struct grant_facts *f, struct grant_verdict *out)
{
    return f->is_restored && wait(f, out, TIME_FOREVER, WAIT_HELD | WAIT_NUMBER, GRANT_RESTORED,
                                  "The store was restored from a backup: nothing leaves until `parley recover`");
}

static bool check_number(const struct grant_facts *f, struct grant_verdict *out)
{
    const char *why = grant_number_hold(f->number_state);
    if (why)
        return wait(f, out, TIME_FOREVER, WAIT_HELD | WAIT_NUMBER, GRANT_NUMBER_PAUSED, why);
    return f->number_held_ms > 0 && wait(f, out, f->number_held_ms, WAIT_HELD | WAIT_NUMBER, GRANT_NUMBER_LIMIT,
                                         "The number has used up its limit at Plivo");
}

static bool check_tenant(const struct grant_facts *f, struct grant_verdict *out)
{
    if (f->tenant_held_ms > 0)
        return wait(f, out, f->tenant_held_ms, WAIT_HELD | WAIT_NUMBER, "account",
                    "Plivo does not send for this account now");
    if (f->country_held_ms > 0)
        return wait(f, out, f->country_held_ms, WAIT_HELD, "country_limit",
                    "Plivo's hourly limit for this country is used up");
    bool is_owed = f->class == CLASS_CONFIRM || f->help_received_at_ms > 0; /* the law's answers cost what they cost */
    return f->spend_held_ms > 0 && !is_owed &&
           wait(f, out, f->spend_held_ms, WAIT_HELD, "spend_limit", "The spend limit is reached");
}

/* A window that closes before a message could use Plivo's shortest expiry is closed. */
static bool is_window_usable(const struct grant_facts *f)
{
    return f->is_window_open && f->window_closes_in_ms >= GRANT_LEFT_MIN_MS;
}

static bool check_window(const struct grant_facts *f, struct grant_verdict *out)
{
    if (!f->has_window || f->class == CLASS_CONFIRM || is_window_usable(f))
        return false;
    const char *text = f->window_text[0] ? f->window_text : "It is quiet hours where the person is";
    if (f->window_opens_in_ms == TIME_FOREVER)
        return look_later(f, out, "quiet_hours", text);
    return wait(f, out, f->window_opens_in_ms, WAIT_HELD, "quiet_hours", text);
}

static bool check_bulk_cap(const struct grant_facts *f, struct grant_verdict *out)
{
    return f->bulk_held_ms > 0 &&
           wait(f, out, f->bulk_held_ms, WAIT_HELD, GRANT_BULK_CAP,
                "This person got as much marketing in 24 hours as the law of their state allows");
}

/* G2. A person's own words may pass an open attempt that has kept them waiting; a confirmation passes everything. */
static bool check_open(const struct grant_facts *f, struct grant_verdict *out)
{
    int64_t wait_ms = 0;
    if (f->class == CLASS_CONFIRM)
        return false;
    for (size_t i = 0; i < f->open_n; i++) {
        int64_t patience_ms = f->class == CLASS_HUMAN ? f->confirm_after_ms - f->open[i].age_ms : TIME_FOREVER;
        wait_ms = max_i64(wait_ms, patience_ms);
    }
    return wait_ms > 0 && wait(f, out, wait_ms, WAIT_QUEUED, "order", "It waits for the message before it");
}

static bool check_earlier(const struct grant_facts *f, struct grant_verdict *out)
{
    /* a human one that passed an open attempt passes those that wait for it, too */
    bool passes = f->class == CLASS_CONFIRM || (f->class == CLASS_HUMAN && f->open_n > 0);
    for (size_t i = 0; !passes && i < f->earlier_n; i++) {
        const struct grant_earlier *earlier = &f->earlier[i];
        if (earlier->is_held || earlier->due_in_ms > GRANT_RETRY_PATIENCE_MS)
            continue;
        if (earlier->due_in_ms > 0)
            return wait(f, out, earlier->due_in_ms, WAIT_QUEUED, "order", "It waits for the message before it");
        out->kind = GRANT_EARLIER_FIRST;
        out->earlier = i;
        say(out, "order", "It waits for the message before it");
        return true;
    }
    return false;
}

static bool check_day(const struct grant_facts *f, struct grant_verdict *out)
{
    const struct grant_day *full = NULL;
    for (size_t i = 0; i < f->limits_n; i++) {
        const struct grant_day *day = &f->limits[i].day;
        out->days_used[i] = day->used + f->segments;
        if (day->has_limit && out->days_used[i] > day->limit && (!full || day->resets_in_ms > full->resets_in_ms))
            full = day;
    }
    return full && wait(f, out, full->resets_in_ms, WAIT_HELD | WAIT_NUMBER, GRANT_DAILY_LIMIT, full->text);
}

/* G3: tried on copies, so that a limit that refuses leaves the others uncharged. Of those that refuse, one of the number or the account
 * says how long: others of the number's messages wait for it, too. A campaign's own keeps the number free for the rest. */
static bool check_limits(const struct grant_facts *f, struct grant_verdict *out)
{
    int64_t retry_at_us = f->now_us;
    const struct grant_limit *refusing = NULL;
    assert(f->limits_n <= GRANT_LIMITS_MAX);
    for (size_t i = 0; i < f->limits_n; i++) {
        const struct grant_limit *limit = &f->limits[i];
        int64_t at_us = f->now_us;
        out->lines[i] = limit->line;
        if (gcra_try(&out->lines[i], f->now_us, limit->per_segment_us, limit->burst_segments, f->segments, &at_us))
            continue;
        bool outweighs = !refusing || (refusing->is_campaign && !limit->is_campaign) ||
                         (refusing->is_campaign == limit->is_campaign && at_us > retry_at_us);
        if (outweighs) {
            refusing = limit;
            retry_at_us = max_i64(at_us, f->now_us);
        }
    }
    if (!refusing)
        return false;
    int64_t wait_ms = (retry_at_us - f->now_us + 999) / 1000;
    return wait(f, out, max_i64(1, wait_ms), WAIT_QUEUED | (refusing->is_campaign ? WAIT_CAMPAIGN : WAIT_NUMBER),
                refusing->reason, "It waits its turn: the sending rate is used up");
}

static void grant(const struct grant_facts *f, struct grant_verdict *out)
{
    int64_t for_ms = f->valid_until_ms == TIME_FOREVER ? TIME_FOREVER : f->valid_until_ms - f->now_ms;
    if (f->has_window && f->class != CLASS_CONFIRM)
        for_ms = min_i64(for_ms, f->window_closes_in_ms);
    out->kind = GRANT_NOW;
    out->expiry_s = clamp_i64(for_ms / 1000, PLIVO_EXPIRY_MIN_S, PLIVO_EXPIRY_MAX_S);
}

typedef bool check_function(const struct grant_facts *f, struct grant_verdict *out);

/* What ends a message stands before what lets it wait; the limits stand last, so that only what goes is charged. */
static check_function *const CHECKS[] = {
    check_clock,    check_opt_out, check_cancelled, check_opt_in, check_notice, check_validity, check_review,
    check_loop,     check_due,     check_restored,  check_number, check_paused, check_tenant,   check_window,
    check_bulk_cap, check_open,    check_earlier,   check_day,    check_limits,
};

void grant_decide(const struct grant_facts *facts, struct grant_verdict *out)
{
    *out = (struct grant_verdict){ 0 };
    for (size_t i = 0; i < COUNT(CHECKS); i++)
        if (CHECKS[i](facts, out))
            return;
    grant(facts, out);
}

/* Random lives of a number with three persons: texts, STOP, START, HELP, grants, outcomes, settling, in any order. The shell is a model
 * (arrays in place of the store) that does what the verdicts say and nothing else: it does not clear the outbox at a STOP, so that
 * the choke point alone must hold. After every grant the promises are looked at; a failure prints the seed. */
#include "core/grant_decide.h"
#include "core/lanes.h"
#include "core/outcome_decide.h"
#include "core/report_decide.h"
#include "core/settle_decide.h"

#include "unit/cmocka_all.h"

enum {
    SEEDS = 300,
    STEPS = 400,
    PERSONS = 3,
    MESSAGES_MAX = 512,
    BURST = 4,
    PER_SEGMENT_US = 250000,
    CONFIRM_AFTER_MS = 30000,
    MODEL_ATTEMPTS_MAX = 48,
};

enum where { WAITS, OPEN, DONE };

struct message {
    int person;
    enum message_class class;
    int64_t segments;
    int64_t due_ms, valid_until_ms, help_ms, granted_ms;
    enum consent confirms;
    enum where where;
    bool is_held;
    struct standing attempts[MODEL_ATTEMPTS_MAX];
    size_t attempts_n;
    bool left;          /* the truth about the open attempt: Plivo has it */
    int copies;         /* how many times Plivo really took it */
    int64_t tries;
};

struct person {
    enum consent consent;
    int64_t changed_ms;
};

struct passed {
    int64_t at_us, segments;
};

struct model {
    uint32_t seed, chance;
    int64_t now_ms;
    struct person persons[PERSONS];
    struct message messages[MESSAGES_MAX];
    size_t n;
    struct gcra line;
    struct lanes lanes;
    struct passed passed[MESSAGES_MAX * 4];
    size_t passed_n;
    size_t granted, blocked;
};

static uint32_t dice(struct model *m, uint32_t below)
{
    m->chance = m->chance * 1664525u + 1013904223u;
    return (m->chance >> 8) % below;
}

#define HOLDS(m, fact, ...)                                                                                            \
    do {                                                                                                               \
        if (!(fact)) {                                                                                                 \
            print_error("seed %u: ", (m)->seed);                                                                       \
            fail_msg(__VA_ARGS__);                                                                                     \
        }                                                                                                              \
    } while (0)

/* --- what people and programs do --- */

static struct message *enqueue(struct model *m, int person, enum message_class class)
{
    if (m->n == MESSAGES_MAX)
        return &m->messages[MESSAGES_MAX - 1];
    struct message *message = &m->messages[m->n++];
    *message = (struct message){ .person = person, .class = class, .segments = 1 + dice(m, 3) };
    message->due_ms = m->now_ms + (dice(m, 8) == 0 ? dice(m, 20000) : 0);
    message->valid_until_ms = dice(m, 4) == 0 ? m->now_ms + 6000 + dice(m, 60000) : TIME_FOREVER;
    return message;
}

static void say_word(struct model *m, int person, enum consent to)
{
    m->persons[person] = (struct person){ .consent = to, .changed_ms = m->now_ms };
    struct message *message = enqueue(m, person, CLASS_CONFIRM);
    message->confirms = to;
    message->due_ms = m->now_ms;
    message->valid_until_ms = m->now_ms + 300000;
}

static void ask_help(struct model *m, int person)
{
    enqueue(m, person, CLASS_AUTO)->help_ms = m->now_ms;
}

/* --- grants --- */

struct around {
    struct grant_open open[MESSAGES_MAX];
    size_t open_n;
    struct grant_earlier earlier[MESSAGES_MAX];
    size_t earlier_at[MESSAGES_MAX];
    size_t earlier_n;
};

static void look_around(const struct model *m, size_t at, struct around *out)
{
    out->open_n = out->earlier_n = 0;
    for (size_t i = 0; i < m->n; i++) {
        const struct message *other = &m->messages[i];
        if (other->person != m->messages[at].person || i == at)
            continue;
        if (other->where == OPEN)
            out->open[out->open_n++].age_ms = m->now_ms - other->granted_ms;
        if (other->where == WAITS && i < at) {
            out->earlier_at[out->earlier_n] = i;
            out->earlier[out->earlier_n++] =
                (struct grant_earlier){ .is_held = other->is_held, .due_in_ms = max_i64(0, other->due_ms - m->now_ms) };
        }
    }
}

static void check_limits_held(const struct model *m)
{
    int64_t now_us = m->now_ms * 1000;
    int64_t sum = 0;
    for (size_t i = m->passed_n; i > 0; i--) {
        sum += m->passed[i - 1].segments;
        int64_t window_us = now_us - m->passed[i - 1].at_us;
        HOLDS(m, sum <= BURST + window_us / PER_SEGMENT_US, "%lld segments within %lld us", (long long)sum,
              (long long)window_us);
    }
}

static void check_grant(const struct model *m, const struct message *message, const struct around *around,
                        const struct grant_verdict *verdict)
{
    const struct person *person = &m->persons[message->person];
    if (person->consent == CONSENT_OUT) {
        bool is_confirmation = message->class == CLASS_CONFIRM && message->confirms == CONSENT_OUT;
        bool is_help = message->help_ms > person->changed_ms;
        HOLDS(m, is_confirmation || is_help, "class %d was granted to somebody who is opted out", (int)message->class);
    }
    for (size_t i = 0; i < around->open_n && message->class != CLASS_CONFIRM; i++)
        HOLDS(m, message->class == CLASS_HUMAN && around->open[i].age_ms >= CONFIRM_AFTER_MS,
              "class %d passed an attempt open for %lld ms", (int)message->class, (long long)around->open[i].age_ms);
    bool may_pass = message->class == CLASS_CONFIRM || (message->class == CLASS_HUMAN && around->open_n > 0);
    for (size_t i = 0; i < around->earlier_n && !may_pass; i++)
        HOLDS(m, around->earlier[i].is_held || around->earlier[i].due_in_ms > GRANT_RETRY_PATIENCE_MS,
              "class %d passed a message that came before it", (int)message->class);
    HOLDS(m, verdict->expiry_s >= PLIVO_EXPIRY_MIN_S && verdict->expiry_s <= PLIVO_EXPIRY_MAX_S, "expiry %lld",
          (long long)verdict->expiry_s);
    HOLDS(m, message->valid_until_ms == TIME_FOREVER || m->now_ms + verdict->expiry_s * 1000 <= message->valid_until_ms,
          "granted for longer than it is valid");
    HOLDS(m, message->copies == 0, "a message that Plivo has was granted again");
}

static void grant(struct model *m, struct message *message, const struct around *around,
                  const struct grant_verdict *verdict)
{
    check_grant(m, message, around, verdict);
    m->line = verdict->lines[0];
    m->passed[m->passed_n++] = (struct passed){ .at_us = m->now_ms * 1000, .segments = message->segments };
    check_limits_held(m);
    message->where = OPEN;
    message->is_held = false;
    message->left = false;
    message->granted_ms = m->now_ms;
    message->attempts[message->attempts_n++] = (struct standing){ .status = STATUS_SENDING };
    m->granted++;
}

/* Returns the kind of the verdict on this very message. */
static enum grant_kind decide(struct model *m, size_t at, int depth, size_t *granted)
{
    static struct around around;
    struct message *message = &m->messages[at];
    look_around(m, at, &around);
    struct grant_facts facts = {
        .class = message->class,
        .segments = message->segments,
        .due_in_ms = message->due_ms - m->now_ms,
        .valid_until_ms = message->valid_until_ms,
        .help_received_at_ms = message->help_ms,
        .confirms = message->confirms,
        .consent = m->persons[message->person].consent,
        .consent_changed_at_ms = m->persons[message->person].changed_ms,
        .open = around.open,
        .open_n = around.open_n,
        .earlier = around.earlier,
        .earlier_n = around.earlier_n,
        .has_window = message->class == CLASS_BULK && message->help_ms == 0,
        .is_window_open = m->now_ms / 60000 % 2 == 0,
        .window_closes_in_ms = 60000 - m->now_ms % 60000,
        .window_opens_in_ms = m->now_ms / 60000 % 2 == 0 ? 120000 - m->now_ms % 60000 : 60000 - m->now_ms % 60000,
        .limits = { { .line = m->line, .per_segment_us = PER_SEGMENT_US, .burst_segments = BURST, .reason = "rate" } },
        .limits_n = 1,
        .now_ms = m->now_ms,
        .now_us = m->now_ms * 1000,
        .confirm_after_ms = CONFIRM_AFTER_MS,
    };
    struct grant_verdict verdict;
    grant_decide(&facts, &verdict);
    message->is_held = verdict.kind == GRANT_WAIT && verdict.is_held;
    if (verdict.kind == GRANT_NOW) {
        grant(m, message, &around, &verdict);
        *granted = at;
    } else if (verdict.kind == GRANT_EARLIER_FIRST && depth < 8) {
        size_t earlier = around.earlier_at[verdict.earlier];
        HOLDS(m, earlier < at, "an earlier message that is later");
        (void)decide(m, earlier, depth + 1, granted); /* what becomes of it is looked at in its own grant */
    } else if (verdict.kind == GRANT_BLOCK || verdict.kind == GRANT_CANCEL || verdict.kind == GRANT_EXPIRE) {
        message->where = DONE;
        m->blocked += verdict.kind == GRANT_BLOCK ? 1 : 0;
    }
    return verdict.kind;
}

static void ask_for_one(struct model *m)
{
    bool waiting[LANE_COUNT] = { false };
    size_t head[LANE_COUNT];
    for (size_t i = m->n; i > 0; i--)
        if (m->messages[i - 1].where == WAITS && m->messages[i - 1].due_ms <= m->now_ms) {
            waiting[m->messages[i - 1].class] = true;
            head[m->messages[i - 1].class] = i - 1;
        }
    enum message_class order[LANE_COUNT];
    size_t lanes = lanes_order(&m->lanes, waiting, order);
    size_t granted = MESSAGES_MAX;
    for (size_t i = 0; i < lanes && granted == MESSAGES_MAX; i++)
        (void)decide(m, head[order[i]], 0, &granted);
    if (granted < MESSAGES_MAX)
        lanes_served(&m->lanes, waiting, m->messages[granted].class, m->messages[granted].segments);
}

/* --- what becomes of attempts --- */

static struct attempt_facts attempt_facts(const struct model *m, const struct message *message)
{
    return (struct attempt_facts){
        .attempts = message->attempts,
        .attempts_n = message->attempts_n,
        .at = message->attempts_n - 1,
        .class = message->class,
        .tries = message->tries,
        .valid_until_ms = message->valid_until_ms,
        .now_ms = m->now_ms,
    };
}

static void apply(struct message *message, const struct attempt_effects *fx)
{
    message->attempts[message->attempts_n - 1] = fx->standing;
    if (fx->is_unsent)
        message->attempts_n--;
    message->tries = fx->tries;
    bool is_open = !fx->is_unsent &&
                   (fx->standing.status == STATUS_SENDING || fx->standing.status == STATUS_UNCONFIRMED);
    message->where = is_open ? OPEN : fx->successor == SUCCESSOR_QUEUE ? WAITS : DONE;
    if (fx->successor == SUCCESSOR_QUEUE)
        message->due_ms = fx->successor_due_ms;
}

static void end_call(struct model *m, struct message *message)
{
    static const enum call_outcome OUTCOMES[] = { CALL_ACCEPTED, CALL_NOT_SENT, CALL_REFUSED, CALL_UNKNOWN,
                                                  CALL_HANDED_BACK };
    enum call_outcome outcome = OUTCOMES[dice(m, COUNT(OUTCOMES))];
    struct outcome_heard heard = { .outcome = outcome, .retry_in_ms = dice(m, 3000) };
    message->left = outcome == CALL_ACCEPTED || (outcome == CALL_UNKNOWN && dice(m, 2) == 0);
    message->copies += message->left ? 1 : 0;
    struct attempt_facts facts = attempt_facts(m, message);
    struct attempt_effects fx;
    outcome_decide(&facts, &heard, &fx);
    apply(message, &fx);
}

/* The report of what left, or "Plivo, asked twice, knows nothing of it" of what did not. */
static void settle(struct model *m, struct message *message)
{
    struct attempt_facts facts = attempt_facts(m, message);
    struct attempt_effects fx;
    if (message->left) {
        const struct report_person person = { .consent = CONSENT_IN };
        const struct report_heard heard = { .has_status = true, .status = STATUS_SENT, .sequence = 2 };
        report_decide(&facts, &person, &heard, &fx);
    } else {
        settle_effects(&facts, SETTLE_NOT_ACCEPTED, false, &fx);
    }
    apply(message, &fx);
}

static void something_ends(struct model *m)
{
    size_t start = m->n ? dice(m, (uint32_t)m->n) : 0;
    for (size_t i = 0; i < m->n; i++) {
        struct message *message = &m->messages[(start + i) % m->n];
        if (message->where != OPEN)
            continue;
        if (message->attempts[message->attempts_n - 1].status == STATUS_SENDING)
            end_call(m, message);
        else
            settle(m, message);
        return;
    }
}

static void step(struct model *m)
{
    int person = (int)dice(m, PERSONS);
    m->now_ms += 1 + dice(m, dice(m, 10) == 0 ? 20000 : 300);
    switch (dice(m, 12)) {
    case 0: say_word(m, person, CONSENT_OUT); break;
    case 1: say_word(m, person, CONSENT_IN); break;
    case 2: ask_help(m, person); break;
    case 3:
    case 4:
    case 5: (void)enqueue(m, person, (enum message_class)(CLASS_HUMAN + dice(m, 4))); break;
    case 6:
    case 7: something_ends(m); break;
    default: ask_for_one(m); break;
    }
    for (size_t i = 0; i < m->n; i++)
        HOLDS(m, m->messages[i].copies <= 1, "Plivo took a message %d times", m->messages[i].copies);
}

static void no_interleaving_breaks_consent_order_limits_or_sends_twice(void **state)
{
    (void)state;
    static struct model m;
    size_t granted = 0, blocked = 0;
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        m = (struct model){ .seed = seed, .chance = seed, .now_ms = INT64_C(1790000000000) };
        for (int i = 0; i < STEPS; i++)
            step(&m);
        granted += m.granted;
        blocked += m.blocked;
    }
    assert_true(granted > SEEDS * 10); /* the lives were lively enough to mean something */
    assert_true(blocked > SEEDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(no_interleaving_breaks_consent_order_limits_or_sends_twice) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

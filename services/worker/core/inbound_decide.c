#include "core/inbound_decide.h"

const struct str STOP_CONFIRMATION = STR(
    "You are unsubscribed and will get no more messages. Reply START to get them again.");
const struct str START_CONFIRMATION = STR("You are subscribed again. Reply HELP for help, STOP to end.");
const struct str HELP_REPLY = STR(
    "You are texting with our team; just reply to reach us. Msg & data rates may apply. Reply STOP to end.");

static void add(struct effects *out, struct effect effect)
{
    assert(out->n < EFFECTS_MAX);
    out->v[out->n++] = effect;
}

static bool may_answer(const struct inbound_facts *f)
{
    return !f->event->is_observed && f->can_be_answered && !f->is_from_us &&
           f->now_ms - f->event->received_at <= ANSWER_WITHIN_MS;
}

/* Where Plivo answers its own words, ours would be a second answer. */
static bool is_ours_to_answer(const struct inbound_facts *f, enum stop_reply who)
{
    switch (who) {
    case STOP_REPLY_PROVIDER:
        return !f->is_plivo_word;
    case STOP_REPLY_PARLEY:
    case STOP_REPLY_BOTH:
        return true;
    }
    return false;
}

static void confirm(const struct inbound_facts *f, struct effects *out, enum consent change, struct str text)
{
    if (may_answer(f) && is_ours_to_answer(f, f->stop_reply))
        add(out, (struct effect){ .kind = FX_REPLY,
                                  .consent = change,
                                  .class = CLASS_CONFIRM,
                                  .text = text,
                                  .valid_ms = CONFIRM_VALID_MS });
}

/* Of two changes by one person the later one stands, whatever the order in which they reach us. What others said in between cannot undo
 * a STOP that is still on its way; an opt-out by anybody keeps a START of before it from counting. */
static bool is_superseded(const struct inbound_facts *f, enum consent to)
{
    const struct consent_change got = { .to = to,
                                        .received_at_ms = f->event->received_at,
                                        .ingress = f->event->ingress };
    if (to == CONSENT_OUT)
        return f->has_own_change && consent_decide_order(&f->own_change, &got) == CONSENT_HAVE_STANDS;
    return f->has_change && consent_decide_order(&f->change, &got) == CONSENT_HAVE_STANDS;
}

static void decide_stop(const struct inbound_facts *f, struct effects *out)
{
    bool superseded = is_superseded(f, CONSENT_OUT);
    out->why = superseded ? "a STOP that a later START had already taken back" : "a STOP: the person is opted out";
    add(out, (struct effect){.kind = FX_CONSENT, .consent = CONSENT_OUT, .is_superseded = superseded});
    if (superseded)
        return;
    add(out, (struct effect){.kind = FX_BLOCK_QUEUED});
    if (f->consent != CONSENT_OUT) /* one confirmation, however often the word comes */
        confirm(f, out, CONSENT_OUT, STOP_CONFIRMATION);
}

static void decide_start(const struct inbound_facts *f, struct effects *out)
{
    if (f->event->is_observed) {
        out->why = "a START whose signature was not checked: it opts nobody in";
        return;
    }
    bool superseded = is_superseded(f, CONSENT_IN);
    out->why = superseded ? "a START that a later STOP had already taken back" : "a START: the person is opted in";
    if (f->consent == CONSENT_IN && !superseded)
        return;
    add(out, (struct effect){.kind = FX_CONSENT, .consent = CONSENT_IN, .is_superseded = superseded});
    if (superseded)
        return;
    add(out, (struct effect){.kind = FX_CANCEL_CONFIRM});
    confirm(f, out, CONSENT_IN, START_CONFIRMATION);
}

static enum stop_reply who_answers_help(const struct inbound_facts *f)
{
    switch (f->help_by) {
    case HELP_BY_STOP_REPLY:
        return f->stop_reply;
    case HELP_BY_PROVIDER:
        return STOP_REPLY_PROVIDER;
    case HELP_BY_PARLEY:
        return STOP_REPLY_PARLEY;
    case HELP_BY_BOTH:
        return STOP_REPLY_BOTH;
    }
    return f->stop_reply;
}

static void decide_help(const struct inbound_facts *f, struct effects *out)
{
    out->why = "a HELP: answered even to strangers and to who is opted out";
    if (!may_answer(f) || !is_ours_to_answer(f, who_answers_help(f)))
        return;
    struct str text = f->help_reply.n ? f->help_reply : HELP_REPLY;
    add(out,
        (struct effect){
            .kind = FX_REPLY, .class = CLASS_AUTO, .text = text, .answers_help = true, .valid_ms = AUTO_VALID_MS });
}

static bool is_cooling(const struct inbound_facts *f)
{
    const struct rule_row *rule = f->rule;
    bool is_default = !rule->match || rule->match->kind == MATCH_ANY;
    if (is_default && f->person_answered_at && f->now_ms - f->person_answered_at < SILENT_AFTER_PERSON_MS)
        return true;
    return rule->cooldown_s > 0 && f->rule_answered_at && f->now_ms - f->rule_answered_at < rule->cooldown_s * 1000;
}

static void decide_rule(const struct inbound_facts *f, struct effects *out)
{
    bool is_silent = f->may_refuse || f->is_paused; /* until a person has looked */
    bool speaks = may_answer(f) && f->consent != CONSENT_OUT && !is_silent && !is_cooling(f);
    bool has_spoken = false;
    for (size_t i = 0; i < f->rule->actions.n; i++) {
        const struct rule_action *action = &f->rule->actions.v[i];
        if (action->kind == ACTION_REPLY && speaks) {
            add(out, (struct effect){ .kind = FX_REPLY,
                                      .class = CLASS_AUTO,
                                      .text = action->text,
                                      .is_template = true,
                                      .valid_ms = AUTO_VALID_MS,
                                      .rule = f->rule });
            has_spoken = true;
        }
        if (action->kind == ACTION_TAG)
            add(out, (struct effect){.kind = FX_TAG, .text = action->tag, .rule = f->rule});
        if (action->kind == ACTION_ASSIGN)
            add(out, (struct effect){.kind = FX_ASSIGN, .text = action->assignee, .rule = f->rule});
        if (action->kind == ACTION_CLOSE)
            add(out, (struct effect){.kind = FX_CLOSE, .rule = f->rule});
    }
    if (has_spoken)
        add(out, (struct effect){.kind = FX_COOLDOWN, .rule = f->rule});
    out->why = has_spoken                     ? "a rule answered"
               : f->consent == CONSENT_OUT    ? "a rule matched; the person is opted out, so nothing was sent"
               : f->may_refuse                ? "words that may ask us to stop: nothing is sent until a person has looked"
               : f->is_paused                 ? "a rule matched; the conversation waits for a person's look, so nothing was sent"
               : f->event->is_observed        ? "a rule matched; the signature was not checked, so nothing was sent"
               : !may_answer(f)               ? "a rule matched; the message came too late or from where nothing can be answered"
                                : "a rule matched; it had answered here before, or a person had";
}

void inbound_decide(const struct inbound_facts *f, struct effects *out)
{
    out->n = 0;
    out->why = "no rule matched";
    if (f->is_known)
        return;
    add(out, (struct effect){.kind = FX_STORE});
    switch (f->keyword) {
    case KEYWORD_STOP:
        decide_stop(f, out);
        return;
    case KEYWORD_START:
        decide_start(f, out);
        return;
    case KEYWORD_HELP:
        decide_help(f, out);
        return;
    case KEYWORD_NONE:
        break;
    }
    if (f->may_refuse && f->consent != CONSENT_OUT) {
        out->why = "words that may ask us to stop: nothing is sent until a person has looked";
        add(out, (struct effect){ .kind = FX_PAUSE });
    }
    if (f->rule)
        decide_rule(f, out);
}

bool inbound_is_to_powerpack(const struct powerpack_facts *facts)
{
    return !facts->is_number_ours || facts->powerpack_talked_at > facts->number_talked_at;
}

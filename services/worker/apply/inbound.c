/* The inbound operation: read the facts, decide (core/inbound_decide.c), write the effects, for each event of a batch. */
#include "apply/apply.h"
#include "apply/consent_change.h"
#include "apply/consent_scope.h"
#include "apply/erase.h"
#include "apply/grant_send.h"
#include "apply/inbound_number.h"
#include "apply/pair_pause.h"
#include "apply/quarantine.h"
#include "apply/queue_message.h"
#include "apply/rule_cache.h"
#include "core/inbound_decide.h"
#include "domain/refusal.h"
#include "domain/template.h"
#include "io/log.h"
#include "metrics.h"

enum { COOLDOWNS_MAX = 32, LABELS_MAX = 32, REPLY_BYTES_MAX = 8192 };

/* One event on its way through the transaction. */
struct inbound {
    struct txn *txn;
    int64_t tenant;
    const struct settings *settings;
    const struct inbound_event *event;
    struct number_row number;
    struct str beside; /* the other sender of ours that the person may mean: apply/inbound_number.h */
    struct contact_row contact;
    struct conversation_row conversation;
    struct message_row message;
    struct str topic; /* what the last message that left here was about */
    struct inbound_facts facts;
    struct message_row reply; /* the last one queued; its id is zero when there is none */
    bool has_conversation_changed;
};

/* --- facts --- */

static enum keyword keyword_of_event(const struct inbound_event *event, bool is_opted_out)
{
    enum keyword keyword = keyword_of(event->text, is_opted_out);
    /* Plivo's hint counts for opt-outs only: Parley decides by its own rules (plivo.md section 2) */
    return str_eq_ascii_case(str_trim(event->intent), STR("optout")) ? KEYWORD_STOP : keyword;
}

static bool read_consent(struct inbound *in, struct err *err)
{
    struct consent_standing standing;
    if (!conversation_topic(in->txn, in->tenant, &in->conversation, &in->number, &in->topic, err) ||
        !consent_read(in->txn, in->tenant, in->event->from, in->number.address, in->topic, &standing, err))
        return false;
    in->facts.consent = standing.state;
    in->facts.has_change = standing.has_change;
    in->facts.change = standing.newest;
    in->facts.has_own_change = standing.has_own;
    in->facts.own_change = standing.newest_own;
    in->facts.is_paused = standing.paused_at != 0;
    return true;
}

static bool read_facts(struct inbound *in, struct err *err)
{
    struct inbound_facts *f = &in->facts;
    struct number_row own;
    struct rule_set *rules;
    struct str word;
    f->event = in->event;
    f->now_ms = in->txn->now_ms;
    if (!inbound_number(in->txn, in->tenant, in->event, &in->number, &in->beside, err) ||
        !contact_find_or_make(in->txn, in->tenant, in->event->from, &in->contact, err) ||
        !conversation_find_or_make(in->txn, in->tenant, in->number.address, &in->contact, &in->conversation, err) ||
        !read_consent(in, err) || !number_get(in->txn, in->tenant, in->event->from, &own, &f->is_from_us, err) ||
        !rule_cache_get(in->settings->rules, in->txn, in->tenant, &rules, err))
        return false;
    f->keyword = keyword_of_event(in->event, f->consent == CONSENT_OUT);
    f->is_plivo_word = keyword_is_plivo_word(in->event->text, in->event->intent);
    f->stop_reply = in->number.stop_reply;
    f->help_by = in->number.help_by;
    f->help_reply = in->number.help_reply;
    f->may_refuse = f->keyword == KEYWORD_NONE && refusal_find(in->event->text) != NULL;
    f->can_be_answered = address_can_be_answered(in->event->from);
    f->rule = f->keyword == KEYWORD_NONE ? rule_set_match(rules, in->event->text, in->number.address, &word) : NULL;
    f->rule_answered_at = rule_answered_at(&in->conversation, f->rule);
    f->person_answered_at = in->conversation.answered_at;
    return true;
}

/* --- effects --- */

static bool fx_store(struct inbound *in, const struct effects *fx, struct err *err)
{
    const struct inbound_event *event = in->event;
    struct message_row *m = &in->message;
    record_init(&message_row_record, m);
    m->direction = INBOUND;
    m->from = event->from;
    m->to = event->to;
    m->text = event->text;
    m->media.v = event->media.v;
    m->media.n = event->media.n;
    m->segments = event->units;
    m->status = STATUS_RECEIVED;
    m->status_text = str_of(fx->why);
    m->uuid = event->uuid;
    m->source = STR("webhook");
    m->received_at = event->received_at;
    m->intent = event->intent;
    m->is_observed = event->is_observed;
    m->cost_amount = event->total_amount;
    if (in->facts.rule) {
        m->rule = in->facts.rule->id;
        m->rule_name = in->facts.rule->name;
    }
    return message_add(in->txn, in->tenant, &in->conversation, m, err) &&
           uuid_put(in->txn, in->tenant, event->uuid, m->id, 0, err);
}

static bool fx_consent(struct inbound *in, const struct effect *fx, struct err *err)
{
    int64_t sequence;
    struct str scope;
    struct str also;
    struct health_answer answers;
    if (!consent_scope_of(in->txn, in->tenant, in->settings, in->number.address, in->topic, &scope, err) ||
        !consent_scope_of(in->txn, in->tenant, in->settings, in->beside, in->topic, &also, err) ||
        !health_answered(in->txn, in->tenant, &in->conversation, &answers, err))
        return false;
    struct consent_entry entry = {
        .contact = in->contact.id,
        .address = in->contact.address,
        .number = in->number.address,
        .topic = in->topic,
        .scope = scope,
        .also = scope.n > 0 && in->beside.n > 0 && !str_eq(also, scope) ? also : (struct str){ 0 },
        .answers = answers,
        .to = fx->consent,
        .source = CONSENT_BY_KEYWORD,
        .evidence = arena_format(in->txn->arena, "message %s: %.*s", id_text(in->message.id).c,
                                 (int)min_size(in->event->text.n, 160), in->event->text.n ? in->event->text.p : ""),
        .actor = STR("person"),
        .received_at = in->event->received_at,
        .ingress = in->event->ingress,
        .is_superseded = fx->is_superseded,
    };
    if (!consent_change_apply(in->txn, in->tenant, &entry, &sequence, err))
        return false;
    in->message.ledger = sequence;
    return ROW_PUT(in->txn, TABLE_MESSAGE, key_of_id(in->tenant, in->message.id), message_row, &in->message, err);
}

/* A confirmation of the STOP that this START takes back has nothing left to say. */
static bool fx_cancel_confirm(struct inbound *in, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, in->txn, TABLE_PENDING, key_of_person(in->tenant, in->contact.address), SCAN_FORWARD);
    while (ok && (ok = scan_next(&scan, &rest, &value, &found, err)) && found) {
        struct message_row m;
        bool was_there = false;
        ok = message_get(in->txn, in->tenant, key_take_id(&rest), &m, &found, err);
        if (ok && found && m.class == CLASS_CONFIRM)
            ok = outbox_remove(in->txn, in->tenant, &m, &was_there, err);
        if (ok && was_there) {
            m.status = STATUS_CANCELLED;
            m.status_reason = STR("start");
            m.status_text = STR("Not sent: a START came before the confirmation of the STOP had left");
            ok = message_put(in->txn, in->tenant, &m, err);
        }
        found = true;
    }
    scan_end(&scan);
    return ok;
}

static bool reply_text(struct inbound *in, const struct effect *fx, struct str *out, struct err *err)
{
    AUTO(buf_release) struct buf text;
    struct pair values[RULE_VALUES];
    buf_init(&text, REPLY_BYTES_MAX);
    if (!fx->is_template) {
        *out = fx->text;
        return true;
    }
    rule_values(in->contact.name, in->contact.address, in->number.address, values);
    if (!template_render(fx->text, values, RULE_VALUES, &text, err))
        return false;
    *out = arena_dup(in->txn->arena, buf_str(&text));
    return str_is_set(*out) ? true : arena_err(in->txn->arena, err);
}

static bool fx_reply(struct inbound *in, const struct effect *fx, struct err *err)
{
    struct message_row *m = &in->reply;
    record_init(&message_row_record, m);
    if (!reply_text(in, fx, &m->text, err))
        return false;
    m->from = in->number.address;
    m->to = in->contact.address;
    m->class = fx->class;
    m->source = fx->rule ? STR("rule") : STR("system");
    m->actor = STR("system");
    m->in_reply_to = in->message.id;
    m->help_at = fx->answers_help ? in->event->received_at : 0;
    m->confirms = fx->consent;
    m->valid_until = in->txn->now_ms + fx->valid_ms;
    if (fx->rule) {
        m->rule = fx->rule->id;
        m->rule_name = fx->rule->name;
    }
    return queue_message(in->txn, in->tenant, &in->conversation, m, in->txn->now_ms, err);
}

static bool fx_tag(struct inbound *in, struct str tag, struct err *err)
{
    size_t n = in->conversation.labels.n;
    for (size_t i = 0; i < n; i++)
        if (str_eq(in->conversation.labels.v[i], tag))
            return true;
    if (n >= LABELS_MAX)
        return true; /* full: the oldest tags stay, people see them */
    struct str *labels = arena_alloc_array(in->txn->arena, n + 1, sizeof *labels);
    if (!labels)
        return arena_err(in->txn->arena, err);
    if (n)
        memcpy(labels, in->conversation.labels.v, n * sizeof *labels);
    labels[n] = tag;
    in->conversation.labels.v = labels;
    in->conversation.labels.n = n + 1;
    in->has_conversation_changed = true;
    return true;
}

/* The newest COOLDOWNS_MAX rules that answered here; an older one may answer again a little early. */
static bool fx_cooldown(struct inbound *in, const struct rule_row *rule, struct err *err)
{
    size_t n = in->conversation.cooldowns.n;
    struct cooldown *list = arena_alloc_array(in->txn->arena, n + 1, sizeof *list);
    if (!list)
        return arena_err(in->txn->arena, err);
    size_t kept = 0;
    list[kept++] = (struct cooldown){rule->id, in->txn->now_ms};
    for (size_t i = 0; i < n && kept < COOLDOWNS_MAX; i++)
        if (!id_eq(in->conversation.cooldowns.v[i].rule, rule->id))
            list[kept++] = in->conversation.cooldowns.v[i];
    in->conversation.cooldowns.v = list;
    in->conversation.cooldowns.n = kept;
    in->has_conversation_changed = true;
    return true;
}

static bool effect_apply(struct inbound *in, const struct effects *all, const struct effect *fx, struct err *err)
{
    switch (fx->kind) {
    case FX_STORE:
        return fx_store(in, all, err);
    case FX_CONSENT:
        return fx_consent(in, fx, err);
    case FX_BLOCK_QUEUED:
        return block_queued(in->txn, in->tenant, in->contact.address, err);
    case FX_PAUSE:
        return pair_pause(in->txn, in->tenant, &in->conversation, in->message.id,
                          STR("Somebody may have asked us to stop, in words of their own. Nothing is sent there until "
                              "somebody has looked."),
                          err);
    case FX_CANCEL_CONFIRM:
        return fx_cancel_confirm(in, err);
    case FX_REPLY:
        return fx_reply(in, fx, err);
    case FX_TAG:
        return fx_tag(in, fx->text, err);
    case FX_ASSIGN:
        in->conversation.assignee = fx->text;
        in->has_conversation_changed = true;
        return true;
    case FX_CLOSE:
        in->conversation.status = CONVERSATION_CLOSED;
        in->has_conversation_changed = true;
        return true;
    case FX_COOLDOWN:
        return fx_cooldown(in, fx->rule, err);
    }
    return false;
}

/* --- the operation --- */

/* On a number that answers by XML the reply is granted here and now, by the same choke point as any other. */
static bool hand_out_inline(struct inbound *in, struct inbound_answer *answer, struct err *err)
{
    struct granted_send send;
    bool is_granted = false;
    if (!id_is_set(in->reply.id) || in->number.reply_via != REPLY_VIA_XML)
        return true;
    if (!grant_one_inline(in->txn, in->tenant, in->settings, &in->reply, &send, &is_granted, err))
        return false;
    if (!is_granted)
        return true;
    answer->reply_message = send.message;
    answer->reply_attempt = send.attempt;
    answer->reply_from = send.from;
    answer->reply_to = send.to;
    answer->reply_text = send.text;
    answer->reply_callback_path = send.callback_path;
    return true;
}

static bool apply_new(struct inbound *in, struct inbound_answer *answer, struct err *err)
{
    struct effects fx;
    if (!read_facts(in, err))
        return false;
    inbound_decide(&in->facts, &fx);
    for (size_t i = 0; i < fx.n; i++)
        if (!effect_apply(in, &fx, &fx.v[i], err))
            return false;
    if (in->has_conversation_changed && !conversation_put(in->txn, in->tenant, &in->conversation, 0, err))
        return false;
    log_event(LOG_INFO, "inbound.stored", F_ID("message", in->message.id), F_PHONE("from", in->event->from),
              F_WORD("because", fx.why));
    return hand_out_inline(in, answer, err);
}

static bool apply_event(struct txn *txn, const struct settings *settings, const struct inbound_event *event,
                        struct inbound_answer *answer, struct err *err)
{
    const struct suspect suspect = suspect_of("inbound", event->uuid);
    bool is_aside;
    struct inbound *in = arena_alloc(txn->arena, sizeof *in);
    struct uuid_row known;
    bool is_erased;
    if (!in)
        return arena_err(txn->arena, err);
    /* one tenant until another can be set up: whose number it is, is its directory's to say then */
    *in = (struct inbound){.txn = txn, .tenant = FIRST_TENANT, .settings = settings, .event = event};
    answer->tenant = in->tenant;
    if (!uuid_get(txn, in->tenant, event->uuid, &known, &in->facts.is_known, err))
        return false;
    answer->result = in->facts.is_known ? EVENT_DUPLICATE : EVENT_COMMITTED;
    if (in->facts.is_known) {
        metric_add(&metric_inbound_duplicate, 1);
        return true;
    }
    if (!erase_inbound(txn, in->tenant, event, &is_erased, err))
        return false;
    if (is_erased)
        return true;
    if (!room_allows(settings->room, NEED_INBOUND) && !may_be_opt_out(event->text, event->intent)) {
        answer->result = EVENT_LATER;
        metric_add(&metric_no_room, 1);
        return true;
    }
    if (!quarantine_judge(txn, in->tenant, &suspect, &inbound_event_record, event, &is_aside, err))
        return false;
    if (is_aside) {
        answer->result = EVENT_QUARANTINED;
        return true;
    }
    metric_add(&metric_inbound, 1);
    struct suspect around = suspect_enter(&suspect);
    bool ok = apply_new(in, answer, err);
    (void)suspect_enter(&around); /* back to the batch */
    return ok;
}

bool inbound_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                   struct err *err)
{
    const struct inbound_batch *batch = request;
    struct inbound_answers *answers = reply;
    (void)tenant; /* each event finds its own */
    answers->answers.v = arena_alloc_array(txn->arena, batch->events.n, sizeof *answers->answers.v);
    if (!answers->answers.v)
        return arena_err(txn->arena, err);
    answers->answers.n = batch->events.n;
    for (size_t i = 0; i < batch->events.n; i++) {
        const struct inbound_event *event = &batch->events.v[i];
        if (event->uuid.n == 0 || event->from.n == 0 || event->to.n == 0 || event->received_at <= 0)
            return err_set(err, ERR_INPUT, "events", "event %zu lacks uuid, from, to or received_at", i + 1);
        if (!apply_event(txn, settings, event, &answers->answers.v[i], err))
            return false;
    }
    return true;
}

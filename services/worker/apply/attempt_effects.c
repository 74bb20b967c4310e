#include "apply/attempt_effects.h"

#include "apply/breakers.h"
#include "apply/consent_change.h"
#include "apply/consent_scope.h"
#include "apply/plivo_holds.h"
#include "apply/settings_cache.h"
#include "core/outcome_decide.h"
#include "io/log.h"
#include "metrics.h"

/* --- facts --- */

static bool read_successor(struct txn *txn, int64_t tenant, const struct message_row *message,
                           const struct attempt_row *attempt, enum successor_state *out, struct err *err)
{
    struct pending_row pending;
    bool found;
    if (attempt != &message->attempts.v[message->attempts.n - 1]) {
        *out = SUCCESSOR_GRANTED;
        return true;
    }
    if (!ROW_GET(txn, TABLE_PENDING, key_of_pending(tenant, message->to, message->id), pending_row, &pending, &found,
                 err))
        return false;
    *out = found && !pending.is_open ? SUCCESSOR_QUEUED : SUCCESSOR_NONE;
    return true;
}

bool attempt_facts_read(struct txn *txn, int64_t tenant, const struct message_row *message,
                        const struct attempt_row *attempt, struct attempt_facts *facts, struct err *err)
{
    struct standing *standings = arena_alloc_array(txn->arena, message->attempts.n, sizeof *standings);
    if (!standings)
        return arena_err(txn->arena, err);
    *facts = (struct attempt_facts){
        .attempts = standings,
        .is_unsent = attempt->is_void,
        .has_outcome = attempt->outcome != CALL_NONE,
        .class = message->class,
        .tries = message->tries,
        .retries = message->retries,
        .not_before_ms = message->send_at,
        .valid_until_ms = message->valid_until ? message->valid_until : TIME_FOREVER,
        .now_ms = txn->now_ms,
    };
    for (size_t i = 0; i < message->attempts.n; i++) {
        const struct attempt_row *a = &message->attempts.v[i];
        if (a == attempt)
            facts->at = facts->attempts_n;
        if (a == attempt || !a->is_void)
            standings[facts->attempts_n++] = (struct standing){a->status, a->sequence};
    }
    return read_successor(txn, tenant, message, attempt, &facts->successor, err);
}

/* --- effects --- */

static bool write_open(struct txn *txn, int64_t tenant, const struct settings *settings,
                       const struct message_row *message, const struct attempt_row *attempt,
                       const struct attempt_effects *fx, struct err *err)
{
    struct open_row open;
    bool found;
    bool stays_open = !fx->is_unsent &&
                      (fx->standing.status == STATUS_SENDING || fx->standing.status == STATUS_UNCONFIRMED);
    if (!open_get(txn, tenant, message->id, attempt->number, &open, &found, err))
        return false;
    if (!found)
        return true;
    if (!stays_open)
        return open_remove(txn, tenant, message, attempt->number, err);
    if (fx->standing.status == STATUS_UNCONFIRMED && !open.is_unconfirmed) {
        open.is_unconfirmed = true;
        open.unconfirmed_at = txn->now_ms;
        open.look_at = txn->now_ms + settings->confirm_after_ms;
        metric_add(&metric_unconfirmed, 1);
    }
    if (fx->needs_person)
        open.look_at = 0;
    return open_put(txn, tenant, message, attempt->number, &open, err);
}

static bool write_successor(struct txn *txn, int64_t tenant, const struct message_row *message,
                            const struct attempt_effects *fx, struct err *err)
{
    bool was_there;
    switch (fx->successor) {
    case SUCCESSOR_KEEP:
        return true;
    case SUCCESSOR_QUEUE:
        return outbox_add(txn, tenant, message, fx->successor_due_ms, err);
    case SUCCESSOR_CANCEL:
        return outbox_remove(txn, tenant, message, &was_there, err);
    }
    return false;
}

/* Plivo blocks all numbers of the campaign, whatever our own scope is; where ours is the tenant, all of the tenant's. */
static bool opt_out(struct txn *txn, int64_t tenant, const struct settings *settings, const struct message_row *message,
                    const struct attempt_effects *fx, struct err *err)
{
    const struct settings_view *own;
    struct number_row number;
    int64_t sequence;
    bool found;
    if (!fx->opts_out)
        return true;
    if (!number_get(txn, tenant, message->from, &number, &found, err) ||
        !tenant_settings_get(txn, settings, tenant, &own, err))
        return false;
    if (!found)
        number.address = message->from;
    struct str at_plivo = consent_scope_at_plivo(txn, &number);
    bool is_wide = own->opt_out_scope == OPT_OUT_TENANT;
    struct consent_entry entry = {
        .contact = message->contact,
        .address = message->to,
        .number = message->from,
        .topic = message->topic,
        .scope = is_wide ? (struct str){ 0 } : at_plivo,
        .also = is_wide ? at_plivo : (struct str){ 0 },
        .to = CONSENT_OUT,
        .source = CONSENT_BY_PROVIDER,
        .evidence = arena_format(txn->arena, "Plivo's code %lld for message %s", (long long)fx->error_code,
                                 id_text(message->id).c),
        .actor = STR("plivo"),
        .received_at = txn->now_ms,
    };
    return consent_change_apply(txn, tenant, &entry, &sequence, err) && block_queued(txn, tenant, message->to, err);
}

/* The programme has begun with this person: the message that says what it must is with the carrier. */
static bool note_introduction(struct txn *txn, int64_t tenant, const struct message_row *message, struct err *err)
{
    struct consent_reach reach;
    if (!message->introduces || !status_is_success(message->status))
        return true;
    if (!consent_reach_of(txn, tenant, message->from, message->topic, &reach, err))
        return false;
    struct str programme = reach.topic.n ? reach.topic : reach.number;
    struct consent_row row = { .scope = arena_format(txn->arena, "intro:%.*s", STR_ARGS(programme)),
                               .introduced_at = txn->now_ms };
    return consent_put(txn, tenant, message->to, &row, err);
}

bool attempt_effects_write(struct txn *txn, int64_t tenant, const struct settings *settings,
                           struct message_row *message, struct attempt_row *attempt, const struct attempt_effects *fx,
                           struct str uuid, struct err *err)
{
    if (!fx->has_change)
        return true;
    bool is_news = attempt->status != fx->standing.status || attempt->sequence != fx->standing.sequence;
    if (fx->is_unsent && !attempt->is_void && !spend_adjust(txn, tenant, -spend_of(message), err))
        return false;
    attempt->status = fx->standing.status;
    attempt->sequence = fx->standing.sequence;
    attempt->is_void = fx->is_unsent;
    if (is_news)
        attempt->error_code = fx->error_code ? fx->error_code : INT_UNSET;
    if (fx->needs_person)
        attempt->held_for_person = arena_dup(txn->arena, str_of(fx->text));
    if (fx->standing.status == STATUS_UNCONFIRMED && !attempt->unconfirmed_at)
        attempt->unconfirmed_at = txn->now_ms;
    if (fx->takes_uuid && str_is_set(uuid)) {
        bool is_indexed = str_eq(attempt->uuid, uuid); /* it entered the index together with the attempt */
        attempt->uuid = uuid;
        message->uuid = uuid;
        if (!is_indexed && !uuid_put(txn, tenant, uuid, message->id, attempt->number, err))
            return false;
    }
    message->tries = fx->tries;
    message->retries = fx->retries;
    message->status = fx->message_status;
    if (!fx->keeps_reason) {
        message->status_reason = str_of(fx->reason);
        message->status_text = fx->text[0] ? arena_dup(txn->arena, str_of(fx->text)) : (struct str){0};
        message->error_code = fx->error_code ? fx->error_code : INT_UNSET;
    }
    log_event(LOG_INFO, "message.status", F_ID("message", message->id), F_INT("attempt", attempt->number),
              F_WORD("status", status_word(message->status)));
    return write_open(txn, tenant, settings, message, attempt, fx, err) &&
           write_successor(txn, tenant, message, fx, err) && message_put(txn, tenant, message, err) &&
           note_introduction(txn, tenant, message, err) && opt_out(txn, tenant, settings, message, fx, err) &&
           plivo_holds_apply(txn, tenant, settings, message, fx, err);
}

bool attempt_lost(struct txn *txn, int64_t tenant, const struct settings *settings, struct id id, int64_t number,
                  struct err *err)
{
    struct message_row message;
    struct attempt_facts facts;
    struct attempt_effects fx;
    bool found;
    if (!message_get(txn, tenant, id, &message, &found, err))
        return false;
    struct attempt_row *attempt = found ? message_attempt(&message, number) : NULL;
    if (!attempt)
        return err_set(err, ERR_BROKEN, NULL, "an open attempt has no message");
    if (!attempt_facts_read(txn, tenant, &message, attempt, &facts, err))
        return false;
    outcome_decide_lost(&facts, &fx);
    return attempt_effects_write(txn, tenant, settings, &message, attempt, &fx, (struct str){0}, err);
}

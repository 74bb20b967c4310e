/* outcome: how calls to Plivo ended. */
#include "apply/attempt_effects.h"
#include "apply/breakers.h"
#include "apply/plivo_holds.h"
#include "apply/report_apply.h"
#include "core/outcome_decide.h"

enum { HTTP_TOO_MANY = 429 };

static bool enter_outcome(struct txn *txn, const struct settings *settings, const struct outcome_event *heard,
                          struct event_answer *answer, struct err *err)
{
    struct message_row message;
    struct attempt_facts facts;
    struct attempt_effects fx;
    struct uuid_row owner;
    bool found;
    if (!message_get(txn, heard->tenant, heard->message, &message, &found, err))
        return false;
    struct attempt_row *attempt = found ? message_attempt(&message, heard->attempt) : NULL;
    answer->result = EVENT_DUPLICATE;
    if (!attempt) /* dropped long ago, or of a store before a restore: nothing hangs on it any more */
        return true;
    if (!attempt_facts_read(txn, heard->tenant, &message, attempt, &facts, err))
        return false;
    bool has_uuid = heard->uuid.n > 0;
    if (has_uuid && !uuid_get(txn, heard->tenant, heard->uuid, &owner, &found, err))
        return false;
    bool is_taken = has_uuid && found && !(id_eq(owner.message, message.id) && owner.attempt == attempt->number);
    struct outcome_heard outcome = {
        .outcome = heard->outcome,
        .has_uuid = has_uuid && !is_taken,
        .http_status = heard->http_status,
        .reason = heard->reason,
        .retry_in_ms = heard->retry_in_ms,
        .is_free = heard->is_free,
    };
    outcome_decide(&facts, &outcome, &fx);
    if (!fx.has_change)
        return true;
    answer->result = EVENT_COMMITTED;
    attempt->outcome = heard->outcome;
    attempt->http_status = heard->http_status;
    attempt->reason = heard->reason;
    attempt->ended_at = txn->now_ms;
    attempt->is_free = heard->is_free;
    struct str uuid = outcome.has_uuid ? heard->uuid : (struct str){0};
    bool is_too_fast = heard->http_status == HTTP_TOO_MANY && heard->outcome == CALL_NOT_SENT;
    if (is_too_fast && !number_slow(txn, heard->tenant, message.from, err))
        return false;
    if (heard->outcome == CALL_REFUSED && !spend_adjust(txn, heard->tenant, -spend_of(&message), err))
        return false;
    if (!attempt_effects_write(txn, heard->tenant, settings, &message, attempt, &fx, uuid, err))
        return false;
    return !outcome.has_uuid || orphans_claim(txn, heard->tenant, settings, &message, attempt, heard->uuid, err);
}

/* Of a sender whose epoch is over nothing is taken; ingress, which reports inline replies, has none. */
static bool check_epoch(struct txn *txn, const struct outcome_batch *batch, struct err *err)
{
    struct sender_row row;
    bool found;
    if (str_is(batch->sender, "ingress") && batch->epoch == 0)
        return true;
    if (batch->sender.n == 0 || batch->sender.n > 64)
        return err_set(err, ERR_INPUT, "sender", "needs a name of 1 to 64 bytes");
    if (!ROW_GET(txn, TABLE_SENDER, key_of_name(batch->sender), sender_row, &row, &found, err))
        return false;
    return (found && row.epoch == batch->epoch) || err_set(err, ERR_CONFLICT, "epoch", "another sender has taken over");
}

bool outcome_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                   struct err *err)
{
    const struct outcome_batch *batch = request;
    struct event_answers *answers = reply;
    (void)tenant; /* each outcome names its own */
    if (!check_epoch(txn, batch, err))
        return false;
    answers->answers.v = arena_alloc_array(txn->arena, batch->outcomes.n, sizeof *answers->answers.v);
    if (!answers->answers.v)
        return arena_err(txn->arena, err);
    answers->answers.n = batch->outcomes.n;
    for (size_t i = 0; i < batch->outcomes.n; i++)
        if (!enter_outcome(txn, settings, &batch->outcomes.v[i], &answers->answers.v[i], err))
            return false;
    return true;
}

#include "apply/grant_send.h"

#include "apply/grant_facts.h"
#include "apply/quarantine.h"
#include "base/secret.h"
#include "metrics.h"
#include "plivo/callback_url.h"

enum { CALLBACK_MAX_BYTES = 256, HOLDS_MAX = 16 };

/* --- a grant --- */

static bool callback_path(struct txn *txn, int64_t tenant, struct id message, int64_t attempt, struct str *out,
                          struct err *err)
{
    AUTO(buf_release) struct buf path;
    buf_init(&path, CALLBACK_MAX_BYTES);
    struct callback_ref ref = {
        .tenant = arena_format(txn->arena, "%lld", (long long)tenant),
        .generation = store_generation(txn->store),
        .message_id = message,
        .attempt = attempt,
    };
    size_t unused;
    if (!callback_url_format(&path, STR(""), &ref, store_callback_keys(txn->store, &unused), err))
        return false;
    *out = arena_dup(txn->arena, buf_str(&path));
    return str_is_set(*out) ? true : arena_err(txn->arena, err);
}

bool granted_send_make(struct txn *txn, int64_t tenant, const struct message_row *message, int64_t attempt,
                       int64_t expiry_s, struct granted_send *out, struct err *err)
{
    *out = (struct granted_send){
        .tenant = tenant,
        .message = message->id,
        .attempt = attempt,
        .class = message->class,
        .from = message->from,
        .to = message->to,
        .text = message->text,
        .segments = message->segments,
        .expiry_s = expiry_s,
    };
    out->media_urls.v = arena_alloc_array(txn->arena, message->media.n, sizeof *out->media_urls.v);
    if (!out->media_urls.v)
        return arena_err(txn->arena, err);
    for (size_t i = 0; i < message->media.n; i++)
        out->media_urls.v[out->media_urls.n++] = message->media.v[i].url;
    return callback_path(txn, tenant, message->id, attempt, &out->callback_path, err);
}

static bool write_attempt(struct txn *txn, int64_t tenant, struct message_row *message, const struct grantee *grantee,
                          struct grant_result *out, struct err *err)
{
    struct tenant_row head;
    bool found;
    bool was_there;
    if (!tenant_get(txn, tenant, &head, &found, err) || !outbox_remove(txn, tenant, message, &was_there, err))
        return false;
    struct attempt_row *attempt = message_add_attempt(txn, message);
    if (!attempt)
        return err_set(err, ERR_CONFLICT, NULL, "a message has had %d attempts, no more are made",
                       MESSAGE_ATTEMPTS_MAX);
    attempt->via = grantee->via;
    attempt->epoch = grantee->epoch;
    attempt->grant = grantee->number;
    attempt->granted_at = txn->now_ms;
    attempt->generation = store_generation(txn->store);
    attempt->ledger = head.ledger_entries;
    attempt->status = STATUS_SENDING;
    struct open_row open = {
        .sender = grantee->sender,
        .epoch = grantee->epoch,
        .grant = grantee->number,
        .granted_at = txn->now_ms,
        .expiry_s = out->verdict.expiry_s,
    };
    message->status = STATUS_SENDING;
    message->status_reason = message->status_text = (struct str){0};
    message->held_until = 0;
    message->sent_from = (struct str){0}; /* which number it is this time, its own report tells */
    metric_add(&metric_granted, 1);
    out->is_granted = true;
    return open_put(txn, tenant, message, attempt->number, &open, err) && message_put(txn, tenant, message, err) &&
           granted_send_make(txn, tenant, message, attempt->number, out->verdict.expiry_s, &out->send, err);
}

/* --- what else may follow --- */

/* It never leaves: out of the outbox, with the reason. */
static bool end_message(struct txn *txn, int64_t tenant, struct message_row *message, enum message_status status,
                        const struct grant_verdict *verdict, struct err *err)
{
    bool was_there;
    message->status = status;
    message->status_reason = str_of(verdict->reason);
    message->status_text = arena_dup(txn->arena, str_of(verdict->text));
    message->held_until = 0;
    if (status == STATUS_BLOCKED)
        metric_add(&metric_blocked, 1);
    return outbox_remove(txn, tenant, message, &was_there, err) && message_put(txn, tenant, message, err);
}

static bool block_message(struct txn *txn, int64_t tenant, struct message_row *message,
                          const struct grant_reading *reading, const struct grant_verdict *verdict, struct err *err)
{
    return end_message(txn, tenant, message, STATUS_BLOCKED, verdict, err) &&
           (!reading->facts.loop || loop_trip(txn, tenant, reading->own, message, err));
}

/* For the timeline. Of too many the oldest goes. */
static bool note_hold(struct txn *txn, struct message_row *message, struct err *err)
{
    size_t kept = min_size(message->holds.n, HOLDS_MAX - 1);
    struct hold_row *holds = arena_alloc_array(txn->arena, kept + 1, sizeof *holds);
    if (!holds)
        return arena_err(txn->arena, err);
    if (kept > 0)
        memcpy(holds, message->holds.v + message->holds.n - kept, kept * sizeof *holds);
    holds[kept] = (struct hold_row){ txn->now_ms, message->held_until, message->status_reason, message->status_text };
    message->holds.v = holds;
    message->holds.n = kept + 1;
    return true;
}

/* Held messages say why, and move to when they may go, out of the way of the others; those that wait for a change stay,
 * so that the change finds them. */
static bool hold_message(struct txn *txn, int64_t tenant, struct message_row *message,
                         const struct grant_verdict *verdict, struct err *err)
{
    bool was_there;
    int64_t due_at = verdict->is_open_ended ? 0 : txn->now_ms + max_i64(1, verdict->wait_ms);
    int64_t until = verdict->is_look ? 0 : due_at;
    bool is_new = message->status != STATUS_HELD || !str_is(message->status_reason, verdict->reason) ||
                  message->held_until != until;
    message->status = STATUS_HELD;
    message->status_reason = str_of(verdict->reason);
    message->status_text = arena_dup(txn->arena, str_of(verdict->text));
    message->held_until = until;
    if (due_at &&
        (!outbox_remove(txn, tenant, message, &was_there, err) || !outbox_add(txn, tenant, message, due_at, err)))
        return false;
    if (str_is(message->status_reason, "spend_limit") && !spend_stopped(txn, tenant, err))
        return false;
    return !is_new || (note_hold(txn, message, err) && message_put(txn, tenant, message, err));
}

static bool write_verdict(struct txn *txn, int64_t tenant, struct message_row *message, const struct grantee *grantee,
                          struct grant_reading *reading, struct grant_result *out, struct err *err)
{
    const struct grant_verdict *verdict = &out->verdict;
    switch (verdict->kind) {
    case GRANT_NOW:
        return grant_facts_charge(txn, tenant, message, reading, verdict, err) &&
               write_attempt(txn, tenant, message, grantee, out, err);
    case GRANT_BLOCK: return block_message(txn, tenant, message, reading, verdict, err);
    case GRANT_CANCEL: return end_message(txn, tenant, message, STATUS_CANCELLED, verdict, err);
    case GRANT_EXPIRE: return end_message(txn, tenant, message, STATUS_EXPIRED, verdict, err);
    case GRANT_WAIT: return !verdict->is_held || hold_message(txn, tenant, message, verdict, err);
    case GRANT_EARLIER_FIRST: out->earlier = reading->person.earlier_id[verdict->earlier]; return true;
    }
    return false;
}

static bool grant_sound(struct txn *txn, int64_t tenant, const struct settings *settings, struct message_row *message,
                        const struct number_row *number, const struct grantee *grantee, struct grant_result *out,
                        struct err *err)
{
    struct grant_reading *reading = arena_alloc(txn->arena, sizeof *reading);
    if (!reading)
        return arena_err(txn->arena, err);
    if (!grant_facts_read(txn, tenant, settings, message, number, reading, err))
        return false;
    grant_decide(&reading->facts, &out->verdict);
    return write_verdict(txn, tenant, message, grantee, reading, out, err);
}

/* To look at it has stopped the worker twice: it never leaves. */
static bool block_poisonous(struct txn *txn, int64_t tenant, struct message_row *message, struct grant_result *out,
                            struct err *err)
{
    out->verdict = (struct grant_verdict){ .kind = GRANT_BLOCK,
                                           .reason = "quarantined",
                                           .text = "to look at it stopped the program twice; it was put aside" };
    return end_message(txn, tenant, message, STATUS_BLOCKED, &out->verdict, err);
}

bool grant_one(struct txn *txn, int64_t tenant, const struct settings *settings, struct message_row *message,
               const struct number_row *number, const struct grantee *grantee, struct grant_result *out,
               struct err *err)
{
    bool is_waiting;
    *out = (struct grant_result){.verdict = {.kind = GRANT_WAIT, .wait_ms = TIME_FOREVER},
                                  .campaign = message->campaign };
    if (!outbox_holds(txn, tenant, message, &is_waiting, err))
        return false;
    if (!is_waiting) /* granted or ended a moment ago, as the earlier message of another lane's */
        return true;
    const struct suspect suspect = suspect_of("message", str_of(id_text(message->id).c));
    bool is_aside;
    if (!quarantine_judge(txn, tenant, &suspect, NULL, NULL, &is_aside, err))
        return false;
    if (is_aside)
        return block_poisonous(txn, tenant, message, out, err);
    struct suspect around = suspect_enter(&suspect);
    bool ok = grant_sound(txn, tenant, settings, message, number, grantee, out, err);
    (void)suspect_enter(&around); /* back to the request */
    return ok;
}

bool grant_one_inline(struct txn *txn, int64_t tenant, const struct settings *settings, struct message_row *message,
                      struct granted_send *send, bool *is_granted, struct err *err)
{
    const struct grantee ingress = {.sender = STR("ingress"), .via = REPLY_VIA_XML};
    struct number_row number;
    struct grant_result result;
    bool found;
    *is_granted = false;
    if (!number_get(txn, tenant, message->from, &number, &found, err))
        return false;
    if (!found)
        return true;
    if (!grant_one(txn, tenant, settings, message, &number, &ingress, &result, err))
        return false;
    *is_granted = result.is_granted;
    *send = result.send;
    return true;
}

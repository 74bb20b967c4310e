/* recover and inbound_look: how a restored store comes back to work (design.md section 6, Restore).
 *
 * The operator says `recover`; then the sender tells what Plivo took in since the backup; who wrote meanwhile is paused for a person's
 * look; only when all of it is told, sends are granted again. */
#include "apply/apply.h"
#include "apply/audit.h"
#include "apply/pair_pause.h"
#include "io/log.h"
#include "store/meta.h"

static void view_make(const struct recovery_row *row, struct recovery_view *out)
{
    *out = (struct recovery_view){
        .generation = row->generation,
        .backup_at = row->backup_at,
        .restored_at = row->restored_at,
        .unconfirmed = row->unconfirmed,
        .opt_outs = row->opt_outs,
        .asked_at = row->asked_at,
        .inbound = row->inbound,
        .paused = row->paused,
        .recovered_at = row->recovered_at,
    };
}

bool recovery_view_read(struct txn *txn, struct recovery_view *out, struct err *err)
{
    struct recovery_row row;
    bool found;
    if (!recovery_get(txn, &row, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_CONFLICT, NULL, "this store was not restored: there is nothing to recover");
    view_make(&row, out);
    return true;
}

static bool finish(struct txn *txn, struct recovery_row *row, struct err *err)
{
    row->recovered_at = txn->now_ms;
    txn->wakes_sender = true;
    log_event(LOG_INFO, "store.recovered", F_INT("generation", row->generation), F_INT("paused", row->paused),
              F_INT("unconfirmed", row->unconfirmed));
    return recovery_put(txn, row, err);
}

bool recover_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                   struct err *err)
{
    const struct recover_ask *asked = request;
    struct recovery_row row;
    bool found;
    (void)tenant; /* the store's, so everybody's */
    (void)settings;
    if (!recovery_get(txn, &row, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_CONFLICT, NULL, "this store was not restored: there is nothing to recover");
    if (row.recovered_at == 0 && asked->starts) {
        bool is_news = row.asked_at == 0 || asked->skips_plivo;
        row.asked_at = row.asked_at ? row.asked_at : txn->now_ms;
        txn->wakes_sender = true;
        if (is_news && !audit_add(txn, FIRST_TENANT, "store.recover", (struct str){ 0 }, STR("{}"), err))
            return false;
        if (asked->skips_plivo ? !finish(txn, &row, err) : !recovery_put(txn, &row, err))
            return false;
    }
    view_make(&row, reply);
    return true;
}

/* --- what came in meanwhile --- */

/* Until somebody has read at Plivo, or asked, what the person said, nobody goes on as if nothing had been written. */
static bool pause_pair(struct txn *txn, int64_t tenant, const struct conversation_row *conversation,
                       struct recovery_row *row, struct err *err)
{
    struct consent_standing standing;
    if (!consent_read(txn, tenant, conversation->address, conversation->number, (struct str){ 0 }, &standing, err))
        return false;
    row->paused += standing.paused_at ? 0 : 1;
    return pair_pause(txn, tenant, conversation, conversation->last_message,
                      STR("The person wrote while the store was away: what they said is at Plivo, not here"), err);
}

/* A text that this store never got. */
static bool take_record(struct txn *txn, int64_t tenant, const struct plivo_record *record, struct recovery_row *row,
                        struct err *err)
{
    struct contact_row contact;
    struct conversation_row conversation;
    struct uuid_row known;
    bool found;
    if (record->uuid.n == 0 || record->from.n == 0 || record->to.n == 0)
        return true;
    if (!uuid_get(txn, tenant, record->uuid, &known, &found, err))
        return false;
    if (found)
        return true;
    if (!contact_find_or_make(txn, tenant, record->from, &contact, err) ||
        !conversation_find_or_make(txn, tenant, record->to, &contact, &conversation, err) ||
        !pause_pair(txn, tenant, &conversation, row, err))
        return false;
    row->inbound++;
    return true;
}

bool inbound_look_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                        void *reply, struct err *err)
{
    const struct inbound_look *look = request;
    struct recovery_row row;
    bool found;
    (void)tenant; /* one account */
    (void)settings;
    (void)reply;
    if (!recovery_get(txn, &row, &found, err))
        return false;
    bool is_awaited = found && row.asked_at != 0 && row.recovered_at == 0 && look->window_from <= row.backup_at &&
                      look->window_to >= row.restored_at;
    if (!is_awaited)
        return true; /* an answer that came twice, or to a question of before */
    if (look->is_first)
        row.inbound = 0; /* a telling that broke off begins again */
    for (size_t i = 0; i < look->records.n; i++)
        if (!take_record(txn, FIRST_TENANT, &look->records.v[i], &row, err))
            return false;
    return look->is_complete ? finish(txn, &row, err) : recovery_put(txn, &row, err);
}

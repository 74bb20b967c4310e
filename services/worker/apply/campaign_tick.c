#include "apply/campaign_tick.h"

#include "apply/campaign_line.h"
#include "apply/campaign_text.h"
#include "apply/queue_message.h"
#include "apply/tenant_turn.h"
#include "domain/powerpack.h"
#include "io/log.h"
#include "query/query.h"
#include "store/meta.h"

enum {
    ACTIVE_MAX = 32,      /* campaigns a tick, and tenants; of more each has its turn */
    ACTIVE_LOOK_MAX = 1024, /* a tenant */
    MESSAGES_MAX = 128,   /* a tick, of all campaigns together */
    STEPS_MAX = 512,      /* recipients or contacts looked at, likewise */
    AHEAD_MAX = 256,      /* waiting unheld in the outbox: what the fastest number sends within two ticks */
    HELD_MAX = 4000,      /* held back, by quiet hours for one: below what a lane passes over in one request */
};

/* What one tick may still do. */
struct budget {
    int64_t messages;
    int64_t steps;
};

/* --- a filter's audience --- */

static bool fits(struct txn *txn, int64_t tenant, const struct campaign_row *campaign,
                 const struct contact_row *contact, bool *out, struct err *err)
{
    const struct audience_filter_view *f = campaign->filter;
    bool is_sender = address_kind_of(campaign->from) == ADDRESS_PHONE || str_is_set(powerpack_uuid(campaign->from));
    struct str number = is_sender ? campaign->from : STR("");
    struct consent_standing consent;
    *out = false;
    if (address_kind_of(contact->address) != ADDRESS_PHONE || !str_starts(contact->address, f->prefix))
        return true;
    if (f->q.n > 0 && !search_hits(contact->name, f->q) && !search_hits(contact->address, f->q))
        return true;
    if (f->attribute.n > 0) {
        struct str value = attribute_get(txn->arena, contact->attributes, f->attribute);
        if (f->value.n > 0 ? !str_eq(value, f->value) : value.n == 0)
            return true;
    }
    if (!consent_read(txn, tenant, contact->address, number, campaign->topic, &consent, err))
        return false;
    *out = f->consent.n > 0 ? consent.state == CONSENT_IN : consent.state != CONSENT_OUT;
    return true;
}

static bool gather_one(struct txn *txn, int64_t tenant, struct campaign_row *row, struct str value, struct err *err)
{
    struct contact_row contact;
    bool is_wanted;
    bool is_new;
    int64_t line;
    if (!row_decode(txn, &contact_row_record, value, &contact, err) ||
        !fits(txn, tenant, row, &contact, &is_wanted, err))
        return false;
    row->filtered_to = contact.id;
    if (!is_wanted)
        return true;
    const struct recipient_row recipient = { .line = row->recipients + 1, .address = contact.address };
    return recipient_add(txn, tenant, row, &recipient, &is_new, &line, err);
}

static bool gather(struct txn *txn, int64_t tenant, struct campaign_row *row, struct budget *budget, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_CONTACT, key_of_tenant(tenant), SCAN_FORWARD);
    if (id_is_set(row->filtered_to))
        scan_after(&scan, key_of_id(tenant, row->filtered_to));
    while (ok && budget->steps-- > 0 && row->recipients < CAMPAIGN_RECIPIENTS_MAX) {
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        ok = gather_one(txn, tenant, row, value, err);
    }
    scan_end(&scan);
    row->is_complete = ok && (!found || row->recipients >= CAMPAIGN_RECIPIENTS_MAX);
    return ok;
}

/* --- the preview --- */

static bool count_some(struct txn *txn, int64_t tenant, const struct settings *settings, struct campaign_row *row,
                       struct budget *budget, struct err *err)
{
    if (row->counted_revision != row->revision) {
        row->counted_revision = row->revision;
        row->counted_to = row->unusable = row->segments = row->estimate = 0;
    }
    for (; row->counted_to < row->recipients && budget->steps > 0; row->counted_to++, budget->steps--) {
        struct recipient_row recipient;
        struct campaign_text text;
        bool found;
        if (!recipient_get(txn, tenant, row, row->counted_to, &recipient, &found, err))
            return false;
        if (!found)
            return err_set(err, ERR_BROKEN, NULL, "a campaign has lost a recipient");
        if (!campaign_text_make(txn, tenant, settings, row, &recipient, &text, err))
            return false;
        bool is_sent = !text.unusable && !text.refusal.reason;
        row->unusable += is_sent ? 0 : 1;
        row->segments += is_sent ? text.size.segments : 0;
        row->estimate += is_sent ? text.cost : 0;
    }
    return true;
}

static bool prepare(struct txn *txn, int64_t tenant, const struct settings *settings, struct campaign_row *row,
                    struct budget *budget, bool *is_idle, struct err *err)
{
    bool was_complete = row->is_complete;
    if (row->audience == AUDIENCE_FILTER && !row->is_complete && !gather(txn, tenant, row, budget, err))
        return false;
    bool is_counted = row->counted_revision == row->revision && row->counted_to == row->recipients;
    if (row->is_complete && !is_counted) {
        if (!count_some(txn, tenant, settings, row, budget, err))
            return false;
        is_counted = row->counted_to == row->recipients;
    } else if (row->is_complete == was_complete && (row->audience != AUDIENCE_FILTER || row->is_complete)) {
        *is_idle = true; /* nothing to gather, nothing to count */
        return true;
    }
    return campaign_put(txn, tenant, row, err) &&
           (!(row->is_complete && is_counted) || txn_tell(txn, tenant, "campaign.updated", row->id, err));
}

/* --- into the outbox --- */

static bool may_try_again(enum message_status status)
{
    return status == STATUS_FAILED || status == STATUS_UNDELIVERED || status == STATUS_REJECTED ||
           status == STATUS_EXPIRED;
}

static bool queue_one(struct txn *txn, int64_t tenant, const struct settings *settings, const struct campaign_row *row,
                      struct recipient_row *recipient, const struct campaign_text *text, struct err *err)
{
    struct contact_row contact;
    struct conversation_row conversation;
    struct message_row message;
    record_init(&message_row_record, &message);
    if (!contact_find_or_make(txn, tenant, recipient->address, &contact, err) ||
        !conversation_find_or_make(txn, tenant, text->from, &contact, &conversation, err))
        return false;
    message.class = CLASS_BULK;
    message.from = text->from;
    message.to = contact.address;
    message.text = text->filled_in;
    message.source = arena_format(txn->arena, "campaign:%s", id_text(row->id).c);
    message.actor = row->approved_by;
    message.topic = row->topic;
    message.campaign = row->id;
    message.valid_until = row->valid_until;
    if (!queue_or_block(txn, tenant, settings, &conversation, &message, txn->now_ms, err))
        return false;
    recipient->message = message.id;
    recipient->round = row->round;
    return true;
}

static bool skip_one(struct txn *txn, int64_t tenant, const struct campaign_row *row, struct recipient_row *recipient,
                     const char *why, struct err *err)
{
    struct campaign_count_row counts;
    recipient->skipped = str_of(why);
    if (!campaign_counts_get(txn, tenant, row->id, &counts, err))
        return false;
    counts.skipped++;
    counts.is_news = true;
    return campaign_counts_put(txn, tenant, row->id, &counts, err);
}

/* In a later round: whose last one failed, and they alone. */
static bool is_due(struct txn *txn, int64_t tenant, const struct campaign_row *row,
                   const struct recipient_row *recipient, bool *out, struct err *err)
{
    struct message_row message;
    bool found;
    *out = !id_is_set(recipient->message) && !str_is_set(recipient->skipped);
    if (*out || !id_is_set(recipient->message) || recipient->round >= row->round)
        return true;
    if (!message_get(txn, tenant, recipient->message, &message, &found, err))
        return false;
    *out = found && may_try_again(message.status);
    if (!*out)
        return true;
    if (!campaign_uncount(txn, tenant, &message, err))
        return false;
    return message_put(txn, tenant, &message, err);
}

static bool expand_one(struct txn *txn, int64_t tenant, const struct settings *settings, const struct campaign_row *row,
                       struct budget *budget, int64_t *room, struct err *err)
{
    struct recipient_row recipient;
    struct campaign_text text;
    bool found;
    bool is_wanted;
    if (!recipient_get(txn, tenant, row, row->expanded_to, &recipient, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_BROKEN, NULL, "a campaign has lost a recipient");
    if (!is_due(txn, tenant, row, &recipient, &is_wanted, err))
        return false;
    budget->steps--;
    if (!is_wanted)
        return true;
    if (!campaign_text_make(txn, tenant, settings, row, &recipient, &text, err))
        return false;
    budget->messages--;
    --*room;
    if (text.unusable ? !skip_one(txn, tenant, row, &recipient, text.unusable, err)
                      : !queue_one(txn, tenant, settings, row, &recipient, &text, err))
        return false;
    return recipient_put(txn, tenant, row, row->expanded_to, &recipient, err);
}

static bool run(struct txn *txn, int64_t tenant, const struct settings *settings, struct campaign_row *row,
                struct budget *budget, struct err *err)
{
    struct campaign_count_row counts;
    int64_t began_at = row->expanded_to;
    if (!campaign_counts_get(txn, tenant, row->id, &counts, err))
        return false;
    bool may_add = counts.held < HELD_MAX && room_allows(settings->room, NEED_ADDS);
    int64_t room = may_add ? AHEAD_MAX - counts.queued : 0;
    bool has_begun = row->state == CAMPAIGN_RUNNING;
    row->state = CAMPAIGN_RUNNING;
    row->started_at = row->started_at ? row->started_at : txn->now_ms;
    while (row->expanded_to < row->recipients && room > 0 && budget->messages > 0 && budget->steps > 0) {
        if (!expand_one(txn, tenant, settings, row, budget, &room, err))
            return false;
        row->expanded_to++;
    }
    if (!campaign_counts_get(txn, tenant, row->id, &counts, err))
        return false;
    bool is_done = row->expanded_to == row->recipients &&
                   counts.queued + counts.held + counts.sending + counts.unconfirmed == 0;
    if (is_done) {
        row->state = CAMPAIGN_DONE;
        row->done_at = txn->now_ms;
    }
    if (has_begun && !is_done)
        return row->expanded_to == began_at || campaign_put(txn, tenant, row, err);
    log_event(LOG_INFO, is_done ? "campaign.done" : "campaign.started", F_ID("campaign", row->id),
              F_INT("recipients", row->recipients));
    return campaign_put(txn, tenant, row, err) && txn_tell(txn, tenant, "campaign.updated", row->id, err);
}

/* --- one campaign --- */

static bool tell_counts(struct txn *txn, int64_t tenant, struct id id, struct err *err)
{
    struct campaign_count_row counts;
    if (!campaign_counts_get(txn, tenant, id, &counts, err))
        return false;
    if (!counts.is_news)
        return true;
    counts.is_news = false;
    return campaign_counts_put(txn, tenant, id, &counts, err) && txn_tell(txn, tenant, "campaign.updated", id, err);
}

static bool work(struct txn *txn, int64_t tenant, const struct settings *settings, struct campaign_row *row,
                 struct budget *budget, bool *is_idle, struct err *err)
{
    switch (row->state) {
    case CAMPAIGN_DRAFT:
        return !room_allows(settings->room, NEED_ADDS) || prepare(txn, tenant, settings, row, budget, is_idle, err);
    case CAMPAIGN_APPROVED:
        return row->send_at > txn->now_ms || run(txn, tenant, settings, row, budget, err);
    case CAMPAIGN_RUNNING:
        return run(txn, tenant, settings, row, budget, err);
    case CAMPAIGN_CANCELLED:
        return campaign_line_cancel(txn, tenant, row->id, (int)budget->messages, is_idle, err);
    case CAMPAIGN_PAUSED:
    case CAMPAIGN_DONE:
        *is_idle = true;
        return true;
    }
    return true;
}

static bool tick_one(struct txn *txn, int64_t tenant, const struct settings *settings, struct id id,
                     struct budget budget, struct err *err)
{
    struct campaign_row row;
    bool found;
    bool is_idle = false;
    bool is_clean = true; /* of an audience that was replaced: whatever has become of the campaign since */
    if (!campaign_get(txn, tenant, id, &row, &found, err))
        return false;
    if (found && row.generation > 1 &&
        !recipients_drop(txn, tenant, id, row.generation, (int)STEPS_MAX, &is_clean, err))
        return false;
    if (found && (!work(txn, tenant, settings, &row, &budget, &is_idle, err) || !tell_counts(txn, tenant, id, err)))
        return false;
    bool is_gone = false;
    if (!found && (!campaign_line_cancel(txn, tenant, id, (int)budget.messages, &is_idle, err) ||
                   !recipients_drop(txn, tenant, id, -1, (int)STEPS_MAX, &is_gone, err)))
        return false;
    return !(is_idle && is_clean && (found || is_gone)) ||
           row_delete(txn, TABLE_CAMPAIGN_ACTIVE, key_of_id(tenant, id), err);
}

/* A restored store does not know what left after its backup: whom the campaign had not reached then, it may have reached since. A person
 * decides whether it goes on. */
static bool stop_one(struct txn *txn, int64_t tenant, struct id id, struct err *err)
{
    struct campaign_row row;
    bool found;
    if (!campaign_get(txn, tenant, id, &row, &found, err))
        return false;
    if (!found || (row.state != CAMPAIGN_APPROVED && row.state != CAMPAIGN_RUNNING))
        return true;
    row.state = CAMPAIGN_PAUSED;
    log_event(LOG_WARN, "campaign.paused", F_ID("campaign", id));
    return campaign_put(txn, tenant, &row, err) && txn_tell(txn, tenant, "campaign.updated", id, err);
}

/* One whose turn it is, and into how many parts the tick's work is divided for its like: by tenants, then by the tenant's campaigns. */
struct active {
    int64_t tenant;
    struct id id;
    int64_t parts;
};

struct turn {
    struct active of[ACTIVE_MAX];
    size_t n;
};

/* At most `share` of a tenant's. */
static bool add_active(struct txn *txn, int64_t tenant, size_t share, size_t tenants, struct turn *turn,
                       struct err *err)
{
    struct id *all = arena_alloc_array(txn->arena, ACTIVE_LOOK_MAX, sizeof *all);
    size_t n = 0;
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    if (!all)
        return arena_err(txn->arena, err);
    scan_begin(&scan, txn, TABLE_CAMPAIGN_ACTIVE, key_of_tenant(tenant), SCAN_FORWARD);
    while (ok && n < ACTIVE_LOOK_MAX && (ok = scan_next(&scan, &rest, &value, &found, err)) && found)
        all[n++] = key_take_id(&rest);
    scan_end(&scan);
    size_t first = turn_of(txn->now_ms, n, share);
    size_t own = min_size(n, share);
    for (size_t i = 0; ok && i < own; i++)
        turn->of[turn->n++] = (struct active){ tenant, all[(first + i) % n], (int64_t)(tenants * own) };
    return ok;
}

/* What a tenant leaves of its share is the next ones'. */
static bool find_active(struct txn *txn, struct turn *turn, struct err *err)
{
    int64_t tenants[ACTIVE_MAX];
    size_t n;
    turn->n = 0;
    if (!tenants_in_turn(txn, TABLE_CAMPAIGN_ACTIVE, tenants, ACTIVE_MAX, &n, err))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!add_active(txn, tenants[i], (ACTIVE_MAX - turn->n) / (n - i), n, turn, err))
            return false;
    return true;
}

bool campaigns_tick(struct txn *txn, const struct settings *settings, struct err *err)
{
    struct turn turn;
    bool is_restored;
    bool ok = recovery_is_due(txn, &is_restored, err);
    if (!ok || settings->distrust_until_us > txn->boot_us)
        return ok; /* nothing begins by a clock that may be wrong */
    if (!find_active(txn, &turn, err))
        return false;
    for (size_t i = 0; ok && i < turn.n; i++) {
        const struct active *one = &turn.of[i];
        const struct budget budget = { MESSAGES_MAX / one->parts + 1, STEPS_MAX / one->parts + 1 };
        ok = is_restored ? stop_one(txn, one->tenant, one->id, err)
                         : tick_one(txn, one->tenant, settings, one->id, budget, err);
    }
    return ok;
}

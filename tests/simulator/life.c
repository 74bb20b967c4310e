/* What becomes of a message: the queue of its number, the carrier, the reports. world.h holds the promises. */
#include "io/clock.h"
#include "io/log.h"
#include "plivo/plivo_words.h"
#include "sim_metrics.h"
#include "world.h"

enum {
    CARRIER_US = 100 * 1000,     /* from `sent` to the carrier's receipt */
    EXPIRY_LOOK_US = 100 * 1000, /* how often what waits in a queue is looked through */
    CATCH_UP_US = 50 * 1000,     /* a number that was looked at late may catch up with its rate by so much, no more */
};

/* ErrorCode of those that do not arrive, where the faults name none: permanent ones (plivo.md section 6). */
static const struct {
    enum sim_state state;
    int64_t error_code;
} FINALS[FINAL_COUNT] = {
    [FINAL_DELIVERED] = { SIM_DELIVERED, 0 },
    [FINAL_UNDELIVERED] = { SIM_UNDELIVERED, 70 },
    [FINAL_FAILED] = { SIM_FAILED, 100 },
    [FINAL_REJECTED] = { SIM_REJECTED, 10 },
};

/* --- reports ---------------------------------------------------------------------------------------------------- */

static void reverse(struct call **list)
{
    struct call *reversed = NULL;
    for (struct call *next, *call = *list; call; call = next) {
        next = call->next;
        call->next = reversed;
        reversed = call;
    }
    *list = reversed;
}

static void pump(struct world *world, struct message *m)
{
    struct call *call = m->reports;
    bool waits_for_last = m->is_reordered && !sim_state_is_final(m->state);
    if (!call || m->is_reporting || m->is_held || waits_for_last)
        return;
    if (call->due_us > clock_boot_us()) {
        if (agenda_add(&world->agenda, call->due_us, AGENDA_PUMP, m))
            m->pending++;
        return;
    }
    m->reports = call->next;
    m->is_reporting = true;
    calls_ready(&world->calls, call);
}

static void add_report(struct world *world, struct message *m)
{
    struct call *call = call_new_report(m);
    if (!call)
        return; /* no memory: as a report that Plivo lost */
    call->due_us = clock_boot_us() + (int64_t)(world->faults.value[FAULT_DLR_DELAY_MS] * 1000);
    call->is_forged = dice_roll(&world->dice, world->faults.value[FAULT_WEBHOOK_FORGED]);
    m->pending++;
    struct call **at = &m->reports;
    while (*at)
        at = &(*at)->next;
    *at = call;
}

/* The message has a new state: the person who sent it is told, unless the faults are against it. */
static void move(struct world *world, struct message *m, enum sim_state state, int64_t error_code)
{
    m->state = state;
    m->error_code = error_code;
    m->updated_ms = clock_wall_ms();
    m->sequence++;
    if (state == SIM_SENT)
        m->sent_ms = m->updated_ms;
    if (state == SIM_DELIVERED || state == SIM_UNDELIVERED)
        m->reported_ms = m->updated_ms;
    world->has_news = true;
    if (!m->callback_url)
        return;
    if (!dice_roll(&world->dice, world->faults.value[FAULT_DLR_DROP])) {
        add_report(world, m);
        if (dice_roll(&world->dice, world->faults.value[FAULT_DLR_DUPLICATE]))
            add_report(world, m);
    }
    if (m->is_reordered && sim_state_is_final(state))
        reverse(&m->reports);
    pump(world, m);
}

bool world_await_report(struct message *m, struct waiter *waiter)
{
    if (m->reports)
        m->reports->waiter = waiter;
    return m->reports != NULL;
}

void world_answered(struct world *world, struct str uuid)
{
    struct message *m = book_find(&world->book, uuid);
    if (!m || !m->is_held)
        return;
    m->is_held = false;
    m->pending--;
    pump(world, m);
    world->has_news = true;
}

/* --- the number's queue ----------------------------------------------------------------------------------------- */

bool world_accept(struct world *world, struct message *m, int64_t expiry_s, bool is_held)
{
    struct number *number = world_number(world, &m->from);
    if (!number || !book_add(&world->book, m))
        return false;
    m->expiry_s = expiry_s;
    m->expires_us = clock_boot_us() + expiry_s * 1000000;
    m->is_reordered = dice_roll(&world->dice, world->faults.value[FAULT_DLR_REORDER]);
    m->is_held = is_held;
    m->pending = is_held ? 2 : 1; /* the queue, and whoever answers */
    *(number->last ? &number->last->next_in_queue : &number->first) = m;
    number->last = m;
    number->waiting++;
    metric_add(&metric_accepted, 1);
    move(world, m, SIM_QUEUED, 0);
    return true;
}

static enum fault_final drawn_final(const struct world *world)
{
    if (world->faults.is_set[FAULT_DLR_FINAL])
        return (enum fault_final)world->faults.value[FAULT_DLR_FINAL];
    return world->faults.value[FAULT_ERROR_CODE] > 0 ? FINAL_FAILED : FINAL_DELIVERED;
}

static int64_t error_of(const struct world *world, enum fault_final final)
{
    bool is_told = final != FINAL_DELIVERED && world->faults.is_set[FAULT_ERROR_CODE];
    return is_told ? (int64_t)world->faults.value[FAULT_ERROR_CODE] : FINALS[final].error_code;
}

/* The head of the queue leaves for the carrier, or fails at the door. */
static void leave(struct world *world, struct message *m, int64_t now_us)
{
    enum fault_final final = drawn_final(world);
    bool has_grace = world->faults.value[FAULT_DND_GRACE] > 0;
    if (world->faults.value[FAULT_DND] > 0 && optout_blocks(&world->optouts, &m->from, &m->to, has_grace, now_us)) {
        move(world, m, SIM_FAILED, PLIVO_CODE_OPTED_OUT);
        return;
    }
    if (final == FINAL_FAILED || final == FINAL_REJECTED) { /* Plivo could not hand it over: never `sent` */
        move(world, m, FINALS[final].state, error_of(world, final));
        return;
    }
    m->final = final;
    m->is_on_phone = final == FINAL_DELIVERED;
    m->final_error = error_of(world, final);
    move(world, m, SIM_SENT, 0);
    if (agenda_add(&world->agenda, now_us + CARRIER_US, AGENDA_FINAL, m))
        m->pending++;
}

static struct message *unqueue(struct number *number, struct message **at, struct message *before)
{
    struct message *m = *at;
    *at = m->next_in_queue;
    if (number->last == m)
        number->last = before;
    m->next_in_queue = NULL;
    m->pending--;
    number->waiting--;
    return m;
}

static void expire(struct world *world, struct number *number, int64_t now_us)
{
    struct message *before = NULL;
    for (struct message **at = &number->first; *at;) {
        if ((*at)->expires_us > now_us) {
            before = *at;
            at = &(*at)->next_in_queue;
        } else {
            move(world, unqueue(number, at, before), SIM_FAILED, PLIVO_CODE_EXPIRED);
        }
    }
}

/* Lets go what may. Returns when the next one may. */
static int64_t drain(struct world *world, struct number *number, int64_t now_us)
{
    double rate = world->faults.is_set[FAULT_NUMBER_RATE] ? world->faults.value[FAULT_NUMBER_RATE] : world->number_rate;
    while (number->first) {
        int64_t at_us = number->last_left_us + (int64_t)((double)number->last_units * 1e6 / rate);
        if (at_us > now_us)
            return at_us;
        struct message *m = unqueue(number, &number->first, NULL);
        number->last_left_us = at_us < now_us - CATCH_UP_US ? now_us : at_us;
        number->last_units = m->units;
        leave(world, m, now_us);
    }
    return INT64_MAX;
}

/* --- time passes ------------------------------------------------------------------------------------------------ */

static void happen(struct world *world, const struct agenda_entry *entry)
{
    struct message *m = entry->what;
    switch (entry->kind) {
    case AGENDA_FINAL:
        m->pending--;
        move(world, m, FINALS[m->final].state, m->final_error);
        return;
    case AGENDA_PUMP:
        m->pending--;
        pump(world, m);
        return;
    case AGENDA_CALL:
        calls_ready(&world->calls, entry->what);
        return;
    }
}

int64_t world_tick(struct world *world, int64_t now_us)
{
    struct agenda_entry entry;
    while (agenda_take(&world->agenda, now_us, &entry))
        happen(world, &entry);
    if (now_us >= world->expiry_look_us) {
        world->expiry_look_us = now_us + EXPIRY_LOOK_US;
        for (size_t i = 0; i < world->numbers_n; i++)
            expire(world, &world->numbers[i], now_us);
    }
    int64_t next_us = INT64_MAX;
    for (size_t i = 0; i < world->numbers_n; i++) {
        next_us = min_i64(next_us, drain(world, &world->numbers[i], now_us));
        if (world->numbers[i].first)
            next_us = min_i64(next_us, world->expiry_look_us);
    }
    world->has_news = false; /* the carrier, who calls this, looks at the calls next */
    return min_i64(next_us, agenda_next_us(&world->agenda));
}

/* --- a try has ended -------------------------------------------------------------------------------------------- */

/* Plivo gives up: the text of an inbound message is gone, its record tells why (plivo.md section 2). */
static void give_up(struct call *call, int status)
{
    struct message *m = call->message;
    if (m && call->kind == CALL_INBOUND) {
        m->state = SIM_UNDELIVERED;
        m->error_code = 2000 + status;
        m->updated_ms = clock_wall_ms();
    }
    metric_add(&metric_gave_up, 1);
    log_event(LOG_WARN, "sim.gave_up", F_WORD("url", call->url), F_INT("status", status), F_INT("tries", call->tries));
    call_drop(call);
}

void world_call_ended(struct world *world, struct call *call, int status, struct str body, int64_t elapsed_us)
{
    bool is_ok = status >= 200 && status < 300;
    struct message *m = call->message;
    calls_landed(call);
    call_tell_waiter(call, status, body, elapsed_us);
    if (is_ok && m)
        m->acked |= 1U << call->state;
    if (++call->tries == 1 && call->kind == CALL_REPORT && m) {
        m->is_reporting = false;
        pump(world, m);
    }
    if (!m) {
        call_drop(call);
    } else if (!is_ok && call->tries > world->retries_n) {
        give_up(call, status);
    } else if (!is_ok) {
        if (!agenda_add(&world->agenda, clock_boot_us() + world->retry_us[call->tries - 1], AGENDA_CALL, call))
            give_up(call, status);
    } else if (call->kind == CALL_INBOUND && !call->is_repeat &&
               dice_roll(&world->dice, world->faults.value[FAULT_WEBHOOK_DUPLICATE])) {
        call->is_repeat = true;
        calls_ready(&world->calls, call);
    } else {
        call_drop(call);
    }
}

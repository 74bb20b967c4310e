#include "ack.h"

#include "io/clock.h"
#include "io/wait.h"
#include "lane.h"

static int64_t ack_budget_ms;

/* --- the waiter's side -------------------------------------------------------------------------------------------- */

/* The budget is over. A spool that can take nothing leaves the worker as the only hope. */
static void go_to_spool(struct lane *lane, struct ack *ack)
{
    lane_lock(lane);
    int now = ack_state_of(ack);
    if ((now == STATE_QUEUED || now == STATE_ASKED) && spool_can_take())
        lane_divert(lane, ack);
    lane_unlock(lane);
}

static void give_up(struct lane *lane, struct ack *ack)
{
    lane_lock(lane);
    if (!ack_state_is_final(ack_state_of(ack)))
        lane_finish(lane, ack, STATE_REFUSED);
    lane_unlock(lane);
}

static void sleep_until_final(struct lane *lane, struct ack *ack)
{
    int64_t began_us = clock_boot_us();
    int64_t budget_at = began_us + ack_budget_ms * 1000;
    int64_t patience_at = began_us + INT64_C(1000) * ACK_PATIENCE_MS;
    struct wake *wake = &lane->channels[ack->channel];
    bool is_over_budget = false;
    for (;;) {
        uint32_t seen = wake_seen(wake);
        int state = ack_state_of(ack);
        if (ack_state_is_final(state))
            return;
        int64_t now = clock_boot_us();
        if (!is_over_budget && now >= budget_at) {
            is_over_budget = true;
            go_to_spool(lane, ack);
        } else if (now >= patience_at || (state == STATE_PARKED && atomic_load(&lanes_are_draining))) {
            give_up(lane, ack);
        } else {
            wake_wait(wake, seen, (is_over_budget ? patience_at : min_i64(budget_at, patience_at)) - now);
        }
    }
}

enum ack_answer ack_wait(const struct event *event, struct arena *arena, struct inbound_answer *answer)
{
    struct lane *lane = &lanes[event->lane];
    struct ack ack = { .event = event, .arena = arena, .answer = answer, .state = STATE_ASKED };
    record_init(&inbound_answer_record, answer);
    lane_lock(lane);
    ack.channel = lane->channel;
    if (lane->spooled > 0 && !lane->is_moving)
        lane_spool(lane, &ack);
    else
        lane_enqueue(lane, &ack);
    lane_unlock(lane);

    sleep_until_final(lane, &ack);
    switch (ack_state_of(&ack)) {
    case STATE_COMMITTED:
        return ACK_COMMITTED;
    case STATE_SPOOLED:
        return ACK_SPOOLED;
    default:
        return ACK_BUSY;
    }
}

/* --- life --------------------------------------------------------------------------------------------------------- */

bool acks_start(int64_t budget_ms, struct err *err)
{
    (void)err;   /* nothing here can fail: no memory, no thread */
    ack_budget_ms = budget_ms;
    atomic_store(&lanes_are_draining, false);
    for (int i = 0; i < SPOOL_LANES; i++) {
        struct lane *lane = &lanes[i];
        memset(lane, 0, sizeof *lane);
        (void)pthread_mutex_init(&lane->lock, NULL);
        wait_init(&lane->work);
        TAILQ_INIT(&lane->queue);
        LIST_INIT(&lane->parked);
        lane->spooled = (size_t)spool_waiting((enum spool_lane)i);
    }
    return true;
}

void acks_drain(void)
{
    atomic_store(&lanes_are_draining, true);
    for (int i = 0; i < SPOOL_LANES; i++)
        for (int k = 0; k < LANE_CHANNELS; k++)
            wake_all(&lanes[i].channels[k]);
}

void acks_stop(void)
{
    for (int i = 0; i < SPOOL_LANES; i++) {
        lane_lock(&lanes[i]);
        lanes[i].is_stopping = true;
        pthread_cond_broadcast(&lanes[i].work);
        lane_unlock(&lanes[i]);
    }
}

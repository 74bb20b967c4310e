#include "ack.h"

#include "io/clock.h"
#include "io/wait.h"
#include "lane.h"

#include <errno.h>
#include <semaphore.h>

static int64_t budget_us;

/* --- the answering thread, all under the lane's lock but the telling ----------------------------------------------- */

/* The budget is over. A spool that can take nothing leaves the worker as the only hope. */
static void go_to_spool(struct lane *lane, struct ack *ack)
{
    if ((ack->state == STATE_QUEUED || ack->state == STATE_ASKED) && spool_can_take())
        lane_divert(lane, ack);
}

static int64_t budget_over_us(const struct ack *ack)
{
    return ack->came_us + budget_us;
}

static int64_t patience_over_us(const struct ack *ack)
{
    return ack->came_us + INT64_C(1000) * ACK_PATIENCE_MS;
}

/* Both lists are in the order of their deadlines. */
static void keep_deadlines(struct lane *lane, int64_t now_us)
{
    struct ack *first;
    while ((first = TAILQ_FIRST(&lane->fresh)) && now_us >= budget_over_us(first)) {
        TAILQ_REMOVE(&lane->fresh, first, in_turn);
        TAILQ_INSERT_TAIL(&lane->late, first, in_turn);
        first->is_late = true;
        go_to_spool(lane, first);
    }
    while ((first = TAILQ_FIRST(&lane->late)) && now_us >= patience_over_us(first))
        lane_finish(lane, first, STATE_REFUSED);
}

static void refuse_all(struct lane *lane)
{
    struct ack *first;
    while ((first = TAILQ_FIRST(&lane->fresh)) || (first = TAILQ_FIRST(&lane->late)))
        lane_finish(lane, first, STATE_REFUSED);
}

/* Who comes within a budget from now is due later than that: so under traffic nobody needs to wake this thread for a deadline, and without
 * any it soon sleeps for good. */
static int64_t next_look_us(const struct lane *lane)
{
    const struct ack *fresh = TAILQ_FIRST(&lane->fresh), *late = TAILQ_FIRST(&lane->late);
    if (!fresh && !late)
        return clock_boot_us() + budget_us;
    return min_i64(fresh ? budget_over_us(fresh) : INT64_MAX, late ? patience_over_us(late) : INT64_MAX);
}

static bool has_nothing_to_do(const struct lane *lane)
{
    return !lane->is_stopping && TAILQ_EMPTY(&lane->ended_acks) && TAILQ_EMPTY(&lane->fresh) &&
           TAILQ_EMPTY(&lane->late);
}

static void await_ends(struct lane *lane)
{
    lane->sleeps_until_us = next_look_us(lane);
    bool is_early = wait_until(&lane->ended, &lane->lock, lane->sleeps_until_us);
    lane->sleeps_until_us = INT64_MAX;
    while (!is_early && has_nothing_to_do(lane))
        pthread_cond_wait(&lane->ended, &lane->lock);
    lane->sleeps_until_us = 0;
}

static void tell(struct acks *ended)
{
    struct ack *ack;
    while ((ack = TAILQ_FIRST(ended))) {
        TAILQ_REMOVE(ended, ack, in_turn); /* before the call: it frees the memory */
        ack->done(ack->context, ack->state == STATE_COMMITTED ? ACK_COMMITTED
                                : ack->state == STATE_SPOOLED ? ACK_SPOOLED
                                                              : ACK_BUSY);
    }
}

static void *answerer_run(void *arg)
{
    struct lane *lane = arg;
    struct acks ended = TAILQ_HEAD_INITIALIZER(ended);
    lane_lock(lane);
    for (;;) {
        keep_deadlines(lane, clock_boot_us());
        if (lane->is_stopping)
            refuse_all(lane);
        TAILQ_CONCAT(&ended, &lane->ended_acks, in_turn);
        if (!TAILQ_EMPTY(&ended)) {
            lane_unlock(lane);
            tell(&ended);
            lane_lock(lane);
        } else if (lane->is_stopping) {
            break;
        } else {
            await_ends(lane);
        }
    }
    lane_unlock(lane);
    return NULL;
}

/* --- the waiter's side -------------------------------------------------------------------------------------------- */

bool ack_begin(const struct event *event, struct arena *arena, struct inbound_answer *answer, ack_done *done,
               void *context)
{
    struct lane *lane = &lanes[event->lane];
    struct ack *ack = arena_alloc(arena, sizeof *ack);
    if (!ack)
        return false;
    *ack = (struct ack){
        .event = event, .arena = arena, .answer = answer, .done = done, .context = context, .state = STATE_ASKED
    };
    record_init(&inbound_answer_record, answer);
    lane_lock(lane);
    ack->came_us = clock_boot_us();
    TAILQ_INSERT_TAIL(&lane->fresh, ack, in_turn);
    bool is_asleep = lane->sleeps_until_us > budget_over_us(ack);
    if (is_asleep)
        lane->sleeps_until_us = 0;
    if (lane->spooled > 0 && !lane->is_moving)
        lane_spool(lane, ack);
    else
        lane_enqueue(lane, ack);
    lane_unlock(lane);
    if (is_asleep)
        pthread_cond_signal(&lane->ended);
    return true;
}

struct waiter {
    sem_t told;
    enum ack_answer how;
};

static void wake(void *context, enum ack_answer how)
{
    struct waiter *waiter = context;
    waiter->how = how;
    (void)sem_post(&waiter->told); /* cannot fail: one post, one wait */
}

enum ack_answer ack_wait(const struct event *event, struct arena *arena, struct inbound_answer *answer)
{
    struct waiter waiter = { .how = ACK_BUSY };
    (void)sem_init(&waiter.told, 0, 0); /* cannot fail with these arguments */
    if (ack_begin(event, arena, answer, wake, &waiter))
        while (sem_wait(&waiter.told) != 0 && errno == EINTR)
            continue;
    (void)sem_destroy(&waiter.told);
    return waiter.how;
}

/* --- life --------------------------------------------------------------------------------------------------------- */

static bool lane_start(struct lane *lane, enum spool_lane which)
{
    memset(lane, 0, sizeof *lane);
    (void)pthread_mutex_init(&lane->lock, NULL);
    wait_init(&lane->work);
    wait_init(&lane->ended);
    TAILQ_INIT(&lane->queue);
    TAILQ_INIT(&lane->fresh);
    TAILQ_INIT(&lane->late);
    TAILQ_INIT(&lane->ended_acks);
    LIST_INIT(&lane->parked);
    lane->spooled = (size_t)spool_waiting(which);
    lane->is_running = pthread_create(&lane->answerer, NULL, answerer_run, lane) == 0;
    return lane->is_running;
}

bool acks_start(int64_t budget_ms, struct err *err)
{
    budget_us = budget_ms * 1000;
    atomic_store(&lanes_are_draining, false);
    for (int i = 0; i < SPOOL_LANES; i++)
        if (!lane_start(&lanes[i], (enum spool_lane)i)) {
            acks_stop();
            return err_set(err, ERR_BUSY, NULL, "no thread to answer webhooks");
        }
    return true;
}

void acks_drain(void)
{
    atomic_store(&lanes_are_draining, true); /* who is parked from here on is refused at once */
    for (int i = 0; i < SPOOL_LANES; i++) {
        struct ack *ack, *next;
        lane_lock(&lanes[i]);
        for (ack = LIST_FIRST(&lanes[i].parked); ack; ack = next) {
            next = LIST_NEXT(ack, in_parked);
            if (ack->state == STATE_PARKED)
                lane_finish(&lanes[i], ack, STATE_REFUSED);
        }
        lane_unlock(&lanes[i]);
    }
}

void acks_stop(void)
{
    for (int i = 0; i < SPOOL_LANES; i++) {
        struct lane *lane = &lanes[i];
        if (!lane->is_running)
            continue;
        lane_lock(lane);
        lane->is_stopping = true;
        pthread_cond_broadcast(&lane->work);
        pthread_cond_signal(&lane->ended);
        lane_unlock(lane);
        (void)pthread_join(lane->answerer, NULL);   /* it is ours and joinable; nobody waits in the lane any more */
        lane->is_running = false;
    }
}

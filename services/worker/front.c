#include "front.h"

#include "config.h"
#include "io/clock.h"
#include "io/log.h"
#include "metrics.h"

#include <stdatomic.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

enum { TAKE_AT_ONCE = 512, POLL_MS = 200 };

struct queue writes;
struct queue queries;
static struct queue answers; /* everybody → front */
static struct bus_server *server;
static int answers_fd = -1;
static pthread_t thread;
static atomic_bool draining; /* nothing new is taken */
static atomic_bool stopping;
static atomic_size_t in_hand; /* taken and not yet answered */

static void refuse_now(struct bus_request *rq, const char *why)
{
    struct err err;
    (void)err_set(&err, ERR_BUSY, NULL, "%s", why); /* sent to the asker */
    metric_add(&metric_overloaded, 1);
    bus_server_refuse(server, rq, &err);
    bus_request_free(rq);
}

static void hand_over(struct bus_request *rq)
{
    bool is_query = operation_row(rq->operation)->kind == OPERATION_QUERY;
    struct work *work = work_new(rq);
    if (!work) {
        refuse_now(rq, "the worker is out of memory");
        return;
    }
    metric_add(is_query ? &metric_queries : &metric_writes, 1);
    atomic_fetch_add(&in_hand, 1);
    if (queue_push(is_query ? &queries : &writes, work))
        return;
    atomic_fetch_sub(&in_hand, 1);
    work->rq = NULL;
    work_free(work);
    refuse_now(rq, "the worker has too much to do; ask again");
}

static void send_answers(void)
{
    struct work *done[TAKE_AT_ONCE];
    for (size_t n; (n = queue_take(&answers, 0, done, COUNT(done))) > 0;)
        for (size_t i = 0; i < n; i++) {
            if (done[i]->is_refused)
                bus_server_refuse(server, done[i]->rq, &done[i]->err);
            else
                bus_server_reply_bytes(server, done[i]->rq, buf_str(&done[i]->reply), &done[i]->info);
            work_free(done[i]);
            atomic_fetch_sub(&in_hand, 1);
        }
}

static void *front_thread(void *unused)
{
    (void)unused;
    struct bus_request *taken[TAKE_AT_ONCE];
    while (!atomic_load(&stopping)) {
        zmq_pollitem_t items[] = {
            {.socket = bus_server_socket(server), .events = (short)(atomic_load(&draining) ? 0 : ZMQ_POLLIN)},
            {.fd = answers_fd, .events = ZMQ_POLLIN},
        };
        (void)zmq_poll(items, COUNT(items), POLL_MS); /* an error is as a wake-up: both are looked at anyway */
        if (items[1].revents) {
            uint64_t count;
            (void)!read(answers_fd, &count, sizeof count);
        }
        send_answers();
        if (atomic_load(&draining))
            continue;
        size_t n = bus_server_take(server, 0, taken, COUNT(taken));
        for (size_t i = 0; i < n; i++)
            hand_over(taken[i]);
    }
    send_answers();
    return NULL;
}

bool front_prepare(const void *config, struct err *err)
{
    (void)config;
    answers_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (answers_fd < 0)
        return err_set_errno(err, ERR_BUSY, NULL, "eventfd");
    queue_init(&writes, -1);
    queue_init(&queries, -1);
    queue_init(&answers, answers_fd);
    return true;
}

bool front_start(const void *config_values, struct err *err)
{
    const struct worker_config *config = config_values;
    struct str endpoint = config_endpoint(config->endpoint, config->run_dir, "worker.sock");
    if (!bus_server_open(&server, endpoint.p, err))
        return false;
    if (pthread_create(&thread, NULL, front_thread, NULL) == 0)
        return true;
    bus_server_close(&server);
    return err_set(err, ERR_BUSY, NULL, "no thread for the front");
}

void front_drain(int64_t deadline_boot_ms)
{
    const struct timespec pause = {.tv_nsec = 5000000};
    atomic_store(&draining, true);
    while (atomic_load(&in_hand) > 0 && clock_boot_ms() < deadline_boot_ms)
        nanosleep(&pause, NULL);
}

void front_stop(void)
{
    atomic_store(&stopping, true);
    pthread_join(thread, NULL);
    bus_server_close(&server);
}

void front_release(void)
{
    queue_release(&writes);
    queue_release(&queries);
    queue_release(&answers);
    close(answers_fd);
}

void front_answer(struct work *work)
{
    if (work->is_refused)
        metric_add(&metric_refused, 1);
    if (queue_push(&answers, work))
        return;
    work_free(work); /* the asker hears nothing and asks again (P2) */
    atomic_fetch_sub(&in_hand, 1);
}

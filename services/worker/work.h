/* work.h - a request on its way through the worker, and the queue between two of its threads.
 *
 * Promise: I1 a queue holds at most QUEUE_MAX pieces; pushing to a full one fails at once, so that nobody waits for a slow thread.
 *          I2 pieces leave in the order in which they came.
 * Memory:  a piece is on the heap and belongs to whoever popped it; queue_push() gives it away.
 * Threads: any may push, any may take.
 */
#ifndef PARLEY_WORKER_WORK_H
#define PARLEY_WORKER_WORK_H
#include "io/bus.h"

#include <pthread.h>

enum { QUEUE_MAX = 65536, REPLY_MAX_BYTES = BUS_FRAME_MAX_BYTES };

struct work {
    struct work *next;
    struct bus_request *rq;
    int64_t taken_us;      /* when the front took it */
    struct buf reply;      /* encoded */
    struct bus_reply_info info;
    bool is_refused;
    struct err err;
};

/* NULL when memory is out; the request is then still the caller's. */
struct work *work_new(struct bus_request *rq);
void work_free(struct work *work);
/* Ends it with an error. */
void work_refuse(struct work *work, const struct err *err);

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct work *first;
    struct work **last;
    size_t n;
    bool is_closed;
    int wake_fd; /* eventfd, written when the queue was empty; -1: nobody polls */
};

void queue_init(struct queue *queue, int wake_fd);
/* What is left in it is freed. */
void queue_release(struct queue *queue);
/* False when it is full or closed: the piece is still the caller's. */
MUST_USE bool queue_push(struct queue *queue, struct work *work);
/* Waits up to wait_ms for a first piece, then takes what is there, at most max. */
size_t queue_take(struct queue *queue, int64_t wait_ms, struct work **out, size_t max);
/* Wakes every waiter; from then on nothing is taken in. */
void queue_close(struct queue *queue);
bool queue_is_closed(struct queue *queue);

#endif

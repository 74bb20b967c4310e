#include "work.h"

#include "io/clock.h"
#include "io/wait.h"

#include <stdlib.h>
#include <unistd.h>

struct work *work_new(struct bus_request *rq)
{
    struct work *work = calloc(1, sizeof *work);
    if (!work)
        return NULL;
    work->rq = rq;
    work->taken_us = clock_boot_us();
    buf_init(&work->reply, REPLY_MAX_BYTES);
    return work;
}

void work_free(struct work *work)
{
    bus_request_free(work->rq);
    buf_release(&work->reply);
    free(work);
}

void work_refuse(struct work *work, const struct err *err)
{
    work->is_refused = true;
    work->err = *err;
}

void queue_init(struct queue *queue, int wake_fd)
{
    *queue = (struct queue){.wake_fd = wake_fd};
    queue->last = &queue->first;
    (void)pthread_mutex_init(&queue->lock, NULL); /* cannot fail with these arguments */
    wait_init(&queue->filled);
}

void queue_release(struct queue *queue)
{
    for (struct work *work = queue->first; work;) {
        struct work *next = work->next;
        work_free(work);
        work = next;
    }
    pthread_cond_destroy(&queue->filled);
    pthread_mutex_destroy(&queue->lock);
}

bool queue_push(struct queue *queue, struct work *work)
{
    pthread_mutex_lock(&queue->lock);
    bool ok = !queue->is_closed && queue->n < QUEUE_MAX;
    bool was_empty = queue->n == 0;
    if (ok) {
        work->next = NULL;
        *queue->last = work;
        queue->last = &work->next;
        queue->n++;
        pthread_cond_signal(&queue->filled);
    }
    pthread_mutex_unlock(&queue->lock);
    if (ok && was_empty && queue->wake_fd >= 0) {
        uint64_t one = 1;
        (void)!write(queue->wake_fd, &one, sizeof one); /* full means that it will wake anyway */
    }
    return ok;
}

size_t queue_take(struct queue *queue, int64_t wait_ms, struct work **out, size_t max)
{
    const int64_t until_us = clock_boot_us() + wait_ms * 1000;
    size_t n = 0;
    pthread_mutex_lock(&queue->lock);
    while (!queue->first && !queue->is_closed && wait_until(&queue->filled, &queue->lock, until_us))
        continue;
    while (queue->first && n < max) {
        out[n] = queue->first;
        queue->first = out[n]->next;
        out[n++]->next = NULL;
        queue->n--;
    }
    if (!queue->first)
        queue->last = &queue->first;
    pthread_mutex_unlock(&queue->lock);
    return n;
}

void queue_close(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->is_closed = true;
    pthread_cond_broadcast(&queue->filled);
    pthread_mutex_unlock(&queue->lock);
}

bool queue_is_closed(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    bool closed = queue->is_closed;
    pthread_mutex_unlock(&queue->lock);
    return closed;
}

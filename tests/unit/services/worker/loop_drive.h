/* loop_drive.h - the worker's own loop on a real store, asked without a bus: requests go into the writer's queue in an order that the test
 * knows, and each is answered after its commit.
 *
 * Promise: drive_ask() keeps the order of asking, which is the order of applying (work.h, I2); drive_wait() returns when all that was
 *          asked is answered. It stands where front.c and teller.c would.
 * Memory:  a reply is decoded into drive_arena, which drive_forget() empties.
 * Threads: one, beside the writer.
 */
#ifndef PARLEY_LOOP_DRIVE_H
#define PARLEY_LOOP_DRIVE_H
#include "config.h"
#include "front.h"
#include "io/clock.h"
#include "io/wait.h"
#include "loop.h"
#include "store/entities.h"
#include "teller.h"

#include "unit/cmocka_all.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { DRIVE_WAIT_MS = 60000, DRIVE_ARENA_BYTES = 256 * 1024 * 1024 };

struct drive_answer {
    enum operation operation;
    bool is_there;
    bool is_refused;
    struct err err;
    struct bus_reply_info info;
    struct buf bytes;
};

struct queue writes;
static pthread_mutex_t drive_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t drive_filled;
static size_t drive_open_n;
static char drive_folder[64];
static struct arena drive_arena;

/* The writer's thread calls these. */
void front_answer(struct work *work)
{
    struct bus_request *rq = work->rq;
    struct drive_answer *answer = (struct drive_answer *)(uintptr_t)rq->request_id;
    pthread_mutex_lock(&drive_lock);
    answer->is_there = true;
    answer->is_refused = work->is_refused;
    answer->err = work->err;
    answer->info = work->info;
    answer->bytes = work->reply;
    drive_open_n--;
    pthread_cond_signal(&drive_filled);
    pthread_mutex_unlock(&drive_lock);
    free(rq->frames);
    free(rq);
    free(work);
}

void teller_tell(const struct told *told, size_t n, bool wakes_sender)
{
    (void)told;
    (void)n;
    (void)wakes_sender;
}

bool event_data(struct txn *txn, int64_t tenant, const struct settings *settings, struct str type, struct id object,
                struct str *json, struct err *err)
{
    (void)txn;
    (void)tenant;
    (void)settings;
    (void)type;
    (void)object;
    (void)err;
    *json = (struct str){ 0 };
    return true;
}

static const char *drive_lookup(const char *variable)
{
    static char store[96];
    (void)snprintf(store, sizeof store, "lmdb:%s/store", drive_folder);
    if (strcmp(variable, "STORE_URL") == 0)
        return store;
    if (strcmp(variable, "RUN_DIR") == 0)
        return drive_folder;
    return strcmp(variable, "PLIVO_FROM_NUMBER") == 0 ? "+15550100000" : NULL;
}

static inline void drive_start(void)
{
    struct err err = { 0 };
    queue_init(&writes, -1);
    if (!config_load_from(&worker_config_table, drive_lookup, &worker_config, &err) ||
        !loop_open(&worker_config, &err) || !loop_start(&worker_config, &err))
        fail_msg("%s: %s", err.field, err.text);
}

static inline void drive_stop(void)
{
    loop_stop();
    loop_close();
    queue_release(&writes);
}

/* In memory where the machine has a file system for it: thousands of commits are about order here, not about the disk. */
static inline void drive_begin(void)
{
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(drive_folder, sizeof drive_folder, "%s/parley-drive-XXXXXX", base);
    assert_non_null(mkdtemp(drive_folder));
    arena_init(&drive_arena, DRIVE_ARENA_BYTES);
    wait_init(&drive_filled);
    drive_start();
}

static inline void drive_end(void)
{
    char command[128];
    drive_stop();
    arena_release(&drive_arena);
    (void)snprintf(command, sizeof command, "rm -r '%s'", drive_folder);
    assert_int_equal(system(command), 0);
}

/* `answer` must stay where it is until drive_wait() has returned; drive_forget() gives it back. */
static inline void drive_ask(enum operation operation, struct id id, const void *request, struct drive_answer *answer)
{
    struct bus_request *rq = calloc(1, sizeof *rq);
    struct buf body;
    buf_init(&body, BUS_FRAME_MAX_BYTES);
    assert_non_null(rq);
    assert_true(record_encode(operation_row(operation)->request, request, &body));
    *answer = (struct drive_answer){ .operation = operation };
    rq->operation = operation;
    rq->request_id = (uint64_t)(uintptr_t)answer;
    rq->tenant = 1;
    rq->actor = STR("test");
    rq->operation_id = id;
    rq->frames = malloc(body.n + 1);
    assert_non_null(rq->frames);
    memcpy(rq->frames, buf_str(&body).p, body.n);
    rq->body = str_bytes(rq->frames, body.n);
    buf_release(&body);
    struct work *work = work_new(rq);
    assert_non_null(work);
    pthread_mutex_lock(&drive_lock);
    drive_open_n++;
    pthread_mutex_unlock(&drive_lock);
    assert_true(queue_push(&writes, work));
}

static inline void drive_wait(void)
{
    const int64_t until_us = clock_boot_us() + DRIVE_WAIT_MS * INT64_C(1000);
    pthread_mutex_lock(&drive_lock);
    while (drive_open_n > 0 && wait_until(&drive_filled, &drive_lock, until_us))
        continue;
    size_t left = drive_open_n;
    pthread_mutex_unlock(&drive_lock);
    if (left > 0)
        fail_msg("%zu requests were not answered within %d ms", left, DRIVE_WAIT_MS);
}

/* Decodes what came; asserts that it was not refused. */
static inline void drive_reply(const struct drive_answer *answer, void *reply)
{
    struct err err;
    if (answer->is_refused)
        fail_msg("%s: %s: %s", operation_row(answer->operation)->name, answer->err.field, answer->err.text);
    if (!record_decode(operation_row(answer->operation)->reply, buf_str(&answer->bytes), &drive_arena, reply, &err))
        fail_msg("%s: %s", operation_row(answer->operation)->name, err.text);
}

static inline void drive_forget(struct drive_answer *answers, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_release(&answers[i].bytes);
    arena_reset(&drive_arena);
}

/* One request and its answer. */
static inline void drive_once(enum operation operation, const void *request, void *reply)
{
    struct drive_answer answer;
    drive_ask(operation, (struct id){ 0 }, request, &answer);
    drive_wait();
    drive_reply(&answer, reply);
    buf_release(&answer.bytes);
}

#endif

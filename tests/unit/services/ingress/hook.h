/* hook.h - one webhook that waits for its answer, on a thread of its own if a test wants; and a folder's end. */
#ifndef PARLEY_TESTS_HOOK_H
#define PARLEY_TESTS_HOOK_H
#include <dirent.h>
#include <limits.h>
#include <unistd.h>

#include "ack.h"
#include "unit/services/ingress/peer_double.h"

struct hook {
    char uuid[PEER_UUID_BYTES];
    const char *text;
    pthread_t thread;
    enum ack_answer answer;
    bool has_reply;
    char reply[64];
    int64_t took_ms;
};

static inline void *hook_run(void *arg)
{
    struct hook *hook = arg;
    struct arena arena;
    struct buf bytes;
    struct err err;
    struct event event;
    struct inbound_answer answer;
    arena_init(&arena, 1 << 20);
    buf_init(&bytes, EVENT_MAX_BYTES);
    struct plivo_inbound in = { .uuid = str_of(hook->uuid),
                                .from = STR("+15550100123"),
                                .to = STR("+15550100000"),
                                .text = str_of(hook->text),
                                .type = STR("sms") };
    struct arrival arrival = { .received_at = clock_wall_ms(), .ingress = STR("test") };
    assert_true(event_from_inbound(&in, &arrival, &arena, &bytes, &event, &err));
    int64_t began_ms = clock_boot_ms();
    hook->answer = ack_wait(&event, &arena, &answer);
    hook->took_ms = clock_boot_ms() - began_ms;
    hook->has_reply = hook->answer == ACK_COMMITTED && str_is_set(answer.reply_text);
    if (hook->has_reply)
        (void)snprintf(hook->reply, sizeof hook->reply, "%.*s", STR_ARGS(answer.reply_text));
    arena_release(&arena);
    buf_release(&bytes);
    return NULL;
}

static inline struct hook hook_of(const char *uuid, const char *text)
{
    struct hook hook = { .text = text };
    (void)snprintf(hook.uuid, sizeof hook.uuid, "%s", uuid);
    return hook;
}

static inline enum ack_answer webhook(const char *uuid, const char *text)
{
    struct hook hook = hook_of(uuid, text);
    (void)hook_run(&hook);
    return hook.answer;
}

static inline void hook_begin(struct hook *hook)
{
    assert_int_equal(pthread_create(&hook->thread, NULL, hook_run, hook), 0);
}

static inline void hook_end(struct hook *hook)
{
    assert_int_equal(pthread_join(hook->thread, NULL), 0);
}

static inline void folder_remove(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    while (dir && (entry = readdir(dir)) != NULL) {
        char file[PATH_MAX];
        (void)snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        (void)unlink(file);
    }
    if (dir)
        (void)closedir(dir);
    (void)rmdir(path);
}

#endif

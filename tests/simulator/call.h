/* call.h - one call of Plivo's to a webhook: an inbound message or a delivery report, and who waits for its first try.
 *
 * Promise: the form is made once, so that every try carries the same parameters; each try is signed anew.
 * Memory:  heap; call_free(). A waiter lives on the stack of the one who waits.
 * Threads: the world's lock, but for what carrier.c keeps beside it while a try runs.
 * Source:  plivo.md sections 2 and 4.
 */
#ifndef PARLEY_SIM_CALL_H
#define PARLEY_SIM_CALL_H
#include "base/buf.h"
#include "message.h"
#include <pthread.h>

enum call_kind { CALL_INBOUND, CALL_REPORT };
enum { CALL_FORM_MAX_BYTES = 256 * 1024, CALL_ANSWER_MAX_BYTES = 64 * 1024 };

/* Somebody who waits for a call's first try, or just for a while. */
struct waiter {
    struct waiter *next; /* world.h: all that wait */
    pthread_cond_t changed;
    bool is_done;
    int status; /* 0: no answer came */
    struct buf body;
    int64_t elapsed_us;
};

struct call {
    struct call *next;
    struct call **at;        /* while it flies: what points to it */
    enum call_kind kind;
    struct message *message; /* NULL after a reset */
    struct waiter *waiter;   /* NULL: nobody waits, or no longer */
    char *url;
    char *form;
    bool is_get;
    bool is_forged;   /* signed with a wrong token */
    bool is_repeat;   /* of webhook_duplicate: not repeated again */
    enum sim_state state; /* that it tells of */
    size_t tries;
    int64_t due_us;
};

/* The inbound webhook, or the report of the message's state as it stands. NULL: no memory, or too long. */
struct call *call_new_inbound(struct message *m, const char *url, bool is_get);
struct call *call_new_report(struct message *m);
/* One more of the same. */
struct call *call_dup(const struct call *call);
void call_free(struct call *call);
/* It will not be tried (again): who waits hears of status 0, the message loses a name, the call is freed. */
void call_drop(struct call *call);
/* Tells who waits, if anybody does; once. */
void call_tell_waiter(struct call *call, int status, struct str body, int64_t elapsed_us);

/* Those to be started now, and those whose try runs. */
struct calls {
    struct call *ready_first, *ready_last;
    struct call *flying;
};

void calls_ready(struct calls *calls, struct call *call);
/* The next to start; it is flying then. NULL: none. */
struct call *calls_take(struct calls *calls);
/* A flying one is back. */
void calls_landed(struct call *call);
/* Drops the ready ones; the flying ones no longer know their message. */
void calls_clear(struct calls *calls);
/* Nobody waits there any more. */
void calls_forget_waiter(struct calls *calls, const struct waiter *waiter);

#endif

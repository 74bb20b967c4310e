/* ask.h - the worker, as the api asks it: tries that repeat themselves inside a deadline.
 *
 * Promise: a question ends with the worker's answer, its refusal, or ERR_BUSY after ASK_DEADLINE_MS. While the worker is silent the
 *          same question goes out again, a command with the same operation id, so that it is done once (P2).
 * Units:   ms.
 * Memory:  a reply's text lives in the caller's arena.
 * Threads: ask() from any.
 */
#ifndef PARLEY_API_ASK_H
#define PARLEY_API_ASK_H
#include "io/bus.h"

enum {
    ASK_DEADLINE_MS = 5000,
    ASK_TRY_MS = 1000,       /* a worker that was killed with our question in its hand never answers it */
    ASK_CONNECTED_MS = 3000, /* three of the bus's pings */
};

/* The part that owns the connection (service.h). */
bool ask_start(const void *config, struct err *err);
bool ask_ready(struct err *why);
void ask_stop(void);

MUST_USE bool ask(enum operation operation, const struct bus_context *context, const void *request, struct arena *arena,
                  void *reply, struct bus_reply_info *info, struct err *err);
/* One try, for those who have a loop of their own. */
MUST_USE bool ask_once(enum operation operation, const struct bus_context *context, const void *request,
                       struct arena *arena, void *reply, int64_t timeout_ms, struct err *err);
bool ask_is_connected(void);

#endif

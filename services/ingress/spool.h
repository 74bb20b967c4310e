/* spool.h - events that cannot wait for the worker any longer, written to disk in their order.
 *
 * Promise: I1 a ticket is told SPOOL_STORED or SPOOL_KNOWN only when its event is on stable storage (P1). I2 tickets are stored in the order
 *          in which they were put. I3 every ticket is told once. I4 however many wait, they share one sync (group commit).
 *          A failed transaction refuses every ticket in it and is counted; for SPOOL_PAUSE_MS nothing more is taken.
 * Units:   tickets are bounded by the requests that wait (one each); refused requests on their way by REJECTED_WAITING_MAX.
 * Memory:  a ticket is heap, its event copied into it; spool_put() takes it over.
 * Threads: one of its own owns the write transaction. The other functions: any thread.
 */
#ifndef PARLEY_INGRESS_SPOOL_H
#define PARLEY_INGRESS_SPOOL_H
#include "event.h"

enum {
    SPOOL_PAUSE_MS = 1000,
    SPOOL_ROOM_BYTES = 128 * 1024, /* with less room than a large event takes, a spool counts as full */
    REJECTED_WAITING_MAX = 64, /* a flood of refused requests must cost neither memory nor syncs */
    REJECTED_EVERY_MS = 1000,  /* they wait this long for company */
};

enum spool_result { SPOOL_STORED, SPOOL_KNOWN, SPOOL_REFUSED };

struct ack;

struct spool_ticket {
    struct spool_ticket *next;
    enum spool_lane lane;
    struct ack *waiter; /* guarded by its lane's lock; NULL once it has its answer */
    struct spool_identity identity;
    int64_t received_at;
    bool is_opt_out;
    enum spool_result result;
    int64_t sequence; /* of what is stored, or was */
    size_t n;
    char bytes[];
};

/* Called on the spool's thread after each transaction: its tickets in their order, which the callee frees, and how many entries
 * have left each lane. */
typedef void spool_done(struct spool_ticket *tickets, const int64_t removed[SPOOL_LANES]);

MUST_USE bool spool_start(const char *folder, int64_t max_bytes, spool_done *done, struct err *err);
/* Writes what was put, then ends. */
void spool_stop(void);

/* NULL: no memory. */
MUST_USE struct spool_ticket *spool_ticket_new(const struct event *event);
void spool_put(struct spool_ticket *ticket);
/* Whether it makes sense to put: not full, and no transaction has failed lately. */
bool spool_can_take(void);

/* Events of a lane, on disk. */
int64_t spool_waiting(enum spool_lane lane);
/* Entries of a lane behind `after`. As spool_list() of io/spool_store.h. */
MUST_USE bool spool_next(enum spool_lane lane, int64_t after, size_t max_n, size_t max_bytes, struct arena *arena,
                         struct spool_entry **out, size_t *n, struct err *err);
/* The entries of a lane up to and with that one are done with: they go with the next transaction that succeeds. Never waits. */
void spool_done_through(enum spool_lane lane, int64_t sequence);

/* Keeps an event that its peer refused for good, in the transaction that removes it from its lane (tell spool_done_through() next).
 * False: no memory. */
MUST_USE bool spool_set_aside(enum spool_lane lane, const struct spool_entry *entry, const char *reason);

/* Takes these off their shelf, and waits until that is on stable storage. False: nothing of it is. One caller at a time. */
MUST_USE bool spool_forget(enum spool_shelf shelf, const int64_t *sequences, size_t n, struct err *err);
/* For reading what stands on its shelves. */
struct spool_store *spool_opened(void);

/* Keeps a refused request, soon; drops and counts it when too many are on their way. Never waits. */
void spool_keep_rejected(const struct rejected_request *request);

#endif

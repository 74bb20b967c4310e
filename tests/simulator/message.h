/* message.h - one text that Plivo carries, or carried: its fields, its state, and how it looks in Plivo's records.
 *
 * Promise: M1 text and URLs are owned by the message and never change after message_new().
 *          M2 a final state is never left; `sequence` counts the states that were told or dropped.
 * Units:   …_ms Unix time; …_us CLOCK_BOOTTIME; units are segments (1 for an MMS).
 * Memory:  heap; message_free(), and free() for a text_new(). JSON is a new reference.
 * Threads: none of its own: the world's lock.
 * Source:  plivo.md sections 1, 4 and 5.
 */
#ifndef PARLEY_SIM_MESSAGE_H
#define PARLEY_SIM_MESSAGE_H
#include "base/base.h"
#include "base/id.h"
#include "domain/address.h"
#include "faults.h"

struct call;

/* clang-format off */
/*    enumerator         Plivo's word   final */
#define SIM_STATES(X)                      \
    X(SIM_QUEUED,        "queued",      false) \
    X(SIM_SENT,          "sent",        false) \
    X(SIM_DELIVERED,     "delivered",   true)  \
    X(SIM_UNDELIVERED,   "undelivered", true)  \
    X(SIM_FAILED,        "failed",      true)  \
    X(SIM_REJECTED,      "rejected",    true)  \
    X(SIM_RECEIVED,      "received",    true)
/* clang-format on */

enum sim_state {
#define X(enumerator, word, is_final) enumerator,
    SIM_STATES(X)
#undef X
};

const char *sim_state_word(enum sim_state state);
bool sim_state_is_final(enum sim_state state);

enum sim_by { BY_PARLEY, BY_PLIVO, BY_PHONE };

enum { MESSAGE_MEDIA_MAX = 10, MESSAGE_PEER_BYTES = 46 };

struct sim_address {
    char text[ADDRESS_BYTES_MAX + 1];
};

struct message {
    struct message *older, *newer;  /* book.h: all messages in the order of arrival */
    struct message *next_in_bucket; /* book.h: those with the same hash */
    struct message *next_in_queue;  /* queue.h: its number's queue */
    struct id_text uuid;
    enum sim_by by;
    struct sim_address from, to;
    char *text;
    char *media[MESSAGE_MEDIA_MAX];
    size_t media_n;
    bool is_mms;
    bool is_number_hidden; /* log=false */
    char *callback_url;    /* NULL: no reports wanted */
    bool is_callback_get;
    char peer[MESSAGE_PEER_BYTES];
    int64_t units;
    char powerpack[37]; /* uuid of the one that sent it, or that has the number which it came to; "" for none */
    const char *intent; /* MessageIntent of an inbound one; a literal */

    enum sim_state state;
    int64_t error_code;
    int64_t sequence;
    int64_t accepted_ms, sent_ms, reported_ms, updated_ms; /* 0: not yet */
    int64_t expiry_s;                                      /* as asked for, or Plivo's default */
    int64_t expires_us;                                    /* while it waits in its number's queue */
    bool is_on_phone;
    enum fault_final final; /* what the carrier will say, and with which code */
    int64_t final_error;

    struct call *reports; /* not yet tried, in the order in which they go */
    bool is_reporting;    /* one of them is on its first try */
    bool is_held;         /* reports wait until the send is answered */
    bool is_reordered;
    unsigned acked;       /* bit s: a report of state s got its 2xx; of an inbound message SIM_RECEIVED: its webhook did */
    unsigned pending; /* events, calls and handlers that still name it; only at 0 may it be forgotten */
};

/* A copy with its NUL; of an unset str the empty one. NULL: no memory. */
char *text_new(struct str text);

/* What stands in `template` (uuid, by, addresses, flags, peer, times) and copies of the texts. `callback_url` may be
 * unset. NULL: no memory. */
struct message *message_new(const struct message *template, struct str text, const struct str *media, size_t media_n,
                            struct str callback_url);
void message_free(struct message *m);

static inline bool message_is_inbound(const struct message *m)
{
    return m->by == BY_PHONE;
}

/* "0.00550": the price of one unit as it stands now; "0.00000" while and where nothing is charged. */
struct sim_amount {
    char text[24];
};
struct sim_amount message_rate(const struct message *m);
struct sim_amount message_total(const struct message *m);

/* Without '+', as Plivo writes numbers. Borrowed. */
struct str plivo_form(const struct sim_address *address);

/* "2026-03-02 17:04:05.123000", UTC. */
enum { PLIVO_TIME_BYTES = 27 };
void plivo_time(int64_t ms, char out[PLIVO_TIME_BYTES]);

/* Plivo's record of GET Message/. */
json_t *message_record(const struct message *m, const char *auth_id);
/* One of GET /sim/phones/{number}/messages. */
json_t *message_on_phone(const struct message *m);
/* One of GET /sim/messages. */
json_t *message_accepted(const struct message *m);
/* One of GET /sim/received. */
json_t *message_received(const struct message *m);

#endif

/* world.h - everything the simulated Plivo knows and what becomes of it, under one lock.
 *
 * Promise: W1 a message leaves its number's queue in order, at the number's rate; one that waits past its expiry fails with 420.
 *          W2 reports of a message start in the order of its states, one at a time, the next when the first try of the one
 *             before has ended; a repeat of an earlier one may therefore overtake. Faults change that where they say so.
 *          W3 only a first try is waited for; repeats run in the background after the waits of SIM_RETRY_MS.
 * Units:   …_us CLOCK_BOOTTIME, …_ms Unix time.
 * Memory:  in memory only, bounded by BOOK_MESSAGES_MAX, NUMBERS_MAX, OPTOUTS_MAX, POWERPACKS_MAX, AGENDA_MAX. A reset forgets all but the
 *          account's numbers of the configuration.
 * Threads: every function but world_start(), world_stop(), world_token() and world_lock() wants the lock held. One condition variable per waiter.
 * Source:  contract.md, section Simulator; plivo.md.
 */
#ifndef PARLEY_SIM_WORLD_H
#define PARLEY_SIM_WORLD_H
#include "agenda.h"
#include "base/secret.h"
#include "book.h"
#include "call.h"
#include "config.h"
#include "faults.h"
#include "optout.h"
#include "powerpacks.h"

enum {
    NUMBERS_MAX = 64,
    TOKENS_MAX = 8,
    RETRIES_MAX = 8,
    URL_MAX_BYTES = 2048,
    EXPIRY_DEFAULT_S = 10800,
};

/* A number of the account, and what waits to leave it. */
struct number {
    struct sim_address address;
    struct message *first, *last;
    size_t waiting;
    int64_t last_left_us, last_units; /* of the one that left last: the rate counts from there */
};

struct world {
    struct str auth_id;
    struct secret tokens[TOKENS_MAX];
    size_t tokens_n;
    double number_rate;
    int64_t retry_us[RETRIES_MAX];
    size_t retries_n;
    char first_message_url[URL_MAX_BYTES];

    char message_url[URL_MAX_BYTES]; /* of the one application, as it stands now */
    bool is_message_get;
    struct number numbers[NUMBERS_MAX];
    size_t numbers_n, numbers_configured;
    struct book book;
    struct optouts optouts;
    struct powerpacks powerpacks;
    struct faults faults;
    struct dice dice;
    struct agenda agenda;
    int64_t expiry_look_us; /* when the queues are looked through next */
    struct calls calls;
    struct waiter *waiters;
    bool has_news; /* the carrier should look before it planned to */
    bool is_stopping;
};

/* Fills the world from the configuration. False: *err names the variable. */
MUST_USE bool world_start(const struct sim_config *config, struct err *err);
void world_stop(void);
/* The token that signs; it never changes after world_start(), so no lock. */
const struct secret *world_token(void);
/* `wake` is called after an unlock whenever there is something for the carrier to look at. */
void world_on_news(void (*wake)(void));
struct world *world_lock(void);
void world_unlock(struct world *world);

/* The account's number of that address; NULL: not ours. */
struct number *world_number(struct world *world, const struct sim_address *address);
/* The same, made where it is missing. NULL: there are NUMBERS_MAX. */
struct number *world_number_made(struct world *world, const struct sim_address *address);

/* Takes an outbound message into its number's queue (m->from must be ours) and tells `queued`. With `is_held`, reports wait for
 * world_answered(). False: full, m is still the caller's. */
MUST_USE bool world_accept(struct world *world, struct message *m, int64_t expiry_s, bool is_held);
/* The send was answered, or will not be: reports may go. Unknown uuids (a reset came between) are nothing. */
void world_answered(struct world *world, struct str uuid);

/* Takes an inbound message, lets Plivo's opt-out service react, and calls the webhook; `waiter` may be NULL.
 * False: full, m is still the caller's. */
MUST_USE bool world_receive(struct world *world, struct message *m, struct waiter *waiter);
/* The same webhook once more. */
MUST_USE bool world_receive_again(struct world *world, struct message *m, struct waiter *waiter);
/* The waiter will be done when the report that goes next has been tried once. False: there is none. */
MUST_USE bool world_await_report(struct message *m, struct waiter *waiter);

/* Waits, unlocked, until the waiter is done, `timeout_ms` have passed, or the process stops. Then it belongs to nobody else. */
void waiter_init(struct waiter *waiter);
void world_wait(struct world *world, struct waiter *waiter, int64_t timeout_ms);
void waiter_release(struct waiter *waiter);

/* From now on nobody is made to wait: the process stops. */
void world_release_waiters(struct world *world);

/* Back to the beginning, faults and opt-outs included. */
void world_reset(struct world *world);
void world_set_faults(struct world *world, const struct faults *faults);

/* --- for the carrier --- */

/* Lets everything happen that is due. Returns when to look again at the latest; INT64_MAX: not before news. */
int64_t world_tick(struct world *world, int64_t now_us);
/* A try has ended: status 0 without an answer. The call is freed, or will be tried again. */
void world_call_ended(struct world *world, struct call *call, int status, struct str body, int64_t elapsed_us);

#endif

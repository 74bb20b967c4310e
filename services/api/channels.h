/* channels.h - one channel a tenant: its feed, kept whole from the worker's broadcast and log.
 *
 * Promise: H1 a gap in the broadcast is filled from the log before anything behind it stands in a feed. H2 a channel opens with the
 *          log's head, read while the subscription stands: nothing after it is missed. H3 a head below ours is believed only when the
 *          log says so; then the feed restarts, which its readers see in `restarts`. H4 CHANNELS_LINGER_MS after its last client left
 *          the api follows nothing any more: then the worker makes no data of events, and the feeds forget all.
 * Units:   ms of CLOCK_BOOTTIME; at most FEEDS_MAX tenants.
 * Memory:  channels live until channels_stop().
 * Threads: one reader thread owns the subscriber and alone fills the feeds. Clients read a feed between channels_lock() and
 *          channels_unlock(), and sleep in channels_wait(); nobody calls the worker or writes to a socket under the lock.
 */
#ifndef PARLEY_API_CHANNELS_H
#define PARLEY_API_CHANNELS_H
#include "feed.h"
#include "wire/schema.h"

enum { FEEDS_MAX = 64, CHANNELS_LINGER_MS = 60000 }; /* a page that is loaded again finds the feed */

struct channel {
    struct feed feed;
    int64_t retry_at_ms; /* the reader's: when it asks the log again */
    int gap_tries;       /* the reader's: how often it asked in vain */
};

/* The part of the service. */
bool channels_start(const void *config, struct err *err);
/* Every client that waits wakes up and sees channels_are_ending(). */
void channels_end_all(void);
void channels_stop(void);

/* The tenant's channel, with its head known; channel_leave() ends it. False: ERR_BUSY, and nothing to leave. */
MUST_USE bool channel_open(int64_t tenant, struct arena *arena, struct channel **out, struct err *err);
void channel_leave(void);
/* One page of the worker's log. */
MUST_USE bool channel_read_log(int64_t tenant, int64_t after, struct arena *arena, struct events_page *page,
                               struct err *err);

void channels_lock(void);
void channels_unlock(void);
/* Under the lock. */
bool channels_are_ending(void);
/* Under the lock, which it gives up while it sleeps: until something changed, the time came, or for nothing. */
void channels_wait(int64_t until_ms);

#endif

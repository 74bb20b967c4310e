/* stream.h - GET /events: every event of a tenant, in order, without a gap (P9); the handler, events_stream(), stands in routes.h.
 *
 * Promise: S1 a client that resumes after number N gets every event after N, from the ring or from the worker's log, or `reset`.
 *          S2 a client too slow for the ring gets `reset`; it never slows another one. S3 a gap in the broadcast is filled from the log
 *          before anything behind it is told. S4 a stream ends when its key or session does.
 * Units:   API_STREAMS_MAX clients; a comment every STREAM_COMMENT_MS; at most FEEDS_MAX tenants.
 * Memory:  one ring a tenant (feed.h); a client holds a thread's stack and, while it writes, FEED_READ_MAX_BYTES.
 * Threads: one reader owns the subscriber and alone fills the rings. Each client is served by its connection's thread, which sleeps on
 *          one condition shared by all.
 */
#ifndef PARLEY_API_STREAM_H
#define PARLEY_API_STREAM_H
#include "base/err.h"

enum { STREAM_COMMENT_MS = 15000, STREAM_RETRY_MS = 2000, FEEDS_MAX = 64 };

bool stream_start(const void *config, struct err *err);
/* All streams end within moments; no new one begins. */
void stream_end_all(void);
void stream_stop(void);

#endif

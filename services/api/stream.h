/* stream.h - GET /events: every event of a tenant, in order, without a gap (P9); the handler, events_stream(), stands in routes.h.
 *
 * Promise: S1 a client that resumes after number N gets every event after N, from the ring or from the worker's log, or `reset`.
 *          S2 a client too slow for the ring gets `reset`; it never slows another one. S3 a stream ends when its key or session does,
 *          a comment's time later at most.
 * Units:   API_STREAMS_MAX clients; a comment every STREAM_COMMENT_MS.
 * Memory:  a client holds a thread's stack and, while it writes, at most FEED_READ_MAX_BYTES or one page of the log.
 * Threads: each client is served by its connection's thread. stream_init() before the first.
 * Source:  WHATWG HTML section 9.2.
 */
#ifndef PARLEY_API_STREAM_H
#define PARLEY_API_STREAM_H
#include <stdint.h>

enum { STREAM_COMMENT_MS = 15000, STREAM_RETRY_MS = 2000 };

void stream_init(int64_t streams_max);

#endif

/* answer.h - an HTTP/1 answer that arrives in pieces, read as far as a sender of webhooks needs: status, body, and whether the
 * connection may be used again.
 *
 * Promise: cut anywhere, the bytes give the same answer. 1xx answers are passed over. A body is framed by Transfer-Encoding
 *          (chunked), Content-Length or the end of the connection, in this order; of a body over its buffer's maximum the
 *          rest is read and dropped.
 * Units:   a header of at most ANSWER_HEADER_MAX_BYTES; more is ANSWER_BROKEN.
 * Memory:  owned; answer_release(). An answer_clear() keeps it for the next.
 * Threads: one owner at a time.
 * Source:  RFC 9112 sections 6 and 7.
 */
#ifndef PARLEY_SIM_ANSWER_H
#define PARLEY_SIM_ANSWER_H
#include "base/buf.h"

enum { ANSWER_HEADER_MAX_BYTES = 16 * 1024 };

enum answer_state {
    ANSWER_HEADER,      /* its lines are collected */
    ANSWER_BODY,        /* `left` bytes of it are to come */
    ANSWER_BODY_TO_END, /* until the connection ends */
    ANSWER_CHUNK_SIZE,  /* the line before a chunk */
    ANSWER_CHUNK,       /* `left` bytes of it are to come, line end included */
    ANSWER_TRAILER,     /* lines up to the blank one */
    ANSWER_DONE,
    ANSWER_BROKEN,
};

struct answer {
    enum answer_state state;
    struct buf lines; /* what of a header or of a chunk's line has come */
    struct buf body;
    uint64_t left;
    int status;
    bool is_kept; /* the peer will take another request on this connection */
};

void answer_init(struct answer *answer, size_t body_max_bytes);
void answer_release(struct answer *answer);
/* Ready for the next answer. */
void answer_clear(struct answer *answer);

/* Takes the next bytes; those behind the end of an answer make the connection unfit for another. */
void answer_take(struct answer *answer, struct str bytes);
/* The peer has ended the connection: the answer is ANSWER_DONE or ANSWER_BROKEN then. */
void answer_end(struct answer *answer);

static inline bool answer_is_over(const struct answer *answer)
{
    return answer->state == ANSWER_DONE || answer->state == ANSWER_BROKEN;
}

#endif

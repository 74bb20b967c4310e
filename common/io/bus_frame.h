/* bus_frame.h - how a reply lies in its frame: 4 bytes big-endian with the header's length, the header, the body.
 *
 * Promise: a reply is one frame. A DEALER that has begun to read a message of several may lose the rest of it when its peer goes, and
 *          libzmq then ends the process (fq.cpp: !_more; with ZMQ_IMMEDIATE a lost peer's pipe closes at once, whatever is left in it).
 * Memory:  borrowed from the frame.
 * Threads: pure.
 */
#ifndef PARLEY_BUS_FRAME_H
#define PARLEY_BUS_FRAME_H
#include "base/base.h"

enum {
    BUS_REPLY_PREFIX_BYTES = 4,
    BUS_REPLY_HEADER_ROOM = 8192, /* what prefix and header may add to a body of BUS_FRAME_MAX_BYTES */
};

static inline void bus_reply_prefix(size_t header_bytes, uint8_t out[BUS_REPLY_PREFIX_BYTES])
{
    for (int i = 0; i < BUS_REPLY_PREFIX_BYTES; i++)
        out[i] = (uint8_t)(header_bytes >> (8 * (BUS_REPLY_PREFIX_BYTES - 1 - i)));
}

/* False when it is no reply. */
MUST_USE static inline bool bus_reply_split(struct str frame, struct str *header, struct str *body)
{
    size_t n = 0;
    if (frame.n < BUS_REPLY_PREFIX_BYTES)
        return false;
    for (int i = 0; i < BUS_REPLY_PREFIX_BYTES; i++)
        n = n << 8 | (uint8_t)frame.p[i];
    if (n > frame.n - BUS_REPLY_PREFIX_BYTES)
        return false;
    *header = str_slice(frame, BUS_REPLY_PREFIX_BYTES, n);
    *body = str_slice(frame, BUS_REPLY_PREFIX_BYTES + n, frame.n);
    return true;
}

#endif

#include "io/chance.h"

#include "io/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

void chance_bytes(void *out, size_t n)
{
    char *at = out;
    while (n > 0) {
        ssize_t got = getrandom(at, n, 0);
        if (got < 0 && errno != EINTR)
            abort(); /* no kernel since 3.17 refuses; guessable keys would be worse than none */
        if (got > 0) {
            at += got;
            n -= (size_t)got;
        }
    }
}

uint64_t chance_below(uint64_t below)
{
    assert(below > 0);
    /* 2^64 is no multiple of `below`: the surplus at the bottom is drawn again, at most every second time */
    const uint64_t surplus = (UINT64_MAX - below + 1) % below;
    uint64_t v;
    do
        chance_bytes(&v, sizeof v);
    while (v < surplus);
    return v % below;
}

struct id chance_id(void)
{
    uint8_t chance[10];
    chance_bytes(chance, sizeof chance);
    return id_make(clock_wall_ms(), chance);
}

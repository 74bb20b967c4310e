#include "limits.h"

#include "domain/gcra.h"
#include "io/chance.h"

#include <pthread.h>

struct line {
    uint64_t who; /* 0: free */
    struct gcra gcra;
};

static struct {
    pthread_mutex_t lock;
    struct line lines[LIMIT_LINES];
    uint64_t seed; /* so that nobody can aim at another's line */
    int64_t per_request_us;
    int64_t burst;
} limits = { .lock = PTHREAD_MUTEX_INITIALIZER };

void limits_init(int64_t rate_per_s, int64_t burst)
{
    memset(limits.lines, 0, sizeof limits.lines);
    chance_bytes(&limits.seed, sizeof limits.seed);
    limits.per_request_us = 1000000 / rate_per_s;
    limits.burst = burst;
}

/* FNV-1a from a random start, and the finish of MurmurHash3 to spread it over all bits. */
static uint64_t hash_of(struct str who)
{
    uint64_t h = limits.seed ^ UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < who.n; i++)
        h = (h ^ (uint8_t)who.p[i]) * UINT64_C(0x100000001B3);
    h = (h ^ (h >> 33)) * UINT64_C(0xFF51AFD7ED558CCD);
    h ^= h >> 33;
    return h ? h : 1;
}

/* The asker's own line, else a free one, else the one of its set that owes least. */
static struct line *line_of(uint64_t who)
{
    struct line *set = &limits.lines[who % (LIMIT_LINES / LIMIT_WAYS) * LIMIT_WAYS];
    struct line *best = set;
    for (size_t i = 0; i < LIMIT_WAYS; i++) {
        if (set[i].who == who)
            return &set[i];
        if (set[i].gcra.tat_us < best->gcra.tat_us)
            best = &set[i];
    }
    *best = (struct line){ .who = who };
    return best;
}

bool limit_try(struct str who, int64_t now_us, int64_t *retry_after_s)
{
    int64_t retry_at_us = 0;
    uint64_t hash = hash_of(who);
    (void)pthread_mutex_lock(&limits.lock); /* cannot fail: a plain mutex, never locked twice */
    bool may = gcra_try(&line_of(hash)->gcra, now_us, limits.per_request_us, limits.burst, 1, &retry_at_us);
    (void)pthread_mutex_unlock(&limits.lock);
    if (!may)
        *retry_after_s = max_i64(1, (retry_at_us - now_us + 999999) / 1000000);
    return may;
}

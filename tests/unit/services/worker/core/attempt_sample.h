/* attempt_sample.h - the facts of one attempt, as most tests of the decisions begin: granted, nothing heard, valid for an hour. */
#ifndef PARLEY_ATTEMPT_SAMPLE_H
#define PARLEY_ATTEMPT_SAMPLE_H
#include "core/attempt.h"

#define NOW_MS INT64_C(1790000000000)

enum { HOUR_MS = 3600000 };

/* `attempts` are the standings, the last one is at hand. */
static inline struct attempt_facts facts_of(const struct standing *attempts, size_t n)
{
    return (struct attempt_facts){
        .attempts = attempts,
        .attempts_n = n,
        .at = n - 1,
        .class = CLASS_TRANSACTIONAL,
        .valid_until_ms = NOW_MS + HOUR_MS,
        .now_ms = NOW_MS,
    };
}

#endif

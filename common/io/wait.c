#include "io/wait.h"

#include "io/clock.h"

#include <time.h>

enum { NS_PER_S = 1000000000 };

void wait_init(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes); /* none of these can fail with these arguments */
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(cond, &attributes);
    (void)pthread_condattr_destroy(&attributes);
}

bool wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_boot_us)
{
    int64_t left_us = until_boot_us - clock_boot_us();
    struct timespec at;
    if (left_us <= 0)
        return false;
    (void)clock_gettime(CLOCK_MONOTONIC, &at); /* cannot fail: the clock exists */
    int64_t ns = (int64_t)at.tv_nsec + (left_us % 1000000) * 1000;
    at.tv_sec += (time_t)(left_us / 1000000 + ns / NS_PER_S);
    at.tv_nsec = (long)(ns % NS_PER_S);
    (void)pthread_cond_timedwait(cond, lock, &at); /* whatever woke us, the caller looks again */
    return clock_boot_us() < until_boot_us;
}

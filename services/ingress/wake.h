/* wake.h - one word that many threads sleep on and one call wakes them all.
 *
 * Promise: a wake_all() after wake_seen() is never missed: wake_wait() with that value then returns at once. It may also return for no reason.
 * Units:   microseconds.
 * Memory:  four bytes, zero at first.
 * Threads: any.
 * Source:  futex(2): a broadcast without the lock that a condition variable's sleepers would all queue for.
 */
#ifndef PARLEY_INGRESS_WAKE_H
#define PARLEY_INGRESS_WAKE_H
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct wake {
    _Atomic uint32_t word;
};

static inline uint32_t wake_seen(struct wake *wake)
{
    return atomic_load_explicit(&wake->word, memory_order_acquire);
}

static inline void wake_all(struct wake *wake)
{
    atomic_fetch_add_explicit(&wake->word, 1, memory_order_release);
    (void)syscall(SYS_futex, &wake->word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL,
                  0); /* says how many slept; nobody asks */
}

static inline void wake_wait(struct wake *wake, uint32_t seen, int64_t timeout_us)
{
    struct timespec timeout = { .tv_sec = timeout_us / 1000000, .tv_nsec = timeout_us % 1000000 * 1000 };
    if (timeout_us > 0)   /* whatever ends the wait, the caller looks at its facts again */
        (void)syscall(SYS_futex, &wake->word, FUTEX_WAIT_PRIVATE, seen, &timeout, NULL, 0);
}

#endif

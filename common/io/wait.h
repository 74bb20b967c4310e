/* wait.h - conditions that are waited for until a moment.
 *
 * Promise: a wait ends at its moment or a little later, whatever anybody does to the wall clock.
 * Units:   us of CLOCK_BOOTTIME (clock.h). pthread knows CLOCK_MONOTONIC only, so a machine that slept meanwhile wakes late; the caller's
 *          loop looks at the fact and the clock again.
 * Threads: as pthread's conditions: the lock is held by the caller.
 *
 *   while (!is_there && wait_until(&filled, &lock, until_us))
 *       continue;
 */
#ifndef PARLEY_WAIT_H
#define PARLEY_WAIT_H
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* A condition for wait_until(); pthread_cond_destroy() ends it. */
void wait_init(pthread_cond_t *cond);
/* Sleeps until the condition is signalled, or the moment. False: the moment has come. */
bool wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_boot_us);

#endif

/* clock.h - the two clocks, read nowhere else.
 *
 * Promise: a reading cannot fail; the boot clock never goes back.
 * Units:   ms: Unix time, for windows, send_at, validity and what people see. us: CLOCK_BOOTTIME, for waits, leases and limits;
 *          it never steps and goes on while the machine sleeps (design.md section 4).
 * Threads: call from any.
 */
#ifndef PARLEY_CLOCK_H
#define PARLEY_CLOCK_H
#include <stdint.h>

int64_t clock_wall_ms(void);
int64_t clock_boot_us(void);
static inline int64_t clock_boot_ms(void)
{
    return clock_boot_us() / 1000;
}

#endif

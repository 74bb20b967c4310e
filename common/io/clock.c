#include "io/clock.h"

#include <time.h>

int64_t clock_wall_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now); /* fails for unknown clocks only */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_boot_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_BOOTTIME, &now); /* fails for unknown clocks only */
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

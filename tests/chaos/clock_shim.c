/* clock_shim.c - LD_PRELOADed: a wall clock that is wrong by as much as a file says, for one process and its threads.
 *
 * Promise: CLOCK_REALTIME, time() and gettimeofday() are off by the milliseconds in the file CLOCK_SHIM_FILE, read anew
 *          at each look, so that whoever writes the file steps the clock. Every other clock is the kernel's own.
 * Units:   the file holds one int64, ms, in the machine's byte order; written whole, it is read whole.
 * Memory:  the file is mapped for the life of the process.
 * Threads: any.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { NS_PER_MS = 1000000, NS_PER_S = 1000000000 };

static const int64_t *offset_ms;

__attribute__((constructor)) static void map_offset(void)
{
    const char *path = getenv("CLOCK_SHIM_FILE");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *at = fd >= 0 ? mmap(NULL, sizeof *offset_ms, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (at == MAP_FAILED) {
        (void)fprintf(stderr, "clock_shim: CLOCK_SHIM_FILE names no file that can be mapped\n");
        _exit(3); /* a test with a right clock would prove nothing */
    }
    offset_ms = at;
    (void)close(fd); /* the mapping stays */
}

int clock_gettime(clockid_t id, struct timespec *out)
{
    long failed = syscall(SYS_clock_gettime, id, out);
    if (failed || !offset_ms || (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE))
        return (int)failed;
    int64_t ns = (int64_t)out->tv_sec * NS_PER_S + out->tv_nsec;
    ns += __atomic_load_n(offset_ms, __ATOMIC_RELAXED) * NS_PER_MS;
    out->tv_sec = (time_t)(ns / NS_PER_S);
    out->tv_nsec = (long)(ns % NS_PER_S);
    return 0;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    struct timespec now;
    (void)zone; /* obsolete, and nobody here asks */
    int failed = clock_gettime(CLOCK_REALTIME, &now);
    out->tv_sec = now.tv_sec;
    out->tv_usec = (suseconds_t)(now.tv_nsec / 1000);
    return failed;
}

time_t time(time_t *out)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now); /* fails for unknown clocks only */
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}

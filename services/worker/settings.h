/* settings.h - what operations need to know of the configuration and of the machine, handed to them as an argument.
 *
 * Promise: an operation sees the configuration only through this, so that it stays a function of its arguments.
 * Memory:  owned by the loop; const while a request is applied, but for the caches behind their pointers.
 * Threads: the writer's. Readers have their own copy without the caches.
 */
#ifndef PARLEY_WORKER_SETTINGS_H
#define PARLEY_WORKER_SETTINGS_H
#include "core/room_decide.h"

struct rule_cache;
struct settings_cache;

enum { FIRST_TENANT = 1 };

struct settings {
    double number_rate;          /* segments per second */
    double account_rate;         /* likewise, of all numbers together; 0: no limit */
    int64_t confirm_after_ms;
    int64_t unconfirmed_max_ms;
    int64_t silence_ms;
    int64_t event_days;
    int64_t aside_days;
    int64_t distrust_until_us;   /* boot clock; the clocks drifted apart: nothing is granted or expired before it */
    enum room room;              /* who is still let in: NEED_INBOUND is asked event by event */
    struct rule_cache *rules;
    struct settings_cache *tenants; /* apply/settings_cache.h; NULL: readers */
};

#endif

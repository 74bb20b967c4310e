/* loop_guard.h - the breaker that ends a conversation of two machines.
 *
 * Promise: L1 to one person at most `most` automatic answers leave in a window, and at most `most_same` of the same text.
 *          L2 once it has tripped, none leaves until the window is over. L3 who is a machine anyway gets none.
 * Units:   wall time in ms; a text by a hash of its bytes.
 * Memory:  a plain value, zeroed at birth, stored with the person.
 * Threads: pure; call from any.
 * Source:  plivo.md section 6, code 60 (loop detected).
 */
#ifndef PARLEY_LOOP_GUARD_H
#define PARLEY_LOOP_GUARD_H
#include "base/base.h"

enum { LOOP_TEXTS = 8 }; /* different texts that are counted apart in a window; of more, the rarest is forgotten */

struct loop_text {
    int64_t hash;
    int64_t n;
};

struct loop_guard {
    int64_t since_ms; /* when the window began; 0: never */
    int64_t n;
    struct loop_text texts[LOOP_TEXTS];
    bool has_tripped;
};

struct loop_limits {
    int64_t most, most_same, window_ms;
};

/* Never negative, so that it can be stored in a row. */
int64_t loop_hash(struct str text);

/* Why an answer with this text may not leave, for a person; NULL: it may. */
const char *loop_guard_look(const struct loop_guard *guard, const struct loop_limits *limits, int64_t hash,
                            int64_t now_ms);

/* It left. */
void loop_guard_count(struct loop_guard *guard, const struct loop_limits *limits, int64_t hash, int64_t now_ms);

/* It was stopped, or Plivo has seen a loop: nothing more until the window is over. */
void loop_guard_trip(struct loop_guard *guard, const struct loop_limits *limits, int64_t now_ms);

#endif

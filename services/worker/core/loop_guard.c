#include "core/loop_guard.h"

/* FNV-1a, 64 bits: a collision only makes two texts count as one, for one person and one window. */
int64_t loop_hash(struct str text)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < text.n; i++)
        hash = (hash ^ (unsigned char)text.p[i]) * UINT64_C(1099511628211);
    return (int64_t)(hash >> 1);
}

static bool is_over(const struct loop_guard *guard, const struct loop_limits *limits, int64_t now_ms)
{
    return guard->since_ms == 0 || now_ms - guard->since_ms >= limits->window_ms;
}

static int64_t count_of(const struct loop_guard *guard, int64_t hash)
{
    for (size_t i = 0; i < LOOP_TEXTS; i++)
        if (guard->texts[i].n > 0 && guard->texts[i].hash == hash)
            return guard->texts[i].n;
    return 0;
}

const char *loop_guard_look(const struct loop_guard *guard, const struct loop_limits *limits, int64_t hash,
                            int64_t now_ms)
{
    if (is_over(guard, limits, now_ms))
        return NULL;
    if (count_of(guard, hash) >= limits->most_same)
        return "The same automatic answer went to this person too often in a short time: stopped as a loop";
    if (guard->n >= limits->most)
        return "Too many automatic answers went to this person in a short time: stopped as a loop";
    return guard->has_tripped ? "Automatic answers to this person are stopped for a while: it looked like a loop"
                              : NULL;
}

static void begin_anew(struct loop_guard *guard, const struct loop_limits *limits, int64_t now_ms)
{
    if (is_over(guard, limits, now_ms))
        *guard = (struct loop_guard){ .since_ms = now_ms };
}

void loop_guard_count(struct loop_guard *guard, const struct loop_limits *limits, int64_t hash, int64_t now_ms)
{
    begin_anew(guard, limits, now_ms);
    guard->n++;
    size_t least = 0;
    for (size_t i = 0; i < LOOP_TEXTS; i++) {
        if (guard->texts[i].n > 0 && guard->texts[i].hash == hash) {
            guard->texts[i].n++;
            return;
        }
        if (guard->texts[i].n < guard->texts[least].n)
            least = i;
    }
    guard->texts[least] = (struct loop_text){ hash, 1 };
}

void loop_guard_trip(struct loop_guard *guard, const struct loop_limits *limits, int64_t now_ms)
{
    begin_anew(guard, limits, now_ms);
    guard->has_tripped = true;
}

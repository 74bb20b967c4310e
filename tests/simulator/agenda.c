#include "agenda.h"
#include <stdlib.h>

static bool is_before(const struct agenda_entry *a, const struct agenda_entry *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

static void swap(struct agenda_entry *a, struct agenda_entry *b)
{
    struct agenda_entry kept = *a;
    *a = *b;
    *b = kept;
}

static bool grow(struct agenda *agenda)
{
    if (agenda->n < agenda->capacity)
        return true;
    size_t capacity = agenda->capacity ? agenda->capacity * 2 : 1024;
    if (capacity > AGENDA_MAX * 2)
        return false;
    struct agenda_entry *v = reallocarray(agenda->v, capacity, sizeof *v);
    if (!v)
        return false;
    agenda->v = v;
    agenda->capacity = capacity;
    return true;
}

bool agenda_add(struct agenda *agenda, int64_t at_us, enum agenda_kind kind, void *what)
{
    if (agenda->n >= AGENDA_MAX || !grow(agenda))
        return false;
    size_t i = agenda->n++;
    agenda->v[i] = (struct agenda_entry){ at_us, agenda->next_order++, kind, what };
    for (; i > 0 && is_before(&agenda->v[i], &agenda->v[(i - 1) / 2]); i = (i - 1) / 2)
        swap(&agenda->v[i], &agenda->v[(i - 1) / 2]);
    return true;
}

bool agenda_take(struct agenda *agenda, int64_t now_us, struct agenda_entry *out)
{
    if (agenda->n == 0 || agenda->v[0].at_us > now_us)
        return false;
    *out = agenda->v[0];
    agenda->v[0] = agenda->v[--agenda->n];
    for (size_t i = 0;;) {
        size_t least = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < agenda->n; child++)
            if (is_before(&agenda->v[child], &agenda->v[least]))
                least = child;
        if (least == i)
            return true;
        swap(&agenda->v[i], &agenda->v[least]);
        i = least;
    }
}

int64_t agenda_next_us(const struct agenda *agenda)
{
    return agenda->n ? agenda->v[0].at_us : INT64_MAX;
}

void agenda_release(struct agenda *agenda)
{
    free(agenda->v);
    *agenda = (struct agenda){ 0 };
}

#include "core/state_windows.h"

#define X(state, weekday, saturday, sunday, holiday, most, source) { state, { weekday, saturday, sunday, holiday }, most, source },
static const struct state_window ROWS[] = { STATE_WINDOWS(X) };
#undef X

const struct state_window *state_window_find(struct str state)
{
    for (size_t i = 0; i < COUNT(ROWS); i++)
        if (str_is(state, ROWS[i].state))
            return &ROWS[i];
    return NULL;
}

bool is_us_state(struct str state)
{
    struct str rest = str_of(US_STATES);
    struct str item;
    while (str_next(&rest, ' ', &item))
        if (str_eq(item, state))
            return true;
    return false;
}

/* quiet_rules.h - a tenant's settings of quiet hours, read: which class has which window, and on which days none.
 *
 * Promise: what quiet_rules_check() let pass can be read; a text that cannot be counts as never set.
 * Units:   as quiet_hours.h.
 * Memory:  plain values.
 * Threads: pure; call from any.
 * Source:  contract.md: quiet hours hold bulk by default; a tenant can extend them. plivo.md section 12.
 */
#ifndef PARLEY_QUIET_RULES_H
#define PARLEY_QUIET_RULES_H
#include "core/state_windows.h"
#include "wire/schema.h"

enum { HOLIDAYS_MAX = 200 };

/* False: messages of this class may leave at any hour, wherever the person is. Of bulk a window of the whole day says only that the
 * tenant has no hours of its own: the hours and limits of states, and the holidays, still count. */
MUST_USE bool quiet_window_of(const struct settings_view *own, enum message_class class, struct day_window *out);

bool quiet_is_all_day(const struct day_window *window);

/* Whether there are days on which nothing that has quiet hours leaves. */
bool quiet_has_days(const struct settings_view *own);

/* The tenant's own holidays; returns how many. */
size_t quiet_holidays(const struct settings_view *own, struct calendar_date out[HOLIDAYS_MAX]);

/* A place's week: the class's window, and for bulk what the state allows. Texts of `state` as in state_windows.h. */
struct week_windows quiet_week(struct day_window of_class, const struct state_window *state);

/* False: ERR_INPUT names the setting that is no window or no date. `present`: record_bit()s of settings_view. */
MUST_USE bool quiet_rules_check(const struct settings_view *changes, uint64_t present, struct err *err);

#endif

/* tenant_settings.h - a tenant's settings: what was stored, filled up with the defaults, and what may be changed.
 *
 * Promise: a setting that was never set, or was set back to null, has the default of the table (wire/tenant_settings.h); a change
 *          outside its limits is refused by name and changes nothing.
 * Memory:  the view borrows from the row and from static texts.
 * Threads: pure.
 */
#ifndef PARLEY_WORKER_TENANT_SETTINGS_H
#define PARLEY_WORKER_TENANT_SETTINGS_H
#include "core/rows.h"

void tenant_settings_resolve(const struct settings_row *row, struct settings_view *out);

/* Enters those of `changes` whose bit (record_bit() of settings_view) is in `present`. False: ERR_INPUT names the setting. */
MUST_USE bool tenant_settings_change(struct settings_row *row, const struct settings_view *changes, uint64_t present,
                                     struct err *err);

#endif

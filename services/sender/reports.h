/* reports.h - delivery reports: taken from ingress as they came, understood, brought to the worker.
 *
 * Promise: ingress hears "committed" only after the worker's commit (P1); when the worker does not answer, ingress is
 *          told to come again. A report that cannot be read is answered as quarantined: coming again would not help.
 *          The HMAC is passed on, not judged here.
 * Units:   ms.
 * Memory:  one arena a batch, bounded.
 * Threads: one; it owns the bus server at SENDER_ENDPOINT.
 * Source:  design.md section 3 (report); plivo.md section 4.
 */
#ifndef PARLEY_REPORTS_H
#define PARLEY_REPORTS_H
#include "config.h"
#include "io/bus.h"

struct reports;

MUST_USE bool reports_start(struct reports **out, const struct sender_config *config, struct bus_client *worker,
                            struct err *err);
/* Ends the thread after the batch that it works on. */
void reports_stop(struct reports **reports);

/* One report as understood; its text borrows from *raw or lives in the arena.
 * False: it is no report of Plivo's; *err says which field, or ERR_TOO_BIG. */
MUST_USE bool report_read(const struct raw_report *raw, struct arena *arena, struct report_event *out, struct err *err);

#endif

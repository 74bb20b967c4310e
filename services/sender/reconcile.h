/* reconcile.h - asks Plivo what became of unconfirmed sends, and tells the worker what its list says.
 *
 * Promise: is_complete only when every page of the window was answered 200 and read whole. The worker alone decides
 *          what that means (P5).
 * Units:   ms; at most LOOK_PAGES_MAX pages of PLIVO_LIST_LIMIT records a look.
 * Memory:  one arena a look.
 * Threads: one; it owns its own connection.
 * Source:  plivo.md section 5, "Settling an unconfirmed send"; Plivo's limit of 300 requests in 5 s: pages are PAGE_GAP_MS apart,
 *          a third of it, so that two thirds are left for sending.
 */
#ifndef PARLEY_RECONCILE_H
#define PARLEY_RECONCILE_H
#include "config.h"
#include "hand.h"
#include "io/bus.h"

enum { LOOK_PAGES_MAX = 500, PAGE_GAP_MS = 50, WINDOW_MARGIN_MS = 60 * 1000 };

struct reconcile;

MUST_USE bool reconcile_start(struct reconcile **out, const struct sender_config *config, struct bus_client *worker,
                              struct hand *hand, struct err *err);
/* Ends the thread; a page that is being read is given up. hand_close() first, so that it does not sleep. */
void reconcile_stop(struct reconcile **reconcile);

#endif

/* reconcile.h - asks Plivo what became of unconfirmed sends, and tells the worker what its list says.
 *
 * Promise: is_complete only when every page of the window was answered 200 and read whole. The worker alone decides
 *          what that means (P5). A window with more than PIECE_PAGES_MAX pages is read in narrower pieces (core/look.h), and of what
 *          is read only what the attempts asked for need is kept, so a busy account's list is read as well as a quiet one's.
 * Units:   ms; at most LOOK_PAGES_MAX pages of PLIVO_LIST_LIMIT records a look: 400,000 sends, or 550 a second for 12 minutes.
 * Memory:  one arena a look, of at most RECORDS_MAX records.
 * Threads: one; it owns its own connection.
 * Source:  plivo.md section 5, "Settling an unconfirmed send"; Plivo's limit of 300 requests in 5 s: pages are PAGE_GAP_MS apart,
 *          a third of it, so that two thirds are left for sending.
 */
#ifndef PARLEY_RECONCILE_H
#define PARLEY_RECONCILE_H
#include "config.h"
#include "hand.h"
#include "io/bus.h"

enum {
    PIECE_PAGES_MAX = 100,
    LOOK_PAGES_MAX = 20000, /* those of pieces that proved too full included */
    RECORDS_MAX = 10000,
    PAGE_GAP_MS = 50,
    WINDOW_MARGIN_MS = 60 * 1000,
};

struct reconcile;

MUST_USE bool reconcile_start(struct reconcile **out, const struct sender_config *config, struct bus_client *worker,
                              struct hand *hand, struct err *err);
/* Ends the thread; a page that is being read is given up. hand_close() first, so that it does not sleep. */
void reconcile_stop(struct reconcile **reconcile);

#endif

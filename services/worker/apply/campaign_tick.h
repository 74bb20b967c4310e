/* campaign_tick.h - what campaigns do by themselves: gather an audience, count a preview, hand messages to the outbox, end.
 *
 * Promise: T1 a recipient gets at most one message a round: the message and its place in the recipient's row are written in the one
 *             transaction (P2, P3). A kill between two ticks costs nothing but time.
 *          T2 at most AHEAD_MAX messages of a campaign wait unheld in the outbox, so that a pause or cancel finds few and other bulk
 *             is not buried.
 *          T3 a tick's work is bounded, whatever the number of campaigns.
 *          T4 while the store has no room for sends, none is added and no audience gathered: they go on when it has.
 * Threads: the writer's.
 */
#ifndef PARLEY_CAMPAIGN_TICK_H
#define PARLEY_CAMPAIGN_TICK_H
#include "settings.h"
#include "store/campaigns.h"

MUST_USE bool campaigns_tick(struct txn *txn, const struct settings *settings, struct err *err);

#endif

/* replies.h - the XML that Parley answers a webhook with, turned into messages of the account.
 *
 * Promise: as Plivo: what is no Response, or names a bad number, is not sent and only logged.
 * Threads: the world's lock.
 */
#ifndef PARLEY_SIM_REPLIES_H
#define PARLEY_SIM_REPLIES_H
#include "world.h"

void replies_send(struct world *world, const struct message *inbound, struct str xml);

#endif

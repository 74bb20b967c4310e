/* peers.h - whom ingress talks to: the worker and the sender, a bus client each.
 *
 * Promise: both connect in the background; neither has to be there.
 * Threads: peers_start() and peers_stop() from the main one; the clients from any.
 */
#ifndef PARLEY_INGRESS_PEERS_H
#define PARLEY_INGRESS_PEERS_H
#include "io/bus.h"

MUST_USE bool peers_start(const char *worker_endpoint, const char *sender_endpoint, struct err *err);
void peers_stop(void);
struct bus_client *peers_worker(void);
struct bus_client *peers_sender(void);

#endif

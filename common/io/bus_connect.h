/* bus_connect.h - what the two kinds of socket that connect have in common; bus_client.c and bus_events.c alone use it.
 *
 * Promise: a lost peer is looked for again at once and then every 200 ms. One whose process stands still (stopped, or hung with its
 *          host) is given up after 5 s: who has taken its place at the endpoint is found then, and not only when it ends.
 * Threads: the socket's owner, before it connects.
 */
#ifndef PARLEY_BUS_CONNECT_H
#define PARLEY_BUS_CONNECT_H

struct _zsock_t; /* czmq's zsock_t */

void bus_connect_prepare(struct _zsock_t *socket);
/* A client's socket, connected in the background. NULL: the endpoint is none, or no memory. The caller's. */
struct _zsock_t *bus_connect_dealer(const char *endpoint);

#endif

#include "io/bus_connect.h"

#include "io/bus.h"
#include "io/bus_frame.h"

#include <czmq.h>

enum {
    PEER_PROBE_MS = 1000,   /* ZMTP's own heartbeat, answered by the peer's I/O thread however busy its others are */
    PEER_SILENT_MS = 5000,  /* longer than a busy machine keeps such a thread waiting */
};

void bus_connect_prepare(zsock_t *socket)
{
    zsock_set_linger(socket, 0);
    zsock_set_maxmsgsize(socket, BUS_FRAME_MAX_BYTES + BUS_REPLY_HEADER_ROOM);
    zsock_set_reconnect_ivl(socket, 20);
    zsock_set_reconnect_ivl_max(socket, 200);
    zsock_set_heartbeat_ivl(socket, PEER_PROBE_MS);
    zsock_set_heartbeat_timeout(socket, PEER_SILENT_MS);
}

zsock_t *bus_connect_dealer(const char *endpoint)
{
    zsys_handler_set(NULL);
    zsock_t *socket = zsock_new(ZMQ_DEALER);
    if (!socket)
        return NULL;
    bus_connect_prepare(socket);
    zsock_set_immediate(socket, 1); /* no queue towards a peer that is away: what waits, waits with its caller */
    if (zsock_connect(socket, "%s", endpoint) != 0)
        zsock_destroy(&socket);
    return socket;
}

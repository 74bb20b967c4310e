#include "peers.h"

static struct bus_client *worker, *sender;

bool peers_start(const char *worker_endpoint, const char *sender_endpoint, struct err *err)
{
    if (!bus_client_open(&worker, worker_endpoint, "worker", err))
        return false;
    if (bus_client_open(&sender, sender_endpoint, "sender", err))
        return true;
    bus_client_close(&worker);
    return false;
}

void peers_stop(void)
{
    bus_client_close(&sender);
    bus_client_close(&worker);
}

struct bus_client *peers_worker(void)
{
    return worker;
}

struct bus_client *peers_sender(void)
{
    return sender;
}

/* The broadcast half of bus.h. */
#include "io/bus.h"
#include "io/bus_connect.h"
#include "io/bus_folder.h"
#include "io/bus_metrics.h"
#include "io/log.h"

#include <czmq.h>

struct bus_publisher {
    zsock_t *socket;
    struct buf frame;
    bool is_followed; /* somebody has subscribed to everything */
};

struct bus_subscriber {
    zsock_t *socket;
    bool follows; /* everything */
};

bool bus_publisher_open(struct bus_publisher **out, const char *endpoint, struct err *err)
{
    zsys_handler_set(NULL);
    if (!bus_folder_make(endpoint, err))
        return false;
    struct bus_publisher *publisher = calloc(1, sizeof *publisher);
    if (!publisher)
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    buf_init(&publisher->frame, BUS_FRAME_MAX_BYTES);
    publisher->socket = zsock_new(ZMQ_XPUB);
    if (publisher->socket) {
        zsock_set_linger(publisher->socket, 0);
        zsock_set_sndhwm(publisher->socket, 100000); /* beyond it frames are lost, and the reader asks for the gap */
    }
    if (!publisher->socket || zsock_bind(publisher->socket, "%s", endpoint) < 0) {
        (void)err_set(err, ERR_INPUT, "EVENTS_ENDPOINT", "%s cannot be bound: %s", endpoint,
                      zmq_strerror(zmq_errno())); /* false below */
        bus_publisher_close(&publisher);
        return false;
    }
    *out = publisher;
    return true;
}

void bus_publisher_close(struct bus_publisher **publisher_at)
{
    struct bus_publisher *publisher = *publisher_at;
    if (!publisher)
        return;
    zsock_destroy(&publisher->socket);
    buf_release(&publisher->frame);
    free(publisher);
    *publisher_at = NULL;
}

void bus_publish(struct bus_publisher *publisher, const struct event_frame *event)
{
    buf_clear(&publisher->frame);
    if (!record_encode(&event_frame_record, event, &publisher->frame)) {
        log_event(LOG_ERROR, "bus.event_too_big", F_INT("number", event->number));
        return;
    }
    /* best effort by design: who misses a number asks the log */
    (void)zmq_send(zsock_resolve(publisher->socket), buf_str(&publisher->frame).p, publisher->frame.n, ZMQ_DONTWAIT);
}

bool bus_publisher_is_followed(struct bus_publisher *publisher)
{
    char said[64]; /* 1 or 0, and the topic; of several subscribers to one topic ZeroMQ tells the first and the last */
    int n;
    while ((n = zmq_recv(zsock_resolve(publisher->socket), said, sizeof said, ZMQ_DONTWAIT)) > 0)
        if (n == 1)
            publisher->is_followed = said[0] != 0;
    return publisher->is_followed;
}

bool bus_subscriber_follow(struct bus_subscriber *subscriber, bool follows)
{
    if (subscriber->follows == follows)
        return true;
    if (zmq_setsockopt(zsock_resolve(subscriber->socket), follows ? ZMQ_SUBSCRIBE : ZMQ_UNSUBSCRIBE, "", 0) != 0)
        return false;
    subscriber->follows = follows;
    return true;
}

/* A wake-up's frame holds nothing but its type: as a topic it lets nothing else through. */
static bool subscribe(struct bus_subscriber *subscriber, enum bus_topic topic)
{
    if (topic != BUS_WAKES)
        return bus_subscriber_follow(subscriber, topic == BUS_ALL);
    AUTO(buf_release) struct buf wake;
    buf_init(&wake, BUS_FRAME_MAX_BYTES);
    if (!record_encode(&event_frame_record, &(struct event_frame){ .type = STR("wake") }, &wake))
        return false;
    return zmq_setsockopt(zsock_resolve(subscriber->socket), ZMQ_SUBSCRIBE, buf_str(&wake).p, wake.n) == 0;
}

bool bus_subscriber_open(struct bus_subscriber **out, enum bus_topic topic, const char *endpoint, struct err *err)
{
    zsys_handler_set(NULL);
    struct bus_subscriber *subscriber = calloc(1, sizeof *subscriber);
    if (!subscriber)
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    subscriber->socket = zsock_new(ZMQ_SUB);
    if (subscriber->socket) {
        bus_connect_prepare(subscriber->socket);
        zsock_set_rcvhwm(subscriber->socket, 100000);
    }
    if (!subscriber->socket || !subscribe(subscriber, topic) ||
        zsock_connect(subscriber->socket, "%s", endpoint) != 0) {
        bus_subscriber_close(&subscriber);
        return err_set(err, ERR_INPUT, "EVENTS_ENDPOINT", "%s is not an endpoint that can be connected to", endpoint);
    }
    *out = subscriber;
    return true;
}

void bus_subscriber_close(struct bus_subscriber **subscriber_at)
{
    struct bus_subscriber *subscriber = *subscriber_at;
    if (!subscriber)
        return;
    zsock_destroy(&subscriber->socket);
    free(subscriber);
    *subscriber_at = NULL;
}

bool bus_subscriber_next(struct bus_subscriber *subscriber, int64_t wait_ms, struct arena *arena,
                         struct event_frame *out)
{
    zmq_pollitem_t item = {.socket = zsock_resolve(subscriber->socket), .events = ZMQ_POLLIN};
    if (zmq_poll(&item, 1, (long)wait_ms) <= 0)
        return false;
    zframe_t *frame = zframe_recv(subscriber->socket);
    if (!frame)
        return false;
    struct err err;
    struct str bytes = arena_dup(arena, str_bytes(zframe_data(frame), zframe_size(frame)));
    bool ok = str_is_set(bytes) && record_decode(&event_frame_record, bytes, arena, out, &err);
    zframe_destroy(&frame);
    metric_add(&metric_bus_bad_events, ok ? 0 : 1);
    return ok;
}

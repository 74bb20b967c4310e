/* bus.h - ZeroMQ between the services: request → durable reply, and the broadcast of events.
 *
 * Promise: a call ends with the peer's reply or with ERR_BUSY at its deadline, never later. A caller that heard nothing may ask again with
 *          the same identity (P2). Nothing is queued towards a peer that is away: a call waits for the connection until its deadline.
 *          Frames that are malformed are dropped and counted (bus_metrics.h), never a crash; a peer that sends one over BUS_FRAME_MAX_BYTES
 *          is cut off by ZeroMQ; on this side such a call fails before it is sent.
 * Units:   timeouts in ms on CLOCK_BOOTTIME.
 * Memory:  a reply's text borrows from the caller's arena (the frame is copied there).
 * Threads: bus_call() from any thread: one I/O thread per client owns the socket. A server belongs to the thread that takes from it.
 */
#ifndef PARLEY_BUS_H
#define PARLEY_BUS_H
#include "wire/schema.h"

enum {
    BUS_FRAME_MAX_BYTES = 8 * 1024 * 1024, /* a batch of 256 webhooks at 16 KiB, twice over */
    BUS_IN_FLIGHT_MAX = 4096,              /* calls of one client that wait for a reply; beyond it ERR_BUSY at once */
};

/* Who asks, travels with every request. */
struct bus_context {
    int64_t tenant;     /* 0: the operation finds it itself */
    struct str actor;   /* "key:…", "user:…", "system"; for the audit and the ledger */
    struct id operation; /* identity of a command; zero: none */
};

struct bus_reply_info {
    int64_t event_id; /* the newest event of the tenant that the reply reflects; 0 when there is none */
    bool is_replay;   /* the answer of an earlier asking with the same operation id */
};

/* --- client --- */

struct bus_client;

/* `name` shows in logs. Connects in the background, and again whenever the peer comes back. */
MUST_USE bool bus_client_open(struct bus_client **out, const char *endpoint, const char *name, struct err *err);
void bus_client_close(struct bus_client **client);
/* The end is near: every call that waits, and every later one, ends at once with ERR_BUSY. */
void bus_client_hang_up(struct bus_client *client);

/* `request` and `reply` are structs of the operation's records (schema.h). `reply` may be NULL where only success matters; `info` may be NULL.
 * False: the peer's own error, or ERR_BUSY: no reply in time. */
MUST_USE bool bus_call(struct bus_client *client, enum operation operation, const struct bus_context *context,
                       const void *request, struct arena *arena, void *reply, struct bus_reply_info *info,
                       int64_t timeout_ms, struct err *err);

/* Whether the peer answered something within the last `within_ms` (the client pings an idle peer once a second). */
bool bus_client_is_connected(const struct bus_client *client, int64_t within_ms);

/* --- server --- */

struct bus_server;

/* One request as taken: decode the body with operation_request(operation). Owned by the taker; bus_request_free() after the reply. */
struct bus_request {
    struct bus_request *next; /* for the taker's own lists */
    enum operation operation;
    uint64_t request_id;
    int64_t tenant;
    struct str actor;
    struct id operation_id;
    struct str body;
    void *frames; /* owns the bytes above and the way back */
};

/* Binds; a stale ipc socket file is replaced (the data folder's lock makes sure that no living process holds it). Folder of an ipc path is made. */
MUST_USE bool bus_server_open(struct bus_server **out, const char *endpoint, struct err *err);
void bus_server_close(struct bus_server **server);

/* Waits up to wait_ms for a first request, then takes what is there, at most max. Malformed ones are counted, and answered or dropped inside.
 * Pings are answered inside. Returns how many. */
size_t bus_server_take(struct bus_server *server, int64_t wait_ms, struct bus_request **out, size_t max);
/* The socket, for a zmq_poll() of the owner's own over several sockets. */
void *bus_server_socket(struct bus_server *server);

/* `reply` is a struct of the operation's reply record; `info` may be NULL. Never blocks: a peer that is gone gets nothing. */
void bus_server_reply(struct bus_server *server, const struct bus_request *rq, const void *reply,
                      const struct bus_reply_info *info);
/* The same with the reply already encoded (readers encode on their own threads; stored answers are bytes). */
void bus_server_reply_bytes(struct bus_server *server, const struct bus_request *rq, struct str encoded,
                            const struct bus_reply_info *info);
void bus_server_refuse(struct bus_server *server, const struct bus_request *rq, const struct err *err);
void bus_request_free(struct bus_request *rq);

/* --- events --- */

struct bus_publisher;
MUST_USE bool bus_publisher_open(struct bus_publisher **out, const char *endpoint, struct err *err);
void bus_publisher_close(struct bus_publisher **publisher);
/* Best effort; never blocks. */
void bus_publish(struct bus_publisher *publisher, const struct event_frame *event);

/* Whether anybody takes more than wake-ups: else an event's data need not be made. Whoever subscribes reads the log from then on anyway. */
bool bus_publisher_is_followed(struct bus_publisher *publisher);

enum bus_topic { BUS_ALL, BUS_WAKES, BUS_NOTHING };

struct bus_subscriber;
MUST_USE bool bus_subscriber_open(struct bus_subscriber **out, enum bus_topic topic, const char *endpoint,
                                  struct err *err);
void bus_subscriber_close(struct bus_subscriber **subscriber);
/* From everything to nothing and back, for one that does not begin with BUS_WAKES. True: done, or it was so. */
MUST_USE bool bus_subscriber_follow(struct bus_subscriber *subscriber, bool follows);
/* True: *out is filled, its text in the arena. False: nothing came within wait_ms. */
bool bus_subscriber_next(struct bus_subscriber *subscriber, int64_t wait_ms, struct arena *arena,
                         struct event_frame *out);

#endif

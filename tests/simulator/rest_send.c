/* POST Message/: what is accepted, what the faults make of it, and the answer. */
#include "io/chance.h"
#include "io/clock.h"
#include "io/log.h"
#include "order.h"
#include "plivo/plivo_words.h"
#include "rest.h"
#include "world.h"
#include <civetweb.h>

enum { FIRST_REPORT_MS = 10000 };

/* How this one call goes wrong, drawn once. */
struct mishap {
    bool is_500, is_429, is_dropped, is_report_first;
    int64_t latency_ms;
};

static struct mishap draw(struct world *world)
{
    const double *fault = world->faults.value;
    return (struct mishap){ .is_429 = dice_roll(&world->dice, fault[FAULT_HTTP_429]),
                            .is_500 = dice_roll(&world->dice, fault[FAULT_HTTP_500]),
                            .is_dropped = dice_roll(&world->dice, fault[FAULT_ACCEPT_THEN_DROP]),
                            .is_report_first = dice_roll(&world->dice, fault[FAULT_DLR_BEFORE_RESPONSE]),
                            .latency_ms = (int64_t)fault[FAULT_LATENCY_MS] };
}

static struct message *message_of(const struct exchange *x, const struct order *order, const struct sim_address *from,
                                  const struct sim_address *to)
{
    struct message template = { .uuid = id_text(chance_id()),
                                .by = BY_PARLEY,
                                .from = *from,
                                .to = *to,
                                .is_mms = order->is_mms,
                                .is_number_hidden = order->is_number_hidden,
                                .is_callback_get = order->is_url_get,
                                .units = order->units,
                                .intent = "",
                                .accepted_ms = clock_wall_ms() };
    struct str peer = str_slice(x->rq->peer, 0, MESSAGE_PEER_BYTES - 1);
    memcpy(template.peer, peer.p, peer.n);
    if (str_is_set(order->powerpack))
        memcpy(template.powerpack, order->powerpack.p, order->powerpack.n);
    return message_new(&template, order->text, order->media, order->media_n, order->url);
}

/* Accepts one per number; those for which there is no room are missing in the list. A new reference. */
static json_t *accept(struct exchange *x, struct world *world, const struct order *order)
{
    json_t *uuids = json_array();
    struct powerpack *powerpack = powerpack_find(&world->powerpacks, order->powerpack);
    for (size_t i = 0; i < order->to_n; i++) {
        const struct sim_address *from = powerpack ? powerpack_choose(powerpack, &world->book, &order->to[i])
                                                   : &order->from;
        struct message *m = from ? message_of(x, order, from, &order->to[i]) : NULL;
        if (m && world_accept(world, m, order->expiry_s, true))
            json_array_append_new(uuids, json_string(m->uuid.c));
        else
            message_free(m);
    }
    return uuids;
}

static void release_reports(struct world *world, const json_t *uuids)
{
    size_t i;
    const json_t *uuid;
    json_array_foreach(uuids, i, uuid) world_answered(world, str_of(json_string_value(uuid)));
}

/* The faults that come between accepting and answering. Where they let time pass, reports do not wait for the answer. */
static void delay(struct world *world, const struct mishap *mishap, const json_t *uuids)
{
    struct waiter waiter;
    if (!mishap->is_report_first && mishap->latency_ms == 0)
        return;
    waiter_init(&waiter);
    struct message *first = book_find(&world->book, str_of(json_string_value(json_array_get(uuids, 0))));
    if (mishap->is_report_first && first && world_await_report(first, &waiter)) {
        release_reports(world, uuids);
        world_wait(world, &waiter, FIRST_REPORT_MS);
    }
    waiter_release(&waiter);
    if (mishap->latency_ms == 0)
        return;
    release_reports(world, uuids);
    waiter_init(&waiter);
    world_wait(world, &waiter, mishap->latency_ms);
    waiter_release(&waiter);
}

/* The peer sees the connection close without a byte. */
static void hang_up(struct exchange *x)
{
    x->rq->is_answered = true;
    x->rq->must_close = true;
    mg_disable_connection_keep_alive(x->rq->connection);
}

/* The common answer, written by hand: uuids need no escapes, and a load test asks for nothing as often as this. */
static void answer_all(struct exchange *x, const json_t *uuids)
{
    struct buf body;
    size_t i;
    const json_t *uuid;
    buf_init(&body, WEB_BODY_MAX_BYTES);
    buf_add_text(&body, "{\"api_id\":\"");
    buf_add_text(&body, id_text(chance_id()).c);
    buf_add_text(&body, "\",\"message\":\"message(s) queued\",\"" PLIVO_SENT_UUIDS "\":[");
    json_array_foreach(uuids, i, uuid)
    {
        buf_add_text(&body, i ? ",\"" : "\"");
        buf_add_text(&body, json_string_value(uuid));
        buf_add_char(&body, '"');
    }
    buf_add_text(&body, "]}");
    if (!body.has_failed)
        (void)http_respond(x->rq, 202, "application/json", NULL, 0,
                           buf_str(&body)); /* a peer that is gone needs none */
    buf_release(&body);
}

static void answer_accepted(struct exchange *x, const struct order *order, const json_t *uuids)
{
    if (json_array_size(order->invalid) == 0) {
        answer_all(x, uuids);
        return;
    }
    json_t *body = plivo_object();
    json_object_set_new(body, "message", json_string("message(s) queued"));
    json_object_set(body, PLIVO_SENT_UUIDS, (json_t *)uuids);
    json_object_set(body, PLIVO_SENT_INVALID, order->invalid);
    web_answer(x, 202, body);
}

static void serve_order(struct exchange *x, const struct order *order)
{
    struct world *world = world_lock();
    struct mishap mishap = draw(world);
    const struct powerpack *powerpack = powerpack_find(&world->powerpacks, order->powerpack);
    bool is_ours = str_is_set(order->powerpack) ? powerpack && powerpack->numbers_n > 0
                                                : world_number(world, &order->from) != NULL;
    json_t *uuids = NULL;
    if (!mishap.is_429 && !mishap.is_500 && is_ours) {
        uuids = accept(x, world, order);
        delay(world, &mishap, uuids);
    }
    world_unlock(world);
    if (mishap.is_429)
        plivo_refuse(x, 429, "too many requests");
    else if (mishap.is_500)
        plivo_refuse(x, 500, "internal server error");
    else if (!is_ours)
        plivo_refuse(x, 400,
                     str_is_set(order->powerpack) ? "powerpack_uuid is no powerpack of this account with a number"
                                                  : "src is not a number of this account");
    else if (json_array_size(uuids) == 0)
        plivo_refuse(x, 503, "the simulator is full: POST /sim/reset");
    else if (mishap.is_dropped)
        hang_up(x);
    else
        answer_accepted(x, order, uuids);
    world = world_lock();
    release_reports(world, uuids);
    world_unlock(world);
    log_event(LOG_DEBUG, "sim.send", F_INT("accepted", json_array_size(uuids)),
              F_PHONE("src", str_of(order->from.text)));
    json_decref(uuids);
}

void rest_send(struct exchange *x)
{
    struct err err;
    struct order order;
    json_t *object = web_read_object(x, &err);
    if (!object || !order_read(object, x->arena, &order, &err)) {
        plivo_refuse_input(x, &err);
    } else {
        serve_order(x, &order);
        json_decref(order.invalid);
    }
    json_decref(object);
}

#include "webhook.h"

#include "ack.h"
#include "health.h"
#include "io/clock.h"
#include "io/log.h"
#include "metrics.h"
#include "outcomes.h"
#include "payload.h"
#include "rejected.h"
#include "reply_xml.h"
#include "verify.h"

#include <stdio.h>
#include <unistd.h>

enum { HOST_NAME_MAX_BYTES = 256 };

#define XML "application/xml"
#define TEXT "text/plain; charset=utf-8"

enum target { TARGET_INBOUND, TARGET_REPORT, TARGET_HEALTH };

struct route {
    const char *path;
    bool has_more; /* anything behind a '/' belongs to it, too */
    enum target target;
    const char *methods; /* as Allow says them */
};

static const struct route ROUTES[] = {
    { "/plivo/inbound",   false, TARGET_INBOUND, "GET, POST" },
    { "/plivo/status",    true,  TARGET_REPORT,  "GET, POST" },
    { "/api/receive_sms", false, TARGET_INBOUND, "GET, POST" },
    { "/api/dlr",         false, TARGET_REPORT,  "GET, POST" },
    { "/health",          false, TARGET_HEALTH,  "GET, HEAD" },
};

static struct {
    struct webhook_options options;
    struct http_server *server;
    char name[HOST_NAME_MAX_BYTES];
    char listen[HOST_NAME_MAX_BYTES];
    int64_t started_ms; /* CLOCK_BOOTTIME */
} state;

/* One webhook on its way through. It lives in its scratch, from make_durable() on without the request's own words. */
struct webhook {
    struct http_request *rq; /* from make_durable() on: `later`, where the answer is left to the lane */
    struct http_request later;
    const struct route *route;
    struct scratch *scratch;
    bool is_get;
    enum payload_kind kind;
    struct str raw; /* the body; of a GET the query */
    struct payload payload;
    struct signed_by by;
    struct verified verified;
    struct event event;
    struct inbound_answer durable; /* what the worker says to it */
    int64_t received_at;
    int64_t began_us; /* the last byte was read */
};

/* --- answers ------------------------------------------------------------------------------------------------------ */

static void answer_text(struct http_request *rq, int status, struct str text)
{
    const struct http_header come_again = { "Retry-After", STR("5") };
    _Static_assert(RETRY_AFTER_S == 5, "stands in the header above");
    (void)http_respond(rq, status, TEXT, &come_again, status == 503 ? 1 : 0,
                       text); /* a peer that is gone comes again */
}

static void refuse(struct http_request *rq, struct metric *metric, int status, const char *text)
{
    metric_add(metric, 1);
    answer_text(rq, status, str_of(text));
}

/* Names the field; of an err without one its text alone. */
static void refuse_err(struct http_request *rq, struct metric *metric, const struct err *err)
{
    char text[sizeof err->field + sizeof err->text + 2];
    (void)snprintf(text, sizeof text, "%s%s%s", err->field, err->field[0] ? ": " : "",
                   err->text); /* fits: see its size */
    refuse(rq, metric, err_http_status(err->kind), text);
}

static struct reply_xml reply_of(const struct inbound_answer *answer, struct arena *arena)
{
    struct str base = state.options.public_url;
    while (str_ends(base, STR("/")))
        base.n--;
    return (struct reply_xml){
        .src = plivo_address(answer->reply_from),
        .dst = plivo_address(answer->reply_to),
        .text = answer->reply_text,
        .callback_url = arena_format(arena, "%.*s%.*s", STR_ARGS(base), STR_ARGS(answer->reply_callback_path)),
    };
}

/* The reply that the worker granted, or an empty Response; and what became of the reply, for the worker. */
static void answer_inbound(struct webhook *w, const struct inbound_answer *answer)
{
    if (!str_is_set(answer->reply_text)) {
        (void)http_respond(w->rq, 200, XML, NULL, 0,
                           REPLY_XML_EMPTY); /* durable: a peer that is gone finds a duplicate */
        return;
    }
    struct reply_xml reply = reply_of(answer, &w->scratch->arena);
    buf_clear(&w->scratch->bytes);   /* the event in it is durable by now */
    bool is_written = str_is_set(reply.callback_url) && reply_xml_format(&reply, &w->scratch->bytes);
    int64_t at_ms = clock_wall_ms();
    bool is_sent = http_respond(w->rq, 200, XML, NULL, 0, is_written ? buf_str(&w->scratch->bytes) : REPLY_XML_EMPTY);
    outcomes_add(answer, !is_written ? CALL_NOT_SENT : is_sent ? CALL_ACCEPTED : CALL_UNKNOWN, at_ms);
}

static void answer_durable(struct webhook *w, enum ack_answer how)
{
    if (how == ACK_BUSY) {
        refuse(w->rq, &metric_webhooks_busy, 503, "This cannot be stored now; come again");
    } else {
        metric_add(how == ACK_COMMITTED ? &metric_webhooks_ok : &metric_webhooks_spooled, 1);
        if (w->route->target == TARGET_INBOUND)
            answer_inbound(w, &w->durable);
        else
            answer_text(w->rq, 200, STR("OK"));
    }
    metric_observe_us(&metric_ack, clock_boot_us() - w->began_us);
    verify_done(&w->verified, &w->by, w->raw, how != ACK_BUSY);
}

/* On the lane's answering thread, as an ack_done. */
static void answer_later(void *context, enum ack_answer how)
{
    struct webhook *w = context;
    answer_durable(w, how);
    struct http_request later = w->later;
    scratch_give(w->scratch);
    http_release(&later); /* last: a drain is over with it */
}

/* What verify_done() needs, for the time after the request. False: no room. */
static bool outlive_request(struct webhook *w)
{
    if (!w->verified.is_v2)
        return true;
    struct str nonce = arena_dup(&w->scratch->arena, w->by.v2_nonce);
    struct str raw = arena_dup(&w->scratch->arena, w->raw);
    if (arena_is_full(&w->scratch->arena))
        return false;
    w->by.v2_nonce = nonce;
    w->raw = raw;
    return true;
}

/* The answer is written by the thread that hears of the commit: this one need not sleep for it. Not so for what anybody may send: who never
 * reads an answer would hold up everybody's. True: done with the scratch. */
static bool make_durable(struct webhook *w)
{
    struct arena *arena = &w->scratch->arena;
    if (w->verified.is_observed || !outlive_request(w) || !http_defer(w->rq, &w->later)) {
        answer_durable(w, ack_wait(&w->event, arena, &w->durable));
        return true;
    }
    w->rq = &w->later;
    if (!ack_begin(&w->event, arena, &w->durable, answer_later, w))
        answer_later(w, ACK_BUSY);
    return false;
}

/* --- the steps, in the order of their refusals -------------------------------------------------------------------- */

/* 413, 415. */
static bool read_request(struct webhook *w)
{
    struct err err;
    w->raw = w->rq->query;
    w->kind = PAYLOAD_OTHER;
    if (!w->is_get) {
        if (!http_read_body(w->rq, BODY_MAX_BYTES, &w->scratch->arena, &w->raw, &err)) {
            refuse_err(w->rq, &metric_webhooks_refused, &err);
            return false;
        }
        w->kind = payload_kind_of(http_header(w->rq, "Content-Type"));
        if (w->kind == PAYLOAD_OTHER) {
            refuse(w->rq, &metric_webhooks_refused, 415,
                   "The body must be application/x-www-form-urlencoded or application/json");
            return false;
        }
    }
    w->began_us = clock_boot_us();
    w->received_at = clock_wall_ms();
    struct str body = w->is_get ? (struct str){ 0 } : w->raw;
    if (payload_decode(w->rq->query, body, w->kind, &w->scratch->arena, &w->payload, &err))
        return true;
    refuse_err(w->rq, &metric_webhooks_refused, &err);
    return false;
}

/* 400 Missing signature headers, 403 Invalid signature. */
static bool check_signature(struct webhook *w)
{
    struct err err;
    if (!verify(w->rq, &w->payload, w->raw, w->scratch, &w->by, &w->verified, &err)) {
        refuse_err(w->rq, &metric_webhooks_busy, &err);
        return false;
    }
    bool is_missing = w->verified.http_status == 400;
    if (!w->verified.is_accepted || w->verified.is_observed)
        rejected_keep(w->rq, &w->by, w->is_get ? (struct str){ 0 } : w->raw,
                      w->verified.is_accepted ? 200 : w->verified.http_status, w->verified.reason, w->received_at);
    if (w->verified.is_accepted)
        return true;
    refuse(w->rq, is_missing ? &metric_webhooks_unsigned : &metric_webhooks_forged, w->verified.http_status,
           is_missing ? "Missing signature headers" : "Invalid signature");
    return false;
}

static bool event_make(struct webhook *w, struct err *err)
{
    const struct form *form = payload_parameters(&w->payload, w->is_get);
    const struct arrival arrival = {
        .received_at = w->received_at,
        .ingress = str_of(state.name),
        .path = w->rq->path,
        .query = w->rq->query,
        .body = w->raw,
        .is_json = w->kind == PAYLOAD_JSON,
        .is_observed = w->verified.is_observed,
    };
    struct plivo_inbound inbound;
    struct plivo_report report;
    if (w->payload.is_malformed) {
        *err = w->payload.why;
        return false;
    }
    if (w->route->target == TARGET_INBOUND)
        return plivo_inbound_read(form->pairs, form->n, &w->scratch->arena, &inbound, err) &&
               event_from_inbound(&inbound, &arrival, &w->scratch->arena, &w->scratch->bytes, &w->event, err);
    return plivo_report_read(form->pairs, form->n, &w->scratch->arena, &report, err) &&
           event_from_report(&report, &arrival, &w->scratch->bytes, &w->event, err);
}

/* 400 with the field's name, 503. True: done with the scratch. */
static bool serve_webhook(struct webhook *w)
{
    struct err err;
    if (!read_request(w) || !check_signature(w))
        return true;
    if (event_make(w, &err))
        return make_durable(w);
    verify_done(&w->verified, &w->by, w->raw, false);
    rejected_keep(w->rq, &w->by, w->is_get ? (struct str){ 0 } : w->raw, err_http_status(err.kind),
                  err.field[0] ? err.field : "body", w->received_at);
    refuse_err(w->rq, &metric_webhooks_malformed, &err);
    return true;
}

/* --- routes ------------------------------------------------------------------------------------------------------- */

static const struct route *route_of(struct str path)
{
    for (size_t i = 0; i < COUNT(ROUTES); i++) {
        struct str own = str_of(ROUTES[i].path);
        if (str_eq(path, own) || (ROUTES[i].has_more && str_starts(path, own) && path.p[own.n] == '/'))
            return &ROUTES[i];
    }
    return NULL;
}

static bool is_allowed(const struct route *route, struct str method)
{
    struct str rest = str_of(route->methods), item;
    while (str_next(&rest, ',', &item))
        if (str_eq(str_trim(item), method))
            return true;
    return false;
}

static void serve(struct http_request *rq, void *unused)
{
    (void)unused;
    const struct route *route = route_of(rq->path);
    if (!route) {
        refuse(rq, &metric_webhooks_refused, 404, "Nothing is served here");
        return;
    }
    if (!is_allowed(route, rq->method)) {
        const struct http_header allow = { "Allow", str_of(route->methods) };
        metric_add(&metric_webhooks_refused, 1);
        (void)http_respond(rq, 405, TEXT, &allow, 1, STR("Method not allowed"));   /* as answer_text() */
        return;
    }
    if (route->target == TARGET_HEALTH) {
        health_serve(rq, state.options.worker, state.started_ms);
        return;
    }
    struct scratch *scratch = scratch_take();
    struct webhook *w = scratch ? arena_alloc(&scratch->arena, sizeof *w) : NULL;
    if (w)
        *w = (struct webhook){ .rq = rq, .route = route, .scratch = scratch, .is_get = str_is(rq->method, "GET") };
    else
        refuse(rq, &metric_webhooks_busy, 503, "No memory; come again");
    if (scratch && (!w || serve_webhook(w)))
        scratch_give(scratch);
}

/* --- life --------------------------------------------------------------------------------------------------------- */

/* `listen`, with the other port when there is one. */
static bool listen_text(const struct webhook_options *options, struct err *err)
{
    struct str host = options->listen;
    int n;
    if (options->port == 0) {
        n = snprintf(state.listen, sizeof state.listen, "%.*s", STR_ARGS(host));
    } else {
        while (host.n > 0 && host.p[host.n - 1] != ':')
            host.n--;
        n = snprintf(state.listen, sizeof state.listen, "%.*s%lld", STR_ARGS(host), (long long)options->port);
    }
    return (n > 0 && (size_t)n < sizeof state.listen) || err_set(err, ERR_INPUT, "INGRESS_LISTEN", "is too long");
}

static void own_name(struct str configured)
{
    if (configured.n > 0)
        (void)snprintf(state.name, sizeof state.name, "%.*s",
                       STR_ARGS(configured)); /* a cut name still tells two apart */
    else if (gethostname(state.name, sizeof state.name - 1) != 0)
        (void)snprintf(state.name, sizeof state.name, "ingress");
}

bool webhook_start(const struct webhook_options *options, struct err *err)
{
    const struct verify_options verify = { .public_url = options->public_url,
                                           .is_observing = options->is_observing,
                                           .proxies = options->proxies };
    state.options = *options;
    state.started_ms = clock_boot_ms();
    own_name(options->name);
    const struct http_options http = { .listen = state.listen,
                                       .threads = options->threads,
                                       .keep_alive_ms = options->keep_alive_ms,
                                       .request_ms = REQUEST_MS,
                                       .variable = "INGRESS_LISTEN",
                                       .is_for_throughput = true };
    if (!listen_text(options, err) || !verify_start(&verify, err))
        return false;
    if (http_server_start(&state.server, &http, serve, NULL, err))
        return true;
    verify_stop();
    return false;
}

bool webhook_ready(struct err *why)
{
    metric_set(&metric_connections, http_server_connections(state.server)); /* asked about every second: often enough */
    if (bus_client_is_connected(state.options.worker, WORKER_HEARD_MS) || spool_can_take())
        return true;
    return err_set(why, ERR_BUSY, NULL, "the worker is away and the spool can take nothing");
}

void webhook_drain(int64_t deadline_boot_ms)
{
    acks_drain();
    if (!http_server_drain(state.server, deadline_boot_ms))
        log_event(LOG_WARN, "webhook.not_drained");
}

void webhook_stop(void)
{
    http_server_stop(&state.server);
    verify_stop();
    scratch_release();
}

int webhook_port(void)
{
    return http_server_port(state.server);
}

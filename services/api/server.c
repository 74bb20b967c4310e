#include "server.h"

#include "call.h"
#include "channels.h"
#include "client_address.h"
#include "config.h"
#include "io/clock.h"
#include "io/log.h"
#include "limits.h"
#include "media/media_fetch.h"
#include "origin.h"
#include "problem.h"
#include "resources/me.h"
#include "resources/session.h"
#include "routes.h"
#include "sim_proxy.h"
#include "static.h"
#include "stream.h"

enum {
    KEEP_ALIVE_MS = 10000,
    REQUEST_MS = 15000, /* also how long an answer may stand still before the peer counts as gone */
};

static struct {
    struct http_server *http;
    const struct api_config *config;
    struct str dashboard_url;
    struct proxies proxies;
} server;

/* --- gates --- */

static bool is_api_path(struct str path)
{
    return str_starts(path, STR("/api/")) || str_is(path, "/api") || str_starts(path, STR("/sim/")) ||
           str_is(path, "/sim");
}

static bool is_read(struct str method)
{
    return str_is(method, "GET") || str_is(method, "HEAD") || str_is(method, "OPTIONS");
}

/* Without authentication the browser's own words are all that keeps strange pages out. */
static bool host_gate(const struct call *call, struct str origin, struct err *err)
{
    if (server.config->auth)
        return true;
    if (origin_host_is_loopback(http_header(call->rq, "Host")) && (!str_is_set(origin) || origin_is_loopback(origin)))
        return true;
    metric_add(&metric_refused_origin, 1);
    return err_set(err, ERR_DENIED, NULL, "with API_AUTH=off only a loopback Host and Origin are served");
}

/* After host_gate(): with API_AUTH=off every Origin that got here is loopback. */
static void cors_headers(struct call *call, struct str origin)
{
    bool is_listed = origin_is_listed(origin, server.config->cors_origins);
    if (!str_is_set(origin) || (server.config->auth && !is_listed))
        return;
    call_header(call, "Access-Control-Allow-Origin", origin);
    call_header(call, "Access-Control-Allow-Credentials", STR("true"));
    call_header(call, "Access-Control-Expose-Headers", STR("Event-Id, Idempotency-Replayed, Retry-After, Ledger-Head"));
    call_header(call, "Vary", STR("Origin"));
}

static bool preflight(struct call *call, const struct route_found *found)
{
    if (str_is_set(http_header(call->rq, "Access-Control-Request-Method"))) {
        call_header(call, "Access-Control-Allow-Methods", str_of(found->allow));
        call_header(call, "Access-Control-Allow-Headers",
                    STR("Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Cache-Control"));
        call_header(call, "Access-Control-Max-Age", STR("600"));
    }
    call_header(call, "Allow", str_of(found->allow));
    return call_answer_bytes(call, 204, NULL, STR(""));
}

/* A key or session that is known pays for itself, everybody else as an address: before the worker is asked about a new one. */
static bool rate_gate(struct call *call, const struct credential *credential, struct err *err)
{
    int64_t retry_after_s;
    struct caller known;
    struct str who = call->peer;
    if (!server.config->auth || (call->route && call->route->flags & ROUTE_UNLIMITED))
        return true;
    if (auth_recall(credential, &known) && known.tenant != 0)
        who = caller_actor(&known, call->arena);
    if (limit_try(who, clock_boot_us(), &retry_after_s))
        return true;
    metric_add(&metric_refused_rate, 1);
    call_header(call, "Retry-After", arena_format(call->arena, "%lld", (long long)retry_after_s));
    return err_set(err, ERR_LIMITED, NULL, "more than %lld requests a second; ask again in %lld s",
                   (long long)server.config->rate, (long long)retry_after_s);
}

static bool who_gate(struct call *call, const struct credential *credential, struct err *err)
{
    if (call->route->flags & ROUTE_OPEN || auth_caller(credential, call->arena, &call->caller, err))
        return true;
    metric_add(&metric_refused_auth, err->kind == ERR_UNSIGNED);
    return false;
}

static bool write_gate(const struct call *call, const struct credential *credential, struct str origin, struct err *err)
{
    struct http_request *rq = call->rq;
    if (credential->kind != CREDENTIAL_SESSION || is_read(rq->method))
        return true;
    struct origin_facts facts = { .method = rq->method,
                                  .origin = origin,
                                  .fetch_site = http_header(rq, "Sec-Fetch-Site"),
                                  .host = http_header(rq, "Host"),
                                  .content_type = http_header(rq, "Content-Type"),
                                  .dashboard_url = server.dashboard_url,
                                  .listed = server.config->cors_origins };
    if (origin_may_write(&facts))
        return true;
    metric_add(&metric_refused_origin, 1);
    return err_set(err, ERR_DENIED, NULL, "a session may write only from its own page; a program uses an API key");
}

static bool query_gate(struct call *call, struct err *err)
{
    if (str_is(str_of(call->route->query), "*"))
        return true;
    if (!form_decode(call->rq->query, call->arena, &call->query, err))
        return false;
    for (size_t i = 0; i < call->query.n; i++) {
        struct str name = call->query.pairs[i].name;
        struct str first;
        char field[32];
        (void)snprintf(field, sizeof field, "%.*s", (int)min_size(name.n, 31), name.p); /* shown, cut is fine */
        if (!route_takes(call->route, name))
            return err_set(err, ERR_INPUT, field, "is not a parameter of this request");
        (void)pair_find(call->query.pairs, i, field, &first); /* unset when there is none before it */
        if (str_is_set(first))
            return err_set(err, ERR_INPUT, field, "stands twice");
        if (!str_is_utf8(call->query.pairs[i].value))
            return err_set(err, ERR_INPUT, field, "is not UTF-8");
    }
    return true;
}

/* --- one request --- */

static bool serve_route(struct call *call, struct str origin, struct err *err)
{
    struct route_found found;
    enum route_match match = route_find(call->rq->method, call->rq->path, &found);
    if (match == ROUTE_UNKNOWN && !is_api_path(call->rq->path))
        return static_serve(call, err);
    if (found.route && found.route->flags & ROUTE_DEMO && !server.config->demo)
        match = ROUTE_UNKNOWN;
    call->route = match == ROUTE_UNKNOWN ? NULL : found.route;
    if (match != ROUTE_UNKNOWN && str_is(call->rq->method, "OPTIONS"))
        return preflight(call, &found);

    struct credential credential = auth_credential(call->rq);
    if (!rate_gate(call, &credential, err))
        return false;
    if (!call->route)
        return err_set(err, ERR_MISSING, NULL, "there is no such path");
    if (match == ROUTE_OTHER_METHOD) {
        call_header(call, "Allow", arena_dup(call->arena, str_of(found.allow)));
        return err_set(err, ERR_METHOD, NULL, "this path takes %s", found.allow);
    }
    memcpy(call->parts, found.parts, sizeof call->parts);
    call->parts_n = found.parts_n;
    return who_gate(call, &credential, err) && write_gate(call, &credential, origin, err) && query_gate(call, err) &&
           (call->route->flags & ROUTE_READS_BODY || call_no_body(call, err)) && call->route->handler(call, err);
}

static bool serve(struct call *call, struct err *err)
{
    struct str origin = http_header(call->rq, "Origin");
    call->peer = client_address(&server.proxies, call->rq->peer, http_header(call->rq, "X-Forwarded-For"));
    call_header(call, "X-Content-Type-Options", STR("nosniff"));
    if (!host_gate(call, origin, err))
        return false;
    cors_headers(call, origin);
    return serve_route(call, origin, err);
}

static void count(const struct call *call, int64_t began_us)
{
    static struct metric *const CLASSES[] = { &metric_answers_2xx, &metric_answers_3xx, &metric_answers_4xx,
                                              &metric_answers_5xx };
    int64_t took_us = clock_boot_us() - began_us;
    if (call->status >= 200 && call->status < 600)
        metric_add(CLASSES[call->status / 100 - 2], 1);
    if (call->route && call->route->handler == events_stream)
        return;
    metric_observe_us(&metric_answer, took_us);
    if ((int64_t)call->arena->high_water_bytes > metric_get(&metric_arena_max_bytes))
        metric_set(&metric_arena_max_bytes, (int64_t)call->arena->high_water_bytes); /* a lost race loses one sample */
    log_event(LOG_DEBUG, "request", F_STR("method", call->rq->method),
              F_WORD("route", call->route ? call->route->pattern : "file"), F_INT("status", call->status),
              F_MS("took", took_us / 1000));
}

static void handle(struct http_request *rq, void *unused)
{
    struct arena arena;
    struct err err;
    int64_t began_us = clock_boot_us();
    (void)unused;
    arena_init(&arena, CALL_MEMORY_MAX_BYTES);
    struct call call = { .rq = rq, .arena = &arena };
    if (!serve(&call, &err))
        problem_answer(&call, &err);
    count(&call, began_us);
    arena_release(&arena);
}

/* --- the part --- */

bool server_start(const void *values, struct err *err)
{
    server.config = values;
    server.dashboard_url = api_dashboard_url(server.config);
    if (!proxies_parse(server.config->trusted_proxies, &server.proxies, err))
        return false;
    auth_init(server.config->auth);
    limits_init(server.config->rate, server.config->burst);
    sim_proxy_init(server.config->sim_url);
    media_fetch_init(
        &(struct media_source){ server.config->private_hosts, server.config->auth_id, &server.config->auth_token });
    session_init(server.dashboard_url);
    stream_init(server.config->streams_max);
    me_init(server.config->demo);
    struct http_options options = { .listen = server.config->listen.p,
                                    .keep_alive_ms = KEEP_ALIVE_MS,
                                    .request_ms = REQUEST_MS,
                                    .threads = (int)(server.config->threads + server.config->streams_max),
                                    .variable = "API_LISTEN" };
    return http_server_start(&server.http, &options, handle, NULL, err);
}

void server_drain(int64_t deadline_boot_ms)
{
    channels_end_all();
    if (!http_server_drain(server.http, deadline_boot_ms))
        log_event(LOG_WARN, "drain.unfinished", F_INT("connections", http_server_connections(server.http)));
}

void server_stop(void)
{
    http_server_stop(&server.http);
}

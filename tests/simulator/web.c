#include "web.h"
#include "io/chance.h"
#include "rest.h"
#include "world.h"
#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    WEB_ARENA_BYTES = 2 * 1024 * 1024,
    KEEP_ALIVE_MS = 15000,
    REQUEST_MS = 30000,
    ALLOW_BYTES = 64,
    BASIC_MAX_BYTES = 1024
};

static struct http_server *server;
static atomic_int parallel; /* Plivo's own calls that are being served */

/* --- answers ---------------------------------------------------------------------------------------------------- */

void web_answer(struct exchange *x, int status, json_t *body)
{
    char *text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    if (text)
        (void)http_respond(x->rq, status, "application/json", NULL, 0,
                           str_of(text)); /* a peer that is gone needs none */
    free(text);
}

void web_refuse(struct exchange *x, const struct err *err)
{
    web_answer(x, err_http_status(err->kind),
               json_pack("{ss ss?}", "error", err->text, "field", err->field[0] ? err->field : NULL));
}

json_t *plivo_object(void)
{
    return json_pack("{ss}", "api_id", id_text(chance_id()).c);
}

void plivo_refuse(struct exchange *x, int status, const char *text)
{
    json_t *body = plivo_object();
    json_object_set_new(body, "error", json_string(text));
    web_answer(x, status, body);
}

void plivo_refuse_input(struct exchange *x, const struct err *err)
{
    bool is_named = err->field[0] == '\0' || str_starts(str_of(err->text), str_of(err->field));
    struct str text = arena_format(x->arena, "%s%s%s", is_named ? "" : err->field, is_named ? "" : " ", err->text);
    plivo_refuse(x, err_http_status(err->kind), str_is_set(text) ? text.p : err->text);
}

/* --- bodies ----------------------------------------------------------------------------------------------------- */

json_t *web_read_object(struct exchange *x, struct err *err)
{
    struct str body;
    json_error_t error;
    if (!http_read_body(x->rq, WEB_BODY_MAX_BYTES, x->arena, &body, err))
        return NULL;
    json_t *object = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, &error);
    if (json_is_object(object))
        return object;
    json_decref(object);
    err_set(err, ERR_INPUT, NULL, "the body must be a JSON object");
    return NULL;
}

bool web_text(const json_t *object, const char *name, struct str *out, struct err *err)
{
    const json_t *value = json_object_get(object, name);
    *out = (struct str){ 0 };
    if (!value || json_is_null(value))
        return true;
    if (!json_is_string(value))
        return err_set(err, ERR_INPUT, name, "must be a string");
    *out = str_bytes(json_string_value(value), json_string_length(value));
    return true;
}

/* --- who calls -------------------------------------------------------------------------------------------------- */

static bool is_account(const struct exchange *x)
{
    struct str header = http_header(x->rq, "Authorization");
    if (!str_eq_ascii_case(str_slice(header, 0, 6), STR("Basic ")))
        return false;
    struct str encoded = str_trim(str_slice(header, 6, header.n));
    unsigned char decoded[BASIC_MAX_BYTES];
    if (encoded.n == 0 || encoded.n % 4 != 0 || encoded.n > BASIC_MAX_BYTES)
        return false;
    int n = EVP_DecodeBlock(decoded, (const unsigned char *)encoded.p, (int)encoded.n);
    if (n < 0)
        return false;
    size_t padding = str_ends(encoded, STR("==")) ? 2 : str_ends(encoded, STR("=")) ? 1 : 0;
    struct str pair = str_bytes(decoded, (size_t)n - padding);
    size_t colon = str_find(pair, ':');
    struct world *world = world_lock();
    bool is_known = false;
    for (size_t i = 0; i < world->tokens_n; i++)
        is_known |= secret_eq(&world->tokens[i], str_slice(pair, colon + 1, pair.n));
    is_known = is_known && str_eq(world->auth_id, str_slice(pair, 0, colon));
    world_unlock(world);
    return is_known;
}

/* Plivo's words for it, and its form: text. */
static void refuse_credentials(struct exchange *x)
{
    static const struct http_header CHALLENGE = { "WWW-Authenticate", { "Basic realm=\"Login Required\"", 28 } };
    (void)http_respond(
        x->rq, 401, "text/plain", &CHALLENGE, 1,
        STR("Could not verify your access level for that URL.\nYou have to login with proper credentials"));
}

/* --- routing ---------------------------------------------------------------------------------------------------- */

static bool matches(const char *pattern, struct str path, struct exchange *x)
{
    struct str wanted = str_of(pattern), piece, got;
    size_t n = 0;
    if (str_ends(path, STR("/")))
        path.n--;
    while (str_next(&wanted, '/', &piece)) {
        if (!str_next(&path, '/', &got))
            return false;
        if (str_is(piece, "*") && got.n > 0)
            x->captures[n++] = got;
        else if (!str_eq(piece, got))
            return false;
    }
    return !str_is_set(path);
}

/* The route of path and method. NULL: `allow` holds the methods of the path, or is empty when there is no such path. */
static const struct route *find(const struct route *routes, struct exchange *x, struct buf *allow)
{
    for (const struct route *route = routes; route->method; route++) {
        if (!matches(route->path, x->rq->path, x))
            continue;
        if (str_is(x->rq->method, route->method))
            return route;
        buf_add_format(allow, "%s%s", allow->n ? ", " : "", route->method);
    }
    return NULL;
}

static void refuse_route(struct exchange *x, struct str allow)
{
    struct http_header header = { "Allow", allow };
    bool is_path = allow.n > 0;
    (void)http_respond(x->rq, is_path ? 405 : 404, "application/json", &header, is_path ? 1 : 0,
                       is_path ? STR("{\"error\":\"method not allowed\"}") : STR("{\"error\":\"not found\"}"));
}

static void serve_rest(struct exchange *x, const struct route *route)
{
    if (atomic_fetch_add(&parallel, 1) >= PARALLEL_MAX)
        plivo_refuse(x, 429, "too many requests at once");
    else if (!is_account(x))
        refuse_credentials(x);
    else if (!route || !rest_is_ours(x->captures[0]))
        plivo_refuse(x, 404, "not found");
    else
        route->handler(x);
    atomic_fetch_sub(&parallel, 1);
}

static void serve(struct http_request *rq, void *unused)
{
    (void)unused;
    struct arena arena;
    struct buf allow;
    struct exchange x = { .rq = rq, .arena = &arena };
    arena_init(&arena, WEB_ARENA_BYTES);
    buf_init(&allow, ALLOW_BYTES);
    bool is_rest = str_starts(rq->path, STR(WEB_REST_PREFIX));
    const struct route *route = find(is_rest ? rest_routes : control_routes, &x, &allow);
    if (!route && (!is_rest || allow.n))
        refuse_route(&x, buf_str(&allow));
    else if (is_rest)
        serve_rest(&x, route);
    else
        route->handler(&x);
    buf_release(&allow);
    arena_release(&arena);
}

/* --- start and stop --------------------------------------------------------------------------------------------- */

bool web_start(const struct sim_config *config, struct err *err)
{
    const struct http_options options = { .listen = config->listen.p,
                                          .threads = WEB_THREADS,
                                          .keep_alive_ms = KEEP_ALIVE_MS,
                                          .request_ms = REQUEST_MS,
                                          .variable = "SIM_LISTEN" };
    return http_server_start(&server, &options, serve, NULL, err);
}

void web_drain(int64_t deadline_boot_ms)
{
    struct world *world = world_lock();
    world_release_waiters(world);
    world_unlock(world);
    (void)http_server_drain(server, deadline_boot_ms); /* who is late is cut by the stop */
}

void web_stop(void)
{
    http_server_stop(&server);
}

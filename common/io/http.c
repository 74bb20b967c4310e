#include "io/http.h"

#include "base/buf.h"
#include "io/clock.h"
#include "io/log.h"

#include <civetweb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    BUSY_PERCENT = 80,                /* of the threads: beyond it a connection serves one request only */
    PIECE_BYTES = 4096,               /* of a body; on a stack of 100 KB */
    HEADER_MAX_BYTES = 16 * 1024,     /* of a request, and of an answer */
    UNREAD_MAX_BYTES = 64 * 1024,     /* of a body that nobody wanted: up to here it is read away and the connection kept */
    LINGER_MAX_BYTES = 1024 * 1024,   /* beyond it: so much is read before closing, lest a reset overtakes the answer */
    LINGER_MAX_MS = 2000,
    STOP_DRAIN_MS = 5000,
    LISTEN_BACKLOG = 1024,
};

struct http_server {
    struct mg_context *civetweb;
    http_handler *handler;
    void *context;
    int threads;
    atomic_int connections;
    atomic_int running; /* handlers */
    atomic_bool is_draining;
    pthread_mutex_t lock; /* with `idle` only: a drain waits for running == 0 */
    pthread_cond_t idle;
    atomic_bool is_started;
    char why_not[120]; /* what civetweb said while starting; nothing writes it afterwards */
};

static struct http_server *server_of(const struct mg_connection *c)
{
    return mg_get_user_data(mg_get_context(c));
}

/* --- the request's own words --- */

struct str http_header(const struct http_request *rq, const char *name)
{
    return str_of(mg_get_header(rq->connection, name));
}

struct str http_cookie(const struct http_request *rq, const char *name)
{
    struct str rest = http_header(rq, "Cookie");
    struct str pair;
    while (str_next(&rest, ';', &pair)) {
        size_t equals = str_find(pair, '=');
        if (equals < pair.n && str_eq(str_trim(str_slice(pair, 0, equals)), str_of(name)))
            return str_trim(str_slice(pair, equals + 1, pair.n));
    }
    return (struct str){0};
}

/* Whether a comma-separated header holds the word. */
static bool has_option(struct str header, struct str word)
{
    struct str item;
    while (str_next(&header, ',', &item))
        if (str_eq_ascii_case(str_trim(item), word))
            return true;
    return false;
}

static bool expects_continue(const struct http_request *rq)
{
    return has_option(http_header(rq, "Expect"), STR("100-continue"));
}

/* Only the first 64 headers are read, and of two Content-Length only one: what stands before and behind us in the chain could
 * see other requests on the same bytes (request smuggling, RFC 9112 section 6.3). 0 when the request is unambiguous. */
static int framing_fault(const struct mg_request_info *info)
{
    size_t lengths = 0;
    size_t encodings = 0;
    int64_t unused;
    if (info->num_headers >= MG_MAX_HEADERS)
        return 431;
    for (int i = 0; i < info->num_headers; i++) {
        struct str name = str_of(info->http_headers[i].name);
        struct str value = str_of(info->http_headers[i].value);
        if (str_eq_ascii_case(name, STR("Content-Length"))) {
            lengths++;
            if (value.n == 0 || value.p[0] == '-' || !str_to_int(value, 0, INT64_MAX, &unused))
                return 400;
        } else if (str_eq_ascii_case(name, STR("Transfer-Encoding"))) {
            encodings++;
            if (!str_eq_ascii_case(value, STR("chunked")))
                return 400;
        }
    }
    return lengths + encodings > 1 ? 400 : 0;
}

static struct http_request request_of(struct mg_connection *c, const struct mg_request_info *info)
{
    struct http_request rq = {
        .method = str_of(info->request_method),
        .path = str_of(info->local_uri_raw),
        .query = str_of(info->query_string),
        .peer = str_of(info->remote_addr),
        .content_length = info->content_length,
        .connection = c,
    };
    rq.is_chunked = str_is_set(http_header(&rq, "Transfer-Encoding"));
    rq.has_body_left = rq.is_chunked || rq.content_length > 0;
    return rq;
}

/* --- the body --- */

static bool broke_off(struct http_request *rq, size_t got, struct err *err)
{
    rq->must_close = true;
    return err_set(err, ERR_INPUT, NULL, "the body broke off after %zu bytes", got);
}

static bool read_known_length(struct http_request *rq, struct arena *arena, struct str *out, struct err *err)
{
    size_t n = (size_t)rq->content_length;
    char *bytes = arena_alloc(arena, n + 1);
    if (!bytes)
        return arena_err(arena, err);
    for (size_t at = 0; at < n;) {
        int got = mg_read(rq->connection, bytes + at, n - at);
        if (got <= 0)
            return broke_off(rq, at, err);
        at += (size_t)got;
    }
    *out = (struct str){bytes, n};
    return true;
}

static bool read_chunks(struct http_request *rq, size_t max_bytes, struct arena *arena, struct str *out, struct err *err)
{
    char piece[PIECE_BYTES];
    struct buf body;
    buf_init(&body, max_bytes);
    int got = mg_read(rq->connection, piece, sizeof piece);
    while (got > 0 && buf_add_bytes(&body, piece, (size_t)got))
        got = mg_read(rq->connection, piece, sizeof piece);
    bool ok;
    if (got > 0)
        ok = err_set(err, ERR_TOO_BIG, NULL, "the body is over %zu bytes", max_bytes);
    else if (got < 0)
        ok = broke_off(rq, body.n, err);
    else {
        *out = arena_dup(arena, buf_str(&body));
        ok = str_is_set(*out) || arena_err(arena, err);
    }
    buf_release(&body);
    return ok;
}

bool http_read_body(struct http_request *rq, size_t max_bytes, struct arena *arena, struct str *out, struct err *err)
{
    static const char CONTINUE[] = "HTTP/1.1 100 Continue\r\n\r\n";
    *out = STR("");
    if (!rq->has_body_left)
        return true;
    if (!rq->is_chunked && (uint64_t)rq->content_length > max_bytes)
        return err_set(err, ERR_TOO_BIG, NULL, "the body is over %zu bytes", max_bytes);
    if (expects_continue(rq) && mg_write(rq->connection, CONTINUE, sizeof CONTINUE - 1) != (int)sizeof CONTINUE - 1)
        return broke_off(rq, 0, err);
    if (!(rq->is_chunked ? read_chunks(rq, max_bytes, arena, out, err) : read_known_length(rq, arena, out, err)))
        return false;
    rq->has_body_left = false;
    return true;
}

/* Reads on for a moment before closing: closing over unread bytes makes the kernel send a reset, which may overtake our answer. */
static void linger(const struct http_request *rq)
{
    char piece[PIECE_BYTES];
    int64_t until_ms = clock_boot_ms() + LINGER_MAX_MS;
    for (size_t n = 0; n < LINGER_MAX_BYTES && clock_boot_ms() < until_ms;) {
        int got = mg_read(rq->connection, piece, sizeof piece);
        if (got <= 0)
            return;
        n += (size_t)got;
    }
}

/* --- the answer --- */

/* IMF-fixdate, made once a second and thread: gmtime_r() takes a lock that all threads share. */
static const char *date_text(void)
{
    static _Thread_local time_t made_at = -1;
    static _Thread_local char text[32];
    time_t now = (time_t)(clock_wall_ms() / 1000);
    if (now != made_at) {
        struct tm tm;
        if (!gmtime_r(&now, &tm) || strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &tm) == 0)
            text[0] = '\0';
        made_at = now;
    }
    return text;
}

static bool is_busy(struct http_server *server)
{
    return atomic_load(&server->connections) * 100 > server->threads * BUSY_PERCENT;
}

/* What the peer asked for: RFC 9112 section 9.3. */
static bool peer_keeps(const struct http_request *rq)
{
    struct str connection = http_header(rq, "Connection");
    if (str_is_set(http_header(rq, "Upgrade")))
        return false;
    if (str_is_set(connection))
        return has_option(connection, STR("keep-alive"));
    return str_is(str_of(mg_get_request_info(rq->connection)->http_version), "1.1");
}

static bool must_close(const struct http_request *rq)
{
    struct http_server *server = server_of(rq->connection);
    bool is_large = rq->has_body_left && (rq->is_chunked || rq->content_length > UNREAD_MAX_BYTES || expects_continue(rq));
    return rq->must_close || is_large || !peer_keeps(rq) || is_busy(server) || atomic_load(&server->is_draining);
}

/* A header's value cannot end its line, whoever wrote it. */
static void add_header(struct buf *out, const char *name, struct str value)
{
    (void)buf_add_format(out, "%s: ", name); /* failures are counted by `out`, which its owner asks at the end */
    for (size_t i = 0; i < value.n; i++)
        (void)buf_add_char(out, (unsigned char)value.p[i] < 0x20 && value.p[i] != '\t' ? ' ' : value.p[i]);
    (void)buf_add_text(out, "\r\n");
}

static void add_head(struct buf *out, struct http_request *rq, int status, const char *content_type,
                     const struct http_header *headers, size_t n)
{
    rq->must_close = must_close(rq);
    if (rq->must_close)
        mg_disable_connection_keep_alive(rq->connection);
    (void)buf_add_format(out, "HTTP/1.1 %d %s\r\n", status, mg_get_response_code_text(rq->connection, status));
    add_header(out, "Date", str_of(date_text()));
    add_header(out, "Connection", rq->must_close ? STR("close") : STR("keep-alive"));
    if (content_type)
        add_header(out, "Content-Type", str_of(content_type));
    for (size_t i = 0; i < n; i++)
        add_header(out, headers[i].name, headers[i].value);
}

static bool send_whole(struct http_request *rq, struct str bytes)
{
    bool ok = mg_write(rq->connection, bytes.p, bytes.n) == (int)bytes.n;
    if (!ok)
        mg_disable_connection_keep_alive(rq->connection); /* half an answer must not be followed by another */
    return ok;
}

bool http_respond(struct http_request *rq, int status, const char *content_type, const struct http_header *headers, size_t n,
                  struct str body)
{
    assert(!rq->is_answered);
    rq->is_answered = true;
    bool may_have_body = status >= 200 && status != 204 && status != 304;
    struct buf out;
    buf_init(&out, HEADER_MAX_BYTES + body.n);
    add_head(&out, rq, status, content_type, headers, n);
    if (may_have_body)
        (void)buf_add_format(&out, "Content-Length: %zu\r\n", body.n);
    (void)buf_add_text(&out, "\r\n");
    if (may_have_body && !str_is(rq->method, "HEAD"))
        (void)buf_add(&out, body);
    bool ok = !out.has_failed && send_whole(rq, buf_str(&out));
    if (out.has_failed)
        mg_disable_connection_keep_alive(rq->connection); /* no memory: the peer sees the connection close */
    buf_release(&out);
    return ok;
}

bool http_stream_begin(struct http_request *rq, const char *content_type, const struct http_header *headers, size_t n)
{
    assert(!rq->is_answered);
    rq->is_answered = true;
    rq->must_close = true; /* its end is the connection's end */
    struct buf out;
    buf_init(&out, HEADER_MAX_BYTES);
    add_head(&out, rq, 200, content_type, headers, n);
    (void)buf_add_text(&out, "\r\n");
    bool ok = !out.has_failed && send_whole(rq, buf_str(&out));
    buf_release(&out);
    return ok;
}

bool http_stream_write(struct http_request *rq, struct str bytes)
{
    return bytes.n == 0 || send_whole(rq, bytes);
}

/* --- civetweb's calls --- */

static void refuse(struct http_request *rq, int status)
{
    rq->must_close = true;
    (void)http_respond(rq, status, "text/plain", NULL, 0, str_of(mg_get_response_code_text(rq->connection, status)));
}

static void handler_ends(struct http_server *server)
{
    if (atomic_fetch_sub(&server->running, 1) > 1 || !atomic_load(&server->is_draining))
        return;
    (void)pthread_mutex_lock(&server->lock);
    (void)pthread_cond_broadcast(&server->idle);
    (void)pthread_mutex_unlock(&server->lock);
}

/* Takes every request, before civetweb looks for files, passwords or preflights of its own; 1: it is done. */
static int on_request(struct mg_connection *c)
{
    struct http_server *server = server_of(c);
    const struct mg_request_info *info = mg_get_request_info(c);
    struct http_request rq = request_of(c, info);
    int fault = framing_fault(info);
    atomic_fetch_add(&server->running, 1); /* before the look at is_draining: a drain either waits for us or stops us */
    if (fault != 0)
        refuse(&rq, fault);
    else if (atomic_load(&server->is_draining))
        refuse(&rq, 503);
    else
        server->handler(&rq, server->context);
    if (!rq.is_answered)
        refuse(&rq, 500);
    handler_ends(server);
    if (rq.must_close && rq.has_body_left && fault == 0 && !expects_continue(&rq))
        linger(&rq);
    return 1;
}

static int on_open(const struct mg_connection *c, void **unused)
{
    (void)unused;
    atomic_fetch_add(&server_of(c)->connections, 1);
    return 0;
}

static void on_closed(const struct mg_connection *c)
{
    atomic_fetch_sub(&server_of(c)->connections, 1);
}

/* "cannot bind to 127.0.0.1:3001: 98 (Address already in use)": kept for the one who starts. 1: not for civetweb's own log. */
static int on_log(const struct mg_connection *c, const char *message)
{
    struct http_server *server = server_of(c);
    if (!atomic_load(&server->is_started) && !server->why_not[0]) {
        const char *open = strrchr(message, '(');
        struct str reason = str_of(open ? open + 1 : message);
        if (open && str_ends(reason, STR(")")))
            reason.n--;
        (void)snprintf(server->why_not, sizeof server->why_not, "%.*s", (int)min_size(reason.n, 100), reason.p);
    }
    log_event(LOG_DEBUG, "http.civetweb", F_WORD("says", message));
    return 1;
}

/* --- start and stop --- */

static void server_free(struct http_server *server)
{
    (void)pthread_cond_destroy(&server->idle);
    (void)pthread_mutex_destroy(&server->lock);
    free(server);
}

static struct http_server *server_new(const struct http_options *options, http_handler *handler, void *context)
{
    struct http_server *server = calloc(1, sizeof *server);
    pthread_condattr_t clock;
    if (!server)
        return NULL;
    server->handler = handler;
    server->context = context;
    server->threads = options->threads;
    (void)pthread_mutex_init(&server->lock, NULL); /* these four cannot fail on Linux with these arguments */
    (void)pthread_condattr_init(&clock);
    (void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&server->idle, &clock);
    (void)pthread_condattr_destroy(&clock);
    return server;
}

static void init_civetweb(void)
{
    (void)mg_init_library(MG_FEATURES_DEFAULT); /* without TLS there is nothing that could fail; mg_start2 would say so again */
}

static struct mg_context *start_civetweb(struct http_server *server, const struct http_options *options)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    char threads[16];
    char keep_alive_ms[16];
    char request_ms[16];
    char header_bytes[16];
    char backlog[16];
    (void)snprintf(threads, sizeof threads, "%d", options->threads); /* numbers: all five fit */
    (void)snprintf(keep_alive_ms, sizeof keep_alive_ms, "%d", options->keep_alive_ms);
    (void)snprintf(request_ms, sizeof request_ms, "%d", options->request_ms);
    (void)snprintf(header_bytes, sizeof header_bytes, "%d", HEADER_MAX_BYTES);
    (void)snprintf(backlog, sizeof backlog, "%d", LISTEN_BACKLOG);
    const char *settings[] = {
        "listening_ports", options->listen, "num_threads", threads, "connection_queue", threads, "listen_backlog", backlog,
        "keep_alive_timeout_ms", keep_alive_ms, "request_timeout_ms", request_ms, "max_request_size", header_bytes,
        "enable_keep_alive", "yes", "tcp_nodelay", "1", "decode_url", "no", "decode_query_string", "no",
        "enable_auth_domain_check", "no", "enable_directory_listing", "no", NULL,
    };
    static const struct mg_callbacks CALLBACKS = {
        .begin_request = on_request, .init_connection = on_open, .connection_closed = on_closed, .log_message = on_log};
    struct mg_init_data init = {.callbacks = &CALLBACKS, .user_data = server, .configuration_options = settings};
    struct mg_error_data failure = {.text = server->why_not, .text_buffer_size = 0}; /* on_log tells more */
    (void)pthread_once(&once, init_civetweb);
    return mg_start2(&init, &failure);
}

bool http_server_start(struct http_server **out, const struct http_options *options, http_handler *handler, void *context,
                       struct err *err)
{
    if (options->listen[0] == '[' && mg_check_feature(MG_FEATURES_IPV6) == 0) /* Debian's is such a build */
        return err_set(err, ERR_INPUT, options->variable, "%s cannot be listened on: civetweb is built without IPv6 here",
                       options->listen);
    struct http_server *server = server_new(options, handler, context);
    if (!server)
        return err_set(err, ERR_BUSY, options->variable, "out of memory");
    struct mg_context *civetweb = start_civetweb(server, options);
    if (!civetweb) {
        (void)err_set(err, ERR_BUSY, options->variable, "%s cannot be listened on: %s", options->listen,
                      server->why_not[0] ? server->why_not : "unknown reason");
        server_free(server);
        return false;
    }
    atomic_store(&server->is_started, true);
    server->civetweb = civetweb;
    *out = server;
    return true;
}

bool http_server_drain(struct http_server *server, int64_t deadline_boot_ms)
{
    atomic_store(&server->is_draining, true);
    (void)pthread_mutex_lock(&server->lock);
    for (;;) {
        int64_t left_ms = deadline_boot_ms - clock_boot_ms();
        if (atomic_load(&server->running) == 0 || left_ms <= 0)
            break;
        struct timespec until;
        (void)clock_gettime(CLOCK_MONOTONIC, &until); /* pthread knows no CLOCK_BOOTTIME; the loop looks at ours again */
        int64_t until_ns = until.tv_nsec + (left_ms % 1000) * 1000000;
        until.tv_sec += left_ms / 1000 + until_ns / 1000000000;
        until.tv_nsec = until_ns % 1000000000;
        (void)pthread_cond_timedwait(&server->idle, &server->lock, &until); /* late or woken: the loop finds out */
    }
    bool is_idle = atomic_load(&server->running) == 0;
    (void)pthread_mutex_unlock(&server->lock);
    return is_idle;
}

void http_server_stop(struct http_server **server)
{
    if (!*server)
        return;
    /* civetweb writes nothing more once it is told to stop: the running answers come first */
    (void)http_server_drain(*server, clock_boot_ms() + STOP_DRAIN_MS);
    mg_stop((*server)->civetweb);
    server_free(*server);
    *server = NULL;
}

int http_server_port(const struct http_server *server)
{
    struct mg_server_port port;
    return mg_get_server_ports(server->civetweb, 1, &port) == 1 ? port.port : 0;
}

int http_server_connections(const struct http_server *server)
{
    return atomic_load(&server->connections);
}

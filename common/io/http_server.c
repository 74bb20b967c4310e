/* The civetweb side of http.h: where requests come from, what is refused before the handler, start, drain and stop. */
#include "io/http_server.h"

#include "io/clock.h"
#include "io/wait.h"
#include "io/log.h"

#include <civetweb.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

enum {
    PIECE_BYTES = 4096,
    HEADER_MAX_BYTES = 16 * 1024, /* of a request */
    LINGER_MAX_BYTES =
        1024 * 1024, /* of an unwanted body: so much is read before closing, lest a reset overtakes the answer */
    LINGER_MAX_MS = 2000,
    STOP_DRAIN_MS = 400, /* after a drain that did not end: for answers that are just being written */
    FILES_KEPT = 128, /* of the process's files, for all that is no connection; or half of them, where there are few */
    LISTEN_BACKLOG = 1024,
};

struct http_server *http_server_of(const struct mg_connection *c)
{
    return mg_get_user_data(mg_get_context(c));
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

/* --- civetweb's calls --- */

static void refuse(struct http_request *rq, int status)
{
    rq->must_close = true;
    (void)http_respond(rq, status, "text/plain", NULL, 0, str_of(mg_get_response_code_text(rq->connection, status)));
}

void http_handler_ends(struct http_server *server)
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
    struct http_server *server = http_server_of(c);
    const struct mg_request_info *info = mg_get_request_info(c);
    struct http_request rq = request_of(c, info);
    int fault = framing_fault(info);
    if (!http_connection_settle(mg_get_user_connection_data(c))) {
        mg_disable_connection_keep_alive(c);
        return 1;
    }
    atomic_fetch_add(&server->running, 1); /* before the look at is_draining: a drain either waits for us or stops us */
    if (fault != 0)
        refuse(&rq, fault);
    else if (atomic_load(&server->is_draining))
        refuse(&rq, 503);
    else
        server->handler(&rq, server->context);
    if (!rq.is_answered)
        refuse(&rq, 500);
    if (!rq.is_deferred)
        http_handler_ends(server);
    if (rq.must_close && rq.has_body_left && fault == 0 && !http_expects_continue(&rq))
        linger(&rq);
    return 1;
}

/* What civetweb refuses by itself (malformed, too long a header), answered in our form; it closes the connection. 0: it is answered. */
static int on_refusal(struct mg_connection *c, int status, const char *message)
{
    char text[256];
    const char *reason = mg_get_response_code_text(c, status);
    (void)message; /* may quote what the peer sent */
    if (!http_connection_settle(mg_get_user_connection_data(c)))
        return 0;
    int n = snprintf(
        text, sizeof text,
        "HTTP/1.1 %d %s\r\nDate: %s\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n%s",
        status, reason, http_date(), strlen(reason), reason); /* reasons are short: fits */
    (void)mg_write(c, text, n < 0 ? 0 : min_size((size_t)n, sizeof text - 1)); /* the peer may be gone */
    return 0;
}

static int on_open(const struct mg_connection *c, void **own)
{
    *own = http_connection_new();
    atomic_fetch_add(&http_server_of(c)->connections, 1);
    return 0;
}

static void *on_thread(const struct mg_context *civetweb, int kind)
{
    enum { SERVES_CONNECTIONS = 1 };
    const struct http_server *server = mg_get_user_data(civetweb);
    const struct sched_param none = { 0 };
    if (server->is_for_throughput && kind == SERVES_CONNECTIONS)
        (void)pthread_setschedparam(pthread_self(), SCHED_BATCH,
                                    &none); /* where that is not allowed it works all the same */
    return NULL;
}

/* Before the socket is closed. civetweb holds the connection's lock here; whoever writes a deferred answer takes none. */
static void on_close(const struct mg_connection *c)
{
    http_connection_free(mg_get_user_connection_data(c));
}

static void on_closed(const struct mg_connection *c)
{
    atomic_fetch_sub(&http_server_of(c)->connections, 1);
}

/* "cannot bind to 127.0.0.1:3001: 98 (Address already in use)": kept for the one who starts. 1: not for civetweb's own log. */
static int on_log(const struct mg_connection *c, const char *message)
{
    struct http_server *server = http_server_of(c);
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

/* civetweb asks for a connection again and again while it has no file for it. So there are never more connections than files:
 * the others wait in the kernel until one ends. */
static void fit_files(struct http_server *server, int wanted)
{
    struct rlimit limit;
    server->threads = server->queued_max = wanted;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return;
    int64_t files = (int64_t)min_size(limit.rlim_cur, INT_MAX);
    int64_t room = files - min_i64(FILES_KEPT, files / 2);
    if (2 * (int64_t)wanted <= room)
        return;
    server->queued_max = (int)clamp_i64(room / 8, 1, wanted);
    server->threads = (int)clamp_i64(room - server->queued_max, 1, wanted);
    if (server->threads < wanted)
        log_event(LOG_WARN, "http.few_files", F_INT("files", files), F_INT("connections", server->threads),
                  F_INT("wanted", wanted));
}

static struct http_server *server_new(const struct http_options *options, http_handler *handler, void *context)
{
    struct http_server *server = calloc(1, sizeof *server);
    if (!server)
        return NULL;
    server->handler = handler;
    server->context = context;
    server->is_for_throughput = options->is_for_throughput;
    fit_files(server, options->threads);
    (void)pthread_mutex_init(&server->lock, NULL); /* cannot fail with these arguments */
    wait_init(&server->idle);
    return server;
}

/* Of the futexes of this process, where the kernel keeps a table for each (Linux 6.16): by default it has 16 places, so that every 16th
 * wake-up walks past all of civetweb's sleeping threads. Asked before there are threads; an older kernel says no, and has a larger table. */
static void widen_futexes(void)
{
    enum {
        SET_FUTEX_HASH = 78,
        SET_SLOTS = 1,
        SLOTS = 1024
    }; /* PR_FUTEX_HASH and PR_FUTEX_HASH_SET_SLOTS of linux/prctl.h */
    (void)prctl(SET_FUTEX_HASH, SET_SLOTS, SLOTS, 0);
}

static void init_civetweb(void)
{
    widen_futexes();
    (void)mg_init_library(
        MG_FEATURES_DEFAULT); /* without TLS there is nothing that could fail; mg_start2 would say so again */
}

static struct mg_context *start_civetweb(struct http_server *server, const struct http_options *options)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    char threads[16];
    char queued[16];
    char keep_alive_ms[16];
    char request_ms[16];
    char header_bytes[16];
    char backlog[16];
    (void)snprintf(threads, sizeof threads, "%d", server->threads); /* numbers: all six fit */
    (void)snprintf(queued, sizeof queued, "%d", server->queued_max);
    (void)snprintf(keep_alive_ms, sizeof keep_alive_ms, "%d", options->keep_alive_ms);
    (void)snprintf(request_ms, sizeof request_ms, "%d", options->request_ms);
    (void)snprintf(header_bytes, sizeof header_bytes, "%d", HEADER_MAX_BYTES);
    (void)snprintf(backlog, sizeof backlog, "%d", LISTEN_BACKLOG);
    /* clang-format off */
    const char *settings[] = {
        "listening_ports",          options->listen,
        "num_threads",              threads,
        "connection_queue",         queued,
        "listen_backlog",           backlog,
        "keep_alive_timeout_ms",    keep_alive_ms,
        "request_timeout_ms",       request_ms,
        "max_request_size",         header_bytes,
        "enable_keep_alive",        "yes",
        "tcp_nodelay",              "1",
        "decode_url",               "no",
        "decode_query_string",      "no",
        "enable_auth_domain_check", "no",
        "enable_directory_listing", "no",
        NULL,
    };
    /* clang-format on */
    static const struct mg_callbacks CALLBACKS = { .init_thread = on_thread,
                                                   .begin_request = on_request,
                                                   .init_connection = on_open,
                                                   .connection_close = on_close,
                                                   .connection_closed = on_closed,
                                                   .http_error = on_refusal,
                                                   .log_message = on_log };
    struct mg_init_data init = { .callbacks = &CALLBACKS, .user_data = server, .configuration_options = settings };
    struct mg_error_data failure = { .text = server->why_not, .text_buffer_size = 0 }; /* on_log tells more */
    (void)pthread_once(&once, init_civetweb);
    return mg_start2(&init, &failure);
}

bool http_server_start(struct http_server **out, const struct http_options *options, http_handler *handler,
                       void *context, struct err *err)
{
    if (options->listen[0] == '[' && mg_check_feature(MG_FEATURES_IPV6) == 0) /* Debian's is such a build */
        return err_set(err, ERR_INPUT, options->variable,
                       "%s cannot be listened on: civetweb is built without IPv6 here", options->listen);
    struct http_server *server = server_new(options, handler, context);
    if (!server)
        return err_set(err, ERR_BUSY, options->variable, "out of memory");
    *out = server; /* before the first request: its handler may ask */
    struct mg_context *civetweb = start_civetweb(server, options);
    if (!civetweb) {
        *out = NULL;
        (void)err_set(err, ERR_BUSY, options->variable, "%s cannot be listened on: %s", options->listen,
                      server->why_not[0] ? server->why_not : "unknown reason");
        server_free(server);
        return false;
    }
    atomic_store(&server->is_started, true);
    server->civetweb = civetweb;
    return true;
}

bool http_server_drain(struct http_server *server, int64_t deadline_boot_ms)
{
    atomic_store(&server->is_draining, true);
    (void)pthread_mutex_lock(&server->lock);
    while (atomic_load(&server->running) > 0 && wait_until(&server->idle, &server->lock, deadline_boot_ms * 1000))
        continue;
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

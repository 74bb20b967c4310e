/* The request and its answer; http_server.c and http_deferred.c are the rest of http.h. */
#include "io/http.h"

#include "base/buf.h"
#include "io/clock.h"
#include "io/http_server.h"

#include <civetweb.h>
#include <time.h>

enum {
    BUSY_PERCENT = 80, /* of the threads: beyond it a connection serves one request only */
    PIECE_BYTES = 4096, /* of a body; on a stack of 100 KB */
    ANSWER_HEADER_BYTES = 16 * 1024, /* an answer's header is ours: far below */
    UNREAD_MAX_BYTES = 64 * 1024, /* of a body that nobody wanted: up to here it is read away and the connection kept */
};

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
    return (struct str){ 0 };
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

bool http_expects_continue(const struct http_request *rq)
{
    return has_option(http_header(rq, "Expect"), STR("100-continue"));
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
    *out = (struct str){ bytes, n };
    return true;
}

static bool read_chunks(struct http_request *rq, size_t max_bytes, struct arena *arena, struct str *out,
                        struct err *err)
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
    if (http_expects_continue(rq) &&
        mg_write(rq->connection, CONTINUE, sizeof CONTINUE - 1) != (int)sizeof CONTINUE - 1)
        return broke_off(rq, 0, err);
    if (!(rq->is_chunked ? read_chunks(rq, max_bytes, arena, out, err) : read_known_length(rq, arena, out, err)))
        return false;
    rq->has_body_left = false;
    return true;
}

/* --- the answer --- */

/* IMF-fixdate, made once a second and thread: gmtime_r() takes a lock that all threads share. */
const char *http_date(void)
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

bool http_must_close(const struct http_request *rq)
{
    struct http_server *server = http_server_of(rq->connection);
    bool is_large = rq->has_body_left &&
                    (rq->is_chunked || rq->content_length > UNREAD_MAX_BYTES || http_expects_continue(rq));
    return rq->must_close || is_large || !peer_keeps(rq) || is_busy(server) || atomic_load(&server->is_draining);
}

/* A header's value cannot end its line, whoever wrote it. */
static void add_header(struct buf *out, const char *name, struct str value)
{
    (void)buf_add_text(out, name); /* failures are counted by `out`, which its owner asks at the end */
    (void)buf_add(out, STR(": "));
    size_t from = out->n;
    (void)buf_add(out, value);
    for (size_t i = from; i < out->n; i++)
        if ((unsigned char)out->p[i] < 0x20 && out->p[i] != '\t')
            out->p[i] = ' ';
    (void)buf_add_text(out, "\r\n");
}

static void add_head(struct buf *out, struct http_request *rq, int status, const char *content_type,
                     const struct http_header *headers, size_t n)
{
    rq->must_close = rq->is_deferred ? http_deferred_must_close(rq) : http_must_close(rq);
    if (rq->must_close && !rq->is_deferred) /* else civetweb was told before the handler returned */
        mg_disable_connection_keep_alive(rq->connection);
    (void)buf_add(out, STR("HTTP/1.1 ")); /* piece by piece: printf costs more than all the rest here */
    (void)buf_add_int(out, status);
    (void)buf_add_char(out, ' ');
    (void)buf_add_text(out, mg_get_response_code_text(rq->connection, status));
    (void)buf_add(out, STR("\r\n"));
    add_header(out, "Date", str_of(http_date()));
    add_header(out, "Connection", rq->must_close ? STR("close") : STR("keep-alive"));
    if (content_type)
        add_header(out, "Content-Type", str_of(content_type));
    for (size_t i = 0; i < n; i++)
        add_header(out, headers[i].name, headers[i].value);
}

/* Half an answer must not be followed by another. */
static void break_off(struct http_request *rq)
{
    if (rq->is_deferred)
        http_deferred_breaks(rq); /* civetweb's own flag may belong to the next request by now */
    else
        mg_disable_connection_keep_alive(rq->connection);
}

static bool send_whole(struct http_request *rq, struct str bytes)
{
    bool ok = mg_write(rq->connection, bytes.p, bytes.n) == (int)bytes.n;
    if (!ok)
        break_off(rq);
    return ok;
}

bool http_respond(struct http_request *rq, int status, const char *content_type, const struct http_header *headers,
                  size_t n, struct str body)
{
    assert(!rq->is_answered);
    rq->is_answered = true;
    bool may_have_body = status >= 200 && status != 204 && status != 304;
    struct buf out;
    buf_init(&out, ANSWER_HEADER_BYTES + body.n);
    add_head(&out, rq, status, content_type, headers, n);
    if (may_have_body) {
        (void)buf_add(&out, STR("Content-Length: "));
        (void)buf_add_int(&out, (int64_t)body.n);
        (void)buf_add(&out, STR("\r\n"));
    }
    (void)buf_add(&out, STR("\r\n"));
    if (may_have_body && !str_is(rq->method, "HEAD"))
        (void)buf_add(&out, body);
    if (rq->is_deferred)
        http_deferred_begins(rq);
    bool ok = !out.has_failed && send_whole(rq, buf_str(&out));
    if (out.has_failed)
        break_off(rq); /* no memory: the peer sees the connection close */
    buf_release(&out);
    return ok;
}

bool http_stream_begin(struct http_request *rq, const char *content_type, const struct http_header *headers, size_t n)
{
    assert(!rq->is_answered);
    rq->is_answered = true;
    rq->must_close = true; /* its end is the connection's end */
    struct buf out;
    buf_init(&out, ANSWER_HEADER_BYTES);
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

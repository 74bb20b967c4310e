/* `parley spool rejected` and `resend`: what ingress refused, and asking it once more. */
#include "spool.h"

#include "io/clock.h"
#include "plivo/plivo_words.h"

#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { ANSWER_S = 10, REQUEST_MAX_BYTES = 128 * 1024, STATUS_LINE_BYTES = 64, HOST_MAX_BYTES = 256 };

/* What is done with each; `context` is the caller's. */
typedef bool rejected_visit(const struct rejected_request *request, void *context, struct err *err);

/* Every refused request, oldest first, until a visit fails. */
static bool each_rejected(struct spool_store *store, rejected_visit *visit, void *context, struct err *err)
{
    struct arena arena;
    struct rejected_request *requests;
    size_t n = 0;
    int64_t after = 0;
    bool is_fine;
    arena_init(&arena, SPOOL_ARENA_BYTES);
    do {
        arena_reset(&arena);
        is_fine = spool_rejected(store, after, SPOOL_PAGE, &arena, &requests, &n, err);
        for (size_t i = 0; is_fine && i < n; i++) {
            is_fine = visit(&requests[i], context, err);
            after = requests[i].sequence;
        }
    } while (is_fine && n > 0);
    arena_release(&arena);
    return is_fine;
}

static bool print_one(const struct rejected_request *request, void *context, struct err *err)
{
    char at[TIME_TEXT_BYTES];
    (void)err;
    time_format(request->at, at);
    (void)printf("%6lld  %s  %lld  %-14.*s  %.*s %.*s  from %.*s\n", (long long)request->sequence, at,
                 (long long)request->status, STR_ARGS(request->reason), STR_ARGS(request->method),
                 STR_ARGS(request->url), STR_ARGS(request->peer)); /* stdout: its reader's affair */
    (*(int64_t *)context)++;
    return true;
}

bool rejected_print(struct spool_store *store, struct err *err)
{
    int64_t n = 0;
    if (!each_rejected(store, print_one, &n, err))
        return false;
    (void)printf("%lld refused requests are kept; the URL is the one their signature was checked against\n",
                 (long long)n);   /* as above */
    return true;
}

/* --- once more ---------------------------------------------------------------------------------------------------- */

static bool ingress_connect(struct str listen, int *out, struct err *err)
{
    char host[HOST_MAX_BYTES];
    size_t colon = listen.n;
    while (colon > 0 && listen.p[colon - 1] != ':')
        colon--;
    if (colon == 0 || colon > sizeof host)
        return err_set(err, ERR_INPUT, "INGRESS_LISTEN", "must be host:port");
    memcpy(host, listen.p, colon - 1);
    host[colon - 1] = '\0';
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    const struct timeval patience = { .tv_sec = ANSWER_S };
    if (getaddrinfo(host, listen.p + colon, &hints, &found) != 0)
        return err_set(err, ERR_INPUT, "INGRESS_LISTEN", "names no host that can be found");
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_connected = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
                        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
                        connect(fd, found->ai_addr, found->ai_addrlen) == 0;
    freeaddrinfo(found);
    *out = fd;
    if (is_connected)
        return true;
    (void)err_set_errno(err, ERR_BUSY, "INGRESS_LISTEN", "no ingress answers there");   /* false below */
    if (fd >= 0)
        (void)close(fd);
    return false;
}

static void header_add(struct buf *out, const char *name, struct str value)
{
    if (str_is_set(value))
        (void)buf_add_format(out, "%s: %.*s\r\n", name, STR_ARGS(value));   /* has_failed is looked at once, at the end */
}

/* The very bytes that count for the signature. */
static bool request_format(const struct rejected_request *request, struct str listen, struct buf *out)
{
    (void)buf_add_format(out, "%.*s %.*s%s%.*s HTTP/1.1\r\n", STR_ARGS(request->method), STR_ARGS(request->path),
                         str_is_set(request->query) ? "?" : "", STR_ARGS(request->query));   /* as above */
    header_add(out, "Host", listen);
    header_add(out, "Connection", STR("close"));
    header_add(out, "Content-Type", request->content_type);
    header_add(out, PLIVO_HEADER_V3, request->v3);
    header_add(out, PLIVO_HEADER_MA_V3, request->ma_v3);
    header_add(out, PLIVO_HEADER_V3_NONCE, request->v3_nonce);
    header_add(out, PLIVO_HEADER_V2, request->v2);
    header_add(out, PLIVO_HEADER_MA_V2, request->ma_v2);
    header_add(out, PLIVO_HEADER_V2_NONCE, request->v2_nonce);
    if (str_is(request->method, "POST"))
        (void)buf_add_format(out, "Content-Length: %zu\r\n", request->body.n);   /* as above */
    (void)buf_add_text(out, "\r\n");   /* as above */
    if (str_is(request->method, "POST"))
        (void)buf_add(out, request->body);   /* as above */
    return !out->has_failed;
}

/* *status: the answer's. */
static bool exchange(int fd, struct str request, int64_t *status, struct err *err)
{
    char line[STATUS_LINE_BYTES];
    size_t n = 0;
    while (request.n > 0) {
        ssize_t sent = send(fd, request.p, request.n, MSG_NOSIGNAL);
        if (sent <= 0)
            return err_set_errno(err, ERR_BUSY, NULL, "ingress took only a part of the request");
        request = str_slice(request, (size_t)sent, request.n);
    }
    while (n < sizeof "HTTP/1.1 200") {
        ssize_t got = recv(fd, line + n, sizeof line - n, 0);
        if (got <= 0)
            return err_set_errno(err, ERR_BUSY, NULL, "ingress gave no answer");
        n += (size_t)got;
    }
    return str_to_int(str_slice(str_bytes(line, n), sizeof "HTTP/1.1 " - 1, 3), 100, 599, status) ||
           err_set(err, ERR_BROKEN, NULL, "what answers at INGRESS_LISTEN is no web server");
}

struct resending {
    int64_t which;    /* 0: all */
    int64_t began_ms; /* what is refused again is kept again: younger ones are ours */
    struct str listen;
    int64_t found, accepted;
};

static bool resend_one(const struct rejected_request *request, void *context, struct err *err)
{
    struct resending *r = context;
    struct buf bytes;
    int64_t status = 0;
    int fd = -1;
    if ((r->which != 0 && r->which != request->sequence) || request->at >= r->began_ms)
        return true;
    r->found++;
    buf_init(&bytes, REQUEST_MAX_BYTES);
    bool is_fine = request_format(request, r->listen, &bytes) ||
                   err_set(err, ERR_TOO_BIG, NULL, "the request is too long");
    is_fine = is_fine && ingress_connect(r->listen, &fd, err);
    if (is_fine) {
        is_fine = exchange(fd, buf_str(&bytes), &status, err);
        (void)close(fd);   /* the answer is read */
    }
    buf_release(&bytes);
    if (!is_fine)
        return false;
    r->accepted += status == 200;
    (void)printf("%6lld  %lld\n", (long long)request->sequence, (long long)status);   /* stdout: its reader's affair */
    return true;
}

bool rejected_resend(struct spool_store *store, int64_t which, struct str listen, struct err *err)
{
    struct resending r = { .which = which, .began_ms = clock_wall_ms(), .listen = listen };
    if (!each_rejected(store, resend_one, &r, err))
        return false;
    if (r.found == 0 && which != 0)
        return err_set(err, ERR_MISSING, NULL, "no refused request has the number %lld", (long long)which);
    (void)printf("%lld of %lld accepted\n", (long long)r.accepted, (long long)r.found);   /* as above */
    return r.accepted == r.found ||
           err_set(err, ERR_DENIED, NULL, "%lld were refused again", (long long)(r.found - r.accepted));
}

#include "line.h"
#include "answer.h"
#include "call.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    EVENTS_MAX = 64,
    PIECE_BYTES = 16 * 1024,
    REQUEST_MAX_BYTES = 2 * CALL_FORM_MAX_BYTES,
    LOOK_US = 100 * 1000, /* how often deadlines and idle connections are looked at */
};

struct line {
    int fd; /* -1: closed */
    struct line_target target; /* its address alone */
    void *what;                /* NULL: idle */
    struct buf request;
    size_t sent;
    struct answer answer;
    int64_t until_us; /* of a try: its deadline; idle: closed then */
};

static struct line lines[LINES_MAX];
static int poller = -1;
static int64_t look_us;

/* --- where to --------------------------------------------------------------------------------------------------- */

static bool is_plain(struct str url)
{
    for (size_t i = 0; i < url.n; i++)
        if (url.p[i] <= ' ' || url.p[i] > '~' || (url.p[i] == '/' && i + 1 < url.n && url.p[i + 1] == '.'))
            return false;
    return str_find(url, '@') == url.n && str_find(url, '#') == url.n;
}

static bool read_port(struct str text, in_port_t *port)
{
    int64_t n = 80;
    if (text.n > 0 && (text.p[0] != ':' || !str_to_int(str_slice(text, 1, text.n), 1, 65535, &n)))
        return false;
    *port = htons((uint16_t)n);
    return true;
}

static bool read_address(struct str host, struct line_target *out)
{
    bool is_v6 = str_starts(host, STR("["));
    size_t end = str_find(host, is_v6 ? ']' : ':');
    struct str text = str_slice(host, is_v6 ? 1 : 0, is_v6 ? end - 1 : end);
    char address[INET6_ADDRSTRLEN];
    in_port_t port;
    if (text.n == 0 || text.n >= sizeof address || (is_v6 && end == host.n) ||
        !read_port(str_slice(host, end + (is_v6 ? 1 : 0), host.n), &port))
        return false;
    memcpy(address, text.p, text.n);
    address[text.n] = '\0';
    if (is_v6) {
        out->address.v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = port };
        out->address_n = sizeof out->address.v6;
        return inet_pton(AF_INET6, address, &out->address.v6.sin6_addr) == 1;
    }
    out->address.v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = port };
    out->address_n = sizeof out->address.v4;
    return inet_pton(AF_INET, address, &out->address.v4.sin_addr) == 1;
}

bool line_target_of(struct str url, struct line_target *out)
{
    *out = (struct line_target){ 0 };
    if (!str_starts(url, STR("http://")) || !is_plain(url))
        return false;
    struct str rest = str_slice(url, 7, url.n);
    size_t n = min_size(str_find(rest, '/'), str_find(rest, '?'));
    out->host = str_slice(rest, 0, n);
    out->path = str_slice(rest, n, rest.n);
    return read_address(out->host, out);
}

/* --- connections ------------------------------------------------------------------------------------------------ */

static void hang_up(struct line *line)
{
    if (line->fd >= 0)
        close(line->fd);
    line->fd = -1;
    line->what = NULL;
}

static bool dial(struct line *line, const struct line_target *target)
{
    const int on = 1;
    line->fd = socket(target->address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (line->fd < 0)
        return false;
    line->target = *target;
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = line };
    (void)setsockopt(line->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* without it: slower, not wrong */
    if ((connect(line->fd, &target->address.any, target->address_n) == 0 || errno == EINPROGRESS) &&
        epoll_ctl(poller, EPOLL_CTL_ADD, line->fd, &event) == 0)
        return true;
    hang_up(line);
    return false;
}

static bool leads_to(const struct line *line, const struct line_target *target)
{
    return line->target.address_n == target->address_n &&
           memcmp(&line->target.address, &target->address, target->address_n) == 0;
}

/* An idle one that leads there; else a new one, if need be in the place of an idle one. NULL: none to be had. */
static struct line *line_to(const struct line_target *target)
{
    struct line *closed = NULL, *other = NULL;
    for (size_t i = 0; i < LINES_MAX; i++) {
        struct line *line = &lines[i];
        if (line->fd < 0)
            closed = closed ? closed : line;
        else if (!line->what && leads_to(line, target))
            return line;
        else if (!line->what)
            other = line;
    }
    struct line *line = closed ? closed : other;
    if (!line)
        return NULL;
    hang_up(line);
    return dial(line, target) ? line : NULL;
}

/* --- a try ------------------------------------------------------------------------------------------------------ */

/* True unless the connection is gone; what is left goes when there is room again. */
static bool send_rest(struct line *line)
{
    while (line->sent < line->request.n) {
        ssize_t n = send(line->fd, line->request.p + line->sent, line->request.n - line->sent, MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN || errno == EINTR || errno == ENOTCONN;
        line->sent += (size_t)n;
    }
    return true;
}

/* A piece that is not full was the last for now; where the peer has ended the connection, its end is read, too. */
static void receive(struct line *line, bool has_ended)
{
    char piece[PIECE_BYTES];
    ssize_t n;
    do {
        n = recv(line->fd, piece, sizeof piece, 0);
        if (n > 0)
            answer_take(&line->answer, str_bytes(piece, (size_t)n));
        else if (n == 0 || (errno != EAGAIN && errno != EINTR))
            answer_end(&line->answer);
    } while (n > 0 && (has_ended || n == (ssize_t)sizeof piece));
}

static void end_try(struct line *line, bool has_answer, int64_t now_us, line_ended *ended)
{
    bool is_done = has_answer && line->answer.state == ANSWER_DONE;
    void *what = line->what;
    line->what = NULL;
    line->until_us = now_us + LINE_IDLE_MS * 1000;
    if (!is_done || !line->answer.is_kept || line->sent < line->request.n)
        hang_up(line);
    ended(what, is_done ? line->answer.status : 0, is_done ? buf_str(&line->answer.body) : (struct str){ 0 });
}

bool lines_start(const struct line_target *target, struct str request, void *what, int64_t deadline_us)
{
    struct line *line = line_to(target);
    if (!line)
        return false;
    line->what = what;
    line->sent = 0;
    line->until_us = deadline_us;
    answer_clear(&line->answer);
    buf_clear(&line->request);
    if (buf_add(&line->request, request) && send_rest(line))
        return true;
    hang_up(line);
    return false;
}

/* Something came, or there is room to send. */
static void go_on(struct line *line, uint32_t events, int64_t now_us, line_ended *ended)
{
    bool has_ended = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    if (line->fd < 0)
        return;
    if (!line->what) {
        if (has_ended || (events & EPOLLIN)) /* nobody asked */
            hang_up(line);
        return;
    }
    bool is_sound = send_rest(line);
    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        receive(line, has_ended);
    if (answer_is_over(&line->answer) || !is_sound)
        end_try(line, true, now_us, ended);
}

static void look_at_clock(int64_t now_us, line_ended *ended)
{
    if (now_us < look_us)
        return;
    look_us = now_us + LOOK_US;
    for (size_t i = 0; i < LINES_MAX; i++) {
        if (lines[i].fd < 0 || now_us < lines[i].until_us)
            continue;
        if (lines[i].what)
            end_try(&lines[i], false, now_us, ended);
        else
            hang_up(&lines[i]);
    }
}

void lines_go_on(int64_t now_us, line_ended *ended)
{
    struct epoll_event events[EVENTS_MAX];
    int n;
    do {
        n = epoll_wait(poller, events, EVENTS_MAX, 0);
        for (int i = 0; i < n; i++)
            go_on(events[i].data.ptr, events[i].events, now_us, ended);
    } while (n == EVENTS_MAX);
    look_at_clock(now_us, ended);
}

/* --- open and close --------------------------------------------------------------------------------------------- */

bool lines_open(struct err *err)
{
    poller = epoll_create1(EPOLL_CLOEXEC);
    for (size_t i = 0; i < LINES_MAX; i++) {
        lines[i] = (struct line){ .fd = -1 };
        buf_init(&lines[i].request, REQUEST_MAX_BYTES);
        answer_init(&lines[i].answer, CALL_ANSWER_MAX_BYTES);
    }
    return poller >= 0 || err_set(err, ERR_BUSY, NULL, "epoll cannot be set up");
}

void lines_close(void)
{
    for (size_t i = 0; i < LINES_MAX; i++) {
        hang_up(&lines[i]);
        buf_release(&lines[i].request);
        answer_release(&lines[i].answer);
    }
    close(poller);
}

int lines_fd(void)
{
    return poller;
}

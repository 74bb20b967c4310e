/* parley-bench-streams ADDRESS PORT CLIENTS - opens that many event streams and tells when an event has reached all of them.
 *
 * Prints {"open":n,"seconds":s}, then for every mark ("fanout-1", "fanout-2", … in a text) one line {"mark":k,"first_us":…,"last_us":…}:
 * when the first and the last client had it, CLOCK_BOOTTIME. Ends with its standard input.
 */
#include "base/base.h"
#include "io/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 1024, PIECE_BYTES = 16384, MARK_CHARS = 7 };

struct client {
    int fd;
    bool is_open;
    int64_t mark;
};

static struct client *clients;
static int64_t clients_n;
static int poller;
static int64_t open_n, seen_n, mark = 1, first_us;

static void die(const char *what)
{
    (void)fprintf(stderr, "parley-bench-streams: %s: %s\n", what, strerror(errno)); /* nowhere else to tell */
    exit(EXIT_FAILURE);
}

static void allow_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        die("getrlimit");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        die("setrlimit");
}

static void open_stream(struct client *c, const struct sockaddr_in *to)
{
    static const char REQUEST[] = "GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n";
    struct epoll_event wanted = { .events = EPOLLIN, .data.ptr = c };
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (const struct sockaddr *)to, sizeof *to) != 0)
        die("connect");
    if (send(c->fd, REQUEST, sizeof REQUEST - 1, MSG_NOSIGNAL) != (ssize_t)sizeof REQUEST - 1)
        die("send");
    if (fcntl(c->fd, F_SETFL, O_NONBLOCK) != 0 || epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &wanted) != 0)
        die("setting up a client");
}

static void has_mark(struct client *c)
{
    if (c->mark == mark)
        return;
    c->mark = mark;
    if (seen_n++ == 0)
        first_us = clock_boot_us();
    if (seen_n < clients_n)
        return;
    printf("{\"mark\":%lld,\"first_us\":%lld,\"last_us\":%lld}\n", (long long)mark, (long long)first_us,
           (long long)clock_boot_us());
    mark++;
    seen_n = 0;
}

static void read_more(struct client *c)
{
    static char piece[PIECE_BYTES + 1];
    char wanted[32];
    ssize_t n = recv(c->fd, piece, PIECE_BYTES, 0);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0)
        die("a stream ended");
    piece[n] = '\0';
    if (!c->is_open) {
        if (strncmp(piece, "HTTP/1.1 200", 12) != 0)
            die("a stream was refused");
        c->is_open = true;
        open_n++;
    }
    (void)snprintf(wanted, sizeof wanted, "fanout-%lld ", (long long)mark); /* an int64: fits */
    if (strstr(piece, wanted))
        has_mark(c);
}

static void turn(int wait_ms)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(poller, events, EVENTS, wait_ms);
    for (int i = 0; i < n; i++)
        read_more(events[i].data.ptr);
}

static bool is_over(void)
{
    char unused;
    struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
    return poll(&input, 1, 0) > 0 && read(STDIN_FILENO, &unused, 1) <= 0;
}

int main(int argc, char **argv)
{
    struct sockaddr_in to = { .sin_family = AF_INET };
    if (argc != 4 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1)
        die("ADDRESS PORT CLIENTS");
    to.sin_port = htons((uint16_t)strtol(argv[2], NULL, 10));
    clients_n = strtol(argv[3], NULL, 10);
    clients = calloc((size_t)clients_n, sizeof *clients);
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (!clients || poller < 0 || setvbuf(stdout, NULL, _IOLBF, 0) != 0)
        die("starting");
    allow_files();
    int64_t began_us = clock_boot_us();
    for (int64_t i = 0; i < clients_n; i++) {
        open_stream(&clients[i], &to);
        while (i - open_n > 100) /* so that no queue of theirs overflows */
            turn(100);
    }
    while (open_n < clients_n)
        turn(100);
    printf("{\"open\":%lld,\"seconds\":%.3f}\n", (long long)open_n, (double)(clock_boot_us() - began_us) / 1e6);
    while (!is_over())
        turn(100);
    return EXIT_SUCCESS; /* the kernel takes the rest back */
}

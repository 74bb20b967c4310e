/* parley-bench-load - plays Plivo: keep-alive connections, each with one signed webhook on its way, for some seconds. One thread, one epoll.
 *
 * Every peer of the bench gets these very bytes. Prints one line of JSON; the ids that got a 2xx go to --acked, one a line.
 * A run that has used up its pool ends early and says so, unless --repeat allows the same ids again (for peers that keep nothing).
 */
#include "io/clock.h"
#include "requests.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_BYTES = 4096, EVENTS = 512, BUCKET_US = 10, BUCKETS = 1000000, DRAIN_MS = 10000 };

struct connection {
    int fd;
    const struct request *request; /* NULL: idle, at the end */
    size_t sent;
    size_t got;
    int64_t began_us;
    char answer[ANSWER_BYTES];
};

static struct {
    struct request_options requests;
    const char *address, *acked_file;
    int port, connections;
    int64_t seconds, warmup;
    bool may_repeat;
} options = {
    .requests = { .path = "/plivo/inbound", .n = 100000, .people = 10000, .numbers = 1, .to = "+15550100000" },
    .connections = 128,
    .seconds = 6,
    .warmup = 1
};

static struct requests pool;
static size_t next_request;
static int poller;
static bool is_over;
static int64_t measure_from_us, measure_until_us, last_answer_us;
static uint32_t *buckets; /* latencies of answers that came while it was measured */
static size_t measured, answered, refused, reconnects;
static FILE *acked;

static void die(const char *what)
{
    (void)fprintf(stderr, "parley-bench-load: %s: %s\n", what, strerror(errno)); /* nowhere else to tell */
    exit(EXIT_FAILURE);
}

static void connect_to_peer(struct connection *c)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)options.port) };
    struct epoll_event wanted = { .events = EPOLLIN, .data.ptr = c };
    int one = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || inet_pton(AF_INET, options.address, &to.sin_addr) != 1)
        die("socket");
    if (connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0)
        die("connect");
    if (setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0 || fcntl(c->fd, F_SETFL, O_NONBLOCK) != 0 ||
        epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &wanted) != 0)
        die("setting up a connection");
}

static void write_rest(struct connection *c)
{
    const char *bytes = pool.bytes.p + c->request->at;
    ssize_t n = send(c->fd, bytes + c->sent, c->request->n - c->sent, MSG_NOSIGNAL);
    if (n > 0)
        c->sent += (size_t)n;
    else if (errno != EAGAIN && errno != EPIPE && errno != ECONNRESET) /* a closed one shows when it is read */
        die("send");
    if (c->sent < c->request->n) { /* a request is far smaller than a socket's buffer: hardly ever */
        struct epoll_event wanted = { .events = EPOLLIN | EPOLLOUT, .data.ptr = c };
        (void)epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &wanted); /* fails for a closed one, which EPOLLIN tells */
    }
}

static void ask_next(struct connection *c, int64_t now_us)
{
    c->request = NULL;
    if (next_request == pool.n && options.may_repeat)
        next_request = 0;
    is_over |= next_request == pool.n || now_us >= measure_until_us;
    if (is_over)
        return;
    c->request = &pool.v[next_request++];
    c->sent = c->got = 0;
    c->began_us = now_us;
    write_rest(c);
}

/* The whole answer is there: its status, or 0 while bytes are missing. */
static int status_of_answer(struct connection *c)
{
    c->answer[c->got] = '\0';
    const char *end = strstr(c->answer, "\r\n\r\n");
    const char *length = strcasestr(c->answer, "\r\nContent-Length:");
    if (!end)
        return 0;
    size_t head = (size_t)(end - c->answer) + 4;
    size_t body = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    return c->got >= head + body ? (int)strtol(c->answer + 9, NULL, 10) : 0;
}

static void take_answer(struct connection *c, int status, int64_t now_us)
{
    answered++;
    if (status / 100 != 2)
        refused++;
    else if (acked)
        (void)fprintf(acked, "%s\n", c->request->uuid); /* looked at when it is closed */
    if (status / 100 == 2 && now_us >= measure_from_us && now_us < measure_until_us) {
        measured++;
        buckets[clamp_i64((now_us - c->began_us) / BUCKET_US, 0, BUCKETS - 1)]++;
        last_answer_us = now_us;
    }
}

static void reconnect(struct connection *c)
{
    close(c->fd); /* the poller forgets it */
    reconnects++;
    if (reconnects > answered / 2 + 10000)
        die("the peer closes more than it answers");
    connect_to_peer(c);
    if (!c->request)
        return;
    c->sent = c->got = 0; /* the same again, as Plivo does: its id is the same */
    write_rest(c);
}

static void read_more(struct connection *c)
{
    ssize_t n = recv(c->fd, c->answer + c->got, ANSWER_BYTES - 1 - c->got, 0);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) {
        reconnect(c);
        return;
    }
    c->got += (size_t)n;
    if (!c->request)
        return;
    int status = status_of_answer(c);
    if (status == 0)
        return;
    int64_t now_us = clock_boot_us();
    take_answer(c, status, now_us);
    ask_next(c, now_us);
}

static size_t in_flight(const struct connection *all)
{
    size_t n = 0;
    for (int i = 0; i < options.connections; i++)
        n += all[i].request != NULL;
    return n;
}

static void run(struct connection *all)
{
    struct epoll_event events[EVENTS];
    int64_t began_us = clock_boot_us();
    measure_from_us = began_us + options.warmup * 1000000;
    measure_until_us = measure_from_us + options.seconds * 1000000;
    for (int i = 0; i < options.connections; i++)
        ask_next(&all[i], began_us);
    while (!is_over || (in_flight(all) > 0 && clock_boot_us() < measure_until_us + DRAIN_MS * 1000)) {
        int n = epoll_wait(poller, events, EVENTS, 100);
        is_over |= clock_boot_us() >= measure_until_us;
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (events[i].events & EPOLLOUT && c->request) {
                struct epoll_event wanted = { .events = EPOLLIN, .data.ptr = c };
                (void)epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &wanted); /* as in write_rest() */
                write_rest(c);
            }
            if (events[i].events & ~(uint32_t)EPOLLOUT)
                read_more(c);
        }
    }
}

/* The smallest latency that so many of the measured answers did not exceed. */
static double quantile_ms(double part)
{
    size_t wanted = (size_t)((double)measured * part);
    size_t seen = 0;
    for (size_t i = 0; i < BUCKETS; i++)
        if ((seen += buckets[i]) > wanted)
            return (double)(i + 1) * BUCKET_US / 1000;
    return 0;
}

static void report(size_t unanswered)
{
    struct rusage used;
    (void)getrusage(RUSAGE_SELF, &used); /* cannot fail for oneself */
    double cpu_s = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                   (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    double seconds = (double)(min_i64(last_answer_us, measure_until_us) - measure_from_us) / 1e6;
    printf("{\"connections\":%d,\"answered\":%zu,\"measured\":%zu,\"seconds\":%.3f,\"rps\":%.1f,\"p50_ms\":%.2f,"
           "\"p99_ms\":%.2f,\"p999_ms\":%.2f,\"max_ms\":%.2f,\"refused\":%zu,\"unanswered\":%zu,\"reconnects\":%zu,"
           "\"ran_dry\":%s,\"load_cpu_s\":%.2f}\n",
           options.connections, answered, measured, seconds, seconds > 0 ? (double)measured / seconds : 0,
           quantile_ms(0.5), quantile_ms(0.99), quantile_ms(0.999), quantile_ms(1 - 1e-9), refused, unanswered,
           reconnects, next_request == pool.n && !options.may_repeat ? "true" : "false", cpu_s);
}

static void read_options(int argc, char **argv)
{
    static const struct option LONG[] = {
        { "address", 1, NULL, 'a' },    { "port", 1, NULL, 'p' },   { "path", 1, NULL, 'u' },   { "public-url", 1, NULL, 'U' },
        { "token", 1, NULL, 't' },      { "to", 1, NULL, 'T' },     { "connections", 1, NULL, 'c' }, { "seconds", 1, NULL, 's' },
        { "warmup", 1, NULL, 'w' },     { "pool", 1, NULL, 'n' },   { "people", 1, NULL, 'P' }, { "seed", 1, NULL, 'S' },
        { "acked", 1, NULL, 'A' },      { "numbers", 1, NULL, 'N' }, { "send", 0, NULL, 'd' }, { "repeat", 0, NULL, 'r' }, { 0 },
    };
    for (int c; (c = getopt_long(argc, argv, "", LONG, NULL)) != -1;) {
        int64_t number = optarg ? strtoll(optarg, NULL, 10) : 0;
        switch (c) {
        case 'a': options.address = optarg; break;
        case 'p': options.port = (int)number; break;
        case 'u': options.requests.path = optarg; break;
        case 'U': options.requests.public_url = optarg; break;
        case 't': options.requests.token = optarg; break;
        case 'T': options.requests.to = optarg; break;
        case 'c': options.connections = (int)number; break;
        case 's': options.seconds = number; break;
        case 'w': options.warmup = number; break;
        case 'n': options.requests.n = (size_t)number; break;
        case 'P': options.requests.people = (size_t)number; break;
        case 'S': options.requests.seed = (uint64_t)number; break;
        case 'A': options.acked_file = optarg; break;
        case 'N': options.requests.numbers = (size_t)number; break;
        case 'd': options.requests.is_send = true; break;
        case 'r': options.may_repeat = true; break;
        default: exit(EXIT_FAILURE);
        }
    }
    if (!options.address || !options.port || !options.requests.public_url || !options.requests.token ||
        options.connections < 1 || options.requests.n < 1 || options.requests.people < 1 ||
        options.requests.numbers < 1) {
        (void)fprintf(stderr, "parley-bench-load: --address, --port, --public-url and --token are needed\n");
        exit(EXIT_FAILURE);
    }
}

int main(int argc, char **argv)
{
    static char host_port[64]; /* what the options point to */
    struct err err;
    read_options(argc, argv);
    (void)snprintf(host_port, sizeof host_port, "%s:%d", options.address, options.port); /* an IPv4 address: fits */
    options.requests.host_port = host_port;
    if (!requests_make(&options.requests, &pool, &err)) {
        (void)fprintf(stderr, "parley-bench-load: %s\n", err.text);
        return EXIT_FAILURE;
    }
    struct connection *all = calloc((size_t)options.connections, sizeof *all);
    buckets = calloc(BUCKETS, sizeof *buckets);
    poller = epoll_create1(EPOLL_CLOEXEC);
    acked = options.acked_file ? fopen(options.acked_file, "w") : NULL;
    if (!all || !buckets || poller < 0 || (options.acked_file && !acked))
        die("starting");
    for (int i = 0; i < options.connections; i++)
        connect_to_peer(&all[i]);
    run(all);
    report(in_flight(all));
    free(all);
    if (acked && fclose(acked) != 0)
        die(options.acked_file);
    return EXIT_SUCCESS; /* the kernel takes the rest back */
}

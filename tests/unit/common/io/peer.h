/* peer.h - the other end of a socket, byte by byte, for the tests of http and service.
 *
 * Promise: every wait has a deadline.
 * Memory:  answers go to the caller's arrays and are NUL-terminated.
 * Threads: call from any; a failed expectation ends the test (cmocka), so only the test's own thread may use those that fail.
 */
#ifndef PARLEY_TEST_PEER_H
#define PARLEY_TEST_PEER_H
#include "io/clock.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PEER_ANSWER_BYTES = 64 * 1024,
    PEER_DEADLINE_MS = 10000
};

/* Waits for something to read. 0: the end; -1: nothing came in time, or the connection was reset. */
static inline ssize_t peer_read_some(int fd, char *out, size_t size, int64_t until_boot_ms)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    int64_t left_ms = until_boot_ms - clock_boot_ms();
    if (left_ms <= 0 || poll(&p, 1, (int)left_ms) <= 0)
        return -1;
    return read(fd, out, size);
}

static inline int peer_connect(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail_msg("cannot connect to port %d", port);
    return fd;
}

static inline void peer_send(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
        if (sent <= 0)
            fail_msg("cannot send");
        bytes += sent;
        n -= (size_t)sent;
    }
}

static inline void peer_say(int fd, const char *text)
{
    peer_send(fd, text, strlen(text));
}

/* Reads to the end of the connection. */
static inline void peer_read_all(int fd, char answer[PEER_ANSWER_BYTES])
{
    size_t n = 0;
    int64_t until_ms = clock_boot_ms() + PEER_DEADLINE_MS;
    ssize_t got;
    while ((got = peer_read_some(fd, answer + n, PEER_ANSWER_BYTES - 1 - n, until_ms)) > 0)
        n += (size_t)got;
    answer[n] = '\0';
    if (got < 0)
        fail_msg("the connection was not closed, or it was reset; read: %s", answer);
}

/* Reads until `wanted` stands in the answer. */
static inline void peer_read_until(int fd, char answer[PEER_ANSWER_BYTES], const char *wanted)
{
    size_t n = 0;
    int64_t until_ms = clock_boot_ms() + PEER_DEADLINE_MS;
    answer[0] = '\0';
    while (!strstr(answer, wanted)) {
        ssize_t got = peer_read_some(fd, answer + n, PEER_ANSWER_BYTES - 1 - n, until_ms);
        if (got <= 0)
            fail_msg("waited for \"%s\"; read: %s", wanted, answer);
        n += (size_t)got;
        answer[n] = '\0';
    }
}

/* One request on a connection of its own; it must end with the answer. */
static inline void peer_talk(int port, const char *request, char answer[PEER_ANSWER_BYTES])
{
    int fd = peer_connect(port);
    peer_say(fd, request);
    peer_read_all(fd, answer);
    (void)close(fd);
}

static inline void peer_get(int port, const char *path, char answer[PEER_ANSWER_BYTES])
{
    char request[512];
    (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path);
    peer_talk(port, request, answer);
}

#endif

/* parley-bench-constant - civetweb as Parley sets it up, answering every POST with an empty Response: what the HTTP library alone allows.
 *
 *     parley-bench-constant ADDRESS:PORT THREADS        until SIGTERM
 */
#include "io/http.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { BODY_MAX_BYTES = 65536, KEEP_ALIVE_MS = 10000, REQUEST_MS = 10000, ARENA_BYTES = 128 * 1024 };

static void answer(struct http_request *rq, void *unused)
{
    struct arena arena;
    struct str body;
    struct err err;
    (void)unused;
    arena_init(&arena, ARENA_BYTES);
    if (http_read_body(rq, BODY_MAX_BYTES, &arena, &body, &err))
        (void)http_respond(rq, 200, "application/xml", NULL, 0, /* a peer that is gone is gone */
                           STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response></Response>"));
    arena_release(&arena);
}

int main(int argc, char **argv)
{
    sigset_t stop;
    int which;
    struct err err;
    struct http_server *server;
    if (argc != 3)
        return EXIT_FAILURE;
    const struct http_options options = { .listen = argv[1],
                                          .threads = (int)strtol(argv[2], NULL, 10),
                                          .keep_alive_ms = KEEP_ALIVE_MS,
                                          .request_ms = REQUEST_MS,
                                          .variable = "ADDRESS" };
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    if (!http_server_start(&server, &options, answer, NULL, &err)) {
        (void)fprintf(stderr, "parley-bench-constant: %s\n", err.text);
        return EXIT_FAILURE;
    }
    sigwait(&stop, &which);
    http_server_stop(&server);
    return EXIT_SUCCESS;
}

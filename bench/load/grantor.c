/* parley-bench-grantor ENDPOINT EVENTS_ENDPOINT SENDS - a worker that does nothing but grant: so the sender is measured alone.
 *
 * Grants what the sender has room for until SENDS are out, takes the outcomes, prints {"accepted":n,"other":n,"seconds":s} from the first grant
 * to the last outcome, and ends.
 */
#include "io/bus.h"
#include "io/clock.h"

#include <stdio.h>
#include <stdlib.h>

enum { TAKE = 64, GRANT_MAX = 1024, ARENA_BYTES = 8 * 1024 * 1024, GIVE_UP_MS = 120000 };

static int64_t left, granted, accepted, other, first_us, last_us;

static void answer_grant(struct bus_server *server, struct bus_request *rq, const struct grant_request *request)
{
    static struct granted_send sends[GRANT_MAX];
    static char paths[GRANT_MAX][96];
    size_t n = (size_t)clamp_i64(request->max, 0, min_i64(left, GRANT_MAX));
    for (size_t i = 0; i < n; i++) {
        struct id id = { .b = { 1 } };
        granted++;
        memcpy(id.b + 8, &granted, sizeof granted);
        (void)snprintf(paths[i], sizeof paths[i], "/plivo/status/1/1/%s/1?t=%032d", id_text(id).c, 0); /* 87: fits */
        sends[i] = (struct granted_send){ .tenant = 1,
                                          .message = id,
                                          .attempt = 1,
                                          .class = CLASS_TRANSACTIONAL,
                                          .from = STR("+15550100000"),
                                          .to = STR("+15552000001"),
                                          .text = STR("Your parcel has arrived; reply STOP to hear no more."),
                                          .segments = 1,
                                          .expiry_s = 600,
                                          .callback_path = str_of(paths[i]) };
    }
    left -= (int64_t)n;
    if (n > 0 && first_us == 0)
        first_us = clock_boot_us();
    struct grant_answer answer = { .number = request->number, .sends = { sends, n }, .next_in_ms = INT_UNSET };
    bus_server_reply(server, rq, &answer, NULL);
}

static void take_outcomes(const struct outcome_batch *batch, struct event_answers *answers)
{
    static struct event_answer committed[GRANT_MAX];
    assert(batch->outcomes.n <= GRANT_MAX); /* a sender has fewer connections */
    for (size_t i = 0; i < batch->outcomes.n; i++) {
        *(batch->outcomes.v[i].outcome == CALL_ACCEPTED ? &accepted : &other) += 1;
        committed[i].result = EVENT_COMMITTED;
    }
    answers->answers.v = committed;
    answers->answers.n = batch->outcomes.n;
    last_us = clock_boot_us();
}

static void serve(struct bus_server *server, struct bus_request *rq, struct arena *arena)
{
    const struct operation_row *operation = operation_row(rq->operation);
    void *request = arena_alloc(arena, operation->request->size);
    void *reply = arena_alloc(arena, operation->reply->size);
    struct err err;
    if (!request || !reply || !record_decode(operation->request, rq->body, arena, request, &err)) {
        (void)fprintf(stderr, "parley-bench-grantor: %s cannot be read\n", operation->name); /* nowhere else to tell */
        exit(EXIT_FAILURE);
    }
    record_init(operation->reply, reply);
    if (rq->operation == OP_hello)
        *(struct welcome *)reply = (struct welcome){ .epoch = 1, .generation = 1 };
    if (rq->operation == OP_outcome)
        take_outcomes(request, reply);
    if (rq->operation == OP_grant)
        answer_grant(server, rq, request);
    else
        bus_server_reply(server, rq, reply, NULL);
}

int main(int argc, char **argv)
{
    struct err err = { 0 };
    struct bus_server *server;
    struct bus_publisher *publisher;
    struct bus_request *taken[TAKE];
    struct arena arena;
    if (argc != 4 || !bus_server_open(&server, argv[1], &err) || !bus_publisher_open(&publisher, argv[2], &err)) {
        (void)fprintf(stderr, "parley-bench-grantor: ENDPOINT EVENTS_ENDPOINT SENDS %s\n", err.text); /* as above */
        return EXIT_FAILURE;
    }
    int64_t wanted = left = strtoll(argv[3], NULL, 10);
    int64_t give_up_ms = clock_boot_ms() + GIVE_UP_MS;
    arena_init(&arena, ARENA_BYTES);
    while (accepted + other < wanted && clock_boot_ms() < give_up_ms) {
        size_t n = bus_server_take(server, 100, taken, TAKE);
        for (size_t i = 0; i < n; i++) {
            arena_reset(&arena);
            serve(server, taken[i], &arena);
            bus_request_free(taken[i]);
        }
    }
    printf("{\"accepted\":%lld,\"other\":%lld,\"seconds\":%.3f}\n", (long long)accepted, (long long)other,
           (double)(last_us - first_us) / 1e6);
    arena_release(&arena);
    bus_publisher_close(&publisher);
    bus_server_close(&server);
    return EXIT_SUCCESS;
}

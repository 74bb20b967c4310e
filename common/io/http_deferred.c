/* Answers that leave their handler: who may write on a connection, and who waits for that. */
#include "io/http_server.h"

#include <civetweb.h>
#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>

enum { OWED_NOTHING, OWED_AN_ANSWER, OWED_AND_AWAITED };

/* From http_defer() to the end of the answer nobody but the one who answers writes on the connection, and it is not closed. */
struct http_connection {
    atomic_int owed;
    atomic_bool is_writing; /* the answer has begun: a request from now on may come from a peer that has read it */
    atomic_bool
        is_ending; /* the peer has closed its side, or said nothing for too long: only the answer is waited for */
    atomic_bool is_broken;  /* an answer was not written whole: nothing may follow it */
    bool is_hasty;          /* the peer asked on before it had its answer; the connection's thread alone looks at it */
    sem_t settled;          /* posted when what is AWAITED is answered */
};

struct http_connection *http_connection_new(void)
{
    struct http_connection *own = calloc(1, sizeof *own);
    if (own)
        (void)sem_init(&own->settled, 0, 0); /* cannot fail with these arguments */
    return own;
}

/* One thread alone waits: the connection's. */
static void await_answer(struct http_connection *own)
{
    int owed = OWED_AN_ANSWER;
    if (!atomic_compare_exchange_strong(&own->owed, &owed, OWED_AND_AWAITED))
        return;
    while (sem_wait(&own->settled) != 0 && errno == EINTR)
        continue;
}

void http_connection_free(struct http_connection *own)
{
    if (!own)
        return;
    atomic_store(&own->is_ending, true);
    await_answer(own);
    (void)sem_destroy(&own->settled);
    free(own);
}

bool http_connection_settle(struct http_connection *own)
{
    if (!own)
        return true;
    if (atomic_load(&own->owed) != OWED_NOTHING) {
        own->is_hasty |= !atomic_load(&own->is_writing);
        await_answer(own);
    }
    return !atomic_load(&own->is_broken);
}

bool http_defer(struct http_request *rq, struct http_request *later)
{
    struct http_connection *own = mg_get_user_connection_data(rq->connection);
    assert(!rq->is_answered);
    if (!own || own->is_hasty || rq->has_body_left)
        return false;
    rq->must_close = http_must_close(rq); /* civetweb asks as soon as the handler is back */
    if (rq->must_close)
        mg_disable_connection_keep_alive(rq->connection);
    rq->is_answered = rq->is_deferred = true;
    *later = (struct http_request){
        .method = str_is(rq->method, "HEAD") ? STR("HEAD") : STR("GET"), /* all that an answer depends on */
        .content_length = -1,
        .connection = rq->connection,
        .own = own,
        .is_deferred = true,
        .must_close = rq->must_close,
    };
    atomic_store(&own->is_writing, false);
    atomic_store(&own->owed, OWED_AN_ANSWER);
    return true;
}

bool http_deferred_must_close(const struct http_request *later)
{
    return later->must_close || atomic_load(&later->own->is_ending) ||
           atomic_load(&http_server_of(later->connection)->is_draining);
}

void http_deferred_begins(struct http_request *later)
{
    atomic_store(&later->own->is_writing, true);
}

void http_deferred_breaks(struct http_request *later)
{
    atomic_store(&later->own->is_broken, true);
}

void http_release(struct http_request *later)
{
    struct http_connection *own = later->own;
    assert(later->is_deferred && later->is_answered);
    http_handler_ends(http_server_of(later->connection));
    /* last, for the connection may end from here on, and the server with it; but not before it got what it awaits */
    if (atomic_exchange(&own->owed, OWED_NOTHING) == OWED_AND_AWAITED)
        (void)sem_post(&own->settled); /* cannot fail: one post, one wait */
}

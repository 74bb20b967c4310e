/* call.h - one request on its way through the api: what it asks, who asks, and its one answer.
 *
 * Promise: a handler either answers (true) or refuses (false with *err, which problem.c turns into the answer): never both.
 *          What a route does not name is refused: query parameters, body fields, a body where none belongs.
 * Units:   bodies at most CALL_BODY_MAX_BYTES, answers at most CALL_ANSWER_MAX_BYTES, limit 1 to CALL_LIMIT_MAX.
 * Memory:  all text lives in the call's arena, which lives as long as the call.
 * Threads: a call belongs to the thread that serves its connection.
 */
#ifndef PARLEY_API_CALL_H
#define PARLEY_API_CALL_H
#include "auth.h"
#include "io/bus.h"
#include "io/http.h"
#include "wire/form.h"

enum {
    CALL_BODY_MAX_BYTES = 64 * 1024,
    CALL_ANSWER_MAX_BYTES = 32 * 1024 *
                            1024, /* 1000 messages of 1600 characters, each escaped as \uXXXX, thrice over */
    CALL_MEMORY_MAX_BYTES = 64 * 1024 * 1024, /* a page decoded, and its answer's frame */
    CALL_HEADERS_MAX = 16,
    CALL_PARTS_MAX = 4,
    CALL_LIMIT_DEFAULT = 50,
    CALL_LIMIT_MAX = 200,
    IDEMPOTENCY_KEY_MAX_CHARS = 255,
};

struct route;

struct call {
    struct http_request *rq;
    const struct route *route;
    struct arena *arena;
    struct str peer;                   /* the client's address, behind trusted proxies too */
    struct caller caller;              /* of a route that needs one */
    struct str parts[CALL_PARTS_MAX];  /* of the path: what stood for {id} */
    size_t parts_n;
    struct form query;
    struct id operation;               /* of its command: set by call_idempotency(), else drawn by call_ask() */
    struct bus_reply_info info;        /* of the last call_ask() */
    bool has_info;
    struct http_header headers[CALL_HEADERS_MAX];
    size_t headers_n;
    int status;                        /* answered with; 0: not yet */
};

/* --- what was asked --- */

/* The decoded value; unset when it is missing or empty. */
struct str call_query(const struct call *call, const char *name);
/* Missing, or one of the words. False: ERR_INPUT, which names them. */
MUST_USE bool call_query_word(const struct call *call, const char *name, const struct words *words, struct err *err);
MUST_USE bool call_query_time(const struct call *call, const char *name, int64_t *out, struct err *err);
MUST_USE bool call_query_limit(const struct call *call, int64_t *out, struct err *err);
/* The n-th part of the path as an id. What is no id cannot exist: ERR_MISSING. */
MUST_USE bool call_id(const struct call *call, size_t n, struct id *out, struct err *err);

/* The body as one JSON object of the record. `not_null`: fields, separated by blanks, that may be left out but not be null.
 * False: ERR_TOO_BIG, ERR_MEDIA_TYPE, or ERR_INPUT with the field. */
MUST_USE bool call_body(struct call *call, const struct record *record, const char *not_null, void *object,
                        uint64_t *present, struct err *err);
/* The body as it came, which must be application/json. */
MUST_USE bool call_body_bytes(struct call *call, struct str *out, struct err *err);
/* Accepts no body, or {}. */
MUST_USE bool call_no_body(struct call *call, struct err *err);

/* --- asking the worker --- */

/* Asks as the caller; a command gets its operation id here. Fills call->info. */
MUST_USE bool call_ask(struct call *call, enum operation operation, const void *request, void *reply, struct err *err);
/* Takes the Idempotency-Key, if there is one, as the identity of this call's command. False: it is too long. */
MUST_USE bool call_idempotency(struct call *call, struct err *err);

/* --- the answer --- */

/* A further header of the answer; the value must live as long as the call. */
void call_header(struct call *call, const char *name, struct str value);
/* Event-Id and Idempotency-Replayed come from call->info, where something was asked. */
MUST_USE bool call_answer(struct call *call, int status, const struct record *record, const void *object,
                          struct err *err);
/* Always true: a handler ends with it. */
bool call_answer_bytes(struct call *call, int status, const char *content_type, struct str body);
/* Appends one JSON text with its quotes. */
void json_add_text(struct buf *out, struct str text);

/* Asks by id and answers 200 with what came: most of the routes. */
MUST_USE bool call_relay_by_id(struct call *call, enum operation operation, struct err *err);

#endif

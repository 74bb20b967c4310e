/* plivo_json.h - Plivo's JSON: the body of a send, the answer to it, a page of its message list.
 *
 * Promise: reading never trusts: a field that is missing or of another type is unset, never a crash. Numbers leave in
 *          E.164 with '+', times in ms UTC.
 * Memory:  what is read lives in the caller's arena.
 * Threads: pure but for jansson's heap; call from any.
 * Source:  plivo.md section 5.
 */
#ifndef PARLEY_PLIVO_JSON_H
#define PARLEY_PLIVO_JSON_H
#include "plivo/plivo_words.h"
#include "wire/schema.h"

/* The body of POST Message/. log: PLIVO_LOG. False: *out is full, or no memory. */
MUST_USE bool plivo_send_body(const struct granted_send *send, struct str public_url, struct str log, struct buf *out);

struct plivo_answer {
    bool is_json;       /* an object */
    bool has_uuid_list;
    struct str uuid;    /* the first of the list; unset: it is empty */
    struct str error;   /* `error`, or the body where it is no JSON; unset: none */
};

void plivo_answer_read(struct str body, struct arena *arena, struct plivo_answer *out);

struct plivo_page {
    struct plivo_record records[PLIVO_LIST_LIMIT];
    size_t n;
    size_t unread;      /* objects that are no record (no uuid): a look that met one is not complete */
    bool has_next;
    int64_t total; /* of all pages, as Plivo says: it may be wrong; INT_UNSET: it does not say */
};

/* False: not a page, or more records than were asked for; *err says why. */
MUST_USE bool plivo_page_read(struct str body, struct arena *arena, struct plivo_page *out, struct err *err);

/* "2021-07-13 13:04:06.799021+05:30"; without an offset it is taken as UTC. False: not a time. */
MUST_USE bool plivo_time_read(struct str text, int64_t *time_ms);
/* What the filters take, already fit for a query: "2021-07-13%2013%3A04%3A06.799". */
enum { PLIVO_TIME_QUERY_BYTES = 40 };
void plivo_time_query(int64_t time_ms, char out[PLIVO_TIME_QUERY_BYTES]);

#endif

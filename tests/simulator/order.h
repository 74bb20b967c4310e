/* order.h - one POST Message/: read and checked as Plivo does, before anything is accepted.
 *
 * Memory:  texts borrow from the JSON object, which must outlive the order.
 * Threads: pure.
 * Source:  plivo.md section 5, "Send". Plivo's exact sentences are not documented; the sender must not parse them either.
 */
#ifndef PARLEY_SIM_ORDER_H
#define PARLEY_SIM_ORDER_H
#include "base/arena.h"
#include "message.h"

enum { ORDER_TO_MAX = 1000 };

struct order {
    struct sim_address from; /* blank where a powerpack is named */
    struct str powerpack;    /* its uuid; unset: none */
    struct sim_address *to; /* of these, in the arena; each once */
    size_t to_n;
    json_t *invalid; /* borrowed by nobody: NULL, or an array of the bad ones among several; the caller's reference */
    struct str text;
    struct str media[MESSAGE_MEDIA_MAX];
    size_t media_n;
    bool is_mms;
    struct str url;
    bool is_url_get;
    bool is_number_hidden;
    int64_t expiry_s;
    int64_t units;
};

/* False: *err is ERR_INPUT and its text what Plivo would answer with 400. Nothing has to be released then. */
MUST_USE bool order_read(const json_t *object, struct arena *arena, struct order *out, struct err *err);

#endif

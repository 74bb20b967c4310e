/* faults.h - what the simulator does wrong on purpose: one table of names, kinds and bounds.
 *
 * Promise: PUT replaces the whole set, DELETE empties it; an unknown name or a value out of bounds is refused by name.
 *          The same seed and the same order of rolls give the same faults.
 * Units:   a CHANCE is 0 to 1 (true is 1); …_ms milliseconds; number_rate segments per second.
 * Memory:  plain values.
 * Threads: pure; a struct dice belongs to one thread at a time.
 * Source:  contract.md, section Simulator; plivo.md sections 3 to 6 and 11.
 */
#ifndef PARLEY_SIM_FAULTS_H
#define PARLEY_SIM_FAULTS_H
#include "base/base.h"
#include "base/err.h"
#include <jansson.h>

/* clang-format off */
/*    enumerator                  name                     kind          default  min    max     what happens */
#define FAULTS(X)                                                                                                        \
    X(FAULT_ACCEPT_THEN_DROP,     "accept_then_drop",      FAULT_CHANCE, 0,       0,     1,      "accepted, then the connection is cut without an answer")           \
    X(FAULT_HTTP_500,             "http_500",              FAULT_CHANCE, 0,       0,     1,      "500, and not accepted")                                            \
    X(FAULT_HTTP_429,             "http_429",              FAULT_CHANCE, 0,       0,     1,      "429, and not accepted")                                            \
    X(FAULT_LATENCY_MS,           "latency_ms",            FAULT_NUMBER, 0,       0,     60000,  "accepted at once, answered this much later")                       \
    X(FAULT_DLR_DELAY_MS,         "dlr_delay_ms",          FAULT_NUMBER, 0,       0,     600000, "each report leaves this much later")                               \
    X(FAULT_DLR_BEFORE_RESPONSE,  "dlr_before_response",   FAULT_CHANCE, 0,       0,     1,      "the first report is tried before the send is answered")            \
    X(FAULT_DLR_DUPLICATE,        "dlr_duplicate",         FAULT_CHANCE, 0,       0,     1,      "a report comes twice")                                             \
    X(FAULT_DLR_REORDER,          "dlr_reorder",           FAULT_CHANCE, 0,       0,     1,      "a message's reports wait for the last one and leave in reverse")   \
    X(FAULT_DLR_DROP,             "dlr_drop",              FAULT_CHANCE, 0,       0,     1,      "a report never comes; its Sequence is used up")                    \
    X(FAULT_DLR_FINAL,            "dlr_final",             FAULT_WORD,   0,       0,     0,      "how messages end: delivered, undelivered, failed, rejected")       \
    X(FAULT_ERROR_CODE,           "error_code",            FAULT_NUMBER, 0,       0,     99999,  "ErrorCode of those that do not arrive; alone, it makes them fail") \
    X(FAULT_NUMBER_RATE,          "number_rate",           FAULT_NUMBER, 0,       0.001, 100000, "each number's queue lets so many segments go in a second")         \
    X(FAULT_DND,                  "dnd",                   FAULT_SWITCH, 1,       0,     1,      "false: Plivo's own opt-out service is off, as on a short code")    \
    X(FAULT_DND_GRACE,            "dnd_grace",             FAULT_SWITCH, 0,       0,     1,      "true: one message within 5 minutes of a STOP still passes")        \
    X(FAULT_WEBHOOK_DUPLICATE,    "webhook_duplicate",     FAULT_CHANCE, 0,       0,     1,      "an inbound message's webhook comes once more after a 2xx")         \
    X(FAULT_WEBHOOK_FORGED,       "webhook_bad_signature", FAULT_CHANCE, 0,       0,     1,      "a webhook or report is signed with a wrong token")                 \
    X(FAULT_SEED,                 "seed",                  FAULT_NUMBER, 0,       0,     4294967295.0, "where the dice begin")
/* clang-format on */

enum fault {
#define X(enumerator, name, kind, fallback, min, max, help) enumerator,
    FAULTS(X)
#undef X
        FAULT_COUNT
};

struct faults {
    double value[FAULT_COUNT]; /* of FAULT_WORD: the place in fault_finals */
    bool is_set[FAULT_COUNT];
};

enum fault_final { FINAL_DELIVERED, FINAL_UNDELIVERED, FINAL_FAILED, FINAL_REJECTED, FINAL_COUNT };
extern const char *const fault_finals[FINAL_COUNT];

/* Every fault at its default: none. */
void faults_init(struct faults *faults);
/* The whole set out of one JSON object. False: *out is untouched, *err is ERR_INPUT and names the fault. */
MUST_USE bool faults_read(const json_t *body, struct faults *out, struct err *err);
/* The faults that were set. A new reference. */
json_t *faults_json(const struct faults *faults);

/* A stream of chance that a seed repeats. */
struct dice {
    uint64_t state;
};

/* Whether something of this probability happens. 0 never, 1 always. */
bool dice_roll(struct dice *dice, double probability);

#endif

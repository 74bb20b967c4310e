/* report_decide.h - what follows from a delivery report, or from a record of Plivo's list that was matched.
 *
 * Promise: R1 the attempt's standing is the maximum of what was heard, in any order of arrival (P6).
 *          R2 a temporary error brings one successor, after the delay and at most as often as Plivo's table says, while
 *             still valid.
 *          R3 a report that shows that the attempt is with Plivo after all takes back a successor not yet granted.
 *          R4 Plivo's code 200 opts out, but only for an attempt granted after the person's last change of consent.
 *          R5 a report let in by SIGNATURE_MODE=observe may opt out and tell a status; it brings no successor.
 *          R6 the same report again changes nothing (P2).
 * Memory:  plain values.
 * Threads: pure; call from any.
 * Source:  plivo.md sections 4 and 6; design.md section 5 (attempts).
 */
#ifndef PARLEY_REPORT_DECIDE_H
#define PARLEY_REPORT_DECIDE_H
#include "core/attempt.h"

struct report_heard {
    bool is_known;              /* this identity (attempt, status, sequence) was applied before */
    bool has_status;            /* false: a word that Plivo's table does not have; it is kept raw and changes nothing */
    enum message_status status; /* plivo_status_of(word, error_code) */
    int64_t sequence;           /* SEQUENCE_UNKNOWN: not told, or from the list */
    int64_t error_code;
    bool is_observed;
    bool has_uuid;              /* it names a uuid that no other attempt owns */
};

struct report_person {
    enum consent consent;
    int64_t granted_at_ms;         /* of the attempt */
    int64_t consent_changed_at_ms; /* 0: never; the same clock as granted_at_ms */
};

void report_decide(const struct attempt_facts *facts, const struct report_person *person,
                   const struct report_heard *heard, struct attempt_effects *out);

#endif

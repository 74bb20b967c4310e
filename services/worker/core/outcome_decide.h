/* outcome_decide.h - what follows from how a call to Plivo ended.
 *
 * Promise: O1 accepted: Plivo has it. O2 refused: final, with a reason a person can read.
 *          O3 unknown: unconfirmed, never sent again from here (P5).
 *          O4 not sent and handed back: tried again until the message is no longer valid; a STOP confirmation only when
 *             it cost no try.
 *          O5 the second asking with the same outcome changes nothing (P2).
 *          O6 what Plivo has already reported outweighs any of this.
 * Memory:  plain values; texts borrowed for the call.
 * Threads: pure; call from any.
 * Source:  design.md section 5 (outcome of a call); plivo.md section 5 (errors).
 */
#ifndef PARLEY_OUTCOME_DECIDE_H
#define PARLEY_OUTCOME_DECIDE_H
#include "core/attempt.h"

/* As the sender (or ingress, for an inline reply) told it: the fields of outcome_event. */
struct outcome_heard {
    enum call_outcome outcome; /* CALL_NONE changes nothing */
    bool has_uuid;
    int64_t http_status;       /* 0: no answer */
    struct str reason;         /* refused: "account: …", "credit: …" or "refused: …" with Plivo's words */
    int64_t retry_in_ms;
    bool is_free;
};

void outcome_decide(const struct attempt_facts *facts, const struct outcome_heard *heard, struct attempt_effects *out);

/* What becomes of an open attempt whose sender is gone (a new epoch, or silence): unconfirmed. One of this epoch that
 * the sender does not list was never received: that is outcome_decide() with CALL_HANDED_BACK. */
void outcome_decide_lost(const struct attempt_facts *facts, struct attempt_effects *out);

#endif

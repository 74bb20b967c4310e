/* health_decide.h - when the signs of a number, a template or a carrier are bad enough to tell somebody.
 *
 * Promise: H1 fewer than HEALTH_ATTEMPTS_MIN attempts say nothing. H2 spam filters over 3 % are an alarm; opt-outs from 5 % a warning, from
 *          10 % an alarm.
 * Units:   attempts, over the window that the shell adds up: this day and the one before, so that midnight forgets nothing.
 * Threads: pure.
 * Source:  plivo.md section 6 (code 30) and section 11 (opt-out rate: watch from 5 %, suspension threatens from 10 %).
 */
#ifndef PARLEY_HEALTH_DECIDE_H
#define PARLEY_HEALTH_DECIDE_H
#include "domain/vocabulary.h"

enum {
    HEALTH_ATTEMPTS_MIN = 50,
    HEALTH_SPAM_PERCENT = 3,
    HEALTH_OPT_OUT_PERCENT = 5,
    HEALTH_OPT_OUT_ALARM_PERCENT = 10
};

struct health_facts {
    int64_t reported, spam, opted_out;
};

/* Whether spam filters stop too much. */
bool health_is_spam(const struct health_facts *facts);
/* Whether too many opt out, and how bad that is. */
bool health_is_unwanted(const struct health_facts *facts, enum notice_severity *out);

#endif

/* campaign_decide.h - what people may do with a campaign, and what follows.
 *
 *      draft --approve--> approved --its time--> running --nobody left--> done --retry--> running
 *                             \                   |   ^                     |
 *                              \               pause  resume                |
 *                               \                 v   |                     |
 *                                `--- cancel --- paused                     |
 *                                        v                                  |
 *                                    cancelled  <--- cancel (from any but done)
 *
 * Promise: only what was previewed whole is approved, and only as the person saw it: its revision.
 *          Asking for the state it is in already changes nothing and is no error (P2).
 * Memory:  plain values; texts are static.
 * Threads: pure; call from any.
 */
#ifndef PARLEY_CAMPAIGN_DECIDE_H
#define PARLEY_CAMPAIGN_DECIDE_H
#include "domain/campaign_words.h"

struct campaign_facts {
    enum campaign_state state;
    bool has_audience;     /* all of it */
    bool is_previewed;     /* as it stands now */
    int64_t recipients, unusable;
    int64_t failed;        /* recipients whose message ended without success, and may be tried again */
    int64_t revision;
    int64_t valid_until;   /* 0: no limit */
    int64_t now_ms;
};

enum campaign_ruling {
    CAMPAIGN_REFUSED,  /* refusal says why */
    CAMPAIGN_STAYS,    /* it is there already */
    CAMPAIGN_BECOMES,  /* state */
};

struct campaign_verdict {
    enum campaign_ruling ruling;
    enum campaign_state state;
    bool begins_round;   /* CAMPAIGN_RETRY: from the first recipient on */
    const char *field;   /* of a refusal; NULL: the whole */
    const char *refusal;
};

/* `revision`: what the person saw; of CAMPAIGN_APPROVE alone. */
void campaign_decide(const struct campaign_facts *facts, enum campaign_action action, int64_t revision,
                     struct campaign_verdict *out);

/* Whether people may still change what is sent, and to whom. */
bool campaign_is_open(enum campaign_state state);

#endif

/* grant_decide.h - whether one message may leave now. The one choke point (P7).
 *
 * Promise: G1 nothing is granted to a person who has opted out, save the STOP confirmation and the answer to a HELP
 *             sent after it (P4).
 *          G2 messages to one person leave in their order: none passes an open attempt or an earlier message that could
 *             go, save the confirmation, and human ones once the open attempt is CONFIRM_AFTER_MS old. Held ones and
 *             retries due in more than 5 s are not waited for, and a campaign's by other bulk alone.
 *          G3 limits are charged all or none, and never pass more than burst + rate × window.
 *          G4 a wait that would outlast the message's validity ends it at once as expired, with both reasons.
 * Units:   _ms wall time where absolute, plain durations elsewhere; _us CLOCK_BOOTTIME.
 * Memory:  facts are borrowed; verdict is a plain value with static texts.
 * Threads: pure; call from any.
 * Source:  design.md section 5; plivo.md sections 5, 11 and 12.
 */
#ifndef PARLEY_GRANT_DECIDE_H
#define PARLEY_GRANT_DECIDE_H
#include "core/attempt.h"
#include "domain/gcra.h"

enum { GRANT_LIMITS_MAX = 4, GRANT_RETRY_PATIENCE_MS = 5000 };

/* An attempt to the same person that is `sending` or `unconfirmed`. */
struct grant_open {
    int64_t age_ms; /* since its grant */
};

/* A message to the same person that came before the candidate and is still in the outbox. */
struct grant_earlier {
    bool is_held;     /* quiet hours, a pause, a spent limit: not waited for */
    int64_t due_in_ms; /* send_at or a retry's delay; 0: now */
};

/* A counter of segments per day. */
struct grant_day {
    bool has_limit;
    int64_t used, limit;
    int64_t resets_in_ms;
    const char *text; /* static: what is told when it is used up */
};

/* What one line allows: the number's, its brand's, the account's. */
struct grant_limit {
    struct gcra line;
    int64_t per_segment_us; /* 0: no limit */
    int64_t burst_segments;
    const char *reason;     /* static: "rate" */
    struct grant_day day;
    bool is_campaign;       /* it binds the messages of one campaign alone */
};

/* What the message's campaign says. */
enum grant_campaign { GRANT_NO_CAMPAIGN, GRANT_CAMPAIGN_GOES, GRANT_CAMPAIGN_PAUSED, GRANT_CAMPAIGN_CANCELLED };

struct grant_facts {
    /* the message */
    enum message_class class;
    int64_t segments;
    int64_t due_in_ms;              /* send_at, a retry's delay; <= 0: due */
    int64_t valid_until_ms;         /* TIME_FOREVER: no limit */
    enum grant_campaign campaign;
    int64_t help_received_at_ms;    /* this message answers a HELP received then; 0: it does not */
    enum consent confirms;          /* CLASS_CONFIRM: which change it confirms; CONSENT_NONE: not told */
    /* the person */
    enum consent consent;
    int64_t consent_changed_at_ms;  /* 0: never */
    bool is_paused;                 /* the pair waits for a person's look */
    bool needs_notice;              /* the first of its programme, and does not say who writes, STOP and HELP */
    bool needs_opt_in;              /* the tenant sends this class only to those who opted in */
    const struct grant_open *open;
    size_t open_n;
    const struct grant_earlier *earlier; /* oldest first */
    size_t earlier_n;
    const char *loop;               /* why the loop breaker stops it; NULL: it does not */
    /* quiet hours, in the person's place; only where this class is subject to them, otherwise has_window false */
    bool has_window;
    bool is_window_open;
    int64_t window_closes_in_ms;    /* while open */
    int64_t window_opens_in_ms;     /* the next opening: after now, or after the closing; TIME_FOREVER: none is known */
    char window_text[ATTEMPT_TEXT_BYTES]; /* where and when, for a person; "": said in general words */
    /* how often a state allows marketing */
    int64_t bulk_most;              /* messages in any 24 hours; 0: no limit */
    int64_t bulk_held_ms;           /* > 0: they are used up, and one more may go then */
    /* number and tenant */
    enum number_state number_state;
    int64_t number_held_ms;         /* > 0: for so long; TIME_FOREVER: until somebody acts */
    bool is_restored;               /* the store came out of a backup and was not recovered yet */
    int64_t tenant_held_ms;
    int64_t country_held_ms;
    int64_t spend_held_ms;          /* > 0: the spend limit is reached and opens then */
    struct grant_limit limits[GRANT_LIMITS_MAX];
    size_t limits_n;
    /* time */
    int64_t now_ms, now_us;
    int64_t clock_distrust_ms;      /* > 0: the clocks drifted apart; nothing is granted or expired for so long */
    int64_t confirm_after_ms;       /* CONFIRM_AFTER_MS */
};

enum grant_kind {
    GRANT_NOW,            /* write the attempt, store lines[] and days_used[] as the verdict has them */
    GRANT_BLOCK,          /* the message ends as blocked */
    GRANT_CANCEL,         /* the message ends as cancelled: a confirmation of a change that no longer stands */
    GRANT_EXPIRE,         /* the message ends as expired */
    GRANT_WAIT,           /* not now: look again after wait_ms, or when something about it changes */
    /* decide earlier[`earlier`] first, then this one; while that one waits unheld, so does this */
    GRANT_EARLIER_FIRST,
};

struct grant_verdict {
    enum grant_kind kind;
    int64_t expiry_s;     /* GRANT_NOW: Plivo's message_expiry, 5 … 10799 */
    struct gcra lines[GRANT_LIMITS_MAX]; /* GRANT_NOW: the limits as charged */
    int64_t days_used[GRANT_LIMITS_MAX]; /* GRANT_NOW */
    int64_t wait_ms;      /* GRANT_WAIT; at the latest its validity is over then; TIME_FOREVER: only a change helps */
    bool is_look;         /* GRANT_WAIT: nobody knows when; wait_ms only says when to look again, out of the others' way */
    bool is_open_ended;   /* GRANT_WAIT: a change may end it before that, so it stays where it is in the line */
    bool is_held;         /* GRANT_WAIT: shown as `held` with the reason, and not waited for; else it stays `queued` */
    bool is_campaign_wide; /* GRANT_WAIT: nothing else of this campaign can go before that */
    bool is_number_wide;  /* GRANT_WAIT: nothing else of this number can go before that, either: stop looking at it */
    size_t earlier;       /* GRANT_EARLIER_FIRST */
    const char *reason;   /* a stable word: opted_out, quiet_hours …; NULL with GRANT_NOW */
    char text[ATTEMPT_TEXT_BYTES]; /* for a person; of an expiry, both reasons */
};

/* Why a number in this state sends nothing, for a person; NULL: it sends. */
const char *grant_number_hold(enum number_state state);

/* How often a message that waits for a person's look is looked at again when nobody says anything. */
enum { GRANT_REVIEW_LOOK_MS = 3600000 };

/* The reasons that a change of the number can take away. */
#define GRANT_NUMBER_PAUSED "number_paused"
#define GRANT_NUMBER_LIMIT "number_limit"
#define GRANT_DAILY_LIMIT "daily_limit"
/* and what a change of a state's row, or of the person's place, does */
#define GRANT_BULK_CAP "bulk_cap"
/* and what recovering does */
#define GRANT_RESTORED "restored"
/* and what resuming its campaign does */
#define GRANT_CAMPAIGN_HELD "campaign_paused"

void grant_decide(const struct grant_facts *facts, struct grant_verdict *out);

#endif

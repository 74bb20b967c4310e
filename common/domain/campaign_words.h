/* campaign_words.h - the closed sets of words of campaigns, and of what deliverability is counted by.
 *
 * Promise: as vocabulary.h: exact, never renamed.
 * Threads: constants only.
 * Source:  contract.md, section API.
 */
#ifndef PARLEY_CAMPAIGN_WORDS_H
#define PARLEY_CAMPAIGN_WORDS_H
#include "domain/vocabulary.h"

/* clang-format off */
/* draft: being prepared. approved: waits for its time. done: nobody is left to send to, and all that was sent has left. */
#define CAMPAIGN_STATES(X)           X(CAMPAIGN_DRAFT, "draft") X(CAMPAIGN_APPROVED, "approved") X(CAMPAIGN_RUNNING, "running") \
                                     X(CAMPAIGN_PAUSED, "paused") X(CAMPAIGN_DONE, "done") X(CAMPAIGN_CANCELLED, "cancelled")
#define CAMPAIGN_ACTIONS(X)          X(CAMPAIGN_APPROVE, "approve") X(CAMPAIGN_PAUSE, "pause") X(CAMPAIGN_RESUME, "resume") \
                                     X(CAMPAIGN_CANCEL, "cancel") X(CAMPAIGN_RETRY, "retry")
#define AUDIENCE_KINDS(X)            X(AUDIENCE_NONE, NULL) X(AUDIENCE_CSV, "csv") X(AUDIENCE_FILTER, "filter")
/* What deliverability is counted by. */
#define HEALTH_KINDS(X)              X(HEALTH_NUMBER, "number") X(HEALTH_TEMPLATE, "template") X(HEALTH_CARRIER, "carrier")
/* clang-format on */

#define X(name, word) name,
enum campaign_state { CAMPAIGN_STATES(X) };
enum campaign_action { CAMPAIGN_ACTIONS(X) };
enum audience_kind { AUDIENCE_KINDS(X) };
enum health_kind { HEALTH_KINDS(X) };
#undef X

extern const struct words campaign_state_words, campaign_action_words, audience_kind_words, health_kind_words;

#endif

#include "domain/campaign_words.h"

#define X(name, word) [name] = word,
static const char *const STATES[] = { CAMPAIGN_STATES(X) };
static const char *const ACTIONS[] = { CAMPAIGN_ACTIONS(X) };
static const char *const AUDIENCES[] = { AUDIENCE_KINDS(X) };
static const char *const HEALTH[] = { HEALTH_KINDS(X) };
#undef X

const struct words campaign_state_words = { STATES, COUNT(STATES) };
const struct words campaign_action_words = { ACTIONS, COUNT(ACTIONS) };
const struct words audience_kind_words = { AUDIENCES, COUNT(AUDIENCES) };
const struct words health_kind_words = { HEALTH, COUNT(HEALTH) };

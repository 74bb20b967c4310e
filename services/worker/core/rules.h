/* rules.h - which rule answers a text, and why: user rules in their order, compiled once.
 *
 * Promise: R1 the first enabled rule, by position and then by id, whose match hits is the winner; there is at most one.
 *          R2 matching a text is bounded (RULE_MATCH_LIMIT): a pattern that would need more steps does not match, and is counted.
 *          R3 what rule_check() passed can be compiled and rendered.
 * Units:   texts of at most RULE_TEXT_MAX_BYTES are looked at; the rest of a longer one is not.
 * Memory:  a set owns copies of its rules; rule_set_free() frees all.
 * Threads: a set belongs to one thread at a time.
 * Source:  PCRE2's match limits (pcre2api, "Setting match resource limits").
 */
#ifndef PARLEY_RULES_H
#define PARLEY_RULES_H
#include "base/pair.h"
#include "core/rows.h"

enum {
    RULES_MAX = 500,
    RULE_WORDS_MAX = 50,
    RULE_WORD_MAX_BYTES = 512,
    RULE_ACTIONS_MAX = 8,
    RULE_NAME_MAX_BYTES = 120,
    RULE_TEXT_MAX_BYTES = 8192,
    RULE_MATCH_LIMIT = 100000, /* backtracking steps: below a millisecond */
    RULE_COOLDOWN_MAX_S = 30 * 24 * 3600,
};

struct rule_set;

/* NULL when memory is out. */
struct rule_set *rule_set_new(void);
void rule_set_free(struct rule_set *set);
/* Copies and compiles one rule. */
MUST_USE bool rule_set_add(struct rule_set *set, const struct rule_row *rule, struct err *err);
/* Call once after the last add. */
void rule_set_sort(struct rule_set *set);

/* The winner for a text to `number`, or NULL. `*word`: the one that hit, borrowed from the set; unset for "any". */
const struct rule_row *rule_set_match(struct rule_set *set, struct str text, struct str number, struct str *word);

/* Whether a rule may be saved: name, words, patterns, actions and their templates. False: *err names the field. */
MUST_USE bool rule_check(const struct rule_row *rule, struct err *err);

/* When the rule last answered in this conversation; 0: never, or there is no rule. */
int64_t rule_answered_at(const struct conversation_row *conversation, const struct rule_row *rule);

/* What a reply's template may name, and its values for one conversation; `out` holds RULE_VALUES. */
enum { RULE_VALUES = 3 };
void rule_values(struct str contact_name, struct str contact_address, struct str number, struct pair out[RULE_VALUES]);

#endif

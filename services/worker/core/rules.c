#define PCRE2_CODE_UNIT_WIDTH 8
#include "core/rules.h"

#include "base/arena.h"
#include "domain/segments.h"
#include "domain/template.h"

#include <pcre2.h>
#include <stdlib.h>

enum { SET_BYTES_MAX = 8 * 1024 * 1024 };

static const char *const TEMPLATE_NAMES[RULE_VALUES] = {"contact.name", "contact.address", "number"};

struct compiled {
    struct rule_row row;
    pcre2_code *patterns[RULE_WORDS_MAX];
    size_t n;
};

struct rule_set {
    struct arena arena;
    struct compiled *rules[RULES_MAX];
    size_t n;
    pcre2_match_context *limits;
    pcre2_match_data *data;
};

/* --- patterns --- */

/* Every kind of match is a PCRE2 pattern, so that letters fold by Unicode's rules in all of them alike. */
static uint32_t options_of(enum match_kind kind)
{
    const uint32_t all = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_CASELESS;
    switch (kind) {
    case MATCH_EXACT:
        return all | PCRE2_LITERAL | PCRE2_ANCHORED | PCRE2_ENDANCHORED;
    case MATCH_PREFIX:
        return all | PCRE2_LITERAL | PCRE2_ANCHORED;
    case MATCH_CONTAINS:
        return all | PCRE2_LITERAL;
    case MATCH_REGEX:
        return all | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C;
    case MATCH_ANY:
        return all;
    }
    return all;
}

static pcre2_code *compile(enum match_kind kind, struct str word, struct err *err)
{
    int code;
    size_t at;
    uint32_t options = options_of(kind);
    if (options & PCRE2_LITERAL) /* PCRE2 takes no other options of matching beside a literal's */
        options &= ~(uint32_t)PCRE2_UCP;
    pcre2_code *pattern = pcre2_compile((PCRE2_SPTR)(word.n ? word.p : ""), word.n, options, &code, &at, NULL);
    if (pattern)
        return pattern;
    PCRE2_UCHAR why[120];
    (void)pcre2_get_error_message(code, why, sizeof why); /* always a text, cut at worst */
    (void)err_set(err, ERR_INPUT, "match", "the pattern is not valid at place %zu: %s", at + 1,
                  (const char *)why); /* NULL below */
    return NULL;
}

/* --- the set --- */

struct rule_set *rule_set_new(void)
{
    struct rule_set *set = calloc(1, sizeof *set);
    if (!set)
        return NULL;
    arena_init(&set->arena, SET_BYTES_MAX);
    set->limits = pcre2_match_context_create(NULL);
    set->data = pcre2_match_data_create(1, NULL);
    if (!set->limits || !set->data) {
        rule_set_free(set);
        return NULL;
    }
    (void)pcre2_set_match_limit(set->limits, RULE_MATCH_LIMIT); /* cannot fail */
    (void)pcre2_set_depth_limit(set->limits, 1000);
    (void)pcre2_set_heap_limit(set->limits, 1024); /* KiB */
    return set;
}

void rule_set_free(struct rule_set *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->n; i++)
        for (size_t k = 0; k < set->rules[i]->n; k++)
            pcre2_code_free(set->rules[i]->patterns[k]);
    pcre2_match_context_free(set->limits);
    pcre2_match_data_free(set->data);
    arena_release(&set->arena);
    free(set);
}

/* A copy that lives as long as the set: through the codec, which knows every field. */
static bool copy_row(struct rule_set *set, const struct rule_row *from, struct rule_row *to, struct err *err)
{
    AUTO(buf_release) struct buf bytes;
    buf_init(&bytes, SET_BYTES_MAX);
    if (!record_encode(&rule_row_record, from, &bytes))
        return err_set(err, ERR_TOO_BIG, NULL, "the rule is too big");
    struct str kept = arena_dup(&set->arena, buf_str(&bytes));
    return str_is_set(kept) ? record_decode(&rule_row_record, kept, &set->arena, to, err) : arena_err(&set->arena, err);
}

bool rule_set_add(struct rule_set *set, const struct rule_row *rule, struct err *err)
{
    if (rule->disabled)
        return true;
    if (set->n >= RULES_MAX)
        return err_set(err, ERR_CONFLICT, NULL, "there are %d rules already, no more are allowed", RULES_MAX);
    struct compiled *c = arena_alloc(&set->arena, sizeof *c);
    if (!c)
        return arena_err(&set->arena, err);
    if (!copy_row(set, rule, &c->row, err))
        return false;
    set->rules[set->n++] = c; /* from here on rule_set_free() sees what is compiled */
    if (!c->row.match || c->row.match->kind == MATCH_ANY)
        return true;
    for (size_t i = 0; i < c->row.match->words.n && i < RULE_WORDS_MAX; i++) {
        struct str word = c->row.match->words.v[i];
        /* blanks around a text are not looked at, so those around a whole word cannot count */
        c->patterns[i] = compile(c->row.match->kind, c->row.match->kind == MATCH_EXACT ? str_trim(word) : word, err);
        if (!c->patterns[i])
            return false;
        c->n++;
    }
    return true;
}

static int by_position(const void *a, const void *b)
{
    const struct compiled *x = *(struct compiled *const *)a;
    const struct compiled *y = *(struct compiled *const *)b;
    if (x->row.position != y->row.position)
        return x->row.position < y->row.position ? -1 : 1;
    return id_compare(x->row.id, y->row.id);
}

void rule_set_sort(struct rule_set *set)
{
    qsort(set->rules, set->n, sizeof(struct compiled *), by_position);
}

/* A text that is nothing but the word is often followed by "!" or "." */
static struct str without_end_marks(struct str text)
{
    while (text.n > 0 && strchr(".!?,;: \r\n\t", text.p[text.n - 1]))
        text.n--;
    return text;
}

/* A limit that was reached counts as no match (R2). */
static bool found(struct rule_set *set, const pcre2_code *pattern, struct str text)
{
    return pcre2_match(pattern, (PCRE2_SPTR)(text.n ? text.p : ""), text.n, 0, 0, set->data, set->limits) >= 0;
}

static bool hits(struct rule_set *set, const struct compiled *c, struct str text, struct str *word)
{
    const struct rule_match *match = c->row.match;
    if (!match || match->kind == MATCH_ANY)
        return true;
    struct str bare = match->kind == MATCH_EXACT ? without_end_marks(text) : text;
    for (size_t i = 0; i < c->n; i++)
        if (found(set, c->patterns[i], bare) || (bare.n < text.n && found(set, c->patterns[i], text))) {
            *word = match->words.v[i];
            return true;
        }
    return false;
}

const struct rule_row *rule_set_match(struct rule_set *set, struct str text, struct str number, struct str *word)
{
    struct str looked_at = str_trim(str_slice(text, 0, RULE_TEXT_MAX_BYTES));
    *word = (struct str){0};
    for (size_t i = 0; i < set->n; i++) {
        const struct compiled *c = set->rules[i];
        bool is_for_number = !c->row.match || c->row.match->number.n == 0 || str_eq(c->row.match->number, number);
        if (is_for_number && hits(set, c, looked_at, word))
            return &c->row;
    }
    return NULL;
}

/* --- checks --- */

static bool check_match(const struct rule_match *match, struct err *err)
{
    if (!match)
        return err_set(err, ERR_INPUT, "match", "is missing: {kind, words, number}");
    if (match->kind == MATCH_ANY)
        return match->words.n == 0 || err_set(err, ERR_INPUT, "match", "a rule for any text has no words");
    if (match->words.n == 0 || match->words.n > RULE_WORDS_MAX)
        return err_set(err, ERR_INPUT, "match", "needs 1 to %d words", RULE_WORDS_MAX);
    for (size_t i = 0; i < match->words.n; i++) {
        struct str word = match->words.v[i];
        if (str_trim(word).n == 0 || word.n > RULE_WORD_MAX_BYTES)
            return err_set(err, ERR_INPUT, "match", "word %zu must have 1 to %d bytes", i + 1, RULE_WORD_MAX_BYTES);
        pcre2_code *pattern = compile(match->kind, word, err);
        if (!pattern)
            return false;
        pcre2_code_free(pattern);
    }
    return true;
}

static bool check_action(const struct rule_action *action, struct err *err)
{
    switch (action->kind) {
    case ACTION_REPLY:
        if (str_trim(action->text).n == 0)
            return err_set(err, ERR_INPUT, "actions", "a reply needs a text");
        return template_check(action->text, TEMPLATE_NAMES, RULE_VALUES, "actions", err) &&
               segments_check(action->text, "actions", err);
    case ACTION_TAG:
        return (action->tag.n > 0 && action->tag.n <= 64) ||
               err_set(err, ERR_INPUT, "actions", "a tag needs 1 to 64 bytes");
    case ACTION_ASSIGN:
        return (action->assignee.n > 0 && action->assignee.n <= 120) ||
               err_set(err, ERR_INPUT, "actions", "assign needs an assignee of 1 to 120 bytes");
    case ACTION_CLOSE:
        return true;
    case ACTION_OPT_OUT:
    case ACTION_OPT_IN:
    case ACTION_HELP:
        return err_set(err, ERR_INPUT, "actions",
                       "consent is changed by the system rules only; use reply, tag, assign or close");
    }
    return false;
}

bool rule_check(const struct rule_row *rule, struct err *err)
{
    if (str_trim(rule->name).n == 0 || rule->name.n > RULE_NAME_MAX_BYTES)
        return err_set(err, ERR_INPUT, "name", "must have 1 to %d bytes", RULE_NAME_MAX_BYTES);
    if (rule->position < 0 || rule->position > 1000000)
        return err_set(err, ERR_INPUT, "position", "must be 0 to 1000000");
    if (rule->cooldown_s < 0 || rule->cooldown_s > RULE_COOLDOWN_MAX_S)
        return err_set(err, ERR_INPUT, "cooldown_s", "must be 0 to %d seconds", RULE_COOLDOWN_MAX_S);
    if (rule->actions.n == 0 || rule->actions.n > RULE_ACTIONS_MAX)
        return err_set(err, ERR_INPUT, "actions", "needs 1 to %d actions", RULE_ACTIONS_MAX);
    for (size_t i = 0; i < rule->actions.n; i++)
        if (!check_action(&rule->actions.v[i], err))
            return false;
    return check_match(rule->match, err);
}

int64_t rule_answered_at(const struct conversation_row *conversation, const struct rule_row *rule)
{
    for (size_t i = 0; rule && i < conversation->cooldowns.n; i++)
        if (id_eq(conversation->cooldowns.v[i].rule, rule->id))
            return conversation->cooldowns.v[i].at;
    return 0;
}

void rule_values(struct str contact_name, struct str contact_address, struct str number, struct pair out[RULE_VALUES])
{
    const struct str values[RULE_VALUES] = {contact_name, contact_address, number};
    for (size_t i = 0; i < RULE_VALUES; i++)
        out[i] = (struct pair){.name = str_of(TEMPLATE_NAMES[i]), .value = values[i]};
}

/* /api/v1/rules */
#include "routes.h"

enum { NAME_MAX_BYTES = 400, WORDS_MAX = 50, WORD_MAX_BYTES = 800, ACTIONS_MAX = 10, TEXT_MAX_BYTES = 6400, TAG_MAX_BYTES = 64,
       COOLDOWN_MAX_S = 30 * 24 * 3600, POSITION_MAX = 1000000 };

bool rules_list(struct call *call, struct err *err)
{
    struct page_query query = { .cursor = call_query(call, "cursor") };
    struct rule_page page;
    return call_query_limit(call, &query.limit, err) && call_ask(call, OP_rules, &query, &page, err) &&
           call_answer(call, 200, &rule_page_record, &page, err);
}

bool rule_get(struct call *call, struct err *err)
{
    return call_relay_by_id(call, OP_rule, err);
}

bool rule_delete(struct call *call, struct err *err)
{
    struct by_id request = { 0 };
    struct nothing nothing;
    return call_id(call, 0, &request.id, err) && call_ask(call, OP_rule_delete, &request, &nothing, err) &&
           call_answer_bytes(call, 204, NULL, STR(""));
}

/* --- what a rule may look like; whether its pattern compiles the worker says --- */

static bool has(uint64_t present, const char *field)
{
    return present & record_bit(&rule_changes_record, field);
}

static bool check_match(const struct rule_match *match, struct err *err)
{
    if (match->words.n > WORDS_MAX)
        return err_set(err, ERR_INPUT, "words", "must be at most %d", WORDS_MAX);
    if (match->kind != MATCH_ANY && match->words.n == 0)
        return err_set(err, ERR_INPUT, "words", "must hold one word at least");
    for (size_t i = 0; i < match->words.n; i++)
        if (match->words.v[i].n == 0 || match->words.v[i].n > WORD_MAX_BYTES)
            return err_set(err, ERR_INPUT, "words", "must each have 1 to 200 characters");
    return true;
}

static bool check_action(const struct rule_action *action, struct err *err)
{
    switch (action->kind) {
    case ACTION_REPLY:
        if (action->text.n == 0 || action->text.n > TEXT_MAX_BYTES)
            return err_set(err, ERR_INPUT, "text", "must have 1 to 1600 characters");
        return true;
    case ACTION_TAG:
        if (action->tag.n == 0 || action->tag.n > TAG_MAX_BYTES)
            return err_set(err, ERR_INPUT, "tag", "must have 1 to %d characters", TAG_MAX_BYTES);
        return true;
    case ACTION_ASSIGN:
        if (action->assignee.n == 0 || action->assignee.n > TAG_MAX_BYTES)
            return err_set(err, ERR_INPUT, "assignee", "must have 1 to %d characters", TAG_MAX_BYTES);
        return true;
    case ACTION_CLOSE:
        return true;
    case ACTION_OPT_OUT:
    case ACTION_OPT_IN:
    case ACTION_HELP:
        return err_set(err, ERR_INPUT, "actions", "opt_out, opt_in and help stand only in system rules");
    }
    return true;
}

static bool check_rule(const struct rule_changes *rule, uint64_t present, struct err *err)
{
    if (present == 0)
        return err_set(err, ERR_INPUT, NULL, "nothing to change: name, position, enabled, match, actions or cooldown_s");
    if (has(present, "name") && (rule->name.n == 0 || rule->name.n > NAME_MAX_BYTES))
        return err_set(err, ERR_INPUT, "name", "must have 1 to 100 characters");
    if (rule->position < 0 || rule->position > POSITION_MAX)
        return err_set(err, ERR_INPUT, "position", "must be 0 to %d", POSITION_MAX);
    if (rule->cooldown_s < 0 || rule->cooldown_s > COOLDOWN_MAX_S)
        return err_set(err, ERR_INPUT, "cooldown_s", "must be 0 to %d", COOLDOWN_MAX_S);
    if (has(present, "match") && !check_match(rule->match, err))
        return false;
    if (has(present, "actions") && (rule->actions.n == 0 || rule->actions.n > ACTIONS_MAX))
        return err_set(err, ERR_INPUT, "actions", "must be 1 to %d", ACTIONS_MAX);
    for (size_t i = 0; i < rule->actions.n; i++)
        if (!check_action(&rule->actions.v[i], err))
            return false;
    return true;
}

static bool read_rule(struct call *call, struct rule_changes *rule, uint64_t *present, struct err *err)
{
    return call_body(call, &rule_changes_record, "name position enabled match actions cooldown_s", rule, present, err) &&
           check_rule(rule, *present, err);
}

bool rule_create(struct call *call, struct err *err)
{
    static const char *const REQUIRED[] = { "name", "match", "actions" };
    struct rule_changes changes;
    struct rule_patch request = { .changes = &changes };
    struct rule_view rule;
    uint64_t present;
    if (!read_rule(call, &changes, &present, err))
        return false;
    for (size_t i = 0; i < COUNT(REQUIRED); i++)
        if (!has(present, REQUIRED[i]))
            return err_set(err, ERR_INPUT, REQUIRED[i], "is required");
    if (!has(present, "enabled")) {
        changes.enabled = true;
        present |= record_bit(&rule_changes_record, "enabled");
    }
    request.present = (int64_t)present;
    return call_ask(call, OP_rule_create, &request, &rule, err) && call_answer(call, 201, &rule_view_record, &rule, err);
}

bool rule_change(struct call *call, struct err *err)
{
    struct rule_changes changes;
    struct rule_patch request = { .changes = &changes };
    struct rule_view rule;
    uint64_t present;
    if (!call_id(call, 0, &request.id, err) || !read_rule(call, &changes, &present, err))
        return false;
    request.present = (int64_t)present;
    return call_ask(call, OP_rule_patch, &request, &rule, err) && call_answer(call, 200, &rule_view_record, &rule, err);
}

bool rules_test(struct call *call, struct err *err)
{
    struct rule_test request;
    struct rule_verdict verdict;
    uint64_t present;
    if (!call_body(call, &rule_test_record, "text", &request, &present, err))
        return false;
    if (!str_is_set(request.text))
        return err_set(err, ERR_INPUT, "text", "is required");
    if (request.text.n > TEXT_MAX_BYTES)
        return err_set(err, ERR_INPUT, "text", "must have at most 1600 characters");
    return call_ask(call, OP_rule_test, &request, &verdict, err) && call_answer(call, 200, &rule_verdict_record, &verdict, err);
}

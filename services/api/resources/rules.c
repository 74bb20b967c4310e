/* /api/v1/rules */
#include "routes.h"

enum { TEXT_MAX_BYTES = 6400, POSITION_MAX = 1000000 };

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

/* --- a rule's body; what its parts may be, the worker's rule_check() says --- */

static bool has(uint64_t present, const char *field)
{
    return present & record_bit(&rule_changes_record, field);
}

static bool check_rule(const struct rule_changes *rule, uint64_t present, struct err *err)
{
    if (present == 0)
        return err_set(err, ERR_INPUT, NULL,
                       "nothing to change: name, position, enabled, match, actions or cooldown_s");
    if (rule->position < 0 || rule->position > POSITION_MAX)
        return err_set(err, ERR_INPUT, "position", "must be 0 to %d", POSITION_MAX);
    if (rule->cooldown_s < 0)
        return err_set(err, ERR_INPUT, "cooldown_s", "must be 0 or more");
    return true;
}

static bool read_rule(struct call *call, struct rule_changes *rule, uint64_t *present, struct err *err)
{
    return call_body(call, &rule_changes_record, "name position enabled match actions cooldown_s", rule, present,
                     err) &&
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
    return call_ask(call, OP_rule_create, &request, &rule, err) &&
           call_answer(call, 201, &rule_view_record, &rule, err);
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
    return call_ask(call, OP_rule_test, &request, &verdict, err) &&
           call_answer(call, 200, &rule_verdict_record, &verdict, err);
}

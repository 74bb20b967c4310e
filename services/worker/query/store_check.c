/* Whether the store is whole, looked at from end to end in one read. */
#include "query/query.h"
#include "upkeep/check.h"

enum { FINDINGS_MAX = 500 };

struct findings {
    struct arena *arena;
    struct store_verdict *out;
};

static void keep(void *context, const char *line)
{
    struct findings *findings = context;
    struct str copy = findings->out->findings.n < FINDINGS_MAX ? arena_dup(findings->arena, str_of(line)) : STR("");
    if (copy.n > 0)
        findings->out->findings.v[findings->out->findings.n++] = copy;
}

bool store_check_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                       void *reply, struct err *err)
{
    struct store_verdict *verdict = reply;
    struct findings findings = { .arena = txn->arena, .out = verdict };
    struct check_summary summary;
    (void)tenant;
    (void)settings;
    (void)request;
    verdict->findings.v = arena_alloc_array(txn->arena, FINDINGS_MAX, sizeof *verdict->findings.v);
    if (!verdict->findings.v)
        return arena_err(txn->arena, err);
    if (!check_run(txn, keep, &findings, &summary, err))
        return false;
    verdict->rows = summary.rows;
    verdict->found = summary.findings;
    return true;
}

#include "apply/country_hold.h"

#include "domain/phone_plan.h"

/* Lines of TABLE_LIMIT that are no number's: the longest hold of any country, and each country's own. */
static const struct str ANY_COUNTRY = STR("*country");

static struct str line_of(struct txn *txn, const char *region)
{
    return arena_format(txn->arena, "*country:%s", region);
}

static void describe(struct str address, struct phone_plan *out)
{
    struct phone phone;
    struct err unused;
    *out = (struct phone_plan){ 0 };
    if (phone_parse(address, "to", &phone, &unused))
        phone_plan_describe(&phone, out);
}

static bool held_until(struct txn *txn, int64_t tenant, struct str line, int64_t *until_ms, struct err *err)
{
    struct limit_row row;
    bool found;
    if (!str_is_set(line))
        return arena_err(txn->arena, err);
    if (!ROW_GET(txn, TABLE_LIMIT, key_of_text(tenant, line), limit_row, &row, &found, err))
        return false;
    *until_ms = found ? row.held_until : 0;
    return true;
}

bool country_hold_read(struct txn *txn, int64_t tenant, struct str address, int64_t *held_ms, struct err *err)
{
    struct phone_plan plan;
    int64_t until_ms = 0;
    *held_ms = 0;
    if (!held_until(txn, tenant, ANY_COUNTRY, &until_ms, err))
        return false;
    if (until_ms <= txn->now_ms)
        return true;
    describe(address, &plan);
    if (!held_until(txn, tenant, line_of(txn, plan.region), &until_ms, err))
        return false;
    *held_ms = max_i64(0, until_ms - txn->now_ms);
    return true;
}

bool line_hold(struct txn *txn, int64_t tenant, struct str line, int64_t until_ms, struct err *err)
{
    struct limit_row row;
    bool found;
    if (!str_is_set(line))
        return arena_err(txn->arena, err);
    record_init(&limit_row_record, &row);
    if (!ROW_GET(txn, TABLE_LIMIT, key_of_text(tenant, line), limit_row, &row, &found, err))
        return false;
    row.held_until = max_i64(row.held_until, until_ms);
    return ROW_PUT(txn, TABLE_LIMIT, key_of_text(tenant, line), limit_row, &row, err);
}

bool country_hold(struct txn *txn, int64_t tenant, struct str address, int64_t until_ms, struct str *region,
                  struct err *err)
{
    struct phone_plan plan;
    describe(address, &plan);
    *region = arena_format(txn->arena, "%s", plan.region);
    if (!str_is_set(*region))
        return arena_err(txn->arena, err);
    return line_hold(txn, tenant, line_of(txn, plan.region), until_ms, err) &&
           line_hold(txn, tenant, ANY_COUNTRY, until_ms, err);
}

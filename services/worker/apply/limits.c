/* limit_put, limit_delete: what all numbers of one 10DLC campaign share. */
#include "apply/apply.h"
#include "apply/audit.h"
#include "apply/holds.h"
#include "query/query.h"

enum { NAME_MAX_BYTES = 64, RATE_MAX = 10000, DAILY_MAX = 1000000000 };

static bool is_name(struct str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.';
        if (!is_word)
            return false;
    }
    return name.n > 0 && name.n <= NAME_MAX_BYTES;
}

static bool check(const struct shared_limit_put *asked, struct err *err)
{
    if (!is_name(asked->name))
        return err_set(err, ERR_INPUT, "name", "must be 1 to %d letters, digits, '-', '_' or '.'", NAME_MAX_BYTES);
    if (!(asked->rate >= 0 && asked->rate <= RATE_MAX) || (asked->rate > 0 && asked->rate < 0.01))
        return err_set(err, ERR_INPUT, "rate", "must be 0.01 to %d segments per second, or 0 for no limit", RATE_MAX);
    if (asked->daily_limit != INT_UNSET && (asked->daily_limit < 0 || asked->daily_limit > DAILY_MAX))
        return err_set(err, ERR_INPUT, "daily_limit", "must be null (none) or 0 to %d segments", DAILY_MAX);
    return true;
}

static bool tell_change(struct txn *txn, int64_t tenant, struct str name, const struct shared_limit *before,
                        const struct shared_limit *after, struct err *err)
{
    struct str subject = arena_format(txn->arena, "campaign:%.*s", STR_ARGS(name));
    if (!str_is_set(subject))
        return arena_err(txn->arena, err);
    txn->wakes_sender = true;
    return audit_change(txn, tenant, "limit.update", subject, &shared_limit_record, before, after, err) &&
           holds_look_again(txn, tenant, err);
}

bool limit_put_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                     struct err *err)
{
    const struct shared_limit_put *asked = request;
    struct shared_limit before;
    bool unused;
    (void)settings;
    if (!check(asked, err) || !shared_limit_read(txn, tenant, asked->name, &before, &unused, err))
        return false;
    const struct shared_limit_row row = { .rate = asked->rate,
                                          .daily_limit = asked->daily_limit,
                                          .updated_at = txn->now_ms };
    return ROW_PUT(txn, TABLE_SHARED_LIMIT, key_of_text(tenant, asked->name), shared_limit_row, &row, err) &&
           shared_limit_read(txn, tenant, asked->name, reply, &unused, err) &&
           tell_change(txn, tenant, asked->name, &before, reply, err);
}

bool limit_delete_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                        void *reply, struct err *err)
{
    const struct by_name *asked = request;
    struct shared_limit before;
    struct shared_limit after;
    bool is_there;
    bool unused;
    (void)settings;
    (void)reply;
    if (!is_name(asked->name))
        return err_set(err, ERR_MISSING, NULL, "there is no limit of this name");
    if (!shared_limit_read(txn, tenant, asked->name, &before, &is_there, err))
        return false;
    if (!is_there)
        return err_set(err, ERR_MISSING, NULL, "there is no limit of this name");
    return row_delete(txn, TABLE_SHARED_LIMIT, key_of_text(tenant, asked->name), err) &&
           shared_limit_read(txn, tenant, asked->name, &after, &unused, err) &&
           tell_change(txn, tenant, asked->name, &before, &after, err);
}

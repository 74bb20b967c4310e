#include "apply/audit.h"

#include <openssl/evp.h>

enum { CHANGES_BYTES_MAX = 256 * 1024, SHA256_BYTES = 32 };

RECORD_TABLE(consent_said, CONSENT_SAID);
RECORD_TABLE(audience_chosen, AUDIENCE_CHOSEN);

/* Fields that are sent as they stand, or nearly so. */
static const char *const WORDINGS[] = { "text", "help_reply" };

bool audit_add(struct txn *txn, int64_t tenant, const char *action, struct str subject, struct str changes,
               struct err *err)
{
    struct audit_row row = {
        .at = txn->now_ms, .actor = txn->actor, .action = str_of(action), .subject = subject, .changes = changes
    };
    return ROW_PUT(txn, TABLE_AUDIT, key_of_id(tenant, txn_id(txn)), audit_row, &row, err);
}

struct str audit_wording(struct txn *txn, struct str text)
{
    unsigned char sum[SHA256_BYTES];
    char hex[2 * SHA256_BYTES + 1];
    if (!str_is_set(text) || EVP_Digest(text.n ? text.p : "", text.n, sum, NULL, EVP_sha256(), NULL) != 1)
        return (struct str){ 0 };
    hex_write(hex, sum, sizeof sum);
    return arena_format(txn->arena, "%zu bytes, sha256 %s", text.n, hex);
}

static bool is_wording(const struct field *field)
{
    for (size_t i = 0; i < COUNT(WORDINGS); i++)
        if (field->kind == FIELD_STR && str_is(field->name_str, WORDINGS[i]))
            return true;
    return false;
}

/* One field's value as JSON: what stands between `{"name":` and `}`. Unset when memory is out. */
static struct str value_json(struct txn *txn, const struct record *record, size_t i, const void *object)
{
    const struct field *field = &record->fields[i];
    const struct record one = { record->name, record->size, field, 1 };
    size_t around = strlen(field->name) + 4;
    struct str text = is_wording(field) ? *(const struct str *)(const void *)((const char *)object + field->offset)
                                        : (struct str){ 0 };
    if (str_is_set(text)) {
        struct str wording = audit_wording(txn, text);
        return str_is_set(wording) ? arena_format(txn->arena, "\"%.*s\"", STR_ARGS(wording)) : wording;
    }
    AUTO(buf_release) struct buf json;
    buf_init(&json, CHANGES_BYTES_MAX);
    if (!record_to_json(&one, object, &json))
        return (struct str){ 0 };
    return arena_dup(txn->arena, str_slice(buf_str(&json), around, buf_str(&json).n - around - 1));
}

bool audit_change(struct txn *txn, int64_t tenant, const char *action, struct str subject, const struct record *record,
                  const void *before, const void *after, struct err *err)
{
    AUTO(buf_release) struct buf changes;
    bool ok = true;
    bool is_first = true;
    buf_init(&changes, CHANGES_BYTES_MAX);
    for (size_t i = 0; ok && i < record->n; i++) {
        struct str from = value_json(txn, record, i, before);
        struct str to = value_json(txn, record, i, after);
        ok = str_is_set(from) && str_is_set(to);
        if (!ok || str_eq(from, to))
            continue;
        ok = buf_add_format(&changes, "%s\"%s\":{\"from\":%.*s,\"to\":%.*s}", is_first ? "{" : ",",
                            record->fields[i].name, STR_ARGS(from), STR_ARGS(to));
        is_first = false;
    }
    if (is_first && ok)
        return true;
    if (!ok || !buf_add_char(&changes, '}'))
        return err_set(err, ERR_TOO_BIG, NULL, "what changed is too much for one entry of the audit");
    return audit_add(txn, tenant, action, subject, buf_str(&changes), err);
}

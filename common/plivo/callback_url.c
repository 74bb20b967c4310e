#include "plivo/callback_url.h"

#include "domain/hmac.h"

#include <stdio.h>

enum {
    REF_BYTES_MAX = CALLBACK_TENANT_MAX_BYTES + ID_TEXT_CHARS + 2 * 20 + 8
};

static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool is_fine = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
                       c == '_' || c == '-';
        if (!is_fine)
            return false;
    }
    return s.n > 0;
}

/* What stands in the path, and what the HMAC covers. */
struct ref_text {
    char c[REF_BYTES_MAX];
};

static struct ref_text ref_text(const struct callback_ref *ref)
{
    struct ref_text text;
    int n = snprintf(text.c, sizeof text.c, "%.*s/%lld/%s/%lld", STR_ARGS(ref->tenant), (long long)ref->generation,
                     id_text(ref->message_id).c, (long long)ref->attempt);
    assert(n > 0 && (size_t)n < sizeof text.c); /* the tenant is bounded, the rest has a length */
    return text;
}

static bool hmac_of(const char *text, const struct secret *key, char out[CALLBACK_HMAC_CHARS + 1])
{
    /* the label keeps this key's signatures apart from any other use of it */
    static const char LABEL[] = "parley callback 1\n";
    char message[sizeof LABEL + REF_BYTES_MAX];
    int n = snprintf(message, sizeof message, "%s%s", LABEL, text);
    assert(n > 0 && (size_t)n < sizeof message);
    unsigned char mac[HMAC_BYTES];
    if (!hmac_sha256(secret_reveal(key), str_bytes(message, (size_t)n), mac))
        return false;
    hex_write(out, mac, CALLBACK_HMAC_CHARS / 2);
    return true;
}

bool callback_url_format(struct buf *out, struct str base, const struct callback_ref *ref, const struct secret *key,
                         struct err *err)
{
    if (!is_plain(ref->tenant) || ref->tenant.n > CALLBACK_TENANT_MAX_BYTES)
        return err_set(err, ERR_INPUT, "tenant", "must be 1 to %d letters, digits, '.', '_' or '-'",
                       CALLBACK_TENANT_MAX_BYTES);
    assert(secret_is_set(key)); /* an empty key would sign for anybody */
    char hmac[CALLBACK_HMAC_CHARS + 1];
    struct ref_text text = ref_text(ref);
    if (!hmac_of(text.c, key, hmac))
        return err_set(err, ERR_BUSY, NULL, "the callback's key cannot be used now");
    while (base.n > 0 && base.p[base.n - 1] == '/')
        base.n--;
    buf_add(out, base);
    if (!buf_add_format(out, "%s%s?t=%s", CALLBACK_PATH, text.c, hmac))
        return err_set(err, ERR_TOO_BIG, "PUBLIC_URL", "leaves no room for the callback's path");
    return true;
}

static bool query_value(struct str query, const char *name, struct str *value)
{
    struct str item;
    while (str_next(&query, '&', &item)) {
        size_t equals = str_find(item, '=');
        if (str_is(str_slice(item, 0, equals), name)) {
            *value = str_slice(item, equals + 1, item.n);
            return true;
        }
    }
    return false;
}

bool callback_url_parse(struct str path, struct str query, struct callback_ref *out, struct str *hmac)
{
    const struct str prefix = STR(CALLBACK_PATH);
    if (!str_starts(path, prefix))
        return false;
    struct str rest = str_slice(path, prefix.n, path.n), generation, id, attempt, t;
    struct callback_ref ref;
    struct err unused;
    bool is_ours = str_next(&rest, '/', &ref.tenant) && str_next(&rest, '/', &generation) &&
                   str_next(&rest, '/', &id) && str_next(&rest, '/', &attempt) && !str_is_set(rest);
    if (!is_ours || !is_plain(ref.tenant) || ref.tenant.n > CALLBACK_TENANT_MAX_BYTES)
        return false;
    if (!str_to_int(generation, 0, INT64_MAX, &ref.generation) || !str_to_int(attempt, 0, INT64_MAX, &ref.attempt) ||
        !id_parse(id, "id", &ref.message_id, &unused))
        return false;
    if (!query_value(query, "t", &t))
        return false;
    *out = ref;
    *hmac = t;
    return true;
}

bool callback_hmac_check(const struct callback_ref *ref, struct str hmac, const struct secret *keys, size_t n)
{
    struct ref_text text = ref_text(ref);
    bool is_right = false;
    for (size_t i = 0; i < n; i++) {
        char wanted[CALLBACK_HMAC_CHARS + 1];
        if (secret_is_set(&keys[i]) && hmac_of(text.c, &keys[i], wanted))
            is_right |= bytes_eq_constant_time(hmac, (struct str){ wanted, CALLBACK_HMAC_CHARS });
    }
    return is_right;
}

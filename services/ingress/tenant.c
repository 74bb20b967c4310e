#include "tenant.h"

static struct tenant tenants[TENANTS_MAX];

bool tokens_read(const struct secret *list, const char *variable, struct tenant *out, struct err *err)
{
    struct str rest = secret_reveal(list);
    struct str token;
    out->tokens_n = 0;
    while (str_next(&rest, ',', &token)) {
        token = str_trim(token);
        if (token.n == 0)
            continue;
        if (out->tokens_n == PLIVO_TOKENS_MAX)
            return err_set(err, ERR_INPUT, variable, "may list %d tokens", PLIVO_TOKENS_MAX);
        if (!secret_set(&out->tokens[out->tokens_n++], token))
            return err_set(err, ERR_INPUT, variable, "a token may have %d bytes", SECRET_MAX_BYTES);
    }
    return out->tokens_n > 0 || err_set(err, ERR_INPUT, variable, "must be set: without it no webhook can be checked");
}

bool tenants_load(const struct secret *token_list, bool is_v2_allowed, struct err *err)
{
    tenants[0].place = 0;
    tenants[0].is_v2_allowed = is_v2_allowed;
    return tokens_read(token_list, "PLIVO_AUTH_TOKEN", &tenants[0], err);
}

void tenants_release(void)
{
    for (size_t i = 0; i < TENANTS_MAX; i++)
        for (size_t k = 0; k < PLIVO_TOKENS_MAX; k++)
            secret_release(&tenants[i].tokens[k]);
}

const struct tenant *tenant_of(struct str to)
{
    (void)to;   /* one tenant: every address is its own */
    return &tenants[0];
}

/* tenant.h - whose webhook this is, and which keys may have signed it.
 *
 * Promise: tenant_of() is the one place that answers it. Today there is one tenant, and every address is its own; with more, `to` (or the
 *          tenant named in a report's callback path) chooses here and nowhere else.
 * Memory:  tenants live as long as the process; a struct tenant is const after tenants_load().
 * Threads: tenants_load() before the first one; tenant_of() from any.
 * Source:  plivo.md section 3, "Which keys to try"; contract.md, section Ingress.
 */
#ifndef PARLEY_TENANT_H
#define PARLEY_TENANT_H
#include "base/secret.h"
#include "base/err.h"
#include "plivo/plivo_signature.h"

enum { TENANTS_MAX = 1 };

struct tenant {
    size_t place; /* in the table: 0 … TENANTS_MAX - 1 */
    struct secret tokens[PLIVO_TOKENS_MAX];
    size_t tokens_n;
    bool is_v2_allowed;
};

/* Reads a comma-separated list of tokens, blanks around each dropped. False: none, too many, or one too long; *err names `variable`. */
MUST_USE bool tokens_read(const struct secret *list, const char *variable, struct tenant *out, struct err *err);

MUST_USE bool tenants_load(const struct secret *token_list, bool is_v2_allowed, struct err *err);
void tenants_release(void);

/* The tenant whose keys a webhook with this `To` must match. Never NULL: an address that nobody has set up is the first tenant's, where it
 * appears as discovered. */
const struct tenant *tenant_of(struct str to);

#endif

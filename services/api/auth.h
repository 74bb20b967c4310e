/* auth.h - who asks: an API key, a session's cookie, or, with API_AUTH=off, the owner.
 *
 * Promise: A1 keys and session tokens are known here only as SHA-256; the secret itself reaches neither the bus nor the log.
 *          A2 what the worker said about one is believed for AUTH_CACHE_MS; a sign-out through this process counts at once.
 *          A3 the sign-in token works once; the session's token is drawn here and stands only in the cookie.
 * Units:   ms.
 * Memory:  struct caller is a plain value.
 * Threads: call from any.
 */
#ifndef PARLEY_API_AUTH_H
#define PARLEY_API_AUTH_H
#include "base/arena.h"
#include "io/http.h"
#include "io/token.h"
#include "wire/schema.h"

enum {
    AUTH_CACHE_MS = 10000,
    AUTH_CACHE_DENIED_MS = 1000,
    AUTH_CACHE_SLOTS = 4096,
    AUTH_NAME_BYTES = 128,
};

struct caller {
    int64_t tenant; /* 0: nobody */
    struct id id;   /* of the user or the key */
    bool is_key;
    char name[AUTH_NAME_BYTES];
    char tenant_name[AUTH_NAME_BYTES];
    char role[16];
};

/* What a request showed. */
enum credential_kind { CREDENTIAL_NONE, CREDENTIAL_KEY, CREDENTIAL_SESSION, CREDENTIAL_OWNER };

struct credential {
    enum credential_kind kind;
    struct token_hash hash;
};

/* `is_on`: API_AUTH. Before the first request. */
void auth_init(bool is_on);

/* A Bearer key counts before a cookie. */
struct credential auth_credential(const struct http_request *rq);

/* Whether somebody asked about it lately: *out is what the worker said then, tenant 0 for "does not count". */
MUST_USE bool auth_recall(const struct credential *credential, struct caller *out);

/* Asks the worker, unless it is remembered. True: *out is filled.
 * False: ERR_UNSIGNED (none, or one that does not count), or ERR_BUSY (the worker is silent). */
MUST_USE bool auth_caller(const struct credential *credential, struct arena *arena, struct caller *out,
                          struct err *err);

/* "key:<id>" or "user:<id>", as it stands in the audit. In the arena. */
struct str caller_actor(const struct caller *caller, struct arena *arena);

/* Forgets what was believed of it. */
void auth_forget(const struct credential *credential);

#endif

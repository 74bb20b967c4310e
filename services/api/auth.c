#include "auth.h"

#include "ask.h"
#include "io/clock.h"

#include <pthread.h>
#include <stdio.h>

struct slot {
    struct credential credential;
    struct caller caller; /* tenant 0: denied */
    int64_t until_ms;     /* CLOCK_BOOTTIME; 0: free */
};

static struct {
    pthread_mutex_t lock;
    struct slot slots[AUTH_CACHE_SLOTS];
    bool is_on;
} auth = { .lock = PTHREAD_MUTEX_INITIALIZER };

void auth_init(bool is_on)
{
    auth.is_on = is_on;
}

static struct credential credential_of(enum credential_kind kind, struct str secret)
{
    struct credential credential = { .kind = kind };
    struct err unused;
    if (secret.n == 0 || !token_hash(secret, &credential.hash, &unused))
        credential.kind = CREDENTIAL_NONE; /* no hash, no credential: the request is answered 401 */
    return credential;
}

struct credential auth_credential(const struct http_request *rq)
{
    if (!auth.is_on)
        return (struct credential){ .kind = CREDENTIAL_OWNER };
    struct str header = http_header(rq, "Authorization");
    if (str_eq_ascii_case(str_slice(header, 0, 7), STR("Bearer ")))
        return credential_of(CREDENTIAL_KEY, str_trim(str_slice(header, 7, header.n)));
    return credential_of(CREDENTIAL_SESSION, http_cookie(rq, "parley_session"));
}

/* --- the cache: one slot a hash; a newcomer takes the slot --- */

static struct slot *slot_of(const struct credential *credential)
{
    uint32_t at;
    memcpy(&at, credential->hash.b, sizeof at); /* a SHA-256: even enough */
    return &auth.slots[at % AUTH_CACHE_SLOTS];
}

static bool same(const struct credential *a, const struct credential *b)
{
    return a->kind == b->kind && memcmp(a->hash.b, b->hash.b, TOKEN_HASH_BYTES) == 0;
}

bool auth_recall(const struct credential *credential, struct caller *out)
{
    (void)pthread_mutex_lock(&auth.lock); /* cannot fail: a plain mutex, never locked twice */
    const struct slot *slot = slot_of(credential);
    bool is_known = slot->until_ms > clock_boot_ms() && same(&slot->credential, credential);
    if (is_known)
        *out = slot->caller;
    (void)pthread_mutex_unlock(&auth.lock);
    return is_known;
}

static void remember(const struct credential *credential, const struct caller *caller)
{
    int64_t keep_ms = caller->tenant != 0 ? AUTH_CACHE_MS : AUTH_CACHE_DENIED_MS;
    (void)pthread_mutex_lock(&auth.lock); /* as above */
    *slot_of(credential) = (struct slot){ *credential, *caller, clock_boot_ms() + keep_ms };
    (void)pthread_mutex_unlock(&auth.lock);
}

void auth_forget(const struct credential *credential)
{
    (void)pthread_mutex_lock(&auth.lock); /* as above */
    struct slot *slot = slot_of(credential);
    if (same(&slot->credential, credential))
        slot->until_ms = 0;
    (void)pthread_mutex_unlock(&auth.lock);
}

/* --- the worker's word --- */

static void caller_of(const struct principal *p, struct caller *out)
{
    *out = (struct caller){ .tenant = p->tenant, .id = p->id, .is_key = str_is(p->kind, "key") };
    /* an over-long one is cut: it is only shown */
    (void)snprintf(out->name, sizeof out->name, "%.*s", STR_ARGS(p->name));
    (void)snprintf(out->tenant_name, sizeof out->tenant_name, "%.*s", STR_ARGS(p->tenant_name));
    (void)snprintf(out->role, sizeof out->role, "%.*s", STR_ARGS(p->role));
}

static bool learn(const struct credential *credential, struct arena *arena, struct caller *out, struct err *err)
{
    struct bus_context context = { .actor = STR("system") };
    struct secret_hash request = { .hash = str_bytes(credential->hash.b, TOKEN_HASH_BYTES) };
    struct nothing nothing = { 0 };
    struct principal principal;
    static const enum operation OPERATION[] = { [CREDENTIAL_KEY] = OP_key_principal,
                                                [CREDENTIAL_SESSION] = OP_session_principal,
                                                [CREDENTIAL_OWNER] = OP_first_owner };
    bool is_owner = credential->kind == CREDENTIAL_OWNER;
    const void *asked = is_owner ? (const void *)&nothing : &request;
    if (ask(OPERATION[credential->kind], &context, asked, arena, &principal, NULL, err)) {
        caller_of(&principal, out);
        return true;
    }
    if (err->kind != ERR_MISSING && err->kind != ERR_UNSIGNED && err->kind != ERR_DENIED)
        return false;
    *out = (struct caller){ 0 };
    return true;
}

bool auth_caller(const struct credential *credential, struct arena *arena, struct caller *out, struct err *err)
{
    if (credential->kind == CREDENTIAL_NONE)
        return err_set(err, ERR_UNSIGNED, NULL,
                       "an API key or a session is needed: Authorization: Bearer <key>, or the sign-in link");
    if (!auth_recall(credential, out)) {
        if (!learn(credential, arena, out, err))
            return false;
        remember(credential, out);
    }
    if (out->tenant == 0)
        return err_set(err, ERR_UNSIGNED, NULL, "this key or session does not count, or no longer");
    return true;
}

struct str caller_actor(const struct caller *caller, struct arena *arena)
{
    return arena_format(arena, "%s:%s", caller->is_key ? "key" : "user", id_text(caller->id).c);
}

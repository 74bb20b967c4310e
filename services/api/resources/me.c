#include "resources/me.h"

#include "ask.h"
#include "io/clock.h"
#include "openapi_json.h"
#include "routes.h"

/* clang-format off */
#define ME_USER(X, S) \
    X(S, ID,   id,          _) \
    X(S, STR,  name,        _) \
    X(S, STR,  role,        _)
#define ME_TENANT(X, S) \
    X(S, STR,  id,          _) \
    X(S, STR,  name,        _)
#define ME_VIEW(X, S) \
    X(S, OBJECT, user,      me_user) \
    X(S, OBJECT, tenant,    me_tenant) \
    X(S, BOOL, demo,        _) \
    X(S, STR,  environment, _)
#define HEALTH_CHECKS(X, S) \
    X(S, STR,  worker,      _)
#define HEALTH_VIEW(X, S) \
    X(S, STR,  status,      _) \
    X(S, TIME, timestamp,   _) \
    X(S, REAL, uptime,      _) \
    X(S, OBJECT, checks,    health_checks)
/* clang-format on */

#define RECORD_HERE(X) X(me_user, ME_USER) X(me_tenant, ME_TENANT) X(me_view, ME_VIEW) X(health_checks, HEALTH_CHECKS) \
    X(health_view, HEALTH_VIEW)
#define X(type, FIELDS) RECORD_STRUCT(type, FIELDS)
RECORD_HERE(X)
#undef X
#define X(type, FIELDS) RECORD_TABLE(type, FIELDS);
RECORD_HERE(X)
#undef X

static bool is_demo;
static int64_t started_boot_ms;

void me_init(bool demo)
{
    is_demo = demo;
    started_boot_ms = clock_boot_ms();
}

bool me_get(struct call *call, struct err *err)
{
    const struct caller *c = &call->caller;
    struct me_user user = { c->id, str_of(c->name), str_of(c->role) };
    struct me_tenant tenant = { arena_format(call->arena, "%lld", (long long)c->tenant), str_of(c->tenant_name) };
    struct me_view me = { &user, &tenant, is_demo, is_demo ? STR("demo") : STR("live") };
    return call_answer(call, 200, &me_view_record, &me, err);
}

bool health_get(struct call *call, struct err *err)
{
    bool is_ready = ask_is_connected();
    struct health_checks checks = { is_ready ? STR("ok") : STR("unreachable") };
    struct health_view health = { is_ready ? STR("ok") : STR("unavailable"), clock_wall_ms(),
                                  (double)(clock_boot_ms() - started_boot_ms) / 1000, &checks };
    return call_answer(call, is_ready ? 200 : 503, &health_view_record, &health, err);
}

bool openapi_get(struct call *call, struct err *err)
{
    (void)err; /* it cannot fail */
    call_header(call, "Cache-Control", STR("no-cache"));
    return call_answer_bytes(call, 200, "application/json", str_bytes(OPENAPI_JSON, OPENAPI_JSON_BYTES));
}

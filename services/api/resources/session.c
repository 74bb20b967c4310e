#include "resources/session.h"

#include "ask.h"
#include "io/chance.h"
#include "io/clock.h"
#include "routes.h"

enum { LINK_TOKEN_MAX_CHARS = 200 };

static bool is_https;

void session_init(struct str dashboard_url)
{
    is_https = str_starts(dashboard_url, STR("https://"));
}

static struct str cookie(struct call *call, const char *token, int seconds)
{
    return arena_format(call->arena, "parley_session=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s", token, seconds,
                        is_https ? "; Secure" : "");
}

static bool go_to(struct call *call, struct str place)
{
    call_header(call, "Location", place);
    call_header(call, "Cache-Control", STR("no-store"));
    call_header(call, "Referrer-Policy", STR("no-referrer")); /* the token stands in our own address */
    return call_answer_bytes(call, 303, NULL, STR(""));
}

/* The one command that nobody has signed: its token is its right. */
static bool exchange(struct call *call, struct str link_token, const struct token *session, struct err *err)
{
    struct token_hash link_hash;
    struct token_hash session_hash;
    struct principal principal;
    if (!token_hash(link_token, &link_hash, err) || !token_hash(str_of(session->text), &session_hash, err))
        return false;
    struct login_exchange request = { .hash = str_bytes(link_hash.b, sizeof link_hash.b),
                                      .session_hash = str_bytes(session_hash.b, sizeof session_hash.b),
                                      .expires_at = clock_wall_ms() + (int64_t)SESSION_S * 1000 };
    struct bus_context context = { .actor = STR("system"), .operation = chance_id() };
    return ask(OP_login_exchange, &context, &request, call->arena, &principal, NULL, err);
}

bool session_begin(struct call *call, struct err *err)
{
    struct str link_token = call_query(call, "token");
    struct token session = token_new("");
    if (!str_is_set(link_token) || link_token.n > LINK_TOKEN_MAX_CHARS)
        return err_set(err, ERR_INPUT, "token", "must have 1 to %d characters", LINK_TOKEN_MAX_CHARS);
    bool ok = exchange(call, link_token, &session, err);
    if (ok)
        call_header(call, "Set-Cookie", cookie(call, session.text, SESSION_S));
    explicit_bzero(&session, sizeof session);
    if (ok)
        return go_to(call, STR("/"));
    bool is_refusal = err->kind == ERR_MISSING || err->kind == ERR_UNSIGNED || err->kind == ERR_DENIED ||
                      err->kind == ERR_CONFLICT || err->kind == ERR_INPUT;
    return is_refusal && go_to(call, STR("/sign-in?reason=link"));
}

bool session_end(struct call *call, struct err *err)
{
    struct credential credential = auth_credential(call->rq);
    if (credential.kind == CREDENTIAL_SESSION) {
        struct bus_context context = { .actor = STR("system"), .operation = chance_id() };
        struct secret_hash request = { .hash = str_bytes(credential.hash.b, sizeof credential.hash.b) };
        if (!ask(OP_logout, &context, &request, call->arena, NULL, NULL, err) && err->kind == ERR_BUSY)
            return false; /* any other refusal: there was no such session, which is what was asked for */
        auth_forget(&credential);
    }
    call_header(call, "Set-Cookie", cookie(call, "", 0));
    return call_answer_bytes(call, 204, NULL, STR(""));
}

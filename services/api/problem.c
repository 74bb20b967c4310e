#include "problem.h"

#include "compat.h"
#include "config.h"
#include "io/log.h"
#include "routes.h"

enum { PROBLEM_MAX_BYTES = 8192 };

/* A 404 names no field: the id stood in the path. */
static bool names_field(const struct err *err)
{
    return err->field[0] && err->kind != ERR_MISSING;
}

static void add_detail(struct buf *out, const struct err *err)
{
    char detail[sizeof err->field + sizeof err->text + 2];
    bool is_named = names_field(err);
    (void)snprintf(detail, sizeof detail, "%s%s%s", is_named ? err->field : "", is_named ? ": " : "",
                   err->text); /* sized to fit */
    json_add_text(out, str_of(detail));
}

bool problem_body(const struct err *err, struct buf *out)
{
    (void)buf_add_text(out,
                       "{\"type\":\"about:blank\",\"title\":"); /* failures are counted by `out`, asked at the end */
    json_add_text(out, str_of(err_title(err->kind)));
    (void)buf_add_format(out, ",\"status\":%d,\"detail\":", err_http_status(err->kind));
    add_detail(out, err);
    (void)buf_add_text(out, ",\"errors\":[");
    if (names_field(err)) {
        (void)buf_add_text(out, "{\"field\":");
        json_add_text(out, str_of(err->field));
        (void)buf_add_text(out, ",\"message\":");
        json_add_text(out, str_of(err->text));
        (void)buf_add_char(out, '}');
    }
    return buf_add_text(out, "]}");
}

void problem_answer(struct call *call, const struct err *err)
{
    struct buf body;
    buf_init(&body, PROBLEM_MAX_BYTES);
    int status = err_http_status(err->kind);
    bool is_tutorial = call->route && (call->route->flags & ROUTE_TUTORIAL) && (status == 400 || status == 429);
    if (err->kind == ERR_BROKEN)
        log_event(LOG_ERROR, "request.broken", F_WORD("route", call->route ? call->route->pattern : "none"),
                  F_ERR(err));
    if (status == 401)
        call_header(call, "WWW-Authenticate", STR("Bearer"));
    if (status == 503 || status == 500)
        call_header(call, "Retry-After", STR("1"));
    call_header(call, "Cache-Control", STR("no-store"));
    bool ok = is_tutorial ? compat_refusal(err, &body) : problem_body(err, &body);
    if (!ok)
        buf_clear(&body); /* no memory: the status says it all */
    (void)call_answer_bytes(call, status, is_tutorial ? "application/json" : "application/problem+json",
                            buf_str(&body)); /* true */
    buf_release(&body);
}

#include "rejected.h"

#include "io/log.h"
#include "spool.h"

#include <stdatomic.h>

enum { LOG_EVERY_MS = 1000 };

void rejected_keep(const struct http_request *rq, const struct signed_by *by, struct str body, int status,
                   const char *reason, int64_t at_ms)
{
    static _Atomic int64_t logged_at_ms, unlogged;
    struct rejected_request request = {
        .at = at_ms,
        .status = status,
        .reason = str_of(reason),
        .url = by->url,
        .peer = rq->peer,
        .method = rq->method,
        .path = rq->path,
        .query = rq->query,
        .content_type = http_header(rq, "Content-Type"),
        .v3 = by->v3,
        .ma_v3 = by->ma_v3,
        .v3_nonce = by->v3_nonce,
        .v2 = by->v2,
        .ma_v2 = by->ma_v2,
        .v2_nonce = by->v2_nonce,
        .body = body,
    };
    spool_keep_rejected(&request);
    int64_t last = atomic_load(&logged_at_ms);
    if (at_ms - last < LOG_EVERY_MS || !atomic_compare_exchange_strong(&logged_at_ms, &last, at_ms)) {
        atomic_fetch_add(&unlogged, 1);
        return;
    }
    log_event(LOG_WARN, "webhook.refused", F_WORD("reason", reason), F_INT("status", status),
              F_STR("checked_against", by->url), F_STR("peer", rq->peer),
              F_INT("more_unlogged", atomic_exchange(&unlogged, 0)));
}

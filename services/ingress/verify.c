#include "verify.h"

#include "metrics.h"
#include "plivo/plivo_words.h"
#include "plivo/v2_nonces.h"

#include <pthread.h>

static struct {
    struct verify_options options;
    pthread_mutex_t lock;
    struct v2_nonces *nonces; /* guarded by lock */
} state = { .lock = PTHREAD_MUTEX_INITIALIZER };

bool verify_start(const struct verify_options *options, struct err *err)
{
    state.options = *options;
    state.nonces = v2_nonces_new(V2_NONCES_MAX);
    return state.nonces || err_set(err, ERR_BUSY, NULL, "no memory for the nonces of V2 signatures");
}

void verify_stop(void)
{
    v2_nonces_free(state.nonces);
    state.nonces = NULL;
}

static void headers_read(const struct http_request *rq, struct signed_by *by)
{
    by->v3 = http_header(rq, PLIVO_HEADER_V3);
    by->ma_v3 = http_header(rq, PLIVO_HEADER_MA_V3);
    by->v3_nonce = http_header(rq, PLIVO_HEADER_V3_NONCE);
    by->v2 = http_header(rq, PLIVO_HEADER_V2);
    by->ma_v2 = http_header(rq, PLIVO_HEADER_MA_V2);
    by->v2_nonce = http_header(rq, PLIVO_HEADER_V2_NONCE);
}

static struct str url_of(const struct http_request *rq, struct arena *arena)
{
    struct forwarded forwarded = { 0 };
    if (proxies_have(&state.options.proxies, rq->peer)) {
        forwarded.proto = http_header(rq, "X-Forwarded-Proto");
        forwarded.host = http_header(rq, "X-Forwarded-Host");
    }
    return signed_url(state.options.public_url, rq->path, &forwarded, arena);
}

static void count(enum plivo_verdict_kind kind, bool is_observed)
{
    if (is_observed)
        metric_add(&metric_signatures_observed, 1);
    else if (kind == PLIVO_VALID_V3)
        metric_add(&metric_signatures_v3, 1);
    else if (kind == PLIVO_VALID_V3_TWICE_ENCODED)
        metric_add(&metric_signatures_v3_twice, 1);
    else if (kind == PLIVO_VALID_V2)
        metric_add(&metric_signatures_v2, 1);
}

/* V2 signs no parameters: its nonce must not come with others. */
static bool is_nonce_taken(struct str nonce, struct str raw)
{
    pthread_mutex_lock(&state.lock);
    enum v2_nonce nonce_state = v2_nonces_claim(state.nonces, nonce, raw);
    pthread_mutex_unlock(&state.lock);
    return nonce_state == V2_NONCE_REFUSED;
}

bool verify(const struct http_request *rq, const struct payload *payload, struct str raw, struct scratch *scratch,
            struct signed_by *by, struct verified *out, struct err *err)
{
    struct str to = { 0 };
    const struct form *parameters = payload_parameters(payload, str_is(rq->method, "GET"));
    (void)pair_find(parameters->pairs, parameters->n, "To", &to);   /* unset: then the first tenant's */
    const struct tenant *tenant = tenant_of(to);
    struct plivo_signer *signer = scratch_signer(scratch, tenant);
    headers_read(rq, by);
    by->url = url_of(rq, &scratch->arena);
    if (!signer || !str_is_set(by->url))
        return err_set(err, ERR_BUSY, NULL, "no memory to check a signature");

    struct plivo_request request = {
        .content = { .method = rq->method,
                     .base_url = by->url,
                     .query = payload->query.pairs,
                     .query_n = payload->query.n,
                     .body = payload->body.pairs,
                     .body_n = payload->body.n },
        .v3 = by->v3,
        .ma_v3 = by->ma_v3,
        .v3_nonce = by->v3_nonce,
        .v2 = by->v2,
        .ma_v2 = by->ma_v2,
        .v2_nonce = by->v2_nonce,
    };
    struct plivo_verdict verdict;
    if (!plivo_signature_check(signer, &request, tenant->is_v2_allowed, &scratch->arena, &verdict, err))
        return false;
    out->reason = plivo_verdict_word(verdict.kind);
    out->http_status = plivo_verdict_http(verdict.kind);
    out->is_v2 = verdict.kind == PLIVO_VALID_V2;
    bool is_valid = plivo_verdict_is_valid(verdict.kind);
    if (out->is_v2 && is_nonce_taken(by->v2_nonce, raw)) {
        out->reason = "nonce_reused";
        out->http_status = plivo_verdict_http(PLIVO_INVALID);
        out->is_v2 = is_valid = false;
    }
    out->is_observed = !is_valid && state.options.is_observing;
    out->is_accepted = is_valid || out->is_observed;
    if (out->is_accepted)
        count(verdict.kind, out->is_observed);
    return true;
}

void verify_done(const struct verified *verified, const struct signed_by *by, struct str raw, bool has_200)
{
    if (!verified->is_v2)
        return;
    pthread_mutex_lock(&state.lock);
    v2_nonces_release(state.nonces, by->v2_nonce, raw, has_200);
    pthread_mutex_unlock(&state.lock);
}

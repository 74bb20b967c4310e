#include "answers.h"

#include "metrics.h"

#include <openssl/evp.h>

enum { HASH_BYTES = 32 };

static void hash_of_request(const struct bus_request *rq, unsigned char out[HASH_BYTES])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    struct str name = str_of(operation_row(rq->operation)->name);
    assert(ctx); /* a few hundred bytes at a time when nothing else is in hand */
    int ok = EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) & EVP_DigestUpdate(ctx, name.p, name.n + 1) &
             EVP_DigestUpdate(ctx, rq->body.p, rq->body.n) & EVP_DigestFinal_ex(ctx, out, NULL);
    assert(ok == 1);
    EVP_MD_CTX_free(ctx);
}

bool earlier_answer(struct txn *txn, struct work *work, bool *is_known, struct err *err)
{
    const struct bus_request *rq = work->rq;
    struct answer_row row;
    unsigned char asked[HASH_BYTES];
    if (!ROW_GET(txn, TABLE_ANSWER, key_of_id(rq->tenant, rq->operation_id), answer_row, &row, is_known, err))
        return false;
    if (!*is_known)
        return true;
    hash_of_request(rq, asked);
    if (!str_eq(row.asked, str_bytes(asked, sizeof asked)))
        return err_set(err, ERR_KEY_REUSED, "Idempotency-Key", "was used with another request; choose a new one");
    if (row.answer.n == 0)
        return err_set(err, ERR_CONFLICT, "Idempotency-Key", "was used for somebody whose data was erased since");
    metric_add(&metric_replayed, 1);
    work->info.is_replay = true;
    return buf_add(&work->reply, row.answer) ? true : err_set(err, ERR_BUSY, NULL, "out of memory");
}

bool keep_answer(struct txn *txn, const struct work *work, struct err *err)
{
    const struct bus_request *rq = work->rq;
    unsigned char asked[HASH_BYTES];
    hash_of_request(rq, asked);
    struct answer_row row = { .asked = str_bytes(asked, sizeof asked),
                              .answer = buf_str(&work->reply),
                              .at = txn->now_ms };
    return ROW_PUT(txn, TABLE_ANSWER, key_of_id(rq->tenant, rq->operation_id), answer_row, &row, err) &&
           value_put(txn, TABLE_ANSWER_AGE, key_of_answer_age(txn->now_ms, rq->tenant, rq->operation_id), STR(""), err);
}

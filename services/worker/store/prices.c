#include "store/prices.h"

static const struct price_book *book_of_defaults(struct txn *txn, int64_t tenant)
{
    struct price_book *book = arena_alloc(txn->arena, sizeof *book);
    if (book)
        *book = (struct price_book){ tenant, PRICES_DEFAULT, PRICES_DEFAULT_N, RENTS_DEFAULT, RENTS_DEFAULT_N, 0 };
    return book;
}

static const struct price_book *book_of_row(struct txn *txn, int64_t tenant, const struct prices_row *row)
{
    struct price_book *book = arena_alloc(txn->arena, sizeof *book);
    struct price *prices = arena_alloc_array(txn->arena, row->prices.n, sizeof *prices);
    struct rent *rents = arena_alloc_array(txn->arena, row->rents.n, sizeof *rents);
    if (!book || !prices || !rents)
        return NULL;
    for (size_t i = 0; i < row->prices.n; i++) {
        const struct price_row *p = &row->prices.v[i];
        prices[i] = (struct price){ p->prefix, p->name, p->outbound, p->inbound, p->mms_outbound, p->mms_inbound };
    }
    for (size_t i = 0; i < row->rents.n; i++)
        rents[i] = (struct rent){ row->rents.v[i].kind, row->rents.v[i].monthly };
    *book = (struct price_book){ tenant, prices, row->prices.n, rents, row->rents.n, row->updated_at };
    return book;
}

bool price_book_get(struct txn *txn, int64_t tenant, const struct price_book **out, struct err *err)
{
    struct prices_row row;
    bool found;
    if (!txn->prices || txn->prices->tenant != tenant) {
        if (!ROW_GET(txn, TABLE_PRICES, key_of_tenant(tenant), prices_row, &row, &found, err))
            return false;
        txn->prices = found ? book_of_row(txn, tenant, &row) : book_of_defaults(txn, tenant);
    }
    *out = txn->prices;
    return txn->prices ? true : arena_err(txn->arena, err);
}

bool price_book_put(struct txn *txn, int64_t tenant, const struct prices_row *row, struct err *err)
{
    txn->prices = NULL;
    return ROW_PUT(txn, TABLE_PRICES, key_of_tenant(tenant), prices_row, row, err);
}

bool message_estimate(struct txn *txn, int64_t tenant, struct str to, int64_t segments, bool is_mms, int64_t *amount,
                      bool *is_known, struct err *err)
{
    const struct price_book *book;
    *amount = 0;
    *is_known = false;
    if (!price_book_get(txn, tenant, &book, err))
        return false;
    const struct price *price = price_find(book->prices, book->prices_n, to);
    *is_known = price != NULL;
    if (price)
        *amount = price_of_outbound(price, segments, is_mms);
    return true;
}

struct str money_text(struct arena *arena, int64_t amount)
{
    char text[MONEY_TEXT_BYTES];
    money_format(amount, text);
    return arena_dup(arena, str_of(text));
}

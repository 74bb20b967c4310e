/* The table of prices, entered by people: replaced whole, so that the same asking twice leaves the same table. */
#include "apply/apply.h"
#include "apply/audit.h"
#include "query/prices.h"
#include "store/prices.h"

enum { RENTS_MAX = 16 };

static bool read_price(const struct price_view *asked, struct price_row *row, struct err *err)
{
    row->prefix = asked->prefix;
    row->name = asked->name;
    if (!price_prefix_check(asked->prefix, "prices", err))
        return false;
    if (asked->name.n > PRICE_NAME_MAX_BYTES)
        return err_set(err, ERR_INPUT, "prices", "a name must have at most %d bytes", PRICE_NAME_MAX_BYTES);
    const struct {
        struct str asked;
        int64_t *to;
    } amounts[] = { { asked->outbound, &row->outbound },
                    { asked->inbound, &row->inbound },
                    { asked->mms_outbound, &row->mms_outbound },
                    { asked->mms_inbound, &row->mms_inbound } };
    for (size_t i = 0; i < COUNT(amounts); i++)
        if (str_is_set(amounts[i].asked) && !money_parse(amounts[i].asked, "prices", amounts[i].to, err))
            return false;
    return true;
}

static bool read_prices(struct txn *txn, const struct prices_put *asked, struct prices_row *row, struct err *err)
{
    if (asked->prices.n == 0 || asked->prices.n > PRICES_MAX)
        return err_set(err, ERR_INPUT, "prices", "must be 1 to %d", PRICES_MAX);
    row->prices.v = arena_alloc_array(txn->arena, asked->prices.n, sizeof *row->prices.v);
    if (!row->prices.v)
        return arena_err(txn->arena, err);
    for (size_t i = 0; i < asked->prices.n; i++) {
        if (!read_price(&asked->prices.v[i], &row->prices.v[i], err))
            return false;
        for (size_t j = 0; j < i; j++)
            if (str_eq(row->prices.v[j].prefix, row->prices.v[i].prefix))
                return err_set(err, ERR_INPUT, "prices", "has the prefix %.*s twice",
                               STR_ARGS(row->prices.v[i].prefix));
    }
    row->prices.n = asked->prices.n;
    return true;
}

static bool read_rents(struct txn *txn, const struct prices_put *asked, struct prices_row *row, struct err *err)
{
    if (asked->rents.n > RENTS_MAX)
        return err_set(err, ERR_INPUT, "rents", "must be at most %d", RENTS_MAX);
    row->rents.v = arena_alloc_array(txn->arena, asked->rents.n, sizeof *row->rents.v);
    if (!row->rents.v)
        return arena_err(txn->arena, err);
    for (size_t i = 0; i < asked->rents.n; i++) {
        row->rents.v[i].kind = asked->rents.v[i].kind;
        if (!money_parse(asked->rents.v[i].monthly, "rents", &row->rents.v[i].monthly, err))
            return false;
        for (size_t j = 0; j < i; j++)
            if (row->rents.v[j].kind == row->rents.v[i].kind)
                return err_set(err, ERR_INPUT, "rents", "has the kind %s twice",
                               words_name(&number_kind_words, (int)row->rents.v[i].kind));
    }
    row->rents.n = asked->rents.n;
    return true;
}

bool prices_put_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                      void *reply, struct err *err)
{
    const struct prices_put *asked = request;
    const struct price_book *book;
    struct prices_row row = { .updated_at = txn->now_ms };
    (void)settings;
    return read_prices(txn, asked, &row, err) && read_rents(txn, asked, &row, err) &&
           audit_add(txn, tenant, "prices.replace", (struct str){ 0 }, STR("{}"), err) &&
           price_book_put(txn, tenant, &row, err) && price_book_get(txn, tenant, &book, err) &&
           prices_view_make(txn, book, reply, err);
}

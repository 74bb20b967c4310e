#include "query/prices.h"

#include "query/query.h"

enum { KINDS_MAX = 16, NUMBERS_LOOK_MAX = 10000 };

static struct price_view view_of(struct arena *arena, const struct price *price)
{
    return (struct price_view){ price->prefix,
                                price->name,
                                money_text(arena, price->outbound),
                                money_text(arena, price->inbound),
                                money_text(arena, price->mms_outbound),
                                money_text(arena, price->mms_inbound) };
}

bool prices_view_make(struct txn *txn, const struct price_book *book, struct prices_view *out, struct err *err)
{
    record_init(&prices_view_record, out);
    out->currency = STR(CURRENCY);
    out->updated_at = book->updated_at;
    out->prices.v = arena_alloc_array(txn->arena, book->prices_n, sizeof *out->prices.v);
    out->rents.v = arena_alloc_array(txn->arena, book->rents_n, sizeof *out->rents.v);
    if (!out->prices.v || !out->rents.v)
        return arena_err(txn->arena, err);
    for (size_t i = 0; i < book->prices_n; i++)
        out->prices.v[out->prices.n++] = view_of(txn->arena, &book->prices[i]);
    for (size_t i = 0; i < book->rents_n; i++)
        out->rents.v[out->rents.n++] = (struct rent_view){ book->rents[i].kind,
                                                           money_text(txn->arena, book->rents[i].monthly) };
    return arena_is_full(txn->arena) ? arena_err(txn->arena, err) : true;
}

bool prices_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                  struct err *err)
{
    const struct price_book *book;
    (void)settings;
    (void)request;
    return price_book_get(txn, tenant, &book, err) && prices_view_make(txn, book, reply, err);
}

bool price_query_run(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                     struct err *err)
{
    const struct price_query *asked = request;
    const struct price_book *book;
    (void)settings;
    if (!price_book_get(txn, tenant, &book, err))
        return false;
    const struct price *price = price_find(book->prices, book->prices_n, asked->to);
    if (price)
        *(struct price_view *)reply = view_of(txn->arena, price);
    return true;
}

/* --- a month --- */

/* Our numbers by kind; those that nobody set up belong to somebody else. */
static bool count_numbers(struct txn *txn, int64_t tenant, const struct price_book *book, struct month_view *out,
                          int64_t *rent, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    int64_t counts[KINDS_MAX] = { 0 };
    bool found = true;
    bool ok = true;
    assert(number_kind_words.n <= KINDS_MAX);
    scan_begin(&scan, txn, TABLE_NUMBER, key_of_tenant(tenant), SCAN_FORWARD);
    for (int i = 0; ok && i < NUMBERS_LOOK_MAX; i++) {
        struct number_row number;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        ok = row_decode(txn, &number_row_record, value, &number, err);
        if (ok && number.state != NUMBER_DISCOVERED && (size_t)number.kind < KINDS_MAX)
            counts[number.kind]++;
    }
    scan_end(&scan);
    out->rents.v = arena_alloc_array(txn->arena, KINDS_MAX, sizeof *out->rents.v);
    if (ok && !out->rents.v)
        return arena_err(txn->arena, err);
    *rent = 0;
    for (size_t kind = 0; ok && kind < KINDS_MAX; kind++) {
        if (counts[kind] == 0)
            continue;
        int64_t monthly = rent_of(book->rents, book->rents_n, (enum number_kind)kind);
        *rent = min_i64(MONEY_MAX, *rent + money_times(monthly, counts[kind]));
        out->rents.v[out->rents.n++] = (struct month_rent){ (enum number_kind)kind, counts[kind],
                                                            money_text(txn->arena, monthly) };
    }
    return ok;
}

/* Where people are when nobody says: where our own first number is. */
static bool place_of(struct txn *txn, int64_t tenant, struct str asked, struct str *out, struct err *err)
{
    struct tenant_row head;
    bool found;
    *out = asked;
    if (asked.n > 0)
        return true;
    if (!tenant_get(txn, tenant, &head, &found, err))
        return false;
    *out = found && head.default_number.n > 0 ? head.default_number : STR("+");
    return true;
}

bool month_query_run(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                     struct err *err)
{
    const struct month_query *asked = request;
    const struct month month = { asked->outbound, asked->inbound, asked->segments, asked->mms_outbound,
                                 asked->mms_inbound };
    const struct price_book *book;
    struct month_view *out = reply;
    struct str place;
    int64_t rent = 0;
    (void)settings;
    if (!price_book_get(txn, tenant, &book, err) || !place_of(txn, tenant, asked->to, &place, err) ||
        !count_numbers(txn, tenant, book, out, &rent, err))
        return false;
    const struct price *price = price_find(book->prices, book->prices_n, place);
    if (!price)
        return err_set(err, ERR_INPUT, "to", "no price of the table fits; add one with its prefix, or one for \"+\"");
    const struct month_cost cost = price_month(price, &month, rent);
    out->currency = STR(CURRENCY);
    out->prefix = price->prefix;
    out->outbound = money_text(txn->arena, cost.outbound);
    out->inbound = money_text(txn->arena, cost.inbound);
    out->mms_outbound = money_text(txn->arena, cost.mms_outbound);
    out->mms_inbound = money_text(txn->arena, cost.mms_inbound);
    out->rent = money_text(txn->arena, cost.rent);
    out->total = money_text(txn->arena, cost.total);
    return arena_is_full(txn->arena) ? arena_err(txn->arena, err) : true;
}

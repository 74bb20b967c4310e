/* The table of prices, entered by people: replaced whole, so that the same asking twice leaves the same table. */
#include "apply/apply.h"
#include "apply/audit.h"
#include "query/prices.h"
#include "store/prices.h"

/* An entry of the audit says at most so much of single prices, then only how many there are. */
enum { RENTS_MAX = 16, ONE_BYTES_MAX = 4096, CHANGES_BYTES_MAX = 32 * 1024 };

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

/* --- what the audit shows: each price and rent that differs --- */

struct differences {
    struct arena *arena;
    struct buf *json;
    int64_t n;
};

static struct str as_json(struct arena *arena, const struct record *record, const void *object)
{
    AUTO(buf_release) struct buf json;
    buf_init(&json, ONE_BYTES_MAX);
    return object && record_to_json(record, object, &json) ? arena_dup(arena, buf_str(&json)) : STR("null");
}

/* Either may be NULL: not there. `name` holds nothing that JSON would escape. */
static bool add_difference(struct differences *d, struct str name, const struct record *record, const void *before,
                           const void *after)
{
    struct str from = as_json(d->arena, record, before);
    struct str to = as_json(d->arena, record, after);
    if (str_eq(from, to))
        return true;
    return buf_add_format(d->json, "%s\"%.*s\":{\"from\":%.*s,\"to\":%.*s}", d->n++ ? "," : "{", STR_ARGS(name),
                          STR_ARGS(from), STR_ARGS(to));
}

static const struct price_view *price_in(const struct prices_view *view, struct str prefix)
{
    for (size_t i = 0; i < view->prices.n; i++)
        if (str_eq(view->prices.v[i].prefix, prefix))
            return &view->prices.v[i];
    return NULL;
}

static const struct rent_view *rent_in(const struct prices_view *view, enum number_kind kind)
{
    for (size_t i = 0; i < view->rents.n; i++)
        if (view->rents.v[i].kind == kind)
            return &view->rents.v[i];
    return NULL;
}

static struct str kind_name(enum number_kind kind)
{
    return str_of(words_name(&number_kind_words, (int)kind));
}

/* False: more than an entry holds. */
static bool list_differences(struct differences *d, const struct prices_view *before, const struct prices_view *after)
{
    bool ok = true;
    for (size_t i = 0; ok && i < before->prices.n; i++)
        ok = add_difference(d, before->prices.v[i].prefix, &price_view_record, &before->prices.v[i],
                            price_in(after, before->prices.v[i].prefix));
    for (size_t i = 0; ok && i < after->prices.n; i++)
        if (!price_in(before, after->prices.v[i].prefix))
            ok = add_difference(d, after->prices.v[i].prefix, &price_view_record, NULL, &after->prices.v[i]);
    for (size_t i = 0; ok && i < before->rents.n; i++)
        ok = add_difference(d, kind_name(before->rents.v[i].kind), &rent_view_record, &before->rents.v[i],
                            rent_in(after, before->rents.v[i].kind));
    for (size_t i = 0; ok && i < after->rents.n; i++)
        if (!rent_in(before, after->rents.v[i].kind))
            ok = add_difference(d, kind_name(after->rents.v[i].kind), &rent_view_record, NULL, &after->rents.v[i]);
    return ok && (d->n == 0 || buf_add_char(d->json, '}'));
}

static bool enter(struct txn *txn, int64_t tenant, const struct prices_view *before, const struct prices_view *after,
                  struct err *err)
{
    AUTO(buf_release) struct buf json;
    struct differences d = { txn->arena, &json, 0 };
    buf_init(&json, CHANGES_BYTES_MAX);
    bool is_whole = list_differences(&d, before, after);
    if (arena_is_full(txn->arena))
        return arena_err(txn->arena, err);
    if (is_whole && d.n == 0)
        return true;
    struct str counts = arena_format(txn->arena, "{\"prices\":{\"from\":%zu,\"to\":%zu}}", before->prices.n,
                                     after->prices.n);
    return audit_add(txn, tenant, "prices.replace", (struct str){ 0 }, is_whole ? buf_str(&json) : counts, err);
}

bool prices_put_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                      void *reply, struct err *err)
{
    const struct prices_put *asked = request;
    const struct price_book *book;
    struct prices_view before;
    struct prices_row row = { .updated_at = txn->now_ms };
    (void)settings;
    return read_prices(txn, asked, &row, err) && read_rents(txn, asked, &row, err) &&
           price_book_get(txn, tenant, &book, err) && prices_view_make(txn, book, &before, err) &&
           price_book_put(txn, tenant, &row, err) && price_book_get(txn, tenant, &book, err) &&
           prices_view_make(txn, book, reply, err) && enter(txn, tenant, &before, reply, err);
}

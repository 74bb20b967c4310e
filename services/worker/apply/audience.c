/* Whom a campaign goes to: parts of an uploaded file, or a filter over the contacts. */
#include "apply/apply.h"
#include "apply/audit.h"
#include "apply/notice.h"
#include "core/campaign_decide.h"
#include "domain/phone.h"
#include "domain/price.h"
#include "domain/template.h"
#include "query/bulk_views.h"

enum { COLUMNS_MAX = 32, PART_MAX = 2000, FILTER_MAX_BYTES = 200 };

static bool find_open(struct txn *txn, int64_t tenant, struct id id, struct campaign_row *row, struct err *err)
{
    bool found;
    if (!campaign_get(txn, tenant, id, row, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "id", "there is no campaign with this id");
    return campaign_is_open(row->state) ||
           err_set(err, ERR_CONFLICT, NULL, "it is %s: its audience cannot be changed any more",
                   words_name(&campaign_state_words, (int)row->state));
}

/* The recipients of the audience before stay behind in their generation, until the tick has removed them. */
static void begin_audience(struct campaign_row *row, enum audience_kind kind)
{
    row->audience = kind;
    row->generation++;
    row->revision++;
    row->parts = row->recipients = row->refused = 0;
    row->is_complete = false;
    row->upload = row->filtered_to = (struct id){ 0 };
    row->columns.n = 0;
    row->filter = NULL;
}

static struct audience_chosen chosen(const struct campaign_row *row)
{
    return (struct audience_chosen){ row->audience, row->revision, row->recipients, row->is_complete };
}

static bool enter(struct txn *txn, int64_t tenant, const struct campaign_row *row, const struct audience_chosen *before,
                  struct err *err)
{
    const struct audience_chosen after = chosen(row);
    return audit_change(txn, tenant, "campaign.audience", notice_about(txn, "campaign", row->id),
                        &audience_chosen_record, before, &after, err);
}

/* --- a file --- */

static bool begin_upload(const struct audience_part *asked, struct campaign_row *row, struct err *err)
{
    if (asked->columns.n > COLUMNS_MAX)
        return err_set(err, ERR_INPUT, "columns", "at most %d are allowed", COLUMNS_MAX);
    begin_audience(row, AUDIENCE_CSV);
    row->upload = asked->upload;
    row->columns.v = asked->columns.v;
    row->columns.n = asked->columns.n;
    return true;
}

static bool add_line(struct txn *txn, int64_t tenant, struct campaign_row *row, const struct recipient_line *asked,
                     struct audience_taken *taken, struct err *err)
{
    struct recipient_row recipient = { .line = asked->line, .address = asked->address };
    struct phone phone;
    struct err why;
    bool is_new;
    int64_t line;
    struct line_refused *refused = &taken->refused.v[taken->refused.n];
    recipient.values.v = asked->values.v;
    recipient.values.n = asked->values.n;
    refused->line = asked->line;
    refused->reason = (struct str){ 0 };
    if (!phone_parse(asked->address, "number", &phone, &why)) {
        refused->reason = STR("is no number");
    } else if (row->recipients >= CAMPAIGN_RECIPIENTS_MAX) {
        refused->reason = arena_format(txn->arena, "over %d recipients", CAMPAIGN_RECIPIENTS_MAX);
    } else {
        if (!recipient_add(txn, tenant, row, &recipient, &is_new, &line, err))
            return false;
        if (!is_new)
            refused->reason = arena_format(txn->arena, "the same number as in line %lld", (long long)line);
    }
    taken->refused.n += str_is_set(refused->reason) ? 1 : 0;
    return arena_is_full(txn->arena) ? arena_err(txn->arena, err) : true;
}

bool audience_part_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                         void *reply, struct err *err)
{
    const struct audience_part *asked = request;
    struct audience_taken *taken = reply;
    struct campaign_row row;
    (void)settings;
    if (asked->recipients.n > PART_MAX)
        return err_set(err, ERR_INPUT, "recipients", "at most %d a part", PART_MAX);
    if (!find_open(txn, tenant, asked->id, &row, err))
        return false;
    const struct audience_chosen before = chosen(&row);
    if (asked->part == 0 && !begin_upload(asked, &row, err))
        return false;
    if (!id_eq(row.upload, asked->upload) || row.parts != asked->part)
        return err_set(err, ERR_CONFLICT, NULL, "another upload has taken its place; upload the file again");
    taken->refused.v = arena_alloc_array(txn->arena, asked->recipients.n + 1, sizeof *taken->refused.v);
    if (!taken->refused.v)
        return arena_err(txn->arena, err);
    for (size_t i = 0; i < asked->recipients.n; i++)
        if (!add_line(txn, tenant, &row, &asked->recipients.v[i], taken, err))
            return false;
    row.parts++;
    row.refused += asked->refused + (int64_t)taken->refused.n;
    row.is_complete = asked->is_last;
    taken->recipients = row.recipients;
    bool is_told = asked->part == 0 || asked->is_last; /* what lies between says nothing new */
    return (!is_told || enter(txn, tenant, &row, &before, err)) && campaign_put(txn, tenant, &row, err) &&
           txn_tell(txn, tenant, "campaign.updated", row.id, err);
}

/* --- a filter --- */

static bool check_filter(const struct audience_filter_view *f, struct err *err)
{
    const struct str texts[] = { f->q, f->prefix, f->attribute, f->value };
    for (size_t i = 0; i < COUNT(texts); i++)
        if (texts[i].n > FILTER_MAX_BYTES)
            return err_set(err, ERR_INPUT, "filter", "each part must have at most %d bytes", FILTER_MAX_BYTES);
    if (f->prefix.n > 0) {
        struct err unused;
        if (!price_place_check(f->prefix, &unused))
            return err_set(err, ERR_INPUT, "filter.prefix", "must be the beginning of a number, with '+'");
    }
    if (f->consent.n > 0 && !str_is(f->consent, "in"))
        return err_set(err, ERR_INPUT, "filter.consent", "must be \"in\", or null for all who have not opted out");
    if (f->value.n > 0 && f->attribute.n == 0)
        return err_set(err, ERR_INPUT, "filter.attribute", "is missing: a value needs the name of its attribute");
    return true;
}

bool audience_filter_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                           void *reply, struct err *err)
{
    const struct audience_filtered *asked = request;
    struct campaign_row row;
    (void)settings;
    if (!asked->filter)
        return err_set(err, ERR_INPUT, "filter", "is required");
    if (!find_open(txn, tenant, asked->id, &row, err) || !check_filter(asked->filter, err))
        return false;
    const struct audience_chosen before = chosen(&row);
    begin_audience(&row, AUDIENCE_FILTER);
    row.filter = asked->filter;
    return enter(txn, tenant, &row, &before, err) && campaign_put(txn, tenant, &row, err) &&
           txn_tell(txn, tenant, "campaign.updated", row.id, err) && campaign_view_make(txn, tenant, &row, reply, err);
}

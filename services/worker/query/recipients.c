/* A campaign's recipients, in the order of the file: what each of them gets, got, or why not. */
#include "query/bulk_views.h"
#include "query/page.h"
#include "apply/campaign_text.h"
#include "store/prices.h"

enum { LIMIT_MAX = 1000 }; /* the api allows people 200; its CSV asks for more at once */

static const struct str WAITING = STR("waiting");
static const struct str SKIPPED = STR("skipped");

static const char *skipped_sentence(struct str why)
{
    if (str_is(why, "empty"))
        return "Filled in for this recipient, the text is empty";
    if (str_is(why, "too_long"))
        return "Filled in for this recipient, the text is too long";
    if (str_is(why, "erased"))
        return "The data of this person was erased";
    return "No number of ours could send to this recipient";
}

static bool add_preview(struct txn *txn, int64_t tenant, const struct settings *settings,
                        const struct campaign_row *campaign, const struct recipient_row *row,
                        struct recipient_view *out, struct err *err)
{
    struct campaign_text text;
    if (!campaign_text_make(txn, tenant, settings, campaign, row, &text, err))
        return false;
    bool is_skipped = str_is_set(row->skipped) || text.unusable;
    out->status = is_skipped ? SKIPPED : campaign->state == CAMPAIGN_CANCELLED ? STR("cancelled") : WAITING;
    if (is_skipped) {
        out->status_reason = str_is_set(row->skipped) ? row->skipped : str_of(text.unusable);
        out->status_text = str_of(skipped_sentence(out->status_reason));
    }
    if (!is_skipped && text.refusal.reason) {
        out->status_reason = str_of(text.refusal.reason);
        out->status_text = str_of(text.refusal.text);
    }
    out->from = text.from;
    out->text = text.text;
    out->encoding = str_of(words_name(&encoding_words, (int)text.size.encoding));
    out->segments = text.size.segments;
    out->cost = cost_view_make(txn->arena, is_skipped || text.refusal.reason ? 0 : text.cost, true);
    return out->cost ? true : arena_err(txn->arena, err);
}

static bool add_message(struct txn *txn, int64_t tenant, const struct recipient_row *row, struct recipient_view *out,
                        struct err *err)
{
    struct message_row message;
    struct message_view view;
    bool found;
    if (!message_get(txn, tenant, row->message, &message, &found, err))
        return false;
    if (!found)
        return true; /* erased since */
    if (!message_view_make(txn, tenant, &message, &view, err))
        return false;
    out->from = view.from;
    out->status = str_of(status_word(view.status));
    out->status_reason = view.status_reason;
    out->status_text = view.status_text;
    out->error_code = view.error_code;
    out->message_id = view.id;
    out->text = view.text;
    out->encoding = view.encoding;
    out->segments = view.segments;
    out->cost = view.cost;
    return true;
}

static bool view_make(struct txn *txn, int64_t tenant, const struct settings *settings,
                      const struct campaign_row *campaign, const struct recipient_row *row, struct recipient_view *out,
                      struct err *err)
{
    record_init(&recipient_view_record, out);
    out->line = row->line;
    out->to = row->address.n ? row->address : STR("erased");
    return id_is_set(row->message) ? add_message(txn, tenant, row, out, err)
                                   : add_preview(txn, tenant, settings, campaign, row, out, err);
}

static bool check_status(struct str word, struct err *err)
{
    enum message_status unused;
    return word.n == 0 || str_eq(word, WAITING) || str_eq(word, SKIPPED) || status_parse(word, &unused) ||
           err_set(err, ERR_INPUT, "status", "must be waiting, skipped, or a status of a message");
}

bool recipients_query_run(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                          void *reply, struct err *err)
{
    const struct recipients_query *asked = request;
    struct recipient_page *page = reply;
    struct campaign_row campaign;
    const struct price_book *book;
    struct page_walk walk;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    if (!check_status(asked->status, err) || !campaign_get(txn, tenant, asked->id, &campaign, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "id", "there is no campaign with this id");
    struct str filters = arena_format(txn->arena, "recipients|%s|%lld|%.*s", id_text(asked->id).c,
                                      (long long)campaign.generation, STR_ARGS(asked->status));
    if (!price_book_get(txn, tenant, &book, err) || /* before the walk gives memory back */
        !page_begin(&walk, txn, TABLE_RECIPIENT, key_of_recipients(tenant, asked->id, campaign.generation),
                    SCAN_FORWARD, filters, asked->cursor, asked->limit, LIMIT_MAX, err))
        return false;
    page->data.v = arena_alloc_array(txn->arena, (size_t)walk.limit, sizeof *page->data.v);
    if (!page->data.v)
        return arena_err(txn->arena, err);
    while (ok && (ok = page_next(&walk, page->data.n, &rest, &value, &found, err)) && found) {
        struct recipient_row row;
        struct recipient_view view;
        ok = row_decode(txn, &recipient_row_record, value, &row, err) &&
             view_make(txn, tenant, settings, &campaign, &row, &view, err);
        if (ok && (asked->status.n == 0 || str_eq(view.status, asked->status)) && page_has_room(&walk, page->data.n))
            page->data.v[page->data.n++] = view;
    }
    return page_end(&walk, ok, &page->next_cursor, err);
}

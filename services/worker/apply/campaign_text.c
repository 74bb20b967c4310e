#include "apply/campaign_text.h"

#include "apply/choose_number.h"
#include "domain/template.h"
#include "store/prices.h"

#include <jansson.h>

enum { VALUES_MAX = 64, TEXT_MAX_BYTES = 16384 };
static const struct str ATTRIBUTES = STR("contact.attributes.");

struct str attribute_get(struct arena *arena, struct str attributes, struct str name)
{
    struct str found = { 0 };
    if (attributes.n == 0)
        return found;
    json_t *root = json_loadb(attributes.p, attributes.n, 0, NULL);
    const json_t *value = json_object_getn(root, name.p, name.n);
    if (json_is_string(value))
        found = arena_dup(arena, str_bytes(json_string_value(value), json_string_length(value)));
    else if (json_is_integer(value))
        found = arena_format(arena, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        found = arena_format(arena, "%g", json_real_value(value));
    else if (json_is_boolean(value))
        found = json_is_true(value) ? STR("true") : STR("false");
    json_decref(root);
    return found;
}

struct values {
    struct pair v[VALUES_MAX];
    size_t n;
};

static void add(struct values *values, struct str name, struct str value)
{
    if (values->n < VALUES_MAX && value.n > 0)
        values->v[values->n++] = (struct pair){ name, value };
}

/* Before the contact's own: what the file says counts. */
static void add_columns(const struct campaign_row *campaign, const struct recipient_row *recipient,
                        struct values *values)
{
    for (size_t i = 0; i < campaign->columns.n && i < recipient->values.n; i++)
        add(values, campaign->columns.v[i], recipient->values.v[i]);
}

static void add_contact(struct txn *txn, const struct campaign_row *campaign, const struct contact_row *contact,
                        struct values *values)
{
    struct str rest = campaign->text;
    struct str name;
    add(values, STR("contact.name"), contact->name);
    add(values, STR("first_name"), str_slice(contact->name, 0, str_find(contact->name, ' ')));
    while (template_next_name(&rest, &name))
        if (str_starts(name, ATTRIBUTES))
            add(values, name, attribute_get(txn->arena, contact->attributes, str_slice(name, ATTRIBUTES.n, name.n)));
}

static bool fill_in(struct txn *txn, const struct campaign_row *campaign, const struct values *values, struct str *out,
                    const char **unusable, struct err *err)
{
    AUTO(buf_release) struct buf text;
    struct err unused;
    buf_init(&text, TEXT_MAX_BYTES);
    *out = STR("");
    if (!template_render(campaign->text, values->v, values->n, &text, &unused)) {
        *unusable = "too_long"; /* its braces were checked when it was saved */
        return true;
    }
    *out = arena_dup(txn->arena, buf_str(&text));
    return str_is_set(*out) ? true : arena_err(txn->arena, err);
}

/* The campaign's number, or one of its pool; where that is gone, the tenant's default. */
static bool find_sender(struct txn *txn, int64_t tenant, const struct campaign_row *campaign, struct str person,
                        struct campaign_text *out, struct err *err)
{
    struct number_row number;
    bool found = choose_number(txn, tenant, campaign->from, person, &number, err) ||
                 (err->kind != ERR_BROKEN && choose_number(txn, tenant, STR(""), person, &number, err));
    if (found)
        out->from = number.address;
    else
        out->unusable = "no_number";
    return found || err->kind == ERR_INPUT || err->kind == ERR_CONFLICT;
}

/* As it would leave, if it may. */
static bool complete(struct txn *txn, int64_t tenant, const struct settings *settings,
                     const struct campaign_row *campaign, const struct recipient_row *recipient,
                     struct campaign_text *out, struct err *err)
{
    struct message_row message;
    struct err unused;
    record_init(&message_row_record, &message);
    message.class = CLASS_BULK;
    message.from = out->from;
    message.to = recipient->address;
    message.text = out->filled_in;
    message.topic = campaign->topic;
    if (!message_prepare(txn, tenant, settings, &message, &out->refusal, err))
        return false;
    out->text = message.text;
    if (!segments_check(out->text, "text", &unused))
        out->unusable = "too_long";
    return true;
}

bool campaign_text_make(struct txn *txn, int64_t tenant, const struct settings *settings,
                        const struct campaign_row *campaign, const struct recipient_row *recipient,
                        struct campaign_text *out, struct err *err)
{
    struct values values = { .n = 0 };
    struct contact_row contact;
    bool found;
    bool is_priced;
    *out = (struct campaign_text){ 0 };
    add_columns(campaign, recipient, &values);
    if (!contact_by_address(txn, tenant, recipient->address, &contact, &found, err))
        return false;
    add(&values, STR("contact.address"), recipient->address);
    if (found)
        add_contact(txn, campaign, &contact, &values);
    if (!fill_in(txn, campaign, &values, &out->filled_in, &out->unusable, err))
        return false;
    out->text = out->filled_in;
    if (!out->unusable && str_trim(out->text).n == 0)
        out->unusable = "empty";
    if (!out->unusable && !find_sender(txn, tenant, campaign, recipient->address, out, err))
        return false;
    if (!out->unusable && !complete(txn, tenant, settings, campaign, recipient, out, err))
        return false;
    out->size = segments_count(out->text);
    return message_estimate(txn, tenant, recipient->address, out->size.segments, false, &out->cost, &is_priced, err);
}

bool campaign_text_check(struct txn *txn, const struct campaign_row *campaign, struct err *err)
{
    static const char *const ALWAYS[] = { "first_name", "contact.name", "contact.address", "contact.attributes.*" };
    const char *known[VALUES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < campaign->columns.n && n < VALUES_MAX - COUNT(ALWAYS); i++) {
        struct str name = arena_dup(txn->arena, campaign->columns.v[i]);
        if (!str_is_set(name))
            return arena_err(txn->arena, err);
        known[n++] = name.p;
    }
    for (size_t i = 0; i < COUNT(ALWAYS); i++)
        known[n++] = ALWAYS[i];
    return template_check(campaign->text, known, n, "text", err);
}

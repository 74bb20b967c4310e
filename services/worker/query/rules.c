#include "apply/rule_cache.h"
#include "core/inbound_decide.h"
#include "domain/refusal.h"
#include "domain/template.h"
#include "query/query.h"

#include <stdlib.h>

enum { REPLY_BYTES_MAX = 8192, LIMIT_DEFAULT = 50, LIMIT_MAX = 200 };

/* --- the system rules --- */

static struct str STOP_WORDS[] = { STR("STOP"),   STR("STOP ALL"),    STR("END"),    STR("QUIT"),
                                   STR("CANCEL"), STR("UNSUBSCRIBE"), STR("REVOKE"), STR("OPT OUT") };
static struct str START_WORDS[] = {STR("START"), STR("UNSTOP"), STR("YES"), STR("RESUME"), STR("GO")};
static struct str HELP_WORDS[] = {STR("HELP"), STR("INFO")};
static struct rule_match MATCHES[SYSTEM_RULES] = {
    {.kind = MATCH_EXACT, .words = {STOP_WORDS, COUNT(STOP_WORDS)}},
    {.kind = MATCH_EXACT, .words = {START_WORDS, COUNT(START_WORDS)}},
    {.kind = MATCH_EXACT, .words = {HELP_WORDS, COUNT(HELP_WORDS)}},
};
static struct rule_action ACTIONS[SYSTEM_RULES] = { { .kind = ACTION_OPT_OUT },
                                                    { .kind = ACTION_OPT_IN },
                                                    { .kind = ACTION_HELP } };
static const char *const NAMES[SYSTEM_RULES] = {"STOP: opt out", "START: opt in", "HELP: who we are"};

void system_rule_view_make(size_t i, struct rule_view *out)
{
    record_init(&rule_view_record, out);
    out->id = (struct id){
        .b = { [6] = 0x70, [8] = 0x80, [15] = (uint8_t)(i + 1) }
    }; /* a UUIDv7 of 1970: nobody else makes one */
    out->name = str_of(NAMES[i]);
    out->enabled = true;
    out->system = true;
    out->match = &MATCHES[i];
    out->actions.v = &ACTIONS[i];
    out->actions.n = 1;
}

bool system_rule_find(struct id id, struct rule_view *out)
{
    for (size_t i = 0; i < SYSTEM_RULES; i++) {
        system_rule_view_make(i, out);
        if (id_eq(out->id, id))
            return true;
    }
    return false;
}

/* --- the list: system rules first, then the user's in the order in which they are asked --- */

static int by_position(const void *a, const void *b)
{
    const struct rule_view *x = a;
    const struct rule_view *y = b;
    if (x->system != y->system)
        return x->system ? -1 : 1;
    if (x->position != y->position)
        return x->position < y->position ? -1 : 1;
    return id_compare(x->id, y->id);
}

/* All of them, in order: at most RULES_MAX and the system's. */
static bool read_all(struct txn *txn, int64_t tenant, struct rule_page *all, struct err *err)
{
    struct str rest;
    struct str value;
    struct scan scan;
    bool found = true;
    bool ok = true;
    all->data.v = arena_alloc_array(txn->arena, RULES_MAX + SYSTEM_RULES, sizeof *all->data.v);
    if (!all->data.v)
        return arena_err(txn->arena, err);
    for (size_t i = 0; i < SYSTEM_RULES; i++)
        system_rule_view_make(i, &all->data.v[all->data.n++]);
    scan_begin(&scan, txn, TABLE_RULE, key_of_tenant(tenant), SCAN_FORWARD);
    while (ok && all->data.n < RULES_MAX + SYSTEM_RULES) {
        struct rule_row row;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        ok = row_decode(txn, &rule_row_record, value, &row, err);
        if (ok)
            rule_view_make(&row, &all->data.v[all->data.n++]);
    }
    scan_end(&scan);
    qsort(all->data.v, all->data.n, sizeof *all->data.v, by_position);
    return ok;
}

/* A rule's place in the order, as a cursor holds it. */
static struct str place_format(struct txn *txn, const struct rule_view *rule)
{
    struct key place = key_begin();
    key_byte(&place, rule->system ? 1 : 0);
    key_int(&place, rule->position);
    key_id(&place, rule->id);
    return arena_dup(txn->arena, key_str(&place));
}

static bool place_parse(struct str place, struct rule_view *out)
{
    record_init(&rule_view_record, out);
    if (place.n != 1 + 8 + ID_BYTES)
        return false;
    out->system = key_take_byte(&place) == 1;
    out->position = key_take_int(&place);
    out->id = key_take_id(&place);
    return true;
}

bool rules_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                 struct err *err)
{
    const struct page_query *asked = request;
    struct rule_page *page = reply;
    struct rule_page all = { 0 };
    struct rule_view behind;
    struct str position;
    int64_t limit;
    (void)settings;
    if (!limit_check(asked->limit, LIMIT_DEFAULT, LIMIT_MAX, &limit, err) ||
        !cursor_parse(txn, STR("rules"), asked->cursor, &position, err) || !read_all(txn, tenant, &all, err))
        return false;
    size_t from = 0;
    if (place_parse(position, &behind))
        while (from < all.data.n && by_position(&all.data.v[from], &behind) <= 0)
            from++;
    page->data.v = all.data.v + from;
    page->data.n = min_size((size_t)limit, all.data.n - from);
    if (page->data.n == all.data.n - from)
        return true;
    return cursor_format(txn, STR("rules"), place_format(txn, &page->data.v[page->data.n - 1]), &page->next_cursor,
                         err);
}

bool rule_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                struct err *err)
{
    const struct by_id *asked = request;
    struct rule_row row;
    bool found;
    (void)settings;
    if (system_rule_find(asked->id, reply))
        return true;
    if (!ROW_GET(txn, TABLE_RULE, key_of_id(tenant, asked->id), rule_row, &row, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "id", "there is no rule with this id");
    rule_view_make(&row, reply);
    return true;
}

/* --- the test bench: the very decision that an inbound message gets, without its effects --- */

static bool render(struct txn *txn, const struct inbound_event *event, struct str contact_name, const struct effect *fx,
                   struct str *out, struct err *err)
{
    AUTO(buf_release) struct buf text;
    struct pair values[RULE_VALUES];
    buf_init(&text, REPLY_BYTES_MAX);
    rule_values(contact_name, event->from, event->to, values);
    if (!fx->is_template) {
        *out = fx->text;
        return true;
    }
    if (!template_render(fx->text, values, RULE_VALUES, &text, err))
        return false;
    *out = arena_dup(txn->arena, buf_str(&text));
    return true;
}

struct bench {
    const struct inbound_event *event;
    struct contact_row contact;
    struct inbound_facts facts;
    struct str word; /* the one that hit */
};

/* Who asks without a sender asks for a stranger. */
static bool read_facts(struct txn *txn, int64_t tenant, const struct inbound_event *event, struct rule_set *rules,
                       struct bench *bench, struct err *err)
{
    struct inbound_facts *f = &bench->facts;
    struct number_row number;
    struct number_row own;
    struct consent_standing consent;
    struct conversation_row conversation;
    bool found;
    bool is_own;
    record_init(&number_row_record, &number);
    record_init(&contact_row_record, &bench->contact);
    record_init(&conversation_row_record, &conversation);
    if (!number_get(txn, tenant, event->to, &number, &found, err) ||
        !number_get(txn, tenant, event->from, &own, &is_own, err) ||
        !contact_by_address(txn, tenant, event->from, &bench->contact, &found, err) ||
        !conversation_find(txn, tenant, event->to, event->from, &conversation, &found, err) ||
        !consent_read(txn, tenant, event->from, event->to, (struct str){ 0 }, &consent, err))
        return false;
    bench->event = event;
    *f = (struct inbound_facts){
        .event = event,
        .keyword = keyword_of(event->text, consent.state == CONSENT_OUT),
        .is_plivo_word = keyword_is_plivo_word(event->text, (struct str){0}),
        .stop_reply = number.stop_reply,
        .help_by = number.help_by,
        .help_reply = number.help_reply,
        .may_refuse = refusal_find(event->text) != NULL,
        .is_paused = consent.paused_at != 0,
        .consent = consent.state,
        .is_from_us = is_own,
        .can_be_answered = event->from.n == 0 || address_can_be_answered(event->from),
        .rule = rule_set_match(rules, event->text, event->to, &bench->word),
        .person_answered_at = conversation.answered_at,
        .now_ms = txn->now_ms,
    };
    f->rule_answered_at = rule_answered_at(&conversation, f->rule);
    return true;
}

static bool tell(struct txn *txn, int64_t tenant, const struct bench *bench, struct rule_verdict *out, struct err *err)
{
    const struct inbound_facts *f = &bench->facts;
    struct str word = bench->word;
    struct effects fx;
    inbound_decide(f, &fx);
    out->consent = f->consent;
    for (size_t i = 0; i < fx.n; i++) {
        if (fx.v[i].kind == FX_CONSENT)
            out->consent = fx.v[i].consent;
        if (fx.v[i].kind == FX_REPLY && !render(txn, f->event, bench->contact.name, &fx.v[i], &out->reply, err))
            return false;
    }
    bool is_system = f->keyword != KEYWORD_NONE;
    out->why = is_system || !f->rule || word.n == 0
                   ? str_of(fx.why)
                   : arena_format(txn->arena, "%s: it matched \"%.*s\"", fx.why, STR_ARGS(word));
    if (!is_system && !f->rule)
        return true;
    out->rule = arena_alloc(txn->arena, sizeof *out->rule);
    if (!out->rule)
        return arena_err(txn->arena, err);
    if (is_system) {
        system_rule_view_make(f->keyword == KEYWORD_STOP ? 0 : f->keyword == KEYWORD_START ? 1 : 2, out->rule);
        return true;
    }
    /* the set goes when the query ends: what is shown of the rule is read from the store */
    struct by_id by_id = {.id = f->rule->id};
    return rule_query(txn, tenant, NULL, &by_id, out->rule, err);
}

bool rule_test_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                     struct err *err)
{
    const struct rule_test *asked = request;
    struct tenant_row head;
    struct rule_set *rules;
    struct bench bench = {0};
    bool found;
    (void)settings;
    if (!tenant_get(txn, tenant, &head, &found, err) || !rule_set_load(txn, tenant, &rules, err))
        return false;
    struct inbound_event event = {
        .text = asked->text,
        .from = asked->from,
        .to = asked->to.n ? asked->to : head.default_number,
        .received_at = txn->now_ms,
    };
    bool ok = read_facts(txn, tenant, &event, rules, &bench, err) && tell(txn, tenant, &bench, reply, err);
    rule_set_free(rules);
    return ok;
}

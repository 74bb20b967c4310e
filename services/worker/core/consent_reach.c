#include "core/consent_reach.h"

static const struct {
    struct str prefix;
    enum consent_scope_kind kind;
} KINDS[] = {
    { { "number:", 7 }, SCOPE_NUMBER }, { { "topic:", 6 }, SCOPE_TOPIC }, { { "campaign:", 9 }, SCOPE_CAMPAIGN },
    { { "pair:", 5 }, SCOPE_PAIR },     { { "intro:", 6 }, SCOPE_INTRO },
};

enum consent_scope_kind consent_scope_kind(struct str scope, struct str *which)
{
    *which = (struct str){ 0 };
    if (scope.n == 0)
        return SCOPE_TENANT;
    for (size_t i = 0; i < COUNT(KINDS); i++)
        if (str_starts(scope, KINDS[i].prefix)) {
            *which = str_slice(scope, KINDS[i].prefix.n, scope.n);
            return KINDS[i].kind;
        }
    return SCOPE_OTHER;
}

static bool is_it(struct str which, struct str own)
{
    return own.n > 0 && str_eq(which, own);
}

bool consent_applies(const struct consent_reach *reach, struct str scope)
{
    struct str which;
    switch (consent_scope_kind(scope, &which)) {
    case SCOPE_TENANT:
        return true;
    case SCOPE_NUMBER:
        return reach->is_all || is_it(which, reach->number);
    case SCOPE_TOPIC:
        return reach->is_all || is_it(which, reach->topic);
    case SCOPE_CAMPAIGN:
        return reach->is_all || is_it(which, reach->campaign);
    case SCOPE_PAIR:
    case SCOPE_INTRO:
        return false;
    case SCOPE_OTHER: /* of a later version: it cannot be narrower than nothing */
        return true;
    }
    return true;
}

static void add_change(struct consent_standing *s, const struct consent_row *row)
{
    bool is_own = row->by_provider || row->source == CONSENT_BY_KEYWORD || row->source == CONSENT_BY_PROVIDER;
    if (row->state == CONSENT_OUT) {
        s->state = CONSENT_OUT;
        s->out_changed_at = max_i64(s->out_changed_at, row->changed_at);
        s->is_out_by_person = s->is_out_by_person || is_own;
    } else if (row->state == CONSENT_IN && s->state == CONSENT_NONE) {
        s->state = CONSENT_IN;
    }
    s->entered_at = max_i64(s->entered_at, row->entered_at);
    if (!s->has_change || row->changed_at > s->newest.received_at_ms)
        s->newest = (struct consent_change){ row->state, row->changed_at, row->ingress };
    s->has_change = true;
    if (row->source == CONSENT_BY_KEYWORD && !row->by_provider &&
        (!s->has_own || row->changed_at > s->newest_own.received_at_ms)) {
        s->newest_own = (struct consent_change){ row->state, row->changed_at, row->ingress };
        s->has_own = true;
    }
}

void consent_standing_add(struct consent_standing *s, const struct consent_reach *reach, const struct consent_row *row)
{
    struct str which;
    enum consent_scope_kind kind = consent_scope_kind(row->scope, &which);
    if (kind == SCOPE_PAIR && (reach->is_all || is_it(which, reach->number)))
        s->paused_at = row->paused_at;
    else if (kind == SCOPE_INTRO && is_it(which, reach->topic.n ? reach->topic : reach->number))
        s->introduced_at = row->introduced_at;
    else if (consent_applies(reach, row->scope))
        add_change(s, row);
}

bool scope_name_check(struct str name, const char *field, struct err *err)
{
    bool is_fine = !str_is_set(name) || (name.n >= 1 && name.n <= SCOPE_NAME_MAX_BYTES);
    for (size_t i = 0; is_fine && i < name.n; i++)
        is_fine = (unsigned char)name.p[i] > ' ' && name.p[i] != 0x7F;
    return is_fine ||
           err_set(err, ERR_INPUT, field, "must be 1 to %d characters without blanks, or null", SCOPE_NAME_MAX_BYTES);
}

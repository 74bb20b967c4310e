#include "apply/consent_scope.h"

#include "apply/settings_cache.h"

enum { LOOK_BACK_MAX = 20 }; /* messages of a conversation; a person answers what came last */

bool consent_scope_of(struct txn *txn, int64_t tenant, const struct settings *settings, struct str number,
                      struct str topic, struct str *scope, struct err *err)
{
    const struct settings_view *own;
    *scope = (struct str){ 0 };
    if (!tenant_settings_get(txn, settings, tenant, &own, err))
        return false;
    if (own->opt_out_scope == OPT_OUT_NUMBER && number.n)
        *scope = arena_format(txn->arena, "number:%.*s", STR_ARGS(number));
    else if (own->opt_out_scope == OPT_OUT_TOPIC && topic.n)
        *scope = arena_format(txn->arena, "topic:%.*s", STR_ARGS(topic));
    return true;
}

struct str consent_scope_at_plivo(struct txn *txn, const struct number_row *number)
{
    return number->campaign.n ? arena_format(txn->arena, "campaign:%.*s", STR_ARGS(number->campaign))
                              : arena_format(txn->arena, "number:%.*s", STR_ARGS(number->address));
}

static bool has_left(const struct message_row *message)
{
    for (size_t i = 0; i < message->attempts.n; i++)
        if (!message->attempts.v[i].is_void)
            return true;
    return false;
}

bool conversation_last_sent(struct txn *txn, int64_t tenant, const struct conversation_row *conversation,
                            struct message_row *out, bool *found, struct err *err)
{
    /* many write to us for long and hear nothing: their texts need not be read for that */
    struct id at = conversation->knows_outbound ? conversation->last_outbound : conversation->last_message;
    for (int i = 0; i < LOOK_BACK_MAX && id_is_set(at); i++) {
        if (!message_get(txn, tenant, at, out, found, err))
            return false;
        if (!*found || (out->direction == OUTBOUND && out->class != CLASS_CONFIRM && has_left(out)))
            return true;
        at = out->previous;
    }
    *found = false;
    return true;
}

bool conversation_topic(struct txn *txn, int64_t tenant, const struct conversation_row *conversation,
                        const struct number_row *number, struct str *topic, struct err *err)
{
    struct message_row message;
    bool found;
    if (!conversation_last_sent(txn, tenant, conversation, &message, &found, err))
        return false;
    *topic = found && message.topic.n ? message.topic : number->topic;
    return true;
}

#include "apply/inbound_number.h"

#include "core/inbound_decide.h"
#include "domain/powerpack.h"

static bool talked_at(struct txn *txn, int64_t tenant, struct str number, struct str person, int64_t *at,
                      struct err *err)
{
    struct conversation_row conversation;
    bool found;
    if (!conversation_find(txn, tenant, number, person, &conversation, &found, err))
        return false;
    *at = found ? conversation.listed_at : 0;
    return true;
}

static bool find_or_discover(struct txn *txn, int64_t tenant, struct str address, struct number_row *out,
                             struct err *err)
{
    bool found;
    if (!number_get(txn, tenant, address, out, &found, err))
        return false;
    return found || number_make(txn, tenant, address, NUMBER_DISCOVERED, out, err);
}

bool inbound_number(struct txn *txn, int64_t tenant, const struct inbound_event *event, struct number_row *out,
                    struct str *beside, struct err *err)
{
    struct number_row powerpack;
    struct powerpack_facts facts;
    struct str address = powerpack_address(txn->arena, event->powerpack);
    bool found = false;
    *beside = (struct str){ 0 };
    if (!find_or_discover(txn, tenant, event->to, out, err))
        return false;
    if (address.n > 0 && !number_get(txn, tenant, address, &powerpack, &found, err))
        return false;
    if (!found)
        return true;
    facts.is_number_ours = out->state != NUMBER_DISCOVERED;
    if (!talked_at(txn, tenant, out->address, event->from, &facts.number_talked_at, err) ||
        !talked_at(txn, tenant, address, event->from, &facts.powerpack_talked_at, err))
        return false;
    *beside = address;
    if (inbound_is_to_powerpack(&facts)) {
        *beside = out->address;
        *out = powerpack;
    }
    return true;
}

/* Campaigns and notes. An audience that was replaced goes in bounded steps: only the newest generation is held to anything. */
#include "store/campaigns.h"
#include "upkeep/check_private.h"

#define ID(id) id_text(id).c

/* *is_kept: whether the campaign is there, and this is its audience. */
static bool is_of_audience(struct check *c, int64_t tenant, struct id id, int64_t generation, bool *is_kept,
                           struct err *err)
{
    struct campaign_row campaign;
    if (!CHECK_GET(c, TABLE_CAMPAIGN, key_of_id(tenant, id), campaign_row, &campaign, is_kept, err))
        return false;
    *is_kept = *is_kept && campaign.generation == generation;
    return true;
}

bool check_recipient(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct recipient_row row;
    struct message_row message;
    struct str bytes;
    bool is_there;
    struct id campaign = key_take_id(&key);
    int64_t generation = key_take_int(&key);
    int64_t number = key_take_int(&key);
    if (!check_read(c, &recipient_row_record, value, &row))
        return true;
    if (!is_of_audience(c, tenant, campaign, generation, &is_there, err))
        return false;
    if (!is_there || row.address.n == 0)
        return true;
    if (!check_has(c, TABLE_RECIPIENT_ADDRESS, key_of_recipient_address(tenant, campaign, generation, row.address),
                   &bytes, &is_there, err))
        return false;
    if (!is_there || bytes.n != 8 || key_take_int(&bytes) != number)
        check_found(c, "%lld of campaign %s is not found by its address", (long long)number, ID(campaign));
    if (!id_is_set(row.message))
        return true;
    if (!CHECK_GET(c, TABLE_MESSAGE, key_of_id(tenant, row.message), message_row, &message, &is_there, err))
        return false;
    if (!is_there || !id_eq(message.campaign, campaign))
        check_found(c, "%lld of campaign %s has message %s, which is %s", (long long)number, ID(campaign),
                    ID(row.message), is_there ? "another's" : "not there");
    return true;
}

bool check_recipient_address(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct recipient_row row;
    bool is_there;
    struct id campaign = key_take_id(&key);
    int64_t generation = key_take_int(&key);
    struct str rest = arena_dup(c->txn->arena, key);
    struct str address = key_take_text(&rest);
    struct str bytes = value;
    if (!is_of_audience(c, tenant, campaign, generation, &is_there, err))
        return false;
    if (!is_there)
        return true;
    int64_t number = bytes.n == 8 ? key_take_int(&bytes) : 0;
    if (!CHECK_GET(c, TABLE_RECIPIENT, key_of_recipient(tenant, campaign, generation, number), recipient_row, &row,
                   &is_there, err))
        return false;
    if (!is_there || value.n != 8 || !str_eq(row.address, address))
        check_found(c, "leads to %lld of campaign %s, who is %s", (long long)number, ID(campaign),
                    is_there ? "somebody else" : "not there");
    return true;
}

bool check_campaign_waiting(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct message_row message;
    struct pending_row pending;
    bool is_there;
    struct id campaign = key_take_id(&key);
    struct id id = key_take_id(&key);
    (void)value;
    if (!CHECK_GET(c, TABLE_MESSAGE, key_of_id(tenant, id), message_row, &message, &is_there, err))
        return false;
    if (is_there &&
        !CHECK_GET(c, TABLE_PENDING, key_of_pending(tenant, message.to, id), pending_row, &pending, &is_there, err))
        return false;
    if (!is_there || pending.is_open || !id_eq(message.campaign, campaign))
        check_found(c, "message %s does not wait for campaign %s", ID(id), ID(campaign));
    return true;
}

bool check_note(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct note_row row;
    struct str bytes;
    bool is_there;
    struct id conversation = key_take_id(&key);
    struct id id = key_take_id(&key);
    if (!check_read(c, &note_row_record, value, &row))
        return true;
    if (!id_eq(row.id, id) || !id_eq(row.conversation, conversation))
        check_found(c, "%s lies where another one belongs", ID(id));
    if (!check_has(c, TABLE_NOTE_ID, key_of_id(tenant, id), &bytes, &is_there, err))
        return false;
    if (!is_there || !str_eq(bytes, str_bytes(conversation.b, ID_BYTES)))
        check_found(c, "%s is not found by its id", ID(id));
    return true;
}

bool check_note_id(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct id conversation;
    bool is_there = value.n == ID_BYTES;
    struct id id = key_take_id(&key);
    if (is_there) {
        memcpy(conversation.b, value.p, ID_BYTES);
        if (!check_has(c, TABLE_NOTE, key_of_note(tenant, conversation, id), NULL, &is_there, err))
            return false;
    }
    if (!is_there)
        check_found(c, "leads to %s, which is not there", ID(id));
    return true;
}

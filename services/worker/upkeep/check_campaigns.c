/* Campaigns and notes. An audience that was replaced goes in bounded steps: of older generations only the dropping is looked at. */
#include "store/campaigns.h"
#include "upkeep/check_private.h"

#define ID(id) id_text(id).c

static bool has_recipient(struct check *c, int64_t tenant, const struct campaign_row *row, int64_t number, bool *out,
                          struct err *err)
{
    *out = false;
    return number < 0 || row->generation < 0 ||
           check_has(c, TABLE_RECIPIENT, key_of_recipient(tenant, row->id, row->generation, number), NULL, out, err);
}

bool check_campaign(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct campaign_row row;
    bool has_last;
    bool has_more;
    bool is_awake;
    struct id at = key_take_id(&key);
    if (!check_read(c, &campaign_row_record, value, &row))
        return true;
    if (!id_eq(row.id, at)) {
        check_found(c, "%s lies where another one belongs", ID(at));
        return true;
    }
    if (!has_recipient(c, tenant, &row, row.recipients - 1, &has_last, err) ||
        !has_recipient(c, tenant, &row, row.recipients, &has_more, err) ||
        !check_has(c, TABLE_CAMPAIGN_ACTIVE, key_of_id(tenant, at), NULL, &is_awake, err))
        return false;
    if (has_last != (row.recipients > 0) || has_more)
        check_found(c, "%s has %s recipients than it counts", ID(at), has_more ? "more" : "fewer");
    if (!is_awake && (row.state == CAMPAIGN_APPROVED || row.state == CAMPAIGN_RUNNING))
        check_found(c, "%s is to be sent, and nobody looks at it", ID(at));
    return true;
}

bool check_campaign_count(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    bool is_there;
    struct campaign_count_row row;
    struct id campaign = key_take_id(&key);
    if (!check_read(c, &campaign_count_row_record, value, &row))
        return true;
    if (!check_has(c, TABLE_CAMPAIGN, key_of_id(tenant, campaign), NULL, &is_there, err))
        return false;
    if (!is_there)
        check_found(c, "what campaign %s has come to is counted, and it is not there", ID(campaign));
    return true;
}

/* Of a row of an audience: its campaign. *is_current false: there is nothing more to say of the row. What no longer belongs to a campaign
 * is being dropped, and the tick knows of it. */
static bool owner_of(struct check *c, int64_t tenant, struct str *key, struct campaign_row *row, bool *is_current,
                     struct err *err)
{
    bool is_there;
    bool is_awake;
    struct id campaign = key_take_id(key);
    int64_t generation = key_take_int(key);
    if (!CHECK_GET(c, TABLE_CAMPAIGN, key_of_id(tenant, campaign), campaign_row, row, &is_there, err) ||
        !check_has(c, TABLE_CAMPAIGN_ACTIVE, key_of_id(tenant, campaign), NULL, &is_awake, err))
        return false;
    *is_current = is_there && generation >= 0 && row->generation == generation;
    if (!*is_current && !is_awake)
        check_found(c, "row %lld is of campaign %s, which %s", (long long)c->seen[c->table], ID(campaign),
                    is_there ? "has another audience" : "is not there");
    return true;
}

static bool check_message_of(struct check *c, int64_t tenant, const struct campaign_row *campaign,
                             const struct recipient_row *row, int64_t number, struct err *err)
{
    struct message_row message;
    bool is_there;
    if (!id_is_set(row->message))
        return true;
    if (!CHECK_GET(c, TABLE_MESSAGE, key_of_id(tenant, row->message), message_row, &message, &is_there, err))
        return false;
    if (!is_there || !id_eq(message.campaign, campaign->id))
        check_found(c, "%lld of campaign %s has message %s, which is %s", (long long)number, ID(campaign->id),
                    ID(row->message), is_there ? "another's" : "not there");
    return true;
}

bool check_recipient(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct campaign_row campaign;
    struct recipient_row row;
    struct str number;
    bool is_current;
    bool has_one_before = true;
    bool is_there = true;
    struct str rest = arena_dup(c->txn->arena, key);
    if (!check_read(c, &recipient_row_record, value, &row))
        return true;
    if (!owner_of(c, tenant, &rest, &campaign, &is_current, err))
        return false;
    if (!is_current)
        return true;
    int64_t at = key_take_int(&rest);
    if (at > 0 && !has_recipient(c, tenant, &campaign, at - 1, &has_one_before, err))
        return false;
    if (row.address.n > 0 && /* an erased one has none */
        !check_has(c, TABLE_RECIPIENT_ADDRESS,
                   key_of_recipient_address(tenant, campaign.id, campaign.generation, row.address), &number, &is_there,
                   err))
        return false;
    if (!has_one_before)
        check_found(c, "%lld of campaign %s is not there", (long long)at - 1, ID(campaign.id));
    if (!is_there || (row.address.n > 0 && (number.n != 8 || key_take_int(&number) != at)))
        check_found(c, "%lld of campaign %s is not found by its number", (long long)at, ID(campaign.id));
    return check_message_of(c, tenant, &campaign, &row, at, err);
}

bool check_recipient_address(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct campaign_row campaign;
    struct recipient_row row;
    bool is_current;
    bool is_there;
    struct str rest = arena_dup(c->txn->arena, key);
    struct str number = arena_dup(c->txn->arena, value);
    if (!owner_of(c, tenant, &rest, &campaign, &is_current, err))
        return false;
    if (!is_current)
        return true;
    int64_t at = number.n == 8 ? key_take_int(&number) : -1;
    record_init(&recipient_row_record, &row);
    if (at < 0)
        is_there = false;
    else if (!CHECK_GET(c, TABLE_RECIPIENT, key_of_recipient(tenant, campaign.id, campaign.generation, at),
                        recipient_row, &row, &is_there, err))
        return false;
    if (!is_there || !str_eq(row.address, key_take_text(&rest)))
        check_found(c, "leads to recipient %lld of campaign %s, which is %s", (long long)at, ID(campaign.id),
                    is_there ? "another one" : "not there");
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

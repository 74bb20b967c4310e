/* send: a person or a program asks for a message. */
#include "apply/apply.h"
#include "apply/choose_number.h"
#include "apply/queue_message.h"
#include "apply/send_check.h"
#include "domain/phone.h"
#include "query/query.h"

static bool check_class(struct str word, enum message_class *out, struct err *err)
{
    int value = CLASS_TRANSACTIONAL;
    if (word.n && (!words_find(&message_class_words, word, &value) || value == CLASS_CONFIRM))
        return err_set(err, ERR_INPUT, "class", "must be one of: transactional, human, auto, bulk");
    *out = (enum message_class)value;
    return true;
}

static bool add_media(struct txn *txn, const struct send_command *asked, struct message_row *message, struct err *err)
{
    message->media.v = arena_alloc_array(txn->arena, asked->media_urls.n, sizeof *message->media.v);
    if (!message->media.v)
        return arena_err(txn->arena, err);
    for (size_t i = 0; i < asked->media_urls.n; i++)
        message->media.v[message->media.n++] = (struct media_item){.url = asked->media_urls.v[i]};
    return true;
}

bool send_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                struct err *err)
{
    const struct send_command *asked = request;
    struct phone phone;
    struct number_row number = { 0 };
    struct contact_row contact = { 0 };
    struct conversation_row conversation = { 0 };
    struct message_row message = { 0 };
    record_init(&message_row_record, &message);
    if (!phone_parse(asked->to, "to", &phone, err) || !send_check_text(asked->text, asked->media_urls.n, err) ||
        !check_class(asked->class, &message.class, err) || !scope_name_check(asked->topic, "topic", err) ||
        !choose_number(txn, tenant, asked->from, asked->to, &number, err) || !add_media(txn, asked, &message, err))
        return false;
    if (!send_check_time(txn, asked->send_at, err) ||
        !send_check_validity(txn, asked->valid_until, asked->send_at, err))
        return false;
    if (!contact_find_or_make(txn, tenant, asked->to, &contact, err) ||
        !conversation_find_or_make(txn, tenant, number.address, &contact, &conversation, err))
        return false;
    message.from = number.address;
    message.to = contact.address;
    message.text = asked->text;
    message.topic = asked->topic;
    message.source = asked->source.n ? asked->source : STR("api");
    message.actor = txn->actor;
    message.send_at = asked->send_at;
    message.valid_until = asked->valid_until;
    if (message.class == CLASS_HUMAN)
        conversation.answered_at = txn->now_ms;
    return queue_or_block(txn, tenant, settings, &conversation, &message, max_i64(asked->send_at, txn->now_ms), err) &&
           message_view_make(txn, tenant, &message, reply, err);
}

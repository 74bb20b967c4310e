/* send: a person or a program asks for a message. */
#include "apply/apply.h"
#include "apply/choose_number.h"
#include "apply/queue_message.h"
#include "core/attempt.h"
#include "domain/phone.h"
#include "domain/segments.h"
#include "query/query.h"

enum { MEDIA_MAX = 10, SEND_AT_DAYS_MAX = 366, DAY_MS = 86400000 };

static bool check_text(const struct send_command *asked, struct err *err)
{
    if (asked->text.n == 0 && asked->media_urls.n == 0)
        return err_set(err, ERR_INPUT, "text", "is missing: a message needs a text or media");
    if (asked->media_urls.n > MEDIA_MAX)
        return err_set(err, ERR_INPUT, "media_urls", "at most %d files are allowed", MEDIA_MAX);
    return segments_check(asked->text, "text", err);
}

/* Here, not at the api's door: an answer that is asked for again, after its time, is still the first answer. */
static bool check_time(const struct txn *txn, int64_t send_at, struct err *err)
{
    bool is_fine = send_at == 0 ||
                   (send_at > txn->now_ms && send_at <= txn->now_ms + (int64_t)SEND_AT_DAYS_MAX * DAY_MS);
    return is_fine || err_set(err, ERR_INPUT, "send_at", "must be in the future, at most a year ahead");
}

static bool check_validity(const struct txn *txn, const struct send_command *asked, struct err *err)
{
    int64_t from_ms = max_i64(txn->now_ms, asked->send_at);
    bool is_fine = asked->valid_until == 0 || asked->valid_until >= from_ms + GRANT_LEFT_MIN_MS;
    return is_fine || err_set(err, ERR_INPUT, "valid_until", "must be at least 5 seconds after now and after send_at");
}

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
    if (!phone_parse(asked->to, "to", &phone, err) || !check_text(asked, err) ||
        !check_class(asked->class, &message.class, err) || !scope_name_check(asked->topic, "topic", err) ||
        !choose_number(txn, tenant, asked->from, asked->to, &number, err) || !add_media(txn, asked, &message, err))
        return false;
    if (!check_time(txn, asked->send_at, err) || !check_validity(txn, asked, err))
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

/* /api/v1/messages */
#include "domain/phone_plan.h"
#include "domain/segments.h"
#include "routes.h"

enum { MEDIA_MAX = 10, MEDIA_URL_MAX_BYTES = 2048, SENDER_MAX_BYTES = 64 };

/* clang-format off */
#define MESSAGE_BODY(X, S) \
    X(S, STR,  to,         _) \
    X(S, STR,  text,       _) \
    X(S, STR,  from,       _) \
    X(S, STRS, media_urls, _) \
    X(S, TIME, send_at,    _) \
    X(S, TIME, valid_until, _) \
    X(S, STR,  class,      _) \
    X(S, STR,  topic,      _)
#define MARK_BODY(X, S) \
    X(S, STR,  as,         _)
/* clang-format on */
RECORD_STRUCT(message_body, MESSAGE_BODY)
RECORD_TABLE(message_body, MESSAGE_BODY);
RECORD_STRUCT(mark_body, MARK_BODY)
RECORD_TABLE(mark_body, MARK_BODY);

bool messages_list(struct call *call, struct err *err)
{
    struct messages_query query = { .cursor = call_query(call, "cursor"),
                                    .direction = call_query(call, "direction"),
                                    .status = call_query(call, "status"),
                                    .contact = call_query(call, "contact"),
                                    .number = call_query(call, "number") };
    struct message_page page;
    return call_query_word(call, "direction", &direction_words, err) &&
           call_query_word(call, "status", &message_status_words, err) &&
           call_query_time(call, "since", &query.since, err) && call_query_time(call, "until", &query.until, err) &&
           call_query_limit(call, &query.limit, err) && call_ask(call, OP_messages, &query, &page, err) &&
           call_answer(call, 200, &message_page_record, &page, err);
}

bool message_get(struct call *call, struct err *err)
{
    return call_relay_by_id(call, OP_message, err);
}

bool message_timeline(struct call *call, struct err *err)
{
    return call_relay_by_id(call, OP_timeline, err);
}

/* --- sending --- */

/* Plivo carries MMS to the United States and Canada only: docs/plivo.md section 9. */
static bool takes_mms(const struct phone *to)
{
    struct phone_plan plan;
    phone_plan_describe(to, &plan);
    return plan.region[0] == '\0' || strcmp(plan.region, "US") == 0 || strcmp(plan.region, "CA") == 0;
}

static bool check_media(const struct message_body *body, const struct phone *to, struct err *err)
{
    if (body->media_urls.n > 0 && !takes_mms(to))
        return err_set(err, ERR_INPUT, "media_urls",
                       "reach the United States and Canada only; send a link in the text");
    if (body->media_urls.n > MEDIA_MAX)
        return err_set(err, ERR_INPUT, "media_urls", "must be at most %d", MEDIA_MAX);
    for (size_t i = 0; i < body->media_urls.n; i++) {
        struct str url = body->media_urls.v[i];
        if ((!str_starts(url, STR("https://")) && !str_starts(url, STR("http://"))) || url.n > MEDIA_URL_MAX_BYTES ||
            str_find(url, ' ') < url.n)
            return err_set(err, ERR_INPUT, "media_urls", "must be http or https addresses of at most %d characters",
                           MEDIA_URL_MAX_BYTES);
    }
    return true;
}

static bool check_class(struct str class, struct err *err)
{
    int value;
    if (!str_is_set(class) || (words_find(&message_class_words, class, &value) && value != CLASS_CONFIRM))
        return true;
    return err_set(err, ERR_INPUT, "class", "must be one of: transactional, human, auto, bulk");
}

/* What the form of a message can say; whether it may be sent to this person the worker decides. */
static bool check_message(const struct message_body *body, struct phone *to, struct err *err)
{
    bool is_valid;
    if (!str_is_set(body->to))
        return err_set(err, ERR_INPUT, "to", "is required");
    if (!phone_plan_parse(body->to, "to", to, &is_valid, err))
        return false;
    if (body->text.n == 0 && body->media_urls.n == 0)
        return err_set(err, ERR_INPUT, "text", "is required, unless there are media_urls");
    if (body->from.n > SENDER_MAX_BYTES || (str_is_set(body->from) && body->from.n == 0))
        return err_set(err, ERR_INPUT, "from", "must be one of our numbers");
    return segments_check(body->text, "text", err) && check_media(body, to, err) && check_class(body->class, err);
}

bool message_send(struct call *call, struct err *err)
{
    struct message_body body;
    struct message_view message;
    struct phone to;
    if (!call_idempotency(call, err) || !call_body(call, &message_body_record, "to", &body, NULL, err) ||
        !check_message(&body, &to, err))
        return false;
    struct send_command command = { .to = phone_str(&to),
                                    .text = body.text,
                                    .from = body.from,
                                    .send_at = body.send_at,
                                    .valid_until = body.valid_until,
                                    .topic = body.topic,
                                    .class = body.class,
                                    .source = call->caller.is_key ? STR("api") : STR("user") };
    command.media_urls.v = body.media_urls.v;
    command.media_urls.n = body.media_urls.n;
    return call_ask(call, OP_send, &command, &message, err) &&
           call_answer(call, 202, &message_view_record, &message, err);
}

/* --- what a person does with one --- */

bool message_change(struct call *call, struct err *err)
{
    struct message_changes changes;
    struct message_patch patch = { .changes = &changes };
    struct message_view message;
    uint64_t present;
    if (!call_id(call, 0, &patch.id, err) || !call_body(call, &message_changes_record, "text", &changes, &present, err))
        return false;
    if (present == 0)
        return err_set(err, ERR_INPUT, NULL, "nothing to change: text, send_at or valid_until");
    patch.present = (int64_t)present;
    return call_ask(call, OP_message_patch, &patch, &message, err) &&
           call_answer(call, 200, &message_view_record, &message, err);
}

static bool act(struct call *call, struct str action, struct err *err)
{
    struct message_action request = { .action = action };
    struct message_view message;
    return call_id(call, 0, &request.id, err) && call_ask(call, OP_message_action, &request, &message, err) &&
           call_answer(call, 200, &message_view_record, &message, err);
}

bool message_cancel(struct call *call, struct err *err)
{
    return act(call, STR("cancel"), err);
}

bool message_check(struct call *call, struct err *err)
{
    return act(call, STR("check"), err);
}

bool message_resend(struct call *call, struct err *err)
{
    return act(call, STR("resend"), err);
}

bool message_mark(struct call *call, struct err *err)
{
    struct mark_body body;
    if (!call_body(call, &mark_body_record, "as", &body, NULL, err))
        return false;
    if (!str_is(body.as, "sent") && !str_is(body.as, "failed"))
        return err_set(err, ERR_INPUT, "as", "must be one of: sent, failed");
    return act(call, body.as, err);
}

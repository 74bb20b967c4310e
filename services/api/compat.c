#include "compat.h"

#include "domain/phone_plan.h"
#include "domain/segments.h"
#include "routes.h"

#include <jansson.h>

enum { TUTORIAL_MESSAGES_MAX = 1000 };

/* clang-format off */
#define TUTORIAL_MESSAGE(X, S) \
    X(S, ID,   id,        _) \
    X(S, STR,  from,      _) \
    X(S, STR,  to,        _) \
    X(S, STR,  text,      _) \
    X(S, ENUM, type,      direction) \
    X(S, TIME, timestamp, _)
RECORD_STRUCT(tutorial_message, TUTORIAL_MESSAGE)
RECORD_TABLE(tutorial_message, TUTORIAL_MESSAGE);
#define TUTORIAL_LIST(X, S) \
    X(S, BOOL, success,   _) \
    X(S, LIST, messages,  tutorial_message)
RECORD_STRUCT(tutorial_list, TUTORIAL_LIST)
RECORD_TABLE(tutorial_list, TUTORIAL_LIST);
#define TUTORIAL_SENT(X, S) \
    X(S, BOOL, success,   _) \
    X(S, ID,   messageId, _)
RECORD_STRUCT(tutorial_sent, TUTORIAL_SENT)
RECORD_TABLE(tutorial_sent, TUTORIAL_SENT);
/* clang-format on */

bool compat_refusal(const struct err *err, struct buf *out)
{
    (void)buf_add_text(out, "{\"success\":false,\"message\":"); /* asked for at the end */
    json_add_text(out, str_of(err->text));
    return buf_add_char(out, '}');
}

bool tutorial_messages(struct call *call, struct err *err)
{
    struct messages_query query = { .limit = TUTORIAL_MESSAGES_MAX };
    struct message_page page;
    struct tutorial_list list = { .success = true };
    if (!call_ask(call, OP_messages, &query, &page, err))
        return false;
    list.messages.n = page.data.n;
    list.messages.v = arena_alloc_array(call->arena, page.data.n, sizeof list.messages.v[0]);
    if (!list.messages.v)
        return arena_err(call->arena, err);
    for (size_t i = 0; i < page.data.n; i++) {
        const struct message_view *m = &page.data.v[page.data.n - 1 - i]; /* oldest first here */
        list.messages.v[i] = (struct tutorial_message){ m->id,        m->from,
                                                        m->to,        str_is_set(m->text) ? m->text : STR(""),
                                                        m->direction, m->created_at };
    }
    return call_answer(call, 200, &tutorial_list_record, &list, err);
}

/* Fields of a JSON object that are texts and not empty; a tutorial's front end may send others beside them. */
static struct str text_field(struct call *call, const json_t *root, const char *name)
{
    const json_t *value = json_object_get(root, name);
    if (!json_is_string(value) || json_string_length(value) == 0)
        return (struct str){ 0 };
    return arena_dup(call->arena, str_bytes(json_string_value(value), json_string_length(value)));
}

static bool read_fields(struct call *call, struct send_command *command, struct err *err)
{
    struct str body;
    if (!call_body_bytes(call, &body, err))
        return false;
    json_t *root = json_loadb(body.n ? body.p : "", body.n, JSON_ALLOW_NUL, NULL);
    command->to = text_field(call, root, "to");
    command->text = text_field(call, root, "text");
    json_decref(root);
    if (!str_is_set(command->to) || !str_is_set(command->text))
        return err_set(err, ERR_INPUT, NULL, "Missing required fields: to, text");
    return true;
}

bool tutorial_send(struct call *call, struct err *err)
{
    struct send_command command = { .source = STR("api") };
    struct message_view message;
    struct phone phone;
    bool is_valid;
    if (!read_fields(call, &command, err))
        return false;
    if (!phone_plan_parse(command.to, NULL, &phone, &is_valid, err))
        return err_set(err, ERR_INPUT, NULL, "Invalid phone number format");
    command.to = phone_str(&phone);
    if (!segments_check(command.text, NULL, err) || !call_ask(call, OP_send, &command, &message, err))
        return false;
    if (message.status == STATUS_BLOCKED && str_is(message.status_reason, "opted_out"))
        return err_set(err, ERR_INPUT, NULL, "This person has opted out of messages from this number");
    if (message.status == STATUS_BLOCKED)
        return err_set(err, ERR_INPUT, NULL, "%.*s", STR_ARGS(message.status_text));
    struct tutorial_sent sent = { true, message.id };
    return call_answer(call, 200, &tutorial_sent_record, &sent, err);
}

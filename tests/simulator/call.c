#include "call.h"
#include <stdio.h>
#include <stdlib.h>

/* What a US network of T-Mobile would say; the receiver is made up anyway. */
#define MCC "310"
#define MNC "260"

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == '~';
}

static void add_encoded(struct buf *out, struct str s)
{
    static const char HEX[] = "0123456789ABCDEF";
    while (s.n > 0) {
        size_t n = 0;
        while (n < s.n && is_plain(s.p[n]))
            n++;
        buf_add(out, str_slice(s, 0, n)); /* almost always all of it */
        if (n < s.n) {
            unsigned char c = (unsigned char)s.p[n++];
            char escape[] = { '%', HEX[c >> 4], HEX[c & 15] };
            if (c == ' ')
                buf_add_char(out, '+');
            else
                buf_add_bytes(out, escape, sizeof escape);
        }
        s = str_slice(s, n, s.n);
    }
}

static void add(struct buf *out, const char *name, struct str value)
{
    if (out->n)
        buf_add_char(out, '&');
    buf_add_text(out, name);
    buf_add_char(out, '=');
    add_encoded(out, value);
}

static void add_text(struct buf *out, const char *name, const char *value)
{
    add(out, name, str_of(value));
}

static void add_int(struct buf *out, const char *name, int64_t value)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%lld", (long long)value);
    add_text(out, name, digits);
}

static void add_time(struct buf *out, const char *name, int64_t ms)
{
    char text[PLIVO_TIME_BYTES];
    plivo_time(ms, text);
    add_text(out, name, text);
}

static void inbound_form(const struct message *m, struct buf *out)
{
    add(out, "From", plivo_form(&m->from));
    add(out, "To", plivo_form(&m->to));
    add_text(out, m->is_mms ? "Body" : "Text", m->text);
    add_text(out, "Type", m->is_mms ? "mms" : "sms");
    add_text(out, "MessageUUID", m->uuid.c);
    add_text(out, "TotalRate", message_rate(m).text);
    add_text(out, "TotalAmount", message_total(m).text);
    add_int(out, "Units", m->units);
    if (!m->is_mms)
        add_text(out, "MessageIntent", m->intent);
    add_text(out, "PowerpackUUID", m->powerpack);
    if (!m->is_mms)
        return;
    add_int(out, "MediaCount", (int64_t)m->media_n);
    for (size_t i = 0; i < m->media_n; i++) {
        char name[32];
        snprintf(name, sizeof name, "Media%zu", i);
        add_text(out, name, m->media[i]);
    }
}

static void report_form(const struct message *m, struct buf *out)
{
    add_text(out, "MessageUUID", m->uuid.c);
    add_text(out, "ParentMessageUUID", m->uuid.c);
    add(out, "From", plivo_form(&m->from));
    add(out, "To", plivo_form(&m->to));
    add_text(out, "Type", m->is_mms ? "mms" : "sms");
    add_text(out, "Status", sim_state_word(m->state));
    add_int(out, "Units", m->units);
    add_text(out, "TotalRate", message_rate(m).text);
    add_text(out, "TotalAmount", message_total(m).text);
    add_text(out, "MCC", MCC);
    add_text(out, "MNC", MNC);
    if (m->error_code)
        add_int(out, "ErrorCode", m->error_code);
    else
        add_text(out, "ErrorCode", "");
    add_text(out, "PartInfo", "1 of 1");
    add_int(out, "Sequence", m->sequence);
    add_time(out, "MessageTime", m->accepted_ms);
    add_time(out, "QueuedTime", m->accepted_ms);
    add_text(out, "requester_ip", m->peer);
    add_text(out, "PowerpackUUID", m->powerpack);
    if (m->sent_ms)
        add_time(out, "SentTime", m->sent_ms);
    if (m->reported_ms)
        add_time(out, "DeliveryReportTime", m->reported_ms);
}

static struct call *call_new(enum call_kind kind, struct message *m, const char *url, bool is_get,
                             const struct buf *form)
{
    struct call *call = calloc(1, sizeof *call);
    if (!call || form->has_failed) {
        free(call);
        return NULL;
    }
    *call = (struct call){ .kind = kind, .message = m, .is_get = is_get, .url = strdup(url), .state = m->state };
    call->form = text_new(buf_str(form));
    if (call->url && call->form)
        return call;
    call_free(call);
    return NULL;
}

struct call *call_new_inbound(struct message *m, const char *url, bool is_get)
{
    AUTO(buf_release) struct buf form;
    buf_init(&form, CALL_FORM_MAX_BYTES);
    inbound_form(m, &form);
    return call_new(CALL_INBOUND, m, url, is_get, &form);
}

struct call *call_new_report(struct message *m)
{
    AUTO(buf_release) struct buf form;
    buf_init(&form, CALL_FORM_MAX_BYTES);
    report_form(m, &form);
    return call_new(CALL_REPORT, m, m->callback_url, m->is_callback_get, &form);
}

struct call *call_dup(const struct call *call)
{
    struct buf form = { .p = call->form, .n = strlen(call->form) };
    struct call *copy = call_new(call->kind, call->message, call->url, call->is_get, &form);
    if (copy) {
        copy->due_us = call->due_us;
        copy->state = call->state;
    }
    return copy;
}

void call_free(struct call *call)
{
    if (!call)
        return;
    free(call->url);
    free(call->form);
    free(call);
}

void call_tell_waiter(struct call *call, int status, struct str body, int64_t elapsed_us)
{
    struct waiter *waiter = call->waiter;
    if (!waiter)
        return;
    call->waiter = NULL;
    waiter->is_done = true;
    waiter->status = status;
    waiter->elapsed_us = elapsed_us;
    buf_add(&waiter->body, str_slice(body, 0, CALL_ANSWER_MAX_BYTES)); /* without memory: an empty body */
    pthread_cond_signal(&waiter->changed);
}

void call_drop(struct call *call)
{
    call_tell_waiter(call, 0, STR(""), 0);
    if (call->message)
        call->message->pending--;
    call_free(call);
}

void calls_ready(struct calls *calls, struct call *call)
{
    call->next = NULL;
    *(calls->ready_last ? &calls->ready_last->next : &calls->ready_first) = call;
    calls->ready_last = call;
}

struct call *calls_take(struct calls *calls)
{
    struct call *call = calls->ready_first;
    if (!call)
        return NULL;
    calls->ready_first = call->next;
    if (!call->next)
        calls->ready_last = NULL;
    call->next = calls->flying;
    call->at = &calls->flying;
    if (call->next)
        call->next->at = &call->next;
    calls->flying = call;
    return call;
}

void calls_landed(struct call *call)
{
    *call->at = call->next;
    if (call->next)
        call->next->at = call->at;
    call->next = NULL;
}

void calls_clear(struct calls *calls)
{
    for (struct call *next, *call = calls->ready_first; call; call = next) {
        next = call->next;
        call_drop(call);
    }
    calls->ready_first = calls->ready_last = NULL;
    for (struct call *call = calls->flying; call; call = call->next)
        call->message = NULL;
}

void calls_forget_waiter(struct calls *calls, const struct waiter *waiter)
{
    struct call *lists[] = { calls->ready_first, calls->flying };
    for (size_t i = 0; i < COUNT(lists); i++)
        for (struct call *call = lists[i]; call; call = call->next)
            if (call->waiter == waiter)
                call->waiter = NULL;
}

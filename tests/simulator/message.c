#include "message.h"
#include "wire/record.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const struct {
    const char *word;
    bool is_final;
} STATES[] = {
#define X(enumerator, word, is_final) { word, is_final },
    SIM_STATES(X)
#undef X
};

static const char *const BY_WORDS[] = { "parley", "plivo", "phone" };

const char *sim_state_word(enum sim_state state)
{
    return STATES[state].word;
}

bool sim_state_is_final(enum sim_state state)
{
    return STATES[state].is_final;
}

char *text_new(struct str text)
{
    char *copy = malloc(text.n + 1);
    if (!copy)
        return NULL;
    if (text.n)
        memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    return copy;
}

struct message *message_new(const struct message *template, struct str text, const struct str *media, size_t media_n,
                            struct str callback_url)
{
    struct message *m = malloc(sizeof *m);
    if (!m)
        return NULL;
    *m = *template;
    m->text = text_new(text);
    m->callback_url = str_is_set(callback_url) ? text_new(callback_url) : NULL;
    m->media_n = 0;
    bool has_all = m->text && (m->callback_url || !str_is_set(callback_url));
    while (has_all && m->media_n < media_n && m->media_n < MESSAGE_MEDIA_MAX) {
        m->media[m->media_n] = text_new(media[m->media_n]);
        has_all = m->media[m->media_n++] != NULL;
    }
    if (has_all)
        return m;
    message_free(m);
    return NULL;
}

void message_free(struct message *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->media_n; i++)
        free(m->media[i]);
    free(m->text);
    free(m->callback_url);
    free(m);
}

enum { SMS_RATE = 550, MMS_RATE = 1800 }; /* in 1/100000 of the currency: one US segment, one US MMS; made up */

static struct sim_amount amount(int64_t hundred_thousandths)
{
    struct sim_amount out;
    snprintf(out.text, sizeof out.text, "%d.%05d", (int)(hundred_thousandths / 100000),
             (int)(hundred_thousandths % 100000));
    return out;
}

static int64_t rate_of(const struct message *m)
{
    bool is_charged = m->state == SIM_SENT || m->state == SIM_DELIVERED || m->state == SIM_UNDELIVERED;
    return is_charged && !message_is_inbound(m) ? (m->is_mms ? MMS_RATE : SMS_RATE) : 0;
}

struct sim_amount message_rate(const struct message *m)
{
    return amount(rate_of(m));
}

struct sim_amount message_total(const struct message *m)
{
    return amount(rate_of(m) * m->units);
}

struct str plivo_form(const struct sim_address *address)
{
    return str_of(address->text[0] == '+' ? address->text + 1 : address->text);
}

/* The part up to the second, made once for all that happens within it: a report tells five times. */
static const char *second_text(time_t second)
{
    static _Thread_local time_t made_of = -1;
    static _Thread_local char text[64];
    if (second != made_of) {
        struct tm tm;
        gmtime_r(&second, &tm);
        snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d:%02d.", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                 tm.tm_hour, tm.tm_min, tm.tm_sec);
        made_of = second;
    }
    return text;
}

void plivo_time(int64_t ms, char out[PLIVO_TIME_BYTES])
{
    enum { SECOND_CHARS = 20 };
    int fraction = (int)(ms % 1000);
    memcpy(out, second_text((time_t)(ms / 1000)), SECOND_CHARS);
    for (int i = 2; i >= 0; i--, fraction /= 10)
        out[SECOND_CHARS + i] = (char)('0' + fraction % 10);
    memcpy(out + SECOND_CHARS + 3, "000", sizeof "000");
}

static json_t *text_json(struct str s)
{
    return json_stringn(s.p, s.n);
}

/* Records carry the account's zone behind the time (plivo.md section 1); ours is UTC. */
static json_t *record_time(int64_t ms)
{
    if (ms == 0)
        return json_null();
    char text[PLIVO_TIME_BYTES];
    plivo_time(ms, text);
    return json_sprintf("%s+00:00", text);
}

/* With log=false Plivo masks the last digits (plivo.md section 5). */
static json_t *record_number(const struct message *m, const struct sim_address *address, bool is_person)
{
    char digits[ADDRESS_BYTES_MAX + 1];
    struct str form = plivo_form(address);
    memcpy(digits, form.p, form.n);
    for (size_t i = 0; is_person && m->is_number_hidden && i < 4 && i < form.n; i++)
        digits[form.n - 1 - i] = 'X';
    return text_json(str_bytes(digits, form.n));
}

json_t *message_record(const struct message *m, const char *auth_id)
{
    char code[24];
    snprintf(code, sizeof code, "%03d", (int)m->error_code);
    struct sim_amount rate = message_rate(m), total = message_total(m);
    bool is_inbound = message_is_inbound(m);
    json_t *record = json_pack(
        "{ss ss ss ss so so si ss ss ss ss ss sn ss? ss sb sn ss sn sn sn sb so so}", "message_uuid", m->uuid.c,
        "message_direction", is_inbound ? "inbound" : "outbound", "message_state", sim_state_word(m->state),
        "message_type", m->is_mms ? "mms" : "sms", "from_number", record_number(m, &m->from, is_inbound), "to_number",
        record_number(m, &m->to, !is_inbound), "units", (int)m->units, "total_rate", rate.text, "total_amount",
        total.text, "carrier_fees_rate", "0.00000", "carrier_fees", "0.00000", "error_code", code, "error_message",
        "powerpack_id", m->powerpack[0] ? m->powerpack : NULL, "requester_ip", m->peer, "is_domestic", 0,
        "replaced_sender", "destination_country_iso2", "US", "destination_network", "tendlc_campaign_id",
        "tendlc_registration_status", "log", !m->is_number_hidden, "message_time", record_time(m->accepted_ms),
        "message_sent_time", record_time(m->sent_ms));
    json_object_set_new(record, "message_updated_time", record_time(m->updated_ms));
    json_object_set_new(record, "resource_uri", json_sprintf("/v1/Account/%s/Message/%s/", auth_id, m->uuid.c));
    return record;
}

static json_t *edge_time(int64_t ms)
{
    char text[TIME_TEXT_BYTES];
    time_format(ms, text);
    return json_string(text);
}

static json_t *media_json(const struct message *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->media_n; i++)
        json_array_append_new(list, json_string(m->media[i]));
    return list;
}

json_t *message_on_phone(const struct message *m)
{
    return json_pack("{ss ss ss ss so so ss ss}", "direction", message_is_inbound(m) ? "inbound" : "outbound", "from",
                     m->from.text, "to", m->to.text, "text", m->text, "media", media_json(m), "at",
                     edge_time(m->sent_ms ? m->sent_ms : m->accepted_ms), "message_uuid", m->uuid.c, "by",
                     BY_WORDS[m->by]);
}

/* The states whose reports got a 2xx, in the order of the table. */
static json_t *acked_json(const struct message *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT(STATES); i++)
        if (m->acked & (1U << i))
            json_array_append_new(list, json_string(STATES[i].word));
    return list;
}

json_t *message_received(const struct message *m)
{
    return json_pack("{ss ss ss ss so sb sI}", "message_uuid", m->uuid.c, "from", m->from.text, "to", m->to.text,
                     "text", m->text, "at", edge_time(m->accepted_ms), "is_acked", m->acked != 0, "pending",
                     (json_int_t)m->pending);
}

json_t *message_accepted(const struct message *m)
{
    return json_pack("{ss ss ss? ss so ss si ss so ss? ss sI so sI sI}", "dst", m->to.text, "src", m->from.text,
                     "powerpack_uuid", m->powerpack[0] ? m->powerpack : NULL, "text", m->text, "media", media_json(m),
                     "type", m->is_mms ? "mms" : "sms", "units", (int)m->units, "message_uuid", m->uuid.c,
                     "accepted_at", edge_time(m->accepted_ms), "callback_url", m->callback_url, "state",
                     sim_state_word(m->state), "error_code", (json_int_t)m->error_code, "reports_acked", acked_json(m),
                     "pending", (json_int_t)m->pending, "message_expiry", (json_int_t)m->expiry_s);
}

/* What Plivo says of the account, the number and the application, and whether it can reach us. */
#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>

enum { TOKEN_CHARS = 40, APART_MAX_MS = 5000, CREDIT_LOW = 5, PATH_MAX_BYTES = 256, URL_MAX_BYTES = 1024 };

/* A text of an object, or "". */
static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* --- credentials --- */

void doctor_tokens(struct doctor *doctor)
{
    struct str list = secret_reveal(&doctor->config.auth_token);
    struct str token;
    int n = 0;
    int odd = 0;
    if (doctor->config.auth_id.n == 0 || list.n == 0) {
        doctor_say(doctor, DOCTOR_FAIL, "tokens", "PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN must be set (or …_FILE)");
        return;
    }
    while (str_next(&list, ',', &token)) {
        n++;
        odd += str_trim(token).n == TOKEN_CHARS ? 0 : 1;
    }
    if (odd > 0)
        doctor_say(doctor, DOCTOR_WARN, "tokens", "%d of %d tokens are not of %d characters, as Plivo's are", odd, n,
                   TOKEN_CHARS);
    else
        doctor_say(doctor, DOCTOR_OK, "tokens", "%d token%s; the first one sends, each of them may sign", n,
                   n == 1 ? "" : "s");
}

void doctor_account(struct doctor *doctor)
{
    const char *why;
    json_t *account = doctor_get_plivo(doctor, "", &why);
    if (!account) {
        doctor_say(doctor, DOCTOR_FAIL, "account", "%s (status %ld)", why, doctor->status);
        return;
    }
    double credit = strtod(text_of(account, "cash_credits"), NULL);
    if (credit < CREDIT_LOW)
        doctor_say(doctor, DOCTOR_WARN, "account", "the credit is %.2f: without any, nothing leaves", credit);
    else
        doctor_say(doctor, DOCTOR_OK, "account", "%s, credit %.2f", text_of(account, "account_type"), credit);
    json_decref(account);
}

/* Of the answer to the account's question: windows, validity and signatures go by our clock. */
void doctor_clock(struct doctor *doctor)
{
    long long apart_ms = (long long)doctor->apart_ms;
    if (doctor->apart_ms == INT_UNSET)
        doctor_say(doctor, DOCTOR_WARN, "clock", "Plivo did not tell its time: not compared");
    else if (apart_ms > APART_MAX_MS || apart_ms < -APART_MAX_MS)
        doctor_say(doctor, DOCTOR_FAIL, "clock", "is %lld s away from Plivo's: let NTP set it", apart_ms / 1000);
    else
        doctor_say(doctor, DOCTOR_OK, "clock", "agrees with Plivo's");
}

/* --- number and application --- */

void doctor_number(struct doctor *doctor)
{
    char path[PATH_MAX_BYTES];
    const char *why;
    struct str digits = str_slice(doctor->config.from_number, 1, doctor->config.from_number.n);
    if (doctor->config.from_number.n < 2) {
        doctor_say(doctor, DOCTOR_FAIL, "number", "PLIVO_FROM_NUMBER must be set");
        return;
    }
    (void)snprintf(path, sizeof path, "Number/%.*s/", (int)min_size(digits.n, 32), digits.p); /* fits */
    doctor->number = doctor_get_plivo(doctor, path, &why);
    if (!doctor->number)
        doctor_say(doctor, DOCTOR_FAIL, "number", "%s: is it rented by this account? (status %ld)", why,
                   doctor->status);
    else if (json_is_false(json_object_get(doctor->number, "sms_enabled")))
        doctor_say(doctor, DOCTOR_FAIL, "number", "cannot send texts: sms_enabled is false at Plivo");
    else if (json_is_false(json_object_get(doctor->number, "active")))
        doctor_say(doctor, DOCTOR_FAIL, "number", "is not active at Plivo");
    else
        doctor_say(doctor, DOCTOR_OK, "number", "%s, sends texts%s", text_of(doctor->number, "number_type"),
                   json_is_true(json_object_get(doctor->number, "mms_enabled")) ? " and pictures" : "");
}

/* What carriers want of a sender, as far as Plivo's record tells. */
void doctor_registration(struct doctor *doctor)
{
    const char *type = text_of(doctor->number, "number_type");
    bool is_toll_free = strcmp(type, "tollfree") == 0;
    const char *state = text_of(doctor->number,
                                is_toll_free ? "toll_free_sms_verification" : "tendlc_registration_status");
    bool is_done = strcmp(state, is_toll_free ? "VERIFIED" : "COMPLETED") == 0;
    if (!doctor->number)
        return; /* told before */
    if (!*state)
        doctor_say(doctor, DOCTOR_OK, "registration", "Plivo tells of none for this kind of number");
    else
        doctor_say(doctor, is_done ? DOCTOR_OK : DOCTOR_WARN, "registration", "%s%s", state,
                   is_done ? "" : ": carriers block or limit what is not registered");
}

/* "/v1/Account/MA…/Application/123/" → "Application/123/". */
static const char *application_path(const json_t *number)
{
    const char *at = strstr(text_of(number, "application"), "/Application/");
    return at ? at + 1 : NULL;
}

static bool is_ours(const struct doctor *doctor, const char *message_url)
{
    struct str base = doctor->config.public_url;
    struct str url = str_of(message_url);
    while (base.n > 0 && base.p[base.n - 1] == '/')
        base.n--;
    struct str path = str_slice(url, base.n, url.n);
    return str_starts(url, base) && (str_is(path, "/plivo/inbound") || str_is(path, "/api/receive_sms"));
}

void doctor_application(struct doctor *doctor)
{
    const char *why;
    const char *path = application_path(doctor->number);
    if (!doctor->number)
        return; /* told before */
    if (!path) {
        doctor_say(doctor, DOCTOR_FAIL, "application",
                   "the number has none: give it one whose message URL is PUBLIC_URL/plivo/inbound");
        return;
    }
    json_t *application = doctor_get_plivo(doctor, path, &why);
    const char *url = text_of(application, "message_url");
    if (!application)
        doctor_say(doctor, DOCTOR_FAIL, "application", "%s (status %ld)", why, doctor->status);
    else if (!is_ours(doctor, url))
        doctor_say(doctor, DOCTOR_FAIL, "application", "its message URL is \"%.200s\", not PUBLIC_URL/plivo/inbound",
                   url);
    else if (strcmp(text_of(application, "message_method"), "POST") != 0)
        doctor_say(doctor, DOCTOR_WARN, "application", "calls by %s: a text in a URL stands in logs; POST is better",
                   text_of(application, "message_method"));
    else
        doctor_say(doctor, DOCTOR_OK, "application", "calls %.200s by %s", url, text_of(application, "message_method"));
    json_decref(application);
}

/* --- the way back --- */

/* Plivo notes 2000 and the HTTP status at a text whose webhook failed (plivo.md section 6). */
void doctor_missed(struct doctor *doctor)
{
    const char *why;
    int missed = 0;
    json_t *page = doctor_get_plivo(doctor, "Message/?message_direction=inbound&limit=20", &why);
    const json_t *records = json_object_get(page, "objects");
    for (size_t i = 0; i < json_array_size(records); i++) {
        const char *code = text_of(json_array_get(records, i), "error_code");
        missed += strlen(code) == 4 && code[0] == '2' ? 1 : 0;
    }
    if (!page)
        doctor_say(doctor, DOCTOR_WARN, "missed", "%s (status %ld)", why, doctor->status);
    else if (missed > 0)
        doctor_say(doctor, DOCTOR_WARN, "missed",
                   "%d of the newest %zu texts at Plivo could not be handed to our webhook", missed,
                   json_array_size(records));
    else
        doctor_say(doctor, DOCTOR_OK, "missed", "none of the newest %zu texts at Plivo", json_array_size(records));
    json_decref(page);
}

void doctor_webhook(struct doctor *doctor)
{
    AUTO(buf_release) struct buf url;
    struct str base = doctor->config.public_url;
    const char *why;
    buf_init(&url, URL_MAX_BYTES);
    while (base.n > 0 && base.p[base.n - 1] == '/')
        base.n--;
    if (!doctor->is_simulated && !str_starts(base, STR("https://")))
        doctor_say(doctor, DOCTOR_FAIL, "webhook",
                   "PUBLIC_URL is no https address: Plivo must reach it, and texts are private");
    else if (!buf_add_format(&url, "%.*s/health", STR_ARGS(base)))
        doctor_say(doctor, DOCTOR_FAIL, "webhook", "PUBLIC_URL is too long");
    else if (!doctor_get(doctor, buf_text(&url), false, &why))
        doctor_say(doctor, DOCTOR_FAIL, "webhook", "PUBLIC_URL/health gives no answer from here: %s", why);
    else if (doctor->status != 200)
        doctor_say(doctor, DOCTOR_FAIL, "webhook", "PUBLIC_URL/health was answered %ld: is ingress there, and ready?",
                   doctor->status);
    else
        doctor_say(doctor, DOCTOR_OK, "webhook", "PUBLIC_URL leads to a ready ingress");
}

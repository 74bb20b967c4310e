/* doctor.h - `parley doctor`: what must be right around Parley, looked at one by one.
 *
 * Promise: it changes nothing, at Plivo neither. Each check says one line: "ok", "warn" or "FAIL", what was looked at, and what to do.
 *          No secret is printed. The exit code is that of the worst: 1 when anything is FAIL.
 * Units:   ms. Every request ends after DOCTOR_REQUEST_MS.
 * Memory:  an answer's body lives until the next request.
 * Threads: main alone.
 * Source:  plivo.md sections 2, 5, 7 and 10; contract.md, Configuration.
 */
#ifndef PARLEY_TOOL_DOCTOR_H
#define PARLEY_TOOL_DOCTOR_H
#include "base/buf.h"
#include "io/config.h"
#include "wire/record.h"

#include <curl/curl.h>
#include <jansson.h>

enum { DOCTOR_REQUEST_MS = 10000, DOCTOR_BODY_MAX_BYTES = 256 * 1024 };

/* clang-format off */
#define DOCTOR_CONFIG(X, S) \
    X(S, STR,    auth_id,     "PLIVO_AUTH_ID",     "",                      0, 0, "", "Plivo's id of the account that sends") \
    X(S, SECRET, auth_token,  "PLIVO_AUTH_TOKEN",  "",                      0, 0, "", "its token; of several, the first one sends") \
    X(S, STR,    from_number, "PLIVO_FROM_NUMBER", "",                      0, 0, "", "the first tenant's number, E.164") \
    X(S, STR,    api_base,    "PLIVO_API_BASE",    "https://api.plivo.com", 0, 0, "", "where Plivo's API is") \
    X(S, STR,    public_url,  "PUBLIC_URL",        "http://127.0.0.1:3001", 0, 0, "", "base that Plivo calls") \
    X(S, STR,    store_url,   "STORE_URL",         "lmdb:./var/store",      1, 0, "", "where the store is: lmdb:FOLDER")
/* clang-format on */
CONFIG_STRUCT(doctor_config, DOCTOR_CONFIG)

enum doctor_word { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };

struct doctor {
    struct doctor_config config;
    enum doctor_word worst;
    bool is_simulated;  /* Plivo's API is no https address: a demo */
    CURL *easy;
    struct buf body;    /* of the last answer */
    long status;        /* likewise; 0: none came */
    int64_t apart_ms;   /* its clock's time minus ours; INT_UNSET: not told */
    json_t *number;     /* Plivo's record, once it was read */
};

void doctor_say(struct doctor *doctor, enum doctor_word word, const char *what, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* False: no answer; *why says it. Else status and body are set, whatever they are. */
MUST_USE bool doctor_get(struct doctor *doctor, const char *url, bool with_credentials, const char **why);
/* A path behind the account's, as "Number/15550100000/". NULL unless it was answered 200 with an object; the caller's to free. */
json_t *doctor_get_plivo(struct doctor *doctor, const char *path, const char **why);

/* The checks, in the order of main's table. */
void doctor_worker(struct doctor *doctor);
void doctor_disk(struct doctor *doctor);
void doctor_tokens(struct doctor *doctor);
void doctor_account(struct doctor *doctor);
void doctor_clock(struct doctor *doctor);
void doctor_number(struct doctor *doctor);
void doctor_registration(struct doctor *doctor);
void doctor_application(struct doctor *doctor);
void doctor_webhook(struct doctor *doctor);
void doctor_missed(struct doctor *doctor);

int command_doctor(int argc, char **argv);

#endif

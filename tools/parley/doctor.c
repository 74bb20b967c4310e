#include "doctor.h"

#include "commands.h"
#include "io/clock.h"
#include "io/log.h"
#include "worker.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/statvfs.h>

CONFIG_TABLE(doctor_config_table, doctor_config, DOCTOR_CONFIG);

enum { DISK_LOW_PERCENT = 10, URL_MAX_BYTES = 1024 };
#define GIB (UINT64_C(1) << 30)

void doctor_say(struct doctor *doctor, enum doctor_word word, const char *what, const char *format, ...)
{
    static const char *const WORDS[] = { [DOCTOR_OK] = "ok  ", [DOCTOR_WARN] = "warn", [DOCTOR_FAIL] = "FAIL" };
    va_list args;
    (void)printf("%s  %-12s ", WORDS[word], what); /* a closed stdout has no reader to miss it */
    va_start(args, format);
    (void)vprintf(format, args); /* as above */
    va_end(args);
    (void)putchar('\n'); /* as above */
    if (word > doctor->worst)
        doctor->worst = word;
}

/* --- requests --- */

static size_t take_body(char *bytes, size_t size, size_t n, void *context)
{
    return buf_add_bytes(context, bytes, size * n) ? size * n : 0; /* 0: libcurl ends the transfer */
}

static bool set_up(struct doctor *doctor, const char *url, bool with_credentials)
{
    struct secret token = { 0 }; /* the first of the list, with a NUL; wiped below */
    struct str list = secret_reveal(&doctor->config.auth_token);
    struct str first = { 0 };
    curl_easy_reset(doctor->easy);
    bool ok = curl_easy_setopt(doctor->easy, CURLOPT_URL, url) == CURLE_OK;
    ok = curl_easy_setopt(doctor->easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK && ok;
    ok = curl_easy_setopt(doctor->easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK && ok;
    ok = curl_easy_setopt(doctor->easy, CURLOPT_TIMEOUT_MS, (long)DOCTOR_REQUEST_MS) == CURLE_OK && ok;
    ok = curl_easy_setopt(doctor->easy, CURLOPT_USERAGENT, "parley/" PARLEY_VERSION) == CURLE_OK && ok;
    ok = curl_easy_setopt(doctor->easy, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK && ok;
    ok = curl_easy_setopt(doctor->easy, CURLOPT_WRITEDATA, &doctor->body) == CURLE_OK && ok;
    if (!with_credentials)
        return ok;
    ok = str_next(&list, ',', &first) && secret_set(&token, str_trim(first)) && token.n < sizeof token.bytes && ok;
    ok = ok && curl_easy_setopt(doctor->easy, CURLOPT_USERNAME, doctor->config.auth_id.p) == CURLE_OK &&
         curl_easy_setopt(doctor->easy, CURLOPT_PASSWORD, token.bytes) == CURLE_OK;
    secret_release(&token);
    return ok;
}

/* What the answer's own clock says, to the second. */
static int64_t read_apart(struct doctor *doctor, int64_t now_ms)
{
    struct curl_header *date;
    if (curl_easy_header(doctor->easy, "Date", 0, CURLH_HEADER, -1, &date) != CURLHE_OK)
        return INT_UNSET;
    time_t at = curl_getdate(date->value, NULL);
    return at == -1 ? INT_UNSET : (int64_t)at * 1000 - now_ms;
}

bool doctor_get(struct doctor *doctor, const char *url, bool with_credentials, const char **why)
{
    buf_clear(&doctor->body);
    doctor->status = 0;
    doctor->apart_ms = INT_UNSET;
    *why = "no memory";
    if (!set_up(doctor, url, with_credentials))
        return false;
    CURLcode code = curl_easy_perform(doctor->easy);
    *why = curl_easy_strerror(code);
    if (code != CURLE_OK)
        return false;
    (void)curl_easy_getinfo(doctor->easy, CURLINFO_RESPONSE_CODE, &doctor->status); /* stays 0 when there is none */
    doctor->apart_ms = read_apart(doctor, clock_wall_ms());
    return true;
}

json_t *doctor_get_plivo(struct doctor *doctor, const char *path, const char **why)
{
    AUTO(buf_release) struct buf url;
    struct str base = doctor->config.api_base;
    buf_init(&url, URL_MAX_BYTES);
    if (str_ends(base, STR("/")))
        base.n--;
    *why = "the address is too long";
    if (!buf_add_format(&url, "%.*s/v1/Account/%.*s/%s", STR_ARGS(base), STR_ARGS(doctor->config.auth_id), path) ||
        !doctor_get(doctor, buf_text(&url), true, why))
        return NULL;
    *why = doctor->status == 401   ? "Plivo does not know this id with this token"
           : doctor->status == 404 ? "Plivo knows nothing of that name"
                                   : "the answer was not 200 with a JSON object";
    struct str body = buf_str(&doctor->body);
    json_t *object = doctor->status == 200 ? json_loadb(body.p, body.n, 0, NULL) : NULL;
    if (json_is_object(object))
        return object;
    json_decref(object);
    return NULL;
}

/* --- what is here --- */

void doctor_worker(struct doctor *doctor)
{
    struct worker worker;
    struct status_view status;
    struct recovery_view recovery;
    const struct nothing nothing = { 0 };
    struct err err;
    bool ok = worker_open(&worker, &err) && worker_ask(&worker, OP_status, &nothing, &status, &err);
    if (!ok) {
        doctor_say(doctor, DOCTOR_FAIL, "worker", "%s", err.text);
    } else if (worker_ask(&worker, OP_recovery, &nothing, &recovery, &err) && recovery.recovered_at == 0) {
        doctor_say(doctor, DOCTOR_WARN, "worker", "the store was restored: nothing leaves until `parley recover`");
    } else if (status.unconfirmed > 0) {
        doctor_say(doctor, DOCTOR_WARN, "worker", "%lld sends are unconfirmed: their report, or a person, settles them",
                   (long long)status.unconfirmed);
    } else {
        doctor_say(doctor, DOCTOR_OK, "worker", "%lld messages, %lld wait", (long long)status.messages,
                   (long long)status.outbox);
    }
    worker_close(&worker);
}

void doctor_disk(struct doctor *doctor)
{
    struct statvfs disk;
    struct str folder = doctor->config.store_url;
    if (!str_starts(folder, STR("lmdb:")) || statvfs(folder.p + 5, &disk) != 0) {
        doctor_say(doctor, DOCTOR_WARN, "disk", "STORE_URL is not on this machine, or not made yet: not looked at");
        return;
    }
    uint64_t left = (uint64_t)disk.f_bavail * disk.f_frsize;
    uint64_t all = (uint64_t)disk.f_blocks * disk.f_frsize;
    bool is_low = left < GIB || left * 100 < all * DISK_LOW_PERCENT;
    doctor_say(doctor, is_low ? DOCTOR_WARN : DOCTOR_OK, "disk", "%llu MiB of %llu MiB are left where the store is%s",
               (unsigned long long)(left >> 20), (unsigned long long)(all >> 20),
               is_low ? ": make room, sending stops before receiving does" : "");
}

/* --- all of it --- */

static void (*const CHECKS[])(struct doctor *) = {
    doctor_worker, doctor_disk,         doctor_tokens,      doctor_account, doctor_clock,
    doctor_number, doctor_registration, doctor_application, doctor_webhook, doctor_missed,
};

int command_doctor(int argc, char **argv)
{
    static struct doctor doctor; /* its secrets are wiped with the process */
    struct err err;
    (void)argv;
    if (argc != 1)
        return command_usage("parley doctor   with the variables of the services");
    if (!config_load(&doctor_config_table, &doctor.config, &err))
        return command_failed(&err);
    doctor.is_simulated = !str_starts(doctor.config.api_base, STR("https://"));
    buf_init(&doctor.body, DOCTOR_BODY_MAX_BYTES);
    bool ok = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK && (doctor.easy = curl_easy_init()) != NULL;
    for (size_t i = 0; ok && i < COUNT(CHECKS); i++)
        CHECKS[i](&doctor);
    json_decref(doctor.number);
    curl_easy_cleanup(doctor.easy); /* NULL is fine */
    curl_global_cleanup();
    buf_release(&doctor.body);
    secret_release(&doctor.config.auth_token);
    if (!ok) {
        (void)err_set(&err, ERR_BUSY, NULL, "libcurl could not be started"); /* told below */
        return command_failed(&err);
    }
    return doctor.worst == DOCTOR_FAIL ? EXIT_FAILED : EXIT_DONE;
}

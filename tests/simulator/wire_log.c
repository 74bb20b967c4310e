#include "wire_log.h"
#include "io/clock.h"
#include "wire/record.h"

static json_t *entries[WIRE_LOG_MAX];
static size_t next; /* where the next one goes; what stands there is the oldest */

void wire_log_add(const struct call *call, const struct signed_call *request, int status, struct str answer,
                  int64_t elapsed_us)
{
    char at[TIME_TEXT_BYTES];
    time_format(clock_wall_ms(), at);
    json_t *headers = json_array();
    for (const struct curl_slist *line = request->headers; line; line = line->next)
        json_array_append_new(headers, json_string(line->data));
    json_t *body = str_is_utf8(answer) ? json_stringn(answer.p, answer.n) : json_null();
    json_decref(entries[next]);
    entries[next] = json_pack("{ss ss ss ss so ss sI si so sI}", "at", at, "kind",
                              call->kind == CALL_INBOUND ? "inbound" : "report", "method",
                              call->is_get ? "GET" : "POST", "url", request->url, "headers", headers, "body",
                              call->is_get ? "" : call->form, "try", (json_int_t)call->tries + 1, "status", status,
                              "answer", body, "elapsed_ms", (json_int_t)(elapsed_us / 1000));
    next = (next + 1) % WIRE_LOG_MAX;
}

json_t *wire_log_json(void)
{
    json_t *list = json_array();
    for (size_t i = 0; i < WIRE_LOG_MAX; i++)
        if (entries[(next + i) % WIRE_LOG_MAX])
            json_array_append(list, entries[(next + i) % WIRE_LOG_MAX]);
    return list;
}

void wire_log_clear(void)
{
    for (size_t i = 0; i < WIRE_LOG_MAX; i++) {
        json_decref(entries[i]);
        entries[i] = NULL;
    }
}

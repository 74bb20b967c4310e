#include "wire_log.h"
#include "io/clock.h"
#include "wire/record.h"

/* A try as bytes: it becomes JSON only when somebody looks. The buffers are used again. */
struct entry {
    bool is_used, is_get;
    int64_t at_ms, elapsed_us;
    enum call_kind kind;
    size_t tries;
    int status;
    struct buf url, headers, form, answer;
};

static struct entry entries[WIRE_LOG_MAX];
static size_t next; /* where the next one goes; what stands there is the oldest */

static void copy(struct buf *out, size_t max_bytes, struct str text)
{
    if (out->max_bytes == 0)
        buf_init(out, max_bytes);
    buf_clear(out);
    buf_add(out, text); /* without memory: an empty one */
}

void wire_log_add(const struct call *call, const struct signed_call *request, int status, struct str answer,
                  int64_t elapsed_us)
{
    struct entry *entry = &entries[next];
    next = (next + 1) % WIRE_LOG_MAX;
    entry->is_used = true;
    entry->is_get = call->is_get;
    entry->at_ms = clock_wall_ms();
    entry->elapsed_us = elapsed_us;
    entry->kind = call->kind;
    entry->tries = call->tries + 1;
    entry->status = status;
    copy(&entry->url, request->url.max_bytes, buf_str(&request->url));
    copy(&entry->headers, request->headers.max_bytes, buf_str(&request->headers));
    copy(&entry->form, CALL_FORM_MAX_BYTES, call->is_get ? STR("") : str_of(call->form));
    copy(&entry->answer, CALL_ANSWER_MAX_BYTES, answer);
}

static json_t *lines_json(struct str lines)
{
    struct str line;
    json_t *list = json_array();
    while (str_next(&lines, '\n', &line))
        if (str_trim(line).n > 0)
            json_array_append_new(list, json_stringn(line.p, str_trim(line).n));
    return list;
}

static json_t *entry_json(struct entry *entry)
{
    char at[TIME_TEXT_BYTES];
    struct str answer = buf_str(&entry->answer);
    time_format(entry->at_ms, at);
    return json_pack("{ss ss ss ss so ss sI si so sI}", "at", at, "kind",
                     entry->kind == CALL_INBOUND ? "inbound" : "report", "method", entry->is_get ? "GET" : "POST",
                     "url", buf_text(&entry->url), "headers", lines_json(buf_str(&entry->headers)), "body",
                     buf_text(&entry->form), "try", (json_int_t)entry->tries, "status", entry->status, "answer",
                     str_is_utf8(answer) ? json_stringn(answer.p, answer.n) : json_null(), "elapsed_ms",
                     (json_int_t)(entry->elapsed_us / 1000));
}

json_t *wire_log_json(void)
{
    json_t *list = json_array();
    for (size_t i = 0; i < WIRE_LOG_MAX; i++) {
        struct entry *entry = &entries[(next + i) % WIRE_LOG_MAX];
        if (entry->is_used)
            json_array_append_new(list, entry_json(entry));
    }
    return list;
}

void wire_log_clear(void)
{
    for (size_t i = 0; i < WIRE_LOG_MAX; i++) {
        struct entry *entry = &entries[i];
        entry->is_used = false;
        struct buf *bufs[] = { &entry->url, &entry->headers, &entry->form, &entry->answer };
        for (size_t j = 0; j < COUNT(bufs); j++)
            buf_release(bufs[j]);
    }
}

/* What Plivo answers the sender, and the reports that ingress passes on unread. Input: 'a'nswer or page, 'f'orm or 'j'son
 * report; of a report the path, the query and the body, one a line, the body to the end. */
#include "plivo_json.h"

#include "plivo/plivo_wire.h"
#include "reports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_BYTES = 8 * 1024 * 1024 };

static void check_answer(struct str body, struct arena *arena)
{
    static struct plivo_page page;
    struct plivo_answer answer;
    struct err err;
    plivo_answer_read(body, arena, &answer);
    assert(answer.uuid.n <= PLIVO_UUID_MAX_BYTES && (answer.is_json || !answer.has_uuid_list));
    assert(!str_is_set(answer.uuid) || answer.has_uuid_list);
    if (!plivo_page_read(body, arena, &page, &err))
        return;
    assert(page.n + page.unread <= PLIVO_LIST_LIMIT);
    for (size_t i = 0; i < page.n; i++)
        assert(page.records[i].uuid.n > 0 && page.records[i].error_code != 0);
}

static void check_time(struct str text)
{
    char query[PLIVO_TIME_QUERY_BYTES];
    int64_t time_ms;
    if (!plivo_time_read(text, &time_ms))
        return;
    plivo_time_query(time_ms, query);
    assert(strlen(query) < sizeof query);
}

static void check_report(struct str rest, bool is_json, struct arena *arena)
{
    struct raw_report raw = { .is_json = is_json, .received_at = 1 };
    struct report_event event;
    struct report_event again;
    struct err err;
    AUTO(buf_release) struct buf bytes;
    buf_init(&bytes, ARENA_BYTES);
    (void)(str_next(&rest, '\n', &raw.path) && str_next(&rest, '\n', &raw.query)); /* unset where missing */
    raw.body = rest;
    if (!report_read(&raw, arena, &event, &err)) {
        assert(err.kind == ERR_INPUT || err.kind == ERR_TOO_BIG);
        return;
    }
    assert(event.uuid.n > 0 && event.uuid.n <= PLIVO_UUID_MAX_BYTES && event.part_uuid.n <= PLIVO_UUID_MAX_BYTES);
    assert(event.status_word.n > 0 && event.status_word.n <= PLIVO_STATUS_MAX_BYTES && event.ref_tenant >= 0);
    assert(record_encode(&report_event_record, &event, &bytes));
    assert(record_decode(&report_event_record, buf_str(&bytes), arena, &again, &err) && str_eq(event.raw, again.raw));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = str_bytes(data, size);
    struct arena arena;
    if (size == 0)
        return 0;
    struct str rest = str_slice(input, 1, input.n);
    arena_init(&arena, ARENA_BYTES);
    if (input.p[0] == 'a') {
        check_answer(rest, &arena);
        check_time(rest);
    } else {
        check_report(rest, input.p[0] == 'j', &arena);
    }
    arena_release(&arena);
    return 0;
}

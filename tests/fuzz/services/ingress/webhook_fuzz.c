/* What stands behind ingress's port: a query and a body of any kind, read into an event, and a reply with the same text.
 * Input: the kind ('f'orm, 'j'son, 'g'et), the query, a line feed, the body. */
#include "event.h"
#include "payload.h"
#include "reply_xml.h"
#include "signed_url.h"
#include "wire/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_BYTES = 4 * 1024 * 1024 };

static bool is_same(const struct spool_identity *a, const struct spool_identity *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

/* What was encoded reads back, and a repeat has the same identity. */
static void check_inbound(const struct form *form, const struct arrival *arrival, struct arena *arena,
                          struct buf *bytes)
{
    struct plivo_inbound inbound;
    struct inbound_event got;
    struct event event, again;
    struct err err;
    if (!plivo_inbound_read(form->pairs, form->n, arena, &inbound, &err)) {
        assert(err.kind == ERR_TOO_BIG || err.field[0] != '\0');
        return;
    }
    if (!event_from_inbound(&inbound, arrival, arena, bytes, &event, &err))
        return;
    assert(record_decode(&inbound_event_record, event.bytes, arena, &got, &err));
    assert(str_eq(got.text, inbound.text) && str_eq(got.uuid, inbound.uuid) && got.media.n == inbound.media_n);
    assert(event_from_inbound(&inbound, arrival, arena, bytes, &again, &err) &&
           is_same(&event.identity, &again.identity));
}

static void check_report(const struct form *form, const struct arrival *arrival, struct arena *arena, struct buf *bytes)
{
    struct plivo_report report;
    struct raw_report got;
    struct event event;
    struct err err;
    if (!plivo_report_read(form->pairs, form->n, arena, &report, &err) ||
        !event_from_report(&report, arrival, bytes, &event, &err))
        return;
    assert(record_decode(&raw_report_record, event.bytes, arena, &got, &err));
    assert(str_eq(got.body, arrival->body) && got.is_json == arrival->is_json);
}

/* No raw markup and no forbidden character gets out. */
static void check_reply(struct str text, struct buf *bytes)
{
    struct reply_xml reply = { .src = STR("1"), .dst = STR("2"), .text = text, .callback_url = text };
    buf_clear(bytes);
    if (!reply_xml_format(&reply, bytes))
        return;
    size_t tags = 0;
    for (size_t i = 0; i < bytes->n; i++) {
        unsigned char c = (unsigned char)bytes->p[i];
        tags += c == '<';
        assert(c >= 0x20 || c == '\n' || c == '\t');
    }
    assert(tags == 5 && str_is_utf8(buf_str(bytes)));   /* <?xml, <Response, <Message, and two that close */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = str_bytes(data, size);
    if (size < 2)
        return 0;
    bool is_get = input.p[0] == 'g';
    enum payload_kind kind = input.p[0] == 'j' ? PAYLOAD_JSON : PAYLOAD_FORM;
    struct str rest = str_slice(input, 1, input.n), query;
    (void)str_next(&rest, '\n', &query);   /* always gives one: the input is set */
    struct str raw = is_get ? query : rest;
    struct arrival arrival = { .received_at = 1,
                               .ingress = STR("fuzz"),
                               .path = STR("/plivo/status/1"),
                               .query = query,
                               .body = str_is_set(raw) ? raw : STR(""),
                               .is_json = kind == PAYLOAD_JSON };
    struct proxies proxies;
    struct payload payload;
    struct arena arena;
    struct buf bytes;
    struct err err;
    arena_init(&arena, ARENA_BYTES);
    buf_init(&bytes, EVENT_MAX_BYTES);
    if (payload_decode(query, is_get ? (struct str){ 0 } : rest, kind, &arena, &payload, &err)) {
        const struct form *form = payload_parameters(&payload, is_get);
        check_inbound(form, &arrival, &arena, &bytes);
        check_report(form, &arrival, &arena, &bytes);
    } else {
        assert(err.kind == ERR_TOO_BIG);
    }
    check_reply(raw, &bytes);
    if (proxies_read(query, &proxies, &err))
        (void)proxies_have(&proxies, raw);   /* must not crash, whatever it says */
    arena_release(&arena);
    buf_release(&bytes);
    return 0;
}

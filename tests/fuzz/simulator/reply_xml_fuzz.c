/* An answer to a webhook, as the simulator reads it; and the same bytes as a text that ingress answers with: it arrives as
 * written. */
#include "reply_xml.h"

#include "../../../services/ingress/reply_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_BYTES = 4 * 1024 * 1024 };

/* What XML 1.0 carries of it: no other character may get lost, none may be added. */
static void carried(struct str text, struct buf *out)
{
    size_t from = 0;
    size_t at = 0;
    uint32_t c;
    while (from = at, str_next_code_point(text, &at, &c)) {
        if (c == 0xFFFD)
            assert(buf_add(out, STR("\xEF\xBF\xBD")));
        else if (c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c != 0xFFFE && c != 0xFFFF))
            assert(buf_add(out, str_slice(text, from, at - from)));
    }
}

static void check_round(struct str text, struct arena *arena)
{
    struct reply_xml reply = { .src = STR("1"), .dst = STR("2"), .text = text, .callback_url = text };
    struct replies replies;
    struct err err;
    struct buf xml;
    struct buf wanted;
    buf_init(&xml, ARENA_BYTES);
    buf_init(&wanted, ARENA_BYTES);
    if (reply_xml_format(&reply, &xml)) {
        assert(reply_xml_parse(buf_str(&xml), arena, &replies, &err) && replies.n == 1);
        carried(text, &wanted);
        assert(str_eq(replies.v[0].text, buf_str(&wanted)) && str_eq(replies.v[0].callback_url, buf_str(&wanted)));
    }
    buf_release(&xml);
    buf_release(&wanted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = str_bytes(data, size);
    struct arena arena;
    struct replies replies;
    struct err err;
    arena_init(&arena, ARENA_BYTES);
    if (reply_xml_parse(input, &arena, &replies, &err)) {
        assert(replies.n <= REPLIES_MAX);
        for (size_t i = 0; i < replies.n; i++)
            assert(str_is_utf8(replies.v[i].text) && replies.v[i].text.n <= size);
    } else {
        assert(err.kind == ERR_INPUT || err.kind == ERR_TOO_BIG);
    }
    check_round(input, &arena);
    arena_release(&arena);
    return 0;
}

/* A text: its count, the characters that force UCS-2, its keyword, and itself as a template. */
#include "domain/segments.h"

#include "domain/gsm7.h"
#include "domain/keywords.h"
#include "domain/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const KNOWN[] = { "contact.name", "contact.attributes.*" };
    struct str text = str_bytes(data, size);
    struct segments count = segments_count(text);
    struct err err;
    assert(count.segments >= 1 && count.units >= 0 && count.left >= 0);
    assert(count.units <= 2 * (int64_t)size && count.segments <= count.units + 1);
    if (segments_check(text, "text", &err))
        assert(count.segments <= SEGMENTS_MAX);

    struct forced forced;
    int64_t found = 0, last = -1;
    for (struct forced_cursor cursor = forced_begin(text); forced_next(&cursor, &forced); found++) {
        assert(forced.offset > last && forced.byte_offset + forced.character.n <= size);
        assert(gsm7_septets(forced.code_point) == 0 && segments_count(forced.replacement).encoding == ENCODING_GSM7);
        last = forced.offset;
    }
    assert((count.encoding == ENCODING_GSM7) == (found == 0));

    if (keyword_of(text, false) == KEYWORD_STOP)
        assert(may_be_opt_out(text, STR("")) && keyword_of(text, true) == KEYWORD_STOP);
    (void)keyword_of_plivo(text); /* for its memory accesses */

    struct buf out;
    const struct pair values[] = { { STR("contact.name"), STR("{{contact.name}}") } };
    buf_init(&out, 1024);
    bool is_template = template_check(text, KNOWN, COUNT(KNOWN), "text", &err);
    bool is_filled = template_render(text, values, COUNT(values), &out, &err);
    assert(!is_template || is_filled || err.kind == ERR_TOO_BIG);
    buf_release(&out);
    return 0;
}

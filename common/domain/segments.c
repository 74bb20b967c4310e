#include "domain/segments.h"

#include "domain/gsm7.h"

#define X(enumerator, word) [enumerator] = word,
static const char *const ENCODING_NAMES[] = { ENCODINGS(X) };
#undef X

const struct words encoding_words = { ENCODING_NAMES, COUNT(ENCODING_NAMES) };

/* 140 bytes on the air; a part of several spends 6 of them on its header. */
static const struct {
    int64_t single, part;
} ROOM[] = { [ENCODING_GSM7] = { 160, 153 }, [ENCODING_UCS2] = { 70, 67 } };

static enum encoding encoding_of(struct str text)
{
    uint32_t code_point;
    for (size_t at = 0; str_next_code_point(text, &at, &code_point);)
        if (gsm7_septets(code_point) == 0)
            return ENCODING_UCS2;
    return ENCODING_GSM7;
}

static int64_t cost_of(enum encoding encoding, uint32_t code_point)
{
    if (encoding == ENCODING_GSM7)
        return gsm7_septets(code_point);
    return code_point > 0xFFFF ? 2 : 1; /* a surrogate pair */
}

struct segments segments_count(struct str text)
{
    enum encoding encoding = encoding_of(text);
    int64_t units = 0, parts = 1, used = 0; /* used: in the last part, if it has to be cut into parts */
    uint32_t code_point;
    for (size_t at = 0; str_next_code_point(text, &at, &code_point);) {
        int64_t cost = cost_of(encoding, code_point);
        units += cost;
        if (used + cost > ROOM[encoding].part) { /* a pair goes whole into the next one */
            parts++;
            used = 0;
        }
        used += cost;
    }
    if (units <= ROOM[encoding].single)
        return (struct segments){ encoding, 1, units, ROOM[encoding].single - units };
    return (struct segments){ encoding, parts, units, ROOM[encoding].part - used };
}

bool segments_check(struct str text, const char *field, struct err *err)
{
    struct segments count = segments_count(text);
    if (count.encoding == ENCODING_GSM7 && count.units > SEGMENTS_GSM7_MAX_SEPTETS)
        return err_set(err, ERR_INPUT, field, "takes %lld characters; at most %d fit into one message",
                       (long long)count.units, SEGMENTS_GSM7_MAX_SEPTETS);
    if (count.encoding == ENCODING_UCS2 && count.units > SEGMENTS_UCS2_MAX_UNITS)
        return err_set(err, ERR_INPUT, field,
                       "takes %lld characters; at most %d fit into one message with letters beyond the GSM alphabet",
                       (long long)count.units, SEGMENTS_UCS2_MAX_UNITS);
    return true;
}

struct forced_cursor forced_begin(struct str text)
{
    return (struct forced_cursor){ .text = text };
}

bool forced_next(struct forced_cursor *cursor, struct forced *out)
{
    size_t begin = cursor->at;
    uint32_t code_point;
    while (str_next_code_point(cursor->text, &cursor->at, &code_point)) {
        int64_t offset = cursor->offset++;
        if (gsm7_septets(code_point) == 0) {
            *out = (struct forced){ .code_point = code_point,
                                    .character = str_slice(cursor->text, begin, cursor->at - begin),
                                    .byte_offset = begin,
                                    .offset = offset,
                                    .replacement = gsm7_replacement(code_point) };
            return true;
        }
        begin = cursor->at;
    }
    return false;
}

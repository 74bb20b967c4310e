/* segments.h - what a text costs: its encoding, its segments, and which characters forced UCS-2.
 *
 * Promise: one character outside GSM 03.38 makes the whole text UCS-2. An escape pair or a surrogate pair never
 *          splits.
 * Units:   septets (GSM) or UTF-16 code units (UCS-2): 160 / 70 in a single segment, 153 / 67 in each of several.
 *          A byte that is not UTF-8 counts as one U+FFFD.
 * Memory:  plain values; the iterator borrows the text.
 * Threads: pure; call from any.
 * Source:  plivo.md section 10; 3GPP TS 23.040 (a 6-byte header in each part); tests/vectors/segments.json.
 */
#ifndef PARLEY_SEGMENTS_H
#define PARLEY_SEGMENTS_H
#include "base/err.h"
#include "domain/vocabulary.h"

#define ENCODINGS(X) X(ENCODING_GSM7, "gsm7") X(ENCODING_UCS2, "ucs2")
#define X(enumerator, word) enumerator,
enum encoding {
    ENCODINGS(X)
};
#undef X

extern const struct words encoding_words;

enum {
    SEGMENTS_GSM7_MAX_SEPTETS = 1600, /* Plivo's limits for one message */
    SEGMENTS_UCS2_MAX_UNITS = 737,
    SEGMENTS_MAX = 12, /* within these limits: 737 units, of which each 67th may be lost to a pair that cannot split */
};

struct segments {
    enum encoding encoding;
    int64_t segments; /* 1 for an empty text, too */
    int64_t units; /* septets or UTF-16 code units of the whole text */
    int64_t left; /* units that still fit before it takes one segment more */
};

struct segments segments_count(struct str text);

/* Whether Plivo would take a text of this size. An empty one passes: whether there must be one depends on its media.
 * False: *err is ERR_INPUT, names `field`, and says how long it is and may be. */
MUST_USE bool segments_check(struct str text, const char *field, struct err *err);

/* One character that is not in GSM 03.38. */
struct forced {
    uint32_t code_point;
    struct str character; /* its bytes in the text; borrowed */
    size_t byte_offset;
    int64_t offset; /* characters (code points) before it: what the API calls `offset` */
    struct str replacement; /* gsm7_replacement(): static, or unset */
};

struct forced_cursor {
    struct str text;
    size_t at;
    int64_t offset;
};

/* for (struct forced_cursor c = forced_begin(text); forced_next(&c, &forced);) … */
struct forced_cursor forced_begin(struct str text);
bool forced_next(struct forced_cursor *cursor, struct forced *out);

#endif

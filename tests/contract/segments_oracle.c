/* segments-oracle - how this side counts texts, for the page's side to be held against.
 *
 *     segments-oracle table                    the page's lib/gsm7.ts, made from gsm7.c
 *     segments-oracle strings SEED COUNT       COUNT random texts and what they count here, as frames
 *
 * A frame: seven little-endian 32-bit numbers (bytes of the text, bytes of the text with its replacements, encoding, segments, units, left,
 * different characters that force UCS-2), then the two texts.
 */
#include "base/buf.h"
#include "domain/gsm7.h"
#include "domain/segments.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXT_MAX_BYTES = 16384, FORCED_MAX = 4096 };

/* --- the table --- */

static void print_character(uint32_t c, char quote)
{
    if (c == '\n')
        printf("\\n");
    else if (c == '\r')
        printf("\\r");
    else if (c == '\t')
        printf("\\t");
    else if (c == '\f')
        printf("\\f");
    else if (c == (uint32_t)quote || c == '\\')
        printf("\\%c", (char)c);
    else if (c >= ' ' && c < 0x7F)
        printf("%c", (char)c);
    else
        printf("\\u%04" PRIx32, c);
}

static void print_text(struct str text)
{
    bool has_single = str_find(text, '\'') < text.n;
    char quote = has_single ? '"' : '\'';
    uint32_t c;
    printf("%c", quote);
    for (size_t at = 0; str_next_code_point(text, &at, &c);)
        print_character(c, quote);
    printf("%c", quote);
}

static void print_septets(const char *name, int septets)
{
    printf("export const %s =%s'", name, septets == 1 ? "\n  " : " "); /* as Biome breaks lines */
    for (uint32_t c = 0; c < 0x10000; c++)
        if (gsm7_septets(c) == septets)
            print_character(c, '\'');
    printf("';\n\n");
}

static int print_table(void)
{
    printf(
        "/*\n * gsm7.ts - the GSM 7-bit alphabet, and what could stand in for characters that it lacks.\n *\n"
        " * Made from common/domain/gsm7.c: `build/tests/segments-oracle table`. A test holds it to that; do not edit.\n */\n\n");
    print_septets("GSM_BASIC", 1);
    print_septets("GSM_EXTENDED", 2);
    printf("export const REPLACEMENTS: ReadonlyMap<string, string> = new Map([\n");
    for (uint32_t c = 0; c < 0x10000; c++) {
        struct str text = gsm7_replacement(c);
        if (!str_is_set(text))
            continue;
        printf("  [%s", c == '\'' ? "\"" : "'");
        print_character(c, '\'');
        printf("%s, ", c == '\'' ? "\"" : "'");
        print_text(text);
        printf("],\n");
    }
    printf("]);\n");
    return 0;
}

/* --- random texts --- */

/* splitmix64: the same texts for the same seed everywhere. */
static uint64_t chance;

static uint64_t draw(uint64_t below)
{
    uint64_t z = (chance += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (z ^ (z >> 31)) % below;
}

static void add_utf8(struct buf *out, uint32_t c)
{
    char b[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char LEAD[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
    for (size_t i = n; i-- > 1; c >>= 6)
        b[i] = (char)(0x80 | (c & 0x3F));
    b[0] = (char)(n == 1 ? c : LEAD[n] | c);
    (void)buf_add_bytes(out, b, n); /* sized for the longest text */
}

static uint32_t listed[4][0x10000]; /* basic, extended, replaceable, neither (of the BMP) */
static size_t listed_n[4];

static void list_characters(void)
{
    for (uint32_t c = 0; c < 0x10000; c++) {
        size_t kind = gsm7_septets(c) == 1 ? 0 : gsm7_septets(c) == 2 ? 1 : str_is_set(gsm7_replacement(c)) ? 2 : 3;
        if ((c < 0xD800 || c > 0xDFFF))
            listed[kind][listed_n[kind]++] = c;
    }
}

/* Lengths about the places where a segment more begins come more often than others. */
static size_t draw_length(void)
{
    static const size_t EDGES[] = { 0, 1, 67, 70, 134, 140, 153, 160, 201, 306, 320, 459, 737, 765, 1600 };
    size_t edge = EDGES[draw(COUNT(EDGES))];
    return draw(3) == 0 ? draw(500) : edge + draw(4) - (edge > 2 ? 2 : 0);
}

static void make_text(struct buf *out)
{
    static const unsigned RARITY[] = { 2, 20, 200, 1000000 }; /* one foreign character makes all of it UCS-2 */
    unsigned rarity = RARITY[draw(COUNT(RARITY))];
    size_t n = draw_length();
    buf_clear(out);
    for (size_t i = 0; i < n; i++) {
        uint64_t what = draw(rarity);
        if (what > 0) {
            size_t kind = draw(6) == 0 ? 1 : 0;
            add_utf8(out, listed[kind][draw(listed_n[kind])]);
            continue;
        }
        size_t kind = 2 + draw(3); /* replaceable, neither, or a pair */
        add_utf8(out, kind < 4 ? listed[kind][draw(listed_n[kind])] : (uint32_t)(0x10000 + draw(0x100000)));
    }
}

static int64_t replace(struct str text, struct buf *out)
{
    static uint32_t seen[FORCED_MAX];
    struct forced forced;
    size_t from = 0;
    size_t n = 0;
    buf_clear(out);
    for (struct forced_cursor c = forced_begin(text); forced_next(&c, &forced);) {
        size_t at = 0;
        while (at < n && seen[at] != forced.code_point)
            at++;
        if (at == n && n < FORCED_MAX)
            seen[n++] = forced.code_point;
        if (!str_is_set(forced.replacement))
            continue;
        (void)buf_add(out, str_slice(text, from, forced.byte_offset - from)); /* sized likewise */
        (void)buf_add(out, forced.replacement);
        from = forced.byte_offset + forced.character.n;
    }
    (void)buf_add(out, str_slice(text, from, text.n));
    return (int64_t)n;
}

static void print_number(int64_t v)
{
    for (int i = 0; i < 4; i++)
        putchar((int)(v >> (8 * i)) & 0xFF);
}

static int print_strings(int64_t count)
{
    struct buf text, replaced;
    buf_init(&text, TEXT_MAX_BYTES);
    buf_init(&replaced, TEXT_MAX_BYTES);
    list_characters();
    for (int64_t i = 0; i < count; i++) {
        make_text(&text);
        struct segments size = segments_count(buf_str(&text));
        int64_t forced = replace(buf_str(&text), &replaced);
        const int64_t head[] = { (int64_t)text.n, (int64_t)replaced.n, (int64_t)size.encoding,
                                 size.segments,   size.units,          size.left,
                                 forced };
        for (size_t k = 0; k < COUNT(head); k++)
            print_number(head[k]);
        if (fwrite(buf_str(&text).p, 1, text.n, stdout) != text.n ||
            fwrite(buf_str(&replaced).p, 1, replaced.n, stdout) != replaced.n)
            return 1;
    }
    bool ok = !text.has_failed && !replaced.has_failed;
    buf_release(&text);
    buf_release(&replaced);
    return ok && fflush(stdout) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    int64_t seed;
    int64_t count;
    if (argc == 2 && strcmp(argv[1], "table") == 0)
        return print_table();
    if (argc != 4 || strcmp(argv[1], "strings") != 0 || !str_to_int(str_of(argv[2]), 0, INT64_MAX, &seed) ||
        !str_to_int(str_of(argv[3]), 1, 100000000, &count)) {
        fputs("segments-oracle table | strings SEED COUNT\n", stderr);
        return 2;
    }
    chance = (uint64_t)seed;
    return print_strings(count);
}

#include "domain/fold.h"

/* clang-format off */
/* Accented letters that are typed in the words above, or by a keyboard that adds them. */
static const struct {
    uint32_t first, last;
    char folded;
} ACCENTED[] = {
    { 0xC0, 0xC5, 'A' }, { 0xC7, 0xC7, 'C' }, { 0xC8, 0xCB, 'E' }, { 0xCC, 0xCF, 'I' }, { 0xD1, 0xD1, 'N' }, { 0xD2, 0xD6, 'O' },
    { 0xD8, 0xD8, 'O' }, { 0xD9, 0xDC, 'U' }, { 0xDD, 0xDD, 'Y' },
    { 0xE0, 0xE5, 'A' }, { 0xE7, 0xE7, 'C' }, { 0xE8, 0xEB, 'E' }, { 0xEC, 0xEF, 'I' }, { 0xF1, 0xF1, 'N' }, { 0xF2, 0xF6, 'O' },
    { 0xF8, 0xF8, 'O' }, { 0xF9, 0xFC, 'U' }, { 0xFD, 0xFD, 'Y' },
};

/* Beyond ASCII: blanks, punctuation, symbols and emoji, by Unicode's blocks. Nobody means anything by them beside a word. */
static const struct {
    uint32_t first, last;
} DROPPED[] = {
    { 0x80, 0xA9 },      { 0xAB, 0xB4 },      { 0xB6, 0xB9 },      { 0xBB, 0xBF },      { 0xD7, 0xD7 },      { 0xF7, 0xF7 },
    { 0x02B0, 0x036F },  /* modifiers, combining marks */
    { 0x2000, 0x206F },  /* general punctuation, zero-width */
    { 0x20A0, 0x20FF },  { 0x2190, 0x2BFF },  /* currency, arrows to symbols */
    { 0x3000, 0x3004 },  { 0x3008, 0x3020 },  { 0x3030, 0x3030 },
    { 0xE000, 0xF8FF },  /* private use: old emoji */
    { 0xFE00, 0xFE0F },  { 0xFE10, 0xFE6F },  { 0xFEFF, 0xFEFF },  { 0xFF01, 0xFF0F },  { 0xFF1A, 0xFF20 },  { 0xFF3B, 0xFF40 },
    { 0xFF5B, 0xFF65 },  { 0xFFFC, 0xFFFD },
    { 0x1F000, 0x1FAFF }, { 0xE0000, 0xE0FFF },
};
/* clang-format on */

enum {
    FULL_WIDTH = 0xFEE0
}; /* from U+FF21 down to 'A' */

static bool is_between(uint32_t c, uint32_t first, uint32_t last)
{
    return c >= first && c <= last;
}

static uint32_t without_accent(uint32_t c)
{
    if (c < ACCENTED[0].first) /* nearly all */
        return c;
    for (size_t i = 0; i < COUNT(ACCENTED); i++)
        if (is_between(c, ACCENTED[i].first, ACCENTED[i].last))
            return (uint32_t)ACCENTED[i].folded;
    return c;
}

enum fold fold_character(uint32_t c, char *out)
{
    if (is_between(c, 0xFF10, 0xFF19) || is_between(c, 0xFF21, 0xFF3A) || is_between(c, 0xFF41, 0xFF5A))
        c -= FULL_WIDTH;
    c = without_accent(c);
    if (is_between(c, 'a', 'z'))
        c -= 'a' - 'A';
    if (is_between(c, 'A', 'Z') || is_between(c, '0', '9')) {
        *out = (char)c;
        return FOLD_KEEP;
    }
    if (c < 0x80)
        return FOLD_DROP;
    for (size_t i = 0; i < COUNT(DROPPED); i++)
        if (is_between(c, DROPPED[i].first, DROPPED[i].last))
            return FOLD_DROP;
    return FOLD_FOREIGN;
}

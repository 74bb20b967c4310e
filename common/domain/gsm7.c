#include "domain/gsm7.h"

enum {
    ASCII_COUNT = 128
};

/* clang-format off */
/* Septets of each ASCII character. Not in the table: the other controls, the backtick, and the escape itself. */
static const uint8_t ASCII[ASCII_COUNT] = {
    ['\n'] = 1, ['\f'] = 2, ['\r'] = 1,
    [' ' ... '?'] = 1, ['@'] = 1, ['A' ... 'Z'] = 1, ['_'] = 1, ['a' ... 'z'] = 1,
    ['['] = 2, ['\\'] = 2, [']'] = 2, ['^'] = 2, ['{'] = 2, ['|'] = 2, ['}'] = 2, ['~'] = 2,
};

/* The rest of the basic table, and the euro of the extension table; by code point. */
static const struct {
    uint16_t code_point;
    uint8_t septets;
} OTHERS[] = {
    { 0x00A1, 1 /* ¡ */ }, { 0x00A3, 1 /* £ */ }, { 0x00A4, 1 /* ¤ */ }, { 0x00A5, 1 /* ¥ */ }, { 0x00A7, 1 /* § */ },
    { 0x00BF, 1 /* ¿ */ }, { 0x00C4, 1 /* Ä */ }, { 0x00C5, 1 /* Å */ }, { 0x00C6, 1 /* Æ */ }, { 0x00C7, 1 /* Ç */ },
    { 0x00C9, 1 /* É */ }, { 0x00D1, 1 /* Ñ */ }, { 0x00D6, 1 /* Ö */ }, { 0x00D8, 1 /* Ø */ }, { 0x00DC, 1 /* Ü */ },
    { 0x00DF, 1 /* ß */ }, { 0x00E0, 1 /* à */ }, { 0x00E4, 1 /* ä */ }, { 0x00E5, 1 /* å */ }, { 0x00E6, 1 /* æ */ },
    { 0x00E8, 1 /* è */ }, { 0x00E9, 1 /* é */ }, { 0x00EC, 1 /* ì */ }, { 0x00F1, 1 /* ñ */ }, { 0x00F2, 1 /* ò */ },
    { 0x00F6, 1 /* ö */ }, { 0x00F8, 1 /* ø */ }, { 0x00F9, 1 /* ù */ }, { 0x00FC, 1 /* ü */ }, { 0x0393, 1 /* Γ */ },
    { 0x0394, 1 /* Δ */ }, { 0x0398, 1 /* Θ */ }, { 0x039B, 1 /* Λ */ }, { 0x039E, 1 /* Ξ */ }, { 0x03A0, 1 /* Π */ },
    { 0x03A3, 1 /* Σ */ }, { 0x03A6, 1 /* Φ */ }, { 0x03A8, 1 /* Ψ */ }, { 0x03A9, 1 /* Ω */ }, { 0x20AC, 2 /* € */ },
};
/* clang-format on */

int gsm7_septets(uint32_t code_point)
{
    if (code_point < ASCII_COUNT)
        return ASCII[code_point];
    size_t low = 0, high = COUNT(OTHERS);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (OTHERS[middle].code_point == code_point)
            return OTHERS[middle].septets;
        if (OTHERS[middle].code_point < code_point)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

/* What people type without meaning it: word processors' quotes and dashes, blanks nobody sees, letters with marks that
 * the table lacks, and capitals of other scripts that look Latin. Searched only for the composer's hint: any order. The
 * page's table (lib/gsm7.ts) is made from this one: tests/contract/segments_oracle.c. */
/* clang-format off */
static const struct {
    uint32_t code_point;
    const char *text;
} REPLACEMENTS[] = {
    /* quotes */
    { '`', "'" }, { 0x00B4, "'" }, { 0x2018, "'" }, { 0x2019, "'" }, { 0x201A, "'" }, { 0x201B, "'" }, { 0x2032, "'" },
    { 0x2039, "<" }, { 0x203A, ">" }, { 0x00AB, "\"" }, { 0x00BB, "\"" }, { 0x201C, "\"" }, { 0x201D, "\"" },
    { 0x201E, "\"" }, { 0x201F, "\"" }, { 0x2033, "\"" },
    /* dashes and dots */
    { 0x2010, "-" }, { 0x2011, "-" }, { 0x2012, "-" }, { 0x2013, "-" }, { 0x2014, "-" }, { 0x2015, "-" }, { 0x2212, "-" },
    { 0x2022, "*" }, { 0x00B7, "." }, { 0x2026, "..." }, { 0x00D7, "x" }, { 0x00A9, "(C)" }, { 0x00AE, "(R)" },
    { 0x2122, "(TM)" }, { 0x2116, "No." },
    /* blanks */
    { '\t', " " }, { 0x00A0, " " }, { 0x2002, " " }, { 0x2003, " " }, { 0x2007, " " }, { 0x2009, " " }, { 0x200A, " " },
    { 0x202F, " " }, { 0x3000, " " }, { 0x2028, "\n" }, { 0x2029, "\n" }, { 0x0085, "\n" },
    { 0x00AD, "" }, { 0x200B, "" }, { 0x200E, "" }, { 0x200F, "" }, { 0x2060, "" }, { 0xFEFF, "" },
    /* letters with marks */
    { 0x00C0, "A" }, { 0x00C1, "A" }, { 0x00C2, "A" }, { 0x00C3, "A" }, { 0x00E1, "a" }, { 0x00E2, "a" }, { 0x00E3, "a" },
    { 0x00C8, "E" }, { 0x00CA, "E" }, { 0x00CB, "E" }, { 0x00EA, "e" }, { 0x00EB, "e" },
    { 0x00CC, "I" }, { 0x00CD, "I" }, { 0x00CE, "I" }, { 0x00CF, "I" }, { 0x00ED, "i" }, { 0x00EE, "i" }, { 0x00EF, "i" },
    { 0x00D2, "O" }, { 0x00D3, "O" }, { 0x00D4, "O" }, { 0x00D5, "O" }, { 0x00F3, "o" }, { 0x00F4, "o" }, { 0x00F5, "o" },
    { 0x00D9, "U" }, { 0x00DA, "U" }, { 0x00DB, "U" }, { 0x00FA, "u" }, { 0x00FB, "u" },
    { 0x00DD, "Y" }, { 0x00FD, "y" }, { 0x00FF, "y" }, { 0x00E7, "c" }, { 0x0152, "OE" }, { 0x0153, "oe" },
    { 0x0160, "S" }, { 0x0161, "s" }, { 0x017D, "Z" }, { 0x017E, "z" },
    /* capitals that look Latin, and the ohm sign that looks like its letter */
    { 0x0391, "A" }, { 0x0392, "B" }, { 0x0395, "E" }, { 0x0396, "Z" }, { 0x0397, "H" }, { 0x0399, "I" }, { 0x039A, "K" },
    { 0x039C, "M" }, { 0x039D, "N" }, { 0x039F, "O" }, { 0x03A1, "P" }, { 0x03A4, "T" }, { 0x03A5, "Y" }, { 0x03A7, "X" },
    { 0x2126, "\xCE\xA9" },
};
/* clang-format on */

enum {
    FULL_WIDTH_FIRST = 0xFF01,
    FULL_WIDTH_LAST = 0xFF5E
}; /* the printable ASCII characters once more, for CJK */

struct str gsm7_replacement(uint32_t code_point)
{
    static const char PRINTABLE[] = "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_"
                                    "'abcdefghijklmnopqrstuvwxyz{|}~"; /* the backtick's place holds its replacement */
    if (code_point >= FULL_WIDTH_FIRST && code_point <= FULL_WIDTH_LAST)
        return (struct str){ PRINTABLE + (code_point - FULL_WIDTH_FIRST), 1 };
    for (size_t i = 0; i < COUNT(REPLACEMENTS); i++)
        if (REPLACEMENTS[i].code_point == code_point)
            return str_of(REPLACEMENTS[i].text);
    return (struct str){ 0 };
}

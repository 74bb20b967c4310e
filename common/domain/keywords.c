#include "domain/keywords.h"

#define X(enumerator, word) [enumerator] = word,
static const char *const NAMES[] = { KEYWORDS(X) };
#undef X

const struct words keyword_words = { NAMES, COUNT(NAMES) };

/* Folded: capitals without accents, nothing between them. So "opt out", "OPT-OUT" and "Optout." are one row. */
enum {
    FOLDED_MAX = 24
};

struct row {
    const char *folded;
    enum keyword keyword;
    bool only_when_opted_out; /* an everyday word to everybody else */
};

/* clang-format off */
static const struct row ROWS[] = {
    /* 47 CFR 64.1200(a)(10): a revocation per se */
    { "STOP", KEYWORD_STOP, false },             { "QUIT", KEYWORD_STOP, false },             { "END", KEYWORD_STOP, false },
    { "REVOKE", KEYWORD_STOP, false },           { "OPTOUT", KEYWORD_STOP, false },           { "CANCEL", KEYWORD_STOP, false },
    { "UNSUBSCRIBE", KEYWORD_STOP, false },
    /* Plivo's, carriers', and what a reasonable person reads the same way */
    { "UNSUB", KEYWORD_STOP, false },            { "STOPALL", KEYWORD_STOP, false },          { "ENDALL", KEYWORD_STOP, false },
    { "CANCELALL", KEYWORD_STOP, false },        { "UNSUBSCRIBEALL", KEYWORD_STOP, false },   { "UNSUBSCRIBEME", KEYWORD_STOP, false },
    { "OPTMEOUT", KEYWORD_STOP, false },         { "OPTOUTALL", KEYWORD_STOP, false },        { "STOPIT", KEYWORD_STOP, false },
    { "STOPNOW", KEYWORD_STOP, false },          { "STOPSTOP", KEYWORD_STOP, false },         { "STOPPLEASE", KEYWORD_STOP, false },
    { "STOPPLS", KEYWORD_STOP, false },          { "STOPPLZ", KEYWORD_STOP, false },          { "PLEASESTOP", KEYWORD_STOP, false },
    { "PLSSTOP", KEYWORD_STOP, false },          { "PLZSTOP", KEYWORD_STOP, false },          { "STOPTEXTING", KEYWORD_STOP, false },
    { "STOPTEXTINGME", KEYWORD_STOP, false },    { "PLEASESTOPTEXTINGME", KEYWORD_STOP, false },
    { "STOPMESSAGING", KEYWORD_STOP, false },    { "STOPMESSAGINGME", KEYWORD_STOP, false },  { "STOPMESSAGES", KEYWORD_STOP, false },
    { "STOPSMS", KEYWORD_STOP, false },          { "STOPTEXT", KEYWORD_STOP, false },         { "STOPTEXTS", KEYWORD_STOP, false },
    { "REMOVE", KEYWORD_STOP, false },           { "REMOVEME", KEYWORD_STOP, false },         { "DONOTTEXT", KEYWORD_STOP, false },
    { "DONOTTEXTME", KEYWORD_STOP, false },      { "DONTTEXTME", KEYWORD_STOP, false },
    /* Spanish; French, which Canadian carriers require */
    { "ALTO", KEYWORD_STOP, false },             { "PARAR", KEYWORD_STOP, false },            { "PARE", KEYWORD_STOP, false },
    { "CANCELAR", KEYWORD_STOP, false },         { "ARRET", KEYWORD_STOP, false },            { "ARRETER", KEYWORD_STOP, false },

    { "START", KEYWORD_START, false },           { "UNSTOP", KEYWORD_START, false },          { "OPTIN", KEYWORD_START, false },
    { "SUBSCRIBE", KEYWORD_START, false },
    { "YES", KEYWORD_START, true },              { "GO", KEYWORD_START, true },               { "RESUME", KEYWORD_START, true },

    { "HELP", KEYWORD_HELP, false },             { "INFO", KEYWORD_HELP, false },
    { "AYUDA", KEYWORD_HELP, false },            { "AIDE", KEYWORD_HELP, false },
};

/* Plivo's own table, plivo.md section 11. */
static const struct row PLIVO_ROWS[] = {
    { "STOP", KEYWORD_STOP, false },    { "END", KEYWORD_STOP, false },          { "QUIT", KEYWORD_STOP, false },
    { "CANCEL", KEYWORD_STOP, false },  { "UNSUBSCRIBE", KEYWORD_STOP, false },  { "UNSUB", KEYWORD_STOP, false },
    { "STOP ALL", KEYWORD_STOP, false },
    { "START", KEYWORD_START, false },  { "YES", KEYWORD_START, false },         { "RESUME", KEYWORD_START, false },
    { "UNSTOP", KEYWORD_START, false }, { "GO", KEYWORD_START, false },
    { "HELP", KEYWORD_HELP, false },    { "INFO", KEYWORD_HELP, false },
};

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

enum fold {
    FOLD_DROP,
    FOLD_KEEP,
    FOLD_FOREIGN
};

static bool is_between(uint32_t c, uint32_t first, uint32_t last)
{
    return c >= first && c <= last;
}

/* What one character becomes. A letter of another script is foreign: then the text is none of our words. */
static enum fold fold(uint32_t c, char *out)
{
    if (is_between(c, 0xFF10, 0xFF19) || is_between(c, 0xFF21, 0xFF3A) || is_between(c, 0xFF41, 0xFF5A))
        c -= FULL_WIDTH;
    for (size_t i = 0; i < COUNT(ACCENTED); i++)
        if (is_between(c, ACCENTED[i].first, ACCENTED[i].last))
            c = (uint32_t)ACCENTED[i].folded;
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

/* The text folded into `out`; the empty str when it is longer than any word, or foreign. */
static struct str folded(struct str text, char out[FOLDED_MAX])
{
    size_t n = 0;
    uint32_t code_point;
    for (size_t at = 0; str_next_code_point(text, &at, &code_point);) {
        char c = '\0';
        enum fold how = fold(code_point, &c);
        if (how == FOLD_DROP)
            continue;
        if (how == FOLD_FOREIGN || n == FOLDED_MAX)
            return (struct str){ out, 0 };
        out[n++] = c;
    }
    return (struct str){ out, n };
}

static enum keyword find(const struct row *rows, size_t n, struct str word, bool is_opted_out)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_ascii_case(word, str_of(rows[i].folded)) && (is_opted_out || !rows[i].only_when_opted_out))
            return rows[i].keyword;
    return KEYWORD_NONE;
}

enum keyword keyword_of(struct str text, bool is_opted_out)
{
    char word[FOLDED_MAX];
    return find(ROWS, COUNT(ROWS), folded(text, word), is_opted_out);
}

enum keyword keyword_of_plivo(struct str text)
{
    while (text.n > 0 && (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\r' || text.p[text.n - 1] == '\n'))
        text.n--;
    return find(PLIVO_ROWS, COUNT(PLIVO_ROWS), text, true);
}

bool keyword_is_plivo_word(struct str text, struct str intent)
{
    return str_trim(intent).n > 0 || keyword_of_plivo(text) != KEYWORD_NONE;
}

bool may_be_opt_out(struct str text, struct str intent)
{
    return str_eq_ascii_case(str_trim(intent), STR("optout")) || keyword_of(text, false) == KEYWORD_STOP;
}

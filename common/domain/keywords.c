#include "domain/keywords.h"

#include "domain/fold.h"

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
/* clang-format on */

/* The text folded into `out`; the empty str when it is longer than any word, or foreign. */
static struct str folded(struct str text, char out[FOLDED_MAX])
{
    size_t n = 0;
    uint32_t code_point;
    for (size_t at = 0; str_next_code_point(text, &at, &code_point);) {
        char c = '\0';
        enum fold how = fold_character(code_point, &c);
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

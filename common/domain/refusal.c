#include "domain/refusal.h"

#include "domain/fold.h"

/* What may not stand right before a match, where it would turn it around. */
enum unless {
    UNLESS_NOT = 1,  /* "don't stop texting me" */
    UNLESS_SELF = 2, /* "I need to stop texting", "tell him to stop texting me" */
    UNLESS_DID = 4,  /* "did you lose my number?" */
};

struct row {
    const char *pattern;
    unsigned unless;
};

/* A pattern is words of one sentence, as folded: small letters without accents, apostrophes dropped ("dont").
 *   a|b   either    ?a|b  or nothing    *  up to three words    !a|b  not followed by these    ^ $  where the sentence begins, ends */
#define PLEASE "please|pls|plz|kindly|just"
#define TEXTING "texting|txting|messaging|contacting|bothering|spamming|harassing|annoying|emailing|bugging"
#define TEXTS "texts|text|txts|messages|message|msgs|sms|spam|alerts|notifications|reminders|promos|promotions|offers|ads"
#define ME "me|us|my|this|here"
#define ESCRIBIR "escribirme|escribirnos|mandarme|enviarme|molestarme|molestar|llamarme|contactarme|textearme|mensajearme|escribir"
#define MENSAJES "mensajes|mensaje|textos|texto|sms|mensajitos|promociones|alertas|avisos|publicidad|spam"

/* clang-format off */
static const struct row ROWS[] = {
    /* English */
    { "stop " TEXTING " ?" PLEASE " " ME "|at|already|now",            UNLESS_NOT | UNLESS_SELF },
    { "stop " TEXTING " ?" PLEASE " $",                                UNLESS_NOT | UNLESS_SELF },
    { "stop sending ?" ME " * " TEXTS "|stuff|crap|junk|these|those",  UNLESS_NOT | UNLESS_SELF },
    { "stop sending me|us|these|those|this|it",                        UNLESS_NOT | UNLESS_SELF },
    { "stop writing|calling|messaging me|us|this|my",                  UNLESS_NOT | UNLESS_SELF },
    { "stop receiving|getting * " TEXTS,                               UNLESS_NOT },
    { "stop receiving|getting these|those|this|them",                  UNLESS_NOT },
    { "stop these|those|the|all|your|with * " TEXTS,                   UNLESS_NOT },
    { "stop " TEXTS " $",                                              UNLESS_NOT },
    { "^ ?" PLEASE " stop ?" PLEASE " ?it|this|that|everything|all ?now|already|immediately|asap|thanks|" PLEASE " $", 0 },
    { "^ please|pls|plz|kindly stop !by|at|in|over|for|on|to|and|here|off|when|if|there|laughing|crying|worrying|saying", 0 },
    { "quit|cease|end|discontinue " TEXTING " " ME,                    UNLESS_NOT | UNLESS_SELF },
    { "quit|end|cancel|discontinue|halt these|those|the|all|your * " TEXTS, UNLESS_NOT },
    { "cease and desist",                                              0 },
    { "dont|never ?ever ?" PLEASE " text|txt|message|msg|contact|write|spam|bother|call me|us|this|my|here|again|anymore", 0 },
    { "do not ?ever ?" PLEASE " text|txt|message|msg|contact|write|spam|bother|call me|us|this|my|here|again|anymore", 0 },
    { "dont|not want|need|wish|like|care ?to * " TEXTS,                UNLESS_DID },
    { "dont|not want|wish|care to receive|get|hear|be contacted|texted|messaged|bothered|from|any|these|those|this|your", UNLESS_DID },
    { "dont|not want you|you|ya to|texting|contacting text|message|contact|write|call|me", UNLESS_DID },
    { "dont send * " TEXTS "|these|anything",                          0 },
    { "do not send * " TEXTS "|these|anything",                        0 },
    { "dont|do not send me|us any|anything|more|this|these|stuff",     0 },
    { "no more " TEXTS,                                                UNLESS_NOT },
    { "no longer want|wish|interested",                                0 },
    { "^ ?sorry ?thanks ?thank ?you ?im ?i ?am ?were ?we ?are ?really not interested ?thanks ?thank ?you ?" PLEASE " $", 0 },
    { "not interested in your|this|these|those|any|more|anything|receiving|texts", UNLESS_DID },
    { "not interested ?any anymore|more",                              UNLESS_DID },
    { "lose|delete|erase|forget|remove|block|scrub my|this|our|the ?phone ?cell number|numbers|num|contact|info", UNLESS_NOT | UNLESS_DID | UNLESS_SELF },
    { "remove|delete|take|get|drop|scratch me|us|my|this * off|from|of * list|lists|database|system|" TEXTS "|thread|group|campaign", UNLESS_NOT | UNLESS_SELF },
    { "take|get me|us off ?of $",                                      UNLESS_NOT },
    { "remove me|us ?" PLEASE " ?now ?immediately $",                  UNLESS_NOT },
    { "leave me|us|my * alone",                                        UNLESS_NOT | UNLESS_SELF | UNLESS_DID },
    { "unsubscribe|unsuscribe|unsubcribe|unsubscribed|unsubscribing|unsub", UNLESS_NOT | UNLESS_DID },
    { "opt me|us|my * out",                                            UNLESS_NOT },
    { "opt|opting|opted out",                                          UNLESS_NOT | UNLESS_DID },
    { "revoke|withdraw|revoking|withdrawing ?my ?all consent|permission|authorization", UNLESS_NOT },
    { "never|didnt|dont sign|signed|agree|agreed|consent|consented|ask|asked|subscribe|subscribed|request|requested|authorize|authorized up|to|for * this|these|those|" TEXTS, 0 },
    { "never|didnt signed|sign up|for",                                0 },
    { "how did|do you get|got|have my|this number",                    0 },
    { "who gave you my|this number",                                   0 },
    { "wrong number|person",                                           UNLESS_DID },
    { "this|that is harassment|harassing|spam|illegal",                UNLESS_NOT },
    { "its|thats harassment|harassing|spam|illegal",                   UNLESS_NOT },
    { "report|reporting|sue|suing|block|blocking you|u",               UNLESS_NOT | UNLESS_DID },
    { "report|reporting|block|blocking this number",                   UNLESS_NOT | UNLESS_DID },
    { "go away $",                                                     UNLESS_NOT },
    { "^ ?" PLEASE " fuck|piss|f|buzz|bugger|sod off",                 0 },
    { "get lost $",                                                    UNLESS_NOT | UNLESS_SELF | UNLESS_DID },

    /* Spanish */
    { "no ?ya me|nos vuelvas|vuelva|vuelvan a escribir|mandar|enviar|llamar|contactar|molestar|textear", 0 },
    { "no ?ya me|nos escribas|escriba|escriban|mandes|mande|manden|envies|envie|envien|llames|llame|llamen|molestes|moleste|molesten|"
      "contactes|contacte|contacten|textees|textee|texteen|escribais", 0 },
    { "no quiero ?ya ?recibir ?que mas|sus|estos|tus|" MENSAJES,        0 },
    { "no quiero recibir|saber|seguir|que me|nada|mas|recibiendo",      0 },
    { "no deseo ?ya recibir|mas|seguir|sus|estos",                      0 },
    { "deja|deje|dejen|dejad|para|pare|paren ya|de de|" ESCRIBIR " ?" ESCRIBIR, UNLESS_NOT },
    { "deja|deje|dejen|dejad|para|pare|paren de * " ESCRIBIR "|" MENSAJES, UNLESS_NOT },
    { "detener|detenga|detengan|parar|pare|paren|cancela|cancele|cancelen|cancelar|terminar|basta los|estos|sus|tus|de|mis * " MENSAJES, UNLESS_NOT },
    { "no mas " MENSAJES,                                               0 },
    { "^ ?ya basta ?ya ?por ?favor $",                                  0 },
    { "^ ?por ?favor ?ya para|pare|paren|detente|detengase|alto ?ya ?por ?favor $", 0 },
    { "borra|borre|borren|elimina|elimine|eliminen|quita|quite|quiten|saca|saque|saquen|olvida|olvide|olviden|pierde|pierda|pierdan mi|este numero|telefono|contacto", UNLESS_NOT },
    { "borrame|borreme|borrenme|eliminame|elimineme|eliminenme|quitame|quiteme|quitenme|sacame|saqueme|saquenme|remueveme|remuevame", UNLESS_NOT },
    { "darme|dame|deme|denme|dar|darse|darnos de baja",                 UNLESS_NOT },
    { "^ ?quiero ?la baja ?por ?favor $",                               0 },
    { "dejame|dejeme|dejenme|dejanos|dejenos ?en paz|tranquilo|tranquila|tranquilos", UNLESS_NOT },
    { "no me|nos molestes|moleste|molesten",                            0 },
    { "no ?estoy|estamos interesado|interesada|interesados|interesadas", 0 },
    { "no me|nos interesa|interesan ?gracias ?nada $",                  0 },
    { "no me|nos interesa|interesan su|sus|tu|tus|estos|esto|recibir|nada|gracias|mas", 0 },
    { "cancelar|cancele|cancelen|cancela|anular ?mi|la suscripcion",    UNLESS_NOT },
    { "desuscribir|desuscribirme|desuscribanme|desuscribame",           UNLESS_NOT },
    { "numero|persona equivocado|equivocada",                           0 },
};

/* What stands before a match, the last word last. */
static const struct row GUARDS[] = {
    { "dont", UNLESS_NOT }, { "do not", UNLESS_NOT }, { "not", UNLESS_NOT }, { "never", UNLESS_NOT }, { "cant", UNLESS_NOT },
    { "cannot", UNLESS_NOT }, { "wont", UNLESS_NOT }, { "wouldnt", UNLESS_NOT }, { "didnt", UNLESS_NOT }, { "doesnt", UNLESS_NOT },
    { "couldnt", UNLESS_NOT }, { "shouldnt", UNLESS_NOT }, { "isnt", UNLESS_NOT }, { "not to", UNLESS_NOT }, { "want to", UNLESS_SELF },
    { "dont want to", UNLESS_NOT }, { "dont need to", UNLESS_NOT }, { "dont have to", UNLESS_NOT }, { "no", UNLESS_NOT }, { "nunca", UNLESS_NOT },
    { "i need to", UNLESS_SELF }, { "i have to", UNLESS_SELF }, { "i had to", UNLESS_SELF }, { "i should", UNLESS_SELF }, { "i must", UNLESS_SELF },
    { "i gotta", UNLESS_SELF }, { "i will", UNLESS_SELF }, { "ill", UNLESS_SELF }, { "i can", UNLESS_SELF }, { "lets", UNLESS_SELF }, { "i did", UNLESS_SELF },
    { "him to", UNLESS_SELF }, { "her to", UNLESS_SELF }, { "them to", UNLESS_SELF }, { "he to", UNLESS_SELF }, { "should i", UNLESS_SELF },
    { "i", UNLESS_SELF }, { "he", UNLESS_SELF }, { "she", UNLESS_SELF }, { "they", UNLESS_SELF },
    { "did you", UNLESS_DID }, { "did i", UNLESS_DID }, { "did", UNLESS_DID }, { "if you", UNLESS_DID }, { "havent", UNLESS_NOT }, { "if", UNLESS_DID },
    { "gave you the", UNLESS_DID }, { "gave him the", UNLESS_DID }, { "gave her the", UNLESS_DID }, { "gave them the", UNLESS_DID }, { "hope", UNLESS_DID },
    { "dialed the", UNLESS_DID }, { "typed the", UNLESS_DID }, { "hopefully", UNLESS_DID }, { "why would i", UNLESS_DID }, { "called the", UNLESS_DID },
};
/* clang-format on */

/* Words that may stand between a guard and what it guards. */
static const char FILLERS[] = "ever|please|really|even|just|me";

/* --- the text as words --- */

enum { WORD_BYTES = 16 };

struct word {
    char c[WORD_BYTES]; /* cut at its end when longer: none of ours is */
    bool begins_sentence;
};

struct words_of_text {
    struct word v[REFUSAL_WORDS_MAX];
    size_t n;
};

static bool is_apostrophe(uint32_t c)
{
    return c == '\'' || c == '`' || c == 0xB4 || c == 0x2018 || c == 0x2019 || c == 0x02BC;
}

/* What is dropped from inside a word without ending it: joiners, and marks that stand on the letter before. */
static bool is_within_word(uint32_t c)
{
    return is_apostrophe(c) || (c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200D) || c == 0xFEFF;
}

static bool ends_sentence(uint32_t c)
{
    return c == '.' || c == '!' || c == '?' || c == ';' || c == '\n' || c == 0xA1 || c == 0xBF || c == 0x2026;
}

static void split(struct str text, struct words_of_text *out)
{
    size_t n = 0; /* letters of the word at hand */
    bool begins = true;
    uint32_t code_point;
    out->n = 0;
    for (size_t at = 0; out->n < REFUSAL_WORDS_MAX && str_next_code_point(text, &at, &code_point);) {
        struct word *word = &out->v[out->n];
        char c = '*'; /* a letter of another script: no word of ours has it */
        if (is_within_word(code_point))
            continue;
        if (fold_character(code_point, &c) != FOLD_DROP) {
            if (n == 0)
                word->begins_sentence = begins;
            if (n + 1 < WORD_BYTES)
                word->c[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
            word->c[n] = '\0';
            begins = false;
            continue;
        }
        if (n > 0)
            out->n++;
        n = 0;
        begins = begins || ends_sentence(code_point);
    }
    if (n > 0 && out->n < REFUSAL_WORDS_MAX)
        out->n++;
}

/* --- matching --- */

enum { GAP_MAX = 3 };

static bool is_one_of(const char *word, struct str alternatives)
{
    struct str one;
    while (str_next(&alternatives, '|', &one))
        if (str_is(one, word))
            return true;
    return false;
}

/* The word at `at`, unless the sentence that `from` stands in is over. */
static const struct word *word_at(const struct words_of_text *text, size_t from, size_t at)
{
    if (at >= text->n || (at > from && text->v[at].begins_sentence))
        return NULL;
    return &text->v[at];
}

/* Whether the rest of the pattern fits from `at` on; `from` is where the match began. */
static bool fits(const struct words_of_text *text, size_t from, size_t at, struct str pattern)
{
    struct str item;
    const struct word *word = word_at(text, from, at);
    if (pattern.n == 0 || !str_next(&pattern, ' ', &item))
        return true;
    if (str_is(item, "$"))
        return !word;
    if (str_is(item, "*")) {
        for (size_t gap = 0; gap <= GAP_MAX; gap++) {
            if (fits(text, from, at + gap, pattern))
                return true;
            if (!word_at(text, from, at + gap))
                return false;
        }
        return false;
    }
    if (item.p[0] == '!')
        return !word || (!is_one_of(word->c, str_slice(item, 1, item.n)) && fits(text, from, at, pattern));
    if (item.p[0] == '?') {
        bool is_there = word && is_one_of(word->c, str_slice(item, 1, item.n));
        return (is_there && fits(text, from, at + 1, pattern)) || fits(text, from, at, pattern);
    }
    return word && is_one_of(word->c, item) && fits(text, from, at + 1, pattern);
}

/* Whether the words of the guard stand right before `at`, in the same sentence. */
static bool stands_before(const struct words_of_text *text, size_t at, struct str guard)
{
    size_t n = 1;
    for (size_t i = 0; i < guard.n; i++)
        n += guard.p[i] == ' ' ? 1 : 0;
    if (at < n)
        return false;
    for (size_t i = at - n + 1; i <= at && i < text->n; i++)
        if (text->v[i].begins_sentence)
            return false;
    return fits(text, at - n, at - n, guard);
}

static bool is_turned_around(const struct words_of_text *text, size_t at, unsigned unless)
{
    for (size_t i = 0; i < COUNT(GUARDS); i++) {
        struct str guard = str_of(GUARDS[i].pattern);
        if (!(GUARDS[i].unless & unless))
            continue;
        bool has_filler = at > 0 && !text->v[at].begins_sentence && is_one_of(text->v[at - 1].c, str_of(FILLERS));
        if (stands_before(text, at, guard) || (has_filler && stands_before(text, at - 1, guard)))
            return true;
    }
    return false;
}

static bool row_fits(const struct words_of_text *text, size_t at, const struct row *row)
{
    struct str pattern = str_of(row->pattern);
    if (pattern.p[0] == '^') {
        if (!text->v[at].begins_sentence)
            return false;
        pattern = str_slice(pattern, 2, pattern.n);
    }
    return fits(text, at, at, pattern) && !is_turned_around(text, at, row->unless);
}

/* --- which rows are worth a try --- */

/* A set of words, each as one bit by its hash: what is not in it is not in the text. */
struct word_set {
    uint64_t bits[16];
};

enum { HASH_START = 5381, HASH_STEP = 33, HASH_BITS = 1024 };

static void add_word(struct word_set *set, const char *word)
{
    unsigned hash = HASH_START;
    for (size_t i = 0; word[i]; i++)
        hash = hash * HASH_STEP + (unsigned char)word[i];
    set->bits[hash % HASH_BITS / 64] |= UINT64_C(1) << hash % 64;
}

static struct word_set words_in(const struct words_of_text *text)
{
    struct word_set set = { 0 };
    for (size_t i = 0; i < text->n; i++)
        add_word(&set, text->v[i].c);
    return set;
}

/* Whether some word of the text may be one of the alternatives. */
static bool may_have(const struct word_set *set, struct str alternatives)
{
    unsigned hash = HASH_START;
    for (size_t i = 0; i <= alternatives.n; i++) {
        if (i < alternatives.n && alternatives.p[i] != '|') {
            hash = hash * HASH_STEP + (unsigned char)alternatives.p[i];
            continue;
        }
        if (set->bits[hash % HASH_BITS / 64] >> hash % 64 & 1)
            return true;
        hash = HASH_START;
    }
    return false;
}

/* Every word that the pattern must have may be there. Nearly all rows end here, at their first such word. */
static bool may_fit(const struct word_set *set, struct str pattern)
{
    struct str item;
    while (str_next(&pattern, ' ', &item))
        if (!strchr("^$*!?", item.p[0]) && !may_have(set, item))
            return false;
    return true;
}

const char *refusal_find(struct str text)
{
    struct words_of_text words;
    const struct row *rows[COUNT(ROWS)];
    size_t n = 0;
    split(text, &words);
    struct word_set set = words_in(&words);
    for (size_t i = 0; i < COUNT(ROWS); i++)
        if (may_fit(&set, str_of(ROWS[i].pattern)))
            rows[n++] = &ROWS[i];
    for (size_t at = 0; at < words.n; at++)
        for (size_t i = 0; i < n; i++)
            if (row_fits(&words, at, rows[i]))
                return rows[i]->pattern;
    return NULL;
}

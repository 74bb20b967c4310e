#include "reply_xml.h"

struct reader {
    struct str xml;
    size_t at;
    struct arena *arena;
    struct err *err;
};

static bool fail(struct reader *r, const char *what)
{
    return err_set(r->err, ERR_INPUT, NULL, "the XML is not a Response: %s at byte %zu", what, r->at);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.' || c == ':';
}

/* Moves behind `literal` if it stands here. */
static bool take(struct reader *r, const char *literal)
{
    if (!str_starts(str_slice(r->xml, r->at, r->xml.n), str_of(literal)))
        return false;
    r->at += strlen(literal);
    return true;
}

/* Moves behind the next `literal`. */
static bool take_until(struct reader *r, const char *literal)
{
    for (; r->at < r->xml.n; r->at++)
        if (take(r, literal))
            return true;
    return false;
}

/* Blanks and comments. */
static bool take_blanks(struct reader *r)
{
    for (;;) {
        while (r->at < r->xml.n && is_blank(r->xml.p[r->at]))
            r->at++;
        if (!take(r, "<!--"))
            return true;
        if (!take_until(r, "-->"))
            return fail(r, "a comment without end");
    }
}

static bool take_name(struct reader *r, struct str *out)
{
    size_t begin = r->at;
    while (r->at < r->xml.n && is_name_char(r->xml.p[r->at]))
        r->at++;
    *out = str_slice(r->xml, begin, r->at - begin);
    return out->n > 0;
}

/* XML 1.0 section 2.2: what a document may hold at all. */
static bool is_xml_char(uint32_t c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) ||
           (c >= 0x10000 && c <= 0x10ffff);
}

static size_t put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char LEAD[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(LEAD[n] | c);
    return n;
}

/* "#65" or "#x41" between & and ;. */
static bool read_reference(struct str digits, uint32_t *out)
{
    bool is_hex = digits.n > 1 && digits.p[1] == 'x';
    uint32_t value = 0;
    size_t i = is_hex ? 2 : 1;
    if (digits.n <= i || digits.n > i + 7)
        return false;
    for (; i < digits.n; i++) {
        char c = digits.p[i];
        uint32_t digit = c >= '0' && c <= '9'             ? (uint32_t)(c - '0')
                         : is_hex && c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : is_hex && c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                          : 99;
        if (digit == 99)
            return false;
        value = value * (is_hex ? 16 : 10) + digit;
    }
    *out = value;
    return is_xml_char(value);
}

/* One entity, its '&' already taken. */
static bool take_entity(struct reader *r, char *out, size_t *n)
{
    static const struct {
        const char *name;
        char c;
    } NAMED[] = { { "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' }, { "apos", '\'' } };
    struct str rest = str_slice(r->xml, r->at, r->xml.n);
    struct str name = str_slice(rest, 0, str_find(rest, ';'));
    if (name.n == rest.n || name.n == 0)
        return fail(r, "an & that begins no entity");
    uint32_t c = 0;
    for (size_t i = 0; i < COUNT(NAMED); i++)
        if (str_is(name, NAMED[i].name))
            c = (uint32_t)NAMED[i].c;
    if (c == 0 && (name.p[0] != '#' || !read_reference(name, &c)))
        return fail(r, "an unknown entity");
    r->at += name.n + 1;
    *n += put_utf8(out + *n, c);
    return true;
}

/* Decoded text up to `end`, which stays. */
static bool take_text(struct reader *r, char end, struct str *out)
{
    struct str rest = str_slice(r->xml, r->at, r->xml.n);
    char *bytes = arena_alloc(r->arena, str_find(rest, end) + 1); /* no entity is shorter than what it stands for */
    size_t n = 0;
    if (!bytes)
        return arena_err(r->arena, r->err);
    while (r->at < r->xml.n && r->xml.p[r->at] != end) {
        char c = r->xml.p[r->at];
        if (c == '<')
            return fail(r, "an unescaped <");
        if ((unsigned char)c < 0x20 && !is_blank(c))
            return fail(r, "a control character");
        r->at++;
        if (c != '&')
            bytes[n++] = c;
        else if (!take_entity(r, bytes, &n))
            return false;
    }
    *out = str_bytes(bytes, n);
    return r->at < r->xml.n ? true : fail(r, "a text without end");
}

static bool take_attribute(struct reader *r, struct reply *out)
{
    struct str name, value;
    if (!take_name(r, &name))
        return fail(r, "no attribute");
    if (!take_blanks(r) || !take(r, "=") || !take_blanks(r))
        return fail(r, "an attribute without =");
    char quote = r->at < r->xml.n ? r->xml.p[r->at] : '\0';
    if (quote != '"' && quote != '\'')
        return fail(r, "an attribute without quotes");
    r->at++;
    if (!take_text(r, quote, &value))
        return false;
    r->at++;
    const struct {
        const char *name;
        struct str *to;
    } known[] = { { "src", &out->src },
                  { "dst", &out->dst },
                  { "type", &out->type },
                  { "callbackUrl", &out->callback_url },
                  { "callbackMethod", &out->callback_method } };
    for (size_t i = 0; i < COUNT(known); i++)
        if (str_is(name, known[i].name)) {
            if (str_is_set(*known[i].to))
                return fail(r, "an attribute twice");
            *known[i].to = value;
            return true;
        }
    return fail(r, "an unknown attribute of Message");
}

/* One Message, its "<Message" already taken. */
static bool take_message(struct reader *r, struct reply *out)
{
    for (;;) {
        size_t before = r->at;
        if (!take_blanks(r))
            return false;
        if (take(r, "/>"))
            return true;
        if (take(r, ">"))
            break;
        if (r->at == before)
            return fail(r, "no blank before an attribute");
        if (!take_attribute(r, out))
            return false;
    }
    if (!take_text(r, '<', &out->text))
        return false;
    if (!take(r, "</Message"))
        return fail(r, "no end of Message");
    return take_blanks(r) && (take(r, ">") || fail(r, "no end of Message"));
}

static bool take_prolog(struct reader *r)
{
    (void)take(r, "\xef\xbb\xbf"); /* a byte order mark may stand before the declaration */
    if (take(r, "<?xml ") && !take_until(r, "?>"))
        return fail(r, "a declaration without end");
    return take_blanks(r);
}

bool reply_xml_parse(struct str xml, struct arena *arena, struct replies *out, struct err *err)
{
    struct reader r = { .xml = xml, .arena = arena, .err = err };
    *out = (struct replies){ 0 };
    if (!str_is_utf8(xml))
        return fail(&r, "not UTF-8");
    if (!take_prolog(&r))
        return false;
    if (!take(&r, "<Response"))
        return fail(&r, "no <Response>");
    if (!take_blanks(&r))
        return false;
    bool is_empty = take(&r, "/>");
    if (!is_empty && !take(&r, ">"))
        return fail(&r, "no <Response>");
    while (!is_empty) {
        if (!take_blanks(&r))
            return false;
        if (take(&r, "</Response>"))
            break;
        if (!take(&r, "<Message"))
            return fail(&r, "something other than <Message>");
        if (out->n == REPLIES_MAX)
            return err_set(err, ERR_TOO_BIG, NULL, "at most %d messages in a Response", REPLIES_MAX);
        if (!take_message(&r, &out->v[out->n++]))
            return false;
    }
    if (!take_blanks(&r))
        return false;
    return r.at == xml.n ? true : fail(&r, "something behind the end");
}

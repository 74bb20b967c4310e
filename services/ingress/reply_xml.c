#include "reply_xml.h"

#define DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

const struct str REPLY_XML_EMPTY = { DECLARATION "<Response></Response>",
                                     sizeof DECLARATION "<Response></Response>" - 1 };

enum { REPLACEMENT = 0xFFFD };

/* XML 1.0, production 2: Char. */
static bool is_xml_char(uint32_t c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) ||
           c >= 0x10000;
}

static const char *escape_of(uint32_t c, bool is_attribute)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '\r':
        return "&#13;";   /* a bare one is read as a line feed */
    case '"':
        return is_attribute ? "&quot;" : NULL;
    case '\n':
        return is_attribute ? "&#10;" : NULL;   /* a bare one is read as a blank there */
    case '\t':
        return is_attribute ? "&#9;" : NULL;
    default:
        return NULL;
    }
}

static void escape(struct str text, bool is_attribute, struct buf *out)
{
    size_t at = 0;
    size_t from = 0;
    uint32_t c;
    while (from = at, str_next_code_point(text, &at, &c)) {
        const char *escaped = escape_of(c, is_attribute);
        if (!is_xml_char(c))
            continue;
        if (escaped)
            (void)buf_add_text(out, escaped);   /* has_failed is looked at once, at the end */
        else if (c == REPLACEMENT)
            (void)buf_add(out, STR("\xEF\xBF\xBD"));
        else
            (void)buf_add(out, str_slice(text, from, at - from));
    }
}

static void attribute(const char *name, struct str value, struct buf *out)
{
    (void)buf_add_format(out, " %s=\"", name);   /* as above */
    escape(value, true, out);
    (void)buf_add_char(out, '"');
}

bool reply_xml_format(const struct reply_xml *reply, struct buf *out)
{
    (void)buf_add_text(out, DECLARATION "<Response><Message");   /* as above */
    attribute("src", reply->src, out);
    attribute("dst", reply->dst, out);
    attribute("type", STR("sms"), out);
    attribute("callbackUrl", reply->callback_url, out);
    (void)buf_add_char(out, '>');
    escape(reply->text, false, out);
    (void)buf_add_text(out, "</Message></Response>");
    return !out->has_failed;
}

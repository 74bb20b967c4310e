#include "core/programme_notice.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

static bool has(struct str text, struct str part, bool is_word)
{
    for (size_t at = 0; part.n > 0 && at + part.n <= text.n; at++) {
        if (!str_eq_ascii_case(str_slice(text, at, part.n), part))
            continue;
        bool is_whole = (at == 0 || !is_letter(text.p[at - 1])) &&
                        (at + part.n == text.n || !is_letter(text.p[at + part.n]));
        if (!is_word || is_whole)
            return true;
    }
    return false;
}

bool programme_notice_is_there(struct str text, struct str sender)
{
    return has(text, sender, false) && has(text, STR("STOP"), true) && has(text, STR("HELP"), true);
}

bool programme_notice_add(struct str text, struct str sender, struct buf *out)
{
    bool has_stop = has(text, STR("STOP"), true);
    bool has_help = has(text, STR("HELP"), true);
    bool ok = true;
    if (!has(text, sender, false))
        ok = buf_add(out, sender) && buf_add_text(out, ": ");
    ok = ok && buf_add(out, text);
    if (ok && !has_stop && !has_help)
        return buf_add_text(out, " Reply STOP to end, HELP for help. Msg & data rates may apply.");
    if (ok && !has_stop)
        ok = buf_add_text(out, " Reply STOP to end.");
    if (ok && !has_help)
        ok = buf_add_text(out, " Reply HELP for help.");
    return ok;
}

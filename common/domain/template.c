#include "domain/template.h"

/* A piece of a template: text as it is, or a place to fill in. */
struct piece {
    bool is_place;
    struct str text; /* is_place: its fallback, unset without one */
    struct str name;
};

enum {
    LIST_BYTES_MAX = 100
}; /* of an error's text: what is left of it beside the sentence */

enum step {
    STEP_PIECE,
    STEP_END,
    STEP_OPEN /* "{{" without "}}" */
};

static size_t find_pair(struct str s, char c)
{
    for (size_t i = 0; i + 1 < s.n; i++)
        if (s.p[i] == c && s.p[i + 1] == c)
            return i;
    return s.n;
}

/* Cuts the next piece off *rest. */
static enum step next_piece(struct str *rest, struct piece *out)
{
    if (rest->n == 0)
        return STEP_END;
    size_t begin = find_pair(*rest, '{');
    if (begin > 0) {
        *out = (struct piece){ .text = str_slice(*rest, 0, begin) };
        *rest = str_slice(*rest, begin, rest->n);
        return STEP_PIECE;
    }
    struct str inside = str_slice(*rest, 2, rest->n);
    size_t end = find_pair(inside, '}');
    if (end == inside.n)
        return STEP_OPEN;
    *rest = str_slice(inside, end + 2, inside.n);
    inside = str_slice(inside, 0, end);
    size_t bar = str_find(inside, '|');
    *out = (struct piece){ .is_place = true, .name = str_trim(str_slice(inside, 0, bar)) };
    if (bar < inside.n)
        out->text = str_trim(str_slice(inside, bar + 1, inside.n));
    return STEP_PIECE;
}

static bool is_name(struct str name)
{
    if (name.n == 0 || name.n > TEMPLATE_NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.'))
            return false;
    }
    return true;
}

static bool is_known(struct str name, const char *const *known, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct str candidate = str_of(known[i]);
        if (str_eq(name, candidate) || str_is(candidate, "*"))
            return true;
        if (!str_ends(candidate, STR(".*")))
            continue;
        struct str folder = str_slice(candidate, 0, candidate.n - 1); /* with its dot */
        if (name.n > folder.n && str_starts(name, folder))
            return true;
    }
    return false;
}

/* "contact.name, contact.address": as many as fit, whole. */
static struct str list_of(const char *const *known, size_t n, struct buf *to)
{
    for (size_t i = 0; i < n && !to->has_failed; i++)
        buf_add_format(to, "%s%s", i > 0 ? ", " : "", known[i]);
    return buf_str(to);
}

static bool refuse_unknown(struct str name, const char *const *known, size_t n, const char *field, struct err *err)
{
    struct buf list;
    buf_init(&list, LIST_BYTES_MAX);
    struct str names = list_of(known, n, &list);
    err_set(err, ERR_INPUT, field, "has no such place as {{%.*s}}; there are %.*s", STR_ARGS(name), STR_ARGS(names));
    buf_release(&list);
    return false;
}

bool template_check(struct str text, const char *const *known, size_t n, const char *field, struct err *err)
{
    struct piece piece;
    enum step step;
    while ((step = next_piece(&text, &piece)) == STEP_PIECE) {
        if (!piece.is_place)
            continue;
        if (!is_name(piece.name))
            return err_set(err, ERR_INPUT, field,
                           "has braces without a name; write {{contact.name}} or {{contact.name|there}}");
        if (!is_known(piece.name, known, n))
            return refuse_unknown(piece.name, known, n, field, err);
    }
    if (step == STEP_OPEN)
        return err_set(err, ERR_INPUT, field, "has \"{{\" without \"}}\"");
    return true;
}

bool template_next_name(struct str *rest, struct str *name)
{
    struct piece piece;
    while (next_piece(rest, &piece) == STEP_PIECE)
        if (piece.is_place) {
            *name = piece.name;
            return true;
        }
    return false;
}

bool template_render(struct str text, const struct pair *values, size_t n, struct buf *out, struct err *err)
{
    struct piece piece;
    enum step step;
    while ((step = next_piece(&text, &piece)) == STEP_PIECE) {
        struct str value = piece.text;
        for (size_t i = 0; piece.is_place && i < n; i++)
            if (str_eq(values[i].name, piece.name) && values[i].value.n > 0) {
                value = values[i].value;
                break;
            }
        buf_add(out, value);
    }
    if (step == STEP_OPEN)
        return err_set(err, ERR_INPUT, NULL, "the template has \"{{\" without \"}}\"");
    if (out->has_failed)
        return err_set(err, ERR_TOO_BIG, NULL, "the filled-in text is over %zu bytes", out->max_bytes);
    return true;
}

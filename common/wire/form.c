#include "wire/form.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Decodes `in` to *to and moves *to behind it. Never longer than `in`. */
static struct str decode(struct str in, char **to)
{
    char *begin = *to, *at = begin;
    for (size_t i = 0; i < in.n; i++) {
        char c = in.p[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%' && in.n - i > 2) {
            int high = hex_value(in.p[i + 1]), low = hex_value(in.p[i + 2]);
            if (high >= 0 && low >= 0) {
                c = (char)(high * 16 + low);
                i += 2;
            }
        }
        *at++ = c;
    }
    *to = at;
    return (struct str){ begin, (size_t)(at - begin) };
}

static size_t count_pieces(struct str raw)
{
    size_t n = 0;
    struct str rest = raw, piece;
    while (str_next(&rest, '&', &piece))
        if (piece.n > 0)
            n++;
    return n;
}

bool form_decode(struct str raw, struct arena *arena, struct form *out, struct err *err)
{
    if (raw.n > FORM_BYTES_MAX)
        return err_set(err, ERR_TOO_BIG, NULL, "is over %d KiB", FORM_BYTES_MAX / 1024);
    size_t pieces = count_pieces(raw);
    if (pieces > FORM_PAIRS_MAX)
        return err_set(err, ERR_TOO_BIG, NULL, "has more than %d fields", FORM_PAIRS_MAX);
    struct pair *pairs = arena_alloc_array(arena, pieces, sizeof *pairs);
    char *to = arena_alloc(arena, raw.n); /* decoding only shortens */
    if (!pairs || !to)
        return arena_err(arena, err);

    size_t n = 0;
    struct str rest = raw, piece;
    while (str_next(&rest, '&', &piece)) {
        if (piece.n == 0)
            continue;
        size_t equals = str_find(piece, '=');
        pairs[n].name = decode(str_slice(piece, 0, equals), &to);
        pairs[n].value = decode(str_slice(piece, equals + 1, piece.n), &to);
        n++;
    }
    *out = (struct form){ pairs, n };
    return true;
}

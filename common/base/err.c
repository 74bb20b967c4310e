#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

struct err_row {
    const char *word;
    int http;
    bool retry;
    const char *title;
};

static const struct err_row ROWS[] = {
    [ERR_NONE] = {"none", 200, false, "Fine"},
#define X(kind, word, http, retry, title) [kind] = {word, http, retry, title},
    ERR_KINDS(X)
#undef X
};

/* A cut in the middle of a UTF-8 sequence would make the whole answer malformed. */
static void cut_at_character(char *text, size_t size)
{
    size_t n = strnlen(text, size);
    if (n + 1 < size)
        return;
    while (n > 0 && !str_is_utf8((struct str){text, n}))
        text[--n] = '\0';
}

bool err_set(struct err *err, enum err_kind kind, const char *field, const char *format, ...)
{
    err->kind = kind;
    (void)snprintf(err->field, sizeof err->field, "%s", field ? field : ""); /* cut below; a cut name is still a name */
    cut_at_character(err->field, sizeof err->field);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->text, sizeof err->text, format, args); /* cut below */
    va_end(args);
    cut_at_character(err->text, sizeof err->text);
    return false;
}

bool err_set_errno(struct err *err, enum err_kind kind, const char *field, const char *what)
{
    char reason[96];
    int code = errno;
    return err_set(err, kind, field, "%s: %s", what, strerror_r(code, reason, sizeof reason));
}

int err_http_status(enum err_kind kind)
{
    return ROWS[kind].http;
}

bool err_is_retryable(enum err_kind kind)
{
    return ROWS[kind].retry;
}

const char *err_title(enum err_kind kind)
{
    return ROWS[kind].title;
}

const char *err_word(enum err_kind kind)
{
    return ROWS[kind].word;
}

enum err_kind err_kind_of(struct str word)
{
    for (size_t i = 0; i < COUNT(ROWS); i++)
        if (str_is(word, ROWS[i].word))
            return (enum err_kind)i;
    return ERR_BROKEN;
}

/* err.h - expected failures as values: what kind, which field, a sentence for a person.
 *
 * Promise: one table gives HTTP status, retry rule and wire word of a kind; nobody maps errors by hand.
 *          The text says what was wrong and what is allowed; never a secret, never a message's text, never a full number.
 * Memory:  struct err is a plain value: no heap, no owner.
 * Threads: pure; call from any.
 *
 * Bugs (a broken invariant) are not errors: assert, and the process dies (P3 makes that harmless).
 */
#ifndef PARLEY_ERR_H
#define PARLEY_ERR_H
#include "base/base.h"

/* clang-format off */
/*    kind             word            http  retry  title, as problem+json says it */
#define ERR_KINDS(X)                                                                            \
    X(ERR_INPUT,       "input",        400,  false, "The request is not valid")                 \
    X(ERR_UNSIGNED,    "unsigned",     401,  false, "Sign in first")                            \
    X(ERR_DENIED,      "denied",       403,  false, "Not allowed")                              \
    X(ERR_MISSING,     "missing",      404,  false, "No such thing")                            \
    X(ERR_METHOD,      "method",       405,  false, "This method does not apply here")          \
    X(ERR_CONFLICT,    "conflict",     409,  false, "Clashes with what is stored")              \
    X(ERR_TOO_BIG,     "too_big",      413,  false, "Over a stated limit")                      \
    X(ERR_MEDIA_TYPE,  "media_type",   415,  false, "This content type is not understood")      \
    X(ERR_KEY_REUSED,  "key_reused",   422,  false, "Idempotency-Key was used with another body") \
    X(ERR_LIMITED,     "limited",      429,  true,  "Too many requests")                        \
    X(ERR_BROKEN,      "broken",       500,  true,  "Our fault; it is logged")                  \
    X(ERR_BUSY,        "busy",         503,  true,  "Full or late; ask again")
/* clang-format on */

enum err_kind {
    ERR_NONE,
#define X(kind, word, http, retry, title) kind,
    ERR_KINDS(X)
#undef X
        ERR_KIND_COUNT
};

struct err {
    enum err_kind kind;
    char field[32]; /* the field, parameter or variable at fault; "" when none is */
    char text[200];
};

/* Fills *err and returns false, so that a refusal is one line: return err_set(err, ERR_INPUT, "to", "…");
 * A NULL field means none. Over-long texts are cut at a character's border. */
bool err_set(struct err *err, enum err_kind kind, const char *field, const char *format, ...) PRINTF_LIKE(4, 5);

/* The same with errno's text behind it: ": No space left on device". */
bool err_set_errno(struct err *err, enum err_kind kind, const char *field, const char *what);

int err_http_status(enum err_kind kind);
bool err_is_retryable(enum err_kind kind);
const char *err_title(enum err_kind kind);
const char *err_word(enum err_kind kind);
/* ERR_BROKEN for a word that this version does not know. */
enum err_kind err_kind_of(struct str word);

#endif

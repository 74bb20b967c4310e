/* form.h - application/x-www-form-urlencoded: a body's or a query's text into decoded pairs.
 *
 * Promise: the pairs are what the sender signed: '+' is a space, %41 is 'A', a bad escape stays as it is, a NUL is a
 *          byte like any other, nothing is trimmed. Order and repetitions are kept. A piece without '=' is a name
 *          with an empty value; an empty piece ("a=1&&b=2") is no pair.
 * Units:   at most FORM_BYTES_MAX bytes and FORM_PAIRS_MAX pairs: plivo.md section 3 asks for hard limits.
 * Memory:  the pairs and their bytes live in the caller's arena, also when nothing had to be decoded.
 * Threads: pure; call from any.
 * Source:  WHATWG URL standard section 5; plivo.md section 3 ("bad escapes stay as they are").
 */
#ifndef PARLEY_FORM_H
#define PARLEY_FORM_H
#include "base/arena.h"
#include "base/pair.h"

enum { FORM_BYTES_MAX = 64 * 1024, FORM_PAIRS_MAX = 200 };

struct form {
    struct pair *pairs;
    size_t n;
};

/* `raw` is borrowed for the call; an unset or empty one gives no pairs. Look a field up with pair_find().
 * False: *err is ERR_TOO_BIG (a limit passed, or the arena full). */
MUST_USE bool form_decode(struct str raw, struct arena *arena, struct form *out, struct err *err);

#endif

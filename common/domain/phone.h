/* phone.h - telephone numbers in E.164 form.
 *
 * Promise: a struct phone that phone_parse() filled is valid for its whole life; nobody checks it again.
 * Units:   2 to 15 digits after the '+'. Plivo's form without '+' exists only in plivo_wire.c.
 * Memory:  a plain value of 17 bytes; copy it. Nothing to free.
 * Threads: pure; call from any.
 * Source:  ITU-T E.164: at most 15 digits; no country code begins with 0. Whether a country issues such a number:
 *          phone_plan.h.
 */
#ifndef PARLEY_PHONE_H
#define PARLEY_PHONE_H
#include "base/err.h"

enum { PHONE_DIGITS_MIN = 2, PHONE_DIGITS_MAX = 15 };

struct phone {
    char e164[1 + PHONE_DIGITS_MAX + 1]; /* "+15550100001" and its NUL */
};

/* Reads one number: '+' required, no blanks, no dashes. `in` is borrowed for the call.
 * True: *out is filled. False: *out is untouched, *err is ERR_INPUT and names `field`; its text never holds the
 *       number. */
MUST_USE bool phone_parse(struct str in, const char *field, struct phone *out, struct err *err);

/* Borrowed from the value. */
static inline struct str phone_str(const struct phone *phone) { return str_of(phone->e164); }

static inline bool phone_eq(const struct phone *a, const struct phone *b) { return strcmp(a->e164, b->e164) == 0; }

#endif

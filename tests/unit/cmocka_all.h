/* cmocka_all.h - cmocka with the headers that it wants before itself. */
#ifndef PARLEY_CMOCKA_ALL_H
#define PARLEY_CMOCKA_ALL_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"

/* Compares two views; a failure prints both. */
#define assert_str_eq(got, want)                                                                                       \
    do {                                                                                                               \
        struct str assert_got = (got), assert_want = (want);                                                           \
        if (!str_eq(assert_got, assert_want))                                                                          \
            fail_msg("got \"%.*s\", wanted \"%.*s\"", STR_ARGS(assert_got), STR_ARGS(assert_want));                    \
    } while (0)

#endif

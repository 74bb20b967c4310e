/* sample.h - a made-up record with a field of every kind, for the tests and the fuzz target of record.h.
 *
 * Promise: every field_kind occurs, and records nest as deep as those of schema.h.
 * Memory:  static tables only; include it once a program.
 */
#ifndef PARLEY_TEST_SAMPLE_H
#define PARLEY_TEST_SAMPLE_H
#include "wire/record.h"

/* clang-format off */
#define LEAF(X, S) \
    X(S, STR,  word,  _) \
    X(S, OPT,  count, _)
#define TWIG(X, S) \
    X(S, LIST,   leaves, leaf) \
    X(S, OBJECT, one,    leaf)
#define SAMPLE(X, S) \
    X(S, STR,    text,   _) \
    X(S, BIN,    bytes,  _) \
    X(S, JSON,   inner,  _) \
    X(S, INT,    number, _) \
    X(S, OPT,    maybe,  _) \
    X(S, REAL,   real,   _) \
    X(S, BOOL,   flag,   _) \
    X(S, ID,     id,     _) \
    X(S, TIME,   at,     _) \
    X(S, ENUM,   via,    call_outcome) \
    X(S, OBJECT, twig,   twig) \
    X(S, LIST,   twigs,  twig) \
    X(S, STRS,   words,  _) \
    X(S, SOME,   rare,   _)
/* What a newer version of a peer might send: one field more, one less. */
#define NEWER(X, S) \
    X(S, STR,    text,   _) \
    X(S, LIST,   extra,  twig) \
    X(S, INT,    number, _)
/* clang-format on */

RECORD_STRUCT(leaf, LEAF)
RECORD_STRUCT(twig, TWIG)
RECORD_STRUCT(sample, SAMPLE)
RECORD_STRUCT(newer, NEWER)
RECORD_TABLE(leaf, LEAF);
RECORD_TABLE(twig, TWIG);
RECORD_TABLE(sample, SAMPLE);
RECORD_TABLE(newer, NEWER);

#endif

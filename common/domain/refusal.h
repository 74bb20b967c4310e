/* refusal.h - whether somebody may be asking us, in words of their own, to write no more.
 *
 * Promise: a guess, made to be looked at by a person: what it finds is neither ignored nor taken for certain. The whole of a STOP is
 *          keywords.h's, and is certain. English and Spanish; case, accents and apostrophes do not matter.
 *          "don't stop", "I can't stop laughing" and "stop by at 5?" are none.
 * Memory:  the text is borrowed for the call; of a long one the first REFUSAL_WORDS_MAX words count.
 * Threads: pure; call from any.
 * Source:  plivo.md section 12 (47 CFR 64.1200(a)(10): any reasonable way, read as a reasonable person would).
 */
#ifndef PARLEY_REFUSAL_H
#define PARLEY_REFUSAL_H
#include "base/base.h"

enum { REFUSAL_WORDS_MAX = 320 }; /* more than the words of the longest message */

/* The row of the table that the text fits, as it stands there; NULL: none. Static. */
const char *refusal_find(struct str text);

#endif

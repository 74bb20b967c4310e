/* keywords.h - the system words: STOP and its kin, START, HELP.
 *
 * Promise: the whole message counts, never a word inside it. Case, blanks, punctuation, emoji, accents and full-width
 *          letters are folded away first, so "Stop!", "S T O P" and "ＳＴＯＰ" are STOP; "stop by at noon" is none.
 *          Ours is wider than Plivo's own table: the law asks for it, and Plivo's does not cover every number.
 * Memory:  texts are borrowed for the call.
 * Threads: pure; call from any. Ingress and worker share may_be_opt_out(), so that they never disagree.
 * Source:  plivo.md section 11 (Plivo's table) and section 12 (47 CFR 64.1200(a)(10): the words that are a revocation
 *          per se).
 */
#ifndef PARLEY_KEYWORDS_H
#define PARLEY_KEYWORDS_H
#include "domain/vocabulary.h"

#define KEYWORDS(X)                                                                                                    \
    X(KEYWORD_NONE, NULL) X(KEYWORD_STOP, "stop") X(KEYWORD_START, "start") X(KEYWORD_HELP, "help")
#define X(enumerator, word) enumerator,
enum keyword { KEYWORDS(X) };
#undef X

extern const struct words keyword_words;

/* What the text means to Parley. YES, GO and RESUME are everyday words: they mean START to somebody who is opted out,
 * and nothing to anybody else. Hence the fact is asked for, not left to be remembered. */
enum keyword keyword_of(struct str text, bool is_opted_out);

/* What Plivo's own table makes of the text: exact words, any case, blanks and line ends behind them ignored. */
enum keyword keyword_of_plivo(struct str text);

/* Whether Plivo itself has acted on it (and answers it, on numbers with its service). `intent` is MessageIntent;
 * unset or blank when there was none. For `stop_reply: provider`. */
bool keyword_is_plivo_word(struct str text, struct str intent);

/* Whether this must not be acknowledged before the worker's commit: a STOP after folding, or MessageIntent=optout. */
bool may_be_opt_out(struct str text, struct str intent);

#endif

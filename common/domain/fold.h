/* fold.h - what one character of a person's text becomes before it is compared with our words.
 *
 * Promise: capitals A-Z and digits stay; small letters, accents and full-width forms become them; blanks, punctuation, symbols and emoji
 *          are dropped; a letter of another script is foreign, so that no word of ours is found in it.
 * Threads: pure; call from any.
 */
#ifndef PARLEY_FOLD_H
#define PARLEY_FOLD_H
#include "base/base.h"

enum fold { FOLD_DROP, FOLD_KEEP, FOLD_FOREIGN };

/* With FOLD_KEEP *out is one of A-Z and 0-9; else it is untouched. */
enum fold fold_character(uint32_t c, char *out);

#endif

/* gsm7.h - the GSM 7-bit alphabet: what a character costs in it, and what could stand in for one that is missing.
 *
 * Promise: a character is in the table exactly when every handset can show it without UCS-2.
 * Units:   septets: 1 for the basic table, 2 for the extension table (escape and character).
 * Threads: pure; call from any.
 * Source:  3GPP TS 23.038 (GSM 03.38) section 6.2.1; the escape itself (U+001B) does not count as a character.
 */
#ifndef PARLEY_GSM7_H
#define PARLEY_GSM7_H
#include "base/base.h"

/* 1 or 2; 0 when the character is in neither table. */
int gsm7_septets(uint32_t code_point);

/* Text in the GSM alphabet that a person would accept in its place: '"' for U+201C, "..." for U+2026, "" for a
 * zero-width one. The unset str when there is none: an emoji or a Cyrillic letter cannot be replaced. */
struct str gsm7_replacement(uint32_t code_point);

#endif

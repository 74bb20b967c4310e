/* money.h - amounts as whole numbers of a millionth of the currency.
 *
 * Promise: an amount is never a binary float. What money_parse() took, money_format() gives back with the same value.
 * Units:   1,000,000 to the dollar: one digit more than Plivo's own finest ("0.00550").
 * Memory:  plain values.
 * Threads: pure; call from any.
 * Source:  plivo.md section 1: money is decimal text of 4 to 5 places.
 */
#ifndef PARLEY_MONEY_H
#define PARLEY_MONEY_H
#include "base/err.h"

#define MONEY_UNIT INT64_C(1000000)
#define MONEY_MAX (INT64_C(1000000000) * MONEY_UNIT) /* a thousand million dollars; sums of what was capped cannot overflow */

/* Not negative, at most 9 digits before the point and 6 behind it; further zeros behind it are dropped.
 * False: *out is untouched, *err is ERR_INPUT and names `field`. */
MUST_USE bool money_parse(struct str in, const char *field, int64_t *out, struct err *err);

enum { MONEY_TEXT_BYTES = 24 };
/* "0.00550": at least 5 places, as Plivo writes them, a sixth where it is needed. Clamped to 0 … MONEY_MAX. */
void money_format(int64_t amount, char out[MONEY_TEXT_BYTES]);

/* amount × n, clamped to 0 … MONEY_MAX; n below 0 counts as 0. */
int64_t money_times(int64_t amount, int64_t n);

#endif

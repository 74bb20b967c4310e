/* look.h - how a long list of Plivo's is read in pieces of time, and what of it is kept.
 *
 * Promise: the pieces cover the window without a gap: the end of one is the beginning of the next, and both belong to either. One that was
 *          too full is read again as two or more narrower ones; nothing of it counts before. Every record is kept that an attempt
 *          asked for, or another one to the same person, could own, and every witness.
 * Units:   wall time in ms.
 * Memory:  plain values; what is asked for is borrowed.
 * Threads: pure; call from any.
 * Source:  plivo.md section 5: the list can be asked for by time, but not by number.
 */
#ifndef PARLEY_LOOK_H
#define PARLEY_LOOK_H
#include "wire/schema.h"

enum { LOOK_TRUST_FROM_MS = 10 * 1000 }; /* the width of a piece of which it is believed that it is too full */

struct look_pieces {
    int64_t at_ms, to_ms;
    int64_t step_ms, most_ms; /* width of the next piece, and of any */
};

struct look_pieces look_pieces_of(int64_t from_ms, int64_t to_ms, int64_t most_ms);
/* False: all is read. */
bool look_piece(const struct look_pieces *pieces, int64_t *from_ms, int64_t *to_ms);
/* The piece was read whole. was_thin: it was far from full, so the next may be wider. */
void look_piece_read(struct look_pieces *pieces, bool was_thin);
/* It was not: narrower ones now. False: there is nothing narrower. */
MUST_USE bool look_piece_too_full(struct look_pieces *pieces);

/* Whether a piece of this width that is said to hold so many records, of which so many can be read, is better given up at once. What Plivo
 * says of the number may be wrong: a narrow piece is read whatever it says. INT_UNSET: it says nothing. */
bool look_piece_seems_too_full(int64_t width_ms, int64_t said, int64_t most);

/* Whether the worker has to be told of the record. It is, of any, when no attempt says to whom it was (an older worker). */
bool look_keeps(const struct unsettled *ask, const struct plivo_record *record);

#endif

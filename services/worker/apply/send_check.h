/* send_check.h - what a message that is asked for, or changed while it waits, must be like.
 *
 * Promise: false fills *err with ERR_INPUT and the field's name.
 * Threads: pure.
 */
#ifndef PARLEY_SEND_CHECK_H
#define PARLEY_SEND_CHECK_H
#include "store/txn.h"

MUST_USE bool send_check_text(struct str text, size_t media_n, struct err *err);
/* 0: now. Here, not at the api's door: an answer that is asked for again, after its time, is still the first answer. */
MUST_USE bool send_check_time(const struct txn *txn, int64_t send_at, struct err *err);
MUST_USE bool send_check_validity(const struct txn *txn, int64_t valid_until, int64_t send_at, struct err *err);

#endif

/* rows_sending.h - what holds and limits keep. A part of rows.h, which includes it; the same rules hold.
 *
 * Promise: SENDING_ROWS are rows of rows.h's list.
 * Units:   amounts in money.h's; times in ms UTC.
 * Memory:  see rows.h.
 * Threads: constants only.
 */
#ifndef PARLEY_ROWS_SENDING_H
#define PARLEY_ROWS_SENDING_H

/* clang-format off */

/* Once that a message was held back, for its timeline. */
#define HOLD_ROW(X, S) \
    X(S, TIME, at,               _) \
    X(S, TIME, until,            _)  /* 0: until something changes */ \
    X(S, STR,  reason,           _) \
    X(S, STR,  text,             _)

/* loop_guard.h, of one person. */
#define LOOP_COUNT(X, S) \
    X(S, INT,  hash,             _) \
    X(S, INT,  n,                _)
#define LOOP_ROW(X, S) \
    X(S, TIME, since,            _) \
    X(S, INT,  n,                _) \
    X(S, LIST, texts,            loop_count) \
    X(S, BOOL, has_tripped,      _)

/* What a tenant has spent on a day, estimated until Plivo says. */
#define SPEND_ROW(X, S) \
    X(S, INT,  amount,           _) \
    X(S, BOOL, has_warned,       _) \
    X(S, BOOL, has_stopped,      _)

/* A state's hours as the tenant has them: in place of the row of state_windows.h. */
#define WINDOW_ROW(X, S) \
    X(S, STR,  weekdays,         _) \
    X(S, STR,  saturday,         _) \
    X(S, STR,  sunday,           _) \
    X(S, STR,  holidays,         _) \
    X(S, STR,  source,           _) \
    X(S, TIME, updated_at,       _) \
    X(S, OPT,  most_per_day,     _)  /* unset: as state_windows.h has it */

/* The newest bulk messages granted to a person in a state that limits them: bulk_cap.h. */
#define BULK_SENT(X, S) \
    X(S, ID,   message,          _) \
    X(S, TIME, at,               _)
#define BULK_CAP_ROW(X, S) \
    X(S, LIST, sent,             bulk_sent)

/* What a 10DLC campaign (or brand: several campaigns of one name) allows all its numbers together. */
#define SHARED_LIMIT_ROW(X, S) \
    X(S, REAL, rate,             _)  /* segments per second; 0: no limit */ \
    X(S, OPT,  daily_limit,      _)  /* segments a day, from midnight Pacific */ \
    X(S, TIME, updated_at,       _)

/* Where a tenant stands among those that wait: turns.h. */
#define TURN_ROW(X, S) \
    X(S, INT,  deficit,          _) \
    X(S, STR,  number,           _)  /* of its numbers, the one served last */

#define SENDING_ROWS(X) \
    X(turn_row, TURN_ROW)     X(shared_limit_row, SHARED_LIMIT_ROW) X(hold_row, HOLD_ROW) X(loop_count, LOOP_COUNT) X(loop_row, LOOP_ROW) X(spend_row, SPEND_ROW) X(window_row, WINDOW_ROW) \
    X(bulk_sent, BULK_SENT)   X(bulk_cap_row, BULK_CAP_ROW)
/* clang-format on */

#endif

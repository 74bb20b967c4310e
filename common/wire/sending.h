/* sending.h - what holds and limits add to the bus: the hours of US states, shared limits, the change of a message that waits. A part of
 * schema.h, which includes it; the same rules hold.
 *
 * Promise: SENDING_OPERATIONS and SENDING_RECORDS are rows of schema.h's lists.
 * Units:   hours are local times of the recipient, "08:00-20:00"; limits are segments per second and per day.
 * Memory:  see record.h.
 * Threads: constants only.
 */
#ifndef PARLEY_SENDING_H
#define PARLEY_SENDING_H

/* clang-format off */

/* When a state allows marketing; null: not at all that day. */
#define STATE_HOURS(X, S) \
    X(S, STR,  state,        _) \
    X(S, STR,  weekdays,     _) \
    X(S, STR,  saturday,     _) \
    X(S, STR,  sunday,       _) \
    X(S, STR,  holidays,     _)  /* federal ones */ \
    X(S, OPT,  most_per_day, _)  /* bulk messages to one person in any 24 hours; unset: no limit */ \
    X(S, STR,  source,       _)  /* where it is written */ \
    X(S, BOOL, is_own,       _)  /* the tenant's own row; else the one that every tenant begins with */ \
    X(S, TIME, updated_at,   _)
#define STATE_HOURS_PAGE(X, S) \
    X(S, LIST, data,         state_hours) \
    X(S, STR,  next_cursor,  _)
#define STATE_HOURS_PUT(X, S) \
    X(S, STR,  state,        _) \
    X(S, STR,  weekdays,     _) \
    X(S, STR,  saturday,     _) \
    X(S, STR,  sunday,       _) \
    X(S, STR,  holidays,     _) \
    X(S, OPT,  most_per_day, _)  /* unset: as every tenant begins with; 0: no limit */ \
    X(S, STR,  source,       _)

/* What all numbers of one 10DLC campaign share. */
#define SHARED_LIMIT(X, S) \
    X(S, STR,  name,         _)  /* as in the numbers' `campaign` */ \
    X(S, REAL, rate,         _)  /* 0: no limit */ \
    X(S, OPT,  daily_limit,  _)  /* from midnight Pacific */ \
    X(S, INT,  used_today,   _) \
    X(S, TIME, updated_at,   _)
#define SHARED_LIMIT_PAGE(X, S) \
    X(S, LIST, data,         shared_limit) \
    X(S, STR,  next_cursor,  _)
#define SHARED_LIMIT_PUT(X, S) \
    X(S, STR,  name,         _) \
    X(S, REAL, rate,         _) \
    X(S, OPT,  daily_limit,  _)

#define BY_NAME(X, S) \
    X(S, STR,  name,         _)

#define MESSAGE_CHANGES(X, S) \
    X(S, STR,  text,         _) \
    X(S, TIME, send_at,      _)  /* unset: now */ \
    X(S, TIME, valid_until,  _)
#define MESSAGE_PATCH(X, S) \
    X(S, ID,   id,           _) \
    X(S, INT,  present,      _) \
    X(S, OBJECT, changes,    message_changes)

/*    name                   what    asks                  answers */
#define SENDING_OPERATIONS(X) \
    X(quiet_hours,           QUERY,  nothing,              state_hours_page) \
    X(quiet_hours_put,       WRITE,  state_hours_put,      state_hours) \
    X(quiet_hours_delete,    WRITE,  by_name,              nothing) \
    X(limits,                QUERY,  nothing,              shared_limit_page) \
    X(limit_put,             WRITE,  shared_limit_put,     shared_limit) \
    X(limit_delete,          WRITE,  by_name,              nothing) \
    X(message_patch,         WRITE,  message_patch,        message_view)

/* The records, each before those that hold it. */
#define SENDING_RECORDS(X) \
    X(state_hours, STATE_HOURS) X(state_hours_page, STATE_HOURS_PAGE) X(state_hours_put, STATE_HOURS_PUT) \
    X(shared_limit, SHARED_LIMIT) X(shared_limit_page, SHARED_LIMIT_PAGE) X(shared_limit_put, SHARED_LIMIT_PUT) \
    X(by_name, BY_NAME) X(message_changes, MESSAGE_CHANGES) X(message_patch, MESSAGE_PATCH)
/* clang-format on */

#endif

/* /api/v1/quiet-hours and /api/v1/limits: the hours of US states, and what the numbers of a 10DLC campaign share. */
#include "routes.h"

/* clang-format off */
#define HOURS_BODY(X, S) \
    X(S, STR,  weekdays,    _) \
    X(S, STR,  saturday,    _) \
    X(S, STR,  sunday,      _) \
    X(S, STR,  holidays,    _) \
    X(S, OPT,  most_per_day, _) \
    X(S, STR,  source,      _)
#define LIMIT_BODY(X, S) \
    X(S, REAL, rate,        _) \
    X(S, OPT,  daily_limit, _)
/* clang-format on */
RECORD_STRUCT(hours_body, HOURS_BODY)
RECORD_TABLE(hours_body, HOURS_BODY);
RECORD_STRUCT(limit_body, LIMIT_BODY)
RECORD_TABLE(limit_body, LIMIT_BODY);

static bool remove_by_name(struct call *call, enum operation operation, struct err *err)
{
    const struct by_name request = { .name = call->parts[0] };
    struct nothing nothing;
    return call_ask(call, operation, &request, &nothing, err) && call_answer_bytes(call, 204, NULL, STR(""));
}

bool quiet_hours_list(struct call *call, struct err *err)
{
    const struct nothing nothing = { 0 };
    struct state_hours_page page;
    return call_ask(call, OP_quiet_hours, &nothing, &page, err) &&
           call_answer(call, 200, &state_hours_page_record, &page, err);
}

bool quiet_hours_replace(struct call *call, struct err *err)
{
    struct hours_body body;
    struct state_hours hours;
    if (!call_body(call, &hours_body_record, "source", &body, NULL, err))
        return false;
    const struct state_hours_put request = { .state = call->parts[0],
                                             .weekdays = body.weekdays,
                                             .saturday = body.saturday,
                                             .sunday = body.sunday,
                                             .holidays = body.holidays,
                                             .most_per_day = body.most_per_day,
                                             .source = body.source };
    return call_ask(call, OP_quiet_hours_put, &request, &hours, err) &&
           call_answer(call, 200, &state_hours_record, &hours, err);
}

bool quiet_hours_reset(struct call *call, struct err *err)
{
    return remove_by_name(call, OP_quiet_hours_delete, err);
}

bool limits_list(struct call *call, struct err *err)
{
    const struct nothing nothing = { 0 };
    struct shared_limit_page page;
    return call_ask(call, OP_limits, &nothing, &page, err) &&
           call_answer(call, 200, &shared_limit_page_record, &page, err);
}

bool limit_replace(struct call *call, struct err *err)
{
    struct limit_body body;
    struct shared_limit limit;
    if (!call_body(call, &limit_body_record, "rate", &body, NULL, err))
        return false;
    const struct shared_limit_put request = { .name = call->parts[0],
                                              .rate = body.rate,
                                              .daily_limit = body.daily_limit };
    return call_ask(call, OP_limit_put, &request, &limit, err) &&
           call_answer(call, 200, &shared_limit_record, &limit, err);
}

bool limit_remove(struct call *call, struct err *err)
{
    return remove_by_name(call, OP_limit_delete, err);
}

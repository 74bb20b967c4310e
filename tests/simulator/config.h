/* config.h - the simulator's variables. */
#ifndef PARLEY_SIM_CONFIG_H
#define PARLEY_SIM_CONFIG_H
#include "io/config.h"

/* clang-format off */
/*       type    field          variable             default                        min    max     unit          help */
#define SIM_CONFIG(X, S) \
    X(S, LISTEN, listen,        "SIM_LISTEN",        "127.0.0.1:3003",              0,     0,      "",           "where Plivo's API and the control routes are served") \
    X(S, STR,    auth_id,       "PLIVO_AUTH_ID",     NULL,                          1,     0,      "",           "the account's Auth ID") \
    X(S, SECRET, auth_token,    "PLIVO_AUTH_TOKEN",  NULL,                          1,     0,      "",           "Auth Tokens, by commas: each opens the API, the first signs") \
    X(S, STR,    from_number,   "PLIVO_FROM_NUMBER", "+15550100000",                0,     0,      "",           "the account's numbers, by commas: E.164") \
    X(S, STR,    public_url,    "PUBLIC_URL",        "http://127.0.0.1:3001",       0,     0,      "",           "Parley's address; inbound messages go to its /plivo/inbound") \
    X(S, REAL,   number_rate,   "NUMBER_RATE",       "1",                           0.001, 100000, "segments/s", "how fast a number's queue empties") \
    X(S, STR,    retry_ms,      "SIM_RETRY_MS",      "60000,120000,240000",         0,     0,      "ms",         "waits before the repeats of a webhook that got no 2xx") \
    CONFIG_COMMON(X, S, "127.0.0.1:9105")
/* clang-format on */
CONFIG_STRUCT(sim_config, SIM_CONFIG)
extern const struct config_table sim_config_table;

#endif

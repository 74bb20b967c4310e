/* config.h - a service's variables: one table makes the struct, the parser, --help, --check-config and .env.example.
 *
 * Promise: config_load() fills the whole struct or says in one line which variable is wrong and what is allowed:
 *          'ACK_BUDGET_MS: "5s" is not a number; 1 to 5000 ms'. A secret's value never stands in that line.
 * Units:   as the row says. REAL rows take decimals ("0.25"); min and max bound them as they bound INT.
 * Memory:  texts are owned by the process for its life and NUL-terminated.
 * Threads: load before the first thread; const ever after. config_endpoint() from any.
 *
 * A table:
 *     type    field          variable         default  min max   unit  help
 *   X(S, INT, ack_budget_ms, "ACK_BUDGET_MS", "50",    1,  5000, "ms", "wait this long for the worker, then spool")
 * A default of NULL with min 1 means: must be set. Every SECRET may come from the file that VARIABLE_FILE names instead.
 * BOOL takes 0/1/true/false/on/off/yes/no. LISTEN is host:port ("127.0.0.1:3001", "[::1]:3001"). A STR with max > 0 has at most that many bytes.
 * An INT or REAL row with min and max 0 has no bounds. A variable that is set but empty counts as not set.
 */
#ifndef PARLEY_CONFIG_H
#define PARLEY_CONFIG_H
#include "base/err.h"
#include "base/secret.h"
#include <stdio.h>

enum config_kind {
    CONFIG_STR,
    CONFIG_LISTEN,
    CONFIG_INT,
    CONFIG_REAL,
    CONFIG_BOOL,
    CONFIG_SECRET
};

struct config_row {
    enum config_kind kind;
    size_t offset;
    const char *variable;
    const char *fallback; /* NULL: unset */
    double min, max;
    const char *unit;
    const char *help;
};

struct config_table {
    const struct config_row *rows;
    size_t n;
};

#define CONFIG_MEMBER_STR struct str
#define CONFIG_MEMBER_LISTEN struct str
#define CONFIG_MEMBER_INT int64_t
#define CONFIG_MEMBER_REAL double
#define CONFIG_MEMBER_BOOL bool
#define CONFIG_MEMBER_SECRET struct secret
#define CONFIG_MEMBER(S, kind, field, variable, fallback, min, max, unit, help) CONFIG_MEMBER_##kind field;
#define CONFIG_ROW(S, kind, field, variable, fallback, min, max, unit, help) \
    { CONFIG_##kind, offsetof(struct S, field), variable, fallback, min, max, unit, help },
#define CONFIG_STRUCT(type, TABLE) \
    struct type { \
        TABLE(CONFIG_MEMBER, type) \
    };
#define CONFIG_TABLE(name, type, TABLE) \
    static const struct config_row name##_rows[] = { TABLE(CONFIG_ROW, type) }; \
    const struct config_table name = { name##_rows, COUNT(name##_rows) }

/* clang-format off */
/* What every service reads. ADMIN: its default admin address. */
#define CONFIG_COMMON(X, S, ADMIN) \
    X(S, LISTEN, admin_listen, "ADMIN_LISTEN", ADMIN,       0, 0, "", "where /healthz, /readyz and /metrics are served") \
    X(S, STR,    run_dir,      "RUN_DIR",      "./var/run", 0, 0, "", "folder of the ipc:// sockets") \
    X(S, STR,    log_level,    "LOG_LEVEL",    "info",      0, 0, "", "error, warn, info or debug") \
    X(S, STR,    log_format,   "LOG_FORMAT",   "",          0, 0, "", "json or text; empty: text on a terminal, else json")
/* clang-format on */

/* Reads the environment into *config (of the table's struct). */
MUST_USE bool config_load(const struct config_table *table, void *config, struct err *err);
/* The same from any source; `lookup` returns NULL for a variable that is not set. For tests. */
MUST_USE bool config_load_from(const struct config_table *table, const char *(*lookup)(const char *variable),
                               void *config, struct err *err);
/* --help: a line a variable with default, unit and meaning. */
void config_print_help(const struct config_table *table, FILE *out);
/* .env.example: every variable with its default, commented out. */
void config_print_env(const struct config_table *table, FILE *out);

/* `set` when it is not empty, else "ipc://" run_dir "/" socket. Owned by the process. */
struct str config_endpoint(struct str set, struct str run_dir, const char *socket);

#endif

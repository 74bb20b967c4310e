#include "io/config.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"

enum {
    OWNED_MAX_BYTES = 1024 * 1024, /* all texts of one process; a variable of the kernel's maximum still fits */
    QUOTE_MAX_BYTES = 40, /* of a wrong value, in the line that refuses it */
    NAME_MAX_BYTES = 64,
};

typedef const char *lookup_function(const char *variable);

/* --- texts that live as long as the process --- */

static pthread_mutex_t owned_lock = PTHREAD_MUTEX_INITIALIZER;
static struct arena owned = { .max_bytes = OWNED_MAX_BYTES };

static struct str own(struct str s)
{
    (void)pthread_mutex_lock(&owned_lock); /* a plain mutex, never destroyed: cannot fail */
    struct str copy = arena_dup(&owned, s);
    (void)pthread_mutex_unlock(&owned_lock);
    return copy;
}

/* --- what is allowed, in words --- */

struct words_text {
    char c[96];
};

static bool has_range(const struct config_row *row)
{
    return (row->kind == CONFIG_INT || row->kind == CONFIG_REAL) && (row->min != 0 || row->max != 0);
}

/* "1 to 5000 ms"; of a row without bounds its unit. */
static struct words_text range_text(const struct config_row *row)
{
    struct words_text text;
    const char *space = row->unit[0] ? " " : "";
    if (has_range(row))
        (void)snprintf(text.c, sizeof text.c, "%.15g to %.15g%s%s", row->min, row->max, space,
                       row->unit); /* a cut unit is fine */
    else
        (void)snprintf(text.c, sizeof text.c, "any%s%s", space, row->unit[0] ? row->unit : " number");
    return text;
}

/* The beginning of a wrong value, fit for one line of a terminal. */
static struct words_text quote(struct str value)
{
    struct words_text text;
    size_t n = 0;
    for (size_t i = 0; i < value.n && i < QUOTE_MAX_BYTES; i++) {
        unsigned char c = (unsigned char)value.p[i];
        text.c[n++] = c < 0x20 || c >= 0x7F ? '?' : (char)c;
    }
    text.c[n] = '\0';
    if (value.n > QUOTE_MAX_BYTES)
        (void)snprintf(text.c + n, sizeof text.c - n, "…"); /* 3 bytes: fits behind 40 */
    return text;
}

static bool refuse(const struct config_row *row, struct str value, const char *why, const char *allowed,
                   struct err *err)
{
    return err_set(err, ERR_INPUT, row->variable, "\"%s\" %s; %s", quote(value).c, why, allowed);
}

/* --- one parser a kind --- */

static bool parse_int(const struct config_row *row, struct str value, int64_t *out, struct err *err)
{
    int64_t v;
    if (!str_to_int(value, INT64_MIN, INT64_MAX, &v))
        return refuse(row, value, "is not a number", range_text(row).c, err);
    if (has_range(row) && ((double)v < row->min || (double)v > row->max))
        return refuse(row, value, "is out of range", range_text(row).c, err);
    *out = v;
    return true;
}

/* Digits with at most one point: strtod alone would take "inf", "0x1p3" and blanks. */
static bool is_decimal(struct str s)
{
    size_t digits = 0;
    size_t points = 0;
    for (size_t i = s.n > 0 && s.p[0] == '-' ? 1 : 0; i < s.n; i++)
        if (s.p[i] >= '0' && s.p[i] <= '9')
            digits++;
        else if (s.p[i] == '.')
            points++;
        else
            return false;
    return digits > 0 && digits <= 30 && points <= 1;
}

static bool parse_real(const struct config_row *row, struct str value, double *out, struct err *err)
{
    if (!is_decimal(value))
        return refuse(row, value, "is not a number", range_text(row).c, err);
    double v = strtod(value.p, NULL);
    if (has_range(row) && (v < row->min || v > row->max))
        return refuse(row, value, "is out of range", range_text(row).c, err);
    *out = v;
    return true;
}

static bool parse_bool(const struct config_row *row, struct str value, bool *out, struct err *err)
{
    static const char *const WORDS[][2] = { { "0", "1" }, { "false", "true" }, { "off", "on" }, { "no", "yes" } };
    for (size_t i = 0; i < COUNT(WORDS); i++)
        for (size_t v = 0; v < 2; v++)
            if (str_eq_ascii_case(value, str_of(WORDS[i][v]))) {
                *out = v == 1;
                return true;
            }
    return refuse(row, value, "is neither yes nor no", "0 or 1 (also false/true, off/on, no/yes)", err);
}

static bool parse_text(const struct config_row *row, struct str value, struct str *out, struct err *err)
{
    if (row->max > 0 && (double)value.n > row->max)
        return err_set(err, ERR_INPUT, row->variable, "has %zu bytes; at most %.15g", value.n, row->max);
    *out = own(value);
    return str_is_set(*out) ? true : err_set(err, ERR_TOO_BIG, row->variable, "does not fit into memory");
}

static bool is_host(struct str host)
{
    bool is_ipv6 = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
    struct str inner = is_ipv6 ? str_slice(host, 1, host.n - 2) : host;
    for (size_t i = 0; i < inner.n; i++) {
        char c = inner.p[i];
        bool is_alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_alphanumeric && c != '.' && c != (is_ipv6 ? ':' : '-'))
            return false;
    }
    return inner.n > 0;
}

static bool parse_listen(const struct config_row *row, struct str value, struct str *out, struct err *err)
{
    static const char *const ALLOWED = "such as 127.0.0.1:3001 or [::1]:3001";
    size_t colon = value.n;
    while (colon > 0 && value.p[colon - 1] != ':')
        colon--;
    if (colon == 0 || !is_host(str_slice(value, 0, colon - 1)))
        return refuse(row, value, "is not host:port", ALLOWED, err);
    int64_t port;
    if (!str_to_int(str_slice(value, colon, value.n), 0, 65535, &port) || value.p[colon] == '-')
        return refuse(row, value, "has no port from 0 to 65535", ALLOWED, err);
    return parse_text(row, value, out, err);
}

/* Never quotes the value. */
static bool parse_secret(const char *variable, struct str value, struct secret *out, struct err *err)
{
    for (size_t i = 0; i < value.n; i++)
        if ((unsigned char)value.p[i] < 0x20 || value.p[i] == 0x7F)
            return err_set(err, ERR_INPUT, variable, "holds a control character, such as a line's end in its middle");
    if (!secret_set(out, value))
        return err_set(err, ERR_INPUT, variable, "is longer than %d bytes", SECRET_MAX_BYTES);
    return true;
}

static bool parse_value(const struct config_row *row, struct str value, void *member, struct err *err)
{
    switch (row->kind) {
    case CONFIG_STR:
        return parse_text(row, value, member, err);
    case CONFIG_LISTEN:
        return parse_listen(row, value, member, err);
    case CONFIG_INT:
        return parse_int(row, value, member, err);
    case CONFIG_REAL:
        return parse_real(row, value, member, err);
    case CONFIG_BOOL:
        return parse_bool(row, value, member, err);
    case CONFIG_SECRET:
        return parse_secret(row->variable, value, member, err);
    }
    return false;
}

/* --- where values come from --- */

/* An empty variable counts as not set: compose files and `VARIABLE= make run` pass those on. */
static struct str look_up(lookup_function *lookup, const char *variable)
{
    struct str value = str_of(lookup(variable));
    return value.n > 0 ? value : (struct str){ 0 };
}

/* At most `size` bytes of a file. -1: errno says why. */
static ssize_t read_file(const char *path, char *out, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    size_t n = 0;
    ssize_t got = 1;
    while (n < size && got > 0) {
        got = read(fd, out + n, size - n);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            n += (size_t)got;
    }
    int failure = errno;
    (void)close(fd); /* only read from */
    errno = failure;
    return got < 0 ? -1 : (ssize_t)n;
}

static bool load_secret_file(const char *file_variable, const char *path, struct secret *out, struct err *err)
{
    char bytes[SECRET_MAX_BYTES + 3]; /* one more than fits, and the line's end */
    ssize_t n = read_file(path, bytes, sizeof bytes);
    if (n < 0)
        return err_set_errno(err, ERR_INPUT, file_variable, "cannot read the file that it names");
    struct str value = { bytes, (size_t)n };
    if (str_ends(value, STR("\n")))
        value.n--;
    if (str_ends(value, STR("\r")))
        value.n--;
    bool ok = value.n > 0 ? parse_secret(file_variable, value, out, err)
                          : err_set(err, ERR_INPUT, file_variable, "names an empty file");
    explicit_bzero(bytes, sizeof bytes);
    return ok;
}

static bool load_secret(const struct config_row *row, lookup_function *lookup, struct secret *out, struct err *err)
{
    char file_variable[NAME_MAX_BYTES];
    (void)snprintf(file_variable, sizeof file_variable, "%s_FILE",
                   row->variable); /* names are short, from our tables */
    struct str value = look_up(lookup, row->variable);
    struct str path = look_up(lookup, file_variable);
    if (str_is_set(value) && str_is_set(path))
        return err_set(err, ERR_INPUT, row->variable, "is set, and %s too; only one of them may be", file_variable);
    if (str_is_set(path))
        return load_secret_file(file_variable, path.p, out, err);
    if (!str_is_set(value))
        value = str_of(row->fallback);
    if (value.n == 0 && row->min >= 1)
        return err_set(err, ERR_INPUT, row->variable, "must be set, or %s", file_variable);
    return value.n == 0 || parse_secret(row->variable, value, out, err);
}

static bool load_row(const struct config_row *row, lookup_function *lookup, void *member, struct err *err)
{
    if (row->kind == CONFIG_SECRET)
        return load_secret(row, lookup, member, err);
    struct str value = look_up(lookup, row->variable);
    if (!str_is_set(value))
        value = str_of(row->fallback);
    bool is_text = row->kind == CONFIG_STR || row->kind == CONFIG_LISTEN;
    if (row->min >= 1 && (!str_is_set(value) || (is_text && value.n == 0)))
        return err_set(err, ERR_INPUT, row->variable, "must be set: %s", row->help);
    if (!str_is_set(value) || (row->kind == CONFIG_LISTEN && value.n == 0))
        return true; /* unset: zero, as the struct already is */
    return parse_value(row, value, member, err);
}

static size_t member_bytes(enum config_kind kind)
{
    static const size_t BYTES[] = {
        [CONFIG_STR] = sizeof(struct str), [CONFIG_LISTEN] = sizeof(struct str),
        [CONFIG_INT] = sizeof(int64_t),    [CONFIG_REAL] = sizeof(double),
        [CONFIG_BOOL] = sizeof(bool),      [CONFIG_SECRET] = sizeof(struct secret),
    };
    return BYTES[kind];
}

bool config_load_from(const struct config_table *table, lookup_function *lookup, void *config, struct err *err)
{
    for (size_t i = 0; i < table->n; i++) {
        const struct config_row *row = &table->rows[i];
        void *member = (char *)config + row->offset;
        memset(member, 0, member_bytes(row->kind));
        if (!load_row(row, lookup, member, err))
            return false;
    }
    return true;
}

static const char *environment(const char *variable)
{
    return getenv(variable); /* before the first thread, so nobody changes it meanwhile */
}

bool config_load(const struct config_table *table, void *config, struct err *err)
{
    return config_load_from(table, environment, config, err);
}

/* --- printing --- */

/* The end of a row's line: what it allows. */
static void print_allowed(const struct config_row *row, FILE *out)
{
    if (has_range(row))
        (void)fprintf(out, " (%s)", range_text(row).c); /* help to a terminal: nobody to tell */
    if (row->kind == CONFIG_SECRET)
        (void)fprintf(out, "; or %s_FILE names a file that holds it", row->variable);
    (void)fputc('\n', out);
}

struct default_text {
    char c[256];
};

/* "50 ms"; "-" when there is none, "(must)" when the variable has to be set. */
static struct default_text default_of(const struct config_row *row)
{
    struct default_text text;
    if (row->fallback && row->fallback[0])
        (void)snprintf(text.c, sizeof text.c, "%s%s%s", row->fallback, row->unit[0] ? " " : "",
                       row->unit); /* ours: fits */
    else
        (void)snprintf(text.c, sizeof text.c, "%s", row->min >= 1 ? "(must)" : "-"); /* likewise */
    return text;
}

void config_print_help(const struct config_table *table, FILE *out)
{
    int name_width = 0;
    int value_width = (int)strlen("default");
    for (size_t i = 0; i < table->n; i++) {
        const struct config_row *row = &table->rows[i];
        name_width = (int)max_i64(name_width, (int64_t)strlen(row->variable));
        value_width = (int)max_i64(value_width, (int64_t)strlen(default_of(row).c));
    }
    (void)fprintf(out, "  %-*s  %-*s  meaning\n", name_width, "variable", value_width, "default");
    for (size_t i = 0; i < table->n; i++) {
        const struct config_row *row = &table->rows[i];
        (void)fprintf(out, "  %-*s  %-*s  %s", name_width, row->variable, value_width, default_of(row).c, row->help);
        print_allowed(row, out);
    }
}

void config_print_env(const struct config_table *table, FILE *out)
{
    for (size_t i = 0; i < table->n; i++) {
        const struct config_row *row = &table->rows[i];
        (void)fprintf(out, "# %s", row->help); /* whoever reads the output sees that it is cut */
        print_allowed(row, out);
        (void)fprintf(out, "#%s=%s\n", row->variable, row->fallback ? row->fallback : "");
    }
}

struct str config_endpoint(struct str set, struct str run_dir, const char *socket)
{
    if (set.n > 0)
        return own(set);
    char text[512];
    while (run_dir.n > 1 && run_dir.p[run_dir.n - 1] == '/')
        run_dir.n--;
    int n = snprintf(text, sizeof text, "ipc://%.*s/%s", STR_ARGS(run_dir), socket);
    /* far over the 107 bytes that a socket's path may have: the bind says so */
    return own((struct str){ text, n < 0 ? 0 : min_size((size_t)n, sizeof text - 1) });
}

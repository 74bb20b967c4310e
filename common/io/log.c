#include "io/log.h"

#include "io/clock.h"
#include "wire/record.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum {
    LINE_BYTES = PIPE_BUF, /* one write of at most this much never mixes with another process's in a pipe */
    TAIL_BYTES = 16, /* kept free for what closes the line */
    VALUE_MAX_CHARS = 512, /* of one field; longer ones are cut */
};

static const char *const LEVELS[] = {
    [LOG_ERROR] = "error", [LOG_WARN] = "warn", [LOG_INFO] = "info", [LOG_DEBUG] = "debug"
};

/* Set before the first thread; the level is one of the few things that threads share (ARCHITECTURE.md). */
static const char *service_name = "parley";
static bool is_text;
static atomic_int level_now = LOG_INFO;
static atomic_bool shows_private;

/* --- a line under construction --- */

struct line {
    size_t n;
    bool is_full; /* something did not fit; stays until whoever appended takes back what it began */
    char p[LINE_BYTES];
};

static void put_bytes(struct line *line, const char *bytes, size_t n)
{
    if (line->is_full || n > sizeof line->p - TAIL_BYTES - line->n) {
        line->is_full = true;
        return;
    }
    memcpy(line->p + line->n, bytes, n);
    line->n += n;
}

static void put(struct line *line, const char *text)
{
    put_bytes(line, text, strlen(text));
}

static void put_format(struct line *line, const char *format, ...) PRINTF_LIKE(2, 3);
static void put_format(struct line *line, const char *format, ...)
{
    char text[64]; /* numbers and times only */
    va_list args;
    va_start(args, format);
    /* va_start() stands above: clang-tidy 14 loses it here, not in the same lines of arena.c */
    int n = vsnprintf(text, sizeof text, format, args); /* NOLINT(clang-analyzer-valist.Uninitialized) */
    va_end(args);
    put_bytes(line, text, n < 0 ? 0 : min_size((size_t)n, sizeof text - 1));
}

/* As a JSON string: what could break the line or the terminal is escaped, malformed UTF-8 becomes U+FFFD. */
static void put_quoted(struct line *line, struct str s)
{
    uint32_t c;
    size_t at = 0;
    put(line, "\"");
    for (size_t from = 0, count = 0; str_next_code_point(s, &at, &c); from = at, count++) {
        if (count == VALUE_MAX_CHARS) {
            put(line, "…");
            break;
        }
        if (c == '"' || c == '\\')
            put_format(line, "\\%c", (int)c);
        else if (c == '\n')
            put(line, "\\n");
        else if (c < 0x20 || (c >= 0x7F && c < 0xA0))
            put_format(line, "\\u%04x", c);
        else if (c == 0xFFFD)
            put(line, "\xEF\xBF\xBD");
        else
            put_bytes(line, s.p + from, at - from);
    }
    put(line, "\"");
}

/* In the text format a plain word needs no quotes. */
static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '"' || s.p[i] == '=')
            return false;
    return s.n > 0 && s.n <= VALUE_MAX_CHARS;
}

static void put_text(struct line *line, struct str s)
{
    if (!str_is_set(s))
        put(line, is_text ? "-" : "null");
    else if (is_text && is_plain(s))
        put_bytes(line, s.p, s.n);
    else
        put_quoted(line, s);
}

/* ,"name": or  name= ; `suffix` goes behind the name. */
static void put_name(struct line *line, const char *name, const char *suffix)
{
    put(line, is_text ? " " : ",\"");
    put(line, name);
    put(line, suffix);
    put(line, is_text ? "=" : "\":");
}

/* --- redaction --- */

/* "+15550100001" -> "+1555…01". A short code or a name is so short that only its beginning is shown. */
static struct str redact_phone(struct str s, char *out, size_t size)
{
    int n = s.n >= 10 ? snprintf(out, size, "%.5s…%.2s", s.p, s.p + s.n - 2)
                      : snprintf(out, size, "%.*s…", s.n < 2 ? 0 : 2, s.p);
    return (struct str){ out, n < 0 ? 0 : min_size((size_t)n, size - 1) };
}

static struct str redact_text(struct str s, char *out, size_t size)
{
    uint32_t c;
    size_t characters = 0;
    for (size_t at = 0; str_next_code_point(s, &at, &c);)
        characters++;
    int n = snprintf(out, size, "%zu character%s", characters, characters == 1 ? "" : "s");
    return (struct str){ out, n < 0 ? 0 : min_size((size_t)n, size - 1) };
}

static void put_private(struct line *line, struct str s, struct str (*redact)(struct str s, char *out, size_t size))
{
    char redacted[48];
    bool hides = str_is_set(s) && !atomic_load_explicit(&shows_private, memory_order_relaxed);
    put_text(line, hides ? redact(s, redacted, sizeof redacted) : s);
}

/* --- fields --- */

static void put_err(struct line *line, const struct log_field *f)
{
    put_name(line, f->name, "");
    put_text(line, str_of(err_word(f->err->kind)));
    if (f->err->field[0]) {
        put_name(line, f->name, "_field");
        put_text(line, str_of(f->err->field));
    }
    put_name(line, f->name, "_text");
    put_text(line, str_of(f->err->text));
}

static void put_field(struct line *line, const struct log_field *f)
{
    if (f->kind == LOG_FIELD_ERR) {
        put_err(line, f);
        return;
    }
    put_name(line, f->name, f->kind == LOG_FIELD_MS ? "_ms" : "");
    switch (f->kind) {
    case LOG_FIELD_STR:
        put_text(line, f->text);
        break;
    case LOG_FIELD_INT:
    case LOG_FIELD_MS:
        put_format(line, "%lld", (long long)f->number);
        break;
    case LOG_FIELD_ID:
        put_text(line, id_is_set(f->id) ? str_of(id_text(f->id).c) : (struct str){ 0 });
        break;
    case LOG_FIELD_PHONE:
        put_private(line, f->text, redact_phone);
        break;
    case LOG_FIELD_TEXT:
        put_private(line, f->text, redact_text);
        break;
    case LOG_FIELD_ERR:
        break;
    }
}

/* --- the face --- */

bool log_init(const char *service, struct str level, struct str format, struct err *err)
{
    size_t found = 0;
    while (found < COUNT(LEVELS) && !str_is(level, LEVELS[found]))
        found++;
    if (found == COUNT(LEVELS))
        return err_set(err, ERR_INPUT, "LOG_LEVEL", "\"%.*s\" is none of error, warn, info, debug",
                       (int)min_size(level.n, 40), level.p ? level.p : "");
    if (format.n > 0 && !str_is(format, "json") && !str_is(format, "text"))
        return err_set(err, ERR_INPUT, "LOG_FORMAT", "\"%.*s\" is neither json nor text", (int)min_size(format.n, 40),
                       format.p);
    service_name = service;
    is_text = format.n > 0 ? str_is(format, "text") : isatty(STDERR_FILENO) == 1;
    atomic_store_explicit(&level_now, (int)found, memory_order_relaxed);
    return true;
}

void log_show_private(bool show)
{
    atomic_store_explicit(&shows_private, show, memory_order_relaxed);
}

bool log_is_on(enum log_level level)
{
    return (int)level <= atomic_load_explicit(&level_now, memory_order_relaxed);
}

static void put_head(struct line *line, enum log_level level, const char *event)
{
    char at[TIME_TEXT_BYTES];
    time_format(clock_wall_ms(), at);
    if (is_text) {
        put_format(line, "%.12s %-5s %-8.16s ", at + 11, LEVELS[level], service_name);
        put_format(line, "%-26.60s", event);
    } else {
        put_format(line, "{\"at\":\"%s\",\"level\":\"%s\"", at, LEVELS[level]);
        put_name(line, "service", "");
        put_text(line, str_of(service_name));
        put_name(line, "event", "");
        put_text(line, str_of(event));
    }
}

void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
    struct line line;
    line.n = 0;
    line.is_full = false;
    bool is_cut = false;
    put_head(&line, level, event);
    for (size_t i = 0; i < n; i++) {
        size_t before = line.n;
        put_field(&line, &fields[i]);
        if (line.is_full) { /* half a field would be broken JSON */
            line.n = before;
            line.is_full = false;
            is_cut = true;
        }
    }
    const char *tail = is_text ? (is_cut ? " cut=1\n" : "\n") : (is_cut ? ",\"cut\":true}\n" : "}\n");
    memcpy(line.p + line.n, tail, strlen(tail)); /* TAIL_BYTES are free for it */
    line.n += strlen(tail);
    ssize_t written;
    do
        written = write(STDERR_FILENO, line.p, line.n);
    while (written < 0 && errno == EINTR); /* any other failure: there is nobody to tell */
}

/* log.h - one event, one line on stderr: a dotted name that never changes and typed fields.
 *
 * Promise: a phone number or a text in a field is redacted ("+1555…01", "12 characters") unless log_show_private(true) was called;
 *          a secret cannot be logged: there is no field type for it. A line is written whole, also from many threads.
 * Units:   F_MS milliseconds.
 * Memory:  fields are borrowed for the call.
 * Threads: call from any; log_init() before the first thread.
 *
 *   log_event(LOG_INFO, "send.accepted", F_ID("message", id), F_INT("attempt", 1), F_PHONE("to", to));
 */
#ifndef PARLEY_LOG_H
#define PARLEY_LOG_H
#include "base/err.h"
#include "base/id.h"

enum log_level {
    LOG_ERROR,
    LOG_WARN,
    LOG_INFO,
    LOG_DEBUG
};
enum log_field_kind {
    LOG_FIELD_STR,
    LOG_FIELD_INT,
    LOG_FIELD_MS,
    LOG_FIELD_ID,
    LOG_FIELD_PHONE,
    LOG_FIELD_TEXT,
    LOG_FIELD_ERR
};

struct log_field {
    const char *name;
    enum log_field_kind kind;
    struct str text;
    int64_t number;
    struct id id;
    const struct err *err;
};

#define F_STR(field_name, value) ((struct log_field){ .name = (field_name), .kind = LOG_FIELD_STR, .text = (value) })
#define F_WORD(field_name, value) \
    ((struct log_field){ .name = (field_name), .kind = LOG_FIELD_STR, .text = str_of(value) })
#define F_INT(field_name, value) \
    ((struct log_field){ .name = (field_name), .kind = LOG_FIELD_INT, .number = (int64_t)(value) })
#define F_MS(field_name, value) \
    ((struct log_field){ .name = (field_name), .kind = LOG_FIELD_MS, .number = (int64_t)(value) })
#define F_ID(field_name, value) ((struct log_field){ .name = (field_name), .kind = LOG_FIELD_ID, .id = (value) })
/* A phone number or sender, as struct str: redacted. */
#define F_PHONE(field_name, value) \
    ((struct log_field){ .name = (field_name), .kind = LOG_FIELD_PHONE, .text = (value) })
/* What a person wrote: redacted. */
#define F_TEXT(field_name, value) ((struct log_field){ .name = (field_name), .kind = LOG_FIELD_TEXT, .text = (value) })
/* A struct err *: kind, field and text. */
#define F_ERR(value) ((struct log_field){ .name = "error", .kind = LOG_FIELD_ERR, .err = (value) })

/* format: "json", "text", or "" for text on a terminal and json elsewhere. False: an unknown level or format; err names the variable. */
MUST_USE bool log_init(const char *service, struct str level, struct str format, struct err *err);
void log_show_private(bool show);
bool log_is_on(enum log_level level);
void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t n);

#define log_event(level, event, ...) \
    do { \
        if (log_is_on(level)) { \
            const struct log_field log_fields_[] = { { 0 }, ##__VA_ARGS__ }; \
            log_write((level), (event), log_fields_ + 1, COUNT(log_fields_) - 1); \
        } \
    } while (0)

#endif

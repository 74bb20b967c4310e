/* tenant_settings.h - what a tenant may set, in one table.
 *
 * Promise: a line of the table is a setting: its name, type, default, limits and meaning. From it come the stored field (settings_row), the
 *          object that people see and change (settings_view), the check of a change and the default of a tenant that never set it.
 *          What is set back to null has its default again. Limits between two settings stand in worker/core/tenant_settings.c.
 * Units:   stand in a setting's name (…_days, …_s), else in its meaning.
 * Memory:  see record.h.
 * Threads: constants only.
 *
 *  type   view    limits
 *  INT    OPT     smallest and largest value; the default INT_UNSET is null: none
 *  BOOL   BOOL    -
 *  WORD   ENUM    a word of the set named beside it; the default is any of its enumerators
 *  TEXT   STR     shortest and longest, in bytes; the default "" is null: none
 *  TEXTS  STRS    how many; the default is none
 */
#ifndef PARLEY_TENANT_SETTINGS_H
#define PARLEY_TENANT_SETTINGS_H
#include "wire/record.h"

/* clang-format off */
/*        type   name                     words            default          min  max  meaning */
#define TENANT_SETTINGS(Y, X, S) \
    Y(X, S, WORD, opt_out_scope,           opt_out_scope,   OPT_OUT_TENANT,  0,   0,   "what a STOP ends: all that we send, what its number sends, or its number's topic") \
    Y(X, S, INT,  retention_days,          _,               548,             0,   3650, "texts, media and raw reports are erased after it (18 months); 0: never. Consent entries are kept whatever it says") \
    Y(X, S, INT,  report_days,             _,               90,              0,   3650, "raw reports are erased after it, should their texts stay longer; 0: with their texts") \
    Y(X, S, TEXT, quiet_bulk,              _,               "08:00-21:00",   11,  13,  "bulk leaves only within this part of the recipient's day; 00:00-24:00: no hours of your own, those of states (quiet_states) and holidays still count") \
    Y(X, S, TEXT, quiet_transactional,     _,               "",              11,  13,  "likewise of transactional messages; null: at any hour") \
    Y(X, S, TEXT, quiet_auto,              _,               "",              11,  13,  "likewise of automatic answers; null: at any hour") \
    Y(X, S, TEXT, quiet_human,             _,               "",              11,  13,  "likewise of what people write; null: at any hour") \
    Y(X, S, BOOL, quiet_states,            _,               true,            0,   0,   "bulk also heeds when, and how often, the stricter US states allow it: /api/v1/quiet-hours") \
    Y(X, S, INT,  quiet_reply_minutes,     _,               60,              0,   1440, "who has written to us within so many minutes may be answered at any hour; 0: not even they") \
    Y(X, S, TEXT, home_zone,               _,               "",              1,   64,  "the time zone taken for a number that tells none; null: every zone that it may be in has to allow it") \
    Y(X, S, TEXTS, holidays,               _,               _,               0,   200, "days on which nothing that has quiet hours leaves: 2026-12-24, or 12-24 for every year") \
    Y(X, S, BOOL, federal_holidays,        _,               false,           0,   0,   "the federal holidays of the United States are such days, too") \
    Y(X, S, INT,  loop_limit,              _,               20,              1,   1000, "so many automatic answers to one person within loop_window_s, then no more") \
    Y(X, S, INT,  loop_same_limit,         _,               6,               1,   1000, "so many of the same text") \
    Y(X, S, INT,  loop_window_s,           _,               600,             10,  86400, "seconds") \
    Y(X, S, TEXT, spend_daily_limit,       _,               "",              1,   16,  "USD a day (UTC), such as 25.00; then all but what the law wants answered waits for the next; null: none") \
    Y(X, S, INT,  spend_warn_percent,      _,               80,              1,   100, "a notice warns when so much of it is used up") \
    Y(X, S, WORD, unknown_human,           unknown_policy,  UNKNOWN_RESEND,  0,   0,   "Plivo, asked twice, does not know a message that may have left: resend it, or hold it for a person") \
    Y(X, S, WORD, unknown_auto,            unknown_policy,  UNKNOWN_RESEND,  0,   0,   "likewise of automatic answers") \
    Y(X, S, WORD, unknown_transactional,   unknown_policy,  UNKNOWN_RESEND,  0,   0,   "likewise of transactional messages") \
    Y(X, S, WORD, unknown_bulk,            unknown_policy,  UNKNOWN_RESEND,  0,   0,   "likewise of bulk") \
    Y(X, S, TEXT, sender_name,             _,               "",              1,   60,  "who we say we are, in a programme's first message; null: the tenant's name") \
    Y(X, S, WORD, first_message,           first_message,   FIRST_MESSAGE_ADD, 0, 0,   "a programme's first message that does not name the sender, STOP and HELP: they are added, or it is refused")
/* clang-format on */

#define SETTING_VIEW_INT OPT
#define SETTING_VIEW_BOOL BOOL
#define SETTING_VIEW_WORD ENUM
#define SETTING_VIEW_TEXT STR
#define SETTING_VIEW_TEXTS STRS
/* Stored so that "never set" is told apart from any value. */
#define SETTING_ROW_INT OPT
#define SETTING_ROW_BOOL OPT
#define SETTING_ROW_WORD STR
#define SETTING_ROW_TEXT STR
#define SETTING_ROW_TEXTS STRS
#define SETTING_FIELD(X, S, kind, name, extra) X(S, kind, name, extra)
#define SETTING_AS_VIEW(X, S, type, name, words, unset, min, max, meaning) \
    SETTING_FIELD(X, S, SETTING_VIEW_##type, name, words)
#define SETTING_AS_ROW(X, S, type, name, words, unset, min, max, meaning) \
    SETTING_FIELD(X, S, SETTING_ROW_##type, name, words)

#define SETTINGS_VIEW(X, S) TENANT_SETTINGS(SETTING_AS_VIEW, X, S)

/* The names of those that cannot be null, each with a blank behind it, for call_body(). */
#define SETTING_NAMED_INT(name) ""
#define SETTING_NAMED_BOOL(name) #name " "
#define SETTING_NAMED_WORD(name) #name " "
#define SETTING_NAMED_TEXT(name) ""
#define SETTING_NAMED_TEXTS(name) ""
#define SETTING_AS_NOT_NULL(X, S, type, name, words, unset, min, max, meaning) SETTING_NAMED_##type(name)
#define SETTINGS_NOT_NULL TENANT_SETTINGS(SETTING_AS_NOT_NULL, _, _)

#endif

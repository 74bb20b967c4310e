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
    Y(X, S, WORD, opt_out_scope,           opt_out_scope,   OPT_OUT_TENANT,  0,   0,   "what a STOP ends: all that we send, what its number sends, or its number's topic")
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

#include "core/tenant_settings.h"

#include "core/quiet_rules.h"
#include "domain/money.h"

enum setting_type { SETTING_INT, SETTING_BOOL, SETTING_WORD, SETTING_TEXT, SETTING_TEXTS };

struct setting {
    const char *name;
    enum setting_type type;
    int64_t number; /* the default of INT, BOOL and WORD */
    struct str text; /* of TEXT; unset: none */
    int64_t min, max;
};

#define UNSET_INT(unset) .number = (unset)
#define UNSET_BOOL(unset) .number = (unset)
#define UNSET_WORD(unset) .number = (int64_t)(unset)
#define UNSET_TEXT(unset) .text = { (unset), sizeof(unset) - 1 }
#define UNSET_TEXTS(unset) .number = 0
#define AS_SETTING(X, S, what, member, words, unset, least, most, meaning) \
    { .name = #member, .type = SETTING_##what, UNSET_##what(unset), .min = (least), .max = (most) },

/* In the order of the fields of both records: all three are made from the same lines. */
static const struct setting SETTINGS[] = { TENANT_SETTINGS(AS_SETTING, _, _) };
#define ROW_FIELDS settings_row_record.fields
#define VIEW_FIELDS settings_view_record.fields

static const void *field_at(const struct field *field, const void *object)
{
    return (const char *)object + field->offset;
}

static void *field_to_set(const struct field *field, void *object)
{
    return (char *)object + field->offset;
}

/* --- reading --- */

static int64_t number_of(const struct setting *setting, int64_t stored)
{
    return stored == INT_UNSET ? setting->number : stored;
}

static void resolve_one(const struct setting *setting, const struct field *view, const void *from, void *to)
{
    int value;
    switch (setting->type) {
    case SETTING_INT:
        *(int64_t *)to = number_of(setting, *(const int64_t *)from);
        return;
    case SETTING_BOOL:
        *(bool *)to = number_of(setting, *(const int64_t *)from) != 0;
        return;
    case SETTING_WORD: /* a word that this version does not know counts as never set */
        *(int *)to = words_find(view->words, *(const struct str *)from, &value) ? value : (int)setting->number;
        return;
    case SETTING_TEXT: {
        struct str text = *(const struct str *)from;
        struct str unset = setting->text.n ? setting->text : (struct str){ 0 };
        *(struct str *)to = str_is_set(text) ? text : unset;
        return;
    }
    case SETTING_TEXTS:
        *(struct record_list *)to = *(const struct record_list *)from;
        return;
    }
}

void tenant_settings_resolve(const struct settings_row *row, struct settings_view *out)
{
    record_init(&settings_view_record, out);
    for (size_t i = 0; i < COUNT(SETTINGS); i++)
        resolve_one(&SETTINGS[i], &VIEW_FIELDS[i], field_at(&ROW_FIELDS[i], row), field_to_set(&VIEW_FIELDS[i], out));
}

/* --- changing --- */

static bool refuse(const struct setting *setting, const char *what, struct err *err)
{
    return err_set(err, ERR_INPUT, setting->name, "must be %lld to %lld%s", (long long)setting->min,
                   (long long)setting->max, what);
}

static bool is_outside(const struct setting *setting, int64_t value)
{
    return value < setting->min || value > setting->max;
}

static bool change_one(const struct setting *setting, const struct field *view, const void *from, void *to,
                       struct err *err)
{
    switch (setting->type) {
    case SETTING_INT:
        if (*(const int64_t *)from != INT_UNSET && is_outside(setting, *(const int64_t *)from))
            return refuse(setting, ", or null for the default", err);
        *(int64_t *)to = *(const int64_t *)from;
        return true;
    case SETTING_BOOL:
        *(int64_t *)to = *(const bool *)from;
        return true;
    case SETTING_WORD:
        *(struct str *)to = str_of(words_name(view->words, *(const int *)from));
        return true;
    case SETTING_TEXT:
        if (str_is_set(*(const struct str *)from) && is_outside(setting, (int64_t)((const struct str *)from)->n))
            return refuse(setting, " characters, or null for the default", err);
        *(struct str *)to = *(const struct str *)from;
        return true;
    case SETTING_TEXTS:
        if (is_outside(setting, (int64_t)((const struct record_list *)from)->n))
            return refuse(setting, " items", err);
        *(struct record_list *)to = *(const struct record_list *)from;
        return true;
    }
    return false;
}

static bool check_amounts(const struct settings_view *changes, uint64_t present, struct err *err)
{
    int64_t amount;
    return !(present & record_bit(&settings_view_record, "spend_daily_limit")) ||
           !str_is_set(changes->spend_daily_limit) ||
           money_parse(changes->spend_daily_limit, "spend_daily_limit", &amount, err);
}

bool tenant_settings_change(struct settings_row *row, const struct settings_view *changes, uint64_t present,
                            struct err *err)
{
    struct settings_row next = *row;
    for (size_t i = 0; i < COUNT(SETTINGS); i++)
        if (present & record_bit(&settings_view_record, SETTINGS[i].name) &&
            !change_one(&SETTINGS[i], &VIEW_FIELDS[i], field_at(&VIEW_FIELDS[i], changes),
                        field_to_set(&ROW_FIELDS[i], &next), err))
            return false;
    if (!quiet_rules_check(changes, present, err) || !check_amounts(changes, present, err))
        return false;
    *row = next;
    return true;
}

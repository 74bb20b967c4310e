#include "wire/form_json.h"

#include <jansson.h>

static void object_release(json_t **object)
{
    json_decref(*object);
}

static bool value_read(const char *name, const json_t *value, struct arena *arena, struct str *out, struct err *err)
{
    if (json_is_string(value))
        *out = arena_dup(arena, (struct str){ json_string_value(value), json_string_length(value) });
    else if (json_is_integer(value))
        *out = arena_format(arena, "%lld", (long long)json_integer_value(value));
    else if (json_is_null(value))
        *out = arena_dup(arena, STR(""));
    else
        return err_set(err, ERR_INPUT, name, "must be text");
    return str_is_set(*out) || arena_err(arena, err);
}

bool form_from_json(struct str raw, struct arena *arena, struct form *out, struct err *err)
{
    if (raw.n > FORM_BYTES_MAX)
        return err_set(err, ERR_TOO_BIG, NULL, "a body may have %d bytes", FORM_BYTES_MAX);
    AUTO(object_release)
    json_t *object = json_loadb(raw.n ? raw.p : "", raw.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    if (!json_is_object(object))
        return err_set(err, ERR_INPUT, NULL, "the body is not a JSON object");
    size_t n = json_object_size(object);
    if (n > FORM_PAIRS_MAX)
        return err_set(err, ERR_TOO_BIG, NULL, "a body may have %d fields", FORM_PAIRS_MAX);
    struct pair *pairs = arena_alloc_array(arena, n, sizeof *pairs);
    if (!pairs)
        return arena_err(arena, err);

    size_t i = 0;
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        pairs[i].name = arena_dup(arena, str_of(name));
        if (!str_is_set(pairs[i].name))
            return arena_err(arena, err);
        if (!value_read(name, value, arena, &pairs[i].value, err))
            return false;
        i++;
    }
    *out = (struct form){ pairs, n };
    return true;
}

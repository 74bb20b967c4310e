/* vectors.h - the data under tests/vectors, as JSON. */
#ifndef PARLEY_TESTS_VECTORS_H
#define PARLEY_TESTS_VECTORS_H
#include <jansson.h>

#include "unit/cmocka_all.h"

/* The whole file; json_decref() it. A test without its vectors fails. */
static inline json_t *vectors_load(const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", VECTORS_DIR, name);
    json_error_t error;
    json_t *root = json_load_file(path, JSON_ALLOW_NUL, &error);
    if (!root)
        fail_msg("%s: %s", path, error.text);
    return root;
}

/* A member that is text; it may hold NULs. Borrowed. */
static inline struct str vectors_str(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return (struct str){ json_string_value(value), json_string_length(value) };
}

static inline bool vectors_flag(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}

#endif

#include "routes.h"

#include <stdio.h>

static const struct route ROWS[] = {
#define X(method, pattern, handler, flags, query) { method, pattern, handler, flags, query },
    ROUTES(X)
#undef X
};

/* Compares part by part; collects what stands for the braces. */
static bool matches(struct str pattern, struct str path, struct route_found *out)
{
    struct str wanted;
    struct str got;
    out->parts_n = 0;
    while (str_next(&pattern, '/', &wanted)) {
        if (str_is(wanted, "*"))
            return path.n > 0;
        if (!str_next(&path, '/', &got))
            return false;
        if (!str_starts(wanted, STR("{"))) {
            if (!str_eq(wanted, got))
                return false;
            continue;
        }
        if (got.n == 0)
            return false;
        assert(out->parts_n < CALL_PARTS_MAX);
        out->parts[out->parts_n++] = got;
    }
    return !str_is_set(path);
}

static void allow(struct route_found *out, const char *method)
{
    size_t n = strlen(out->allow);
    (void)snprintf(out->allow + n, sizeof out->allow - n, "%s%s", n ? ", " : "", method); /* all seven methods fit */
}

enum route_match route_find(struct str method, struct str path, struct route_found *out)
{
    bool is_head = str_is(method, "HEAD");
    const struct route *found = NULL;
    const struct route *other = NULL;
    struct route_found tried;
    *out = (struct route_found){ 0 };
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        const struct route *row = &ROWS[i];
        bool has_head = strcmp(row->method, "GET") == 0 && !(row->flags & ROUTE_NO_HEAD);
        if (!matches(str_of(row->pattern), path, &tried))
            continue;
        allow(out, row->method);
        if (has_head)
            allow(out, "HEAD");
        if (!other)
            other = row;
        if (!found && (str_is(method, row->method) || (is_head && has_head))) {
            found = row;
            memcpy(out->parts, tried.parts, sizeof out->parts);
            out->parts_n = tried.parts_n;
        }
    }
    out->route = found ? found : other;
    if (other)
        allow(out, "OPTIONS");
    return found ? ROUTE_FOUND : other ? ROUTE_OTHER_METHOD : ROUTE_UNKNOWN;
}

bool route_takes(const struct route *route, struct str name)
{
    struct str names = str_of(route->query);
    struct str item;
    if (str_is(names, "*"))
        return true;
    while (str_next(&names, ' ', &item))
        if (item.n > 0 && str_eq(item, name))
            return true;
    return false;
}

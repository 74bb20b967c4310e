#include "assets.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *key, const void *element)
{
    const struct str *path = key;
    const char *other = ((const struct asset *)element)->path;
    size_t n = strlen(other);
    int order = memcmp(path->p, other, path->n < n ? path->n : n);
    return order != 0 ? order : (path->n > n) - (path->n < n);
}

const struct asset *asset_find(struct str path)
{
    if (path.n == 0)
        return NULL;
    return bsearch(&path, ASSETS, ASSETS_COUNT, sizeof ASSETS[0], compare);
}

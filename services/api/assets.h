/* assets.h - the dashboard's files, which the build put into this program.
 *
 * Promise: asset_find() knows every file of the built dashboard by its path, with its type, its validator and its
 *          compressed forms. If the dashboard was not built, "/index.html" is one page that says so.
 * Units:   bytes.
 * Memory:  all of it lives in the program's read-only data; borrowed for good.
 * Threads: pure; call from any.
 * Source:  tools/embed_assets.py writes the table from services/api/dashboard/dist at build time.
 */
#ifndef PARLEY_API_ASSETS_H
#define PARLEY_API_ASSETS_H
#include "base/base.h"

struct asset {
    const char *path;             /* begins with '/', as in a request: "/assets/index-4f2a.js" */
    const char *content_type;
    const char *etag;             /* strong, with its quotes, of the plain bytes */
    bool is_immutable;            /* its name holds a hash of its content: may be kept for ever */
    struct str plain, br, gz;     /* a form that does not exist has n == 0 */
};

/* The file at exactly this path, or NULL. "/" is no file: ask for "/index.html". `path` is borrowed for the call. */
const struct asset *asset_find(struct str path);

/* The table behind it, ordered by path. */
extern const struct asset ASSETS[];
extern const size_t ASSETS_COUNT;
#endif

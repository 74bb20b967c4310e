/* compat.h - the forms of the common Plivo tutorials, which differ from the API's own.
 *
 * Promise: a refusal is {"success":false,"message":…}.
 * Threads: pure; call from any.
 * Source:  contract.md "Compatibility with the common Plivo tutorials". The handlers stand in routes.h.
 */
#ifndef PARLEY_API_COMPAT_H
#define PARLEY_API_COMPAT_H
#include "base/buf.h"
#include "base/err.h"

MUST_USE bool compat_refusal(const struct err *err, struct buf *out);

#endif

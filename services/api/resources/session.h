/* session.h - signing in by the one-time link, and out; the handlers stand in routes.h.
 *
 * Promise: the link's token is exchanged for a session whose token is drawn here and stands only in the cookie (HttpOnly, SameSite=Lax,
 *          Secure where DASHBOARD_URL is https).
 * Threads: session_init() before the first request.
 */
#ifndef PARLEY_API_SESSION_H
#define PARLEY_API_SESSION_H
#include "base/base.h"

enum { SESSION_S = 30 * 24 * 3600 };

/* Owned by the process. */
void session_init(struct str dashboard_url);

#endif

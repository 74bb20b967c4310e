/* me.h - who is asking and which Parley this is, and whether it can work; the handlers stand in routes.h.
 *
 * Promise: neither asks the worker anything that could wait: health stays quick when all else is slow.
 * Threads: me_init() before the first request.
 */
#ifndef PARLEY_API_ME_H
#define PARLEY_API_ME_H
#include <stdbool.h>

void me_init(bool is_demo);

#endif

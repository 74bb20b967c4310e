/* sim_proxy.h - the demo's way to the simulator; the handler, sim_pass(), stands in routes.h.
 *
 * Promise: only the path as it came under /sim/ reaches the simulator, only for an owner, and only when DEMO=1.
 * Units:   bodies to CALL_BODY_MAX_BYTES, 30 s for all.
 * Threads: sim_proxy_init() before the first request.
 */
#ifndef PARLEY_API_SIM_PROXY_H
#define PARLEY_API_SIM_PROXY_H
#include "base/base.h"

/* SIM_URL; owned by the process. */
void sim_proxy_init(struct str url);

#endif

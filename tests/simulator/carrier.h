/* carrier.h - the thread that makes time pass: it lets the world tick and makes Plivo's calls to the webhooks, signed.
 *
 * Promise: a try that has no answer after CALL_TIMEOUT_MS has failed; redirects are not followed. Answers of at most
 *          CALL_ANSWER_MAX_BYTES are read. XML replies of a 2xx to an inbound message become messages of the account.
 * Units:   at most FLYING_MAX tries at once, the others wait in order.
 *          A try goes over a kept connection of our own where line.h can, else with libcurl.
 * Threads: one thread owns lines and curl handles; carrier_wake() from any.
 * Source:  plivo.md section 2 (timeout, answers) and section 3 (signatures).
 */
#ifndef PARLEY_SIM_CARRIER_H
#define PARLEY_SIM_CARRIER_H
#include "base/err.h"

#define CARRIER_AGENT "Plivo simulator"

enum { CALL_TIMEOUT_MS = 8000, FLYING_MAX = 128 };

MUST_USE bool carrier_start(struct err *err);
/* Starts nothing any more and joins the thread; tries that run are cut. */
void carrier_stop(void);
void carrier_wake(void);

#endif

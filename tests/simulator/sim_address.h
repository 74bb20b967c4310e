/* sim_address.h - addresses as Plivo's API and the control routes take them.
 *
 * Promise: numbers leave here as "+15550100001" whether they came with '+' or without; 3 to 6 digits are a short code;
 *          letters (with blanks and digits, at most 11, as carriers allow) stay as they came.
 * Threads: pure.
 * Source:  plivo.md section 1.
 */
#ifndef PARLEY_SIM_SIM_ADDRESS_H
#define PARLEY_SIM_SIM_ADDRESS_H
#include "base/err.h"
#include "message.h"

/* A number or a short code: somebody who can be written to. False: *err is ERR_INPUT and names `field`. */
MUST_USE bool address_read(struct str in, const char *field, struct sim_address *out, struct err *err);
/* The same, or letters. */
MUST_USE bool address_read_sender(struct str in, const char *field, struct sim_address *out, struct err *err);

#endif

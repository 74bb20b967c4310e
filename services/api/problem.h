/* problem.h - every refusal as application/problem+json, in one place.
 *
 * Promise: status and title come from the kind of the error (base/err.h), detail and errors from its text and field. ERR_BROKEN is logged
 *          here, once. Tutorial routes get their 400 and 429 in the tutorials' own form.
 * Threads: as the call.
 * Source:  RFC 9457; contract.md "Errors".
 */
#ifndef PARLEY_API_PROBLEM_H
#define PARLEY_API_PROBLEM_H
#include "call.h"

/* Answers the call with the error; Allow, Retry-After and the like are added by call_header() before. */
void problem_answer(struct call *call, const struct err *err);

/* The body alone, for the tests. */
MUST_USE bool problem_body(const struct err *err, struct buf *out);

#endif

/* form_json.h - a flat JSON object read as if it were a form: the same pairs, so the same signature and the same fields.
 *
 * Promise: a string is its own value, an integer its decimal text, null is blank. Nothing else may stand there: no list, object, fraction
 *          or boolean, no name twice, no bytes behind the object.
 * Units:   at most FORM_BYTES_MAX bytes and FORM_PAIRS_MAX members.
 * Memory:  the pairs and their bytes live in the caller's arena.
 * Threads: pure; call from any.
 * Source:  contract.md, section Ingress (application/json: same names; for tests).
 */
#ifndef PARLEY_FORM_JSON_H
#define PARLEY_FORM_JSON_H
#include "wire/form.h"

/* `raw` is borrowed for the call. False: ERR_INPUT names the member at fault ("" for text that is no JSON object); ERR_TOO_BIG. */
MUST_USE bool form_from_json(struct str raw, struct arena *arena, struct form *out, struct err *err);

#endif

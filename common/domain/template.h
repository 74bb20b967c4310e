/* template.h - texts with places to fill in: "Hi {{contact.name|there}}, we open at nine."
 *
 * Promise: a value is put in as it is and never read as a template again. What template_check() passed,
 *          template_render() can only fail for want of room.
 * Format:  {{name}} or {{name|fallback}}; blanks inside the braces around both are dropped. A name is small letters,
 *          digits, '_' and '.'. The fallback stands when the value is unset or empty; without one, nothing does. A
 *          single brace is only a brace.
 * Memory:  borrowed; the text goes to the caller's buf.
 * Threads: pure; call from any.
 */
#ifndef PARLEY_TEMPLATE_H
#define PARLEY_TEMPLATE_H
#include "base/buf.h"
#include "base/err.h"
#include "base/pair.h"

enum { TEMPLATE_NAME_MAX_BYTES = 64 };

/* When a rule or template is saved: are all braces closed and all names known? `known` holds n names; one that ends
 * in ".*" stands for all below it ("contact.attributes.*"), "*" alone for any.
 * False: *err is ERR_INPUT, names `field`, and says which name is unknown and which there are. */
MUST_USE bool template_check(struct str text, const char *const *known, size_t n, const char *field, struct err *err);

/* The next place's name, as often as it stands; *rest begins as the text. False: there is none, or a brace is not closed. Borrowed. */
bool template_next_name(struct str *rest, struct str *name);

/* Appends the filled-in text to *out. A name that is not among the values counts as unset.
 * False: *err is ERR_INPUT (a brace is not closed) or ERR_TOO_BIG (*out is full). */
MUST_USE bool template_render(struct str text, const struct pair *values, size_t n, struct buf *out, struct err *err);

#endif

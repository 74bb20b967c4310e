/* phone_plan.h - the countries' numbering plans: libphonenumber behind a C header.
 *
 * Promise: what libphonenumber parses from an international form and calls *possible* is accepted. Whether it is
 *          *valid* is only told, never a refusal: ranges change faster than its data. No exception passes this
 *          border.
 * Memory:  plain values. libphonenumber keeps its tables in memory from the first call on (about 2 MB).
 * Threads: call from any; the first call builds the tables, under libphonenumber's own lock.
 * Source:  contract.md "Numbers and texts"; libphonenumber 8.12 PhoneNumberUtil.
 */
#ifndef PARLEY_PHONE_PLAN_H
#define PARLEY_PHONE_PLAN_H
#include "domain/phone.h"
#include "domain/vocabulary.h"

#ifdef __cplusplus
extern "C" {
#endif

/* clang-format off */
#define PHONE_KINDS(X)                                                                                               \
    X(PHONE_KIND_UNKNOWN, "unknown") X(PHONE_KIND_FIXED, "fixed") X(PHONE_KIND_MOBILE, "mobile")                     \
    X(PHONE_KIND_FIXED_OR_MOBILE, "fixed_or_mobile") X(PHONE_KIND_TOLL_FREE, "toll_free") X(PHONE_KIND_OTHER, "other")
/* clang-format on */
#define X(enumerator, word) enumerator,
enum phone_kind { PHONE_KINDS(X) };
#undef X

extern const struct words phone_kind_words;

struct phone_plan {
    bool is_valid; /* the country is known to issue such numbers */
    char region[4]; /* "US"; "001" for worldwide services; "" when unknown */
    char national[40]; /* "(555) 010-0001": as people there write it */
    enum phone_kind kind;
};

/* Reads a number as people write it: "+1 (555) 010-0001". '+' and the country code are required, an extension is
 * refused. True: *out is its E.164 form and *is_valid what the plan says. False: both untouched, *err is ERR_INPUT
 * and names `field`; its text never holds the number. */
MUST_USE bool phone_plan_parse(struct str raw, const char *field, struct phone *out, bool *is_valid, struct err *err);

/* What the plan knows of a number. Always fills *out; of an unknown country, `national` is the number itself. */
void phone_plan_describe(const struct phone *phone, struct phone_plan *out);

/* Whether its digits stand for a place, not only for a country: a mobile's do so in few countries. */
bool phone_plan_is_geographic(const struct phone *phone);

#ifdef __cplusplus
}
#endif
#endif

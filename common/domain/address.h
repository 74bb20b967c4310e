/* address.h - who a message came from or goes to, as text: a number, a short code, or letters.
 *
 * Promise: the kind follows from the text alone: "+15550100001" is a phone, "24587" a short code, "PARLEY" letters.
 * Memory:  borrowed for the call.
 * Threads: pure; call from any.
 * Source:  plivo.md section 1: `From` may be a short code or an alphanumeric sender. Neither is E.164, which a message of ours must go to.
 */
#ifndef PARLEY_ADDRESS_H
#define PARLEY_ADDRESS_H
#include "domain/phone.h"

enum { ADDRESS_BYTES_MAX = 64, SHORT_CODE_DIGITS_MIN = 3, SHORT_CODE_DIGITS_MAX = 6 };

enum address_kind { ADDRESS_LETTERS, ADDRESS_SHORT_CODE, ADDRESS_PHONE };

enum address_kind address_kind_of(struct str address);

/* Whether anything sent there can arrive. */
static inline bool address_can_be_answered(struct str address) { return address_kind_of(address) == ADDRESS_PHONE; }

/* Whether `shown`, an address that Plivo was told not to keep whole ("1555010XXXX"), could be `address`: what can be seen of it is its
 * beginning. False for one that is shown whole. */
bool address_could_be(struct str shown, struct str address);

#endif

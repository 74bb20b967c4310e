/* operation_key.h - an Idempotency-Key as the identity of a command.
 *
 * Promise: the same key of the same owner is the same operation; of another owner or tenant it is another one.
 * Memory:  plain values.
 * Threads: pure; call from any.
 * Source:  RFC 9562 section 5.8: a UUID of the free version 8, made of the first 16 bytes of a SHA-256.
 */
#ifndef PARLEY_API_OPERATION_KEY_H
#define PARLEY_API_OPERATION_KEY_H
#include "base/id.h"

/* `owner`: "key:…" or "user:…". False only when the crypto library fails. */
MUST_USE bool operation_of_key(int64_t tenant, struct str owner, struct str key, struct id *out, struct err *err);

#endif

/* consent.h - consent's words, the ledger's hash chain, and which of two changes stands.
 *
 * Promise: C1 an entry's hash covers its public fields, the hash of its private ones and the entry before it: nothing
 *             can be changed, left out or moved without breaking the chain.
 *          C2 the private fields are hashed with a salt: erasing salt and fields leaves a chain that still verifies,
 *             and nothing to guess the number from.
 * Units:   SHA-256, 32 bytes. Integers are hashed as 8 bytes big-endian, texts as their length (8 bytes) and their
 *          bytes.
 * Memory:  texts are borrowed for the call.
 * Threads: pure; call from any.
 * Source:  design.md section 5 (time) and section 6 (the consent ledger).
 */
#ifndef PARLEY_CONSENT_H
#define PARLEY_CONSENT_H
#include "base/err.h"
#include "base/id.h"
#include "domain/vocabulary.h"

/* clang-format off */
#define CONSENTS(X)                \
    X(CONSENT_NONE,   "none")      \
    X(CONSENT_IN,     "in")        \
    X(CONSENT_OUT,    "out")

#define CONSENT_SOURCES(X)                     \
    X(CONSENT_BY_KEYWORD,   "keyword")         \
    X(CONSENT_BY_AGENT,     "agent")           \
    X(CONSENT_BY_API,       "api")             \
    X(CONSENT_BY_IMPORT,    "import")          \
    X(CONSENT_BY_PROVIDER,  "provider")
/* clang-format on */

#define X(enumerator, word) enumerator,
enum consent {
    CONSENTS(X)
};
enum consent_source {
    CONSENT_SOURCES(X)
};
#undef X

extern const struct words consent_words, consent_source_words;

/* --- The chain -------------------------------------------------------------------------------------------------- */

enum {
    CONSENT_HASH_BYTES = 32,
    CONSENT_SALT_BYTES = 16
};

struct consent_hash {
    uint8_t b[CONSENT_HASH_BYTES];
};

/* What erasure takes away. */
struct consent_private {
    uint8_t salt[CONSENT_SALT_BYTES]; /* random, drawn by the shell */
    struct str address; /* the person's number */
    struct str evidence; /* the words sent, the form shown, the IP address */
};

/* What stays for ever. */
struct consent_facts {
    int64_t sequence; /* 1, 2, 3 … in the tenant's ledger, without a gap */
    int64_t at_ms;
    struct id contact_id;
    struct str number; /* our number, if the entry is about one; unset otherwise */
    struct str scope; /* what the change holds for: "number:…", "topic:…", "campaign:…"; unset: all of the tenant */
    enum consent from, to;
    enum consent_source source;
    struct str actor; /* who did it: "person", a user's or a key's id */
    bool is_superseded; /* entered, but a later change already stood (consent_decide_order) */
    struct consent_hash private_hash;
};

/* False only when the crypto library fails (no memory): *err is ERR_BUSY. */
MUST_USE bool consent_private_hash(const struct consent_private *private_fields, struct consent_hash *out,
                                   struct err *err);
/* `previous` is the hash of the entry before; all zero for the first. */
MUST_USE bool consent_entry_hash(const struct consent_hash *previous, const struct consent_facts *facts,
                                 struct consent_hash *out, struct err *err);

/* Verifying: begin with a zeroed chain and pass the entries in order. */
struct consent_chain {
    struct consent_hash head;
    int64_t entries; /* seen so far */
    int64_t first_bad; /* sequence of the first entry that did not verify; 0: none */
};

/* One entry. `private_fields` is NULL when they were erased. Goes on from the stored hash, so one bad entry is one
 * bad entry. True: it was checked (look at first_bad for the answer). False: the crypto library failed, *err is
 * ERR_BUSY. */
MUST_USE bool consent_verify_step(struct consent_chain *chain, const struct consent_facts *facts,
                                  const struct consent_private *private_fields, const struct consent_hash *stored,
                                  struct err *err);

/* --- Two changes by one person ---------------------------------------------------------------------------------- */

enum {
    CONSENT_SAME_MOMENT_MS = 1000
};

/* A keyword change, as the ingress that first saw it stamped it. */
struct consent_change {
    enum consent to;
    int64_t received_at_ms;
    struct str ingress; /* which one stamped it: clocks of two machines differ */
};

enum consent_order {
    CONSENT_GOT_STANDS,
    CONSENT_HAVE_STANDS
};

/* Which of two keyword changes stands: the one that stood (`have`) or the one that is being applied (`got`). The
 * later one, and at the same millisecond the one applied later; but within a second and from different ingresses the
 * opt-out. The loser is entered as superseded. */
enum consent_order consent_decide_order(const struct consent_change *have, const struct consent_change *got);

#endif

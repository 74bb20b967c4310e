#include "domain/consent.h"

#include <openssl/evp.h>

#define X(enumerator, word) [enumerator] = word,
static const char *const NAMES[] = { CONSENTS(X) };
static const char *const SOURCE_NAMES[] = { CONSENT_SOURCES(X) };
#undef X

const struct words consent_words = { NAMES, COUNT(NAMES) };
const struct words consent_source_words = { SOURCE_NAMES, COUNT(SOURCE_NAMES) };

/* --- The chain -------------------------------------------------------------------------------------------------- */

/* A digest in the making. One failed step fails the whole; it is asked once, at the end. */
struct digest {
    EVP_MD_CTX *context;
    bool is_fine;
};

static void digest_add(struct digest *d, const void *bytes, size_t n)
{
    d->is_fine = d->is_fine && (n == 0 || EVP_DigestUpdate(d->context, bytes, n) == 1);
}

static void digest_add_int(struct digest *d, int64_t v)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)((uint64_t)v >> (56 - 8 * i));
    digest_add(d, bytes, sizeof bytes);
}

/* With its length before it, so that no two lists of texts give the same bytes. An unset text is an empty one. */
static void digest_add_str(struct digest *d, struct str s)
{
    digest_add_int(d, (int64_t)s.n);
    digest_add(d, s.p, s.n);
}

/* `label` says what is hashed, and in which version of its layout. */
static struct digest digest_begin(struct str label)
{
    struct digest d = { EVP_MD_CTX_new(), true };
    d.is_fine = d.context && EVP_DigestInit_ex(d.context, EVP_sha256(), NULL) == 1;
    digest_add_str(&d, label);
    return d;
}

static bool digest_end(struct digest *d, struct consent_hash *out, struct err *err)
{
    struct consent_hash hash;
    bool is_fine = d->is_fine && EVP_DigestFinal_ex(d->context, hash.b, NULL) == 1;
    EVP_MD_CTX_free(d->context);
    if (!is_fine)
        return err_set(err, ERR_BUSY, NULL, "the ledger's hash cannot be computed now");
    *out = hash;
    return true;
}

bool consent_private_hash(const struct consent_private *private_fields, struct consent_hash *out, struct err *err)
{
    struct digest d = digest_begin(STR("parley consent private 1"));
    digest_add(&d, private_fields->salt, sizeof private_fields->salt);
    digest_add_str(&d, private_fields->address);
    digest_add_str(&d, private_fields->evidence);
    return digest_end(&d, out, err);
}

bool consent_entry_hash(const struct consent_hash *previous, const struct consent_facts *facts,
                        struct consent_hash *out, struct err *err)
{
    /* version 2 has a scope; entries without one keep the layout that they had before there were scopes */
    struct digest d = digest_begin(facts->scope.n ? STR("parley consent entry 2") : STR("parley consent entry 1"));
    digest_add(&d, previous->b, sizeof previous->b);
    digest_add_int(&d, facts->sequence);
    digest_add_int(&d, facts->at_ms);
    digest_add(&d, facts->contact_id.b, sizeof facts->contact_id.b);
    digest_add_str(&d, facts->number);
    /* words, not numbers: the table may grow in between */
    digest_add_str(&d, str_of(words_name(&consent_words, (int)facts->from)));
    digest_add_str(&d, str_of(words_name(&consent_words, (int)facts->to)));
    digest_add_str(&d, str_of(words_name(&consent_source_words, (int)facts->source)));
    digest_add_str(&d, facts->actor);
    digest_add_int(&d, facts->is_superseded ? 1 : 0);
    digest_add(&d, facts->private_hash.b, sizeof facts->private_hash.b);
    if (facts->scope.n)
        digest_add_str(&d, facts->scope);
    return digest_end(&d, out, err);
}

static bool hash_eq(const struct consent_hash *a, const struct consent_hash *b)
{
    return memcmp(a->b, b->b, CONSENT_HASH_BYTES) == 0;
}

bool consent_verify_step(struct consent_chain *chain, const struct consent_facts *facts,
                         const struct consent_private *private_fields, const struct consent_hash *stored,
                         struct err *err)
{
    struct consent_hash wanted;
    bool is_good = facts->sequence == chain->entries + 1;
    if (private_fields) {
        if (!consent_private_hash(private_fields, &wanted, err))
            return false;
        is_good = is_good && hash_eq(&wanted, &facts->private_hash);
    }
    if (!consent_entry_hash(&chain->head, facts, &wanted, err))
        return false;
    is_good = is_good && hash_eq(&wanted, stored);
    if (!is_good && chain->first_bad == 0)
        chain->first_bad = facts->sequence;
    chain->head = *stored;
    chain->entries++;
    return true;
}

/* --- Two changes by one person ---------------------------------------------------------------------------------- */

enum consent_order consent_decide_order(const struct consent_change *have, const struct consent_change *got)
{
    int64_t apart_ms = got->received_at_ms - have->received_at_ms;
    bool is_one_moment = apart_ms <= CONSENT_SAME_MOMENT_MS && apart_ms >= -CONSENT_SAME_MOMENT_MS;
    bool is_one_clock = str_eq(have->ingress, got->ingress);
    if (is_one_moment && !is_one_clock && (have->to == CONSENT_OUT) != (got->to == CONSENT_OUT))
        return got->to == CONSENT_OUT ? CONSENT_GOT_STANDS : CONSENT_HAVE_STANDS;
    return apart_ms >= 0 ? CONSENT_GOT_STANDS : CONSENT_HAVE_STANDS;
}

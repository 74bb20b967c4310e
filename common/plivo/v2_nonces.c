#include "plivo/v2_nonces.h"

#include <openssl/evp.h>
#include <stdlib.h>

/* Invariants: I1 entries[0 … n) are filled; I2 each of them is in the index exactly once; I3 `next` is the oldest
 * once n == max; I4 the index has twice as many places as entries, so that a search always ends at a free one. */

enum {
    DIGEST_BYTES = 32,
    NONCE_KEY_BYTES = 16
};

struct entry {
    uint8_t nonce[NONCE_KEY_BYTES]; /* the first half of its SHA-256: nonces have no bound of their own */
    uint8_t body[DIGEST_BYTES];
    uint32_t holders : 31; /* claimed and not yet released */
    uint32_t is_bound : 1; /* one of them got a 200 */
};

struct v2_nonces {
    struct entry *entries;
    uint32_t *index; /* 0: free, else 1 + the entry's place */
    size_t max, n, next;
    size_t mask; /* places of the index, a power of two, minus one */
};

struct v2_nonces *v2_nonces_new(size_t max)
{
    assert(max >= 1 && max <= V2_NONCES_MAX);
    size_t places = 2;
    while (places < 2 * max)
        places *= 2;
    struct v2_nonces *nonces = calloc(1, sizeof *nonces);
    if (!nonces)
        return NULL;
    /* calloc: untouched pages cost nothing, so the memory grows with use */
    nonces->entries = calloc(max, sizeof *nonces->entries);
    nonces->index = calloc(places, sizeof *nonces->index);
    nonces->max = max;
    nonces->mask = places - 1;
    if (!nonces->entries || !nonces->index) {
        v2_nonces_free(nonces);
        return NULL;
    }
    return nonces;
}

void v2_nonces_free(struct v2_nonces *nonces)
{
    if (!nonces)
        return;
    free(nonces->entries);
    free(nonces->index);
    free(nonces);
}

static void digest(struct str s, uint8_t out[DIGEST_BYTES])
{
    int ok = EVP_Digest(s.n ? s.p : "", s.n, out, NULL, EVP_sha256(), NULL);
    assert(ok == 1); /* SHA-256 of bytes in memory fails only without memory, and then so does everything else */
}

static size_t home_of(const struct v2_nonces *nonces, const uint8_t nonce[NONCE_KEY_BYTES])
{
    uint64_t hash;
    memcpy(&hash, nonce, sizeof hash); /* already uniform */
    return (size_t)hash & nonces->mask;
}

/* The place in the index where this nonce is, or the free one where it would be. */
static size_t place_of(const struct v2_nonces *nonces, const uint8_t nonce[NONCE_KEY_BYTES])
{
    size_t at = home_of(nonces, nonce);
    while (nonces->index[at] != 0 && memcmp(nonces->entries[nonces->index[at] - 1].nonce, nonce, NONCE_KEY_BYTES) != 0)
        at = (at + 1) & nonces->mask;
    return at;
}

/* Frees a place and moves those behind it forward, so that no search stops short of what it looks for. */
static void remove_place(struct v2_nonces *nonces, size_t hole)
{
    nonces->index[hole] = 0;
    for (size_t at = (hole + 1) & nonces->mask; nonces->index[at] != 0; at = (at + 1) & nonces->mask) {
        size_t home = home_of(nonces, nonces->entries[nonces->index[at] - 1].nonce);
        if (((at - home) & nonces->mask) < ((at - hole) & nonces->mask))
            continue; /* its home lies behind the hole */
        nonces->index[hole] = nonces->index[at];
        nonces->index[at] = 0;
        hole = at;
    }
}

/* The entry of this nonce, or NULL. */
static struct entry *entry_of(const struct v2_nonces *nonces, const uint8_t nonce[NONCE_KEY_BYTES])
{
    uint32_t at = nonces->index[place_of(nonces, nonce)];
    return at != 0 ? &nonces->entries[at - 1] : NULL;
}

/* A new one; the oldest goes when there are too many. */
static struct entry *entry_add(struct v2_nonces *nonces, const uint8_t nonce[NONCE_KEY_BYTES])
{
    struct entry *entry = &nonces->entries[nonces->next];
    assert(nonces->entries); /* since v2_nonces_new() */
    if (nonces->n == nonces->max)
        remove_place(nonces, place_of(nonces, entry->nonce));
    else
        nonces->n++;
    memcpy(entry->nonce, nonce, NONCE_KEY_BYTES);
    entry->holders = 0;
    entry->is_bound = 0;
    size_t at = place_of(nonces, nonce); /* looked up after the removal: it moves places */
    nonces->index[at] = (uint32_t)nonces->next + 1;
    nonces->next = (nonces->next + 1) % nonces->max;
    return entry;
}

enum v2_nonce v2_nonces_claim(struct v2_nonces *nonces, struct str nonce, struct str body)
{
    uint8_t nonce_digest[DIGEST_BYTES], body_digest[DIGEST_BYTES];
    digest(nonce, nonce_digest);
    digest(body, body_digest);
    struct entry *entry = entry_of(nonces, nonce_digest);
    if (!entry)
        entry = entry_add(nonces, nonce_digest);
    bool is_free = entry->holders == 0 && !entry->is_bound;
    if (!is_free && memcmp(entry->body, body_digest, DIGEST_BYTES) != 0)
        return V2_NONCE_REFUSED;
    memcpy(entry->body, body_digest, DIGEST_BYTES);
    entry->holders++; /* far fewer than 2^31 requests are served at a time */
    return is_free ? V2_NONCE_NEW : V2_NONCE_REPEATED;
}

void v2_nonces_release(struct v2_nonces *nonces, struct str nonce, struct str body, bool has_200)
{
    uint8_t nonce_digest[DIGEST_BYTES], body_digest[DIGEST_BYTES];
    digest(nonce, nonce_digest);
    digest(body, body_digest);
    struct entry *entry = entry_of(nonces, nonce_digest);
    if (!entry || entry->holders == 0 || memcmp(entry->body, body_digest, DIGEST_BYTES) != 0)
        return; /* so many came meanwhile that it was dropped */
    entry->holders--;
    entry->is_bound |= has_200;
}

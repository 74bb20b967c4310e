#include "event.h"

#include "domain/keywords.h"
#include "wire/schema.h"

#include <endian.h>
#include <openssl/evp.h>

/* SHA-256 over the parts, each behind its length, so that no two lists of parts read alike. */
static bool identity_make(const struct str *parts, size_t n, struct spool_identity *out, struct err *err)
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    bool is_fine = md && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1;
    for (size_t i = 0; i < n && is_fine; i++) {
        uint64_t length = htobe64(parts[i].n);
        is_fine = EVP_DigestUpdate(md, &length, sizeof length) == 1 &&
                  EVP_DigestUpdate(md, parts[i].p, parts[i].n) == 1;
    }
    is_fine = is_fine && EVP_DigestFinal_ex(md, out->b, NULL) == 1;
    EVP_MD_CTX_free(md);
    return is_fine || err_set(err, ERR_BUSY, NULL, "no memory for a hash");
}

/* FNV-1a: any even split does. Not that of the last digit: people choose their numbers. */
static enum spool_lane lane_of(struct str person)
{
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < person.n; i++)
        hash = (hash ^ (uint8_t)person.p[i]) * 16777619U;
    return (hash >> 16) % 2 == 0 ? SPOOL_INBOUND : SPOOL_INBOUND_B;
}

static bool encode(const struct record *record, const void *object, struct buf *bytes, struct event *out,
                   struct err *err)
{
    buf_clear(bytes);
    if (!record_encode(record, object, bytes))
        return err_set(err, ERR_TOO_BIG, NULL, "a webhook may become %d bytes", EVENT_MAX_BYTES);
    out->bytes = buf_str(bytes);
    return true;
}

bool event_from_inbound(const struct plivo_inbound *inbound, const struct arrival *arrival, struct arena *arena,
                        struct buf *bytes, struct event *out, struct err *err)
{
    struct inbound_event event = {
        .uuid = inbound->uuid,
        .from = inbound->from,
        .to = inbound->to,
        .text = inbound->text,
        .type = inbound->type,
        .intent = inbound->intent,
        .units = inbound->units,
        .total_amount = inbound->total_amount,
        .received_at = arrival->received_at,
        .ingress = arrival->ingress,
        .powerpack = inbound->powerpack_uuid.n ? inbound->powerpack_uuid : (struct str){ 0 },
        .is_observed = arrival->is_observed,
        .media = { arena_alloc_array(arena, inbound->media_n, sizeof(struct media_item)), inbound->media_n },
    };
    if (!event.media.v)
        return arena_err(arena, err);
    for (size_t i = 0; i < inbound->media_n; i++)
        event.media.v[i].url = inbound->media_urls[i];

    out->lane = lane_of(inbound->from);
    out->received_at = arrival->received_at;
    out->is_opt_out = may_be_opt_out(inbound->text, inbound->intent);
    return identity_make(&inbound->uuid, 1, &out->identity, err) &&
           encode(&inbound_event_record, &event, bytes, out, err);
}

bool event_from_report(const struct plivo_report *report, const struct arrival *arrival, struct buf *bytes,
                       struct event *out, struct err *err)
{
    struct raw_report raw = {
        .path = arrival->path,
        .query = arrival->query,
        .body = arrival->body,
        .is_json = arrival->is_json,
        .received_at = arrival->received_at,
        .is_observed = arrival->is_observed,
    };
    uint64_t numbers[] = { htobe64((uint64_t)report->sequence), htobe64((uint64_t)report->error_code) };
    struct str parts[] = { arrival->path, report->uuid, report->message_uuid, report->status_word,
                           str_bytes(numbers, sizeof numbers) };
    out->lane = SPOOL_REPORTS;
    out->received_at = arrival->received_at;
    out->is_opt_out = false;
    return identity_make(parts, COUNT(parts), &out->identity, err) && encode(&raw_report_record, &raw, bytes, out, err);
}

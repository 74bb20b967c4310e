/* What a transaction leaves for the side file. */
#include "upkeep/side_file.h"

enum { TENANT_BYTES = 4 };

struct str side_hex(struct arena *arena, struct str bytes)
{
    char *text = arena_alloc(arena, 2 * bytes.n + 1);
    static const char DIGITS[] = "0123456789abcdef";
    if (!text)
        return (struct str){ 0 };
    for (size_t i = 0; i < bytes.n; i++) {
        text[2 * i] = DIGITS[(uint8_t)bytes.p[i] >> 4];
        text[2 * i + 1] = DIGITS[(uint8_t)bytes.p[i] & 15];
    }
    return (struct str){ text, 2 * bytes.n };
}

static struct side_line line_begun(struct txn *txn, const char *kind, int64_t tenant)
{
    struct side_line line;
    record_init(&side_line_record, &line);
    line.kind = str_of(kind);
    line.at = txn->now_ms;
    line.store = store_id(txn->store);
    line.generation = store_generation(txn->store);
    line.tenant = tenant;
    return line;
}

bool side_add_opt_out(struct txn *txn, int64_t tenant, struct str person, const struct consent_row *state,
                      const struct ledger_row *entry, struct buf *out, struct err *err)
{
    struct side_line line = line_begun(txn, SIDE_OPT_OUT, tenant);
    line.person = side_hex(txn->arena, person);
    if (!str_is_set(line.person))
        return arena_err(txn->arena, err);
    line.scope = state->scope;
    line.contact = entry->contact;
    line.number = entry->number;
    line.source = entry->source;
    line.actor = entry->actor;
    line.received_at = state->changed_at;
    line.ingress = state->ingress;
    line.entry = entry->sequence;
    return side_line_format(&line, out, err);
}

bool side_add_erasure(struct txn *txn, int64_t tenant, struct str person, const struct erased_row *tombstone,
                      struct buf *out, struct err *err)
{
    struct side_line line = line_begun(txn, SIDE_ERASURE, tenant);
    line.person = side_hex(txn->arena, person);
    line.contact = tombstone->contact;
    line.at = tombstone->at;
    return str_is_set(line.person) ? side_line_format(&line, out, err) : arena_err(txn->arena, err);
}

/* The person's part of the key of its row of consent. */
static bool person_of(struct txn *txn, int64_t tenant, struct str address, struct str *person, struct err *err)
{
    struct key key;
    if (!person_key(txn, tenant, address, &key, err))
        return false;
    *person = arena_dup(txn->arena, str_bytes(key.b + TENANT_BYTES, SIDE_PERSON_BYTES));
    return str_is_set(*person) ? true : arena_err(txn->arena, err);
}

bool side_note_opt_out(struct txn *txn, int64_t tenant, struct str address, const struct consent_row *state,
                       const struct ledger_row *entry, struct err *err)
{
    struct str person;
    return !txn->side || (person_of(txn, tenant, address, &person, err) &&
                          side_add_opt_out(txn, tenant, person, state, entry, txn->side, err));
}

bool side_note_erasure(struct txn *txn, int64_t tenant, struct str address, struct id contact, struct err *err)
{
    const struct erased_row tombstone = { .contact = contact, .at = txn->now_ms };
    struct str person;
    return !txn->side || (person_of(txn, tenant, address, &person, err) &&
                          side_add_erasure(txn, tenant, person, &tombstone, txn->side, err));
}

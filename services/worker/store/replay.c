#include "store/replay.h"

#include "io/log.h"
#include "store/lmdb_private.h"
#include "store/overlay.h"
#include "store/redo.h"

#include <stdio.h>

static const char SEQUENCE[] = "journal";

static struct key sequence_key(void)
{
    return key_of_name(str_of(SEQUENCE));
}

bool journal_sequence_get(struct txn *txn, int64_t *out, struct err *err)
{
    struct str text;
    bool found;
    *out = 0;
    if (!value_get(txn, TABLE_META, sequence_key(), &text, &found, err))
        return false;
    return !found || str_to_int(text, 0, INT64_MAX, out) ||
           err_set(err, ERR_BROKEN, "STORE_URL", "the store's journal sequence cannot be read: it is damaged");
}

bool journal_sequence_put(struct txn *txn, int64_t sequence, struct err *err)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", (long long)sequence); /* an int64 has at most 20 characters */
    return value_put(txn, TABLE_META, sequence_key(), str_of(text), err);
}

struct journal_owner store_owner(const struct store *store)
{
    return (struct journal_owner){store_id(store), store_generation(store)};
}

bool row_put_bytes(struct txn *txn, enum table table, struct str key, const struct str *value, struct err *err)
{
    struct key at = key_begin();
    key_bytes(&at, key.p, key.n);
    return value ? value_put(txn, table, at, *value, err) : row_delete(txn, table, at, err);
}

static bool redo_into_txn(void *context, enum table table, struct str key, const struct str *value, struct err *err)
{
    return row_put_bytes(context, table, key, value, err);
}

static bool block_into_txn(void *context, int64_t sequence, struct str payload, struct err *err)
{
    (void)sequence;
    return redo_read(payload, redo_into_txn, context, err);
}

bool replay_into_txn(struct txn *txn, struct err *err)
{
    struct store *store = txn->store;
    struct journal_owner owner;
    int64_t applied = 0;
    int64_t last = 0;
    bool found;
    if (!meta_identity(txn, &owner.store, &owner.generation, &found, err))
        return false;
    if (found && (!journal_sequence_get(txn, &applied, err) ||
                  !journal_read(store->env.folder, &owner, applied, block_into_txn, txn, &last, err)))
        return false;
    store->newest = last;
    if (last == applied)
        return true;
    log_event(LOG_INFO, "store.recovered", F_INT("blocks", last - applied));
    return journal_sequence_put(txn, last, err);
}

static bool redo_into_overlay(void *context, enum table table, struct str key, const struct str *value, struct err *err)
{
    return overlay_put(context, table, key, value) || err_set(err, ERR_BUSY, NULL, "out of memory");
}

static bool block_into_overlay(void *context, int64_t sequence, struct str payload, struct err *err)
{
    (void)sequence;
    return redo_read(payload, redo_into_overlay, context, err);
}

bool replay_to_look(struct store *store, struct overlay **out, struct err *err)
{
    const struct journal_owner owner = store_owner(store);
    struct overlay *overlay = overlay_new(TABLE_COUNT);
    int64_t applied = 0;
    int64_t last = 0;
    struct arena arena;
    struct txn txn;
    *out = NULL;
    if (!overlay)
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    arena_init(&arena, 64 * 1024);
    bool ok = store_begin_read(store, &arena, &txn, err);
    if (ok) {
        ok = journal_sequence_get(&txn, &applied, err) &&
             journal_read(store->env.folder, &owner, applied, block_into_overlay, overlay, &last, err);
        store_abort(&txn);
    }
    arena_release(&arena);
    if (ok && last > applied)
        *out = overlay;
    else
        overlay_free(overlay);
    return ok;
}

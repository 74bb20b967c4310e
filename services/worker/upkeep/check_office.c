/* Notices, and what was put aside. */
#include "upkeep/check_private.h"

#define ID(id) id_text(id).c

static struct key place_of(int64_t tenant, const struct notice_row *row)
{
    return key_of_open_notice(tenant, str_of(words_name(&notice_kind_words, (int)row->kind)), row->subject);
}

bool check_notice(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct notice_row row;
    struct str id;
    bool is_there;
    struct id at = key_take_id(&key);
    if (!check_read(c, &notice_row_record, value, &row))
        return true;
    if (row.kind == NOTICE_NONE || !id_eq(row.id, at)) {
        check_found(c, "%s lies where another one belongs", ID(at));
        return true;
    }
    if (row.status != NOTICE_OPEN)
        return true;
    if (!check_has(c, TABLE_NOTICE_OPEN, place_of(tenant, &row), &id, &is_there, err))
        return false;
    if (!is_there || !str_eq(id, str_bytes(at.b, ID_BYTES)))
        check_found(c, "%s is open, and not found by what it is about", ID(at));
    return true;
}

bool check_notice_open(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct notice_row row;
    struct id id;
    bool is_there;
    if (value.n != ID_BYTES) {
        check_found(c, "row %lld holds no id", (long long)c->seen[c->table]);
        return true;
    }
    memcpy(id.b, value.p, ID_BYTES);
    struct str place = arena_dup(c->txn->arena, key);
    if (!CHECK_GET(c, TABLE_NOTICE, key_of_id(tenant, id), notice_row, &row, &is_there, err))
        return false;
    struct key wanted = is_there && row.kind != NOTICE_NONE ? place_of(tenant, &row) : key_begin();
    bool is_right = wanted.n > 0 && !key_is_too_long(&wanted) && row.status == NOTICE_OPEN &&
                    str_eq(str_slice(key_str(&wanted), wanted.n - min_size(place.n, wanted.n), wanted.n), place);
    if (!is_right)
        check_found(c, "leads to %s, which is %s", ID(id), is_there ? "closed, or about something else" : "not there");
    return true;
}

bool check_quarantine(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct quarantine_row row;
    (void)tenant;
    (void)err;
    struct str name = arena_dup(c->txn->arena, key_take_text(&key));
    if (check_read(c, &quarantine_row_record, value, &row) && !str_eq(row.name, name))
        check_found(c, "%s lies where another one belongs", ID(row.id));
    return true;
}

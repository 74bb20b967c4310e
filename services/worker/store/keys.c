#include "store/keys.h"

void key_bytes(struct key *key, const void *bytes, size_t n)
{
    if (n == 0)
        return;
    if (key_is_too_long(key) || n > sizeof key->b - key->n) {
        key->n = KEY_MAX_BYTES + 1;
        return;
    }
    memcpy(key->b + key->n, bytes, n);
    key->n += n;
}

static void key_big_endian(struct key *key, uint64_t v, size_t n)
{
    uint8_t b[8];
    for (size_t i = 0; i < n; i++)
        b[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
    key_bytes(key, b, n);
}

void key_tenant(struct key *key, int64_t tenant)
{
    assert(tenant >= 0 && tenant <= UINT32_MAX);
    key_big_endian(key, (uint64_t)tenant, 4);
}

void key_int(struct key *key, int64_t v)
{
    assert(v >= 0);
    key_big_endian(key, (uint64_t)v, 8);
}

void key_desc(struct key *key, int64_t v)
{
    assert(v >= 0);
    key_big_endian(key, ~(uint64_t)v, 8);
}

void key_byte(struct key *key, uint8_t v)
{
    key_bytes(key, &v, 1);
}

void key_id(struct key *key, struct id id)
{
    key_bytes(key, id.b, ID_BYTES);
}

void key_text(struct key *key, struct str text)
{
    key_bytes(key, text.p, text.n);
    key_byte(key, 0);
}

struct str key_str(const struct key *key)
{
    assert(!key_is_too_long(key));
    return str_bytes(key->b, key->n);
}

static uint64_t take_big_endian(struct str *key, size_t n)
{
    assert(key->n >= n);
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = (v << 8) | (uint8_t)key->p[i];
    *key = str_slice(*key, n, key->n);
    return v;
}

int64_t key_take_tenant(struct str *key)
{
    return (int64_t)take_big_endian(key, 4);
}

int64_t key_take_int(struct str *key)
{
    return (int64_t)take_big_endian(key, 8);
}

int64_t key_take_desc(struct str *key)
{
    return (int64_t)~take_big_endian(key, 8);
}

uint8_t key_take_byte(struct str *key)
{
    return (uint8_t)take_big_endian(key, 1);
}

struct id key_take_id(struct str *key)
{
    struct id id;
    assert(key->n >= ID_BYTES);
    memcpy(id.b, key->p, ID_BYTES);
    *key = str_slice(*key, ID_BYTES, key->n);
    return id;
}

struct str key_take_text(struct str *key)
{
    size_t at = str_find(*key, '\0');
    struct str text = str_slice(*key, 0, at);
    *key = str_slice(*key, at + 1, key->n);
    return text;
}

struct key key_of_tenant(int64_t tenant)
{
    struct key key = key_begin();
    key_tenant(&key, tenant);
    return key;
}

struct key key_of_id(int64_t tenant, struct id id)
{
    struct key key = key_of_tenant(tenant);
    key_id(&key, id);
    return key;
}

struct key key_of_text(int64_t tenant, struct str text)
{
    struct key key = key_of_tenant(tenant);
    key_bytes(&key, text.p, text.n);
    return key;
}

struct key key_of_number(int64_t tenant, int64_t number)
{
    struct key key = key_of_tenant(tenant);
    key_int(&key, number);
    return key;
}

struct key key_of_pair(int64_t tenant, struct str number, struct str address)
{
    struct key key = key_of_tenant(tenant);
    key_text(&key, number);
    key_bytes(&key, address.p, address.n);
    return key;
}

struct key key_of_listed(int64_t tenant, int64_t listed_at, struct id id)
{
    struct key key = key_of_tenant(tenant);
    key_desc(&key, listed_at);
    key_id(&key, id);
    return key;
}

struct key key_of_orphans(int64_t tenant, struct str uuid)
{
    struct key key = key_of_tenant(tenant);
    key_text(&key, uuid);
    return key;
}

struct key key_of_orphan(int64_t tenant, struct str uuid, struct str word, int64_t sequence)
{
    struct key key = key_of_orphans(tenant, uuid);
    key_text(&key, word);
    key_int(&key, sequence);
    return key;
}

struct key key_of_report(int64_t tenant, struct id message, int64_t attempt, struct str uuid, struct str word,
                         int64_t sequence)
{
    struct key key = key_of_id(tenant, message);
    key_int(&key, attempt);
    key_text(&key, uuid);
    key_text(&key, word);
    key_int(&key, sequence);
    return key;
}

struct key key_of_ledger_contact(int64_t tenant, struct id contact, int64_t sequence)
{
    struct key key = key_of_id(tenant, contact);
    key_int(&key, sequence);
    return key;
}

struct key key_of_lane(int64_t tenant, struct str number, int lane)
{
    struct key key = key_of_tenant(tenant);
    key_text(&key, number);
    key_byte(&key, (uint8_t)lane);
    return key;
}

struct key key_of_outbox(int64_t tenant, struct str number, int lane, int64_t due, struct id message)
{
    struct key key = key_of_lane(tenant, number, lane);
    key_int(&key, due);
    key_id(&key, message);
    return key;
}

struct key key_of_person(int64_t tenant, struct str address)
{
    struct key key = key_of_tenant(tenant);
    key_text(&key, address);
    return key;
}

struct key key_of_pending(int64_t tenant, struct str address, struct id message)
{
    struct key key = key_of_person(tenant, address);
    key_id(&key, message);
    return key;
}

struct key key_of_open(int64_t tenant, struct id message, int64_t attempt)
{
    struct key key = key_of_id(tenant, message);
    key_int(&key, attempt);
    return key;
}

static struct key key_of_time(int64_t at, int64_t tenant, struct id id)
{
    struct key key = key_begin();
    key_int(&key, at);
    key_tenant(&key, tenant);
    key_id(&key, id);
    return key;
}

struct key key_of_snooze(int64_t at, int64_t tenant, struct id conversation)
{
    return key_of_time(at, tenant, conversation);
}

struct key key_of_answer_age(int64_t at, int64_t tenant, struct id operation)
{
    return key_of_time(at, tenant, operation);
}

struct key key_of_note(int64_t tenant, struct id conversation, struct id note)
{
    struct key key = key_of_id(tenant, conversation);
    key_id(&key, note);
    return key;
}

struct key key_of_draft(int64_t tenant, struct id conversation, struct str actor)
{
    struct key key = key_of_id(tenant, conversation);
    key_text(&key, actor);
    return key;
}

struct key key_of_open_notice(int64_t tenant, struct str kind, struct str subject)
{
    struct key key = key_of_text(tenant, kind);
    key_text(&key, subject);
    return key;
}

struct key key_of_waiting(int64_t tenant, struct id campaign, struct id message)
{
    struct key key = key_of_id(tenant, campaign);
    key_id(&key, message);
    return key;
}

struct key key_of_recipients(int64_t tenant, struct id campaign, int64_t generation)
{
    struct key key = key_of_id(tenant, campaign);
    key_int(&key, generation);
    return key;
}

struct key key_of_recipient(int64_t tenant, struct id campaign, int64_t generation, int64_t number)
{
    struct key key = key_of_recipients(tenant, campaign, generation);
    key_int(&key, number);
    return key;
}

struct key key_of_recipient_address(int64_t tenant, struct id campaign, int64_t generation, struct str address)
{
    struct key key = key_of_recipients(tenant, campaign, generation);
    key_text(&key, address);
    return key;
}

struct key key_of_health_kind(int64_t tenant, int kind)
{
    struct key key = key_of_tenant(tenant);
    key_byte(&key, (uint8_t)kind);
    return key;
}

struct key key_of_health(int64_t tenant, int kind, struct str name, int64_t day)
{
    struct key key = key_of_health_kind(tenant, kind);
    key_text(&key, name);
    key_int(&key, day);
    return key;
}

struct key key_of_name(struct str name)
{
    struct key key = key_begin();
    key_bytes(&key, name.p, name.n);
    return key;
}

const char *table_name(enum table table)
{
    static const char *const NAMES[] = {
#define X(table, name) [table] = name,
        TABLES(X)
#undef X
    };
    return NAMES[table];
}

/* keys.h - every table of the store and the layout of its keys. Nothing else in the repo builds a key.
 *
 * Promise: a key begins with the tenant (4 bytes); the directories that find the tenant are the named exceptions.
 *          Integers are big-endian, so that the order of bytes is the order of numbers; `desc` is the complement, for newest first.
 *          A text inside a key ends with a NUL: addresses and uuids contain none (plivo_wire.h).
 * Units:   id 16 bytes; ms and numbers 8 bytes; lane 1 byte.
 * Threads: pure.
 */
#ifndef PARLEY_KEYS_H
#define PARLEY_KEYS_H
#include "base/id.h"

/* clang-format off */
/*    table                   name                key                                               row              written by */
#define TABLES(X) \
    X(TABLE_META,             "meta")             /* name of the value (not by tenant)              bytes            open, restore */ \
    X(TABLE_TENANT,           "tenant")           /* tenant                                         tenant_row       nearly every operation */ \
    X(TABLE_NUMBER,           "number")           /* tenant address                                 number_row       number_patch, discovery */ \
    X(TABLE_NUMBER_ID,        "number_id")        /* tenant id                                      address          with number */ \
    X(TABLE_LIMIT,            "limit")            /* tenant address                                 limit_row        grant */ \
    X(TABLE_CONTACT,          "contact")          /* tenant id                                      contact_row      inbound, send */ \
    X(TABLE_CONTACT_ADDRESS,  "contact_address")  /* tenant address                                 id               with contact */ \
    X(TABLE_CONVERSATION,     "conversation")     /* tenant id                                      conversation_row inbound, send, patch */ \
    X(TABLE_CONVERSATION_PAIR,"conversation_pair")/* tenant number NUL address                      id               with conversation */ \
    X(TABLE_CONVERSATION_LIST,"conversation_list")/* tenant desc(listed_at) id                      nothing          with conversation */ \
    X(TABLE_MESSAGE,          "message")          /* tenant id                                      message_row      inbound, send, grant, outcome, report */ \
    X(TABLE_UUID,             "uuid")             /* tenant uuid                                    uuid_row         inbound, outcome, report: identities outlive messages */ \
    X(TABLE_REPORT,           "report")           /* tenant message-id attempt uuid NUL word NUL sequence  report_row  report */ \
    X(TABLE_ORPHAN,           "orphan")           /* tenant uuid NUL word NUL sequence              report_row       report that found nothing */ \
    X(TABLE_CONSENT,          "consent")          /* tenant HMAC(address) NUL [scope NUL]             consent_row      consent changes */ \
    X(TABLE_LEDGER,           "ledger")           /* tenant sequence                                ledger_row       consent changes: append only */ \
    X(TABLE_LEDGER_CONTACT,   "ledger_contact")   /* tenant contact-id sequence                     nothing          with ledger */ \
    X(TABLE_RULE,             "rule")             /* tenant id                                      rule_row         rule commands */ \
    X(TABLE_OUTBOX,           "outbox")           /* tenant number NUL lane due id                  outbox_value_read()  send, rules, retries; grant takes out */ \
    X(TABLE_PENDING,          "pending")          /* tenant address NUL id                          pending_row      with outbox and open attempts */ \
    X(TABLE_OPEN,             "open")             /* tenant id attempt                              open_row         grant puts in; outcome, report, settle take out */ \
    X(TABLE_SENDER,           "sender")           /* name (not by tenant: one account's sender)     sender_row       hello, grant */ \
    X(TABLE_EVENT,            "event")            /* tenant number                                  event_row        whatever people see */ \
    X(TABLE_SNOOZE,           "snooze")           /* at tenant conversation-id (not by tenant first) nothing          conversation_patch; the tick takes out */ \
    X(TABLE_ANSWER,           "answer")           /* tenant operation-id                            answer_row       commands; kept 24 h */ \
    X(TABLE_ANSWER_AGE,       "answer_age")       /* at tenant operation-id (not by tenant first)   nothing          with answer */ \
    X(TABLE_ACCESS,           "access")           /* SHA-256 (directory: finds the tenant)          access_row       sign-in, keys */ \
    X(TABLE_KEY,              "key")              /* tenant id                                      access_row       key_create */ \
    X(TABLE_PRICES,           "prices")           /* tenant                                         prices_row       prices_put */ \
    X(TABLE_NOTE,             "note")             /* tenant conversation-id id                      note_row         note_add */ \
    X(TABLE_NOTE_ID,          "note_id")          /* tenant id                                      conversation-id  with note */ \
    X(TABLE_DRAFT,            "draft")            /* tenant conversation-id actor NUL               draft_row        draft_put */ \
    X(TABLE_NOTICE,           "notice")           /* tenant id                                      notice_row       notice_raise(), notice_close */ \
    X(TABLE_QUARANTINE,       "quarantine")       /* tenant kind-and-identity NUL                   quarantine_row   quarantine_judge(), quarantine_release */ \
    X(TABLE_NOTICE_OPEN,      "notice_open")      /* tenant kind NUL subject NUL                    id               with notice, while it is open */ \
    X(TABLE_AUDIT,            "audit")            /* tenant id                                      audit_row        what people change */ \
    X(TABLE_ERASED,           "erased")           /* tenant HMAC(address)                           erased_row       contact_erase: the tombstone */ \
    X(TABLE_ERASURE,          "erasure")          /* tenant contact-id                              erasure_row      contact_erase; the tick takes out */ \
    X(TABLE_RETAINED,         "retained")         /* tenant id                                      nothing          retention: passed over, for they were not over */ \
    X(TABLE_SETTINGS,         "settings")         /* tenant                                         settings_row     settings_patch */ \
    X(TABLE_LOOP,             "loop")             /* tenant address                                 loop_row         grant of automatic answers */ \
    X(TABLE_SPEND,            "spend")            /* tenant day                                     spend_row        grant, report, outcome */ \
    X(TABLE_SHARED_LIMIT,     "shared_limit")     /* tenant name                                    shared_limit_row limit_put */ \
    X(TABLE_TURN,             "turn")             /* tenant                                         turn_row         grant */ \
    X(TABLE_WINDOW,           "window")           /* tenant state                                   window_row       quiet_hours_put */ \
    X(TABLE_BULK_CAP,         "bulk_cap")         /* tenant address                                 bulk_cap_row     grant of bulk, where a state limits it */ \
    X(TABLE_TEMPLATE,         "template")         /* tenant id                                      template_row     template commands */ \
    X(TABLE_POOL,             "pool")             /* tenant id                                      pool_row         pool commands */ \
    X(TABLE_CAMPAIGN,         "campaign")         /* tenant id                                      campaign_row     campaign commands, the tick */ \
    X(TABLE_CAMPAIGN_COUNT,   "campaign_count")   /* tenant id                                      campaign_count_row  with its messages */ \
    X(TABLE_CAMPAIGN_ACTIVE,  "campaign_active")  /* tenant id                                      nothing          whatever gives the tick work; the tick takes out */ \
    X(TABLE_CAMPAIGN_WAITING, "campaign_waiting") /* tenant campaign-id message-id                  nothing          with outbox */ \
    X(TABLE_RECIPIENT,        "recipient")        /* tenant campaign-id generation number           recipient_row    audience, the tick */ \
    X(TABLE_RECIPIENT_ADDRESS,"recipient_address")/* tenant campaign-id generation address NUL      number           with recipient: one person, one message */ \
    X(TABLE_HEALTH,           "health")           /* tenant kind name NUL day                       health_row       report, opt-outs */
/* clang-format on */

#define X(table, name) table,
enum table { TABLES(X) TABLE_COUNT };
#undef X

/* As it is called on the disk. Static. */
const char *table_name(enum table table);

enum { KEY_MAX_BYTES = 320 }; /* below LMDB's 511 */

/* One that outgrew its room is too long, whatever is appended: no row has it, so reading finds nothing and writing is ERR_TOO_BIG. */
struct key {
    size_t n; /* too long: KEY_MAX_BYTES + 1 */
    uint8_t b[KEY_MAX_BYTES];
};

static inline bool key_is_too_long(const struct key *key)
{
    return key->n > KEY_MAX_BYTES;
}

/* Builders: key_begin() begins, the others append. */
static inline struct key key_begin(void)
{
    struct key key;
    key.n = 0;
    return key;
}

void key_bytes(struct key *key, const void *bytes, size_t n);
void key_tenant(struct key *key, int64_t tenant);
void key_int(struct key *key, int64_t v);      /* v >= 0 */
void key_desc(struct key *key, int64_t v);     /* newest first */
void key_byte(struct key *key, uint8_t v);
void key_id(struct key *key, struct id id);
void key_text(struct key *key, struct str text); /* with its NUL */

/* Asserts that it is not too long. */
struct str key_str(const struct key *key);

/* Readers, for what a scan meets: the n-th part is cut off the front of *key. */
int64_t key_take_tenant(struct str *key);
int64_t key_take_int(struct str *key);
int64_t key_take_desc(struct str *key);
struct id key_take_id(struct str *key);
uint8_t key_take_byte(struct str *key);
struct str key_take_text(struct str *key);

/* The layouts. Where a prefix is of use, it has its own function. */
struct key key_of_tenant(int64_t tenant);
struct key key_of_id(int64_t tenant, struct id id);                    /* contact, conversation, message, rule, key, number_id, answer */
struct key key_of_text(int64_t tenant, struct str text);               /* number, limit, contact_address, uuid */
struct key key_of_number(int64_t tenant, int64_t number);              /* ledger, event */
struct key key_of_pair(int64_t tenant, struct str number, struct str address);
struct key key_of_listed(int64_t tenant, int64_t listed_at, struct id id);
struct key key_of_report(int64_t tenant, struct id message, int64_t attempt, struct str uuid, struct str word,
                         int64_t sequence);
struct key key_of_orphan(int64_t tenant, struct str uuid, struct str word, int64_t sequence);
struct key key_of_orphans(int64_t tenant, struct str uuid);            /* prefix */
struct key key_of_ledger_contact(int64_t tenant, struct id contact, int64_t sequence);
struct key key_of_outbox(int64_t tenant, struct str number, int lane, int64_t due, struct id message);
struct key key_of_lane(int64_t tenant, struct str number, int lane);   /* prefix */
struct key key_of_pending(int64_t tenant, struct str address, struct id message);
struct key key_of_person(int64_t tenant, struct str address);          /* prefix */
struct key key_of_open(int64_t tenant, struct id message, int64_t attempt);
struct key key_of_snooze(int64_t at, int64_t tenant, struct id conversation);
struct key key_of_answer_age(int64_t at, int64_t tenant, struct id operation);
struct key key_of_note(int64_t tenant, struct id conversation, struct id note);
struct key key_of_draft(int64_t tenant, struct id conversation, struct str actor);
struct key key_of_open_notice(int64_t tenant, struct str kind, struct str subject);
struct key key_of_waiting(int64_t tenant, struct id campaign, struct id message);
struct key key_of_recipients(int64_t tenant, struct id campaign, int64_t generation); /* prefix */
struct key key_of_recipient(int64_t tenant, struct id campaign, int64_t generation, int64_t number);
struct key key_of_recipient_address(int64_t tenant, struct id campaign, int64_t generation, struct str address);
struct key key_of_health(int64_t tenant, int kind, struct str name, int64_t day);
struct key key_of_health_kind(int64_t tenant, int kind);                 /* prefix */
struct key key_of_name(struct str name);                               /* meta, sender, access */

#endif

/* record.h - structs described by a table of fields, and the one codec that moves all of them: msgpack and JSON, both ways.
 *
 * Promise: a field stands once, in a list like
 *              #define MEDIA_VIEW(X, S) X(S, ID, id, _) X(S, STR, url, _) X(S, INT, bytes, _)
 *          from which RECORD_STRUCT makes the struct and RECORD_TABLE its description. A bus operation, a store row and a JSON
 *          object are all records. Decoding msgpack ignores unknown fields (newer peers may have them); decoding JSON refuses them
 *          (a person's typo must not pass unseen). A field that is missing stays unset.
 * Units:   TIME is int64 milliseconds UTC inside and in msgpack, RFC 3339 with milliseconds in JSON; ID is 16 bytes inside, text in JSON.
 * Memory:  decoding borrows text from the input bytes (msgpack) or copies it to the arena (JSON); lists and objects live in the arena.
 * Threads: pure; call from any.
 *
 *  kind     member                    unset    JSON
 *  STR      struct str                p NULL   string or null; malformed UTF-8 is shown as U+FFFD
 *  SOME     struct str                p NULL   string, or left out
 *  BIN      struct str                p NULL   never shown
 *  JSON     struct str (JSON text)    p NULL   as it is
 *  INT      int64_t                   0        number
 *  OPT      int64_t                   INT_UNSET  number or null
 *  REAL     double                    0        number
 *  BOOL     bool                      false    true/false
 *  ID       struct id                 zero     text or null
 *  TIME     int64_t                   0        RFC 3339 or null
 *  ENUM     enum E (extra: E)         0        the word of E_words, or null
 *  OBJECT   struct R * (extra: R)     NULL     object or null
 *  LIST     {struct R *v; size_t n}   n 0      array
 *  STRS     {struct str *v; size_t n} n 0      array of strings
 */
#ifndef PARLEY_RECORD_H
#define PARLEY_RECORD_H
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/id.h"
#include "domain/vocabulary.h"

#define INT_UNSET INT64_MIN

enum {
    RECORD_FIELDS_MAX = 64, /* a JSON body's present fields are told as one 64-bit set */
    RECORD_LIST_MAX = 100000, /* items of one list; what a batch or a page can ever hold is far below */
    RECORD_DEPTH_MAX = 8, /* records within records; schema.h needs 4 */
};

enum field_kind {
    FIELD_STR,
    FIELD_SOME,
    FIELD_BIN,
    FIELD_JSON,
    FIELD_INT,
    FIELD_OPT,
    FIELD_REAL,
    FIELD_BOOL,
    FIELD_ID,
    FIELD_TIME,
    FIELD_ENUM,
    FIELD_OBJECT,
    FIELD_LIST,
    FIELD_STRS,
};

struct record;

struct field {
    const char *name;
    struct str name_str; /* the same, measured */
    enum field_kind kind;
    size_t offset;
    const struct record *record; /* OBJECT, LIST */
    const struct words *words; /* ENUM */
};

struct record {
    const char *name;
    size_t size;
    const struct field *fields;
    size_t n;
};

/* What every LIST and STRS member looks like to the codec. */
struct record_list {
    void *v;
    size_t n;
};

#define MEMBER_STR(name, _) struct str name;
#define MEMBER_SOME(name, _) struct str name;
#define MEMBER_BIN(name, _) struct str name;
#define MEMBER_JSON(name, _) struct str name;
#define MEMBER_INT(name, _) int64_t name;
#define MEMBER_OPT(name, _) int64_t name;
#define MEMBER_REAL(name, _) double name;
#define MEMBER_BOOL(name, _) bool name;
#define MEMBER_ID(name, _) struct id name;
#define MEMBER_TIME(name, _) int64_t name;
#define MEMBER_ENUM(name, set) enum set name;
#define MEMBER_OBJECT(name, item) struct item *name;
#define MEMBER_LIST(name, item) \
    struct { \
        struct item *v; \
        size_t n; \
    } name;
#define MEMBER_STRS(name, _) \
    struct { \
        struct str *v; \
        size_t n; \
    } name;
#define RECORD_MEMBER(type, kind, member, extra) MEMBER_##kind(member, extra)

/* struct message_view { … }; and the declaration of message_view_record. */
#define RECORD_STRUCT(type, FIELDS) \
    struct type { \
        FIELDS(RECORD_MEMBER, type) \
    }; \
    extern const struct record type##_record;

#define EXTRA_STR(extra)
#define EXTRA_SOME(extra)
#define EXTRA_BIN(extra)
#define EXTRA_JSON(extra)
#define EXTRA_INT(extra)
#define EXTRA_OPT(extra)
#define EXTRA_REAL(extra)
#define EXTRA_BOOL(extra)
#define EXTRA_ID(extra)
#define EXTRA_TIME(extra)
#define EXTRA_STRS(extra)
#define EXTRA_ENUM(extra) .words = &extra##_words
#define EXTRA_OBJECT(extra) .record = &extra##_record
#define EXTRA_LIST(extra) .record = &extra##_record
#define RECORD_FIELD(type, what, member, extra) \
    { .name = #member, .name_str = { #member, sizeof #member - 1 }, .kind = FIELD_##what, .offset = offsetof(struct type, member), EXTRA_##what(extra) },

/* The definition of message_view_record; in the one .c file beside the list. */
#define RECORD_TABLE(type, FIELDS) \
    static const struct field type##_fields[] = { FIELDS(RECORD_FIELD, type) }; \
    const struct record type##_record = { #type, sizeof(struct type), type##_fields, COUNT(type##_fields) }; \
    _Static_assert(COUNT(type##_fields) <= RECORD_FIELDS_MAX, #type " has more fields than a present set")

/* Allocates nothing; sets every OPT to INT_UNSET and the rest to zero. */
void record_init(const struct record *record, void *object);

/* Appends one msgpack map; unset fields are left out. False when the buffer is full. */
MUST_USE bool record_encode(const struct record *record, const void *object, struct buf *out);

/* Reads one msgpack map. `bytes` must outlive *object, whose text borrows from it.
 * False: malformed, too deep, a wrong type, or the arena is full; *err names the field. */
MUST_USE bool record_decode(const struct record *record, struct str bytes, struct arena *arena, void *object,
                            struct err *err);

/* Appends the object as compact JSON. False when the buffer is full or memory is out. */
MUST_USE bool record_to_json(const struct record *record, const void *object, struct buf *out);

/* Reads one JSON object strictly: unknown fields, wrong types, duplicates and trailing bytes are refused by name.
 * Bit i of *present says that fields[i] was there, null included; present may be NULL. */
MUST_USE bool record_from_json(const struct record *record, struct str json, struct arena *arena, void *object,
                               uint64_t *present, struct err *err);

/* The bit of a field in a present set. Asserts that the record has such a field. */
uint64_t record_bit(const struct record *record, const char *field);

/* RFC 3339 UTC with milliseconds ("2026-03-02T17:04:05.123Z"); `out` holds 25 bytes. Years 1970 to 9999. */
enum {
    TIME_TEXT_BYTES = 25
};
void time_format(int64_t time_ms, char out[TIME_TEXT_BYTES]);
/* Any RFC 3339 time with an offset or Z, at most 3 digits of a second kept. */
MUST_USE bool time_parse(struct str in, const char *field, int64_t *time_ms, struct err *err);

#endif

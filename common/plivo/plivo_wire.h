/* plivo_wire.h - the fields of Plivo's webhooks, read into our structs; and numbers in Plivo's form.
 *
 * Promise: numbers leave here in E.164 with '+', texts as well-formed UTF-8 (a malformed byte becomes U+FFFD). Only
 *          what names the event is required; everything else may be missing, blank or odd, and is then unset or 0.
 * Units:   error_code 0 means none ("" and "000" on the wire). Money stays decimal text.
 * Memory:  strings borrow from the pairs or live in the arena: both must outlive the result.
 * Threads: pure; call from any.
 * Source:  plivo.md sections 1, 2 and 4.
 */
#ifndef PARLEY_PLIVO_WIRE_H
#define PARLEY_PLIVO_WIRE_H
#include "base/arena.h"
#include "base/pair.h"
#include "domain/address.h"
#include "domain/status.h"

enum {
    PLIVO_MEDIA_LAST = 20, /* Media0 … Media20 */
    PLIVO_MEDIA_MAX = PLIVO_MEDIA_LAST + 1, /* counted from 0 or from 1: both occur */
    PLIVO_UUID_MAX_BYTES = 64, /* 36 in fact; opaque text to us */
    PLIVO_STATUS_MAX_BYTES = 64, /* "undelivered" is the longest that we know */
};

struct plivo_inbound {
    struct str uuid;
    struct str from; /* E.164, a short code, or letters as they came: domain/address.h */
    struct str to; /* E.164 or a short code */
    struct str text; /* Body, else Text; empty when neither has any */
    struct str type; /* "sms" when it was missing */
    struct str intent;
    struct str powerpack_uuid;
    struct str media_urls[PLIVO_MEDIA_MAX]; /* in numeric order, blanks left out */
    size_t media_n;
    int64_t units; /* 0: not told */
    int64_t error_code;
    struct str total_rate; /* unset unless well-formed decimal */
    struct str total_amount;
};

/* From, To and MessageUUID are required. False: *err is ERR_INPUT and names the field, as Plivo spells it; or
 * ERR_TOO_BIG. */
MUST_USE bool plivo_inbound_read(const struct pair *pairs, size_t n, struct arena *arena, struct plivo_inbound *out,
                                 struct err *err);

struct plivo_report {
    struct str uuid; /* of this report: MessageUUID */
    struct str message_uuid; /* of the message: ParentMessageUUID where it differs, else the same */
    struct str from; /* our number, as the inbound's `from` */
    struct str to;
    struct str type;
    struct str status_word; /* as it came */
    bool has_status; /* false: a word that we do not know; `status` then says nothing */
    enum message_status status;
    int64_t sequence; /* 0: not told */
    int64_t error_code;
    int64_t units;
    struct str total_rate;
    struct str total_amount;
    struct str mcc, mnc;
    struct str part_info;
    struct str powerpack_uuid;
    struct str message_time, queued_time, sent_time, delivery_report_time; /* raw: their zone is not documented */
};

/* MessageUUID, Status, From and To are required. False: as above. */
MUST_USE bool plivo_report_read(const struct pair *pairs, size_t n, struct arena *arena, struct plivo_report *out,
                                struct err *err);

/* Digits with or without '+' into what we store: 7 to 15 of them get a '+', 3 to 6 are a short code and stay. Letters
 * stay. False: empty, longer than ADDRESS_BYTES_MAX, with control characters, or '+' and no number; *err names
 * `field`. */
MUST_USE bool plivo_address_read(struct str in, struct arena *arena, const char *field, struct str *out,
                                 struct err *err);

/* Plivo's form of an address of ours: without '+'. Borrowed. */
struct str plivo_address(struct str address);

/* Whether it is decimal text of at most 9 places before and after the point: "0.00550". */
bool plivo_is_amount(struct str text);

/* "", "000" and anything that is not a number: 0. */
int64_t plivo_error_code(struct str text);

#endif

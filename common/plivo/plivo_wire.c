#include "plivo/plivo_wire.h"

#include "plivo/plivo_words.h"

enum {
    DIGITS_BEFORE_POINT = 9,
    DIGITS_AFTER_POINT = 9,
    CODE_MAX = 1000000,
    SEQUENCE_MAX = 1000000,
    UNITS_MAX = 1000
};

/* --- Single values ---------------------------------------------------------------------------------------------- */

/* Takes the digits at the front off *s and tells how many. */
static size_t skip_digits(struct str *s)
{
    size_t n = 0;
    while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9')
        n++;
    *s = str_slice(*s, n, s->n);
    return n;
}

bool plivo_is_amount(struct str text)
{
    size_t before = skip_digits(&text);
    if (before == 0 || before > DIGITS_BEFORE_POINT)
        return false;
    if (text.n == 0)
        return true;
    if (text.p[0] != '.')
        return false;
    text = str_slice(text, 1, text.n);
    size_t after = skip_digits(&text);
    return after > 0 && after <= DIGITS_AFTER_POINT && text.n == 0;
}

static int64_t number_or_zero(struct str text, int64_t max)
{
    int64_t v = 0;
    return str_to_int(str_trim(text), 0, max, &v) ? v : 0;
}

int64_t plivo_error_code(struct str text)
{
    return number_or_zero(text, CODE_MAX);
}

struct str plivo_address(struct str address)
{
    return address.n > 0 && address.p[0] == '+' ? str_slice(address, 1, address.n) : address;
}

static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F)
            return true;
    return false;
}

bool plivo_address_read(struct str in, struct arena *arena, const char *field, struct str *out, struct err *err)
{
    in = str_trim(in);
    if (in.n == 0)
        return err_set(err, ERR_INPUT, field, "is missing");
    if (in.n > ADDRESS_BYTES_MAX || has_control(in) || !str_is_utf8(in))
        return err_set(err, ERR_INPUT, field, "is neither a number nor a sender's name");
    bool has_sign = in.p[0] == '+';
    struct str rest = str_slice(in, has_sign ? 1 : 0, in.n);
    size_t digits = skip_digits(&rest);
    bool is_number = rest.n == 0 && in.p[has_sign ? 1 : 0] != '0' && digits >= PHONE_DIGITS_MIN &&
                     digits <= PHONE_DIGITS_MAX;
    if (has_sign && !is_number)
        return err_set(err, ERR_INPUT, field, "begins with '+' but is no phone number");
    if (has_sign || !is_number || digits <= SHORT_CODE_DIGITS_MAX) {
        *out = in; /* with its sign, a short code, or letters */
        return true;
    }
    *out = arena_format(arena, "+%.*s", STR_ARGS(in));
    return str_is_set(*out) ? true : arena_err(arena, err);
}

/* --- Fields ----------------------------------------------------------------------------------------------------- */

struct reader {
    const struct pair *pairs;
    size_t n;
    struct arena *arena;
    struct err *err;
    bool has_failed; /* *err says why; from then on every read is the unset str */
};

/* The value as well-formed UTF-8: JSON and msgpack carry nothing else. Borrowed as it is in all but odd cases. */
static struct str well_formed(struct reader *r, struct str value)
{
    static const char REPLACEMENT[] = "\xEF\xBF\xBD"; /* U+FFFD */
    enum {
        REPLACEMENT_BYTES = 3
    };
    if (!str_is_set(value) || str_is_utf8(value))
        return value;
    char *bytes = arena_alloc_array(r->arena, value.n, REPLACEMENT_BYTES);
    if (!bytes) {
        r->has_failed = true;
        arena_err(r->arena, r->err);
        return (struct str){ 0 };
    }
    size_t n = 0, begin = 0;
    uint32_t code_point;
    for (size_t at = 0; str_next_code_point(value, &at, &code_point); begin = at) {
        struct str character = str_slice(value, begin, at - begin);
        if (!str_is_utf8(character))
            character = (struct str){ REPLACEMENT, REPLACEMENT_BYTES };
        memcpy(bytes + n, character.p, character.n);
        n += character.n;
    }
    return (struct str){ bytes, n };
}

/* The raw value; unset when missing or blank. */
static struct str read_optional(struct reader *r, const char *name)
{
    struct str value;
    if (r->has_failed || !pair_find(r->pairs, r->n, name, &value) || str_trim(value).n == 0)
        return (struct str){ 0 };
    return well_formed(r, value);
}

static struct str read_required(struct reader *r, const char *name)
{
    struct str value = read_optional(r, name);
    if (!r->has_failed && !str_is_set(value)) {
        r->has_failed = true;
        err_set(r->err, ERR_INPUT, name, "is missing");
    }
    return value;
}

static struct str read_address(struct reader *r, const char *name)
{
    struct str value = read_required(r, name), address = { 0 };
    if (!r->has_failed && !plivo_address_read(value, r->arena, name, &address, r->err))
        r->has_failed = true;
    return address;
}

/* Opaque, but it becomes a key: bounded and visible. */
static struct str read_uuid(struct reader *r, const char *name)
{
    struct str value = str_trim(read_required(r, name));
    bool is_fine = value.n <= PLIVO_UUID_MAX_BYTES;
    for (size_t i = 0; i < value.n; i++)
        is_fine &= value.p[i] > ' ' && value.p[i] < 0x7F;
    if (!r->has_failed && !is_fine) {
        r->has_failed = true;
        err_set(r->err, ERR_INPUT, name, "must be 1 to %d visible ASCII characters", PLIVO_UUID_MAX_BYTES);
    }
    return value;
}

/* Known or not: it becomes a part of a key, too. */
static struct str read_status(struct reader *r, const char *name)
{
    struct str value = str_trim(read_required(r, name));
    if (!r->has_failed && (value.n > PLIVO_STATUS_MAX_BYTES || has_control(value))) {
        r->has_failed = true;
        err_set(r->err, ERR_INPUT, name, "must be 1 to %d bytes without control characters", PLIVO_STATUS_MAX_BYTES);
    }
    return value;
}

static struct str read_amount(struct reader *r, const char *name)
{
    struct str value = str_trim(read_optional(r, name));
    return plivo_is_amount(value) ? value : (struct str){ 0 };
}

static int64_t read_number(struct reader *r, const char *name, int64_t max)
{
    return number_or_zero(read_optional(r, name), max);
}

/* --- Inbound ---------------------------------------------------------------------------------------------------- */

/* "Media0" to "Media20": the number; -1 for any other name, MediaCount and "Media07" among them. */
static int media_index(struct str name)
{
    const struct str prefix = STR("Media");
    if (!str_starts(name, prefix))
        return -1;
    struct str digits = str_slice(name, prefix.n, name.n);
    int64_t index;
    bool is_plain = digits.n == 1 || (digits.n == 2 && digits.p[0] != '0' && digits.p[0] != '-');
    return is_plain && str_to_int(digits, 0, PLIVO_MEDIA_LAST, &index) ? (int)index : -1;
}

static void read_media(struct reader *r, struct plivo_inbound *out)
{
    struct str by_index[PLIVO_MEDIA_MAX] = { 0 };
    for (size_t i = 0; i < r->n; i++) {
        int index = media_index(r->pairs[i].name);
        if (index >= 0 && !str_is_set(by_index[index]))
            by_index[index] = well_formed(r, str_trim(r->pairs[i].value));
    }
    for (size_t i = 0; i < COUNT(by_index); i++)
        if (by_index[i].n > 0)
            out->media_urls[out->media_n++] = by_index[i];
}

bool plivo_inbound_read(const struct pair *pairs, size_t n, struct arena *arena, struct plivo_inbound *out,
                        struct err *err)
{
    struct reader r = { pairs, n, arena, err, false };
    struct plivo_inbound in = { 0 };
    in.from = read_address(&r, "From");
    in.to = read_address(&r, "To");
    in.uuid = read_uuid(&r, "MessageUUID");
    if (!r.has_failed && address_kind_of(in.to) == ADDRESS_LETTERS)
        return err_set(err, ERR_INPUT, "To", "must be a phone number or a short code");

    struct str body = read_optional(&r, "Body"), text = read_optional(&r, "Text");
    in.text = str_is_set(body) ? body : text;
    if (!str_is_set(in.text) && !pair_find(pairs, n, "Text", &in.text))
        in.text = STR("");
    struct str type = str_trim(read_optional(&r, "Type"));
    in.type = type.n > 0 ? type : STR("sms");
    in.intent = str_trim(read_optional(&r, "MessageIntent"));
    in.powerpack_uuid = str_trim(read_optional(&r, "PowerpackUUID"));
    in.units = read_number(&r, "Units", UNITS_MAX);
    in.error_code = read_number(&r, "ErrorCode", CODE_MAX);
    in.total_rate = read_amount(&r, "TotalRate");
    in.total_amount = read_amount(&r, "TotalAmount");
    read_media(&r, &in);
    if (r.has_failed)
        return false;
    *out = in;
    return true;
}

/* --- Reports ---------------------------------------------------------------------------------------------------- */

bool plivo_report_read(const struct pair *pairs, size_t n, struct arena *arena, struct plivo_report *out,
                       struct err *err)
{
    struct reader r = { pairs, n, arena, err, false };
    struct plivo_report in = { 0 };
    in.uuid = read_uuid(&r, "MessageUUID");
    in.status_word = read_status(&r, "Status");
    in.from = read_address(&r, "From");
    in.to = read_address(&r, "To");
    struct str parent = str_trim(read_optional(&r, "ParentMessageUUID"));
    bool is_usable = parent.n > 0 && parent.n <= PLIVO_UUID_MAX_BYTES && !has_control(parent);
    in.message_uuid = is_usable ? parent : in.uuid;

    in.error_code = read_number(&r, "ErrorCode", CODE_MAX);
    in.has_status = plivo_status_of(in.status_word, in.error_code, &in.status);
    in.sequence = read_number(&r, "Sequence", SEQUENCE_MAX);
    in.units = read_number(&r, "Units", UNITS_MAX);
    in.type = str_trim(read_optional(&r, "Type"));
    in.total_rate = read_amount(&r, "TotalRate");
    in.total_amount = read_amount(&r, "TotalAmount");
    in.mcc = str_trim(read_optional(&r, "MCC"));
    in.mnc = str_trim(read_optional(&r, "MNC"));
    in.part_info = read_optional(&r, "PartInfo");
    in.powerpack_uuid = str_trim(read_optional(&r, "PowerpackUUID"));
    in.message_time = read_optional(&r, "MessageTime");
    in.queued_time = read_optional(&r, "QueuedTime");
    in.sent_time = read_optional(&r, "SentTime");
    in.delivery_report_time = read_optional(&r, "DeliveryReportTime");
    if (r.has_failed)
        return false;
    *out = in;
    return true;
}

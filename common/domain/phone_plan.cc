#include <exception>
#include <string>

#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumberutil.h>

extern "C" {
#include "domain/phone_plan.h"
}

using i18n::phonenumbers::NullLogger;
using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace
{

/* Longer than anybody writes a number, extension and brackets included. */
constexpr size_t RAW_MAX_BYTES = 64;

/* Without a region: only numbers with '+' and a country code are understood. */
constexpr const char *NO_REGION = "ZZ";

const PhoneNumberUtil &util()
{
    /* It would print to stdout what it cannot parse: numbers. */
    static PhoneNumberUtil *const quiet = [] {
        PhoneNumberUtil *instance = PhoneNumberUtil::GetInstance();
        instance->SetLogger(new NullLogger());
        return instance;
    }();
    return *quiet;
}

bool refuse(const char *field, struct err *err, const char *text)
{
    return err_set(err, ERR_INPUT, field, "%s", text);
}

const char *reason_of(PhoneNumberUtil::ErrorType type)
{
    switch (type) {
    case PhoneNumberUtil::NO_PARSING_ERROR:
        break;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
        return "has no country code that is in use; write it with '+' and the country code, as +15550100001";
    case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
    case PhoneNumberUtil::TOO_SHORT_NSN:
        return "is too short to be a phone number";
    case PhoneNumberUtil::TOO_LONG_NSN:
        return "is too long to be a phone number";
    case PhoneNumberUtil::NOT_A_NUMBER:
        break;
    }
    return "is not a phone number; write it with '+' and the country code, as +15550100001";
}

/* A C string of a bounded array; what does not fit is left out whole. */
template <size_t N> void put(char (&to)[N], const std::string &from)
{
    if (from.size() < N)
        memcpy(to, from.c_str(), from.size() + 1);
}

enum phone_kind kind_of(PhoneNumberUtil::PhoneNumberType type)
{
    switch (type) {
    case PhoneNumberUtil::FIXED_LINE:
        return PHONE_KIND_FIXED;
    case PhoneNumberUtil::MOBILE:
        return PHONE_KIND_MOBILE;
    case PhoneNumberUtil::FIXED_LINE_OR_MOBILE:
        return PHONE_KIND_FIXED_OR_MOBILE;
    case PhoneNumberUtil::TOLL_FREE:
        return PHONE_KIND_TOLL_FREE;
    case PhoneNumberUtil::UNKNOWN:
        return PHONE_KIND_UNKNOWN;
    default: /* premium, shared cost, VoIP, pager …: the library's list, not ours */
        return PHONE_KIND_OTHER;
    }
}

/* "+1", an area code and seven digits, as most of our numbers stand: there is no prefix to drop, no zero to keep and nothing to bring
 * into form, so parsing gives these digits; the library says so only after a dozen regular expressions. */
bool read_plain(const std::string &raw, PhoneNumber *number)
{
    constexpr size_t CHARACTERS = 12, AREA_AT = 2;
    uint64_t national = 0;
    if (raw.size() != CHARACTERS || raw[0] != '+' || raw[1] != '1' || raw[AREA_AT] < '2')
        return false;
    for (size_t i = AREA_AT; i < CHARACTERS; i++) {
        if (raw[i] < '0' || raw[i] > '9')
            return false;
        national = national * 10 + static_cast<uint64_t>(raw[i] - '0');
    }
    number->set_country_code(1);
    number->set_national_number(national);
    return true;
}

/* One reading; *e164 is filled when it succeeds. */
bool parse_once(const std::string &raw, const char *field, PhoneNumber *number, std::string *e164, struct err *err)
{
    if (read_plain(raw, number)) {
        *e164 = raw;
        return true;
    }
    auto error = util().Parse(raw, NO_REGION, number);
    if (error != PhoneNumberUtil::NO_PARSING_ERROR)
        return refuse(field, err, reason_of(error));
    if (number->has_extension())
        return refuse(field, err, "has an extension; a text reaches the number itself only");
    switch (util().IsPossibleNumberWithReason(*number)) {
    case PhoneNumberUtil::IS_POSSIBLE:
        break;
    case PhoneNumberUtil::TOO_LONG:
        return refuse(field, err, "has too many digits for its country");
    case PhoneNumberUtil::TOO_SHORT:
    case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY:
        return refuse(field, err, "has too few digits for its country");
    default:
        return refuse(field, err, "is not a possible number in its country");
    }
    util().Format(*number, PhoneNumberUtil::E164, e164);
    return true;
}

/* Each reading drops one trunk prefix ("+44 0 20 …"). Read until nothing changes, or two ways to write a number would
 * make two contacts; each round but the last drops a digit. */
bool parse(struct str raw, const char *field, struct phone *out, bool *is_valid, struct err *err)
{
    if (raw.n > RAW_MAX_BYTES)
        return refuse(field, err, "is too long to be a phone number");
    std::string text(raw.n ? raw.p : "", raw.n), e164;
    PhoneNumber number;
    for (size_t round = 0; round < RAW_MAX_BYTES; round++) {
        number.Clear();
        if (!parse_once(text, field, &number, &e164, err))
            return false;
        if (e164 == text)
            break;
        text = e164;
    }
    if (!phone_parse({ e164.data(), e164.size() }, field, out, err))
        return false;
    *is_valid = util().IsValidNumber(number);
    return true;
}

void describe(const struct phone *phone, struct phone_plan *out)
{
    PhoneNumber number;
    if (util().Parse(phone->e164, NO_REGION, &number) != PhoneNumberUtil::NO_PARSING_ERROR)
        return;
    std::string text;
    util().Format(number, PhoneNumberUtil::NATIONAL, &text);
    put(out->national, text);
    util().GetRegionCodeForNumber(number, &text);
    if (text == NO_REGION) /* the area code is nobody's: the country code still tells */
        util().GetRegionCodeForCountryCode(number.country_code(), &text);
    if (text != NO_REGION)
        put(out->region, text);
    out->is_valid = util().IsValidNumber(number);
    out->kind = kind_of(util().GetNumberType(number));
}

} // namespace

extern "C" {

#define X(enumerator, word) word,
static const char *const KIND_NAMES[] = { PHONE_KINDS(X) };
#undef X

const struct words phone_kind_words = { KIND_NAMES, COUNT(KIND_NAMES) };

bool phone_plan_parse(struct str raw, const char *field, struct phone *out, bool *is_valid, struct err *err)
{
    try {
        return parse(raw, field, out, is_valid, err);
    } catch (const std::exception &) { /* no memory is all that it can be */
        return err_set(err, ERR_BUSY, field, "cannot be looked up now");
    }
}

void phone_plan_describe(const struct phone *phone, struct phone_plan *out)
{
    *out = phone_plan{};
    memcpy(out->national, phone->e164, sizeof phone->e164);
    try {
        describe(phone, out);
    } catch (const std::exception &) { /* what is filled in so far stands; the number itself always does */
        return;
    }
}

bool phone_plan_is_geographic(const struct phone *phone)
{
    try {
        PhoneNumber number;
        return util().Parse(phone->e164, NO_REGION, &number) == PhoneNumberUtil::NO_PARSING_ERROR &&
               util().IsNumberGeographical(number);
    } catch (const std::exception &) { /* then the whole country counts: stricter, never wrong */
        return false;
    }
}

} // extern "C"

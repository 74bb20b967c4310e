#include "sim_address.h"
#include "domain/phone.h"

enum { LETTERS_MAX = 11, NUMBER_DIGITS_MIN = 7 };

static bool is_digits(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0;
}

bool address_read(struct str in, const char *field, struct sim_address *out, struct err *err)
{
    bool has_plus = str_starts(in, STR("+"));
    struct str digits = str_slice(in, has_plus ? 1 : 0, in.n);
    struct sim_address address = { 0 };
    if (!is_digits(digits))
        return err_set(err, ERR_INPUT, field, "is not a number: digits, with or without + before them");
    if (!has_plus && digits.n >= SHORT_CODE_DIGITS_MIN && digits.n <= SHORT_CODE_DIGITS_MAX) {
        memcpy(address.text, digits.p, digits.n);
        *out = address;
        return true;
    }
    if (digits.n < NUMBER_DIGITS_MIN || digits.n > PHONE_DIGITS_MAX || digits.p[0] == '0')
        return err_set(err, ERR_INPUT, field, "is not a number: %d to %d digits, the first not 0", NUMBER_DIGITS_MIN,
                       PHONE_DIGITS_MAX);
    address.text[0] = '+';
    memcpy(address.text + 1, digits.p, digits.n);
    *out = address;
    return true;
}

static bool is_letters(struct str s)
{
    bool has_letter = false;
    for (size_t i = 0; i < s.n; i++) {
        char lower = (char)(s.p[i] | 0x20);
        bool is_letter = lower >= 'a' && lower <= 'z';
        has_letter |= is_letter;
        if (!is_letter && s.p[i] != ' ' && (s.p[i] < '0' || s.p[i] > '9'))
            return false;
    }
    return has_letter && s.n <= LETTERS_MAX;
}

bool address_read_sender(struct str in, const char *field, struct sim_address *out, struct err *err)
{
    if (!is_letters(in))
        return address_read(in, field, out, err);
    *out = (struct sim_address){ 0 };
    memcpy(out->text, in.p, in.n);
    return true;
}

#include "domain/address.h"

enum address_kind address_kind_of(struct str address)
{
    size_t digits = 0;
    size_t sign = address.n > 0 && address.p[0] == '+' ? 1 : 0;
    for (size_t i = sign; i < address.n; i++)
        if (is_digit(address.p[i]))
            digits++;
    if (digits == 0 || digits != address.n - sign)
        return ADDRESS_LETTERS;
    if (sign == 1)
        return digits >= PHONE_DIGITS_MIN && digits <= PHONE_DIGITS_MAX ? ADDRESS_PHONE : ADDRESS_LETTERS;
    return digits >= SHORT_CODE_DIGITS_MIN && digits <= SHORT_CODE_DIGITS_MAX ? ADDRESS_SHORT_CODE : ADDRESS_LETTERS;
}

static struct str without_sign(struct str address)
{
    return str_slice(address, address.n > 0 && address.p[0] == '+' ? 1 : 0, address.n);
}

bool address_could_be(struct str shown, struct str address)
{
    struct str digits = without_sign(shown);
    size_t seen = 0;
    while (seen < digits.n && is_digit(digits.p[seen]))
        seen++;
    bool is_masked = seen < digits.n || digits.n == 0;
    return is_masked && str_starts(without_sign(address), str_slice(digits, 0, seen));
}

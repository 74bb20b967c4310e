#include "domain/address.h"

enum address_kind address_kind_of(struct str address)
{
    size_t digits = 0;
    size_t sign = address.n > 0 && address.p[0] == '+' ? 1 : 0;
    for (size_t i = sign; i < address.n; i++)
        if (address.p[i] >= '0' && address.p[i] <= '9')
            digits++;
    if (digits == 0 || digits != address.n - sign)
        return ADDRESS_LETTERS;
    if (sign == 1)
        return digits >= PHONE_DIGITS_MIN && digits <= PHONE_DIGITS_MAX ? ADDRESS_PHONE : ADDRESS_LETTERS;
    return digits >= SHORT_CODE_DIGITS_MIN && digits <= SHORT_CODE_DIGITS_MAX ? ADDRESS_SHORT_CODE : ADDRESS_LETTERS;
}

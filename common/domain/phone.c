#include "domain/phone.h"

bool phone_parse(struct str in, const char *field, struct phone *out, struct err *err)
{
    if (in.n == 0 || in.p[0] != '+')
        return err_set(err, ERR_INPUT, field, "must begin with '+' and the country code, as +15550100001");
    if (in.n < 1 + PHONE_DIGITS_MIN || in.n > 1 + PHONE_DIGITS_MAX)
        return err_set(err, ERR_INPUT, field, "must have %d to %d digits", PHONE_DIGITS_MIN, PHONE_DIGITS_MAX);
    if (in.p[1] == '0')
        return err_set(err, ERR_INPUT, field, "begins with 0; no country code does");
    for (size_t i = 1; i < in.n; i++)
        if (!is_digit(in.p[i]))
            return err_set(err, ERR_INPUT, field, "has something other than a digit at place %zu", i + 1);

    memcpy(out->e164, in.p, in.n);
    out->e164[in.n] = '\0';
    return true;
}

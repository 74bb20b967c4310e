#include "domain/money.h"

#include <stdio.h>

enum { PLACES = 6, WHOLE_DIGITS_MAX = 9 };

static bool refuse(const char *field, struct err *err)
{
    return err_set(err, ERR_INPUT, field, "must be an amount like \"0.0055\", not negative, with at most %d places",
                   PLACES);
}

bool money_parse(struct str in, const char *field, int64_t *out, struct err *err)
{
    int64_t amount = 0;
    size_t point = str_find(in, '.');
    if (point == 0 || point > WHOLE_DIGITS_MAX || point + 1 == in.n)
        return refuse(field, err);
    for (size_t i = 0; i < point; i++) {
        if (!is_digit(in.p[i]))
            return refuse(field, err);
        amount = amount * 10 + (in.p[i] - '0');
    }
    size_t places = point < in.n ? in.n - point - 1 : 0;
    for (size_t i = 0; i < PLACES || i < places; i++) {
        char c = i < places ? in.p[point + 1 + i] : '0';
        if (!is_digit(c) || (i >= PLACES && c != '0'))
            return refuse(field, err);
        if (i < PLACES)
            amount = amount * 10 + (c - '0');
    }
    *out = amount;
    return true;
}

void money_format(int64_t amount, char out[MONEY_TEXT_BYTES])
{
    amount = clamp_i64(amount, 0, MONEY_MAX);
    int n = snprintf(out, MONEY_TEXT_BYTES, "%lld.%06lld", (long long)(amount / MONEY_UNIT),
                     (long long)(amount % MONEY_UNIT)); /* 10 + 1 + 6 digits fit */
    assert(n > 0 && n < MONEY_TEXT_BYTES);
    if (out[n - 1] == '0')
        out[n - 1] = '\0';
}

int64_t money_times(int64_t amount, int64_t n)
{
    amount = clamp_i64(amount, 0, MONEY_MAX);
    n = max_i64(0, n);
    return n > 0 && amount > MONEY_MAX / n ? MONEY_MAX : amount * n;
}

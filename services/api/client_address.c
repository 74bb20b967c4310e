#include "client_address.h"

#include <arpa/inet.h>
#include <stdio.h>

enum { MAPPED_PREFIX_BYTES = 12, ALL_BITS = 128, ADDRESS_TEXT_BYTES = 64 };

static bool address_parse(struct str text, uint8_t out[16], bool *is_v4)
{
    char copy[ADDRESS_TEXT_BYTES];
    static const uint8_t MAPPED[MAPPED_PREFIX_BYTES] = { [10] = 0xFF, [11] = 0xFF };
    if (text.n == 0 || text.n >= sizeof copy)
        return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    *is_v4 = inet_pton(AF_INET, copy, out + MAPPED_PREFIX_BYTES) == 1;
    if (*is_v4)
        memcpy(out, MAPPED, sizeof MAPPED);
    return *is_v4 || inet_pton(AF_INET6, copy, out) == 1;
}

static bool network_parse(struct str text, struct network *out)
{
    size_t slash = str_find(text, '/');
    int64_t bits = ALL_BITS;
    bool is_v4;
    if (!address_parse(str_slice(text, 0, slash), out->address, &is_v4))
        return false;
    if (slash < text.n && !str_to_int(str_slice(text, slash + 1, text.n), 0, is_v4 ? 32 : ALL_BITS, &bits))
        return false;
    out->bits = (int)bits + (is_v4 && slash < text.n ? MAPPED_PREFIX_BYTES * 8 : 0);
    return true;
}

bool proxies_parse(struct str list, struct proxies *out, struct err *err)
{
    struct str item;
    out->n = 0;
    while (str_next(&list, ',', &item)) {
        item = str_trim(item);
        if (item.n == 0)
            continue;
        if (out->n == PROXIES_MAX)
            return err_set(err, ERR_INPUT, "TRUSTED_PROXIES", "has more than %d entries", PROXIES_MAX);
        if (!network_parse(item, &out->v[out->n]))
            return err_set(err, ERR_INPUT, "TRUSTED_PROXIES",
                           "\"%.*s\" is neither an address nor a network such as 10.0.0.0/8", STR_ARGS(item));
        out->n++;
    }
    return true;
}

static bool network_has(const struct network *network, const uint8_t address[16])
{
    for (int i = 0; i < network->bits; i++) {
        int mask = 0x80 >> (i % 8);
        if ((network->address[i / 8] & mask) != (address[i / 8] & mask))
            return false;
    }
    return true;
}

static bool is_trusted(const struct proxies *proxies, struct str text)
{
    uint8_t address[16];
    bool is_v4;
    if (!address_parse(text, address, &is_v4))
        return false;
    for (size_t i = 0; i < proxies->n; i++)
        if (network_has(&proxies->v[i], address))
            return true;
    return false;
}

struct str client_address(const struct proxies *proxies, struct str peer, struct str forwarded_for)
{
    struct str client = peer;
    struct str rest = forwarded_for;
    while (rest.n > 0 && is_trusted(proxies, client)) {
        size_t start = rest.n;
        while (start > 0 && rest.p[start - 1] != ',')
            start--;
        struct str last = str_trim(str_slice(rest, start, rest.n));
        rest.n = start > 0 ? start - 1 : 0;
        uint8_t address[16];
        bool is_v4;
        if (!address_parse(last, address, &is_v4))
            break; /* garbage before a trusted proxy's own entry: that proxy is the last one we know */
        client = last;
    }
    return client;
}

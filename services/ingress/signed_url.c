#include "signed_url.h"

#include <arpa/inet.h>

enum { ADDRESS_TEXT_MAX = 64, IPV4_OFFSET_BITS = 96 };

/* --- whom we believe ---------------------------------------------------------------------------------------------- */

static bool address_read(struct str text, uint8_t out[16], bool *is_v4)
{
    static const uint8_t MAPPED[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
    char copy[ADDRESS_TEXT_MAX];
    if (text.n >= 2 && text.p[0] == '[' && text.p[text.n - 1] == ']')
        text = str_slice(text, 1, text.n - 2);
    if (text.n == 0 || text.n >= sizeof copy)
        return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    if (inet_pton(AF_INET6, copy, out) == 1) {
        *is_v4 = memcmp(out, MAPPED, sizeof MAPPED) == 0;
        return true;
    }
    *is_v4 = true;
    memcpy(out, MAPPED, sizeof MAPPED);
    return inet_pton(AF_INET, copy, out + sizeof MAPPED) == 1;
}

static bool network_read(struct str item, struct network *out)
{
    size_t slash = str_find(item, '/');
    bool is_v4 = false;
    if (!address_read(str_slice(item, 0, slash), out->address, &is_v4))
        return false;
    int offset = is_v4 && str_find(item, ':') == item.n ? IPV4_OFFSET_BITS : 0;
    int64_t bits = 128 - offset;
    if (slash < item.n && !str_to_int(str_slice(item, slash + 1, item.n), 0, bits, &bits))
        return false;
    out->prefix_bits = offset + (int)bits;
    return true;
}

bool proxies_read(struct str list, struct proxies *out, struct err *err)
{
    struct str rest = list, item;
    out->n = 0;
    while (str_next(&rest, ',', &item)) {
        item = str_trim(item);
        if (item.n == 0)
            continue;
        if (out->n == PROXIES_MAX)
            return err_set(err, ERR_INPUT, "TRUSTED_PROXIES", "may list %d addresses", PROXIES_MAX);
        if (!network_read(item, &out->networks[out->n++]))
            return err_set(err, ERR_INPUT, "TRUSTED_PROXIES",
                           "item %zu is neither an address nor a network like 10.0.0.0/8", out->n);
    }
    return true;
}

static bool is_within(const uint8_t address[16], const struct network *network)
{
    size_t whole = (size_t)network->prefix_bits / 8;
    int rest = network->prefix_bits % 8;
    if (memcmp(address, network->address, whole) != 0)
        return false;
    return rest == 0 || (address[whole] >> (8 - rest)) == (network->address[whole] >> (8 - rest));
}

bool proxies_have(const struct proxies *proxies, struct str peer)
{
    uint8_t address[16];
    bool is_v4;
    if (!address_read(peer, address, &is_v4))
        return false;
    for (size_t i = 0; i < proxies->n; i++)
        if (is_within(address, &proxies->networks[i]))
            return true;
    return false;
}

/* --- the URL ------------------------------------------------------------------------------------------------------ */

/* Where the host begins: behind "://". */
static size_t scheme_bytes(struct str url)
{
    if (str_starts(url, STR("https://")))
        return 8;
    return str_starts(url, STR("http://")) ? 7 : 0;
}

bool public_url_check(struct str url, struct err *err)
{
    size_t scheme = scheme_bytes(url);
    struct str rest = str_slice(url, scheme, url.n);
    if (scheme == 0 || str_find(rest, '/') == 0 || rest.n == 0)
        return err_set(err, ERR_INPUT, "PUBLIC_URL", "must be http:// or https:// and a host");
    for (size_t i = 0; i < url.n; i++)
        if (url.p[i] <= ' ' || url.p[i] > '~' || strchr("?#@%", url.p[i]))
            return err_set(err, ERR_INPUT, "PUBLIC_URL",
                           "may have no blank, '?', '#', '@', '%%' or non-ASCII character");
    return true;
}

/* What the nearest proxy says stands last, but the first one is what the client saw; the trusted proxy sets or cleans the header. */
static struct str first_item(struct str header)
{
    struct str item = { 0 };
    return str_next(&header, ',', &item) ? str_trim(item) : item;
}

/* What arena_format() would do, without reading a format: every webhook comes this way. */
static struct str joined(const struct str *parts, size_t parts_n, struct arena *arena)
{
    size_t n = 0;
    for (size_t i = 0; i < parts_n; i++)
        n += parts[i].n;
    char *text = arena_alloc(arena, n + 1);
    if (!text)
        return (struct str){ 0 };
    n = 0;
    for (size_t i = 0; i < parts_n; i++) {
        if (parts[i].n > 0)
            memcpy(text + n, parts[i].p, parts[i].n);
        n += parts[i].n;
    }
    return (struct str){ text, n };
}

struct str signed_url(struct str public_url, struct str raw_path, const struct forwarded *forwarded,
                      struct arena *arena)
{
    size_t scheme = scheme_bytes(public_url);
    struct str behind = str_slice(public_url, scheme, public_url.n);
    struct str host = str_slice(behind, 0, str_find(behind, '/'));
    struct str prefix = str_slice(behind, host.n, behind.n);
    struct str proto = str_slice(public_url, 0, scheme > 3 ? scheme - 3 : 0);
    while (str_ends(prefix, STR("/")))
        prefix.n--;
    if (first_item(forwarded->proto).n > 0)
        proto = first_item(forwarded->proto);
    if (first_item(forwarded->host).n > 0)
        host = first_item(forwarded->host);
    return joined((const struct str[]){ proto, STR("://"), host, prefix, raw_path }, 5, arena);
}

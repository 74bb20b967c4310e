#include "media/media_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

struct range {
    const char *address;
    int bits;
};

static const struct range REFUSED_4[] = {
    { "0.0.0.0", 8 },       { "10.0.0.0", 8 },     { "100.64.0.0", 10 },  { "127.0.0.0", 8 },   { "169.254.0.0", 16 },
    { "172.16.0.0", 12 },   { "192.0.0.0", 24 },   { "192.0.2.0", 24 },   { "192.88.99.0", 24 }, { "192.168.0.0", 16 },
    { "198.18.0.0", 15 },   { "198.51.100.0", 24 }, { "203.0.113.0", 24 }, { "224.0.0.0", 4 },   { "240.0.0.0", 4 },
};

/* Only global unicast is considered at all: what is mapped, translated (64:ff9b::/96), unique-local and link-local lies outside it. */
static const struct range GLOBAL_6 = { "2000::", 3 };
static const struct range REFUSED_6[] = {
    { "2001::", 23 },       /* Teredo, ORCHID, benchmarks */
    { "2001:db8::", 32 },   { "2002::", 16 }, /* 6to4: an IPv4 address inside */
    { "3fff::", 20 },
};

static bool lies_in(const uint8_t *bytes, int family, const struct range *range)
{
    uint8_t start[sizeof(struct in6_addr)];
    int whole = range->bits / 8;
    int rest = range->bits % 8;
    uint8_t mask = (uint8_t)(0xFF << (8 - rest));
    if (inet_pton(family, range->address, start) != 1)
        return true; /* a slip in the tables refuses */
    return memcmp(bytes, start, (size_t)whole) == 0 && (rest == 0 || ((bytes[whole] ^ start[whole]) & mask) == 0);
}

static bool lies_in_any(const uint8_t *bytes, int family, const struct range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lies_in(bytes, family, &ranges[i]))
            return true;
    return false;
}

bool media_address_is_public(const struct sockaddr *address, size_t bytes)
{
    if (address->sa_family == AF_INET && bytes >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        return !lies_in_any((const uint8_t *)&in.sin_addr, AF_INET, REFUSED_4, COUNT(REFUSED_4));
    }
    if (address->sa_family == AF_INET6 && bytes >= sizeof(struct sockaddr_in6)) {
        struct sockaddr_in6 in;
        memcpy(&in, address, sizeof in);
        return lies_in(in.sin6_addr.s6_addr, AF_INET6, &GLOBAL_6) &&
               !lies_in_any(in.sin6_addr.s6_addr, AF_INET6, REFUSED_6, COUNT(REFUSED_6));
    }
    return false;
}

#include "origin.h"

/* The host of "host:port" or "[v6]:port", brackets dropped; the unset str when malformed. */
static struct str host_of(struct str authority)
{
    static const struct str UNSET = { 0 };
    size_t n = authority.n;
    if (n > 0 && authority.p[0] == '[') {
        size_t close = str_find(authority, ']');
        bool ends_well = close + 1 == n || (close + 1 < n && authority.p[close + 1] == ':');
        return ends_well ? str_slice(authority, 1, close - 1) : UNSET;
    }
    size_t colon = str_find(authority, ':');
    int64_t port;
    if (colon < n && !str_to_int(str_slice(authority, colon + 1, n), 0, 65535, &port))
        return UNSET;
    return str_slice(authority, 0, colon);
}

/* Exactly four numbers of 0 to 255 after "127": "127.0.0.1.evil.example" is a name like any other. */
static bool is_ipv4_loopback(struct str host)
{
    struct str part;
    int64_t value;
    int parts = 0;
    while (str_next(&host, '.', &part)) {
        if (part.n == 0 || part.n > 3 || !str_to_int(part, 0, 255, &value) || (parts == 0 && value != 127))
            return false;
        parts++;
    }
    return parts == 4;
}

bool origin_host_is_loopback(struct str authority)
{
    struct str host = host_of(authority);
    if (host.n == 0)
        return false;
    if (str_ends(host, STR(".localhost")) || str_eq_ascii_case(host, STR("localhost")))
        return true;
    return str_is(host, "::1") || is_ipv4_loopback(host);
}

/* What stands behind "http://" or "https://"; unset when neither does. */
static struct str authority_of(struct str origin)
{
    if (str_starts(origin, STR("http://")))
        return str_slice(origin, 7, origin.n);
    if (str_starts(origin, STR("https://")))
        return str_slice(origin, 8, origin.n);
    return (struct str){ 0 };
}

bool origin_is_loopback(struct str origin)
{
    struct str authority = authority_of(origin);
    return authority.n > 0 && origin_host_is_loopback(authority);
}

bool origin_is_wellformed(struct str origin)
{
    struct str authority = authority_of(origin);
    return host_of(authority).n > 0 && str_find(authority, '/') == authority.n &&
           str_find(authority, ' ') == authority.n;
}

bool origin_is_listed(struct str origin, struct str list)
{
    struct str item;
    while (str_next(&list, ',', &item))
        if (origin.n > 0 && str_eq_ascii_case(str_trim(item), origin))
            return true;
    return false;
}

/* Same scheme and authority as DASHBOARD_URL, or same authority as the request's own Host. */
static bool is_own(const struct origin_facts *f)
{
    struct str authority = authority_of(f->origin);
    struct str own = authority_of(f->dashboard_url);
    own = str_slice(own, 0, str_find(own, '/'));
    size_t scheme = f->dashboard_url.n - authority_of(f->dashboard_url).n;
    if (authority.n == 0)
        return false;
    if (str_eq_ascii_case(authority, own) &&
        str_eq(str_slice(f->origin, 0, scheme), str_slice(f->dashboard_url, 0, scheme)))
        return true;
    return f->host.n > 0 && str_eq_ascii_case(authority, f->host);
}

bool origin_may_write(const struct origin_facts *f)
{
    if (origin_is_listed(f->origin, f->listed))
        return true;
    if (str_is_set(f->fetch_site) && !str_is(f->fetch_site, "same-origin"))
        return false;
    if (str_is_set(f->origin))
        return is_own(f);
    return str_is_set(f->fetch_site) || content_type_is_json(f->content_type) || !str_is(f->method, "POST");
}

bool content_type_is_json(struct str content_type)
{
    return str_eq_ascii_case(str_trim(str_slice(content_type, 0, str_find(content_type, ';'))),
                             STR("application/json"));
}

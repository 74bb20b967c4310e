/* What stands on a request's first line and in its headers, as the api judges it. The input is cut at newlines. */
#include "client_address.h"
#include "origin.h"
#include "routes.h"
#include "static.h"

enum { PARTS = 6 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge_path(struct str method, struct str path)
{
    struct route_found found;
    enum route_match match = route_find(method, path, &found);
    assert((match == ROUTE_UNKNOWN) == (found.route == NULL) && (match == ROUTE_UNKNOWN) == (found.allow[0] == '\0'));
    for (size_t i = 0; i < found.parts_n; i++)
        assert(found.parts[i].n > 0 && found.parts[i].p >= path.p &&
               found.parts[i].p + found.parts[i].n <= path.p + path.n);
}

static void judge_origin(struct str origin, struct str host)
{
    struct origin_facts facts = {
        .method = STR("POST"), .origin = origin, .host = host, .dashboard_url = STR("https://a.example")
    };
    bool may_write = origin_may_write(&facts);
    assert(!origin_is_loopback(origin) || origin_is_wellformed(origin) || origin.n > 0);
    if (may_write) /* then it is ours, by DASHBOARD_URL or by the request's own Host */
        assert(str_eq_ascii_case(origin, STR("https://a.example")) || (host.n > 0 && origin.n > host.n));
    facts.fetch_site = STR("cross-site");
    assert(!origin_may_write(&facts));
    (void)origin_host_is_loopback(host); /* for its memory accesses, as below */
    (void)content_type_is_json(host);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_bytes(data, size);
    struct str part[PARTS] = { { 0 } };
    struct proxies proxies;
    struct err err;
    for (size_t i = 0; i < PARTS && str_next(&rest, '\n', &part[i]); i++)
        ;
    judge_path(part[0], part[1]);
    judge_origin(str_is_set(part[2]) ? part[2] : STR(""), part[3]);
    if (proxies_parse(part[4], &proxies, &err)) {
        struct str client = client_address(&proxies, STR("10.0.0.1"), part[5]);
        assert(str_is(client, "10.0.0.1") || (client.p >= part[5].p && client.p + client.n <= part[5].p + part[5].n));
    }
    (void)accepts_encoding(part[5], STR("br")); /* for their memory accesses */
    (void)etag_matches(part[5], STR("\"x\""));
    return 0;
}

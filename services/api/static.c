#include "static.h"

#include "assets.h"

/* Images also come from where Plivo keeps the media of an MMS. No inline script or style, no frame around us. */
static const char CONTENT_SECURITY_POLICY[] =
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

/* ";q=0", ";q=0.000" and the like refuse. */
static bool is_refused(struct str parameters)
{
    struct str item;
    while (str_next(&parameters, ';', &item)) {
        item = str_trim(item);
        if (item.n < 3 || !str_eq_ascii_case(str_slice(item, 0, 2), STR("q=")))
            continue;
        for (size_t i = 2; i < item.n; i++)
            if (item.p[i] != '0' && item.p[i] != '.')
                return false;
        return true;
    }
    return false;
}

bool accepts_encoding(struct str accept_encoding, struct str coding)
{
    struct str item;
    while (str_next(&accept_encoding, ',', &item)) {
        size_t n = str_find(item, ';');
        if (str_eq_ascii_case(str_trim(str_slice(item, 0, n)), coding))
            return !is_refused(str_slice(item, n, item.n));
    }
    return false;
}

bool etag_matches(struct str if_none_match, struct str etag)
{
    struct str item;
    while (str_next(&if_none_match, ',', &item)) {
        item = str_trim(item);
        if (str_starts(item, STR("W/")))
            item = str_slice(item, 2, item.n);
        if (str_is(item, "*") || str_eq(item, etag))
            return true;
    }
    return false;
}

/* A form of its own has a tag of its own: "abc" becomes "abc-br". */
static struct str tag_of(struct call *call, const struct asset *asset, const char *coding)
{
    size_t n = strlen(asset->etag);
    if (!coding)
        return str_of(asset->etag);
    return arena_format(call->arena, "%.*s-%s\"", (int)n - 1, asset->etag, coding);
}

static bool answer(struct call *call, const struct asset *asset)
{
    struct str accept = http_header(call->rq, "Accept-Encoding");
    const char *coding = NULL;
    struct str bytes = asset->plain;
    if (asset->br.n > 0 && accepts_encoding(accept, STR("br"))) {
        coding = "br";
        bytes = asset->br;
    } else if (asset->gz.n > 0 && accepts_encoding(accept, STR("gzip"))) {
        coding = "gzip";
        bytes = asset->gz;
    }
    struct str tag = tag_of(call, asset, coding);
    call_header(call, "ETag", tag);
    call_header(call, "Vary", STR("Accept-Encoding"));
    call_header(call, "Cache-Control",
                asset->is_immutable ? STR("public, max-age=31536000, immutable") : STR("no-cache"));
    call_header(call, "Content-Security-Policy", str_of(CONTENT_SECURITY_POLICY));
    call_header(call, "Referrer-Policy", STR("no-referrer"));
    call_header(call, "Cross-Origin-Opener-Policy", STR("same-origin"));
    if (etag_matches(http_header(call->rq, "If-None-Match"), tag))
        return call_answer_bytes(call, 304, NULL, STR(""));
    if (coding)
        call_header(call, "Content-Encoding", str_of(coding));
    return call_answer_bytes(call, 200, asset->content_type, bytes);
}

bool static_serve(struct call *call, struct err *err)
{
    struct str path = call->rq->path;
    if (!str_is(call->rq->method, "GET") && !str_is(call->rq->method, "HEAD")) {
        call_header(call, "Allow", STR("GET, HEAD"));
        return err_set(err, ERR_METHOD, NULL, "this path takes GET, HEAD");
    }
    const struct asset *asset = asset_find(path);
    if (!asset && !str_starts(path, STR("/assets/")))
        asset = asset_find(STR("/index.html"));
    if (!asset)
        return err_set(err, ERR_MISSING, NULL, "there is no such file");
    return answer(call, asset);
}

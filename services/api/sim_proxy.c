/* The demo's phone panel: /sim/… of a signed-in owner, passed to the simulator as it came. */
#include "sim_proxy.h"

#include "origin.h"
#include "routes.h"

#include <curl/curl.h>

enum {
    SIM_CONNECT_MS = 2000,
    SIM_TOTAL_MS = 30000,              /* /sim/inbound waits for our own webhook's answer */
    SIM_ANSWER_MAX_BYTES = 8 * 1024 * 1024,
};

static struct str sim_url;

void sim_proxy_init(struct str url)
{
    sim_url = url;
    while (str_ends(sim_url, STR("/")))
        sim_url.n--;
    (void)curl_global_init(CURL_GLOBAL_DEFAULT); /* no memory: every easy_init below fails, and says 503 */
}

static size_t take(char *bytes, size_t size, size_t n, void *out)
{
    return buf_add_bytes(out, bytes, size * n) ? n : 0;
}

/* Nothing that the simulator could read as another path of its own. */
static bool is_plain(struct str path)
{
    struct str part;
    struct str rest = path;
    while (str_next(&rest, '/', &part))
        if (str_is(part, "..") || str_is(part, "."))
            return false;
    for (size_t i = 0; i + 2 < path.n; i++)
        if (path.p[i] == '%' && path.p[i + 1] == '2' && (path.p[i + 2] == 'e' || path.p[i + 2] == 'E'))
            return false;
    return true;
}

/* Everything that can fail in it fails the transfer, which tells. */
static void set_up(CURL *curl, const struct call *call, const char *url, struct str body, struct buf *answer)
{
    (void)curl_easy_setopt(curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)SIM_CONNECT_MS);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)SIM_TOTAL_MS);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    (void)curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call->route->method);
    if (body.n > 0 || strcmp(call->route->method, "GET") != 0) {
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)body.n);
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.n ? body.p : "");
    }
}

static bool pass(struct call *call, CURL *curl, const char *url, struct str body, struct buf *answer, struct err *err)
{
    static const char JSON[] = "Content-Type: application/json";
    long status = 0;
    char *content_type = NULL;
    struct curl_slist *headers = curl_slist_append(NULL, JSON);
    set_up(curl, call, url, body, answer);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers); /* as in set_up() */
    CURLcode code = curl_easy_perform(curl);
    curl_slist_free_all(headers);
    if (code != CURLE_OK)
        return err_set(err, ERR_BUSY, NULL, "the simulator cannot be reached: %s", curl_easy_strerror(code));
    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status); /* set by every answer */
    (void)curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &content_type);
    call_header(call, "Cache-Control", STR("no-store"));
    return call_answer_bytes(call, (int)status, content_type, buf_str(answer));
}

bool sim_pass(struct call *call, struct err *err)
{
    struct str body;
    struct str query = call->rq->query;
    if (strcmp(call->caller.role, "owner") != 0)
        return err_set(err, ERR_DENIED, NULL, "only an owner may play the phone");
    if (!is_plain(call->rq->path))
        return err_set(err, ERR_MISSING, NULL, "there is no such path");
    if (!http_read_body(call->rq, CALL_BODY_MAX_BYTES, call->arena, &body, err))
        return false;
    if (body.n > 0 && !content_type_is_json(http_header(call->rq, "Content-Type")))
        return err_set(err, ERR_MEDIA_TYPE, NULL, "the body must be application/json");
    struct str url = arena_format(call->arena, "%.*s%.*s%s%.*s", STR_ARGS(sim_url), STR_ARGS(call->rq->path),
                                  query.n ? "?" : "", STR_ARGS(query));
    if (!str_is_set(url))
        return arena_err(call->arena, err);
    CURL *curl = curl_easy_init();
    if (!curl)
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    struct buf answer;
    buf_init(&answer, SIM_ANSWER_MAX_BYTES);
    bool ok = pass(call, curl, url.p, body, &answer, err);
    buf_release(&answer);
    curl_easy_cleanup(curl);
    return ok;
}

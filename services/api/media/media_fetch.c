#include "media/media_fetch.h"

#include "media/media_address.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdlib.h>

static const struct str PLIVO_HOSTS = { ".plivo.com", sizeof ".plivo.com" - 1 };

static struct media_source source;
static atomic_int running;

void media_fetch_init(const struct media_source *from)
{
    source = *from;
    (void)curl_global_init(CURL_GLOBAL_DEFAULT); /* no memory: every easy_init below fails, and says 503 */
}

bool media_hosts_are_wellformed(struct str list)
{
    struct str item;
    int64_t port;
    while (str_next(&list, ',', &item)) {
        item = str_trim(item);
        size_t colon = item.n;
        while (colon > 0 && item.p[colon - 1] != ':')
            colon--;
        if (item.n > 0 && (colon < 2 || !str_to_int(str_slice(item, colon, item.n), 1, 65535, &port)))
            return false;
    }
    return true;
}

static bool is_listed(struct str list, struct str host, struct str port)
{
    struct str item;
    while (str_next(&list, ',', &item)) {
        item = str_trim(item);
        if (item.n == host.n + 1 + port.n && str_eq_ascii_case(str_slice(item, 0, host.n), host) &&
            item.p[host.n] == ':' && str_eq(str_slice(item, host.n + 1, port.n), port))
            return true;
    }
    return false;
}

/* What the address's parts decide, before anything is connected to. */
struct place {
    bool is_web;          /* http or https, and a host */
    bool may_be_private;  /* the operator named its host */
    bool is_plivo;        /* credentials may go there */
};

static struct str part(CURLU *url, CURLUPart which, char **text)
{
    if (curl_url_get(url, which, text, which == CURLUPART_PORT ? CURLU_DEFAULT_PORT : 0) != CURLUE_OK)
        *text = NULL;
    return str_of(*text);
}

static struct place place_of(const char *address)
{
    struct place place = { 0 };
    char *texts[3] = { NULL };
    CURLU *url = curl_url();
    if (url && curl_url_set(url, CURLUPART_URL, address, CURLU_DISALLOW_USER) == CURLUE_OK) {
        struct str scheme = part(url, CURLUPART_SCHEME, &texts[0]);
        struct str host = part(url, CURLUPART_HOST, &texts[1]);
        struct str port = part(url, CURLUPART_PORT, &texts[2]);
        place.is_web = (str_is(scheme, "http") || str_is(scheme, "https")) && host.n > 0;
        place.may_be_private = is_listed(source.private_hosts, host, port);
        place.is_plivo = str_is(scheme, "https") && str_ends(host, PLIVO_HOSTS);
    }
    for (size_t i = 0; i < COUNT(texts); i++)
        curl_free(texts[i]);
    curl_url_cleanup(url);
    return place;
}

/* One try's state, as curl's callbacks see it. */
struct fetch {
    struct buf *out;
    bool may_be_private;
    bool was_refused; /* an address that is not public */
};

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct fetch *fetch = context;
    (void)purpose;
    if (!fetch->may_be_private && !media_address_is_public(&to->addr, to->addrlen)) {
        fetch->was_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t take(char *bytes, size_t size, size_t n, void *context)
{
    struct fetch *fetch = context;
    return buf_add_bytes(fetch->out, bytes, size * n) ? n : 0;
}

/* Everything that can fail in it fails the transfer, which tells. */
static void set_up(CURL *curl, const char *url, struct fetch *fetch)
{
    (void)curl_easy_setopt(curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)MEDIA_CONNECT_MS);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)MEDIA_TOTAL_MS);
    (void)curl_easy_setopt(curl, CURLOPT_MAXFILESIZE, (long)MEDIA_MAX_BYTES);
    (void)curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    (void)curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, fetch);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, fetch);
}

static void add_credentials(CURL *curl)
{
    char token[SECRET_MAX_BYTES];
    struct str all = source.auth_token ? secret_reveal(source.auth_token) : (struct str){ 0 };
    struct str first;
    if (source.auth_id.n == 0 || !str_next(&all, ',', &first) || first.n >= sizeof token)
        return;
    memcpy(token, first.p, first.n);
    token[first.n] = '\0';
    (void)curl_easy_setopt(curl, CURLOPT_USERNAME, source.auth_id.p); /* as in set_up() */
    (void)curl_easy_setopt(curl, CURLOPT_PASSWORD, token);
    explicit_bzero(token, sizeof token);
}

static bool failed(CURLcode code, const struct fetch *fetch, struct err *err)
{
    if (fetch->was_refused)
        return err_set(err, ERR_DENIED, NULL, "the file lies at an address that is not public");
    if (code == CURLE_FILESIZE_EXCEEDED || fetch->out->has_failed)
        return err_set(err, ERR_TOO_BIG, NULL, "the file has more than %d bytes", MEDIA_MAX_BYTES);
    return err_set(err, ERR_BUSY, NULL, "the file cannot be fetched now: %s", curl_easy_strerror(code));
}

static bool judge(long status, struct err *err)
{
    if (status >= 200 && status < 300)
        return true;
    if (status == 429 || status >= 500)
        return err_set(err, ERR_BUSY, NULL, "who keeps the file answered %ld; ask again", status);
    return err_set(err, ERR_MISSING, NULL, "the file is no longer there: its keeper answered %ld", status);
}

enum hop { HOP_DONE, HOP_REDIRECT, HOP_FAILED };

static enum hop hop(CURL *curl, const char *url, bool is_first, struct buf *out, const char **next, struct err *err)
{
    struct place place = place_of(url);
    struct fetch fetch = { out, place.may_be_private, false };
    long status = 0;
    buf_clear(out);
    if (!place.is_web) {
        (void)err_set(err, ERR_MISSING, NULL, "the file has no http or https address");
        return HOP_FAILED;
    }
    curl_easy_reset(curl);
    set_up(curl, url, &fetch);
    if (is_first && place.is_plivo)
        add_credentials(curl);
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK)
        return failed(code, &fetch, err) ? HOP_DONE : HOP_FAILED;
    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);      /* set by every answer */
    (void)curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, (char **)next); /* NULL when there is none */
    if (*next && is_first)
        return HOP_REDIRECT;
    return judge(status, err) ? HOP_DONE : HOP_FAILED;
}

static bool fetch_over(CURL *curl, const char *url, struct buf *out, struct err *err)
{
    const char *next = NULL;
    enum hop first = hop(curl, url, true, out, &next, err);
    if (first != HOP_REDIRECT)
        return first == HOP_DONE;
    char *kept = strdup(next); /* curl's own text ends with the next transfer */
    bool ok = kept ? hop(curl, kept, false, out, &next, err) == HOP_DONE
                   : err_set(err, ERR_BUSY, NULL, "out of memory");
    free(kept);
    return ok;
}

bool media_fetch(struct str url, struct buf *out, struct err *err)
{
    bool ok = false;
    if (atomic_fetch_add(&running, 1) >= MEDIA_AT_ONCE) {
        (void)err_set(err, ERR_BUSY, NULL, "%d files are being fetched already; ask again", MEDIA_AT_ONCE);
    } else {
        CURL *curl = curl_easy_init();
        char *address = strndup(url.p, url.n);
        ok = curl && address ? fetch_over(curl, address, out, err) : err_set(err, ERR_BUSY, NULL, "out of memory");
        free(address);
        curl_easy_cleanup(curl);
    }
    (void)atomic_fetch_sub(&running, 1);
    return ok;
}

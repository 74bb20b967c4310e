#include "plivo_http.h"

#include "core/backoff.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

void http_answer_init(struct http_answer *answer)
{
    buf_init(&answer->body, HTTP_ANSWER_MAX_BYTES);
    answer->retry_after_ms = -1;
}

void http_answer_clear(struct http_answer *answer)
{
    buf_clear(&answer->body);
    answer->retry_after_ms = -1;
}

void http_answer_release(struct http_answer *answer)
{
    buf_release(&answer->body);
}

bool plivo_http_start(struct err *err)
{
    CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    return code == CURLE_OK || err_set(err, ERR_BROKEN, NULL, "libcurl: %s", curl_easy_strerror(code));
}

void plivo_http_stop(void)
{
    curl_global_cleanup();
}

static size_t take_body(char *bytes, size_t size, size_t n, void *context)
{
    struct http_answer *answer = context;
    return buf_add_bytes(&answer->body, bytes, size * n) ? size * n : 0; /* 0: libcurl ends the transfer */
}

static size_t take_header(char *bytes, size_t size, size_t n, void *context)
{
    struct http_answer *answer = context;
    struct str rest = str_bytes(bytes, size * n);
    struct str name;
    if (str_next(&rest, ':', &name) && str_is_set(rest) && str_eq_ascii_case(name, STR("Retry-After")))
        answer->retry_after_ms = retry_after_ms(rest);
    return size * n;
}

/* A peer that vanished without a word must not hold a connection longer than a call lasts. */
static int tune_socket(void *context, curl_socket_t fd, curlsocktype purpose)
{
    const struct sender_config *config = context;
    unsigned timeout_ms = (unsigned)config->call_ms;
    (void)purpose;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms,
                     sizeof timeout_ms); /* else call_ms ends it alone */
    return CURL_SOCKOPT_OK;
}

static bool set_credentials(CURL *easy, const struct sender_config *config)
{
    struct secret user = { 0 }; /* copies with a NUL; wiped below */
    struct secret password = { 0 };
    bool ok = secret_set(&user, config->auth_id) && secret_set(&password, sender_token(config)) &&
              user.n < sizeof user.bytes && password.n < sizeof password.bytes;
    if (ok) {
        user.bytes[user.n] = '\0';
        password.bytes[password.n] = '\0';
        ok = curl_easy_setopt(easy, CURLOPT_USERNAME, user.bytes) == CURLE_OK &&
             curl_easy_setopt(easy, CURLOPT_PASSWORD, password.bytes) == CURLE_OK &&
             curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC) == CURLE_OK;
    }
    secret_release(&user);
    secret_release(&password);
    return ok;
}

static bool set_common(CURL *easy, const struct sender_config *config, struct http_answer *answer)
{
    bool ok = curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
    ok = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK && ok;
    /* HTTP/2 would repeat a refused stream by itself, and many calls would share one connection's fate */
    ok = curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK && ok;
    ok = curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK && ok;
    ok = curl_easy_setopt(easy, CURLOPT_USERAGENT, "parley/" PARLEY_VERSION) == CURLE_OK && ok;
    ok = curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)config->connect_ms) == CURLE_OK && ok;
    ok = curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)config->call_ms) == CURLE_OK && ok;
    ok = curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)HTTP_IDLE_MAX_S) == CURLE_OK && ok;
    ok = curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L) == CURLE_OK && ok;
    ok = curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, tune_socket) == CURLE_OK && ok;
    ok = curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, (void *)config) == CURLE_OK &&
         ok; /* read only; libcurl has no const */
    ok = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK && ok;
    ok = curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer) == CURLE_OK && ok;
    ok = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK && ok;
    return curl_easy_setopt(easy, CURLOPT_HEADERDATA, answer) == CURLE_OK && ok;
}

CURL *plivo_http_new(const struct sender_config *config, struct http_answer *answer)
{
    CURL *easy = curl_easy_init();
    if (easy && set_common(easy, config, answer) && set_credentials(easy, config))
        return easy;
    curl_easy_cleanup(easy); /* NULL is fine */
    return NULL;
}

bool plivo_message_url(const struct sender_config *config, struct buf *out)
{
    struct str base = config->api_base;
    if (str_ends(base, STR("/")))
        base.n--;
    return buf_add_format(out, "%.*s/v1/Account/%.*s/Message/", STR_ARGS(base), STR_ARGS(config->auth_id));
}

enum transfer plivo_transfer_of(CURLcode code)
{
    switch ((int)code) { /* libcurl's list grows: what is not named here is TRANSFER_CUT, the careful answer */
    case CURLE_OK: return TRANSFER_DONE;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST: return TRANSFER_RESOLVE;
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT: return TRANSFER_CONNECT; /* of a call that had begun, has_begun tells otherwise */
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS: return TRANSFER_TLS;
    default: return TRANSFER_CUT;
    }
}

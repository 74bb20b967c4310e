/* plivo_http.h - libcurl as every call to Plivo wants it.
 *
 * Promise: the token never stands in an argument, a URL or a log. HTTP/1.1 only, no redirects, no signals; an idle
 *          connection is not used again after 15 s, and one whose peer is gone ends by TCP_USER_TIMEOUT.
 * Units:   ms.
 * Memory:  the answer's body is kept up to HTTP_ANSWER_MAX_BYTES; a longer one ends the transfer.
 * Threads: a handle belongs to the thread that made it.
 * Source:  design.md section 5 (outcome of a call).
 */
#ifndef PARLEY_PLIVO_HTTP_H
#define PARLEY_PLIVO_HTTP_H
#include "base/buf.h"
#include "base/err.h"
#include "config.h"
#include "core/outcome_classify.h"

#include <curl/curl.h>

enum { HTTP_ANSWER_MAX_BYTES = 256 * 1024, HTTP_IDLE_MAX_S = 15 };

/* Where a transfer's answer goes. */
struct http_answer {
    struct buf body;
    int64_t retry_after_ms; /* -1: none */
};

void http_answer_init(struct http_answer *answer);
void http_answer_clear(struct http_answer *answer);
void http_answer_release(struct http_answer *answer);

/* curl_global_init(), once, before the first thread. */
MUST_USE bool plivo_http_start(struct err *err);
void plivo_http_stop(void);

/* All that calls have in common: credentials, timeouts, where the answer goes. NULL: no memory. */
MUST_USE CURL *plivo_http_new(const struct sender_config *config, struct http_answer *answer);

/* "https://api.plivo.com/v1/Account/MA…/Message/" into out. False: *out is full. */
MUST_USE bool plivo_message_url(const struct sender_config *config, struct buf *out);

/* What libcurl's code says about the transfer. */
enum transfer plivo_transfer_of(CURLcode code);

#endif

/* web.h - the simulator's web server: routes as a table, one exchange per request.
 *
 * Promise: a path that no route has is 404, a method that its route does not have 405 with Allow. Plivo's paths want Basic
 *          auth and count towards Plivo's limit of parallel calls; the control routes are open (loopback is their guard).
 * Memory:  what an exchange lends lives until its handler returns.
 * Threads: handlers run on civetweb's threads, WEB_THREADS at most.
 * Source:  contract.md, section Simulator; plivo.md section 5 (errors, limits).
 */
#ifndef PARLEY_SIM_WEB_H
#define PARLEY_SIM_WEB_H
#include "base/arena.h"
#include "config.h"
#include "io/http.h"
#include <jansson.h>

enum {
    WEB_THREADS = 256,
    WEB_BODY_MAX_BYTES = 256 * 1024, /* a thousand numbers, a long text, ten media */
    WEB_CAPTURES_MAX = 2,
    PARALLEL_MAX = 100, /* plivo.md section 5 */
};

struct exchange {
    struct http_request *rq;
    struct arena *arena;
    struct str captures[WEB_CAPTURES_MAX]; /* what stood in the place of each "*" */
};

typedef void web_handler(struct exchange *x);

struct route {
    const char *method;
    const char *path; /* "*" is any one piece; a slash at the end may be missing */
    web_handler *handler;
};

extern const struct route rest_routes[];    /* rest_routes.c: Plivo's API, below WEB_REST_PREFIX */
extern const struct route control_routes[]; /* control.c */
#define WEB_REST_PREFIX "/v1/"

MUST_USE bool web_start(const struct sim_config *config, struct err *err);
void web_drain(int64_t deadline_boot_ms);
void web_stop(void);

/* Takes `body` over. */
void web_answer(struct exchange *x, int status, json_t *body);
/* {"error", "field"}, the control routes' form. */
void web_refuse(struct exchange *x, const struct err *err);
/* {"api_id", "error"}, Plivo's form. */
void plivo_refuse(struct exchange *x, int status, const char *text);
/* The same for bad input: 400 with the field's name and what is wrong with it. */
void plivo_refuse_input(struct exchange *x, const struct err *err);
/* {"api_id"} as a beginning. */
json_t *plivo_object(void);

/* The request's body as a JSON object; a new reference. NULL: *err is ERR_INPUT or ERR_TOO_BIG. */
json_t *web_read_object(struct exchange *x, struct err *err);
/* A member that must be text if it is there; the unset str if it is not, or null. */
MUST_USE bool web_text(const json_t *object, const char *name, struct str *out, struct err *err);

#endif

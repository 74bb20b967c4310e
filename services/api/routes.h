/* routes.h - every route that is no file of the dashboard, in one table: method, path, handler, who may ask, what may be asked.
 *
 * Promise: the router, the strictness, the Allow header, the preflight and the test against openapi.yaml all read this table.
 *          HEAD goes where GET goes. A part in braces takes one part of the path; "*" at the end takes all the rest.
 *          The first row that fits wins: fixed words stand before the {id} beside them.
 * Threads: constants only.
 */
#ifndef PARLEY_API_ROUTES_H
#define PARLEY_API_ROUTES_H
#include "call.h"

enum route_flag {
    ROUTE_OPEN = 1,      /* nobody has to be signed in */
    ROUTE_TUTORIAL = 2,  /* 400 and 429 in the tutorials' form */
    ROUTE_DEMO = 4,      /* 404 unless DEMO=1 */
    ROUTE_NO_HEAD = 8,   /* its GET does something */
    ROUTE_UNLIMITED = 16,
    ROUTE_READS_BODY = 32, /* the handler reads it; elsewhere nothing but {} is accepted */
};

typedef bool route_handler(struct call *call, struct err *err);

#define LIST "cursor limit"
/* clang-format off */
/*    method    path                                   handler                  flags                              query */
#define ROUTES(X) \
    X("GET",    "/api/v1/conversations",               conversations_list,      0,                                 "status assignee label q " LIST) \
    X("GET",    "/api/v1/conversations/{id}",          conversation_get,        0,                                 "") \
    X("PATCH",  "/api/v1/conversations/{id}",          conversation_change,     ROUTE_READS_BODY,                  "") \
    X("GET",    "/api/v1/conversations/{id}/messages", conversation_messages,   0,                                 LIST) \
    X("GET",    "/api/v1/conversations/{id}/notes",    notes_list,              0,                                 LIST) \
    X("POST",   "/api/v1/conversations/{id}/notes",    note_write,              ROUTE_READS_BODY,                  "") \
    X("GET",    "/api/v1/conversations/{id}/draft",    draft_get,               0,                                 "") \
    X("POST",   "/api/v1/conversations/{id}/draft",    draft_write,             ROUTE_READS_BODY,                  "") \
    X("POST",   "/api/v1/conversations/{id}/read",     conversation_mark_read,  0,                                 "") \
    X("GET",    "/api/v1/messages",                    messages_list,           0,                                 "direction status contact number since until " LIST) \
    X("POST",   "/api/v1/messages",                    message_send,            ROUTE_READS_BODY,                  "") \
    X("GET",    "/api/v1/messages/{id}",               message_get,             0,                                 "") \
    X("DELETE", "/api/v1/messages/{id}",               message_cancel,          0,                                 "") \
    X("PATCH",  "/api/v1/messages/{id}",               message_change,          ROUTE_READS_BODY,                  "") \
    X("GET",    "/api/v1/messages/{id}/timeline",      message_timeline,        0,                                 "") \
    X("POST",   "/api/v1/messages/{id}/check",         message_check,           0,                                 "") \
    X("POST",   "/api/v1/messages/{id}/resend",        message_resend,          0,                                 "") \
    X("POST",   "/api/v1/messages/{id}/mark",          message_mark,            ROUTE_READS_BODY,                  "") \
    X("GET",    "/api/v1/media/{id}",                  media_get,               0,                                 "") \
    X("GET",    "/api/v1/contacts",                    contacts_list,           0,                                 "q " LIST) \
    X("GET",    "/api/v1/contacts/{id}",               contact_get,             0,                                 "") \
    X("POST",   "/api/v1/contacts",                    contact_make,            ROUTE_READS_BODY,                  "") \
    X("PATCH",  "/api/v1/contacts/{id}",               contact_change,          ROUTE_READS_BODY,                  "") \
    X("DELETE", "/api/v1/contacts/{id}",               contact_hide,            0,                                 "") \
    X("POST",   "/api/v1/contacts/{id}/consent",       contact_consent_set,     ROUTE_READS_BODY,                  "") \
    X("GET",    "/api/v1/contacts/{id}/consent",       contact_consent,         0,                                 LIST) \
    X("POST",   "/api/v1/contacts/{id}/erase",         contact_erase,           0,                                 "") \
    X("GET",    "/api/v1/contacts/{id}/export",        contact_export,          0,                                 "") \
    X("GET",    "/api/v1/consent/ledger",              consent_ledger,          0,                                 "format " LIST) \
    X("GET",    "/api/v1/consent/verify",              consent_verify,          0,                                 "") \
    X("GET",    "/api/v1/rules",                       rules_list,              0,                                 LIST) \
    X("POST",   "/api/v1/rules",                       rule_create,             ROUTE_READS_BODY,                  "") \
    X("POST",   "/api/v1/rules/test",                  rules_test,              ROUTE_READS_BODY,                  "") \
    X("GET",    "/api/v1/rules/{id}",                  rule_get,                0,                                 "") \
    X("PATCH",  "/api/v1/rules/{id}",                  rule_change,             ROUTE_READS_BODY,                  "") \
    X("DELETE", "/api/v1/rules/{id}",                  rule_delete,             0,                                 "") \
    X("GET",    "/api/v1/numbers",                     numbers_list,            0,                                 LIST) \
    X("GET",    "/api/v1/numbers/{id}",                number_get,              0,                                 "") \
    X("PATCH",  "/api/v1/numbers/{id}",                number_change,           ROUTE_READS_BODY,                  "") \
    X("GET",    "/api/v1/notices",                     notices_list,            0,                                 "status kind " LIST) \
    X("GET",    "/api/v1/notices/{id}",                notice_get,              0,                                 "") \
    X("POST",   "/api/v1/notices/{id}/close",          notice_end,              0,                                 "") \
    X("GET",    "/api/v1/quiet-hours",                 quiet_hours_list,        0,                                 "") \
    X("PUT",    "/api/v1/quiet-hours/{state}",         quiet_hours_replace,     ROUTE_READS_BODY,                  "") \
    X("DELETE", "/api/v1/quiet-hours/{state}",         quiet_hours_reset,       0,                                 "") \
    X("GET",    "/api/v1/limits",                      limits_list,             0,                                 "") \
    X("PUT",    "/api/v1/limits/{name}",               limit_replace,           ROUTE_READS_BODY,                  "") \
    X("DELETE", "/api/v1/limits/{name}",               limit_remove,            0,                                 "") \
    X("GET",    "/api/v1/settings",                    settings_get,            0,                                 "") \
    X("PATCH",  "/api/v1/settings",                    settings_change,         ROUTE_READS_BODY,                  "") \
    X("GET",    "/api/v1/audit",                       audit_list,              0,                                 "action actor " LIST) \
    X("GET",    "/api/v1/events",                      events_stream,           ROUTE_NO_HEAD,                     "last_event_id") \
    X("GET",    "/api/v1/segments",                    segments_get,            0,                                 "text to") \
    X("GET",    "/api/v1/templates",                   templates_list,          0,                                 LIST) \
    X("POST",   "/api/v1/templates",                   template_create,         ROUTE_READS_BODY,                  "") \
    X("GET",    "/api/v1/templates/{id}",              template_get,            0,                                 "") \
    X("PATCH",  "/api/v1/templates/{id}",              template_change,         ROUTE_READS_BODY,                  "") \
    X("DELETE", "/api/v1/templates/{id}",              template_delete,         0,                                 "") \
    X("GET",    "/api/v1/pools",                       pools_list,              0,                                 LIST) \
    X("POST",   "/api/v1/pools",                       pool_create,             ROUTE_READS_BODY,                  "") \
    X("GET",    "/api/v1/pools/{id}",                  pool_get,                0,                                 "") \
    X("PATCH",  "/api/v1/pools/{id}",                  pool_change,             ROUTE_READS_BODY,                  "") \
    X("DELETE", "/api/v1/pools/{id}",                  pool_delete,             0,                                 "") \
    X("GET",    "/api/v1/campaigns",                   campaigns_list,          0,                                 LIST) \
    X("POST",   "/api/v1/campaigns",                   campaign_create,         ROUTE_READS_BODY,                  "") \
    X("GET",    "/api/v1/campaigns/{id}",              campaign_get,            0,                                 "") \
    X("PATCH",  "/api/v1/campaigns/{id}",              campaign_change,         ROUTE_READS_BODY,                  "") \
    X("DELETE", "/api/v1/campaigns/{id}",              campaign_delete,         0,                                 "") \
    X("PUT",    "/api/v1/campaigns/{id}/audience",     campaign_audience,       ROUTE_READS_BODY,                  "") \
    X("GET",    "/api/v1/campaigns/{id}/recipients",   campaign_recipients,     0,                                 "format status " LIST) \
    X("POST",   "/api/v1/campaigns/{id}/approve",      campaign_approve,        ROUTE_READS_BODY,                  "") \
    X("POST",   "/api/v1/campaigns/{id}/pause",        campaign_pause,          0,                                 "") \
    X("POST",   "/api/v1/campaigns/{id}/resume",       campaign_resume,         0,                                 "") \
    X("POST",   "/api/v1/campaigns/{id}/cancel",       campaign_cancel,         0,                                 "") \
    X("POST",   "/api/v1/campaigns/{id}/retry",        campaign_retry,          0,                                 "") \
    X("GET",    "/api/v1/deliverability",              deliverability_get,      0,                                 "by days") \
    X("GET",    "/api/v1/prices",                      prices_get,              0,                                 "") \
    X("PUT",    "/api/v1/prices",                      prices_replace,          ROUTE_READS_BODY,                  "") \
    X("GET",    "/api/v1/prices/month",                prices_month,            0,                                 "to outbound inbound segments mms_outbound mms_inbound") \
    X("GET",    "/api/v1/me",                          me_get,                  0,                                 "") \
    X("POST",   "/api/v1/logout",                      session_end,             ROUTE_OPEN,                        "") \
    X("GET",    "/api/v1/openapi.json",                openapi_get,             ROUTE_OPEN,                        "") \
    X("GET",    "/login",                              session_begin,           ROUTE_OPEN | ROUTE_NO_HEAD,        "token") \
    X("GET",    "/health",                             health_get,              ROUTE_OPEN | ROUTE_UNLIMITED,      "") \
    X("GET",    "/api/messages",                       tutorial_messages,       ROUTE_TUTORIAL,                    "") \
    X("POST",   "/api/send_sms",                       tutorial_send,           ROUTE_TUTORIAL | ROUTE_READS_BODY, "") \
    X("GET",    "/sim/*",                              sim_pass,                ROUTE_DEMO | ROUTE_READS_BODY,     "*") \
    X("POST",   "/sim/*",                              sim_pass,                ROUTE_DEMO | ROUTE_READS_BODY,     "*") \
    X("PUT",    "/sim/*",                              sim_pass,                ROUTE_DEMO | ROUTE_READS_BODY,     "*") \
    X("DELETE", "/sim/*",                              sim_pass,                ROUTE_DEMO | ROUTE_READS_BODY,     "*")
/* clang-format on */

#define X(method, pattern, handler, flags, query) route_handler handler;
ROUTES(X)
#undef X

struct route {
    const char *method;
    const char *pattern;
    route_handler *handler;
    unsigned flags;
    const char *query; /* names, separated by blanks; "*": any */
};

enum { ROUTE_ALLOW_BYTES = 64 };

enum route_match { ROUTE_FOUND, ROUTE_OTHER_METHOD, ROUTE_UNKNOWN };

struct route_found {
    const struct route *route; /* of another method when ROUTE_OTHER_METHOD: what the path is */
    struct str parts[CALL_PARTS_MAX];
    size_t parts_n;
    char allow[ROUTE_ALLOW_BYTES]; /* the methods of the path, as in Allow; "" when it is unknown */
};

/* Pure. `path` as on the request line; the parts borrow from it. */
enum route_match route_find(struct str method, struct str path, struct route_found *out);

/* Whether the route takes the query parameter. */
bool route_takes(const struct route *route, struct str name);

#endif

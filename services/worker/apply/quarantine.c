#include "apply/quarantine.h"

#include "apply/audit.h"
#include "apply/consent_change.h"
#include "apply/consent_scope.h"
#include "apply/notice.h"
#include "domain/keywords.h"
#include "io/log.h"
#include "metrics.h"

enum { BODY_MAX_BYTES = 200 * 1024 }; /* of one event; a row has room for more */

#define SUBJECT "worker:quarantine"

/* What of it may stand in a key and before a person's eyes. */
static struct str name_of(struct txn *txn, const struct suspect *suspect)
{
    char text[SUSPECT_IDENTITY_BYTES];
    for (size_t i = 0; i < suspect->identity_n; i++) {
        char c = suspect->identity[i];
        text[i] = c;
        if (c <= ' ' || c > '~')
            text[i] = '?';
    }
    return arena_format(txn->arena, "%.*s %.*s", suspect->kind_n, suspect->kind, suspect->identity_n, text);
}

static struct str encode(struct txn *txn, const struct record *record, const void *object)
{
    AUTO(buf_release) struct buf bytes;
    buf_init(&bytes, BODY_MAX_BYTES);
    bool is_fine = record && record_encode(record, object, &bytes);
    return is_fine ? arena_dup(txn->arena, buf_str(&bytes)) : (struct str){0};
}

static bool put_aside(struct txn *txn, int64_t tenant, const struct suspect *suspect, struct str name, struct str body,
                      struct err *err)
{
    struct quarantine_row row = { .id = txn_id(txn),
                                  .kind = str_bytes(suspect->kind, suspect->kind_n),
                                  .name = name,
                                  .at = txn->now_ms,
                                  .deaths = SUSPECT_DEATHS,
                                  .body = body };
    const struct notice notice = {
        .kind = NOTICE_QUARANTINE,
        .severity = NOTICE_ALARM,
        .subject = STR(SUBJECT),
        .text = STR(
            "Something that came in stopped the worker twice and was put aside; `parley quarantine list` shows it"),
    };
    log_event(LOG_ERROR, "worker.quarantined", F_STR("kind", row.kind), F_ID("id", row.id));
    metric_add(&metric_quarantined, 1);
    return ROW_PUT(txn, TABLE_QUARANTINE, key_of_text(tenant, name), quarantine_row, &row, err) &&
           notice_raise(txn, tenant, &notice, err);
}

/* --- opt-outs --- */

static bool change_consent(struct txn *txn, int64_t tenant, const struct inbound_event *event, struct err *err)
{
    struct consent_standing standing;
    struct contact_row contact;
    int64_t unused;
    if (!consent_read(txn, tenant, event->from, event->to, (struct str){0}, &standing, err))
        return false;
    if (standing.has_change && standing.newest.received_at_ms >= event->received_at)
        return true; /* this one, or a later one */
    if (!contact_find_or_make(txn, tenant, event->from, &contact, err))
        return false;
    const struct consent_entry change = { .contact = contact.id,
                                          .address = event->from,
                                          .number = event->to,
                                          .to = CONSENT_OUT,
                                          .source = CONSENT_BY_KEYWORD,
                                          .actor = STR("person"),
                                          .received_at = event->received_at,
                                          .ingress = event->ingress };
    return consent_change_apply(txn, tenant, &change, &unused, err);
}

static bool opt_out(struct txn *txn, int64_t tenant, const struct inbound_event *event, struct err *err)
{
    const struct suspect suspect = suspect_of("opt-out", event->uuid);
    if (!may_be_opt_out(event->text, event->intent) || suspect_is_condemned(&suspect))
        return true;
    struct suspect around = suspect_enter(&suspect);
    bool ok = change_consent(txn, tenant, event, err);
    (void)suspect_enter(&around); /* back to the batch */
    return ok;
}

/* --- putting aside --- */

bool quarantine_judge(struct txn *txn, int64_t tenant, const struct suspect *suspect, const struct record *record,
                      const void *object, bool *is_aside, struct err *err)
{
    int64_t kept = 0;
    bool is_condemned = suspect_is_condemned(suspect);
    struct quarantine_row row;
    *is_aside = is_condemned;
    if (!is_condemned && (!table_count(txn, TABLE_QUARANTINE, &kept, err) || kept == 0))
        return kept == 0;
    struct str name = name_of(txn, suspect);
    if (!str_is_set(name))
        return arena_err(txn->arena, err);
    if (!ROW_GET(txn, TABLE_QUARANTINE, key_of_text(tenant, name), quarantine_row, &row, is_aside, err))
        return false;
    if (*is_aside || !is_condemned)
        return true;
    *is_aside = true;
    return put_aside(txn, tenant, suspect, name, encode(txn, record, object), err) &&
           (record != &inbound_event_record || opt_out(txn, tenant, object, err));
}

/* --- whole requests --- */

/* Its operation id, or else what it says (FNV-1a: nobody gains by a collision, which would need two deaths of another's). */
static struct suspect suspect_of_request(struct txn *txn, const struct bus_request *rq)
{
    const char *name = operation_row(rq->operation)->name;
    if (id_is_set(rq->operation_id))
        return suspect_of(name, str_of(id_text(rq->operation_id).c));
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < rq->body.n; i++)
        hash = (hash ^ (uint8_t)rq->body.p[i]) * UINT64_C(1099511628211);
    return suspect_of(name, arena_format(txn->arena, "%016llx", (unsigned long long)hash));
}

static bool is_watched_inside(enum operation operation)
{
    return operation == OP_inbound || operation == OP_report || operation == OP_grant;
}

bool quarantine_apply(struct txn *txn, const struct bus_request *rq, const struct settings *settings,
                      const void *request, void *reply, bool *is_aside, struct err *err)
{
    apply_function *apply = apply_row(rq->operation)->apply;
    *is_aside = false;
    if (is_watched_inside(rq->operation))
        return apply(txn, rq->tenant, settings, request, reply, err);
    const struct suspect suspect = suspect_of_request(txn, rq);
    int64_t tenant = rq->tenant ? rq->tenant : FIRST_TENANT;
    if (!quarantine_judge(txn, tenant, &suspect, NULL, NULL, is_aside, err))
        return false;
    if (*is_aside)
        return true;
    struct suspect around = suspect_enter(&suspect);
    bool ok = apply(txn, rq->tenant, settings, request, reply, err);
    (void)suspect_enter(&around); /* nothing is begun */
    return ok;
}

/* --- erased --- */

static bool is_about(struct txn *txn, const struct quarantine_row *row, struct str address)
{
    struct inbound_event event;
    struct report_event report;
    struct err unused;
    if (str_is(row->kind, "inbound"))
        return record_decode(&inbound_event_record, row->body, txn->arena, &event, &unused) &&
               str_eq(event.from, address) && !may_be_opt_out(event.text, event.intent);
    return str_is(row->kind, "report") &&
           record_decode(&report_event_record, row->body, txn->arena, &report, &unused) &&
           (str_eq(report.to, address) || str_eq(report.from, address));
}

static bool clear_if_empty(struct txn *txn, int64_t tenant, struct err *err)
{
    int64_t left;
    return table_count(txn, TABLE_QUARANTINE, &left, err) &&
           (left > 0 || notice_clear(txn, tenant, NOTICE_QUARANTINE, STR(SUBJECT), err));
}

bool quarantine_erase(struct txn *txn, int64_t tenant, struct str address, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool has_erased = false;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_QUARANTINE, key_of_tenant(tenant), SCAN_FORWARD);
    while (ok && (ok = scan_next(&scan, &rest, &value, &found, err)) && found) {
        struct quarantine_row row;
        ok = row_decode(txn, &quarantine_row_record, value, &row, err);
        if (!ok || !is_about(txn, &row, address))
            continue;
        ok = row_delete(txn, TABLE_QUARANTINE, key_of_text(tenant, row.name), err);
        has_erased = true;
    }
    scan_end(&scan);
    return ok && (!has_erased || clear_if_empty(txn, tenant, err));
}

/* --- too old --- */

/* Whether it may be an opt-out that nothing has come of. */
static bool is_unheard(struct txn *txn, int64_t tenant, const struct quarantine_row *row, bool *is, struct err *err)
{
    struct inbound_event event;
    struct consent_standing standing;
    struct err unused;
    *is = false;
    if (!str_is(row->kind, "inbound") ||
        !record_decode(&inbound_event_record, row->body, txn->arena, &event, &unused) ||
        !may_be_opt_out(event.text, event.intent))
        return true;
    if (!consent_read(txn, tenant, event.from, event.to, (struct str){0}, &standing, err))
        return false;
    *is = !standing.has_change || standing.newest.received_at_ms < event.received_at;
    return true;
}

bool quarantine_drop_old(struct txn *txn, int64_t tenant, struct str value, int64_t before_ms, struct err *err)
{
    struct quarantine_row row;
    bool stays;
    if (!row_decode(txn, &quarantine_row_record, value, &row, err))
        return false;
    if (row.at >= before_ms)
        return true;
    if (!is_unheard(txn, tenant, &row, &stays, err))
        return false;
    if (stays)
        return true;
    log_event(LOG_INFO, "worker.quarantine_dropped", F_STR("kind", row.kind), F_ID("id", row.id));
    return row_delete(txn, TABLE_QUARANTINE, key_of_text(tenant, row.name), err) && clear_if_empty(txn, tenant, err);
}

/* --- released --- */

static bool find_by_id(struct txn *txn, int64_t tenant, struct id id, struct quarantine_row *row, bool *found,
                       struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_QUARANTINE, key_of_tenant(tenant), SCAN_FORWARD);
    do
        ok = scan_next(&scan, &rest, &value, found, err) &&
             (!*found || row_decode(txn, &quarantine_row_record, value, row, err));
    while (ok && *found && !id_eq(row->id, id));
    scan_end(&scan);
    return ok;
}

static bool apply_again(struct txn *txn, int64_t tenant, const struct settings *settings,
                        const struct quarantine_row *row, struct err *err)
{
    if (str_is(row->kind, "inbound")) {
        struct inbound_event event;
        struct inbound_batch batch = {.events = {&event, 1}};
        struct inbound_answers unused;
        return record_decode(&inbound_event_record, row->body, txn->arena, &event, err) &&
               inbound_apply(txn, tenant, settings, &batch, &unused, err);
    }
    if (str_is(row->kind, "report")) {
        struct report_event event;
        struct report_batch batch = {.reports = {&event, 1}};
        struct event_answers unused;
        return record_decode(&report_event_record, row->body, txn->arena, &event, err) &&
               report_apply(txn, tenant, settings, &batch, &unused, err);
    }
    return true; /* whoever asked for it may ask again */
}

bool quarantine_release_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                              void *reply, struct err *err)
{
    const struct by_id *asked = request;
    struct quarantine_view *view = reply;
    struct quarantine_row row;
    bool found;
    tenant = tenant ? tenant : FIRST_TENANT;
    if (!find_by_id(txn, tenant, asked->id, &row, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "id", "nothing with this id is in quarantine");
    struct str identity = str_slice(row.name, row.kind.n + 1, row.name.n);
    char kind[SUSPECT_KIND_BYTES + 1] = {0};
    memcpy(kind, row.kind.p, min_size(row.kind.n, SUSPECT_KIND_BYTES));
    struct suspect suspect = suspect_of(kind, identity);
    suspect_acquit(&suspect);
    *view = (struct quarantine_view){ .id = row.id,
                                      .kind = row.kind,
                                      .name = row.name,
                                      .at = row.at,
                                      .deaths = row.deaths,
                                      .bytes = (int64_t)row.body.n };
    return audit_add(txn, tenant, "quarantine.release", notice_about(txn, "quarantine", row.id), STR("{}"), err) &&
           row_delete(txn, TABLE_QUARANTINE, key_of_text(tenant, row.name), err) &&
           apply_again(txn, tenant, settings, &row, err) && clear_if_empty(txn, tenant, err);
}

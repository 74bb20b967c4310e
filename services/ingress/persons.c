#include "persons.h"

#include "domain/keywords.h"
#include "payload.h"
#include "plivo/plivo_wire.h"
#include "wire/schema.h"

static void add_of_form(const struct form *form, struct arena *arena, struct persons *out)
{
    static const char *const FIELDS[] = { "From", "To" };
    for (size_t i = 0; i < COUNT(FIELDS); i++) {
        struct str value;
        struct str address;
        struct err unused;
        if (pair_find(form->pairs, form->n, FIELDS[i], &value) &&
            plivo_address_read(value, arena, FIELDS[i], &address, &unused))
            out->addresses[out->n++] = address;
    }
}

static void add_of_request(struct str query, struct str body, enum payload_kind kind, struct arena *arena,
                           struct persons *out)
{
    struct payload payload;
    struct err unused;
    if (!payload_decode(query, body, kind, arena, &payload, &unused))
        return;
    add_of_form(&payload.query, arena, out);
    add_of_form(&payload.body, arena, out);
}

void persons_of_aside(const struct spool_aside *aside, struct arena *arena, struct persons *out)
{
    struct inbound_event inbound;
    struct raw_report report;
    struct err unused;
    out->n = 0;
    if (aside->lane == SPOOL_REPORTS) {
        if (record_decode(&raw_report_record, aside->event, arena, &report, &unused))
            add_of_request(report.query, report.body, report.is_json ? PAYLOAD_JSON : PAYLOAD_FORM, arena, out);
        return;
    }
    if (!record_decode(&inbound_event_record, aside->event, arena, &inbound, &unused) ||
        may_be_opt_out(inbound.text, inbound.intent))
        return;
    out->addresses[out->n++] = inbound.from;
    out->addresses[out->n++] = inbound.to;
}

void persons_of_rejected(const struct rejected_request *request, struct arena *arena, struct persons *out)
{
    out->n = 0;
    add_of_request(request->query, request->body, payload_kind_of(request->content_type), arena, out);
}

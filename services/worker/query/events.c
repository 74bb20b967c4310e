/* The event log, for whoever follows the stream and missed something (P9). */
#include "query/query.h"
#include "teller.h"

enum { LIMIT_MAX = 1000 };

bool events_query_run(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                      void *reply, struct err *err)
{
    const struct events_query *asked = request;
    struct events_page *page = reply;
    struct tenant_row head;
    struct scan scan;
    struct str rest;
    struct str value;
    int64_t limit;
    bool found = true;
    bool ok = true;
    if (!limit_check(asked->limit, 200, LIMIT_MAX, &limit, err) || !tenant_get(txn, tenant, &head, &found, err))
        return false;
    page->head = head.event_head;
    page->is_reset = asked->after < 0 || asked->after > head.event_head || asked->after + 1 < head.event_tail;
    if (page->is_reset || asked->after == head.event_head)
        return true;
    page->events.v = arena_alloc_array(txn->arena, (size_t)limit, sizeof *page->events.v);
    if (!page->events.v)
        return arena_err(txn->arena, err);
    scan_begin(&scan, txn, TABLE_EVENT, key_of_tenant(tenant), SCAN_FORWARD);
    scan_from(&scan, key_of_number(tenant, asked->after + 1));
    while (ok && (int64_t)page->events.n < limit) {
        struct event_row row;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        struct event_frame *event = &page->events.v[page->events.n++];
        event->tenant = tenant;
        event->number = key_take_int(&rest);
        ok = row_decode(txn, &event_row_record, value, &row, err);
        event->type = row.type;
        ok = ok && event_data(txn, tenant, settings, row.type, row.object, &event->data, err);
    }
    scan_end(&scan);
    return ok;
}

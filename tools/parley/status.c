/* parley status: what the store holds and what waits. --json for programs. */
#include "commands.h"
#include "worker.h"

#include <stdio.h>

enum { JSON_MAX_BYTES = 64 * 1024 };

/* Two columns, in the order of the schema's own table. */
static void print_text(const struct status_view *s)
{
    const struct {
        const char *name;
        int64_t value;
    } LINES[] = {
        { "generation", s->generation },
        { "messages", s->messages },
        { "conversations", s->conversations },
        { "contacts", s->contacts },
        { "outbox", s->outbox },
        { "outbox_oldest_ms", s->outbox_oldest_ms },
        { "unconfirmed", s->unconfirmed },
        { "ledger_entries", s->ledger_entries },
        { "orphan_reports", s->orphan_reports },
        { "quarantined", s->quarantined },
        { "event_head", s->event_head },
    };
    (void)printf("%-18s %s\n", "store_id", id_text(s->store_id).c); /* a closed stdout has no reader to miss it */
    for (size_t i = 0; i < COUNT(LINES); i++)
        (void)printf("%-18s %lld\n", LINES[i].name, (long long)LINES[i].value); /* as above */
}

static bool print_json(const struct status_view *status, struct err *err)
{
    struct buf text;
    buf_init(&text, JSON_MAX_BYTES);
    bool ok = record_to_json(&status_view_record, status, &text);
    if (ok)
        (void)printf("%.*s\n", STR_ARGS(buf_str(&text))); /* as above */
    else
        (void)err_set(err, ERR_BROKEN, NULL, "the answer could not be written as JSON"); /* ok is false */
    buf_release(&text);
    return ok;
}

int command_status(int argc, char **argv)
{
    struct worker worker;
    struct status_view status;
    struct nothing nothing = { 0 };
    struct err err;
    bool is_json = argc == 2 && strcmp(argv[1], "--json") == 0;
    if (argc != 1 && !is_json)
        return command_usage("parley status [--json]");
    bool ok = worker_open(&worker, &err) && worker_ask(&worker, OP_status, &nothing, &status, &err);
    if (ok && is_json)
        ok = print_json(&status, &err);
    else if (ok)
        print_text(&status);
    worker_close(&worker);
    return ok ? EXIT_DONE : command_failed(&err);
}

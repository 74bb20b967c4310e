/* parley quarantine list | release ID: what stopped the worker twice and was put aside. */
#include "commands.h"
#include "worker.h"

#include <stdio.h>

#define USAGE \
    "parley quarantine list         what was put aside, a line each: id, when, deaths, kind and identity\n" \
    "       parley quarantine release ID   let it be applied again; mended, or gone again after two more deaths"

enum { PAGE = 200 };

static void print_line(const struct quarantine_view *view)
{
    char at[TIME_TEXT_BYTES];
    time_format(view->at, at);
    (void)printf("%s  %s  %lld deaths  %.*s  %lld bytes\n", id_text(view->id).c, at, (long long)view->deaths,
                 STR_ARGS(view->name), (long long)view->bytes); /* a closed stdout has no reader to miss it */
}

static bool list(struct worker *worker, struct err *err)
{
    struct page_query query = { .limit = PAGE };
    struct quarantine_page page;
    do {
        if (!worker_ask(worker, OP_quarantine, &query, &page, err))
            return false;
        for (size_t i = 0; i < page.data.n; i++)
            print_line(&page.data.v[i]);
        query.cursor = page.next_cursor;
    } while (query.cursor.n > 0);
    return true;
}

static bool release(struct worker *worker, struct id id, struct err *err)
{
    struct by_id request = { .id = id };
    struct quarantine_view view;
    if (!worker_ask(worker, OP_quarantine_release, &request, &view, err))
        return false;
    print_line(&view);
    return true;
}

int command_quarantine(int argc, char **argv)
{
    struct worker worker;
    struct id id = { 0 };
    struct err err;
    bool is_list = argc == 2 && strcmp(argv[1], "list") == 0;
    bool is_release = argc == 3 && strcmp(argv[1], "release") == 0;
    if (is_release && !id_parse(str_of(argv[2]), "ID", &id, &err))
        return command_failed(&err);
    if (!is_list && !is_release)
        return command_usage(USAGE);
    bool ok = worker_open(&worker, &err) && (is_list ? list(&worker, &err) : release(&worker, id, &err));
    worker_close(&worker);
    return ok ? EXIT_DONE : command_failed(&err);
}

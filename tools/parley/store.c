/* parley store …: check: whether the store is whole. Of a running worker by the bus, of a folder that none has open by looking into it. */
#include "commands.h"
#include "upkeep/offline.h"
#include "worker.h"

#include <stdio.h>

#define USAGE \
    "parley store check [lmdb:FOLDER]      without a store: the running worker's\n" \
    "       parley store copy lmdb:FROM lmdb:TO   of a store that no worker has open"

static void print_line(void *context, const char *line)
{
    (void)context;
    (void)printf("%s\n", line); /* a closed stdout has no reader to miss it */
}

static int print_summary(int64_t rows, int64_t findings)
{
    (void)printf("%lld rows, %lld findings: the store is %s\n", (long long)rows, (long long)findings, /* as above */
                 findings ? "NOT whole" : "whole");
    return findings ? EXIT_FAILED : EXIT_DONE;
}

static int check_folder(const char *url)
{
    struct err err;
    int64_t rows;
    int64_t findings;
    if (!offline_check(url, print_line, NULL, &rows, &findings, &err))
        return command_failed(&err);
    return print_summary(rows, findings);
}

static int check_running(void)
{
    struct worker worker;
    struct nothing nothing = { 0 };
    struct store_verdict verdict;
    struct err err;
    bool ok = worker_open(&worker, &err) && worker_ask_long(&worker, OP_store_check, &nothing, &verdict, &err);
    int code = EXIT_FAILED;
    if (ok) {
        for (size_t i = 0; i < verdict.findings.n; i++)
            (void)printf("%.*s\n", STR_ARGS(verdict.findings.v[i])); /* as above */
        code = print_summary(verdict.rows, verdict.found);
    }
    worker_close(&worker);
    return ok ? code : command_failed(&err);
}

int command_store(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "check") == 0)
        return check_running();
    if (argc == 3 && strcmp(argv[1], "check") == 0)
        return check_folder(argv[2]);
    if (argc == 4 && strcmp(argv[1], "copy") == 0)
        return command_store_copy(argc - 1, argv + 1);
    return command_usage(USAGE);
}

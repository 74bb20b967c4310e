/* parley - the operator's command: one file a subcommand, named in one table. */
#include "commands.h"
#include "doctor.h"
#include "spool.h"
#include "worker.h"

#include <stdio.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *usage;
    const char *help;
} COMMANDS[] = {
    { "login", command_login, "login", "print a sign-in link, for one use within ten minutes" },
    { "key", command_key, "key create --name NAME", "print a new API key; it is shown this once" },
    { "spool", command_spool, "spool list|replay DIR, …", "an ingress's spool; without more: how to use it" },
    { "store", command_store, "store check|copy …", "whether the store is whole; a copy of it, as if restored" },
    { "backup", command_backup, "backup FOLDER", "a whole copy of the store, made while the worker works" },
    { "restore", command_restore, "restore BACKUP [--replace]", "a backup becomes the store; nothing leaves before recover" },
    { "doctor", command_doctor, "doctor", "whether account, number, webhook, clock and disk are right" },
    { "recover", command_recover, "recover", "a restored store sends again, when Plivo was asked" },
    { "quarantine", command_quarantine, "quarantine list|release ID", "what stopped the worker twice and was put aside" },
    { "status", command_status, "status [--json]", "what the store holds and what waits" },
};

int command_failed(const struct err *err)
{
    (void)fprintf(stderr, "parley: %s%s%s\n", err->field, err->field[0] ? ": " : "",
                  err->text); /* nowhere else to say it */
    return EXIT_FAILED;
}

int command_usage(const char *usage)
{
    (void)fprintf(stderr, "usage: %s\n", usage); /* as above */
    return EXIT_USAGE;
}

static int help(FILE *out, int code)
{
    (void)fputs("parley - the operator's command\n\n", out); /* a closed output has no reader to miss it */
    for (size_t i = 0; i < COUNT(COMMANDS); i++)
        (void)fprintf(out, "  parley %-24s %s\n", COMMANDS[i].usage, COMMANDS[i].help); /* as above */
    (void)fputs("  parley --help | --version\n\nVariables:\n", out); /* as above */
    config_print_help(&tool_config_table, out);
    return code;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return help(stderr, EXIT_USAGE);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
        return help(stdout, EXIT_DONE);
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("parley %s\n", PARLEY_VERSION); /* as above */
        return EXIT_DONE;
    }
    for (size_t i = 0; i < COUNT(COMMANDS); i++)
        if (strcmp(argv[1], COMMANDS[i].name) == 0)
            return COMMANDS[i].run(argc - 1, argv + 1);
    (void)fprintf(stderr, "parley: there is no \"%s\"\n\n", argv[1]); /* as above */
    return help(stderr, EXIT_USAGE);
}

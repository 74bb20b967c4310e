/* parley backup FOLDER: a whole copy of the running worker's store, made while it works. */
#include "commands.h"
#include "worker.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

enum { PATH_BYTES = PATH_MAX + 256 };

/* The worker's own folder may be another than ours. */
static bool make_absolute(const char *folder, char out[PATH_BYTES], struct err *err)
{
    char here[PATH_MAX];
    if (folder[0] != '/' && !getcwd(here, sizeof here))
        return err_set_errno(err, ERR_INPUT, "FOLDER", "this folder");
    int n = folder[0] == '/' ? snprintf(out, PATH_BYTES, "%s", folder)
                             : snprintf(out, PATH_BYTES, "%s/%s", here, folder);
    return n < PATH_BYTES || err_set(err, ERR_INPUT, "FOLDER", "has too long a path");
}

int command_backup(int argc, char **argv)
{
    char folder[PATH_BYTES];
    char at[TIME_TEXT_BYTES];
    struct worker worker;
    struct backup_manifest made;
    struct err err;
    if (argc != 2 || argv[1][0] == '-' || argv[1][0] == '\0')
        return command_usage("parley backup FOLDER   made on the worker's machine; it must not be there yet");
    if (!make_absolute(argv[1], folder, &err))
        return command_failed(&err);
    struct backup_ask asked = { .folder = str_of(folder) };
    bool ok = worker_open(&worker, &err) && worker_ask_long(&worker, OP_backup, &asked, &made, &err);
    if (ok) {
        time_format(made.taken_at, at);
        (void)printf("%s: %lld messages as of %s, generation %lld, %lld bytes\n", folder, (long long)made.messages, at,
                     (long long)made.generation, (long long)made.bytes); /* a closed stdout has no reader to miss it */
    }
    worker_close(&worker);
    return ok ? EXIT_DONE : command_failed(&err);
}

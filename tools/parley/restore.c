/* parley restore BACKUP [--replace], and parley store copy FROM TO: a store that no worker has open, made out of another. */
#include "commands.h"
#include "io/clock.h"
#include "io/config.h"
#include "upkeep/offline.h"

#include <stdio.h>

/* clang-format off */
#define RESTORE_CONFIG(X, S) \
    X(S, STR, store_url, "STORE_URL", "lmdb:./var/store", 1, 0, "", "where the store is: lmdb:FOLDER") \
    X(S, STR, side_file, "SIDE_FILE", "",                 0, 0, "", "opt-outs and erasures; empty: the store's folder and .optouts")
/* clang-format on */
CONFIG_STRUCT(restore_config, RESTORE_CONFIG)
CONFIG_TABLE(restore_config_table, restore_config, RESTORE_CONFIG);

static void warn(int64_t n, const char *what)
{
    if (n > 0)
        (void)fprintf(stderr, "parley: %lld %s\n", (long long)n, what); /* nowhere else to say it */
}

static int run(const struct offline_restore *asked)
{
    struct offline_restored out;
    struct err err;
    if (!offline_restore(asked, clock_wall_ms(), &out, &err))
        return command_failed(&err);
    (void)printf("%s: generation %lld, %lld messages unconfirmed, %lld opt-outs and %lld erasures from the side file\n",
                 asked->url, (long long)out.generation, (long long)out.unconfirmed, (long long)out.opt_outs,
                 (long long)out.erasures); /* a closed stdout has no reader to miss it */
    if (out.moved_to[0])
        (void)printf("the store that stood there is now %s\n", out.moved_to); /* as above */
    (void)printf(
        "nothing leaves until `parley recover`; look through the API keys: one that was removed since is back\n"); /* as above */
    if (!out.has_side_file)
        (void)fprintf(stderr, "parley: there is no side file: opt-outs since the backup are unknown\n"); /* as above */
    warn(out.damaged_lines, "lines of the side file are damaged: opt-outs may be among them");
    return EXIT_DONE;
}

int command_restore(int argc, char **argv)
{
    struct restore_config config;
    struct err err;
    bool replaces = argc == 3 && strcmp(argv[2], "--replace") == 0;
    if ((argc != 2 && !replaces) || argv[1][0] == '-')
        return command_usage("parley restore BACKUP [--replace]   into STORE_URL, with the worker stopped");
    if (!config_load(&restore_config_table, &config, &err))
        return command_failed(&err);
    const struct offline_restore asked = {
        .from = argv[1], .url = config.store_url.p, .side_file = config.side_file, .replaces = replaces
    };
    return run(&asked);
}

/* `argv`: copy FROM TO. */
int command_store_copy(int argc, char **argv)
{
    struct restore_config config;
    struct err err;
    if (argc != 3)
        return command_usage("parley store copy lmdb:FROM lmdb:TO   of a store that no worker has open");
    if (!config_load(&restore_config_table, &config, &err))
        return command_failed(&err);
    const struct offline_restore asked = {
        .from = argv[1], .is_copy = true, .url = argv[2], .side_file = config.side_file
    };
    return run(&asked);
}

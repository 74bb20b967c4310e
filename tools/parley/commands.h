/* commands.h - the subcommands of `parley`, one file each; spool's is in spool.h.
 *
 * Promise: each gets its own name as argv[0], prints its result on stdout and why it failed on stderr, and returns the exit code:
 *          0 done, 1 failed, 2 wrongly asked.
 * Threads: main alone.
 */
#ifndef PARLEY_TOOL_COMMANDS_H
#define PARLEY_TOOL_COMMANDS_H
#include "base/err.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

int command_login(int argc, char **argv);
int command_key(int argc, char **argv);
int command_status(int argc, char **argv);
int command_quarantine(int argc, char **argv);
int command_store(int argc, char **argv);
int command_store_copy(int argc, char **argv); /* of command_store */
int command_backup(int argc, char **argv);
int command_restore(int argc, char **argv);
int command_recover(int argc, char **argv);

/* "parley: …" on stderr; EXIT_FAILED. */
int command_failed(const struct err *err);
/* The usage on stderr; EXIT_USAGE. */
int command_usage(const char *usage);

#endif

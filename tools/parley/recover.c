/* parley recover: lets a restored store send again, once Plivo has told who wrote meanwhile. */
#include "commands.h"
#include "worker.h"

#include <stdio.h>
#include <time.h>

#define USAGE \
    "parley recover [--status | --without-plivo]\n" \
    "  --status         only how it stands\n" \
    "  --without-plivo  do not wait for Plivo's list of what came in since the backup: you have looked yourself"

enum { LOOK_EVERY_MS = 500, PATIENCE_MS = 10 * 60 * 1000 };

static void print_view(const struct recovery_view *view)
{
    char backup_at[TIME_TEXT_BYTES];
    char restored_at[TIME_TEXT_BYTES];
    time_format(view->backup_at, backup_at);
    time_format(view->restored_at, restored_at);
    const char *state = view->recovered_at ? "recovered" : view->asked_at ? "asking Plivo" : "closed";
    /* a closed stdout has no reader to miss any of it */
    (void)printf("state              %s\ngeneration         %lld\nbackup_at          %s\nrestored_at        %s\n",
                 state, (long long)view->generation, backup_at, restored_at);
    (void)printf("unconfirmed        %lld\nopt_outs           %lld\ninbound            %lld\npaused             %lld\n",
                 (long long)view->unconfirmed, (long long)view->opt_outs, (long long)view->inbound,
                 (long long)view->paused);
}

static bool wait_for_it(struct worker *worker, struct recovery_view *view, struct err *err)
{
    const struct timespec pause = { .tv_nsec = LOOK_EVERY_MS * 1000000L };
    const struct nothing nothing = { 0 };
    for (int64_t waited_ms = 0; view->recovered_at == 0; waited_ms += LOOK_EVERY_MS) {
        if (waited_ms >= PATIENCE_MS)
            return err_set(
                err, ERR_BUSY, NULL,
                "Plivo has not been asked to the end yet: is the sender running? Run it again to go on waiting");
        (void)nanosleep(&pause, NULL); /* a signal that wakes it early does no harm */
        if (!worker_ask(worker, OP_recovery, &nothing, view, err))
            return false;
    }
    return true;
}

int command_recover(int argc, char **argv)
{
    struct worker worker;
    struct recovery_view view;
    struct err err;
    bool only_looks = argc == 2 && strcmp(argv[1], "--status") == 0;
    bool skips_plivo = argc == 2 && strcmp(argv[1], "--without-plivo") == 0;
    if (argc != 1 && !only_looks && !skips_plivo)
        return command_usage(USAGE);
    const struct nothing nothing = { 0 };
    const struct recover_ask asked = { .starts = true, .skips_plivo = skips_plivo };
    bool ok = worker_open(&worker, &err);
    if (ok && only_looks)
        ok = worker_ask(&worker, OP_recovery, &nothing, &view, &err);
    else if (ok)
        ok = worker_ask(&worker, OP_recover, &asked, &view, &err) && wait_for_it(&worker, &view, &err);
    if (ok)
        print_view(&view);
    worker_close(&worker);
    return ok ? EXIT_DONE : command_failed(&err);
}

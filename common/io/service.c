#include "io/service.h"

#include "io/admin.h"
#include "io/clock.h"
#include "io/log.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#ifndef PARLEY_VERSION
#define PARLEY_VERSION "0.1.0"
#endif

enum {
    EXIT_START_FAILED = 1,
    EXIT_BAD_CONFIG = 2,
    FIRST_LOOK_MS = 50, /* how often readiness is looked at: until it is there, */
    LOOK_MS = 1000, /* and from then on */
};

_Static_assert((int)SERVICE_PARTS_MAX <= (int)ADMIN_PARTS_MAX, "every part has a place in /readyz");

/* The one service of this process. */
static const struct service *self;
static pthread_t main_thread;
static atomic_bool is_stopping;
static atomic_int exit_code;

/* Parts [0, started) may be asked; who asks holds the lock, so that no part stops meanwhile. */
static pthread_mutex_t parts_lock = PTHREAD_MUTEX_INITIALIZER;
static size_t started;
static bool is_running; /* all of them */

static size_t parts_count(const struct service *service)
{
    size_t n = 0;
    while (n < SERVICE_PARTS_MAX && service->parts[n].name)
        n++;
    return n;
}

/* --- stopping --- */

bool service_is_stopping(void)
{
    return atomic_load(&is_stopping);
}

void service_request_stop(int code)
{
    if (atomic_exchange(&is_stopping, true))
        return; /* the first reason decides the exit code */
    atomic_store(&exit_code, code);
    (void)pthread_kill(main_thread,
                       SIGHUP); /* blocked there: it only ends the wait. That thread lives as long as the process */
}

static sigset_t stop_signals(void)
{
    static const int STOP[] = { SIGTERM, SIGINT, SIGHUP };
    sigset_t set;
    (void)sigemptyset(&set); /* these two fail for numbers that are no signals only */
    for (size_t i = 0; i < COUNT(STOP); i++)
        (void)sigaddset(&set, STOP[i]);
    return set;
}

/* Every thread inherits this mask. Faults, job control and SIGQUIT (a core on demand) keep their meaning. */
static void block_signals(void)
{
    static const int OTHERS[] = { SIGUSR1, SIGUSR2, SIGALRM };
    sigset_t set = stop_signals();
    for (size_t i = 0; i < COUNT(OTHERS); i++)
        (void)sigaddset(&set, OTHERS[i]);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL); /* fails for an unknown `how` only */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)setenv("ZSYS_SIGHANDLER", "false",
                 1); /* czmq would install its own handler; without memory we end a step later */
}

/* True when one of the stop signals came within wait_ms. */
static bool signal_came(int64_t wait_ms)
{
    sigset_t set = stop_signals();
    struct timespec wait = { .tv_sec = wait_ms / 1000, .tv_nsec = (wait_ms % 1000) * 1000000 };
    return sigtimedwait(&set, NULL, &wait) > 0;
}

/* --- readiness --- */

static void ask_part(const struct service_part *part, bool is_started, struct admin_part *out)
{
    *out = (struct admin_part){ .name = part->name };
    if (service_is_stopping())
        (void)err_set(&out->why, ERR_BUSY, NULL, "stopping"); /* is_ready stays false */
    else if (!is_started)
        (void)err_set(&out->why, ERR_BUSY, NULL, "starting"); /* likewise */
    else
        out->is_ready = !part->ready || part->ready(&out->why);
}

static void ask_parts(struct admin_state *out)
{
    (void)pthread_mutex_lock(&parts_lock); /* a plain mutex: cannot fail */
    out->n = parts_count(self);
    out->is_ready = is_running;
    for (size_t i = 0; i < out->n; i++) {
        ask_part(&self->parts[i], i < started, &out->parts[i]);
        out->is_ready = out->is_ready && out->parts[i].is_ready;
    }
    out->status = service_is_stopping() ? "stopping" : !is_running ? "starting" : out->is_ready ? "ready" : "not_ready";
    (void)pthread_mutex_unlock(&parts_lock);
}

static void log_readiness(const struct admin_state *state)
{
    if (state->is_ready) {
        log_event(LOG_INFO, "service.ready");
        return;
    }
    for (size_t i = 0; i < state->n; i++)
        if (!state->parts[i].is_ready)
            log_event(LOG_WARN, "service.not_ready", F_WORD("part", state->parts[i].name),
                      F_WORD("why", state->parts[i].why.text));
}

/* The main thread's life: waits for a signal, and tells the log when readiness comes or goes. */
static void wait_for_stop(void)
{
    bool was_ready = false;
    bool was_told = false;
    while (!signal_came(was_ready ? LOOK_MS : FIRST_LOOK_MS)) {
        struct admin_state state;
        ask_parts(&state);
        if (!service_is_stopping() && (state.is_ready != was_ready || (!was_told && !state.is_ready))) {
            log_readiness(&state);
            was_told = true;
        }
        was_ready = state.is_ready;
    }
    atomic_store(&is_stopping, true); /* unless service_request_stop() did */
}

/* --- parts --- */

static void set_started(size_t n, bool all)
{
    (void)pthread_mutex_lock(&parts_lock);
    started = n;
    is_running = all;
    (void)pthread_mutex_unlock(&parts_lock);
}

static void stop_parts(size_t n)
{
    while (n > 0) {
        set_started(--n, false);
        self->parts[n].stop();
    }
}

static bool start_parts(void)
{
    size_t n = parts_count(self);
    for (size_t i = 0; i < n; i++) {
        struct err err;
        if (!self->parts[i].start(self->config_values, &err)) {
            log_event(LOG_ERROR, "service.start_failed", F_WORD("part", self->parts[i].name), F_ERR(&err));
            atomic_store(&is_stopping, true); /* readers' and retriers' loops in the parts above look at it */
            stop_parts(i);
            return false;
        }
        set_started(i + 1, i + 1 == n);
    }
    set_started(n, true);
    return true;
}

/* From the bottom, where requests come in. A second signal ends the patience between two parts. */
static void drain_parts(void)
{
    int64_t deadline_ms = clock_boot_ms() + SERVICE_DRAIN_MS;
    for (size_t i = parts_count(self); i > 0; i--) {
        if (signal_came(0)) {
            log_event(LOG_WARN, "service.hurried", F_WORD("part", self->parts[i - 1].name));
            deadline_ms = clock_boot_ms();
        }
        if (self->parts[i - 1].drain)
            self->parts[i - 1].drain(deadline_ms);
    }
}

static void *stop_admin(void *unused)
{
    (void)unused;
    admin_stop();
    return NULL;
}

static int run(const char *admin_listen)
{
    struct err err;
    log_event(LOG_INFO, "service.starting", F_WORD("version", PARLEY_VERSION), F_INT("pid", getpid()));
    if (!admin_start(admin_listen, self->metrics, ask_parts, &err)) {
        log_event(LOG_ERROR, "service.start_failed", F_WORD("part", "admin"), F_ERR(&err));
        return EXIT_START_FAILED;
    }
    if (!start_parts()) {
        admin_stop();
        return EXIT_START_FAILED;
    }
    log_event(LOG_INFO, "service.started", F_WORD("version", PARLEY_VERSION), F_INT("pid", getpid()),
              F_INT("admin_port", admin_port()));
    wait_for_stop();
    log_event(LOG_INFO, "service.stopping");
    drain_parts();
    pthread_t stopper; /* its threads take up to 2 s to notice, and so do a part's: together, not one after the other */
    bool together = pthread_create(&stopper, NULL, stop_admin, NULL) == 0;
    stop_parts(parts_count(self));
    if (together)
        (void)pthread_join(stopper, NULL); /* joinable, and nobody else joins it */
    else
        admin_stop();
    log_event(LOG_INFO, "service.stopped", F_INT("exit_code", atomic_load(&exit_code)));
    return atomic_load(&exit_code);
}

/* --- arguments and configuration --- */

static struct str config_text(size_t offset)
{
    struct str text;
    memcpy(&text, (const char *)self->config_values + offset, sizeof text);
    return text;
}

static bool load(struct err *err)
{
    return config_load(self->config, self->config_values, err) &&
           log_init(self->name, config_text(self->log_level_offset), config_text(self->log_format_offset), err) &&
           (!self->check || self->check(self->config_values, err));
}

static int print_help(void)
{
    (void)printf("parley-%s %s - %s\n\n"
                 "Usage: parley-%s [--help | --version | --check-config | --env]\n\n"
                 "  --check-config  says whether the variables are valid, and starts nothing\n"
                 "  --env           prints the variables as a .env file\n\n"
                 "Everything is set by environment variables:\n\n",
                 self->name, PARLEY_VERSION, self->summary, self->name); /* to a terminal: nobody to tell if it fails */
    config_print_help(self->config, stdout);
    (void)printf("\nExit codes: 0 stopped when asked to, 1 could not start, 2 wrong configuration or arguments.\n");
    return 0;
}

static int print_version(void)
{
    (void)printf("parley-%s %s\n", self->name, PARLEY_VERSION); /* as above */
    return 0;
}

static int print_env(void)
{
    config_print_env(self->config, stdout);
    return 0;
}

static int complain(const struct err *err)
{
    (void)fprintf(stderr, "%s%s%s\n", err->field, err->field[0] ? ": " : "", err->text); /* as above */
    return EXIT_BAD_CONFIG;
}

static int check_config(void)
{
    struct err err;
    if (!load(&err))
        return complain(&err);
    (void)printf("configuration is valid\n"); /* as above */
    return 0;
}

/* A connection is a file: thousands of streams and webhooks need more than the 1,024 that many systems begin with. */
static void allow_many_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit); /* up to the hard limit it is allowed; else we go on with fewer */
}

int service_main(const struct service *service, int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(void);
    } OPTIONS[] = { { "--help", print_help },
                    { "--version", print_version },
                    { "--check-config", check_config },
                    { "--env", print_env } };
    self = service;
    main_thread = pthread_self();
    for (size_t i = 0; argc == 2 && i < COUNT(OPTIONS); i++)
        if (strcmp(argv[1], OPTIONS[i].name) == 0)
            return OPTIONS[i].run();
    if (argc > 1) {
        (void)fprintf(stderr, "parley-%s takes no such argument: see --help\n", service->name); /* as above */
        return EXIT_BAD_CONFIG;
    }
    struct err err;
    block_signals();
    allow_many_files();
    if (!load(&err))
        return complain(&err);
    return run(config_text(service->admin_listen_offset).p);
}

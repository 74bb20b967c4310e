/* process.h - a service run as a process of its own: what it prints, and how it ends; for the tests of service.h.
 *
 * Promise: every wait has a deadline; a process that a failed test leaves behind is killed by release_process().
 * Memory:  the caller's struct.
 * Threads: the test's own: a failed expectation ends the test (cmocka).
 */
#ifndef PARLEY_TEST_PROCESS_H
#define PARLEY_TEST_PROCESS_H
#include "io/service.h"
#include "unit/common/io/peer.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

enum {
    PROCESS_DEADLINE_MS = 20000
};

struct process {
    pid_t pid;
    int output; /* what it writes on stdout and stderr */
    char text[64 * 1024];
    size_t n;
};

static inline void release_process(struct process *p)
{
    if (p->pid > 0 && waitpid(p->pid, NULL, WNOHANG) == 0) {
        (void)kill(p->pid, SIGKILL);
        (void)waitpid(p->pid, NULL, 0);
    }
    (void)close(p->output);
}

/* `settings`: NAME=value, ended by NULL. */
static inline void start(struct process *p, const struct service *service, const char *argument,
                         const char *const *settings)
{
    int ends[2];
    p->n = 0;
    p->text[0] = '\0';
    assert_int_equal(pipe(ends), 0);
    p->pid = fork();
    assert_true(p->pid >= 0);
    if (p->pid == 0) {
        char *argv[] = { (char *)"parley-test", (char *)argument, NULL };
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)dup2(ends[1], STDERR_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        (void)unsetenv("ADMIN_LISTEN");
        for (; *settings; settings++)
            (void)putenv((char *)*settings);
        int code = service_main(service, argument ? 2 : 1, argv);
        (void)fflush(stdout);
        _exit(code); /* not the parent's atexit: cmocka's */
    }
    (void)close(ends[1]);
    p->output = ends[0];
}

/* Reads until `wanted` came, or with NULL until the end. */
static inline void read_until(struct process *p, const char *wanted)
{
    int64_t until_ms = clock_boot_ms() + PROCESS_DEADLINE_MS;
    while (!wanted || !strstr(p->text, wanted)) {
        ssize_t got = peer_read_some(p->output, p->text + p->n, sizeof p->text - 1 - p->n, until_ms);
        if (got <= 0) {
            if (wanted || got < 0)
                fail_msg("waited for %s, read: %s", wanted ? wanted : "the end", p->text);
            return;
        }
        p->n += (size_t)got;
        p->text[p->n] = '\0';
    }
}

static inline int wait_exit(struct process *p)
{
    int status;
    read_until(p, NULL); /* all ends of the pipe are closed: it ended */
    assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
    p->pid = 0;
    if (!WIFEXITED(status))
        fail_msg("killed by signal %d: %s", WTERMSIG(status), p->text);
    return WEXITSTATUS(status);
}

static inline int admin_port_of(struct process *p)
{
    read_until(p, "service.started");
    read_until(p, "}\n");
    const char *at = strstr(p->text, "\"admin_port\":");
    while (!at || !strchr(at, '\n')) {
        read_until(p, "\"admin_port\":");
        at = strstr(p->text, "\"admin_port\":");
    }
    return (int)strtol(at + strlen("\"admin_port\":"), NULL, 10);
}

/* How often `text` stands in the output. */
static inline size_t count(const struct process *p, const char *text)
{
    size_t n = 0;
    for (const char *at = p->text; (at = strstr(at, text)); at++)
        n++;
    return n;
}

static const char *const NOTHING[] = { NULL };

#endif

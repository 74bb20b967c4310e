#include "suspect.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/cmocka_all.h"

static char folder[64];

static int fresh(void **unused)
{
    (void)unused;
    (void)snprintf(folder, sizeof folder, "/tmp/parley-suspect-XXXXXX");
    assert_non_null(mkdtemp(folder));
    return 0;
}

static int released(void **unused)
{
    (void)unused;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command); /* NOLINT(cert-env33-c): a folder of our own making */
}

static void die_by(int signal_number)
{
    (void)raise(signal_number);
    _exit(0);
}

static void *fault_elsewhere(void *unused)
{
    (void)unused;
    die_by(SIGABRT);
    return NULL;
}

/* A process that begins with the operation and ends in its midst; `signal_number` 0: by a fault of another thread. */
static void a_life(const char *identity, int signal_number)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct suspect suspect = suspect_of("inbound", str_of(identity));
        pthread_t other;
        (void)signal(SIGSEGV, SIG_DFL); /* cmocka's would tell of it as of a failed test */
        suspects_open(folder);
        suspects_watch();
        (void)suspect_enter(&suspect);
        if (signal_number == 0 && pthread_create(&other, NULL, fault_elsewhere, NULL) == 0)
            (void)pthread_join(other, NULL);
        die_by(signal_number);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status)); /* noted, and dead of it all the same */
}

static bool is_condemned(const char *identity)
{
    struct suspect suspect = suspect_of("inbound", str_of(identity));
    suspects_open(folder);
    bool is = suspect_is_condemned(&suspect);
    suspects_close();
    return is;
}

static void an_operation_is_condemned_after_its_second_fault(void **unused)
{
    (void)unused;
    a_life("poison", SIGABRT);
    assert_false(is_condemned("poison"));
    a_life("innocent", SIGKILL);
    a_life("poison", SIGSEGV);
    assert_true(is_condemned("poison"));
    assert_false(is_condemned("innocent"));
    assert_false(is_condemned("poisonous"));
}

static void a_kill_from_outside_counts_for_nobody(void **unused)
{
    (void)unused;
    for (int i = 0; i < 3 * SUSPECT_DEATHS; i++)
        a_life("innocent", i % 2 ? SIGKILL : SIGTERM);
    assert_false(is_condemned("innocent"));
}

static void a_fault_of_another_thread_counts_for_nobody(void **unused)
{
    (void)unused;
    for (int i = 0; i < 2 * SUSPECT_DEATHS; i++)
        a_life("innocent", 0);
    assert_false(is_condemned("innocent"));
}

static void an_acquitted_one_gets_another_two_deaths(void **unused)
{
    (void)unused;
    struct suspect suspect = suspect_of("inbound", STR("poison"));
    a_life("poison", SIGABRT);
    a_life("poison", SIGABRT);
    suspects_open(folder);
    suspect_acquit(&suspect);
    suspects_close();
    a_life("poison", SIGABRT);
    assert_false(is_condemned("poison"));
    a_life("poison", SIGABRT);
    assert_true(is_condemned("poison"));
}

static void a_damaged_page_condemns_nobody(void **unused)
{
    (void)unused;
    char path[96];
    a_life("poison", SIGABRT);
    a_life("poison", SIGABRT);
    (void)snprintf(path, sizeof path, "%s/suspects.page", folder);
    FILE *page = fopen(path, "r+e");
    assert_non_null(page);
    assert_int_equal(fputs("something else entirely", page) < 0, 0);
    assert_int_equal(fclose(page), 0);
    assert_false(is_condemned("poison"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_operation_is_condemned_after_its_second_fault, fresh, released),
        cmocka_unit_test_setup_teardown(a_kill_from_outside_counts_for_nobody, fresh, released),
        cmocka_unit_test_setup_teardown(a_fault_of_another_thread_counts_for_nobody, fresh, released),
        cmocka_unit_test_setup_teardown(an_acquitted_one_gets_another_two_deaths, fresh, released),
        cmocka_unit_test_setup_teardown(a_damaged_page_condemns_nobody, fresh, released),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

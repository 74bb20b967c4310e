/* parley-bench-tenants TENANTS SENDS - what a send costs the worker when TENANTS share SENDS that wait, in its own process, without a bus.
 *
 * Each tenant has one number. Prints CPU time: {"queue_us":a,"grant_us":a,"outcome_us":a} for a send, commits included, and {"page_us":a}
 * for a page of 50 messages.
 */
#include "query/query.h"
#include "unit/services/worker/sending_house.h"

#include <time.h>

enum { GRANT = 100, PAGES = 200, PAGE = 50, COMMIT_EVERY = 500 };

static const struct settings SETTINGS = {
    .number_rate = 1000, .confirm_after_ms = 30000, .unconfirmed_max_ms = 300000, .event_days = 7
};

static double cpu_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void number_of(int64_t tenant, char out[24])
{
    (void)snprintf(out, 24, "+1555010%04d", (int)tenant);
}

static double queue_all(struct sending_house *h, int64_t tenants, int64_t sends)
{
    char from[24];
    char to[24];
    double began = cpu_us();
    for (int64_t i = 0; i < sends; i++) {
        number_of(1 + i % tenants, from);
        (void)snprintf(to, sizeof to, "+1212%07d", (int)i);
        (void)house_send(h, 1 + i % tenants, from, to, "as long as most of them are", "transactional");
        if (i % COMMIT_EVERY == 0)
            house_commit(h);
    }
    house_commit(h);
    return (cpu_us() - began) / (double)sends;
}

/* Grants and accepts all of them, a commit for each. */
static void send_all(struct sending_house *h, int64_t sends, double *grant_us, double *outcome_us)
{
    *grant_us = *outcome_us = 0;
    for (int64_t left = sends; left > 0;) {
        struct attempt_ref refs[GRANT];
        double began = cpu_us();
        const struct grant_answer *answer = house_grant(h, GRANT, NULL, 0);
        size_t n = answer->sends.n;
        for (size_t i = 0; i < n; i++)
            refs[i] = (struct attempt_ref){ answer->sends.v[i].tenant, answer->sends.v[i].message,
                                            answer->sends.v[i].attempt };
        house_commit(h);
        double granted = cpu_us();
        for (size_t i = 0; i < n; i++)
            house_outcome(h, refs[i], CALL_ACCEPTED, 202, 0);
        house_commit(h);
        *grant_us += (granted - began) / (double)sends;
        *outcome_us += (cpu_us() - granted) / (double)sends;
        left -= (int64_t)n;
        house_pass(h, SECOND_MS);
    }
}

static double read_pages(struct sending_house *h, int64_t tenants)
{
    double began = cpu_us();
    for (int64_t i = 0; i < PAGES; i++) {
        struct messages_query asked;
        struct message_page page;
        struct err err = {0};
        record_init(&messages_query_record, &asked);
        record_init(&message_page_record, &page);
        asked.limit = PAGE;
        house_stamp(h);
        if (!messages_query_run(&h->txn, 1 + i % tenants, &h->settings, &asked, &page, &err))
            fail_msg("messages: %s %s", err.field, err.text);
    }
    return (cpu_us() - began) / PAGES;
}

static int64_t tenants, sends;

static void measure(void **unused)
{
    (void)unused;
    char from[24];
    double grant_us;
    double outcome_us;
    struct sending_house *h = house_open(&SETTINGS);
    for (int64_t tenant = 1; tenant <= tenants; tenant++) {
        number_of(tenant, from);
        house_number(h, tenant, from, 0, NULL);
    }
    house_hello(h);
    double queue_us = queue_all(h, tenants, sends);
    send_all(h, sends, &grant_us, &outcome_us);
    printf("{\"queue_us\":%.1f,\"grant_us\":%.1f,\"outcome_us\":%.1f,\"page_us\":%.1f}\n", queue_us, grant_us,
           outcome_us, read_pages(h, tenants));
    house_close(h);
}

int main(int n, char **args)
{
    const struct CMUnitTest one[] = {cmocka_unit_test(measure)};
    tenants = n == 3 ? strtoll(args[1], NULL, 10) : 0;
    sends = n == 3 ? strtoll(args[2], NULL, 10) : 0;
    if (tenants < 1 || tenants > 500 || sends < tenants) {
        (void)fputs("parley-bench-tenants TENANTS SENDS: 1 to 500 tenants, a send for each at least\n", stderr);
        return 2;
    }
    return cmocka_run_group_tests(one, NULL, NULL); /* the house speaks by assertions */
}

#include "core/health_decide.h"

#include "unit/cmocka_all.h"

static void few_attempts_say_nothing(void **state)
{
    (void)state;
    enum notice_severity unused;
    const struct health_facts few = { .reported = 49, .spam = 49, .opted_out = 49 };
    assert_false(health_is_spam(&few));
    assert_false(health_is_unwanted(&few, &unused));
}

static void spam_is_told_above_three_percent(void **state)
{
    (void)state;
    struct health_facts f = { .reported = 100, .spam = 3 };
    assert_false(health_is_spam(&f));
    f.spam = 4;
    assert_true(health_is_spam(&f));
    f = (struct health_facts){ .reported = 50, .spam = 2 };
    assert_true(health_is_spam(&f));
}

static void opt_outs_warn_from_five_percent_and_alarm_from_ten(void **state)
{
    (void)state;
    enum notice_severity severity;
    struct health_facts f = { .reported = 100, .opted_out = 4 };
    assert_false(health_is_unwanted(&f, &severity));
    f.opted_out = 5;
    assert_true(health_is_unwanted(&f, &severity));
    assert_int_equal(severity, NOTICE_WARNING);
    f.opted_out = 9;
    assert_true(health_is_unwanted(&f, &severity));
    assert_int_equal(severity, NOTICE_WARNING);
    f.opted_out = 10;
    assert_true(health_is_unwanted(&f, &severity));
    assert_int_equal(severity, NOTICE_ALARM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_attempts_say_nothing),
        cmocka_unit_test(spam_is_told_above_three_percent),
        cmocka_unit_test(opt_outs_warn_from_five_percent_and_alarm_from_ten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "domain/consent.h"

#include "unit/cmocka_all.h"

enum {
    ENTRIES = 5
};

struct entry {
    struct consent_facts facts;
    struct consent_private private_fields;
    struct consent_hash hash;
};

static void make_ledger(struct entry ledger[ENTRIES])
{
    struct consent_hash previous = { 0 };
    struct err err;
    for (int i = 0; i < ENTRIES; i++) {
        struct entry *e = &ledger[i];
        *e = (struct entry){
            .facts = { .sequence = i + 1,
                       .at_ms = 1772470000000 + i,
                       .contact_id = { { (uint8_t)i } },
                       .number = STR("+15550100001"),
                       .from = i % 2 ? CONSENT_OUT : CONSENT_NONE,
                       .to = i % 2 ? CONSENT_IN : CONSENT_OUT,
                       .source = CONSENT_BY_KEYWORD,
                       .actor = STR("person") },
            .private_fields = { .salt = { (uint8_t)(7 + i) }, .address = STR("+15550100123"), .evidence = STR("STOP") },
        };
        assert_true(consent_private_hash(&e->private_fields, &e->facts.private_hash, &err));
        assert_true(consent_entry_hash(&previous, &e->facts, &e->hash, &err));
        previous = e->hash;
    }
}

static int64_t first_bad(const struct entry *ledger, int n, bool is_erased)
{
    struct consent_chain chain = { 0 };
    struct err err;
    for (int i = 0; i < n; i++)
        assert_true(consent_verify_step(&chain, &ledger[i].facts, is_erased ? NULL : &ledger[i].private_fields,
                                        &ledger[i].hash, &err));
    assert_int_equal(chain.entries, n);
    return chain.first_bad;
}

static void an_untouched_ledger_verifies(void **state)
{
    (void)state;
    struct entry ledger[ENTRIES];
    make_ledger(ledger);
    assert_int_equal(first_bad(ledger, ENTRIES, false), 0);
    assert_int_equal(first_bad(ledger, 0, false), 0);
}

static void an_erased_ledger_still_verifies(void **state)
{
    (void)state;
    struct entry ledger[ENTRIES];
    make_ledger(ledger);
    assert_int_equal(first_bad(ledger, ENTRIES, true), 0);
}

static void changing_any_field_of_an_entry_breaks_it(void **state)
{
    (void)state;
    struct entry ledger[ENTRIES];
    for (int field = 0; field < 13; field++) {
        make_ledger(ledger);
        struct entry *e = &ledger[2];
        switch (field) {
        case 0:
            e->facts.at_ms++;
            break;
        case 1:
            e->facts.contact_id.b[15]++;
            break;
        case 2:
            e->facts.number = STR("+15550100002");
            break;
        case 3:
            e->facts.from = CONSENT_IN;
            break;
        case 4:
            e->facts.to = CONSENT_IN;
            break;
        case 5:
            e->facts.source = CONSENT_BY_AGENT;
            break;
        case 6:
            e->facts.actor = STR("somebody");
            break;
        case 7:
            e->facts.is_superseded = true;
            break;
        case 8:
            e->private_fields.address = STR("+15550100124");
            break;
        case 9:
            e->private_fields.evidence = STR("START");
            break;
        case 10:
            e->private_fields.salt[0]++;
            break;
        case 11:
            e->facts.scope = STR("number:+15550100001");
            break;
        default:
            e->hash.b[31] ^= 1;
            break;
        }
        if (first_bad(ledger, ENTRIES, false) != 3)
            fail_msg("field %d: first bad is %lld", field, (long long)first_bad(ledger, ENTRIES, false));
    }
}

static void one_changed_entry_is_told_as_one(void **state)
{
    (void)state;
    struct entry ledger[ENTRIES];
    make_ledger(ledger);
    ledger[1].facts.at_ms++;
    struct consent_chain chain = { 0 };
    struct err err;
    for (int i = 0; i < ENTRIES; i++)
        assert_true(consent_verify_step(&chain, &ledger[i].facts, NULL, &ledger[i].hash, &err));
    assert_int_equal(chain.first_bad, 2);
    assert_memory_equal(chain.head.b, ledger[ENTRIES - 1].hash.b, CONSENT_HASH_BYTES);
}

static void an_entry_of_a_scope_verifies_and_its_scope_cannot_be_changed(void **state)
{
    static const char *const CHANGED[] = { "number:+15550100002", "", "topic:+15550100001" };
    struct entry ledger[ENTRIES];
    struct err err;
    (void)state;
    for (size_t i = 0; i < COUNT(CHANGED); i++) {
        make_ledger(ledger);
        struct entry *last = &ledger[ENTRIES - 1];
        last->facts.scope = STR("number:+15550100001");
        assert_true(consent_entry_hash(&ledger[ENTRIES - 2].hash, &last->facts, &last->hash, &err));
        assert_int_equal(first_bad(ledger, ENTRIES, false), 0);
        last->facts.scope = str_of(CHANGED[i]);
        assert_int_equal(first_bad(ledger, ENTRIES, false), ENTRIES);
    }
}

static void a_missing_or_moved_entry_breaks_the_chain(void **state)
{
    (void)state;
    struct entry ledger[ENTRIES], cut[ENTRIES];
    make_ledger(ledger);
    for (int missing = 0; missing < ENTRIES - 1; missing++) {
        int n = 0;
        for (int i = 0; i < ENTRIES; i++)
            if (i != missing)
                cut[n++] = ledger[i];
        assert_true(first_bad(cut, n, true) != 0);
        for (int i = 0; i < n; i++) /* renumbered by somebody who hides it */
            cut[i].facts.sequence = i + 1;
        assert_true(first_bad(cut, n, true) != 0);
    }
    struct entry moved = ledger[1];
    ledger[1] = ledger[2];
    ledger[2] = moved;
    assert_int_equal(first_bad(ledger, ENTRIES, true), 3);
}

static void a_gap_in_the_numbers_is_bad_even_with_right_hashes(void **state)
{
    (void)state;
    struct entry ledger[ENTRIES];
    struct err err;
    make_ledger(ledger);
    ledger[3].facts.sequence = 5; /* as a writer that skipped one would have written it */
    assert_true(consent_entry_hash(&ledger[2].hash, &ledger[3].facts, &ledger[3].hash, &err));
    assert_int_equal(first_bad(ledger, 4, true), 5);
}

static void a_text_cannot_slide_into_its_neighbour(void **state)
{
    (void)state;
    struct consent_private a = { .address = STR("ab"), .evidence = STR("c") },
                           b = { .address = STR("a"), .evidence = STR("bc") };
    struct consent_hash hash_a, hash_b;
    struct err err;
    assert_true(consent_private_hash(&a, &hash_a, &err));
    assert_true(consent_private_hash(&b, &hash_b, &err));
    assert_memory_not_equal(hash_a.b, hash_b.b, CONSENT_HASH_BYTES);
}

/* The layout is for ever: ledgers already written must verify with every later version. */
static void the_hash_of_a_known_entry_never_changes(void **state)
{
    (void)state;
    struct entry ledger[ENTRIES];
    make_ledger(ledger);
    char hex[2 * CONSENT_HASH_BYTES + 1];
    static const char DIGITS[] = "0123456789abcdef";
    for (size_t i = 0; i < CONSENT_HASH_BYTES; i++) {
        hex[2 * i] = DIGITS[ledger[ENTRIES - 1].hash.b[i] >> 4];
        hex[2 * i + 1] = DIGITS[ledger[ENTRIES - 1].hash.b[i] & 15];
    }
    hex[2 * CONSENT_HASH_BYTES] = '\0';
    assert_string_equal(hex, "6e6e024c457317209ac6c46c08903d0746d15cd7d72f7d4cfe1825b101758cb4");
}

static enum consent_order order(enum consent have, int64_t have_ms, const char *have_ingress, enum consent got,
                                int64_t got_ms, const char *got_ingress)
{
    return consent_decide_order(&(struct consent_change){ have, have_ms, str_of(have_ingress) },
                                &(struct consent_change){ got, got_ms, str_of(got_ingress) });
}

static void the_later_change_stands(void **state)
{
    (void)state;
    assert_int_equal(order(CONSENT_OUT, 1000, "a", CONSENT_IN, 5000, "a"), CONSENT_GOT_STANDS);
    assert_int_equal(order(CONSENT_OUT, 5000, "a", CONSENT_IN, 1000, "a"), CONSENT_HAVE_STANDS);
    assert_int_equal(order(CONSENT_OUT, 1000, "a", CONSENT_IN, 2001, "b"), CONSENT_GOT_STANDS);
    assert_int_equal(order(CONSENT_IN, 2001, "a", CONSENT_OUT, 1000, "b"), CONSENT_HAVE_STANDS);
    assert_int_equal(order(CONSENT_OUT, 1000, "a", CONSENT_IN, 1001, "a"),
                     CONSENT_GOT_STANDS); /* one clock: its order counts */
    assert_int_equal(order(CONSENT_OUT, 1000, "a", CONSENT_IN, 1000, "a"), CONSENT_GOT_STANDS);
}

static void within_a_second_from_two_ingresses_the_opt_out_stands(void **state)
{
    (void)state;
    for (int64_t apart = -CONSENT_SAME_MOMENT_MS; apart <= CONSENT_SAME_MOMENT_MS; apart += 100) {
        assert_int_equal(order(CONSENT_OUT, 5000, "a", CONSENT_IN, 5000 + apart, "b"), CONSENT_HAVE_STANDS);
        assert_int_equal(order(CONSENT_IN, 5000, "a", CONSENT_OUT, 5000 + apart, "b"), CONSENT_GOT_STANDS);
    }
}

static void two_changes_that_differ_end_the_same_whichever_is_applied_first(void **state)
{
    (void)state;
    for (int64_t apart = -3000; apart <= 3000; apart += 50)
        for (int same_ingress = 0; same_ingress <= 1; same_ingress++) {
            if (apart == 0 && same_ingress)
                continue; /* then the ingress's own order decides, and it is kept on the way */
            const char *other = same_ingress ? "a" : "b";
            bool out_first = order(CONSENT_OUT, 5000, "a", CONSENT_IN, 5000 + apart, other) == CONSENT_HAVE_STANDS;
            bool in_first = order(CONSENT_IN, 5000 + apart, other, CONSENT_OUT, 5000, "a") == CONSENT_GOT_STANDS;
            assert_int_equal(out_first, in_first);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_untouched_ledger_verifies),
        cmocka_unit_test(an_erased_ledger_still_verifies),
        cmocka_unit_test(changing_any_field_of_an_entry_breaks_it),
        cmocka_unit_test(one_changed_entry_is_told_as_one),
        cmocka_unit_test(an_entry_of_a_scope_verifies_and_its_scope_cannot_be_changed),
        cmocka_unit_test(a_missing_or_moved_entry_breaks_the_chain),
        cmocka_unit_test(a_gap_in_the_numbers_is_bad_even_with_right_hashes),
        cmocka_unit_test(a_text_cannot_slide_into_its_neighbour),
        cmocka_unit_test(the_hash_of_a_known_entry_never_changes),
        cmocka_unit_test(the_later_change_stands),
        cmocka_unit_test(within_a_second_from_two_ingresses_the_opt_out_stands),
        cmocka_unit_test(two_changes_that_differ_end_the_same_whichever_is_applied_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

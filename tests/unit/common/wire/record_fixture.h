/* record_fixture.h - a full sample, how two are compared, and what every test of record.h starts with.
 *
 * Promise: full_sample() has every field set; assert_sample() compares all but BIN, which JSON never shows.
 * Memory:  static; include it once a program.
 */
#ifndef PARLEY_TEST_RECORD_FIXTURE_H
#define PARLEY_TEST_RECORD_FIXTURE_H
#include "unit/common/wire/sample.h"

static struct arena arena;
static struct buf out;
static struct err err;

static inline int set_up(void **unused)
{
    (void)unused;
    arena_init(&arena, 4 * 1024 * 1024);
    buf_init(&out, 4 * 1024 * 1024);
    memset(&err, 0, sizeof err);
    return 0;
}

static inline int tear_down(void **unused)
{
    (void)unused;
    arena_release(&arena);
    buf_release(&out);
    return 0;
}

static const struct id ID = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 } };

static struct leaf leaves[] = { { .word = { "a", 1 }, .count = 0 }, { .word = { "", 0 }, .count = INT_UNSET } };
static struct leaf alone = { .word = { 0 }, .count = -5 };
static struct twig twigs[] = { { .leaves = { leaves, 2 }, .one = &alone }, { .one = NULL } };
static struct str words[] = { { "x", 1 }, { "", 0 }, { "\xC3\xA9", 2 } };

static inline struct sample full_sample(void)
{
    return (struct sample){
        .text = STR("h\xC3\xA9llo \"you\"\n"),
        .bytes = { "\0\xFF\x80", 3 },
        .inner = STR("{\"a\":[1,2.5,null]}"),
        .number = INT64_MIN + 1,
        .maybe = 0,
        .real = -0.1,
        .flag = true,
        .id = ID,
        .at = 1772471045123,
        .via = CALL_UNKNOWN,
        .twig = &twigs[0],
        .twigs = { twigs, 2 },
        .words = { words, 3 },
        .rare = STR("rare"),
    };
}

static inline void assert_str(struct str have, struct str want)
{
    assert_int_equal(str_is_set(have), str_is_set(want));
    assert_int_equal(have.n, want.n);
    if (have.n)
        assert_memory_equal(have.p, want.p, have.n);
}

static inline void assert_leaf(const struct leaf *have, const struct leaf *want)
{
    assert_str(have->word, want->word);
    assert_int_equal(have->count, want->count);
}

static inline void assert_twig(const struct twig *have, const struct twig *want)
{
    assert_int_equal(have->leaves.n, want->leaves.n);
    for (size_t i = 0; i < have->leaves.n; i++)
        assert_leaf(&have->leaves.v[i], &want->leaves.v[i]);
    assert_int_equal(have->one != NULL, want->one != NULL);
    if (have->one)
        assert_leaf(have->one, want->one);
}

/* Without BIN, which JSON never shows. */
static inline void assert_sample(const struct sample *have, const struct sample *want)
{
    assert_str(have->text, want->text);
    assert_str(have->inner, want->inner);
    assert_int_equal(have->number, want->number);
    assert_int_equal(have->maybe, want->maybe);
    assert_true(have->real == want->real);
    assert_int_equal(have->flag, want->flag);
    assert_true(id_eq(have->id, want->id));
    assert_int_equal(have->at, want->at);
    assert_int_equal(have->via, want->via);
    assert_int_equal(have->twig != NULL, want->twig != NULL);
    if (have->twig)
        assert_twig(have->twig, want->twig);
    assert_int_equal(have->twigs.n, want->twigs.n);
    for (size_t i = 0; i < have->twigs.n; i++)
        assert_twig(&have->twigs.v[i], &want->twigs.v[i]);
    assert_str(have->rare, want->rare);
    assert_int_equal(have->words.n, want->words.n);
    for (size_t i = 0; i < have->words.n; i++)
        assert_str(have->words.v[i], want->words.v[i]);
}

static inline void assert_wrong(const char *field)
{
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.field, field);
    assert_true(err.text[0] != '\0');
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif

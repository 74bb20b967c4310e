/* What is read back of the journal after crashes, torn blocks, holes, gaps and files of somebody else. */
#include "store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct desk {
    char folder[64];
    struct journal files[JOURNAL_FILES];
    struct journal_block block;
};

static bool syncs_fail;

/* The journal's, in place of libc's. */
int fdatasync(int fd)
{
    if (!syncs_fail)
        return fsync(fd);
    errno = EIO;
    return -1;
}

static const struct journal_owner OWNER = {.store = {{7}}, .generation = 3};

static int laid(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    struct err err;
    (void)snprintf(desk->folder, sizeof desk->folder, "/tmp/parley-journal-XXXXXX");
    assert_non_null(mkdtemp(desk->folder));
    assert_true(journal_block_init(&desk->block, 1 << 20));
    for (int i = 0; i < JOURNAL_FILES; i++)
        assert_true(journal_open(&desk->files[i], desk->folder, i, &err));
    *state = desk;
    return 0;
}

static int cleared(void **state)
{
    struct desk *desk = *state;
    char command[128];
    for (int i = 0; i < JOURNAL_FILES; i++)
        journal_close(&desk->files[i]);
    journal_block_release(&desk->block);
    (void)snprintf(command, sizeof command, "rm -r '%s'", desk->folder);
    free(desk);
    return system(command); /* NOLINT(cert-env33-c): a folder of our own making */
}

static void append_of(struct desk *desk, const struct journal_owner *owner, int file, int64_t sequence, size_t bytes)
{
    struct err err;
    assert_true(journal_begin(&desk->block));
    assert_true(journal_is_empty(&desk->block));
    for (size_t i = 0; i < bytes; i++) {
        buf_add_char(&desk->block.bytes, (char)sequence);
        assert_true(journal_added(&desk->block));
    }
    assert_true(journal_append(&desk->files[file], owner, sequence, &desk->block, &err));
}

static void append(struct desk *desk, int file, int64_t sequence, size_t bytes)
{
    append_of(desk, &OWNER, file, sequence, bytes);
}

static void spoil(struct desk *desk, int file, int64_t at)
{
    char byte;
    assert_int_equal(pread(desk->files[file].fd, &byte, 1, at), 1);
    byte = (char)(byte + 1);
    assert_int_equal(pwrite(desk->files[file].fd, &byte, 1, at), 1);
}

static bool see(void *context, int64_t sequence, struct str payload, struct err *err)
{
    int64_t *seen = context;
    (void)err;
    for (size_t i = 0; i < payload.n; i++)
        assert_int_equal(payload.p[i], (char)sequence);
    *seen = *seen * 100 + sequence;
    return true;
}

/* The sequences that are read, as the digits of one number; -1: an error. */
static int64_t seen(struct desk *desk, int64_t applied, struct err *err)
{
    int64_t digits = 0;
    int64_t last;
    if (!journal_read(desk->folder, &OWNER, applied, see, &digits, &last, err))
        return -1;
    assert_int_equal(last, digits ? digits % 100 : applied);
    return digits;
}

static void blocks_come_back_in_order_and_only_those_that_the_store_lacks(void **state)
{
    struct desk *desk = *state;
    struct err err;
    assert_int_equal(seen(desk, 5, &err), 0);
    append(desk, 0, 11, 3);
    append(desk, 0, 12, 9000);
    append(desk, 1, 13, 1);
    assert_int_equal(seen(desk, 10, &err), 111213);
    assert_int_equal(seen(desk, 11, &err), 1213);
    assert_int_equal(seen(desk, 13, &err), 0);
}

static void a_torn_last_block_was_never_promised(void **state)
{
    struct desk *desk = *state;
    struct err err;
    append(desk, 0, 11, 300);
    append(desk, 0, 12, 300);
    spoil(desk, 0, JOURNAL_ALIGN + 200);
    assert_int_equal(seen(desk, 10, &err), 11);
}

static void a_block_behind_a_hole_is_damage(void **state)
{
    struct desk *desk = *state;
    struct err err;
    for (int64_t i = 11; i <= 13; i++)
        append(desk, 0, i, 300);
    spoil(desk, 0, JOURNAL_ALIGN + 200);
    assert_int_equal(seen(desk, 10, &err), -1);
    assert_int_equal(err.kind, ERR_BROKEN);
    assert_non_null(strstr(err.text, "damaged"));
    assert_int_equal(seen(desk, 13, &err), 0); /* the store has them all: nothing is missing */
}

static void a_store_of_an_earlier_time_is_refused(void **state)
{
    struct desk *desk = *state;
    struct err err;
    append(desk, 0, 11, 3);
    assert_int_equal(seen(desk, 9, &err), -1);
    assert_non_null(strstr(err.text, "earlier time"));
}

static void what_a_file_held_before_it_was_rewound_is_passed_over(void **state)
{
    struct desk *desk = *state;
    struct err err;
    for (int64_t i = 11; i <= 14; i++)
        append(desk, 0, i, 300);
    append(desk, 1, 15, 300);
    journal_rewind(&desk->files[0]);
    append(desk, 0, 16, 9000);
    assert_int_equal(seen(desk, 14, &err), 1516);
    spoil(desk, 0, 100);
    assert_int_equal(seen(desk, 14, &err), 15);
}

static void of_two_blocks_with_one_sequence_the_later_files_counts(void **state)
{
    struct desk *desk = *state;
    struct err err;
    append(desk, 0, 11, 3);
    append(desk, 0, 12, 3);
    append(desk, 1, 12, 5); /* the other one's sync had failed */
    append(desk, 1, 13, 5);
    assert_int_equal(seen(desk, 10, &err), 111213);
}

static void whose_blocks_they_are_counts(void **state)
{
    struct desk *desk = *state;
    struct err err;
    struct journal_owner other = OWNER;
    other.generation = 2;
    append_of(desk, &other, 0, 11, 3);
    assert_int_equal(seen(desk, 10, &err), 0);
    other.generation = 4;
    append_of(desk, &other, 1, 11, 3);
    assert_int_equal(seen(desk, 10, &err), -1);
    journal_rewind(&desk->files[1]);
    other = (struct journal_owner){.store = {{8}}, .generation = 3};
    append_of(desk, &other, 1, 11, 3);
    assert_int_equal(seen(desk, 10, &err), -1);
    assert_non_null(strstr(err.text, "another store"));
}

/* The system may have it all the same; who asked was told that it is not there. */
static void a_block_whose_sync_failed_is_not_read_back_after_a_kill(void **state)
{
    struct desk *desk = *state;
    struct err err;
    append(desk, 0, 11, 300);
    assert_true(journal_begin(&desk->block));
    assert_true(buf_add_char(&desk->block.bytes, 12) && journal_added(&desk->block));
    syncs_fail = true;
    assert_false(journal_append(&desk->files[0], &OWNER, 12, &desk->block, &err));
    syncs_fail = false;
    assert_true(desk->files[0].has_failed);
    assert_int_equal(seen(desk, 10, &err), 11);
}

static void a_file_that_failed_is_not_written_again_until_it_is_made_anew(void **state)
{
    struct desk *desk = *state;
    struct err err;
    append(desk, 0, 11, 300);
    desk->files[0].has_failed = true;
    assert_true(journal_begin(&desk->block));
    assert_false(journal_append(&desk->files[0], &OWNER, 12, &desk->block, &err));
    assert_int_equal(err.kind, ERR_BUSY);
    assert_true(journal_renew(&desk->files[0], &err));
    assert_int_equal(seen(desk, 10, &err), 0);
    append(desk, 0, 12, 300);
    assert_int_equal(seen(desk, 11, &err), 12);
}

#define ON_A_DESK(test) cmocka_unit_test_setup_teardown(test, laid, cleared)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_DESK(blocks_come_back_in_order_and_only_those_that_the_store_lacks),
        ON_A_DESK(a_torn_last_block_was_never_promised),
        ON_A_DESK(a_block_behind_a_hole_is_damage),
        ON_A_DESK(a_store_of_an_earlier_time_is_refused),
        ON_A_DESK(what_a_file_held_before_it_was_rewound_is_passed_over),
        ON_A_DESK(of_two_blocks_with_one_sequence_the_later_files_counts),
        ON_A_DESK(whose_blocks_they_are_counts),
        ON_A_DESK(a_block_whose_sync_failed_is_not_read_back_after_a_kill),
        ON_A_DESK(a_file_that_failed_is_not_written_again_until_it_is_made_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* pack.h against msgpack-c: what one writes the other reads, and the bytes are the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "wire/pack.h"

#include <msgpack.h>
#include <stdlib.h>

enum { BIG_BYTES = 70000 };

static const int64_t EDGES[] = {
    0,          1,         127,           128,        255,        256,       65535,
    65536,      INT32_MAX, UINT32_MAX,    INT64_MAX,  -1,         -32,       -33,
    INT8_MIN,   -129,      INT16_MIN,     -32769,     INT32_MIN,  INT64_MIN, INT64_C(-2147483649),
    4294967296, 1LL << 53, 1772471045123, 2147483648, -2147483647
};
static const size_t SIZES[] = { 0, 1, 15, 16, 31, 32, 255, 256, 65535, 65536, BIG_BYTES };

static struct buf ours;
static msgpack_sbuffer theirs;
static msgpack_packer packer;

static void begin(void)
{
    buf_clear(&ours);
    msgpack_sbuffer_clear(&theirs);
}

static struct packed back(void)
{
    struct unpacker in = unpacker_of(buf_str(&ours));
    struct packed value = { 0 };
    assert_false(ours.has_failed);
    assert_int_equal(ours.n, theirs.size);
    assert_memory_equal(ours.p, theirs.data, ours.n);
    assert_true(unpack_next(&in, &value));
    return value;
}

static void integers_are_written_as_the_library_writes_them(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(EDGES); i++) {
        begin();
        pack_int(&ours, EDGES[i]);
        msgpack_pack_int64(&packer, EDGES[i]);
        struct packed value = back();
        assert_int_equal(value.kind, PACKED_INT);
        assert_true(value.is.integer == EDGES[i]);
    }
}

static void texts_bytes_lists_and_maps_have_the_librarys_heads(void **unused)
{
    (void)unused;
    char *text = calloc(1, BIG_BYTES);
    assert_non_null(text);
    for (size_t i = 0; i < COUNT(SIZES); i++) {
        begin();
        pack_text(&ours, str_bytes(text, SIZES[i]));
        msgpack_pack_str(&packer, SIZES[i]);
        msgpack_pack_str_body(&packer, text, SIZES[i]);
        struct packed value = back();
        assert_int_equal(value.kind, PACKED_TEXT);
        assert_int_equal(value.is.text.n, SIZES[i]);
        begin();
        pack_bytes(&ours, str_bytes(text, SIZES[i]));
        msgpack_pack_bin(&packer, SIZES[i]);
        msgpack_pack_bin_body(&packer, text, SIZES[i]);
        value = back();
        assert_int_equal(value.kind, PACKED_BYTES);
        assert_int_equal(value.is.text.n, SIZES[i]);
        begin();
        pack_array(&ours, SIZES[i]);
        msgpack_pack_array(&packer, SIZES[i]);
        pack_map(&ours, SIZES[i]);
        msgpack_pack_map(&packer, SIZES[i]);
        assert_int_equal(ours.n, theirs.size);
        assert_memory_equal(ours.p, theirs.data, ours.n);
    }
    free(text);
}

static void the_small_ones_are_the_librarys_too(void **unused)
{
    (void)unused;
    begin();
    pack_real(&ours, -0.1);
    msgpack_pack_double(&packer, -0.1);
    assert_true(back().is.real == -0.1);
    begin();
    pack_nil(&ours);
    msgpack_pack_nil(&packer);
    assert_int_equal(back().kind, PACKED_NIL);
    begin();
    pack_true(&ours);
    msgpack_pack_true(&packer);
    struct packed yes = back();
    assert_true(yes.kind == PACKED_BOOL && yes.is.integer == 1);
}

/* Every first byte, with zeroes behind it: both find the same end, or both find none. */
static void both_agree_where_a_value_ends(void **unused)
{
    (void)unused;
    for (int first = 0; first < 256; first++) {
        unsigned char bytes[64] = { (unsigned char)first };
        for (size_t n = 1; n <= sizeof bytes; n++) {
            msgpack_unpacked tree;
            size_t end = 0;
            struct unpacker in = { bytes, n };
            struct packed value;
            msgpack_unpacked_init(&tree);
            msgpack_unpack_return theirs_is = msgpack_unpack_next(&tree, (const char *)bytes, n, &end);
            bool is_whole = unpack_next(&in, &value) && unpack_skip(&in, &value);
            assert_int_equal(is_whole, theirs_is == MSGPACK_UNPACK_SUCCESS || theirs_is == MSGPACK_UNPACK_EXTRA_BYTES);
            if (is_whole)
                assert_int_equal(n - in.left, end);
            msgpack_unpacked_destroy(&tree);
        }
    }
}

static int make(void **unused)
{
    (void)unused;
    buf_init(&ours, 4 * BIG_BYTES);
    msgpack_sbuffer_init(&theirs);
    msgpack_packer_init(&packer, &theirs, msgpack_sbuffer_write);
    return 0;
}

static int release(void **unused)
{
    (void)unused;
    buf_release(&ours);
    msgpack_sbuffer_destroy(&theirs);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_written_as_the_library_writes_them),
        cmocka_unit_test(texts_bytes_lists_and_maps_have_the_librarys_heads),
        cmocka_unit_test(the_small_ones_are_the_librarys_too),
        cmocka_unit_test(both_agree_where_a_value_ends),
    };
    return cmocka_run_group_tests(tests, make, release);
}

/* What a media fetch may reach, and what a file is. */
#include "media/media_address.h"
#include "media/media_fetch.h"
#include "media/media_type.h"
#include "unit/cmocka_all.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static bool is_public(const char *text)
{
    struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
    struct sockaddr_in four = { .sin_family = AF_INET };
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
        return media_address_is_public((const struct sockaddr *)(const void *)&four, sizeof four);
    assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
    return media_address_is_public((const struct sockaddr *)(const void *)&six, sizeof six);
}

static void what_anyone_could_reach_is_public(void **state)
{
    static const char *const PUBLIC[] = { "1.1.1.1",         "9.255.255.255",  "11.0.0.0",    "100.63.255.255",
                                          "100.128.0.0",     "172.15.255.255", "172.32.0.0",  "192.167.1.1",
                                          "223.255.255.255", "2600::1",        "2a00:1450::1" };
    (void)state;
    for (size_t i = 0; i < COUNT(PUBLIC); i++)
        if (!is_public(PUBLIC[i]))
            fail_msg("%s is refused", PUBLIC[i]);
}

static void what_is_ours_or_special_is_not(void **state)
{
    static const char *const PRIVATE[] = {
        "0.0.0.0",       "10.0.0.1",         "10.255.255.255",  "100.64.0.1",      "100.127.255.255",
        "127.0.0.1",     "127.255.0.1",      "169.254.169.254", "172.16.0.1",      "172.31.255.255",
        "192.168.0.1",   "192.0.0.8",        "192.0.2.1",       "198.19.0.1",      "198.51.100.7",
        "203.0.113.9",   "224.0.0.1",        "240.0.0.1",       "255.255.255.255", "::",
        "::1",           "::ffff:127.0.0.1", "::ffff:8.8.8.8",  "64:ff9b::7f00:1", "fe80::1",
        "fc00::1",       "fd12:3456::1",     "ff02::1",         "2001:db8::1",     "2001::1",
        "2002:7f00:1::", "3fff::1",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(PRIVATE); i++)
        if (is_public(PRIVATE[i]))
            fail_msg("%s is taken for public", PRIVATE[i]);
}

static void what_is_no_internet_address_is_not_public(void **state)
{
    struct sockaddr local = { .sa_family = AF_UNIX };
    struct sockaddr_in cut = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x01010101) };
    (void)state;
    assert_false(media_address_is_public(&local, sizeof local));
    assert_false(media_address_is_public((const struct sockaddr *)(const void *)&cut, sizeof cut - 1));
}

static void is_type(const char *bytes, size_t n, const char *wanted)
{
    assert_string_equal(media_type_of(str_bytes(bytes, n))->content_type, wanted);
}
#define IS_TYPE(literal, wanted) is_type(literal, sizeof(literal) - 1, wanted)

static void a_file_is_what_its_first_bytes_say(void **state)
{
    (void)state;
    IS_TYPE("\xFF\xD8\xFF\xE0 rest", "image/jpeg");
    IS_TYPE("\x89PNG\r\n\x1A\nrest", "image/png");
    IS_TYPE("GIF89a;", "image/gif");
    IS_TYPE("RIFF\x01\x02\x03\x04WEBPVP8 ", "image/webp");
    IS_TYPE("RIFF\x01\x02\x03\x04WAVEfmt ", "audio/wav");
    IS_TYPE("\0\0\0\x18"
            "ftypisom",
            "video/mp4");
    IS_TYPE("\0\0\0\x18"
            "ftyp3gp5",
            "video/3gpp");
    IS_TYPE("#!AMR\n", "audio/amr");
    IS_TYPE("%PDF-1.7", "application/pdf");
    IS_TYPE("BEGIN:VCARD\r\n", "text/vcard");
}

static void nothing_that_a_browser_would_run_is_known(void **state)
{
    (void)state;
    IS_TYPE("", "application/octet-stream");
    IS_TYPE("GIF8", "application/octet-stream");
    IS_TYPE("<!doctype html><script>", "application/octet-stream");
    IS_TYPE("<svg xmlns=", "application/octet-stream");
    IS_TYPE("<?xml version=", "application/octet-stream");
    IS_TYPE("\xEF\xBB\xBF<html>", "application/octet-stream");
    IS_TYPE("RIFF\x01\x02\x03\x04<htm", "application/octet-stream");
}

static void hosts_are_written_with_their_ports(void **state)
{
    (void)state;
    assert_true(media_hosts_are_wellformed(STR("")));
    assert_true(media_hosts_are_wellformed(STR("127.0.0.1:3003, media.internal:80")));
    assert_true(media_hosts_are_wellformed(STR("[::1]:9000")));
    assert_false(media_hosts_are_wellformed(STR("127.0.0.1")));
    assert_false(media_hosts_are_wellformed(STR(":80")));
    assert_false(media_hosts_are_wellformed(STR("host:0")));
    assert_false(media_hosts_are_wellformed(STR("host:65536")));
    assert_false(media_hosts_are_wellformed(STR("host:x,other:1")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_anyone_could_reach_is_public),
        cmocka_unit_test(what_is_ours_or_special_is_not),
        cmocka_unit_test(what_is_no_internet_address_is_not_public),
        cmocka_unit_test(a_file_is_what_its_first_bytes_say),
        cmocka_unit_test(nothing_that_a_browser_would_run_is_known),
        cmocka_unit_test(hosts_are_written_with_their_ports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

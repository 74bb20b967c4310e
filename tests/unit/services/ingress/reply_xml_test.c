#include "reply_xml.h"

#include "unit/cmocka_all.h"

static struct buf out;

static struct str format(const char *text, const char *url)
{
    buf_release(&out);
    buf_init(&out, 4096);
    struct reply_xml reply = {
        .src = STR("15550100000"), .dst = STR("15550100123"), .text = str_of(text), .callback_url = str_of(url)
    };
    assert_true(reply_xml_format(&reply, &out));
    return buf_str(&out);
}

/* What stands between <Message …> and </Message>. */
static struct str content(const char *text)
{
    struct str xml = format(text, "https://h/p");
    struct str head = STR("callbackUrl=\"https://h/p\">");
    for (size_t i = 0; i + head.n <= xml.n; i++)
        if (memcmp(xml.p + i, head.p, head.n) == 0)
            return str_slice(xml, i + head.n, xml.n - i - head.n - (sizeof "</Message></Response>" - 1));
    fail_msg("no Message element in %.*s", STR_ARGS(xml));
    return xml;
}

static void an_empty_response_is_what_the_contract_says(void **unused)
{
    (void)unused;
    assert_str_eq(REPLY_XML_EMPTY, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response></Response>"));
}

static void a_reply_carries_numbers_url_and_text(void **unused)
{
    (void)unused;
    assert_str_eq(
        format("Hello", "https://h/plivo/status/1/1/x/1?t=ab"),
        STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Message src=\"15550100000\" dst=\"15550100123\" type=\"sms\" "
            "callbackUrl=\"https://h/plivo/status/1/1/x/1?t=ab\">Hello</Message></Response>"));
}

static void markup_in_a_text_is_escaped(void **unused)
{
    (void)unused;
    assert_str_eq(content("1 < 2 && 3 > 2 </Message>"), STR("1 &lt; 2 &amp;&amp; 3 &gt; 2 &lt;/Message&gt;"));
    assert_str_eq(content("\"it's\""), STR("\"it's\""));
}

static void markup_in_an_attribute_cannot_end_it(void **unused)
{
    (void)unused;
    struct str xml = format("x", "https://h/?a=1&b=\"2\"");
    struct str want = STR("callbackUrl=\"https://h/?a=1&amp;b=&quot;2&quot;\">x<");
    assert_true(memmem(xml.p, xml.n, want.p, want.n) != NULL);
}

static void line_ends_survive_a_parser(void **unused)
{
    (void)unused;
    assert_str_eq(content("a\nb\r\nc\td"), STR("a\nb&#13;\nc\td"));
}

static void characters_that_xml_cannot_carry_are_left_out(void **unused)
{
    (void)unused;
    assert_str_eq(content("a\x01\x02\x0b\x1f\x7f"
                          "b"),
                  STR("a\x7f"
                      "b"));
    assert_str_eq(content("a\xEF\xBF\xBE\xEF\xBF\xBF"
                          "b"),
                  STR("ab")); /* U+FFFE, U+FFFF */
}

static void other_scripts_and_emoji_are_kept_and_broken_bytes_replaced(void **unused)
{
    (void)unused;
    assert_str_eq(content("é € 日本 😀"), STR("é € 日本 😀"));
    assert_str_eq(content("a\xff"
                          "b"),
                  STR("a\xEF\xBF\xBD"
                      "b"));
}

static void a_reply_that_does_not_fit_is_told(void **unused)
{
    (void)unused;
    struct buf small;
    buf_init(&small, 100);
    struct reply_xml reply = {
        .src = STR("1"), .dst = STR("2"), .text = STR("hello"), .callback_url = STR("https://h/p")
    };
    assert_false(reply_xml_format(&reply, &small));
    buf_release(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_response_is_what_the_contract_says),
        cmocka_unit_test(a_reply_carries_numbers_url_and_text),
        cmocka_unit_test(markup_in_a_text_is_escaped),
        cmocka_unit_test(markup_in_an_attribute_cannot_end_it),
        cmocka_unit_test(line_ends_survive_a_parser),
        cmocka_unit_test(characters_that_xml_cannot_carry_are_left_out),
        cmocka_unit_test(other_scripts_and_emoji_are_kept_and_broken_bytes_replaced),
        cmocka_unit_test(a_reply_that_does_not_fit_is_told),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    buf_release(&out);
    return failed;
}

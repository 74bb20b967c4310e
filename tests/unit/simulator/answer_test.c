#include "answer.h"

#include "line.h"
#include "unit/cmocka_all.h"

enum { BODY_MAX = 12 };

/* What a peer sends until it closes (`ends`) or waits, and what is read of it. Status 0: no answer. */
static const struct row {
    const char *bytes;
    bool ends;
    int status;
    const char *body;
    bool is_kept;
} ROWS[] = {
    { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK", false, 200, "OK", true },
    { "HTTP/1.1 200 OK\ncontent-length:2 \n\nOK", false, 200, "OK", true },
    { "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n", false, 503, "", true },
    { "HTTP/1.1 204 No Content\r\n\r\n", false, 204, "", true },
    { "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nOK", false, 200, "OK", false },
    { "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nOK", false, 200, "OK", false },
    { "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nOK", false, 200, "OK", true },
    { "HTTP/1.1 200 OK\r\n\r\nall of it", true, 200, "all of it", false },
    { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", false, 200,
      "abc012345678", true },
    { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nOK\r\n0\r\nTrailer: x\r\n\r\n", false, 200, "OK", true },
    { "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 1\r\n\r\n!", false, 202, "!", true },
    { "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234567890123456789", false, 200, "012345678901", true },
    { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK more", false, 200, "OK", false },
    { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nOK", true, 0, NULL, false },
    { "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", true, 0, NULL, false },
    { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", true, 0, NULL, false },
    { "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", true, 0, NULL, false },
    { "HTTP/1.1 2 OK\r\n\r\n", true, 0, NULL, false },
    { "SSH-2.0-x\r\n\r\n", true, 0, NULL, false },
    { "", true, 0, NULL, false },
};

static void check(const struct row *row, const struct answer *answer)
{
    if (row->status == 0) {
        assert_int_equal(answer->state, ANSWER_BROKEN);
        return;
    }
    assert_int_equal(answer->state, ANSWER_DONE);
    assert_int_equal(answer->status, row->status);
    assert_str_eq(buf_str(&answer->body), str_of(row->body));
    assert_int_equal(answer->is_kept, row->is_kept);
}

static void a_cut_anywhere_changes_nothing(void **state)
{
    (void)state;
    struct answer answer;
    answer_init(&answer, BODY_MAX);
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        struct str bytes = str_of(ROWS[i].bytes);
        for (size_t cut = 0; cut <= bytes.n; cut++) {
            answer_clear(&answer);
            answer_take(&answer, str_slice(bytes, 0, cut));
            answer_take(&answer, str_slice(bytes, cut, bytes.n));
            if (ROWS[i].ends)
                answer_end(&answer);
            check(&ROWS[i], &answer);
        }
        answer_clear(&answer);
        for (size_t at = 0; at < bytes.n; at++)
            answer_take(&answer, str_slice(bytes, at, 1));
        if (ROWS[i].ends)
            answer_end(&answer);
        check(&ROWS[i], &answer);
    }
    answer_release(&answer);
}

static void a_header_without_end_is_no_answer(void **state)
{
    (void)state;
    struct answer answer;
    answer_init(&answer, BODY_MAX);
    answer_take(&answer, STR("HTTP/1.1 200 OK\r\n"));
    for (int i = 0; i < ANSWER_HEADER_MAX_BYTES / 8 && !answer_is_over(&answer); i++)
        answer_take(&answer, STR("X: yyyy\r\n"));
    assert_int_equal(answer.state, ANSWER_BROKEN);
    answer_release(&answer);
}

static void only_plain_urls_with_a_numeric_address_go_over_a_line(void **state)
{
    (void)state;
    static const struct {
        const char *url, *host, *path; /* host NULL: libcurl's */
    } URLS[] = {
        { "http://127.0.0.1:3001/plivo/inbound?a=b", "127.0.0.1:3001", "/plivo/inbound?a=b" },
        { "http://[::1]:3001/x", "[::1]:3001", "/x" },
        { "http://[::1]/x", "[::1]", "/x" },
        { "http://10.0.0.1", "10.0.0.1", "" },
        { "http://10.0.0.1?x", "10.0.0.1", "?x" },
        { "https://127.0.0.1/x", NULL, NULL },
        { "http://ingress:3001/x", NULL, NULL },
        { "http://me@127.0.0.1/x", NULL, NULL },
        { "http://127.0.0.1:0/x", NULL, NULL },
        { "http://127.0.0.1:70000/x", NULL, NULL },
        { "http://127.0.0.1:/x", NULL, NULL },
        { "http://127.1/x", NULL, NULL },
        { "http://[::1/x", NULL, NULL },
        { "http://[]/x", NULL, NULL },
        { "http:///x", NULL, NULL },
        { "http://127.0.0.1/a/../b", NULL, NULL },
        { "http://127.0.0.1/a b", NULL, NULL },
        { "http://127.0.0.1/\xC3\xA9", NULL, NULL },
    };
    for (size_t i = 0; i < COUNT(URLS); i++) {
        struct line_target target;
        bool is_ours = line_target_of(str_of(URLS[i].url), &target);
        if (is_ours != (URLS[i].host != NULL))
            fail_msg("%s", URLS[i].url);
        if (!is_ours)
            continue;
        assert_str_eq(target.host, str_of(URLS[i].host));
        assert_str_eq(target.path, str_of(URLS[i].path));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_anywhere_changes_nothing),
        cmocka_unit_test(a_header_without_end_is_no_answer),
        cmocka_unit_test(only_plain_urls_with_a_numeric_address_go_over_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "plivo_http.h"

#include "unit/cmocka_all.h"

/* The allow-list of "nothing has left", as libcurl names it; everything else is the careful answer. */
static void only_resolving_connecting_and_tls_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        CURLcode code;
        enum transfer wanted;
    } ROWS[] = {
        { CURLE_OK, TRANSFER_DONE },
        { CURLE_COULDNT_RESOLVE_HOST, TRANSFER_RESOLVE },
        { CURLE_COULDNT_RESOLVE_PROXY, TRANSFER_RESOLVE },
        { CURLE_COULDNT_CONNECT, TRANSFER_CONNECT },
        { CURLE_OPERATION_TIMEDOUT, TRANSFER_CONNECT },
        { CURLE_SSL_CONNECT_ERROR, TRANSFER_TLS },
        { CURLE_PEER_FAILED_VERIFICATION, TRANSFER_TLS },
        { CURLE_SEND_ERROR, TRANSFER_CUT },
        { CURLE_RECV_ERROR, TRANSFER_CUT },
        { CURLE_GOT_NOTHING, TRANSFER_CUT },
        { CURLE_SEND_FAIL_REWIND, TRANSFER_CUT },
        { CURLE_ABORTED_BY_CALLBACK, TRANSFER_CUT },
        { CURLE_WRITE_ERROR, TRANSFER_CUT },
        { CURLE_PARTIAL_FILE, TRANSFER_CUT },
        { (CURLcode)9999, TRANSFER_CUT },
    };
    for (size_t i = 0; i < COUNT(ROWS); i++)
        if (plivo_transfer_of(ROWS[i].code) != ROWS[i].wanted)
            fail_msg("libcurl's code %d: got %d, wanted %d", (int)ROWS[i].code, (int)plivo_transfer_of(ROWS[i].code),
                     (int)ROWS[i].wanted);
}

static void the_path_ends_in_a_slash_and_doubles_none(void **state)
{
    (void)state;
    static const char *const BASES[] = { "https://api.plivo.com", "https://api.plivo.com/" };
    for (size_t i = 0; i < COUNT(BASES); i++) {
        struct sender_config config = { .api_base = str_of(BASES[i]), .auth_id = STR("MAXX") };
        struct buf url;
        buf_init(&url, 200);
        assert_true(plivo_message_url(&config, &url));
        assert_str_eq(buf_str(&url), STR("https://api.plivo.com/v1/Account/MAXX/Message/"));
        buf_release(&url);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_resolving_connecting_and_tls_are_told_apart),
        cmocka_unit_test(the_path_ends_in_a_slash_and_doubles_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

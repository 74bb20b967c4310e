#include "plivo/plivo_signature.h"

#include "unit/vectors.h"
#include "unit/webhooks.h"

enum {
    SCRATCH_BYTES = 1024 * 1024,
    PAIRS_MAX = 64
};

struct fixture {
    struct arena arena;
    struct err err;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    arena_init(&fixture.arena, SCRATCH_BYTES);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    arena_release(&((struct fixture *)*state)->arena);
    return 0;
}

static struct secret secret_of(const char *text)
{
    struct secret secret = { 0 };
    assert_true(secret_set(&secret, str_of(text)));
    return secret;
}

static void add(struct form *form, struct str name, const json_t *value)
{
    assert_true(form->n < PAIRS_MAX);
    form->pairs[form->n++] = (struct pair){ name, { json_string_value(value), json_string_length(value) } };
}

/* A vector's params: texts, and lists of them for repeated keys. */
static void add_params(struct form *form, json_t *params)
{
    const char *name;
    json_t *value, *item;
    size_t i;
    json_object_foreach(params, name, value)
    {
        if (json_is_string(value))
            add(form, str_of(name), value);
        json_array_foreach(value, i, item) add(form, str_of(name), item);
    }
}

static struct plivo_verdict verdict_of(struct fixture *f, const json_t *vector, const struct plivo_signed *content)
{
    struct secret token = { 0 };
    assert_true(secret_set(&token, vectors_str(vector, "auth_token")));
    struct plivo_signer *signer = plivo_signer_new(&token, 1);
    assert_non_null(signer);
    struct plivo_request request = { .content = *content };
    bool is_v3 = str_is(vectors_str(vector, "scheme"), "v3");
    *(is_v3 ? &request.v3 : &request.v2) = vectors_str(vector, "signature");
    *(is_v3 ? &request.v3_nonce : &request.v2_nonce) = vectors_str(vector, "nonce");
    struct plivo_verdict verdict;
    assert_true(plivo_signature_check(signer, &request, true, &f->arena, &verdict, &f->err));
    plivo_signer_free(signer);
    return verdict;
}

/* The request of a vector, its body from `params` or, as it came, from `raw_body`. */
static struct plivo_signed content_of(struct fixture *f, const json_t *vector, bool from_raw_body)
{
    struct str url = vectors_str(vector, "url");
    url = str_slice(url, 0, str_find(url, '#')); /* no request carries a fragment */
    size_t mark = str_find(url, '?');
    struct form query, body = { arena_alloc_array(&f->arena, PAIRS_MAX, sizeof(struct pair)), 0 };
    assert_true(form_decode(str_slice(url, mark + 1, url.n), &f->arena, &query, &f->err));
    bool is_get = str_is(vectors_str(vector, "method"), "GET");
    if (is_get) {
        struct form all = { arena_alloc_array(&f->arena, PAIRS_MAX, sizeof(struct pair)), query.n };
        if (query.n)
            memcpy(all.pairs, query.pairs, query.n * sizeof *query.pairs);
        add_params(&all, json_object_get(vector, "params"));
        query = all;
    } else if (from_raw_body) {
        assert_true(form_decode(vectors_str(vector, "raw_body"), &f->arena, &body, &f->err));
    } else {
        add_params(&body, json_object_get(vector, "params"));
    }
    return (struct plivo_signed){
        vectors_str(vector, "method"), str_slice(url, 0, mark), query.pairs, query.n, body.pairs, body.n
    };
}

static void every_signature_is_judged_as_the_official_sdk_judges_it(void **state)
{
    struct fixture *f = *state;
    json_t *root = vectors_load("signatures.json");
    json_t *vector;
    size_t i, judged = 0;
    json_array_foreach(root, i, vector)
    {
        if (vectors_flag(vector, "disputed"))
            continue;
        struct str name = vectors_str(vector, "name");
        bool wanted = vectors_flag(vector, "valid");
        /* this one hands the check no parameters on purpose */
        bool only_params = str_is(name, "params-forgotten");
        for (int raw = 0; raw <= (only_params ? 0 : 1); raw++) {
            arena_reset(&f->arena);
            struct plivo_signed content = content_of(f, vector, raw == 1);
            struct plivo_verdict verdict = verdict_of(f, vector, &content);
            if (plivo_verdict_is_valid(verdict.kind) != wanted)
                fail_msg("%.*s: %s", STR_ARGS(name), plivo_verdict_word(verdict.kind));
            judged++;
        }
    }
    assert_true(judged > 160);
    json_decref(root);
}

static void what_is_signed_here_is_what_the_official_sdk_signs(void **state)
{
    struct fixture *f = *state;
    json_t *root = vectors_load("signatures.json");
    json_t *vector;
    size_t i;
    json_array_foreach(root, i, vector)
    {
        struct str wanted = vectors_str(vector, "signature");
        if (vectors_flag(vector, "disputed") || !vectors_flag(vector, "valid") || str_find(wanted, ',') < wanted.n)
            continue;
        arena_reset(&f->arena);
        struct secret token;
        struct plivo_signature got;
        assert_true(secret_set(&token, vectors_str(vector, "auth_token")));
        struct plivo_signed content = content_of(f, vector, true);
        bool ok = str_is(vectors_str(vector, "scheme"), "v3")
                      ? plivo_sign_v3(&token, &content, vectors_str(vector, "nonce"), &f->arena, &got, &f->err)
                      : plivo_sign_v2(&token, content.base_url, vectors_str(vector, "nonce"), &f->arena, &got, &f->err);
        assert_true(ok);
        assert_str_eq(str_of(got.text), wanted);
    }
    json_decref(root);
}

/* tests/vectors/webhooks/README.md: | `file.http` | what | 200 | */
static void every_recorded_webhook_gets_the_answer_that_its_readme_expects(void **state)
{
    struct fixture *f = *state;
    struct secret tokens[] = { secret_of(WEBHOOKS_TOKEN), secret_of(WEBHOOKS_SUBACCOUNT_TOKEN) };
    struct plivo_signer *signer = plivo_signer_new(tokens, COUNT(tokens));
    struct str rest = webhooks_file(&f->arena, "README.md"), line, cell;
    size_t files = 0;
    while (str_next(&rest, '\n', &line)) {
        if (!str_starts(line, STR("| `")))
            continue;
        struct str name = str_slice(line, 3, str_find(str_slice(line, 3, line.n), '`'));
        int64_t wanted = 0;
        for (struct str cells = line; str_next(&cells, '|', &cell);)
            if (str_to_int(str_trim(cell), 100, 599, &wanted))
                break;
        struct webhook hook = webhook_load(arena_dup(&f->arena, name).p);
        struct plivo_verdict verdict;
        assert_true(plivo_signature_check(signer, &hook.request, true, &f->arena, &verdict, &f->err));
        if (plivo_verdict_http(verdict.kind) != wanted)
            fail_msg("%.*s: %s", STR_ARGS(name), plivo_verdict_word(verdict.kind));
        webhook_release(&hook);
        files++;
    }
    assert_int_equal(files, 36);
    plivo_signer_free(signer);
}

static struct plivo_verdict check(struct fixture *f, const struct webhook *hook, const char *token, bool is_v2_allowed)
{
    struct secret secret = secret_of(token);
    struct plivo_signer *signer = plivo_signer_new(&secret, 1);
    struct plivo_verdict verdict;
    assert_true(plivo_signature_check(signer, &hook->request, is_v2_allowed, &f->arena, &verdict, &f->err));
    plivo_signer_free(signer);
    return verdict;
}

static void a_v3_header_leaves_no_way_back_to_v2(void **state)
{
    struct fixture *f = *state;
    struct webhook hook = webhook_load("inbound_sms.http");
    struct plivo_request *rq = &hook.request;
    assert_int_equal(check(f, &hook, WEBHOOKS_TOKEN, true).kind, PLIVO_VALID_V3);
    assert_int_equal(check(f, &hook, WEBHOOKS_WRONG_TOKEN, true).kind, PLIVO_INVALID);

    rq->v3 = STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    assert_int_equal(check(f, &hook, WEBHOOKS_TOKEN, true).kind, PLIVO_VALID_V3); /* by Ma-V3 */
    rq->ma_v3 = (struct str){ 0 };
    assert_int_equal(check(f, &hook, WEBHOOKS_TOKEN, true).kind, PLIVO_INVALID);
    rq->v3 = STR(""); /* present, and blank */
    assert_int_equal(check(f, &hook, WEBHOOKS_TOKEN, true).kind, PLIVO_INVALID);
    rq->v3 = (struct str){ 0 };
    assert_int_equal(check(f, &hook, WEBHOOKS_TOKEN, true).kind, PLIVO_VALID_V2);
    assert_int_equal(check(f, &hook, WEBHOOKS_TOKEN, false).kind, PLIVO_MISSING);
    webhook_release(&hook);
}

/* HTTP libraries join repeated headers with ", ". */
static void blanks_around_the_items_of_a_list_do_not_count(void **state)
{
    struct fixture *f = *state;
    struct webhook hook = webhook_load("inbound_sms.http");
    struct str right = hook.request.v3;
    hook.request.ma_v3 = (struct str){ 0 };
    hook.request.v3 = arena_format(&hook.arena, "AAAA=, %.*s \t,", STR_ARGS(right));
    assert_int_equal(check(f, &hook, WEBHOOKS_TOKEN, true).kind, PLIVO_VALID_V3);
    webhook_release(&hook);
}

static void a_get_is_signed_by_its_query_alone(void **state)
{
    struct fixture *f = *state;
    struct webhook hook = webhook_load("inbound_sms_get.http");
    struct pair body = { STR("Text"), STR("a body that no GET should have") };
    hook.request.content.body = &body;
    hook.request.content.body_n = 1;
    assert_int_equal(check(f, &hook, WEBHOOKS_TOKEN, true).kind, PLIVO_VALID_V3);
    webhook_release(&hook);
}

static void without_its_nonce_a_signature_is_missing(void **state)
{
    struct fixture *f = *state;
    struct webhook hook = webhook_load("inbound_sms.http");
    hook.request.v3_nonce = (struct str){ 0 };
    assert_int_equal(check(f, &hook, WEBHOOKS_TOKEN, true).kind, PLIVO_MISSING);
    hook.request.v3 = hook.request.ma_v3 = hook.request.v2_nonce = (struct str){ 0 };
    assert_int_equal(check(f, &hook, WEBHOOKS_TOKEN, true).kind, PLIVO_MISSING);
    webhook_release(&hook);
}

static void the_verdict_names_the_token_that_matched(void **state)
{
    struct fixture *f = *state;
    struct webhook hook = webhook_load("inbound_sms.http");
    struct secret tokens[] = { secret_of(WEBHOOKS_WRONG_TOKEN), { .n = 0 }, secret_of(WEBHOOKS_TOKEN) };
    struct plivo_signer *signer = plivo_signer_new(tokens, COUNT(tokens));
    struct plivo_verdict verdict;
    for (int again = 0; again < 3; again++) { /* a signer is used many times */
        assert_true(plivo_signature_check(signer, &hook.request, true, &f->arena, &verdict, &f->err));
        assert_int_equal(verdict.kind, PLIVO_VALID_V3);
        assert_int_equal(verdict.token, 2);
    }
    plivo_signer_free(signer);
    webhook_release(&hook);
}

static void an_unset_token_signs_for_nobody(void **state)
{
    struct fixture *f = *state;
    struct secret unset = { .n = 0 };
    struct plivo_signer *signer = plivo_signer_new(&unset, 1);
    struct plivo_signed content = { .method = STR("POST"), .base_url = STR("https://h/p") };
    struct plivo_signature by_the_empty_key;
    struct plivo_verdict verdict;
    assert_true(plivo_sign_v3(&unset, &content, STR("1"), &f->arena, &by_the_empty_key, &f->err));
    struct plivo_request request = { .content = content, .v3 = str_of(by_the_empty_key.text), .v3_nonce = STR("1") };
    assert_true(plivo_signature_check(signer, &request, true, &f->arena, &verdict, &f->err));
    assert_int_equal(verdict.kind, PLIVO_INVALID);
    plivo_signer_free(signer);
    assert_null(plivo_signer_new(&unset, PLIVO_TOKENS_MAX + 1));
}

/* One of the SDKs encodes a non-ASCII value twice. Which of both Plivo's servers do is not documented: neither may
 * lose an emoji. */
static void a_text_that_was_encoded_twice_before_signing_is_valid_and_told(void **state)
{
    struct fixture *f = *state;
    struct secret token = secret_of(WEBHOOKS_TOKEN);
    struct pair once[] = { { STR("Text"), STR("caf\xC3\xA9 \xF0\x9F\x98\x80") }, { STR("From"), STR("15550100123") } };
    struct pair twice[] = { { STR("Text"), STR("caf\xC3\x83\xC2\xA9 \xC3\xB0\xC2\x9F\xC2\x98\xC2\x80") },
                            { STR("From"), STR("15550100123") } };
    struct plivo_signed signed_twice = { STR("POST"), STR("https://h/p"), NULL, 0, twice, 2 };
    struct plivo_signature signature;
    assert_true(plivo_sign_v3(&token, &signed_twice, STR("1"), &f->arena, &signature, &f->err));

    struct plivo_request request = { { STR("POST"), STR("https://h/p"), NULL, 0, once, 2 },
                                     .ma_v3 = str_of(signature.text),
                                     .v3_nonce = STR("1") };
    struct plivo_signer *signer = plivo_signer_new(&token, 1);
    struct plivo_verdict verdict;
    assert_true(plivo_signature_check(signer, &request, true, &f->arena, &verdict, &f->err));
    assert_int_equal(verdict.kind, PLIVO_VALID_V3_TWICE_ENCODED);
    once[0].value = STR("cafe");
    assert_true(plivo_signature_check(signer, &request, true, &f->arena, &verdict, &f->err));
    assert_int_equal(verdict.kind, PLIVO_INVALID);
    plivo_signer_free(signer);
}

static void a_full_arena_is_an_error_and_no_verdict(void **state)
{
    struct fixture *f = *state;
    struct webhook hook = webhook_load("inbound_sms.http");
    struct secret token = secret_of(WEBHOOKS_TOKEN);
    struct plivo_signer *signer = plivo_signer_new(&token, 1);
    for (size_t room = 0; room < 1024; room += 16) {
        struct arena small;
        arena_init(&small, room);
        struct plivo_verdict verdict = { PLIVO_INVALID, 0 };
        if (!plivo_signature_check(signer, &hook.request, true, &small, &verdict, &f->err))
            assert_int_equal(f->err.kind, ERR_TOO_BIG);
        else
            assert_int_equal(verdict.kind, PLIVO_VALID_V3);
        arena_release(&small);
    }
    plivo_signer_free(signer);
    webhook_release(&hook);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_signature_is_judged_as_the_official_sdk_judges_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_signed_here_is_what_the_official_sdk_signs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_recorded_webhook_gets_the_answer_that_its_readme_expects, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_v3_header_leaves_no_way_back_to_v2, set_up, tear_down),
        cmocka_unit_test_setup_teardown(blanks_around_the_items_of_a_list_do_not_count, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_get_is_signed_by_its_query_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_its_nonce_a_signature_is_missing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_verdict_names_the_token_that_matched, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_unset_token_signs_for_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_text_that_was_encoded_twice_before_signing_is_valid_and_told, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_full_arena_is_an_error_and_no_verdict, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

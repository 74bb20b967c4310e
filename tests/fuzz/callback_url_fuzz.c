/* A report's path and query: nobody else's HMAC counts, and a reference that could be read is written and read the same
 * again. Input: path, a line feed, query. */
#include "plivo/callback_url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_bytes(data, size), path = { 0 };
    const struct str base = STR("https://a.example");
    struct callback_ref ref, again;
    struct secret key;
    struct str hmac;
    struct buf url;
    struct err err;
    if (!str_next(&rest, '\n', &path) || !callback_url_parse(path, rest, &ref, &hmac))
        return 0;
    assert(secret_set(&key, STR("a key that the input cannot know")));
    assert(ref.tenant.n > 0 && ref.tenant.n <= CALLBACK_TENANT_MAX_BYTES);
    assert(!callback_hmac_check(&ref, hmac, &key, 1));
    buf_init(&url, 1024);
    assert(callback_url_format(&url, base, &ref, &key, &err));
    rest = str_slice(buf_str(&url), base.n, url.n);
    assert(str_next(&rest, '?', &path) && callback_url_parse(path, rest, &again, &hmac));
    assert(str_eq(ref.tenant, again.tenant) && ref.generation == again.generation && ref.attempt == again.attempt);
    assert(id_eq(ref.message_id, again.message_id) && callback_hmac_check(&again, hmac, &key, 1));
    buf_release(&url);
    secret_release(&key);
    return 0;
}

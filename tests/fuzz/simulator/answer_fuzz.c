/* The answer to a webhook, as the simulator reads it: whole, or byte by byte, it is the same. */
#include "answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BODY_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct answer whole, pieces;
    answer_init(&whole, BODY_MAX);
    answer_init(&pieces, BODY_MAX);
    answer_take(&whole, str_bytes(data, size));
    for (size_t i = 0; i < size; i++)
        answer_take(&pieces, str_bytes(data + i, 1));
    answer_end(&whole);
    answer_end(&pieces);
    assert(answer_is_over(&whole) && whole.state == pieces.state);
    assert(whole.state != ANSWER_DONE ||
           (whole.status == pieces.status && str_eq(buf_str(&whole.body), buf_str(&pieces.body))));
    answer_release(&whole);
    answer_release(&pieces);
    return 0;
}

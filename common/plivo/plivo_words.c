#include "plivo/plivo_words.h"

#include <stdio.h>

struct status_row {
    const char *word;
    int rank;
    enum message_status status;
};

#define X(word, rank, status) { word, rank, status },
static const struct status_row STATUS_ROWS[] = { PLIVO_STATUSES(X) };
#undef X

#define X(code, class, action, retry_after_s, retries_max, reason, sentence) \
    { code, class, action, retry_after_s, retries_max, reason, sentence },
static const struct plivo_error ERROR_ROWS[] = { PLIVO_ERRORS(X) };
#undef X

bool plivo_status_of(struct str word, int64_t error_code, enum message_status *out)
{
    for (size_t i = 0; i < COUNT(STATUS_ROWS); i++) {
        if (!str_eq_ascii_case(word, str_of(STATUS_ROWS[i].word)))
            continue;
        enum message_status status = STATUS_ROWS[i].status;
        bool has_failed = status_is_final(status) && !status_is_success(status);
        if (has_failed && error_code == PLIVO_CODE_EXPIRED)
            status = STATUS_EXPIRED;
        if (has_failed && error_code == PLIVO_CODE_OPTED_OUT)
            status = STATUS_BLOCKED;
        *out = status;
        return true;
    }
    return false;
}

struct plivo_error plivo_error_find(int64_t code, char scratch[PLIVO_SENTENCE_BYTES])
{
    for (size_t i = 0; i < COUNT(ERROR_ROWS); i++)
        if (ERROR_ROWS[i].code == code)
            return ERROR_ROWS[i];
    if (code == 0)
        (void)snprintf(scratch, PLIVO_SENTENCE_BYTES, "Plivo gives no error code"); /* fits */
    else
        (void)snprintf(scratch, PLIVO_SENTENCE_BYTES, "Plivo code %lld is not known here", (long long)code); /* fits */
    return (struct plivo_error){
        .code = code, .class = PLIVO_PERMANENT, .action = PLIVO_FAIL, .reason = "plivo", .sentence = scratch
    };
}

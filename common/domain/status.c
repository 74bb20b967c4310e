#include "domain/status.h"

struct status_row {
    int rank;
    bool is_final;
    bool is_success;
    const char *sentence;
};

#define X(enumerator, word, rank, final, success, sentence) [enumerator] = { rank, final, success, sentence },
static const struct status_row ROWS[] = { STATUSES(X) };
#undef X

#define X(enumerator, word, rank, final, success, sentence) [enumerator] = word,
static const char *const NAMES[] = { STATUSES(X) };
#undef X

const struct words message_status_words = { NAMES, COUNT(NAMES) };

/* Above every step of ours, `unconfirmed` (20) included; below the first that Plivo reports, `accepted` (40). */
enum { RANK_ASSUMED = 30 };

static int rank_of(struct standing standing)
{
    return standing.sequence < 0 ? RANK_ASSUMED : ROWS[standing.status].rank;
}

/* One total order over all standings, so that the greater of two is the same however they meet. */
static bool is_above(struct standing a, struct standing b)
{
    int rank_a = rank_of(a), rank_b = rank_of(b);
    if (rank_a != rank_b)
        return rank_a > rank_b;
    if (a.sequence != b.sequence)
        return a.sequence > b.sequence;
    return a.status < b.status; /* the row that stands earlier */
}

struct standing status_merge(struct standing have, struct standing got)
{
    return is_above(got, have) ? got : have;
}

enum message_status status_of_attempts(const struct standing *attempts, size_t n)
{
    if (n == 0)
        return STATUS_QUEUED;
    enum message_status best = attempts[n - 1].status;
    for (size_t i = 0; i < n; i++) {
        enum message_status status = attempts[i].status;
        if (!ROWS[status].is_success)
            continue;
        if (!ROWS[best].is_success || ROWS[status].rank > ROWS[best].rank)
            best = status;
    }
    return best;
}

const char *status_word(enum message_status status)
{
    return words_name(&message_status_words, (int)status);
}

const char *status_sentence(enum message_status status)
{
    return ROWS[status].sentence;
}

bool status_parse(struct str word, enum message_status *out)
{
    int value;
    if (!words_find(&message_status_words, word, &value))
        return false;
    *out = (enum message_status)value;
    return true;
}

bool status_is_final(enum message_status status)
{
    return ROWS[status].is_final;
}

bool status_is_success(enum message_status status)
{
    return ROWS[status].is_success;
}

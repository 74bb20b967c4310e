#include "core/look.h"

#include "domain/address.h"

struct look_pieces look_pieces_of(int64_t from_ms, int64_t to_ms, int64_t most_ms)
{
    assert(most_ms > 0);
    return (struct look_pieces){ .at_ms = from_ms, .to_ms = to_ms, .step_ms = most_ms, .most_ms = most_ms };
}

bool look_piece(const struct look_pieces *pieces, int64_t *from_ms, int64_t *to_ms)
{
    *from_ms = pieces->at_ms;
    *to_ms = min_i64(pieces->at_ms + pieces->step_ms, pieces->to_ms);
    return pieces->at_ms < pieces->to_ms;
}

void look_piece_read(struct look_pieces *pieces, bool was_thin)
{
    pieces->at_ms = min_i64(pieces->at_ms + pieces->step_ms, pieces->to_ms);
    if (was_thin)
        pieces->step_ms = min_i64(pieces->step_ms * 2, pieces->most_ms);
}

bool look_piece_too_full(struct look_pieces *pieces)
{
    int64_t width_ms = min_i64(pieces->step_ms, pieces->to_ms - pieces->at_ms);
    if (width_ms <= 1)
        return false;
    pieces->step_ms = width_ms / 2;
    return true;
}

bool look_piece_seems_too_full(int64_t width_ms, int64_t said, int64_t most)
{
    return said != INT_UNSET && said > most && width_ms >= LOOK_TRUST_FROM_MS;
}

bool look_keeps(const struct unsettled *ask, const struct plivo_record *record)
{
    bool is_told_whom = false;
    for (size_t i = 0; i < ask->attempts.n; i++) {
        const struct unsettled_attempt *a = &ask->attempts.v[i];
        if (str_eq(a->to, record->to) || (a->to.n > 0 && address_could_be(record->to, a->to)) ||
            (a->witness.n > 0 && str_eq(a->witness, record->uuid)))
            return true;
        is_told_whom = is_told_whom || a->to.n > 0;
    }
    return !is_told_whom;
}

#include "domain/powerpack.h"

static const struct str PREFIX = STR("powerpack:");

struct str powerpack_uuid(struct str address)
{
    return str_starts(address, PREFIX) ? str_slice(address, PREFIX.n, address.n) : (struct str){ 0 };
}

bool powerpack_uuid_is_valid(struct str uuid)
{
    if (uuid.n != POWERPACK_UUID_CHARS)
        return false;
    for (size_t i = 0; i < uuid.n; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool is_hex = (uuid.p[i] >= '0' && uuid.p[i] <= '9') || (uuid.p[i] >= 'a' && uuid.p[i] <= 'f');
        if (is_dash ? uuid.p[i] != '-' : !is_hex)
            return false;
    }
    return true;
}

struct str powerpack_address(struct arena *arena, struct str uuid)
{
    if (!powerpack_uuid_is_valid(uuid))
        return (struct str){ 0 };
    return arena_format(arena, "%.*s%.*s", STR_ARGS(PREFIX), STR_ARGS(uuid));
}

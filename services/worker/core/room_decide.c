#include "core/room_decide.h"

enum room room_decide(const struct room_facts *facts)
{
    if (facts->free_bytes < facts->reserve_bytes / 2 || facts->failures > 1)
        return ROOM_FOR_THE_RESERVE;
    return facts->free_bytes < facts->reserve_bytes || facts->failures > 0 ? ROOM_NOT_FOR_SENDS : ROOM_FOR_ALL;
}

bool room_allows(enum room room, enum room_need need)
{
    switch (room) {
    case ROOM_FOR_ALL: return true;
    case ROOM_NOT_FOR_SENDS: return need > NEED_ADDS;
    case ROOM_FOR_THE_RESERVE: return need == NEED_RESERVED;
    }
    return true;
}

#include "domain/phone_place.h"

#include "domain/phone_place_table.h"

enum { PREFIX_DIGITS_MAX = 9 };

static const size_t NOT_FOUND = SIZE_MAX;

static size_t find(uint32_t digits)
{
    size_t low = 0;
    size_t high = COUNT(PREFIXES);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (PREFIXES[middle].digits < digits)
            low = middle + 1;
        else
            high = middle;
    }
    return low < COUNT(PREFIXES) && PREFIXES[low].digits == digits ? low : NOT_FOUND;
}

static bool is_north_america(struct str address)
{
    return address.n > 1 && address.p[0] == '+' && address.p[1] == '1';
}

/* The row of the longest prefix that the table has; of a number that stands for no place, its country's. */
static size_t find_prefix(struct str address, bool is_geographic)
{
    size_t best = NOT_FOUND;
    uint32_t digits = 0;
    for (size_t i = 1; i < address.n && i <= PREFIX_DIGITS_MAX && address.p[i] >= '0' && address.p[i] <= '9'; i++) {
        digits = digits * 10 + (uint32_t)(address.p[i] - '0');
        size_t at = find(digits);
        best = at == NOT_FOUND ? best : at;
        if (best != NOT_FOUND && !is_geographic)
            return best;
    }
    return best;
}

static size_t add(struct phone_place *out, size_t n, const char *zone, const char *state)
{
    if (n < PHONE_PLACES_MAX)
        out[n++] = (struct phone_place){ zone, state };
    return n;
}

/* An area code that nobody has leaves every state of the contact's zone. */
static size_t add_states_of(struct phone_place *out, const char *zone)
{
    size_t n = 0;
    for (size_t i = 0; i < COUNT(NORTH_AMERICA); i++)
        if (strcmp(ZONES[NORTH_AMERICA[i].zone], zone) == 0)
            n = add(out, n, zone, STATES[NORTH_AMERICA[i].state]);
    return n > 0 ? n : add(out, 0, zone, "");
}

static size_t by_contact(struct str address, size_t row, const char *zone, struct phone_place *out)
{
    if (row == NOT_FOUND && is_north_america(address))
        return add_states_of(out, zone);
    return add(out, 0, zone, row == NOT_FOUND ? "" : STATES[PREFIXES[row].state]);
}

static size_t anywhere(struct str address, size_t row, struct phone_place *out)
{
    size_t n = 0;
    if (row == NOT_FOUND) {
        for (size_t i = 0; is_north_america(address) && i < COUNT(NORTH_AMERICA); i++)
            n = add(out, n, ZONES[NORTH_AMERICA[i].zone], STATES[NORTH_AMERICA[i].state]);
        return n;
    }
    const uint16_t *set = &ZONE_SETS[PREFIXES[row].zones];
    for (size_t i = 1; i <= set[0]; i++)
        n = add(out, n, ZONES[set[i]], STATES[PREFIXES[row].state]);
    return n;
}

size_t phone_places(struct str address, bool is_geographic, const char *contact_zone, const char *home_zone,
                    struct phone_place out[PHONE_PLACES_MAX], enum phone_place_source *source)
{
    bool is_number = address.n && address.p[0] == '+';
    size_t row = is_number ? find_prefix(address, is_geographic || is_north_america(address)) : NOT_FOUND;
    if (contact_zone) {
        *source = PLACE_BY_CONTACT;
        return by_contact(address, row, contact_zone, out);
    }
    if (row == NOT_FOUND && home_zone) {
        *source = PLACE_BY_HOME;
        return add(out, 0, home_zone, "");
    }
    size_t n = anywhere(address, row, out);
    *source = n == 0 ? PLACE_NOWHERE : row == NOT_FOUND ? PLACE_ANYWHERE : PLACE_BY_NUMBER;
    return n;
}

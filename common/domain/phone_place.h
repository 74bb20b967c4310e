/* phone_place.h - where the person behind a number may be: time zones, and the US states whose rules may count.
 *
 * Promise: P1 a place that is left out is one where the person cannot be, as far as the numbering plan knows: whoever
 *             heeds all places is right in each. Of a North American number that tells no place (toll-free, a new code) they
 *             are all but the islands beyond the date line, whose codes are far from used up: so that some hour of every
 *             working day is allowed in each of them. P2 a contact's own zone beats the number's, the number's state stays.
 * Units:   zones by their IANA names, states by their two letters.
 * Memory:  plain values with static texts, save the zones that the caller gave: those are borrowed from it.
 * Threads: pure; call from any.
 * Source:  libphonenumber's data (phone_place_table.h); plivo.md section 12: own zone, else area code, else all of them.
 */
#ifndef PARLEY_PHONE_PLACE_H
#define PARLEY_PHONE_PLACE_H
#include "base/base.h"

enum { PHONE_PLACES_MAX = 128 };

struct phone_place {
    const char *zone;
    const char *state; /* "FL"; "" outside the US, or when no state's rule can count */
};

/* How the places were found, the surest first. */
enum phone_place_source {
    PLACE_BY_CONTACT, /* the contact's own time zone */
    PLACE_BY_NUMBER,  /* the area code, or the country where it has one zone */
    PLACE_BY_HOME,    /* the number tells only the country or less: the tenant's own zone was taken */
    PLACE_ANYWHERE,   /* likewise, and there is none: every zone that it could be in */
    PLACE_NOWHERE,    /* nothing is known: no places */
};

/* Fills `out` and returns how many there are. `address`: E.164 with '+', or what else a sender may be. `is_geographic`:
 * its digits stand for a place (phone_plan.h); a mobile's, in most countries, only for the country. `contact_zone` and
 * `home_zone` may be NULL. */
size_t phone_places(struct str address, bool is_geographic, const char *contact_zone, const char *home_zone,
                    struct phone_place out[PHONE_PLACES_MAX], enum phone_place_source *source);

#endif

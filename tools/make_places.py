#!/usr/bin/env python3
"""make_places.py - writes common/domain/phone_place_table.h: which time zones a number's first digits stand for, and which US state.

Run it by hand when numbering plans have changed, in a Python with PyPI's `phonenumbers` (libphonenumber's data as Python tables):
    python3 tools/make_places.py
In North America the area code decides: it stands for every zone that any of its exchanges lies in, because a mobile number of it may be
in any of them. Elsewhere the longest prefix decides. Prefixes that say the same as a shorter one are left out.
"""
import collections
import pathlib
import re

import phonenumbers
from phonenumbers.geodata import GEOCODE_DATA
from phonenumbers.tzdata import TIMEZONE_DATA

TARGET = pathlib.Path(__file__).parent.parent / "common/domain/phone_place_table.h"
UNKNOWN = "Etc/Unknown"
NORTH_AMERICA = "1"
# A code that the data does not know is a new one, and new ones go to areas that have run out of numbers. These islands have one code each and use
# a small part of it. Beyond the date line as they are, no hour of a summer's day would be allowed both there and in Rhode Island.
NEVER_NEW = {"Pacific/Guam", "Pacific/Saipan"}
AREA_DIGITS = 4     # the country code 1 and the area code

STATES = dict(line.split("=") for line in """
Alabama=AL Alaska=AK Arizona=AZ Arkansas=AR California=CA Colorado=CO Connecticut=CT Delaware=DE Florida=FL Georgia=GA Hawaii=HI
Idaho=ID Illinois=IL Indiana=IN Iowa=IA Kansas=KS Kentucky=KY Louisiana=LA Maine=ME Maryland=MD Massachusetts=MA Michigan=MI
Minnesota=MN Mississippi=MS Missouri=MO Montana=MT Nebraska=NE Nevada=NV New_Hampshire=NH New_Jersey=NJ New_Mexico=NM New_York=NY
North_Carolina=NC North_Dakota=ND Ohio=OH Oklahoma=OK Oregon=OR Pennsylvania=PA Rhode_Island=RI South_Carolina=SC South_Dakota=SD
Tennessee=TN Texas=TX Utah=UT Vermont=VT Virginia=VA Washington_State=WA Washington_D.C.=DC West_Virginia=WV Wisconsin=WI Wyoming=WY
""".split())
CODES = set(STATES.values())


def state_of_name(name):
    """libphonenumber's English name of a place: a state's name, or a town's with the state's two letters."""
    town = re.search(r", ([A-Z]{2})$", name)
    code = town.group(1) if town else STATES.get(name.replace(" ", "_"), "")
    return code if code in CODES else ""


def state_of_area(area):
    own = GEOCODE_DATA.get(area, {}).get("en")
    if own:
        return state_of_name(own)
    votes = collections.Counter(
        state_of_name(names["en"]) for prefix, names in GEOCODE_DATA.items() if prefix.startswith(area) and "en" in names)
    return votes.most_common(1)[0][0] if votes else ""


def collect():
    """prefix -> (zones, state)"""
    areas = collections.defaultdict(set)
    rows = {}
    for prefix, zones in TIMEZONE_DATA.items():
        zones = {zone for zone in zones if zone != UNKNOWN}
        if prefix[0] == NORTH_AMERICA and len(prefix) >= AREA_DIGITS:
            areas[prefix[:AREA_DIGITS]] |= zones
        elif prefix != NORTH_AMERICA and zones:
            rows[prefix] = (tuple(sorted(zones)), "")
    for area, zones in areas.items():
        rows[area] = (tuple(sorted(zones)), state_of_area(area))
    return {prefix: row for prefix, row in rows.items() if row != shorter(rows, prefix)}


def shorter(rows, prefix):
    for n in range(len(prefix) - 1, 0, -1):
        if prefix[:n] in rows:
            return rows[prefix[:n]]
    return None


def wrap(items, width=118):
    lines, line = [], "   "
    for item in items:
        if len(line) + len(item) + 2 > width:
            lines.append(line)
            line = "   "
        line += f" {item},"
    return "\n".join([*lines, line])


def main():
    rows = collect()
    zones = sorted({zone for row in rows.values() for zone in row[0]})
    states = ["", *sorted(CODES)]
    sets = sorted({row[0] for row in rows.values()})
    starts, flat = {}, []
    for one in sets:
        starts[one] = len(flat)
        flat += [len(one), *(zones.index(zone) for zone in one)]
    pairs = sorted({(zone, row[1]) for prefix, row in rows.items() if prefix[0] == NORTH_AMERICA for zone in row[0]
                    if zone not in NEVER_NEW})
    text = f"""/* phone_place_table.h - made by tools/make_places.py; do not edit.
 *
 * Promise: prefixes ascend, so that they can be searched; every zone is in the tz database.
 * Threads: constants only.
 * Source:  libphonenumber's time zones and English place names, as PyPI phonenumbers {phonenumbers.__version__} carries them (Apache-2.0).
 */
#ifndef PARLEY_PHONE_PLACE_TABLE_H
#define PARLEY_PHONE_PLACE_TABLE_H
#include <stdint.h>

/* clang-format off */
static const char *const ZONES[] = {{
{wrap(f'"{zone}"' for zone in zones)}
}};

static const char STATES[][3] = {{
{wrap(f'"{state}"' for state in states)}
}};

/* How many, then which of ZONES; a set begins where a prefix says. */
static const uint16_t ZONE_SETS[] = {{
{wrap(str(n) for n in flat)}
}};

/* Digits behind the '+', ascending; where its set begins; which of STATES. */
static const struct {{ uint32_t digits; uint16_t zones; uint8_t state; }} PREFIXES[] = {{
{wrap(f"{{{prefix},{starts[row[0]]},{states.index(row[1])}}}" for prefix, row in sorted(rows.items(), key=lambda item: int(item[0])))}
}};

/* Zones and states of North America: where a number of it may be whose area code is nobody's. */
static const struct {{ uint16_t zone; uint8_t state; }} NORTH_AMERICA[] = {{
{wrap(f"{{{zones.index(zone)},{states.index(state)}}}" for zone, state in pairs)}
}};
/* clang-format on */

#endif
"""
    TARGET.write_text(text)
    print(f"{TARGET.name}: {len(rows)} prefixes, {len(zones)} zones, {len(sets)} sets, {len(pairs)} places in North America")


if __name__ == "__main__":
    main()

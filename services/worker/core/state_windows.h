/* state_windows.h - when, and how often, the stricter US states allow marketing: the table that a tenant begins with, and may edit.
 *
 * Promise: a row is a state's weekly windows and where they are written. None of it is legal advice: every row says whether somebody
 *          has checked it against the law itself.
 * Units:   local times of the recipient, "08:00-20:00"; NULL: not at all that day. A day's messages: in any 24 hours, to one person.
 * Memory:  static texts.
 * Threads: pure; call from any.
 * Source:  plivo.md section 12, gathered from secondary sources. The federal hours, 8:00 to 21:00, hold everywhere: 47 CFR 64.1200(c)(1).
 */
#ifndef PARLEY_STATE_WINDOWS_H
#define PARLEY_STATE_WINDOWS_H
#include "domain/quiet_hours.h"

#define SECONDARY "docs/plivo.md section 12, by secondary sources: have it checked"

/* clang-format off */
/*    state  Mon-Fri        Saturday       Sunday         federal holiday  a day   source */
#define STATE_WINDOWS(X) \
    X("AL",  "08:00-20:00", "08:00-20:00", NULL,          NULL,            0,      SECONDARY) \
    X("CT",  "09:00-20:00", "09:00-20:00", "09:00-20:00", "09:00-20:00",   0,      "Conn. Gen. Stat. 42-288a; " SECONDARY) \
    X("FL",  "08:00-20:00", "08:00-20:00", "08:00-20:00", "08:00-20:00",   3,      "Fla. Stat. 501.616(6); " SECONDARY) \
    X("IL",  "09:00-21:00", "09:00-21:00", "09:00-21:00", "09:00-21:00",   0,      "doubtful; " SECONDARY) \
    X("KY",  "10:00-21:00", "10:00-21:00", "10:00-21:00", "10:00-21:00",   0,      "Ky. Rev. Stat. 367.46955; " SECONDARY) \
    X("LA",  "08:00-20:00", "08:00-20:00", NULL,          NULL,            0,      SECONDARY) \
    X("MA",  "08:00-20:00", "08:00-20:00", "08:00-20:00", "08:00-20:00",   0,      "Mass. Gen. Laws ch. 159C; " SECONDARY) \
    X("MD",  "08:00-20:00", "08:00-20:00", "08:00-20:00", "08:00-20:00",   3,      SECONDARY) \
    X("MI",  "09:00-21:00", "09:00-21:00", "09:00-21:00", "09:00-21:00",   0,      SECONDARY) \
    X("MN",  "09:00-21:00", "09:00-21:00", "09:00-21:00", "09:00-21:00",   0,      "Minn. Stat. 325E.30; " SECONDARY) \
    X("MS",  "08:00-20:00", "08:00-20:00", NULL,          NULL,            0,      "holidays doubtful; " SECONDARY) \
    X("NJ",  "08:00-20:00", "08:00-20:00", "08:00-20:00", "08:00-20:00",   0,      "doubtful; " SECONDARY) \
    X("NM",  "09:00-21:00", "09:00-21:00", "09:00-21:00", "09:00-21:00",   0,      "N.M. Stat. 57-12-22; " SECONDARY) \
    X("NV",  "09:00-20:00", "09:00-20:00", "09:00-20:00", "09:00-20:00",   0,      SECONDARY) \
    X("OK",  "08:00-20:00", "08:00-20:00", "08:00-20:00", "08:00-20:00",   3,      "Okla. Stat. tit. 15, 775C; " SECONDARY) \
    X("PA",  "08:00-21:00", "08:00-21:00", "13:30-21:00", NULL,            0,      "Sunday doubtful; " SECONDARY) \
    X("RI",  "09:00-18:00", "10:00-17:00", NULL,          NULL,            0,      "R.I. Gen. Laws 5-61-3.6; Sunday and holidays doubtful; " SECONDARY) \
    X("SD",  "09:00-21:00", "09:00-21:00", NULL,          NULL,            0,      "S.D. Codified Laws 37-30A-3, doubtful; " SECONDARY) \
    X("TX",  "09:00-21:00", "09:00-21:00", "12:00-21:00", "09:00-21:00",   0,      "Tex. Bus. & Com. Code 301.051; " SECONDARY) \
    X("UT",  "08:00-21:00", "08:00-21:00", NULL,          NULL,            0,      SECONDARY) \
    X("WA",  "08:00-20:00", "08:00-20:00", "08:00-20:00", "08:00-20:00",   0,      "Wash. RCW 80.36.390, doubtful; " SECONDARY) \
    X("WY",  "08:00-20:00", "08:00-20:00", "08:00-20:00", "08:00-20:00",   0,      "doubtful; " SECONDARY)
/* clang-format on */

struct state_window {
    const char *state;
    const char *day[DAY_KINDS]; /* enum day_kind */
    int64_t most_per_day;       /* 0: no limit */
    const char *source;
};

/* NULL: the state has no row of its own; the class's window is all that counts there. */
const struct state_window *state_window_find(struct str state);

/* "DC" and the fifty states: who may have a row; by blanks, in their order. */
#define US_STATES                                                                                                      \
    "AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR " \
    "PA RI SC SD TN TX UT VA VT WA WI WV WY"

bool is_us_state(struct str state);

#endif

/* stop_model.h - who said what, and what follows from it: the model that stop_barrier.c holds the worker against.
 *
 * Promise: written from design.md section 4 and not from the worker's code; of the worker it uses nothing.
 * Units:   ms UTC.
 * Threads: one.
 */
#ifndef PARLEY_STOP_MODEL_H
#define PARLEY_STOP_MODEL_H
#include "unit/services/worker/loop_drive.h"

#include "core/inbound_decide.h"
#include "io/chance.h"

enum {
    GROUPS = 4,    /* of a store: what waits for persons whose lives are over would slow the later ones down */
    PERSONS = 100, /* of a group; a life each */
    ROUNDS = 12,
    NUMBERS = 8,
    INGRESSES = 3,
    EVENTS_MAX = PERSONS * (ROUNDS + 4) * 2,
    ITEMS_MAX = 4 * PERSONS + 64,
    HAND_MAX = 100,
    SENDS_MAX = PERSONS * ROUNDS,
};

static const char *const INGRESS[INGRESSES] = { "a", "b", "c" };
static uint64_t seed;
static uint64_t chance;
static int64_t people_n; /* all so far: numbers are not used again */
static struct {
    int64_t lives, stops, starts, sends, grants, after_start, exempt, blocked, repeats, restarts, epochs, redone,
        replayed;
} seen;

static int64_t draw(int64_t below)
{
    chance ^= chance >> 12;
    chance ^= chance << 25;
    chance ^= chance >> 27;
    return (int64_t)((chance * UINT64_C(2685821657736338717)) >> 33) % below;
}

static bool one_in(int64_t n)
{
    return draw(n) == 0;
}

#define FAIL(format, ...) fail_msg("PARLEY_SEED=%llu: " format, (unsigned long long)seed, __VA_ARGS__)

/* --- the model: what a person has said, by the rules of design.md section 4, written once more --- */

struct said {
    bool has_change;
    bool is_out;
    int64_t received_at; /* of the change that stands */
    int64_t out_at;
    int ingress;
    int turns;           /* how often out became in, or in out: as many confirmations at most */
};

struct person {
    char address[32];
    struct said said[NUMBERS]; /* by number, or all in the first */
    int64_t help_at;           /* the newest HELP */
    int confirmed;
};

enum word { WORD_STOP, WORD_START, WORD_HELP, WORD_TEXT };

struct text {
    char uuid[24];
    int person, number, ingress;
    enum word word;
    const char *words;
    bool is_observed, is_applied;
    int64_t received_at;
    bool by_intent;
};

struct send {
    int person;
    struct id operation, message;
    int64_t send_at; /* 0: now */
    bool is_known;   /* its id has been read */
};

/* One request of a round. */
enum what { ITEM_TEXTS, ITEM_SPOILED, ITEM_SEND, ITEM_ACTION, ITEM_HELLO, ITEM_GRANT, ITEM_ZOMBIE, ITEM_OUTCOMES };

struct item {
    enum what what;
    size_t first, n; /* texts of the stream, in order; or the send */
    int ingress;
    bool is_repeat, is_lost;
    int64_t epoch, number;
};

struct hand {
    struct id message;
    int64_t attempt;
};

static struct group {
    bool is_by_number;
    struct person persons[PERSONS];
    struct text texts[EVENTS_MAX];
    size_t texts_n;
    size_t spool[INGRESSES][EVENTS_MAX], spool_n[INGRESSES]; /* what each ingress holds, in order */
    struct send sends[SENDS_MAX];
    size_t sends_n;
    struct hand hand[HAND_MAX];
    size_t hand_n;
    struct granted_send last[HAND_MAX]; /* the newest grant's, as first answered */
    size_t last_n;
    bool is_owed; /* its answer was lost: the same number is asked again */
    int64_t epoch, number, old_epoch;
} g;

static char numbers[NUMBERS][16];
static struct item items[ITEMS_MAX];
static struct drive_answer answers[ITEMS_MAX];
static size_t items_n;

static struct said *said_by(int person, int number)
{
    return &g.persons[person].said[g.is_by_number ? number : 0];
}

/* Whether what stands is later than what comes: by receipt; within a second, from two ingresses, the opt-out. */
static bool is_too_late(const struct said *have, bool is_out, int64_t received_at, int ingress)
{
    int64_t apart = received_at - have->received_at;
    if (!have->has_change)
        return false;
    if (apart >= -1000 && apart <= 1000 && ingress != have->ingress && is_out != have->is_out)
        return have->is_out;
    return apart < 0;
}

static void note_change(struct said *said, const struct text *text, bool is_out)
{
    if (said->is_out != is_out || !said->has_change)
        said->turns++;
    said->has_change = true;
    said->is_out = is_out;
    said->received_at = text->received_at;
    said->ingress = text->ingress;
    if (is_out)
        said->out_at = text->received_at;
}

static void model_text(struct text *text)
{
    struct said *said = said_by(text->person, text->number);
    struct person *person = &g.persons[text->person];
    text->is_applied = true;
    if (text->word == WORD_HELP)
        person->help_at = max_i64(person->help_at, text->received_at);
    if (text->word == WORD_STOP && !is_too_late(said, true, text->received_at, text->ingress)) {
        note_change(said, text, true);
        seen.stops++;
    }
    bool is_in = said->has_change && !said->is_out;
    if (text->word == WORD_START && !text->is_observed && !is_in &&
        !is_too_late(said, false, text->received_at, text->ingress)) {
        note_change(said, text, false);
        seen.starts++;
    }
}

#endif

/* stop_asks.h - what the people, the ingresses and the sender of stop_barrier.c ask the worker.
 *
 * Promise: each asks as the real one would: a text keeps its uuid over every ingress, a send its operation, a grant its number.
 * Threads: one.
 */
#ifndef PARLEY_STOP_ASKS_H
#define PARLEY_STOP_ASKS_H
#include "stop_model.h"

/* --- people do things --- */

static const char *const STOPS[] = { "STOP", "stop!", "Revoke", "unsubscribe", "ALTO", "don't text me" };
static const char *const STARTS[] = { "START", "unstop", "Subscribe" };

/* Into the hands of an ingress, in order; `of` is the text. */
static void arrive(int ingress, size_t of)
{
    if (g.spool_n[ingress] < EVENTS_MAX)
        g.spool[ingress][g.spool_n[ingress]++] = of;
}

static void write_text(int person)
{
    static int64_t uuids;
    if (g.texts_n + 2 > EVENTS_MAX)
        return;
    struct text *text = &g.texts[g.texts_n++];
    int64_t kind = draw(10);
    *text = (struct text){ .person = person,
                           .number = (int)draw(one_in(3) ? NUMBERS : 2),
                           .ingress = (int)draw(INGRESSES),
                           .word = kind < 3   ? WORD_STOP
                                   : kind < 7 ? WORD_START
                                   : kind < 8 ? WORD_HELP
                                              : WORD_TEXT,
                           .is_observed = one_in(12),
                           .received_at = clock_wall_ms() - draw(4000) };
    (void)snprintf(text->uuid, sizeof text->uuid, "u-%lld", (long long)uuids++);
    text->words = text->word == WORD_STOP    ? STOPS[draw(COUNT(STOPS))]
                  : text->word == WORD_START ? STARTS[draw(COUNT(STARTS))]
                  : text->word == WORD_HELP  ? "ayuda"
                                             : "hello";
    if (text->word == WORD_STOP && one_in(6)) {
        text->by_intent = true;
        text->words = "enough of this";
    }
    arrive(text->ingress, g.texts_n - 1);
    if (one_in(
            4)) { /* no answer came in time: Plivo calls again, and reaches another ingress, which has its own clock */
        struct text *again = &g.texts[g.texts_n++];
        *again = *text;
        again->ingress = (int)draw(INGRESSES);
        again->received_at += draw(3000) - 1000;
        arrive(again->ingress, g.texts_n - 1);
    }
}

/* --- asking --- */

static struct inbound_event event_of(const struct text *text)
{
    return (struct inbound_event){ .uuid = str_of(text->uuid),
                                   .from = str_of(g.persons[text->person].address),
                                   .to = str_of(numbers[text->number]),
                                   .text = str_of(text->words),
                                   .type = STR("sms"),
                                   .intent = text->by_intent ? STR("optout") : (struct str){ 0 },
                                   .units = 1,
                                   .received_at = text->received_at,
                                   .ingress = str_of(INGRESS[text->ingress]),
                                   .is_observed = text->is_observed };
}

static void ask_texts(const struct item *item, struct drive_answer *answer)
{
    static struct inbound_event events[EVENTS_MAX + 1];
    struct inbound_batch batch = { .events = { events, item->n } };
    for (size_t i = 0; i < item->n; i++)
        events[i] = event_of(&g.texts[g.spool[item->ingress][item->first + i]]);
    drive_ask(OP_inbound, (struct id){ 0 }, &batch, answer);
}

/* A STOP that is good, and an event that is not: the request fails half-way, and the batch is applied anew without it. */
static void ask_spoiled(struct drive_answer *answer)
{
    struct text stop = {
        .person = (int)draw(PERSONS), .word = WORD_STOP, .words = "STOP", .received_at = clock_wall_ms()
    };
    struct inbound_event events[2];
    struct inbound_batch batch = { .events = { events, 2 } };
    (void)snprintf(stop.uuid, sizeof stop.uuid, "never-%lld", (long long)seen.redone++);
    events[0] = event_of(&stop);
    events[1] = events[0];
    events[1].uuid = (struct str){ 0 };
    drive_ask(OP_inbound, (struct id){ 0 }, &batch, answer);
}

static void ask_send(const struct send *send, size_t i, struct drive_answer *answer)
{
    static const char *const CLASSES[] = { "human", "transactional", "auto" };
    struct send_command command = { .to = str_of(g.persons[send->person].address),
                                    .text = STR("news"),
                                    .from = str_of(numbers[i % NUMBERS]),
                                    .class = str_of(CLASSES[i % COUNT(CLASSES)]) };
    command.send_at = send->send_at;
    drive_ask(OP_send, send->operation, &command, answer);
}

static void ask_grant(const struct item *item, struct drive_answer *answer)
{
    struct attempt_ref refs[HAND_MAX];
    struct grant_request request = {
        .sender = STR("sender"), .epoch = item->epoch, .number = item->number, .max = HAND_MAX - (int64_t)g.hand_n
    };
    for (size_t i = 0; i < g.hand_n; i++)
        refs[i] = (struct attempt_ref){ 1, g.hand[i].message, g.hand[i].attempt };
    request.in_hand.v = refs;
    request.in_hand.n = g.hand_n;
    drive_ask(OP_grant, (struct id){ 0 }, &request, answer);
}

/* How calls ended: most at once, some not at all, some nobody knows. What ended is no longer in hand. */
static void ask_outcomes(struct drive_answer *answer)
{
    static int64_t uuids;
    static struct outcome_event events[HAND_MAX];
    struct outcome_batch batch = { .sender = STR("sender"), .epoch = g.epoch, .outcomes = { events, 0 } };
    static char names[HAND_MAX][24];
    size_t kept = 0;
    for (size_t i = 0; i < g.hand_n; i++) {
        int64_t how = draw(20);
        struct outcome_event *event = &events[batch.outcomes.n];
        if (how >= 14) {
            g.hand[kept++] = g.hand[i];
            continue;
        }
        *event = (struct outcome_event){ .tenant = 1, .message = g.hand[i].message, .attempt = g.hand[i].attempt };
        event->outcome = how < 7    ? CALL_ACCEPTED
                         : how < 10 ? CALL_NOT_SENT
                         : how < 11 ? CALL_HANDED_BACK
                         : how < 12 ? CALL_REFUSED
                                    : CALL_UNKNOWN;
        (void)snprintf(names[i], sizeof names[i], "p-%lld", (long long)uuids++);
        event->uuid = event->outcome == CALL_ACCEPTED ? str_of(names[i]) : (struct str){ 0 };
        event->http_status = event->outcome == CALL_ACCEPTED ? 202 : event->outcome == CALL_REFUSED ? 400 : 0;
        event->is_free = event->outcome == CALL_HANDED_BACK || one_in(2);
        event->retry_in_ms = event->outcome == CALL_NOT_SENT ? draw(30) : 0;
        batch.outcomes.n++;
    }
    g.hand_n = kept;
    drive_ask(OP_outcome, (struct id){ 0 }, &batch, answer);
}

static void ask_action(struct drive_answer *answer)
{
    static const char *const ACTIONS[] = { "resend", "failed", "sent", "cancel" };
    struct message_action action = { .id = g.sends[draw((int64_t)g.sends_n)].message,
                                     .action = str_of(ACTIONS[one_in(3) ? draw(4) : 0]) };
    drive_ask(OP_message_action, (struct id){ 0 }, &action, answer);
}

static void ask(const struct item *item, struct drive_answer *answer)
{
    struct hello hello = { .sender = STR("sender") };
    switch (item->what) {
    case ITEM_TEXTS:
        ask_texts(item, answer);
        return;
    case ITEM_SPOILED:
        ask_spoiled(answer);
        return;
    case ITEM_SEND:
        ask_send(&g.sends[item->first], item->first, answer);
        return;
    case ITEM_ACTION:
        ask_action(answer);
        return;
    case ITEM_HELLO:
        drive_ask(OP_hello, (struct id){ 0 }, &hello, answer);
        return;
    case ITEM_GRANT:
    case ITEM_ZOMBIE:
        ask_grant(item, answer);
        return;
    case ITEM_OUTCOMES:
        ask_outcomes(answer);
        return;
    }
}

/* --- the tenant --- */

static void set_up_number(int i)
{
    struct number_changes changes = { .rate = 1000, .stop_reply = STOP_REPLY_PARLEY, .state = NUMBER_ACTIVE };
    struct number_patch patch = { .changes = &changes };
    struct number_view view;
    struct number_row row;
    struct err err;
    struct txn txn;
    bool found;
    (void)snprintf(numbers[i], sizeof numbers[i], "+1555010000%d", i);
    struct inbound_event event = { .uuid = str_of(numbers[i]),
                                   .from = STR("+12125550199"),
                                   .to = str_of(numbers[i]),
                                   .text = STR("hi"),
                                   .units = 1,
                                   .received_at = clock_wall_ms(),
                                   .ingress = STR("a") };
    struct inbound_batch batch = { .events = { &event, 1 } };
    struct inbound_answers heard;
    drive_once(OP_inbound, &batch, &heard); /* who is written to and not set up is discovered */
    assert_true(store_begin_read(the_store, &drive_arena, &txn, &err));
    assert_true(number_get(&txn, 1, str_of(numbers[i]), &row, &found, &err) && found);
    store_abort(&txn);
    patch.id = row.id;
    patch.present = (int64_t)(record_bit(&number_changes_record, "rate") |
                              record_bit(&number_changes_record, "stop_reply") |
                              record_bit(&number_changes_record, "state"));
    drive_once(OP_number_patch, &patch, &view);
}

#endif

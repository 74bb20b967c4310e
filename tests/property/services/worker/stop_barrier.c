/* P4 on the worker's own loop and a real store: ten thousand persons, each with a random life of STOP, START, HELP, texts, sends that are
 * queued, scheduled, granted, retried and sent again; while ingresses spool and replay and Plivo repeats itself over another one, grants are
 * lost and asked for again, senders are replaced, batches fail half-way and the worker restarts. The order of applying is known (it is the
 * order of asking), so every grant is held against a model of its own at the very place where it was made. PARLEY_SEED repeats a run. */
#include "stop_asks.h"

#include "query/query.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { HOUSES = 3 }; /* each takes many times as long; the interleavings are the other build's */
#else
enum { HOUSES = 25 };
#endif

/* --- what came of it, in the order of asking --- */

static void hear_texts(const struct item *item, const struct drive_answer *answer)
{
    struct inbound_answers heard;
    drive_reply(answer, &heard);
    assert_int_equal(heard.answers.n, item->n);
    for (size_t i = 0; i < item->n; i++) {
        struct text *text = &g.texts[g.spool[item->ingress][item->first + i]];
        bool is_known = false;
        for (size_t k = 0; k < g.texts_n; k++)
            is_known = is_known || (g.texts[k].is_applied && strcmp(g.texts[k].uuid, text->uuid) == 0);
        if (heard.answers.v[i].result != (is_known ? EVENT_DUPLICATE : EVENT_COMMITTED))
            FAIL("text %s: result %d", text->uuid, (int)heard.answers.v[i].result);
        if (!is_known)
            model_text(text);
    }
}

static int number_of(struct str address)
{
    for (int i = 0; i < NUMBERS; i++)
        if (str_is(address, numbers[i]))
            return i;
    return -1;
}

/* P4, held against what the person had said by then. */
static void check_grant(const struct granted_send *send)
{
    int number = number_of(send->from);
    int person = -1;
    for (int i = 0; i < PERSONS && person < 0; i++)
        person = str_is(send->to, g.persons[i].address) ? i : -1;
    if (person < 0)
        return; /* of a group before this one; its life was looked at then */
    assert_true(number >= 0);
    struct person *who = &g.persons[person];
    const struct said *said = said_by(person, number);
    seen.grants++;
    if (send->class == CLASS_CONFIRM) {
        bool says_out = str_eq(send->text, STOP_CONFIRMATION);
        int turns = 0;
        if (says_out != said->is_out)
            FAIL("%s got the confirmation of what no longer stood", who->address);
        for (int i = 0; i < NUMBERS; i++)
            turns += who->said[i].turns;
        if (send->attempt == 1 && ++who->confirmed > turns)
            FAIL("%s got %d confirmations of %d changes", who->address, who->confirmed, turns);
        seen.exempt++;
        return;
    }
    if (!said->is_out) {
        seen.after_start += said->turns > 1;
        return;
    }
    if (!str_eq(send->text, HELP_REPLY) || who->help_at <= said->out_at)
        FAIL("%s was granted \"%.*s\" (class %d, attempt %lld) after the STOP was acknowledged", who->address,
             STR_ARGS(send->text), (int)send->class, (long long)send->attempt);
    seen.exempt++;
}

static void hear_grant(const struct item *item, const struct drive_answer *answer)
{
    struct grant_answer heard;
    drive_reply(answer, &heard);
    for (size_t i = 0; item->is_repeat && i < heard.sends.n; i++) { /* granted before; nothing new may come with it */
        bool is_old = false;
        for (size_t k = 0; k < g.last_n; k++)
            is_old = is_old || (id_eq(g.last[k].message, heard.sends.v[i].message) &&
                                g.last[k].attempt == heard.sends.v[i].attempt);
        if (!is_old)
            FAIL("asking again for grant %lld brought a new send", (long long)item->number);
        seen.repeats++;
    }
    if (!item->is_repeat) {
        g.last_n = 0;
        for (size_t i = 0; i < heard.sends.n; i++) {
            check_grant(&heard.sends.v[i]);
            g.last[g.last_n++] = (struct granted_send){ .message = heard.sends.v[i].message,
                                                        .attempt = heard.sends.v[i].attempt };
        }
    }
    g.is_owed = item->is_lost;
    for (size_t i = 0; !item->is_lost && i < heard.sends.n && g.hand_n < HAND_MAX; i++)
        g.hand[g.hand_n++] = (struct hand){ .message = heard.sends.v[i].message, .attempt = heard.sends.v[i].attempt };
}

static void hear_send(struct send *send, const struct drive_answer *answer)
{
    struct message_view view;
    if (answer->is_refused && send->send_at)
        return; /* on a slow machine its time had come before it was asked for */
    drive_reply(answer, &view);
    if (send->is_known && !id_eq(send->message, view.id))
        FAIL("asked twice, a send became two: %s", id_text(view.id).c);
    send->is_known = true;
    send->message = view.id;
    seen.blocked += view.status == STATUS_BLOCKED;
}

static void hear(const struct item *item, const struct drive_answer *answer)
{
    struct welcome welcome;
    assert_true(answer->is_there);
    switch (item->what) {
    case ITEM_TEXTS:
        hear_texts(item, answer);
        return;
    case ITEM_SPOILED:
        assert_true(answer->is_refused);
        return;
    case ITEM_SEND:
        hear_send(&g.sends[item->first], answer);
        return;
    case ITEM_HELLO:
        drive_reply(answer, &welcome);
        g.epoch = welcome.epoch;
        return;
    case ITEM_GRANT:
        hear_grant(item, answer);
        return;
    case ITEM_ZOMBIE:
        if (!answer->is_refused)
            FAIL("epoch %lld is over and was answered", (long long)item->epoch);
        return;
    case ITEM_ACTION:
    case ITEM_OUTCOMES:
        return;
    }
}

/* --- a round: streams that keep their own order, merged at random --- */

enum { STREAM_SENDER = INGRESSES, STREAM_PEOPLE, STREAMS };

static struct item streams[STREAMS][ITEMS_MAX];
static size_t streams_n[STREAMS];

static struct item *stream_add(int stream, enum what what)
{
    assert_true(streams_n[stream] < ITEMS_MAX);
    struct item *item = &streams[stream][streams_n[stream]++];
    *item = (struct item){ .what = what, .ingress = stream };
    return item;
}

/* While the worker is away for an ingress it only spools; afterwards what is spooled goes first, in pieces. */
static void plan_ingress(int ingress, bool is_last)
{
    size_t at = 0;
    if (!is_last && one_in(3))
        return;
    while (at < g.spool_n[ingress]) {
        size_t n = min_size((size_t)(1 + draw(one_in(4) ? 8 : 1)), g.spool_n[ingress] - at);
        struct item *item = stream_add(ingress, ITEM_TEXTS);
        item->first = at;
        item->n = n;
        seen.replayed += n > 1;
        at += n;
    }
    if (one_in(10))
        (void)stream_add(ingress, ITEM_SPOILED);
}

/* A replaced sender's state is gone; the new one's first words stand alone in the round before, so that its epoch is known. */
static void plan_sender(bool is_last)
{
    if (g.hand_n > 0)
        (void)stream_add(STREAM_SENDER, ITEM_OUTCOMES);
    if (!g.is_owed)
        g.number++;
    struct item *item = stream_add(STREAM_SENDER, ITEM_GRANT);
    item->epoch = g.epoch;
    item->number = g.number;
    item->is_repeat = g.is_owed;
    item->is_lost = !is_last && one_in(6);
    if (g.old_epoch && one_in(4)) {
        struct item *zombie = stream_add(STREAM_SENDER, ITEM_ZOMBIE);
        zombie->epoch = g.old_epoch;
        zombie->number = 1 + draw(20);
    }
}

static void plan_people(void)
{
    for (int i = 0; i < PERSONS; i++) {
        if (one_in(3))
            write_text(i);
        if (!one_in(3) || g.sends_n == SENDS_MAX)
            continue;
        g.sends[g.sends_n] = (struct send){ .person = i, .operation = chance_id() };
        if (one_in(4)) /* scheduled: due while this life goes on, or when it is over */
            g.sends[g.sends_n].send_at = clock_wall_ms() + 50 + draw(200);
        stream_add(STREAM_PEOPLE, ITEM_SEND)->first = g.sends_n++;
        if (one_in(6)) /* its answer did not come: asked again, with the same identity */
            stream_add(STREAM_PEOPLE, ITEM_SEND)->first = g.sends_n - 1;
    }
    for (int i = 0; i < 5 && g.sends_n > PERSONS; i++)
        (void)stream_add(STREAM_PEOPLE, ITEM_ACTION);
}

static void merge(void)
{
    size_t at[STREAMS] = { 0 };
    size_t left = 0;
    items_n = 0;
    for (int s = 0; s < STREAMS; s++)
        left += streams_n[s];
    for (; left > 0; left--) {
        int64_t pick = draw((int64_t)left);
        int s = 0;
        assert_true(items_n < ITEMS_MAX);
        while (pick >= (int64_t)(streams_n[s] - at[s])) {
            pick -= (int64_t)(streams_n[s] - at[s]);
            s++;
        }
        items[items_n++] = streams[s][at[s]++];
    }
}

static void round_of_requests(bool is_last)
{
    memset(streams_n, 0, sizeof streams_n);
    if (!is_last)
        plan_people();
    for (int i = 0; i < INGRESSES; i++)
        plan_ingress(i, is_last);
    plan_sender(is_last);
    merge();
    for (size_t i = 0; i < items_n; i++)
        ask(&items[i], &answers[i]);
    drive_wait();
    for (size_t i = 0; i < items_n; i++)
        hear(&items[i], &answers[i]);
    for (int i = 0; i < INGRESSES; i++)
        g.spool_n[i] = streams_n[i] > 0 ? 0 : g.spool_n[i];
    drive_forget(answers, items_n);
}

/* --- between rounds --- */

static void new_sender(void)
{
    struct hello hello = { .sender = STR("sender") };
    struct welcome welcome;
    g.old_epoch = g.epoch;
    drive_once(OP_hello, &hello, &welcome);
    g.epoch = welcome.epoch;
    g.number = 0;
    g.hand_n = g.last_n = 0;
    g.is_owed = false;
    seen.epochs++;
}

static void restart(void)
{
    drive_stop();
    drive_start();
    seen.restarts++;
}

/* What the store holds of every person is what the model says, and the ledger verifies. */
static void check_standing(void)
{
    struct consent_verdict verdict = { 0 };
    struct nothing nothing = { 0 };
    struct err err;
    struct txn txn;
    assert_true(store_begin_read(the_store, &drive_arena, &txn, &err));
    for (int i = 0; i < PERSONS; i++)
        for (int k = 0; k < NUMBERS; k++) {
            struct consent_standing standing;
            const struct said *said = said_by(i, k);
            enum consent wanted = !said->has_change ? CONSENT_NONE : said->is_out ? CONSENT_OUT : CONSENT_IN;
            assert_true(consent_read(&txn, 1, str_of(g.persons[i].address), str_of(numbers[k]), (struct str){ 0 },
                                     &standing, &err));
            if (standing.state != wanted)
                FAIL("%s stands at %d, the model says %d", g.persons[i].address, (int)standing.state, (int)wanted);
        }
    record_init(&consent_verdict_record, &verdict);
    assert_true(ledger_verify_query(&txn, 1, NULL, &nothing, &verdict, &err));
    store_abort(&txn);
    if (!verdict.valid)
        FAIL("the ledger does not verify from entry %lld on", (long long)verdict.first_bad);
    arena_reset(&drive_arena);
}

static void live_a_group(int group)
{
    struct settings_view changes;
    struct settings_view view;
    struct settings_patch patch = { .changes = &changes,
                                    .present = (int64_t)record_bit(&settings_view_record, "opt_out_scope") };
    memset(&g, 0, sizeof g);
    g.is_by_number = group % 3 == 2;
    record_init(&settings_view_record, &changes);
    changes.opt_out_scope = g.is_by_number ? OPT_OUT_NUMBER : OPT_OUT_TENANT;
    drive_once(OP_settings_patch, &patch, &view);
    for (int i = 0; i < PERSONS; i++)
        (void)snprintf(g.persons[i].address, sizeof g.persons[i].address, "+1212%07lld",
                       (long long)(2000000 + people_n++));
    new_sender();
    for (int i = 0; i < ROUNDS; i++) {
        round_of_requests(false);
        if (one_in(8))
            new_sender();
        if (one_in(24))
            restart();
    }
    for (int i = 0; i < 3; i++)
        round_of_requests(true);
    if (group == 0) { /* with what was scheduled: it is due by now, or soon */
        int64_t until = clock_boot_ms() + 300;
        while (clock_boot_ms() < until)
            round_of_requests(true);
    }
    check_standing();
    seen.lives += PERSONS;
}

/* --- all of them --- */

static void no_send_is_granted_after_a_stop_was_acknowledged(void **state)
{
    const char *given = getenv("PARLEY_SEED");
    (void)state;
    chance_bytes(&seed, sizeof seed);
    if (given)
        seed = strtoull(given, NULL, 10);
    chance = seed | 1;
    print_message("PARLEY_SEED=%llu\n", (unsigned long long)seed);
    for (int house = 0; house < HOUSES; house++) {
        drive_begin();
        for (int i = 0; i < NUMBERS; i++)
            set_up_number(i);
        for (int group = 0; group < GROUPS; group++)
            live_a_group(group);
        drive_end();
    }
    print_message(
        "%lld lives: %lld STOPs and %lld STARTs that stood, %lld grants (%lld after a START, %lld exempt), %lld sends "
        "blocked, %lld grants asked again, %lld batches redone, %lld replays, %lld senders, %lld restarts\n",
        (long long)seen.lives, (long long)seen.stops, (long long)seen.starts, (long long)seen.grants,
        (long long)seen.after_start, (long long)seen.exempt, (long long)seen.blocked, (long long)seen.repeats,
        (long long)seen.redone, (long long)seen.replayed, (long long)seen.epochs, (long long)seen.restarts);
    /* a run in which nothing happens proves nothing */
    assert_true(seen.stops > seen.lives / 2 && seen.starts > seen.lives / 4 && seen.grants > seen.lives);
    assert_true(seen.after_start > seen.lives / 50 && seen.exempt > seen.lives / 20 && seen.blocked > seen.lives / 4);
    assert_true(seen.repeats > 0 && seen.redone > 0 && seen.replayed > 0 && seen.restarts > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(no_send_is_granted_after_a_stop_was_acknowledged) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "world.h"
#include "domain/phone.h"
#include "io/chance.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/wait.h"

static struct world the_world;
static pthread_mutex_t the_lock = PTHREAD_MUTEX_INITIALIZER;
static void (*the_wake)(void);

/* --- start ------------------------------------------------------------------------------------------------------ */

static bool read_tokens(const struct secret *tokens, struct err *err)
{
    struct str rest = secret_reveal(tokens), token;
    while (str_next(&rest, ',', &token)) {
        token = str_trim(token);
        if (token.n == 0)
            continue;
        if (the_world.tokens_n == TOKENS_MAX)
            return err_set(err, ERR_INPUT, "PLIVO_AUTH_TOKEN", "at most %d tokens", TOKENS_MAX);
        if (!secret_set(&the_world.tokens[the_world.tokens_n++], token))
            return err_set(err, ERR_INPUT, "PLIVO_AUTH_TOKEN", "a token has at most %d bytes", SECRET_MAX_BYTES);
    }
    return the_world.tokens_n > 0 || err_set(err, ERR_INPUT, "PLIVO_AUTH_TOKEN", "holds no token");
}

static bool read_numbers(struct str list, struct err *err)
{
    struct str item;
    while (str_next(&list, ',', &item)) {
        struct phone phone;
        struct sim_address address = { 0 };
        if (!phone_parse(str_trim(item), "PLIVO_FROM_NUMBER", &phone, err))
            return false;
        memcpy(address.text, phone.e164, sizeof phone.e164);
        if (!world_number_made(&the_world, &address))
            return err_set(err, ERR_INPUT, "PLIVO_FROM_NUMBER", "at most %d numbers", NUMBERS_MAX);
    }
    the_world.numbers_configured = the_world.numbers_n;
    return the_world.numbers_n > 0 || err_set(err, ERR_INPUT, "PLIVO_FROM_NUMBER", "holds no number");
}

static bool read_retries(struct str list, struct err *err)
{
    struct str item;
    while (str_next(&list, ',', &item)) {
        int64_t ms;
        if (the_world.retries_n == RETRIES_MAX || !str_to_int(str_trim(item), 1, 86400000, &ms))
            return err_set(err, ERR_INPUT, "SIM_RETRY_MS", "at most %d waits of 1 to 86400000 ms, by commas",
                           RETRIES_MAX);
        the_world.retry_us[the_world.retries_n++] = ms * 1000;
    }
    return true;
}

bool world_start(const struct sim_config *config, struct err *err)
{
    the_world.auth_id = config->auth_id;
    the_world.number_rate = config->number_rate;
    AUTO(buf_release) struct buf url;
    buf_init(&url, URL_MAX_BYTES - 1);
    bool ends_in_slash = str_ends(config->public_url, STR("/"));
    buf_add(&url, str_slice(config->public_url, 0, config->public_url.n - (ends_in_slash ? 1 : 0)));
    buf_add_text(&url, "/plivo/inbound");
    if (url.has_failed ||
        (!str_starts(config->public_url, STR("http://")) && !str_starts(config->public_url, STR("https://"))))
        return err_set(err, ERR_INPUT, "PUBLIC_URL", "must begin with http:// or https:// and have at most %d bytes",
                       URL_MAX_BYTES);
    memcpy(the_world.first_message_url, url.p, url.n);
    if (!read_tokens(&config->auth_token, err) || !read_numbers(config->from_number, err) ||
        !read_retries(config->retry_ms, err))
        return false;
    world_reset(&the_world);
    return true;
}

void world_stop(void)
{
    struct world *world = world_lock();
    world_reset(world);
    agenda_release(&world->agenda);
    for (size_t i = 0; i < world->tokens_n; i++)
        secret_release(&world->tokens[i]);
    world_unlock(world);
}

const struct secret *world_token(void)
{
    return &the_world.tokens[0];
}

void world_on_news(void (*wake)(void))
{
    struct world *world = world_lock();
    the_wake = wake;
    world_unlock(world);
}

struct world *world_lock(void)
{
    pthread_mutex_lock(&the_lock);
    return &the_world;
}

void world_unlock(struct world *world)
{
    void (*wake)(void) = world->has_news ? the_wake : NULL;
    world->has_news = false;
    pthread_mutex_unlock(&the_lock);
    if (wake)
        wake();
}

static void drop_reports(struct message *m)
{
    for (struct call *next, *call = m->reports; call; call = next) {
        next = call->next;
        call_drop(call);
    }
}

void world_reset(struct world *world)
{
    struct agenda_entry entry;
    while (agenda_take(&world->agenda, INT64_MAX, &entry))
        if (entry.kind == AGENDA_CALL)
            call_drop(entry.what);
    calls_clear(&world->calls);
    for (struct message *m = world->book.oldest; m; m = m->newer)
        drop_reports(m);
    book_clear(&world->book);
    world->optouts.n = 0;
    world->powerpacks.n = 0;
    world->numbers_n = world->numbers_configured;
    for (size_t i = 0; i < world->numbers_n; i++)
        world->numbers[i] = (struct number){ .address = world->numbers[i].address };
    memcpy(world->message_url, world->first_message_url, URL_MAX_BYTES);
    world->is_message_get = false;
    struct faults none;
    faults_init(&none);
    world_set_faults(world, &none);
}

void world_set_faults(struct world *world, const struct faults *faults)
{
    world->faults = *faults;
    if (faults->is_set[FAULT_SEED])
        world->dice.state = (uint64_t)faults->value[FAULT_SEED];
    else
        chance_bytes(&world->dice.state, sizeof world->dice.state);
    world->has_news = true; /* another rate, another time to look */
}

/* --- numbers ---------------------------------------------------------------------------------------------------- */

struct number *world_number(struct world *world, const struct sim_address *address)
{
    for (size_t i = 0; i < world->numbers_n; i++)
        if (strcmp(world->numbers[i].address.text, address->text) == 0)
            return &world->numbers[i];
    return NULL;
}

struct number *world_number_made(struct world *world, const struct sim_address *address)
{
    struct number *number = world_number(world, address);
    if (number || world->numbers_n == NUMBERS_MAX)
        return number;
    number = &world->numbers[world->numbers_n++];
    *number = (struct number){ .address = *address };
    return number;
}

/* --- inbound ---------------------------------------------------------------------------------------------------- */

/* Plivo's own answer: it does not pass the account's queue and nobody hears of it. */
static void answer_person(struct world *world, const struct message *to, const char *text)
{
    struct message template = { .uuid = id_text(chance_id()),
                                .by = BY_PLIVO,
                                .from = to->to,
                                .to = to->from,
                                .units = 1,
                                .intent = "",
                                .state = SIM_DELIVERED,
                                .accepted_ms = clock_wall_ms(),
                                .is_on_phone = true };
    template.sent_ms = template.updated_ms = template.accepted_ms;
    struct message *m = message_new(&template, str_of(text), NULL, 0, (struct str){ 0 });
    if (m && !book_add(&world->book, m))
        message_free(m);
}

bool world_receive(struct world *world, struct message *m, struct waiter *waiter)
{
    if (!book_add(&world->book, m))
        return false;
    const char *answer = NULL;
    if (world->faults.value[FAULT_DND] > 0)
        answer = optout_react(&world->optouts, &m->to, &m->from, m->intent, clock_boot_us());
    if (answer)
        answer_person(world, m, answer);
    return world_receive_again(world, m, waiter);
}

bool world_receive_again(struct world *world, struct message *m, struct waiter *waiter)
{
    struct call *call = call_new_inbound(m, world->message_url, world->is_message_get);
    if (!call)
        return false;
    m->pending++;
    call->waiter = waiter;
    call->is_forged = dice_roll(&world->dice, world->faults.value[FAULT_WEBHOOK_FORGED]);
    calls_ready(&world->calls, call);
    world->has_news = true;
    return true;
}

/* --- waiting ---------------------------------------------------------------------------------------------------- */

void waiter_init(struct waiter *waiter)
{
    *waiter = (struct waiter){ 0 };
    buf_init(&waiter->body, CALL_ANSWER_MAX_BYTES);
    wait_init(&waiter->changed);
}

void waiter_release(struct waiter *waiter)
{
    buf_release(&waiter->body);
    pthread_cond_destroy(&waiter->changed);
}

static void forget_waiter(struct world *world, struct waiter *waiter)
{
    struct waiter **at = &world->waiters;
    while (*at != waiter)
        at = &(*at)->next;
    *at = waiter->next;
    if (!waiter->is_done)
        calls_forget_waiter(&world->calls, waiter);
}

void world_wait(struct world *world, struct waiter *waiter, int64_t timeout_ms)
{
    const int64_t until_us = clock_boot_us() + timeout_ms * 1000;
    waiter->next = world->waiters;
    world->waiters = waiter;
    if (world->has_news && the_wake) {
        world->has_news = false;
        the_wake();
    }
    while (!waiter->is_done && !world->is_stopping && wait_until(&waiter->changed, &the_lock, until_us))
        continue;
    forget_waiter(world, waiter);
}

void world_release_waiters(struct world *world)
{
    world->is_stopping = true;
    for (struct waiter *waiter = world->waiters; waiter; waiter = waiter->next)
        pthread_cond_signal(&waiter->changed);
}

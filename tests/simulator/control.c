/* The control routes below /sim: what tests, the demo and the phone panel do to the simulated Plivo. */
#include "domain/segments.h"
#include "io/chance.h"
#include "io/clock.h"
#include "plivo/plivo_words.h"
#include "rest.h"
#include "sim_address.h"
#include "web.h"
#include "wire_log.h"
#include "world.h"

enum { FIRST_TRY_MS = 60000, INBOUND_TEXT_MAX_BYTES = 64 * 1024 };

static web_handler inbound, phone, accepted, received, faults_get, faults_put, faults_delete, reset, wire, health;

const struct route control_routes[] = {
    { "POST", "/sim/inbound", inbound },
    { "GET", "/sim/phones/*/messages", phone },
    { "GET", "/sim/messages", accepted },
    { "GET", "/sim/received", received },
    { "GET", "/sim/faults", faults_get },
    { "PUT", "/sim/faults", faults_put },
    { "DELETE", "/sim/faults", faults_delete },
    { "PUT", "/sim/powerpacks/*", sim_powerpack_put },
    { "POST", "/sim/reset", reset },
    { "GET", "/sim/wire", wire },
    { "GET", "/sim/health", health },
    { 0 },
};

/* --- a person texts --------------------------------------------------------------------------------------------- */

struct text_in {
    struct sim_address from, to;
    bool has_to;
    struct str text, intent, uuid;
    struct str media[MESSAGE_MEDIA_MAX];
    size_t media_n;
};

static bool refuse_unknown(const json_t *object, const char *const *known, struct err *err)
{
    const char *name;
    json_t *unused;
    json_object_foreach((json_t *)object, name, unused)
    {
        size_t i = 0;
        while (known[i] && strcmp(known[i], name) != 0)
            i++;
        if (!known[i])
            return err_set(err, ERR_INPUT, name, "there is no such field");
    }
    return true;
}

static bool read_media(const json_t *list, struct text_in *out, struct err *err)
{
    size_t i;
    const json_t *item;
    if (!list || json_is_null(list))
        return true;
    if (!json_is_array(list) || json_array_size(list) > MESSAGE_MEDIA_MAX)
        return err_set(err, ERR_INPUT, "media", "must be a list of at most %d URLs", MESSAGE_MEDIA_MAX);
    json_array_foreach(list, i, item)
    {
        struct str url = str_of(json_string_value(item));
        if ((!str_starts(url, STR("http://")) && !str_starts(url, STR("https://"))) || url.n > URL_MAX_BYTES)
            return err_set(err, ERR_INPUT, "media", "must be a list of http or https URLs");
        out->media[out->media_n++] = url;
    }
    return true;
}

static bool read_inbound(const json_t *object, struct text_in *out, struct err *err)
{
    static const char *const KNOWN[] = { "from", "to", "text", "media", "intent", "message_uuid", NULL };
    struct str from, to;
    struct id id;
    *out = (struct text_in){ 0 };
    if (!refuse_unknown(object, KNOWN, err) || !web_text(object, "from", &from, err) ||
        !web_text(object, "to", &to, err) || !web_text(object, "text", &out->text, err) ||
        !web_text(object, "intent", &out->intent, err) || !web_text(object, "message_uuid", &out->uuid, err) ||
        !read_media(json_object_get(object, "media"), out, err))
        return false;
    if (!str_is_set(from))
        return err_set(err, ERR_INPUT, "from", "is missing");
    if (out->text.n > INBOUND_TEXT_MAX_BYTES)
        return err_set(err, ERR_INPUT, "text", "has more than %d bytes", INBOUND_TEXT_MAX_BYTES);
    if (str_is_set(out->intent) && !str_is(out->intent, PLIVO_INTENT_OPT_OUT) &&
        !str_is(out->intent, PLIVO_INTENT_OPT_IN) && !str_is(out->intent, PLIVO_INTENT_HELP) && out->intent.n > 0)
        return err_set(err, ERR_INPUT, "intent", "must be optout, optin, help or empty");
    out->has_to = str_is_set(to);
    return address_read_sender(from, "from", &out->from, err) &&
           (!out->has_to || address_read(to, "to", &out->to, err)) &&
           (!str_is_set(out->uuid) || id_parse(out->uuid, "message_uuid", &id, err));
}

static const char *intent_of(const struct world *world, const struct text_in *in)
{
    static const char *const WORDS[] = { PLIVO_INTENT_OPT_OUT, PLIVO_INTENT_OPT_IN, PLIVO_INTENT_HELP };
    if (!str_is_set(in->intent))
        return world->faults.value[FAULT_DND] > 0 && in->media_n == 0 ? optout_intent(in->text) : "";
    for (size_t i = 0; i < COUNT(WORDS); i++)
        if (str_is(in->intent, WORDS[i]))
            return WORDS[i];
    return "";
}

/* Finds the message that is to be told once more, or makes a new one, and calls the webhook. */
static bool receive(struct world *world, struct text_in *in, struct waiter *waiter, struct id_text *uuid,
                    struct err *err)
{
    struct message *known = str_is_set(in->uuid) ? book_find(&world->book, in->uuid) : NULL;
    if (known && known->by != BY_PHONE)
        return err_set(err, ERR_INPUT, "message_uuid", "is that of an outbound message");
    if (known) {
        *uuid = known->uuid;
        return world_receive_again(world, known, waiter) || err_set(err, ERR_BUSY, NULL, "out of memory");
    }
    if (!in->has_to)
        in->to = world->numbers[0].address;
    if (!world_number_made(world, &in->to))
        return err_set(err, ERR_INPUT, "to", "the account has its %d numbers already", NUMBERS_MAX);
    struct message template = { .uuid = id_text(chance_id()),
                                .by = BY_PHONE,
                                .from = in->from,
                                .to = in->to,
                                .is_mms = in->media_n > 0,
                                .intent = intent_of(world, in),
                                .state = SIM_RECEIVED,
                                .is_on_phone = true,
                                .accepted_ms = clock_wall_ms() };
    if (str_is_set(in->uuid))
        memcpy(template.uuid.c, in->uuid.p, ID_TEXT_CHARS);
    const struct powerpack *powerpack = powerpack_of(&world->powerpacks, &in->to);
    if (powerpack)
        memcpy(template.powerpack, powerpack->uuid, sizeof template.powerpack);
    template.units = template.is_mms ? 1 : segments_count(in->text).segments;
    struct message *m = message_new(&template, in->text, in->media, in->media_n, (struct str){ 0 });
    *uuid = template.uuid;
    if (m && world_receive(world, m, waiter))
        return true;
    message_free(m);
    return err_set(err, ERR_BUSY, NULL, "the simulator is full: POST /sim/reset");
}

static void inbound(struct exchange *x)
{
    struct err err;
    struct text_in in;
    struct id_text uuid;
    struct waiter waiter;
    json_t *object = web_read_object(x, &err);
    bool is_read = object && read_inbound(object, &in, &err);
    if (!is_read) {
        json_decref(object);
        web_refuse(x, &err);
        return;
    }
    waiter_init(&waiter);
    struct world *world = world_lock();
    bool is_taken = receive(world, &in, &waiter, &uuid, &err);
    if (is_taken)
        world_wait(world, &waiter, FIRST_TRY_MS);
    world_unlock(world);
    struct str body = buf_str(&waiter.body);
    if (!is_taken)
        web_refuse(x, &err);
    else
        web_answer(x, 200,
                   json_pack("{ss si so sf}", "message_uuid", uuid.c, "webhook_status", waiter.status, "webhook_body",
                             str_is_utf8(body) ? json_stringn(body.p, body.n) : json_null(), "elapsed_ms",
                             (double)waiter.elapsed_us / 1000.0));
    waiter_release(&waiter);
    json_decref(object);
}

/* --- looking ---------------------------------------------------------------------------------------------------- */

static void phone(struct exchange *x)
{
    struct err err;
    struct sim_address address;
    struct str piece = x->captures[0];
    if (str_starts(piece, STR("%2B")) || str_starts(piece, STR("%2b")))
        piece = str_slice(piece, 3, piece.n);
    if (!address_read_sender(piece, "number", &address, &err)) {
        web_refuse(x, &err);
        return;
    }
    json_t *list = json_array();
    struct world *world = world_lock();
    for (const struct message *m = world->book.oldest; m; m = m->newer)
        if (m->is_on_phone && strcmp((m->by == BY_PHONE ? m->from : m->to).text, address.text) == 0)
            json_array_append_new(list, message_on_phone(m));
    world_unlock(world);
    web_answer(x, 200, list);
}

/* Those that `by` made, oldest first. */
static void answer_list(struct exchange *x, enum sim_by by, json_t *(*json_of)(const struct message *))
{
    json_t *list = json_array();
    struct world *world = world_lock();
    for (const struct message *m = world->book.oldest; m; m = m->newer)
        if (m->by == by)
            json_array_append_new(list, json_of(m));
    world_unlock(world);
    web_answer(x, 200, list);
}

static void accepted(struct exchange *x)
{
    answer_list(x, BY_PARLEY, message_accepted);
}

static void received(struct exchange *x)
{
    answer_list(x, BY_PHONE, message_received);
}

static void wire(struct exchange *x)
{
    struct world *world = world_lock();
    json_t *list = wire_log_json();
    world_unlock(world);
    web_answer(x, 200, list);
}

static void health(struct exchange *x)
{
    struct world *world = world_lock();
    size_t waiting = 0, calls = 0;
    for (size_t i = 0; i < world->numbers_n; i++)
        waiting += world->numbers[i].waiting;
    for (const struct call *call = world->calls.flying; call; call = call->next)
        calls++;
    json_t *body = json_pack("{ss sI sI sI}", "status", "ok", "messages", (json_int_t)world->book.n, "waiting",
                             (json_int_t)waiting, "calls", (json_int_t)calls);
    world_unlock(world);
    web_answer(x, 200, body);
}

/* --- faults ----------------------------------------------------------------------------------------------------- */

static void faults_get(struct exchange *x)
{
    struct world *world = world_lock();
    json_t *body = faults_json(&world->faults);
    world_unlock(world);
    web_answer(x, 200, body);
}

static void set_faults(struct exchange *x, const struct faults *faults)
{
    struct world *world = world_lock();
    world_set_faults(world, faults);
    world_unlock(world);
    web_answer(x, 200, faults_json(faults));
}

static void faults_put(struct exchange *x)
{
    struct err err;
    struct faults faults;
    json_t *object = web_read_object(x, &err);
    if (object && faults_read(object, &faults, &err))
        set_faults(x, &faults);
    else
        web_refuse(x, &err);
    json_decref(object);
}

static void faults_delete(struct exchange *x)
{
    struct faults none;
    faults_init(&none);
    set_faults(x, &none);
}

static void reset(struct exchange *x)
{
    struct world *world = world_lock();
    world_reset(world);
    wire_log_clear();
    world_unlock(world);
    web_answer(x, 200, json_object());
}

/* Powerpacks: how Plivo's API shows them, and how a test makes one. */
#include "rest.h"
#include "sim_address.h"
#include "world.h"

/* --- Plivo's API ------------------------------------------------------------------------------------------------ */

void rest_powerpack(struct exchange *x)
{
    json_t *body = NULL;
    struct world *world = world_lock();
    const struct powerpack *powerpack = powerpack_find(&world->powerpacks, x->captures[1]);
    if (powerpack) {
        json_t *fields = powerpack_json(powerpack, world->auth_id);
        body = plivo_object();
        json_object_update(body, fields);
        json_decref(fields);
    }
    world_unlock(world);
    if (body)
        web_answer(x, 200, body);
    else
        plivo_refuse(x, 404, "not found");
}

void rest_powerpack_numbers(struct exchange *x)
{
    json_t *objects = NULL;
    struct world *world = world_lock();
    const struct powerpack *powerpack = powerpack_find(&world->powerpacks, x->captures[1]);
    if (powerpack)
        objects = json_array();
    for (size_t i = 0; powerpack && i < powerpack->numbers_n; i++) {
        struct str form = plivo_form(&powerpack->numbers[i]);
        json_array_append_new(
            objects, json_pack("{ss so}", "number_pool_uuid", powerpack->uuid, "number", json_stringn(form.p, form.n)));
    }
    world_unlock(world);
    int64_t n = (int64_t)json_array_size(objects);
    if (objects)
        web_answer(x, 200, rest_list(x, STR(""), POWERPACK_NUMBERS_MAX, 0, n, objects));
    else
        plivo_refuse(x, 404, "not found");
}

/* --- PUT /sim/powerpacks/{uuid} --------------------------------------------------------------------------------- */

static bool read_flag(const json_t *object, const char *name, bool *out, struct err *err)
{
    const json_t *value = json_object_get(object, name);
    *out = !value || json_is_true(value);
    return !value || json_is_boolean(value) || err_set(err, ERR_INPUT, name, "must be true or false");
}

static bool read_powerpack(struct str uuid, const json_t *object, struct powerpack *out, struct err *err)
{
    size_t i;
    const json_t *item;
    const json_t *numbers = json_object_get(object, "numbers");
    *out = (struct powerpack){ .numbers_n = 0 };
    if (uuid.n != POWERPACK_UUID_MAX_BYTES)
        return err_set(err, ERR_INPUT, "uuid", "must have %d characters", POWERPACK_UUID_MAX_BYTES);
    memcpy(out->uuid, uuid.p, uuid.n);
    if (json_array_size(numbers) == 0 || json_array_size(numbers) > POWERPACK_NUMBERS_MAX)
        return err_set(err, ERR_INPUT, "numbers", "must be a list of 1 to %d numbers", POWERPACK_NUMBERS_MAX);
    json_array_foreach(numbers, i, item) if (!address_read(str_of(json_string_value(item)), "numbers",
                                                           &out->numbers[out->numbers_n++], err)) return false;
    return read_flag(object, "sticky_sender", &out->is_sticky, err) &&
           read_flag(object, "local_connect", &out->is_local, err);
}

static bool put(struct world *world, const struct powerpack *powerpack, struct err *err)
{
    for (size_t i = 0; i < powerpack->numbers_n; i++)
        if (!world_number_made(world, &powerpack->numbers[i]))
            return err_set(err, ERR_INPUT, "numbers", "the account has its %d numbers already", NUMBERS_MAX);
    return powerpack_put(&world->powerpacks, powerpack) ||
           err_set(err, ERR_INPUT, "uuid", "there are %d Powerpacks already", POWERPACKS_MAX);
}

void sim_powerpack_put(struct exchange *x)
{
    struct err err;
    struct powerpack powerpack;
    json_t *object = web_read_object(x, &err);
    bool is_put = object && read_powerpack(x->captures[0], object, &powerpack, &err);
    if (is_put) {
        struct world *world = world_lock();
        is_put = put(world, &powerpack, &err);
        world_unlock(world);
    }
    json_decref(object);
    if (is_put)
        web_answer(x, 200, json_object());
    else
        web_refuse(x, &err);
}

#include "rest.h"
#include "sim_address.h"
#include "world.h"

const struct route rest_routes[] = {
    { "POST", "/v1/Account/*/Message", rest_send },
    { "GET", "/v1/Account/*/Message", rest_messages },
    { "GET", "/v1/Account/*/Message/*", rest_message },
    { "GET", "/v1/Account/*/Message/*/Media", rest_media },
    { "GET", "/v1/Account/*", rest_account },
    { "GET", "/v1/Account/*/Number", rest_numbers },
    { "GET", "/v1/Account/*/Number/*", rest_number },
    { "POST", "/v1/Account/*/Number/*", rest_number_link },
    { "GET", "/v1/Account/*/Application", rest_applications },
    { "GET", "/v1/Account/*/Application/*", rest_application },
    { "POST", "/v1/Account/*/Application/*", rest_application_change },
    { "GET", "/v1/Account/*/Powerpack/*", rest_powerpack },
    { "GET", "/v1/Account/*/NumberPool/*/Number", rest_powerpack_numbers },
    { 0 },
};

bool rest_is_ours(struct str auth_id)
{
    struct world *world = world_lock();
    bool is_ours = str_eq(world->auth_id, auth_id);
    world_unlock(world);
    return is_ours;
}

static json_t *page_link(struct exchange *x, struct str filters, int64_t limit, int64_t offset)
{
    return json_sprintf("%.*s?%.*s%slimit=%lld&offset=%lld", STR_ARGS(x->rq->path), STR_ARGS(filters),
                        filters.n ? "&" : "", (long long)limit, (long long)offset);
}

json_t *rest_list(struct exchange *x, struct str filters, int64_t limit, int64_t offset, int64_t total, json_t *objects)
{
    json_t *next = offset + limit < total ? page_link(x, filters, limit, offset + limit) : json_null();
    json_t *previous = offset > 0 ? page_link(x, filters, limit, max_i64(0, offset - limit)) : json_null();
    json_t *body = plivo_object();
    json_object_set_new(body, "meta",
                        json_pack("{sI so so sI sI}", "limit", (json_int_t)limit, "next", next, "previous", previous,
                                  "offset", (json_int_t)offset, "total_count", (json_int_t)total));
    json_object_set_new(body, "objects", objects);
    return body;
}

/* --- account ---------------------------------------------------------------------------------------------------- */

void rest_account(struct exchange *x)
{
    json_t *body = plivo_object();
    json_t *fields = json_pack("{ss ss sb ss ss ss ss ss ss so}", "account_type", "standard", "address", "",
                               "auto_recharge", 0, "billing_mode", "prepaid", "cash_credits", "100.00000", "city", "",
                               "name", "Simulated account", "state", "", "timezone", "UTC", "resource_uri",
                               json_sprintf("%.*s", STR_ARGS(x->rq->path)));
    json_object_set_new(fields, "auth_id", json_stringn(x->captures[0].p, x->captures[0].n));
    json_object_update(body, fields);
    json_decref(fields);
    web_answer(x, 200, body);
}

/* --- numbers ---------------------------------------------------------------------------------------------------- */

static json_t *number_json(const struct world *world, const struct number *number)
{
    struct str form = plivo_form(&number->address);
    struct str account = world->auth_id;
    json_t *application = json_sprintf("/v1/Account/%.*s/Application/%s/", STR_ARGS(account), REST_APPLICATION_ID);
    json_t *uri = json_sprintf("/v1/Account/%.*s/Number/%.*s/", STR_ARGS(account), STR_ARGS(form));
    return json_pack("{so so ss ss sb sb sb ss sn sn ss sn so sn}", "number", json_stringn(form.p, form.n),
                     "application", application, "alias", "", "country", "United States", "sms_enabled", 1,
                     "mms_enabled", 1, "active", 1, "number_type", "local", "subaccount", "tendlc_campaign_id",
                     "tendlc_registration_status", "COMPLETED", "toll_free_sms_verification", "resource_uri", uri,
                     "powerpack");
}

/* The number in the path. NULL: answered with 404. */
static struct number *number_of(struct exchange *x, struct world *world)
{
    struct sim_address address;
    struct err err;
    struct str piece = x->captures[1];
    if (str_starts(piece, STR("%2B")))
        piece = str_slice(piece, 3, piece.n);
    return address_read(piece, "number", &address, &err) ? world_number(world, &address) : NULL;
}

void rest_number(struct exchange *x)
{
    json_t *body = NULL;
    struct world *world = world_lock();
    const struct number *number = number_of(x, world);
    if (number) {
        body = plivo_object();
        json_t *fields = number_json(world, number);
        json_object_update(body, fields);
        json_decref(fields);
    }
    world_unlock(world);
    if (body)
        web_answer(x, 200, body);
    else
        plivo_refuse(x, 404, "not found");
}

void rest_numbers(struct exchange *x)
{
    json_t *objects = json_array();
    struct world *world = world_lock();
    for (size_t i = 0; i < world->numbers_n; i++)
        json_array_append_new(objects, number_json(world, &world->numbers[i]));
    world_unlock(world);
    int64_t n = (int64_t)json_array_size(objects);
    web_answer(x, 200, rest_list(x, STR(""), NUMBERS_MAX, 0, n, objects));
}

static void answer_changed(struct exchange *x)
{
    json_t *body = plivo_object();
    json_object_set_new(body, "message", json_string("changed"));
    web_answer(x, 202, body);
}

void rest_number_link(struct exchange *x)
{
    struct err err;
    struct str app_id;
    struct world *world = world_lock();
    bool is_number = number_of(x, world) != NULL;
    world_unlock(world);
    if (!is_number) {
        plivo_refuse(x, 404, "not found");
        return;
    }
    json_t *object = web_read_object(x, &err);
    if (!object || !web_text(object, "app_id", &app_id, &err))
        plivo_refuse_input(x, &err);
    else if (str_is_set(app_id) && !str_is(app_id, REST_APPLICATION_ID))
        plivo_refuse(x, 400, "app_id is not an application of this account");
    else
        answer_changed(x);
    json_decref(object);
}

/* --- the application -------------------------------------------------------------------------------------------- */

static json_t *application_json(const struct world *world)
{
    json_t *uri = json_sprintf("/v1/Account/%.*s/Application/%s/", STR_ARGS(world->auth_id), REST_APPLICATION_ID);
    return json_pack("{ss ss ss ss sb sb sb so ss ss ss}", "app_id", REST_APPLICATION_ID, "app_name", "Parley",
                     "message_url", world->message_url, "message_method", world->is_message_get ? "GET" : "POST",
                     "log_incoming_messages", 1, "default_app", 1, "enabled", 1, "resource_uri", uri, "answer_url", "",
                     "answer_method", "POST", "hangup_url", "");
}

static bool is_the_application(struct exchange *x)
{
    bool is = str_is(x->captures[1], REST_APPLICATION_ID);
    if (!is)
        plivo_refuse(x, 404, "not found");
    return is;
}

void rest_application(struct exchange *x)
{
    if (!is_the_application(x))
        return;
    json_t *body = plivo_object();
    struct world *world = world_lock();
    json_t *fields = application_json(world);
    world_unlock(world);
    json_object_update(body, fields);
    json_decref(fields);
    web_answer(x, 200, body);
}

void rest_applications(struct exchange *x)
{
    struct world *world = world_lock();
    json_t *objects = json_array();
    json_array_append_new(objects, application_json(world));
    world_unlock(world);
    web_answer(x, 200, rest_list(x, STR(""), 20, 0, 1, objects));
}

static bool read_change(const json_t *object, struct str *url, struct str *method, struct err *err)
{
    if (!web_text(object, "message_url", url, err) || !web_text(object, "message_method", method, err))
        return false;
    bool is_web = str_starts(*url, STR("http://")) || str_starts(*url, STR("https://"));
    if (str_is_set(*url) && (!is_web || url->n >= URL_MAX_BYTES))
        return err_set(err, ERR_INPUT, "message_url", "message_url is not a valid URL");
    if (str_is_set(*method) && !str_is(*method, "GET") && !str_is(*method, "POST"))
        return err_set(err, ERR_INPUT, "message_method", "message_method must be GET or POST");
    return true;
}

void rest_application_change(struct exchange *x)
{
    struct err err;
    struct str url, method;
    if (!is_the_application(x))
        return;
    json_t *object = web_read_object(x, &err);
    if (!object || !read_change(object, &url, &method, &err)) {
        json_decref(object);
        plivo_refuse_input(x, &err);
        return;
    }
    struct world *world = world_lock();
    if (str_is_set(url)) {
        memcpy(world->message_url, url.p, url.n);
        world->message_url[url.n] = '\0';
    }
    if (str_is_set(method))
        world->is_message_get = str_is(method, "GET");
    world_unlock(world);
    json_decref(object);
    answer_changed(x);
}

#include "powerpacks.h"

enum { AREA_CHARS = 5 }; /* "+1" and the area code */

struct powerpack *powerpack_find(struct powerpacks *powerpacks, struct str uuid)
{
    for (size_t i = 0; i < powerpacks->n; i++)
        if (str_is(uuid, powerpacks->v[i].uuid))
            return &powerpacks->v[i];
    return NULL;
}

static bool has(const struct powerpack *powerpack, const struct sim_address *number, size_t *at)
{
    for (*at = 0; *at < powerpack->numbers_n; (*at)++)
        if (strcmp(powerpack->numbers[*at].text, number->text) == 0)
            return true;
    return false;
}

const struct powerpack *powerpack_of(const struct powerpacks *powerpacks, const struct sim_address *number)
{
    size_t at;
    for (size_t i = 0; i < powerpacks->n; i++)
        if (has(&powerpacks->v[i], number, &at))
            return &powerpacks->v[i];
    return NULL;
}

static void take_away(struct powerpack *from, const struct sim_address *number)
{
    size_t at;
    if (has(from, number, &at))
        from->numbers[at] = from->numbers[--from->numbers_n];
}

bool powerpack_put(struct powerpacks *powerpacks, const struct powerpack *one)
{
    struct powerpack *known = powerpack_find(powerpacks, str_of(one->uuid));
    if (!known && powerpacks->n == POWERPACKS_MAX)
        return false;
    for (size_t i = 0; i < powerpacks->n; i++)
        for (size_t k = 0; k < one->numbers_n; k++)
            take_away(&powerpacks->v[i], &one->numbers[k]);
    *(known ? known : &powerpacks->v[powerpacks->n++]) = *one;
    return true;
}

const struct sim_address *powerpack_choose(struct powerpack *powerpack, const struct book *book,
                                           const struct sim_address *person)
{
    size_t at;
    if (powerpack->numbers_n == 0)
        return NULL;
    for (const struct message *m = book->newest; m && powerpack->is_sticky; m = m->older)
        if (m->by == BY_PARLEY && strcmp(m->to.text, person->text) == 0 && has(powerpack, &m->from, &at))
            return &powerpack->numbers[at];
    for (at = 0; at < powerpack->numbers_n && powerpack->is_local; at++)
        if (strncmp(powerpack->numbers[at].text, person->text, AREA_CHARS) == 0)
            return &powerpack->numbers[at];
    return &powerpack->numbers[powerpack->turn++ % powerpack->numbers_n];
}

json_t *powerpack_json(const struct powerpack *powerpack, struct str auth_id)
{
    json_t *pool = json_sprintf("/v1/Account/%.*s/NumberPool/%s/", STR_ARGS(auth_id), powerpack->uuid);
    json_t *uri = json_sprintf("/v1/Account/%.*s/Powerpack/%s/", STR_ARGS(auth_id), powerpack->uuid);
    return json_pack("{ss ss sb sb so so ss sn}", "uuid", powerpack->uuid, "name", "Simulated", "sticky_sender",
                     powerpack->is_sticky, "local_connect", powerpack->is_local, "number_pool", pool, "resource_uri",
                     uri, "application_type", "xml", "application_id");
}

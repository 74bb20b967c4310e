#include "replies.h"
#include "sim_address.h"
#include "domain/segments.h"
#include "io/chance.h"
#include "io/clock.h"
#include "io/log.h"
#include "reply_xml.h"

enum { REPLY_ARENA_BYTES = 512 * 1024 };

/* One message to one person. */
static bool send_one(struct world *world, const struct message *inbound, const struct reply *reply, struct str dst,
                     struct err *err)
{
    struct message template = { .uuid = id_text(chance_id()),
                                .by = BY_PARLEY,
                                .from = inbound->to,
                                .to = inbound->from,
                                .intent = "",
                                .units = segments_count(reply->text).segments,
                                .accepted_ms = clock_wall_ms(),
                                .is_callback_get = str_is(reply->callback_method, "GET") };
    if (str_is_set(reply->src) && !address_read(reply->src, "src", &template.from, err))
        return false;
    if (str_is_set(dst) && !address_read(dst, "dst", &template.to, err))
        return false;
    if (!world_number(world, &template.from))
        return err_set(err, ERR_INPUT, "src", "is not a number of this account");
    if (reply->text.n == 0)
        return err_set(err, ERR_INPUT, "text", "is blank");
    if (!segments_check(reply->text, "text", err))
        return false;
    struct message *m = message_new(&template, reply->text, NULL, 0, reply->callback_url);
    if (m && world_accept(world, m, EXPIRY_DEFAULT_S, false))
        return true;
    message_free(m);
    return err_set(err, ERR_BUSY, NULL, "the simulator is full");
}

void replies_send(struct world *world, const struct message *inbound, struct str xml)
{
    struct arena arena;
    struct replies replies = { 0 };
    struct err err;
    if (str_trim(xml).n == 0)
        return;
    arena_init(&arena, REPLY_ARENA_BYTES);
    bool is_read = reply_xml_parse(xml, &arena, &replies, &err);
    if (!is_read)
        log_event(LOG_WARN, "sim.reply_not_understood", F_ERR(&err));
    for (size_t i = 0; is_read && i < replies.n; i++) {
        struct str rest = replies.v[i].dst, dst = rest;
        bool has_more = !str_is_set(rest) || str_next(&rest, '<', &dst);
        while (has_more) {
            if (!send_one(world, inbound, &replies.v[i], dst, &err))
                log_event(LOG_WARN, "sim.reply_refused", F_ERR(&err));
            has_more = str_is_set(rest) && str_next(&rest, '<', &dst);
        }
    }
    arena_release(&arena);
}

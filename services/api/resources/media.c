/* /api/v1/media/{id}: a file of a message, id = the message's id and the file's place in it, as message.media[].id says. */
#include "media/media_fetch.h"
#include "media/media_type.h"
#include "routes.h"

enum { ID_CHARS = 36, MEDIA_N_MAX = 99 };

static bool split_id(const struct call *call, struct id *message, int64_t *n, struct err *err)
{
    struct str text = call->parts[0];
    bool is_fine = text.n > ID_CHARS + 1 && text.p[ID_CHARS] == '-' &&
                   id_parse(str_slice(text, 0, ID_CHARS), "id", message, err) &&
                   str_to_int(str_slice(text, ID_CHARS + 1, text.n), 0, MEDIA_N_MAX, n);
    return is_fine || err_set(err, ERR_MISSING, "id", "there is no file with this id");
}

/* What the file turned out to be is kept with its message, once: the identity is the file's. Whether that succeeds now or the next time that
 * somebody looks changes nothing for who looks. */
static void keep_facts(struct call *call, struct id message, int64_t n, const char *content_type, size_t bytes)
{
    struct media_seen seen = { .id = message, .n = n, .content_type = str_of(content_type), .bytes = (int64_t)bytes };
    struct nothing nothing;
    struct err ignored;
    if (!call_ask(call, OP_media_seen, &seen, &nothing, &ignored))
        call->has_info = false;
}

static bool answer(struct call *call, struct id message, int64_t n, const struct media_view *media, struct str bytes,
                   struct err *err)
{
    const struct media_type *type = media_type_of(bytes);
    struct str disposition = arena_format(call->arena, "attachment; filename=\"media-%lld.%s\"", (long long)n + 1,
                                          type->extension);
    if (!str_is_set(disposition))
        return arena_err(call->arena, err);
    if (media->bytes == INT_UNSET)
        keep_facts(call, message, n, type->content_type, bytes.n);
    call_header(call, "Content-Disposition", disposition);
    call_header(call, "Content-Security-Policy", STR("sandbox; default-src 'none'"));
    call_header(call, "Cache-Control", STR("private, max-age=86400, immutable"));
    return call_answer_bytes(call, 200, type->content_type, bytes);
}

bool media_get(struct call *call, struct err *err)
{
    struct by_id query = { 0 };
    struct message_view message;
    int64_t n = 0;
    struct buf file;
    if (!split_id(call, &query.id, &n, err) || !call_ask(call, OP_message, &query, &message, err))
        return false;
    if ((size_t)n >= message.media.n)
        return err_set(err, ERR_MISSING, "id", "there is no file with this id");
    buf_init(&file, MEDIA_MAX_BYTES);
    bool ok = media_fetch(message.media.v[n].url, &file, err) &&
              answer(call, message.id, n, &message.media.v[n], buf_str(&file), err);
    buf_release(&file);
    return ok;
}

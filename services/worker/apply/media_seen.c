/* media_seen: what a file of a message turned out to be when somebody first looked at it. */
#include "apply/apply.h"
#include "query/query.h"

bool media_seen_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                      void *reply, struct err *err)
{
    const struct media_seen *seen = request;
    struct message_row message;
    bool found;
    (void)settings;
    record_init(&nothing_record, reply);
    if (!message_get(txn, tenant, seen->id, &message, &found, err))
        return false;
    if (!found || seen->n < 0 || (size_t)seen->n >= message.media.n)
        return err_set(err, ERR_MISSING, "id", "there is no such file");
    struct media_item *file = &message.media.v[seen->n];
    if (file->bytes > 0 || seen->bytes <= 0)
        return true; /* known already (P2) */
    file->content_type = seen->content_type;
    file->bytes = seen->bytes;
    return message_put(txn, tenant, &message, err);
}

#include "teller.h"

#include "config.h"
#include "io/bus.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/wait.h"
#include "apply/notice.h"
#include "apply/settings_cache.h"
#include "loop.h"
#include "query/bulk_views.h"
#include "query/query.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    HEAD_EVERY_MS = 1000,
    WAITING_MAX = 4 * TOLD_MAX,
    AT_ONCE = 256,
    SHOWN_MAX = 64,
    BATCH_BYTES_MAX = 32 * 1024 * 1024
};

static struct bus_publisher *publisher;
static struct settings settings; /* const after start */
static pthread_t thread;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled;
static struct told *waiting; /* WAITING_MAX; guarded by lock, as all below it */
static size_t waiting_n;
static bool wake_waits;
static bool stopping;

void teller_tell(const struct told *told, size_t n, bool wakes_sender)
{
    if (n == 0 && !wakes_sender)
        return;
    pthread_mutex_lock(&lock);
    size_t room = min_size(n,
                           WAITING_MAX - waiting_n); /* over it: a gap that readers of the stream fill from the log */
    if (room)
        memcpy(waiting + waiting_n, told, room * sizeof *told);
    waiting_n += room;
    wake_waits = wake_waits || wakes_sender;
    pthread_cond_signal(&filled);
    pthread_mutex_unlock(&lock);
}

/* --- what an event shows --- */

static struct str to_json(struct txn *txn, const struct record *record, const void *view)
{
    AUTO(buf_release) struct buf json;
    buf_init(&json, 256 * 1024);
    return record_to_json(record, view, &json) ? arena_dup(txn->arena, buf_str(&json)) : (struct str){0};
}

static bool message_data(struct txn *txn, int64_t tenant, struct id object, struct str *json, struct err *err)
{
    struct message_row row;
    struct message_view view;
    bool found;
    if (!message_get(txn, tenant, object, &row, &found, err))
        return false;
    if (!found)
        return true;
    if (!message_view_make(txn, tenant, &row, &view, err))
        return false;
    *json = to_json(txn, &message_view_record, &view);
    return true;
}

static bool conversation_data(struct txn *txn, int64_t tenant, struct id object, struct str *json, struct err *err)
{
    struct conversation_row row;
    struct conversation_view view;
    bool found;
    if (!conversation_get(txn, tenant, object, &row, &found, err))
        return false;
    if (!found)
        return true;
    if (!conversation_view_make(txn, tenant, &row, &view, err))
        return false;
    *json = to_json(txn, &conversation_view_record, &view);
    return true;
}

static bool contact_data(struct txn *txn, int64_t tenant, struct id object, struct str *json, struct err *err)
{
    struct contact_row row;
    struct contact_view view;
    bool found;
    if (!contact_get(txn, tenant, object, &row, &found, err))
        return false;
    if (!found)
        return true;
    if (!contact_view_make(txn, tenant, &row, &view, err))
        return false;
    *json = to_json(txn, &contact_view_record, &view);
    return true;
}

static bool number_data(struct txn *txn, int64_t tenant, const struct settings *s, struct id object, struct str *json,
                        struct err *err)
{
    struct number_row row;
    struct number_view view;
    bool found;
    if (!number_by_id(txn, tenant, object, &row, &found, err))
        return false;
    if (!found)
        return true;
    number_view_make(&row, s, &view);
    *json = to_json(txn, &number_view_record, &view);
    return true;
}

/* Its id alone: what is told rarely, or is gone. */
static bool id_data(struct txn *txn, struct id object, struct str *json)
{
    *json = arena_format(txn->arena, "{\"id\":\"%s\"}", id_text(object).c);
    return true;
}

static bool campaign_data(struct txn *txn, int64_t tenant, struct id object, struct str *json, struct err *err)
{
    struct campaign_row row;
    struct campaign_view view;
    bool found;
    if (!campaign_get(txn, tenant, object, &row, &found, err))
        return false;
    if (!found)
        return id_data(txn, object, json);
    if (!campaign_view_make(txn, tenant, &row, &view, err))
        return false;
    *json = to_json(txn, &campaign_view_record, &view);
    return true;
}

/* A rule that is gone is told by its id alone. */
static bool rule_data(struct txn *txn, int64_t tenant, struct id object, struct str *json, struct err *err)
{
    struct rule_row row;
    struct rule_view view;
    bool found;
    if (!ROW_GET(txn, TABLE_RULE, key_of_id(tenant, object), rule_row, &row, &found, err))
        return false;
    if (found) {
        rule_view_make(&row, &view);
        *json = to_json(txn, &rule_view_record, &view);
    } else {
        *json = arena_format(txn->arena, "{\"id\":\"%s\"}", id_text(object).c);
    }
    return true;
}

static bool note_data(struct txn *txn, int64_t tenant, struct id object, struct str *json, struct err *err)
{
    struct note_row row;
    struct note_view view;
    bool found;
    if (!note_get(txn, tenant, object, &row, &found, err))
        return false;
    if (!found)
        return true;
    note_view_make(&row, &view);
    *json = to_json(txn, &note_view_record, &view);
    return true;
}

static bool notice_data(struct txn *txn, int64_t tenant, struct id object, struct str *json, struct err *err)
{
    struct notice_row row;
    struct notice_view view;
    bool found;
    if (!notice_get(txn, tenant, object, &row, &found, err))
        return false;
    if (!found)
        return true;
    notice_view_make(&row, &view);
    *json = to_json(txn, &notice_view_record, &view);
    return true;
}

static bool settings_data(struct txn *txn, int64_t tenant, struct str *json, struct err *err)
{
    const struct settings readers = { 0 };
    const struct settings_view *view;
    if (!tenant_settings_get(txn, &readers, tenant, &view, err))
        return false;
    *json = to_json(txn, &settings_view_record, view);
    return true;
}

bool event_data(struct txn *txn, int64_t tenant, const struct settings *s, struct str type, struct id object,
                struct str *json, struct err *err)
{
    *json = (struct str){0};
    if (str_starts(type, STR("message.")))
        return message_data(txn, tenant, object, json, err);
    if (str_starts(type, STR("conversation.")))
        return conversation_data(txn, tenant, object, json, err);
    if (str_is(type, "contact.deleted")) {
        *json = arena_format(txn->arena, "{\"id\":\"%s\"}", id_text(object).c);
        return str_is_set(*json) ? true : arena_err(txn->arena, err);
    }
    if (str_starts(type, STR("contact.")))
        return contact_data(txn, tenant, object, json, err);
    if (str_starts(type, STR("number.")))
        return number_data(txn, tenant, s, object, json, err);
    if (str_starts(type, STR("rule.")))
        return rule_data(txn, tenant, object, json, err);
    if (str_starts(type, STR("note.")))
        return note_data(txn, tenant, object, json, err);
    if (str_starts(type, STR("notice.")))
        return notice_data(txn, tenant, object, json, err);
    if (str_starts(type, STR("settings.")))
        return settings_data(txn, tenant, json, err);
    if (str_starts(type, STR("campaign.")))
        return campaign_data(txn, tenant, object, json, err);
    if (str_starts(type, STR("template.")) || str_starts(type, STR("pool.")))
        return id_data(txn, object, json);
    return true;
}

/* --- the thread --- */

/* Objects of this batch, by the last bits of their ids: one snapshot shows an object the same way however often it is told. */
struct shown {
    struct id object;
    struct str data;
};

/* Conversations and messages are told several times in a batch and alone cost much. Their events name no others' ids. */
static bool is_often_told(const char *type)
{
    return str_starts(str_of(type), STR("message.")) || str_starts(str_of(type), STR("conversation."));
}

static bool data_of(struct txn *txn, const struct told *told, struct shown shown[SHOWN_MAX], struct str *data,
                    struct err *err)
{
    struct shown *place = &shown[told->object.b[ID_BYTES - 1] % SHOWN_MAX];
    bool is_kept = is_often_told(told->type);
    if (is_kept && str_is_set(place->data) && id_eq(place->object, told->object)) {
        *data = place->data;
        return true;
    }
    if (!event_data(txn, told->tenant, &settings, str_of(told->type), told->object, data, err))
        return false;
    if (is_kept)
        *place = (struct shown){ told->object, *data };
    return true;
}

static void tell_events(const struct told *told, size_t n, struct arena *arena)
{
    struct shown shown[SHOWN_MAX] = { 0 };
    struct txn txn;
    struct err err;
    if (!store_begin_read(the_store, arena, &txn, &err)) {
        log_event(LOG_ERROR, "teller.read_failed", F_ERR(&err));
        return; /* a gap: whoever follows the stream asks the log */
    }
    for (size_t i = 0; i < n; i++) {
        struct event_frame frame = {.tenant = told[i].tenant, .number = told[i].number, .type = str_of(told[i].type)};
        if (data_of(&txn, &told[i], shown, &frame.data, &err))
            bus_publish(publisher, &frame);
        else
            log_event(LOG_ERROR, "teller.event_failed", F_WORD("type", told[i].type), F_ERR(&err));
    }
    store_abort(&txn);
}

static void tell_heads(struct arena *arena)
{
    struct txn txn;
    struct err err;
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    if (!store_begin_read(the_store, arena, &txn, &err))
        return;
    scan_begin(&scan, &txn, TABLE_TENANT, key_begin(), SCAN_FORWARD);
    while (found && scan_next(&scan, &rest, &value, &found, &err) && found) {
        struct tenant_row row;
        int64_t tenant = 0;
        for (size_t i = 0; i < rest.n; i++)
            tenant = tenant * 256 + (uint8_t)rest.p[i];
        if (!row_decode(&txn, &tenant_row_record, value, &row, &err))
            break;
        bus_publish(publisher,
                    &(struct event_frame){ .tenant = tenant, .number = row.event_head, .type = STR("head") });
    }
    scan_end(&scan);
    store_abort(&txn);
}

/* What waits, at most AT_ONCE; waits for it until the next head is due. False: stop. */
static bool take(struct told out[AT_ONCE], size_t *n, bool *wakes)
{
    const int64_t until_us = clock_boot_us() + HEAD_EVERY_MS * 1000;
    pthread_mutex_lock(&lock);
    while (waiting_n == 0 && !wake_waits && !stopping && wait_until(&filled, &lock, until_us))
        continue;
    *n = min_size(waiting_n, AT_ONCE);
    memcpy(out, waiting, *n * sizeof *out);
    memmove(waiting, waiting + *n, (waiting_n - *n) * sizeof *waiting);
    waiting_n -= *n;
    *wakes = wake_waits;
    wake_waits = false;
    bool go_on = !stopping || *n > 0;
    pthread_mutex_unlock(&lock);
    return go_on;
}

static void *teller_thread(void *unused)
{
    (void)unused;
    struct told told[AT_ONCE];
    struct arena arena;
    size_t n;
    bool wakes;
    int64_t heads_at = 0;
    arena_init(&arena, BATCH_BYTES_MAX);
    while (take(told, &n, &wakes)) {
        if (wakes) /* first: somebody waits for a message to leave */
            bus_publish(publisher, &(struct event_frame){.type = STR("wake")});
        if (n && bus_publisher_is_followed(publisher))
            tell_events(told, n, &arena);
        if (clock_boot_ms() - heads_at >= HEAD_EVERY_MS) {
            tell_heads(&arena);
            heads_at = clock_boot_ms();
        }
        arena_reset(&arena);
    }
    arena_release(&arena);
    return NULL;
}

bool teller_start(const void *config_values, struct err *err)
{
    const struct worker_config *config = config_values;
    struct str endpoint = config_endpoint(config->events, config->run_dir, "events.sock");
    settings = (struct settings){.number_rate = config->number_rate};
    waiting = calloc(WAITING_MAX, sizeof *waiting);
    if (!waiting)
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    wait_init(&filled);
    if (bus_publisher_open(&publisher, endpoint.p, err)) {
        if (pthread_create(&thread, NULL, teller_thread, NULL) == 0)
            return true;
        bus_publisher_close(&publisher);
        (void)err_set(err, ERR_BUSY, NULL, "no thread for the teller"); /* false below */
    }
    free(waiting);
    waiting = NULL;
    return false;
}

void teller_stop(void)
{
    pthread_mutex_lock(&lock);
    stopping = true;
    pthread_cond_signal(&filled);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
    bus_publisher_close(&publisher);
    free(waiting);
    waiting = NULL;
}

#include "ask.h"

#include "config.h"
#include "io/clock.h"
#include "io/service.h"

enum { ASK_STOPPING_MS = 2000 }; /* patience with the worker from the last try before the service's end on */

static struct bus_client *client;

bool ask_start(const void *values, struct err *err)
{
    const struct api_config *config = values;
    struct str endpoint = config_endpoint(config->worker_endpoint, config->run_dir, "worker.sock");
    return bus_client_open(&client, endpoint.p, "worker", err);
}

bool ask_is_connected(void)
{
    return client && bus_client_is_connected(client, ASK_CONNECTED_MS);
}

bool ask_ready(struct err *why)
{
    return ask_is_connected() || err_set(why, ERR_BUSY, NULL, "the worker cannot be reached");
}

void ask_stop(void)
{
    bus_client_close(&client);
}

bool ask(enum operation operation, const struct bus_context *context, const void *request, struct arena *arena,
         void *reply, struct bus_reply_info *info, struct err *err)
{
    int64_t deadline_ms = clock_boot_ms() + ASK_DEADLINE_MS;
    for (;;) {
        int64_t began_ms = clock_boot_ms();
        int64_t try_ms = clamp_i64(deadline_ms - began_ms, 1, ASK_TRY_MS);
        if (bus_call(client, operation, context, request, arena, reply, info, try_ms, err))
            return true;
        bool was_silent = err->kind == ERR_BUSY && clock_boot_ms() - began_ms >= try_ms;
        if (!was_silent)
            return false;
        metric_add(&metric_worker_silent, 1);
        if (service_is_stopping())
            deadline_ms = min_i64(deadline_ms, began_ms + ASK_STOPPING_MS);
        if (clock_boot_ms() >= deadline_ms)
            return err_set(err, ERR_BUSY, NULL, "the worker did not answer; ask again");
    }
}

bool ask_once(enum operation operation, const struct bus_context *context, const void *request, struct arena *arena,
              void *reply, int64_t timeout_ms, struct err *err)
{
    return bus_call(client, operation, context, request, arena, reply, NULL, timeout_ms, err);
}

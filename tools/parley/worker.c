#include "worker.h"

#include "io/chance.h"
#include "io/clock.h"
#include "io/log.h"

enum { ARENA_MAX_BYTES = 16 * 1024 * 1024 };

CONFIG_TABLE(tool_config_table, tool_config, TOOL_CONFIG);

bool worker_open(struct worker *worker, struct err *err)
{
    *worker = (struct worker){ 0 };
    if (!config_load(&tool_config_table, &worker->config, err) || !log_init("parley", STR("error"), STR("text"), err))
        return false;
    struct str endpoint = config_endpoint(worker->config.worker_endpoint, worker->config.run_dir, "worker.sock");
    arena_init(&worker->arena, ARENA_MAX_BYTES);
    return bus_client_open(&worker->client, endpoint.p, "worker", err);
}

void worker_close(struct worker *worker)
{
    bus_client_close(&worker->client);
    arena_release(&worker->arena);
}

bool worker_ask(struct worker *worker, enum operation operation, const void *request, void *reply, struct err *err)
{
    struct bus_context context = { .tenant = TENANT_FIRST, .actor = STR("system") };
    if (operation_row(operation)->kind == OPERATION_WRITE)
        context.operation = chance_id();
    int64_t deadline_ms = clock_boot_ms() + WORKER_WAIT_MS;
    for (;;) {
        int64_t began_ms = clock_boot_ms();
        int64_t try_ms = clamp_i64(deadline_ms - began_ms, 1, WORKER_TRY_MS);
        if (bus_call(worker->client, operation, &context, request, &worker->arena, reply, NULL, try_ms, err))
            return true;
        if (err->kind != ERR_BUSY || clock_boot_ms() - began_ms < try_ms)
            return false;
        if (clock_boot_ms() >= deadline_ms)
            return err_set(err, ERR_BUSY, NULL,
                           "the worker does not answer: is it running, and is RUN_DIR or WORKER_ENDPOINT right?");
    }
}

bool worker_ask_long(struct worker *worker, enum operation operation, const void *request, void *reply, struct err *err)
{
    const struct bus_context context = { .tenant = TENANT_FIRST, .actor = STR("system") };
    struct nothing nothing = { 0 };
    struct status_view unused;
    assert(operation_row(operation)->kind == OPERATION_QUERY); /* a write would be asked again, with its identity */
    return worker_ask(worker, OP_status, &nothing, &unused, err) &&
           bus_call(worker->client, operation, &context, request, &worker->arena, reply, NULL, WORKER_LONG_MS, err);
}

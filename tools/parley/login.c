/* parley login: a sign-in link, for one use within ten minutes. */
#include "commands.h"
#include "io/clock.h"
#include "io/token.h"
#include "worker.h"

#include <stdio.h>

enum { LINK_MS = 10 * 60 * 1000 };

static bool make_link(struct worker *worker, struct token *token, struct err *err)
{
    struct token_hash hash;
    struct nothing nothing;
    *token = token_new("");
    if (!token_hash(str_of(token->text), &hash, err))
        return false;
    struct login_create request = { .hash = str_bytes(hash.b, sizeof hash.b), .expires_at = clock_wall_ms() + LINK_MS };
    return worker_ask(worker, OP_login_create, &request, &nothing, err);
}

static void print_link(const struct tool_config *config, const struct token *token)
{
    struct str base = config->dashboard_url;
    while (str_ends(base, STR("/")))
        base.n--;
    if (base.n > 0)
        (void)printf("%.*s/login?token=%s\n", STR_ARGS(base),
                     token->text); /* a closed stdout has no reader to miss it */
    else
        (void)printf("http://%.*s/login?token=%s\n", STR_ARGS(config->api_listen), token->text); /* as above */
}

int command_login(int argc, char **argv)
{
    struct worker worker;
    struct token token;
    struct err err;
    (void)argv; /* argc tells whether there is anything */
    if (argc != 1)
        return command_usage("parley login");
    bool ok = worker_open(&worker, &err) && make_link(&worker, &token, &err);
    if (ok)
        print_link(&worker.config, &token);
    worker_close(&worker);
    return ok ? EXIT_DONE : command_failed(&err);
}

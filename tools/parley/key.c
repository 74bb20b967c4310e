/* parley key create --name NAME: an API key, shown this once. */
#include "commands.h"
#include "io/token.h"
#include "worker.h"

#include <stdio.h>

enum { NAME_MAX_BYTES = 100, HINT_CHARS = 4 };

static bool create(struct worker *worker, const char *name, struct token *key, struct err *err)
{
    struct token_hash hash;
    struct key_view view;
    *key = token_new("pk_");
    struct str text = str_of(key->text);
    if (!token_hash(text, &hash, err))
        return false;
    struct key_create request = { .name = str_of(name),
                                  .hash = str_bytes(hash.b, sizeof hash.b),
                                  .hint = str_slice(text, text.n - HINT_CHARS, HINT_CHARS) };
    return worker_ask(worker, OP_key_create, &request, &view, err);
}

int command_key(int argc, char **argv)
{
    struct worker worker;
    struct token key;
    struct err err;
    if (argc != 4 || strcmp(argv[1], "create") != 0 || strcmp(argv[2], "--name") != 0)
        return command_usage("parley key create --name NAME");
    size_t n = strlen(argv[3]);
    if (n == 0 || n > NAME_MAX_BYTES || !str_is_utf8(str_of(argv[3])))
        return command_usage("parley key create --name NAME\n  NAME: 1 to 100 bytes of UTF-8");
    bool ok = worker_open(&worker, &err) && create(&worker, argv[3], &key, &err);
    if (ok)
        (void)printf("%s\n", key.text); /* a closed stdout has no reader to miss it */
    worker_close(&worker);
    return ok ? EXIT_DONE : command_failed(&err);
}

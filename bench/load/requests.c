#include "requests.h"

#include "plivo/plivo_signature.h"
#include "plivo/plivo_words.h"

#include <stdio.h>
#include <stdlib.h>

enum { REQUEST_BYTES = 1024, WORDS_MIN = 3, WORDS_MORE = 12, ARENA_BYTES = 64 * 1024 };

static const char *const WORDS[] = { "the",  "parcel", "has",   "arrived", "can",   "you",  "call", "me",
                                     "back", "about",  "my",    "order",   "today", "after", "five", "please",
                                     "yes",  "we",     "would", "like",    "two",   "more", "of",   "them" };

/* SplitMix64: any seed is as good as another. */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static void make_uuid(uint64_t *chance, char out[UUID_CHARS + 1])
{
    uint64_t a = draw(chance), b = draw(chance);
    (void)snprintf(out, UUID_CHARS + 1, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(a >> 32),
                   (unsigned)(a >> 16) & 0xFFFFU, (unsigned)a & 0xFFFU, 0x8000U | ((unsigned)(b >> 48) & 0x3FFFU),
                   (unsigned long long)(b & UINT64_C(0xFFFFFFFFFFFF))); /* 36 characters by its format */
}

/* Lower case words with a blank between: '+' in the form. */
static void make_text(uint64_t *chance, struct buf *out)
{
    size_t words = WORDS_MIN + draw(chance) % WORDS_MORE;
    buf_clear(out);
    for (size_t i = 0; i < words; i++) {
        buf_add_text(out, i ? " " : "");
        buf_add_text(out, WORDS[draw(chance) % COUNT(WORDS)]);
    }
}

/* Only digits, letters, '-', '.' and blanks occur, and the '+' of no number: Plivo sends them without it. */
static void add_form(struct buf *out, const struct pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        buf_add_text(out, i ? "&" : "");
        buf_add(out, pairs[i].name);
        buf_add_char(out, '=');
        for (size_t k = 0; k < pairs[i].value.n; k++)
            buf_add_char(out, (char)(pairs[i].value.p[k] == ' ' ? '+' : pairs[i].value.p[k]));
    }
}

/* What making them shares. */
struct maker {
    const struct request_options *options;
    struct secret token;
    uint64_t chance;
    int64_t first_number;
    size_t made;
    struct arena arena;
    struct buf text, body;
};

static void add_send(struct maker *m, const char *person, struct request *out, struct buf *bytes)
{
    buf_add_format(&m->body, "{\"to\":\"+%s\",\"text\":\"%.*s\"}", person, STR_ARGS(buf_str(&m->text)));
    buf_add_format(bytes,
                   "POST /api/v1/messages HTTP/1.1\r\nHost: %s\r\nIdempotency-Key: %s\r\n"
                   "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                   m->options->host_port, out->uuid, m->body.n);
}

static bool add_webhook(struct maker *m, const char *person, struct request *out, struct buf *bytes, struct err *err)
{
    char nonce[24];
    char number[24];
    struct plivo_signature signature;
    const int64_t ours = m->first_number + (int64_t)(m->made % m->options->numbers);
    (void)snprintf(number, sizeof number, "%lld", (long long)ours);
    (void)snprintf(nonce, sizeof nonce, "%020llu", (unsigned long long)draw(&m->chance)); /* 20 digits: fits */
    const struct pair pairs[] = {
        { STR("From"), str_of(person) },
        { STR("MessageIntent"), STR("") },
        { STR("MessageUUID"), str_of(out->uuid) },
        { STR("PowerpackUUID"), STR("") },
        { STR("Text"), buf_str(&m->text) },
        { STR("To"), str_of(number) },
        { STR("TotalAmount"), STR("0.00550") },
        { STR("TotalRate"), STR("0.00550") },
        { STR("Type"), STR("sms") },
        { STR("Units"), STR("1") },
    };
    struct str url = arena_format(&m->arena, "%s%s", m->options->public_url, m->options->path);
    const struct plivo_signed content = {
        .method = STR("POST"), .base_url = url, .body = pairs, .body_n = COUNT(pairs)
    };
    if (!str_is_set(url) || !plivo_sign_v3(&m->token, &content, str_of(nonce), &m->arena, &signature, err))
        return false;
    add_form(&m->body, pairs, COUNT(pairs));
    buf_add_format(bytes,
                   "POST %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: Plivo\r\nAccept: */*\r\n" PLIVO_HEADER_V3
                   ": %s\r\n" PLIVO_HEADER_V3_NONCE ": %s\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                   "Content-Length: %zu\r\n\r\n",
                   m->options->path, m->options->host_port, signature.text, nonce, m->body.n);
    return true;
}

static bool add_request(struct maker *m, struct request *out, struct buf *bytes, struct err *err)
{
    char person[16];
    make_uuid(&m->chance, out->uuid);
    make_text(&m->chance, &m->text);
    size_t who = draw(&m->chance) % m->options->people;
    if (m->options->people >= m->options->n) /* enough for each to write once */
        who = m->made;
    (void)snprintf(person, sizeof person, "1555%07zu", 2000000 + who); /* 11 digits: fits */
    arena_reset(&m->arena);
    buf_clear(&m->body);
    out->at = (uint32_t)bytes->n;
    if (m->options->is_send)
        add_send(m, person, out, bytes);
    else if (!add_webhook(m, person, out, bytes, err))
        return false;
    buf_add(bytes, buf_str(&m->body));
    out->n = (uint32_t)(bytes->n - out->at);
    m->made++;
    return !m->body.has_failed || err_set(err, ERR_BUSY, NULL, "out of memory");
}

bool requests_make(const struct request_options *options, struct requests *out, struct err *err)
{
    struct maker m = { .options = options, .chance = options->seed };
    *out = (struct requests){ .v = calloc(options->n, sizeof *out->v), .n = options->n };
    buf_init(&out->bytes, min_size(options->n * REQUEST_BYTES, UINT32_MAX));
    buf_init(&m.text, REQUEST_BYTES);
    buf_init(&m.body, REQUEST_BYTES);
    arena_init(&m.arena, ARENA_BYTES);
    bool ok = out->v && secret_set(&m.token, str_of(options->token)) &&
              str_to_int(str_of(options->to + 1), 1, INT64_MAX, &m.first_number);
    if (!ok)
        (void)err_set(err, ERR_INPUT, NULL, "no memory, too long a token, or no number"); /* false below */
    for (size_t i = 0; i < options->n && ok; i++)
        ok = add_request(&m, &out->v[i], &out->bytes, err);
    if (ok && out->bytes.has_failed)
        ok = err_set(err, ERR_BUSY, NULL, "out of memory for %zu requests", options->n);
    if (!ok)
        requests_release(out);
    secret_release(&m.token);
    buf_release(&m.text);
    buf_release(&m.body);
    arena_release(&m.arena);
    return ok;
}

void requests_release(struct requests *requests)
{
    free(requests->v);
    requests->v = NULL;
    buf_release(&requests->bytes);
}

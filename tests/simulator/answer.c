#include "answer.h"

enum { CHUNK_LINE_MAX_BYTES = 1024, LENGTH_MAX_DIGITS = 15 };

void answer_init(struct answer *answer, size_t body_max_bytes)
{
    *answer = (struct answer){ .state = ANSWER_HEADER };
    buf_init(&answer->lines, ANSWER_HEADER_MAX_BYTES);
    buf_init(&answer->body, body_max_bytes);
}

void answer_release(struct answer *answer)
{
    buf_release(&answer->lines);
    buf_release(&answer->body);
}

void answer_clear(struct answer *answer)
{
    buf_clear(&answer->lines);
    buf_clear(&answer->body);
    answer->state = ANSWER_HEADER;
    answer->left = 0;
    answer->status = 0;
    answer->is_kept = false;
}

/* --- lines ------------------------------------------------------------------------------------------------------ */

/* Digits alone, and few of them: what is longer is no length. */
static bool read_length(struct str digits, unsigned base, uint64_t *out)
{
    uint64_t sum = 0;
    if (digits.n == 0 || digits.n > LENGTH_MAX_DIGITS)
        return false;
    for (size_t i = 0; i < digits.n; i++) {
        char c = digits.p[i];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
                                                : base;
        if (digit >= base)
            return false;
        sum = sum * base + digit;
    }
    *out = sum;
    return true;
}

/* "HTTP/1.1 200 OK" */
static bool read_status(struct answer *answer, struct str line)
{
    uint64_t status;
    if (line.n < 12 || !str_starts(line, STR("HTTP/1.")) || line.p[8] != ' ' ||
        !read_length(str_slice(line, 9, 3), 10, &status) || status < 100)
        return false;
    answer->status = (int)status;
    answer->is_kept = line.p[7] != '0';
    return true;
}

static bool read_field(struct answer *answer, struct str line, bool *has_length, bool *is_chunked)
{
    size_t colon = str_find(line, ':');
    struct str name = str_slice(line, 0, colon), value = str_trim(str_slice(line, colon + 1, line.n));
    if (str_eq_ascii_case(name, STR("Content-Length"))) {
        *has_length = true;
        return read_length(value, 10, &answer->left);
    }
    if (str_eq_ascii_case(name, STR("Transfer-Encoding"))) {
        *is_chunked = str_eq_ascii_case(value, STR("chunked"));
        return *is_chunked;
    }
    if (str_eq_ascii_case(name, STR("Connection")))
        answer->is_kept = !str_eq_ascii_case(value, STR("close")) &&
                          (answer->is_kept || str_eq_ascii_case(value, STR("keep-alive")));
    return true;
}

static enum answer_state state_after(struct answer *answer, bool has_length, bool is_chunked)
{
    if (answer->status < 200) { /* the real one follows */
        answer->left = 0;
        return ANSWER_HEADER;
    }
    if (answer->status == 204 || answer->status == 304)
        return ANSWER_DONE;
    if (is_chunked)
        return ANSWER_CHUNK_SIZE;
    if (has_length)
        return answer->left > 0 ? ANSWER_BODY : ANSWER_DONE;
    answer->is_kept = false;
    return ANSWER_BODY_TO_END;
}

static enum answer_state header_read(struct answer *answer)
{
    struct str rest = buf_str(&answer->lines), line;
    bool has_length = false, is_chunked = false;
    if (!str_next(&rest, '\n', &line) || !read_status(answer, line))
        return ANSWER_BROKEN;
    while (str_next(&rest, '\n', &line))
        if (!read_field(answer, line, &has_length, &is_chunked))
            return ANSWER_BROKEN;
    return state_after(answer, has_length, is_chunked);
}

/* "1a;extension" */
static enum answer_state chunk_size_read(struct answer *answer)
{
    struct str line = buf_str(&answer->lines);
    if (!read_length(str_trim(str_slice(line, 0, str_find(line, ';'))), 16, &answer->left))
        return ANSWER_BROKEN;
    if (answer->left == 0)
        return ANSWER_TRAILER;
    answer->left += 2; /* the line end behind it */
    return ANSWER_CHUNK;
}

/* --- bytes ------------------------------------------------------------------------------------------------------ */

/* One whole line is in `lines` from `start` on; without its line end. */
static void line_read(struct answer *answer, size_t start)
{
    bool is_blank = answer->lines.n == start;
    if (answer->state == ANSWER_CHUNK_SIZE)
        answer->state = chunk_size_read(answer);
    else if (answer->state == ANSWER_TRAILER)
        answer->state = is_blank ? ANSWER_DONE : ANSWER_TRAILER;
    else if (is_blank)
        answer->state = header_read(answer);
    else if (buf_add_char(&answer->lines, '\n'))
        return;
    else
        answer->state = ANSWER_BROKEN;
    buf_clear(&answer->lines);
}

static size_t start_of_line(const struct buf *lines)
{
    size_t at = lines->n;
    while (at > 0 && lines->p[at - 1] != '\n')
        at--;
    return at;
}

/* Up to one line. Returns how many bytes were used. */
static size_t take_line(struct answer *answer, struct str bytes)
{
    size_t n = str_find(bytes, '\n'), start = start_of_line(&answer->lines);
    if (!buf_add(&answer->lines, str_slice(bytes, 0, n)) ||
        (answer->state != ANSWER_HEADER && answer->lines.n > CHUNK_LINE_MAX_BYTES)) {
        answer->state = ANSWER_BROKEN;
        return bytes.n;
    }
    if (n == bytes.n)
        return n;
    if (answer->lines.n > start && answer->lines.p[answer->lines.n - 1] == '\r')
        answer->lines.n--;
    line_read(answer, start);
    return n + 1;
}

/* What does not fit is dropped. */
static void keep(struct answer *answer, struct str piece)
{
    (void)buf_add(&answer->body, str_slice(piece, 0, answer->body.max_bytes - answer->body.n));
}

static size_t take_counted(struct answer *answer, struct str bytes)
{
    size_t end_n = answer->state == ANSWER_CHUNK ? 2 : 0;
    size_t n = answer->left < bytes.n ? (size_t)answer->left : bytes.n;
    size_t of_body = answer->left > end_n ? (size_t)(answer->left - end_n) : 0;
    keep(answer, str_slice(bytes, 0, min_size(n, of_body)));
    answer->left -= n;
    if (answer->left == 0)
        answer->state = answer->state == ANSWER_CHUNK ? ANSWER_CHUNK_SIZE : ANSWER_DONE;
    return n;
}

void answer_take(struct answer *answer, struct str bytes)
{
    while (bytes.n > 0 && !answer_is_over(answer)) {
        size_t used = bytes.n;
        if (answer->state == ANSWER_BODY_TO_END)
            keep(answer, bytes);
        else if (answer->state == ANSWER_BODY || answer->state == ANSWER_CHUNK)
            used = take_counted(answer, bytes);
        else
            used = take_line(answer, bytes);
        bytes = str_slice(bytes, used, bytes.n);
    }
    if (bytes.n > 0)
        answer->is_kept = false;
}

void answer_end(struct answer *answer)
{
    answer->is_kept = false;
    if (!answer_is_over(answer))
        answer->state = answer->state == ANSWER_BODY_TO_END ? ANSWER_DONE : ANSWER_BROKEN;
}

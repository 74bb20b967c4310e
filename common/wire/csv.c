#include "wire/csv.h"

/* --- reading --- */

static char separator_of(struct str first_line)
{
    static const char CANDIDATES[] = { ',', ';', '\t' };
    char best = ',';
    size_t most = 0;
    for (size_t i = 0; i < COUNT(CANDIDATES); i++) {
        size_t n = 0;
        for (size_t at = 0; at < first_line.n; at++)
            n += first_line.p[at] == CANDIDATES[i];
        if (n > most) {
            most = n;
            best = CANDIDATES[i];
        }
    }
    return best;
}

void csv_begin(struct csv *csv, struct str text)
{
    static const struct str MARK = STR("\xEF\xBB\xBF");
    if (str_starts(text, MARK))
        text = str_slice(text, MARK.n, text.n);
    size_t end = min_size(str_find(text, '\n'), str_find(text, '\r'));
    *csv = (struct csv){ .text = text, .line = 1, .separator = separator_of(str_slice(text, 0, end)) };
}

static bool is_at_end(const struct csv *csv)
{
    return csv->at >= csv->text.n;
}

static char here(const struct csv *csv)
{
    return csv->text.p[csv->at];
}

/* Behind a line end: CR, LF or both. */
static void pass_line_end(struct csv *csv)
{
    bool was_cr = here(csv) == '\r';
    csv->at++;
    if (was_cr && !is_at_end(csv) && here(csv) == '\n')
        csv->at++;
    csv->line++;
}

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

static void skip_line(struct csv *csv)
{
    while (!is_at_end(csv) && !is_line_end(here(csv)))
        csv->at++;
    if (!is_at_end(csv))
        pass_line_end(csv);
}

static struct str without_doubles(struct arena *arena, struct str quoted)
{
    char *text = arena_alloc(arena, quoted.n + 1);
    size_t n = 0;
    if (!text)
        return (struct str){ 0 };
    for (size_t i = 0; i < quoted.n; i++) {
        text[n++] = quoted.p[i];
        if (quoted.p[i] == '"')
            i++; /* its twin */
    }
    return str_bytes(text, n);
}

/* Behind the opening quote. False: the closing one is missing; then nothing is consumed but the line. */
static bool read_quoted(struct csv *csv, struct arena *arena, struct str *out)
{
    const struct csv begin = *csv;
    bool has_doubles = false;
    for (; !is_at_end(csv); csv->at++) {
        if (is_line_end(here(csv))) {
            bool is_pair = here(csv) == '\r' && csv->at + 1 < csv->text.n && csv->text.p[csv->at + 1] == '\n';
            csv->line += is_pair ? 0 : 1;
            continue;
        }
        if (here(csv) != '"')
            continue;
        if (csv->at + 1 < csv->text.n && csv->text.p[csv->at + 1] == '"') {
            has_doubles = true;
            csv->at++;
            continue;
        }
        *out = str_slice(csv->text, begin.at, csv->at - begin.at);
        csv->at++;
        if (has_doubles)
            *out = without_doubles(arena, *out);
        return true;
    }
    *csv = begin;
    return false;
}

static void read_plain(struct csv *csv, struct str *out)
{
    size_t begin = csv->at;
    while (!is_at_end(csv) && here(csv) != csv->separator && !is_line_end(here(csv)))
        csv->at++;
    *out = str_slice(csv->text, begin, csv->at - begin);
}

static void read_record(struct csv *csv, struct arena *arena, struct csv_record *out)
{
    out->line = csv->line;
    out->n = 0;
    out->fault = NULL;
    for (;;) {
        if (out->n == CSV_CELLS_MAX) {
            out->fault = "has too many cells";
            break;
        }
        struct str *cell = &out->cells[out->n++];
        if (!is_at_end(csv) && here(csv) == '"') {
            csv->at++;
            if (!read_quoted(csv, arena, cell)) {
                out->fault = "has a quote that is not closed";
                break;
            }
        } else {
            read_plain(csv, cell);
        }
        if (is_at_end(csv))
            return;
        if (is_line_end(here(csv))) {
            pass_line_end(csv);
            return;
        }
        if (here(csv) != csv->separator) {
            out->fault = "has text behind a closing quote";
            break;
        }
        csv->at++;
    }
    out->n = 0;
    skip_line(csv);
}

bool csv_next(struct csv *csv, struct arena *arena, struct csv_record *out)
{
    while (!is_at_end(csv)) {
        read_record(csv, arena, out);
        if (arena_is_full(arena))
            return false;
        bool is_blank = !out->fault && out->n == 1 && str_trim(out->cells[0]).n == 0;
        if (!is_blank)
            return true;
    }
    return false;
}

/* --- writing --- */

void csv_add(struct buf *out, struct str text, char after)
{
    bool is_formula = text.n > 0 && text.p[0] && strchr("=+-@\t\r", text.p[0]) &&
                      !(text.p[0] == '+' && text.n > 1 && text.p[1] >= '0' && text.p[1] <= '9');
    (void)buf_add_char(out, '"'); /* failures are counted by `out`: its owner asks once */
    if (is_formula)
        (void)buf_add_char(out, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            (void)buf_add_char(out, '"');
        (void)buf_add_char(out, text.p[i]);
    }
    (void)buf_add_char(out, '"');
    if (after == '\n')
        (void)buf_add_char(out, '\r');
    (void)buf_add_char(out, after);
}

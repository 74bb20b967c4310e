/* csv.h - comma-separated values, read and written.
 *
 * Promise: reading, record after record: quoted cells may hold separators, quotes (doubled) and line ends; a record that is malformed is
 *          told with its line, and the next one begins at the next line. Writing: every cell quoted, and one that a spreadsheet would run
 *          as a formula gets a quote before it.
 * Units:   lines count from 1, as an editor shows them: a record's line is where it begins.
 * Memory:  cells borrow from the text, or from the arena where quotes had to be taken out.
 * Threads: pure; call from any.
 * Source:  RFC 4180; "," or ";" or a tab, whichever the first line has most of, because spreadsheets differ by country.
 */
#ifndef PARLEY_CSV_H
#define PARLEY_CSV_H
#include "base/arena.h"
#include "base/buf.h"

enum { CSV_CELLS_MAX = 64 };

struct csv {
    struct str text;
    size_t at;
    int64_t line; /* of the next record */
    char separator;
};

struct csv_record {
    int64_t line;
    struct str cells[CSV_CELLS_MAX];
    size_t n;
    const char *fault; /* NULL: it is well formed; else a sentence, and no cells */
};

/* Skips a byte order mark. `text` is borrowed for the life of *csv. */
void csv_begin(struct csv *csv, struct str text);
/* The next record that is not blank. False: there is none, or the arena is full. */
bool csv_next(struct csv *csv, struct arena *arena, struct csv_record *out);

/* Appends one cell and what stands after it (',' or '\n', which becomes CR LF). Failures are counted by `out`. */
void csv_add(struct buf *out, struct str text, char after);

#endif

/* PUT /api/v1/campaigns/{id}/audience: a file of recipients, or a filter over the contacts. */
#include "domain/phone_plan.h"
#include "domain/template.h"
#include "io/chance.h"
#include "origin.h"
#include "routes.h"
#include "wire/csv.h"

enum {
    FILE_MAX_BYTES = 16 * 1024 * 1024, /* 100,000 lines of 160 bytes */
    PART_LINES = 1000,
    PART_BYTES = 1024 * 1024,          /* of cells: well below a frame of the bus */
    CELL_MAX_BYTES = 1000,
    LISTED_MAX = 1000,                 /* refused lines that the answer names; all are counted */
    COLUMNS_MAX = 32,
};

/* clang-format off */
#define FILTER_BODY(X, S) \
    X(S, OBJECT, filter,     audience_filter_view)
#define AUDIENCE_REPORT(X, S) \
    X(S, INT,  recipients,   _) \
    X(S, INT,  refused,      _) \
    X(S, STRS, columns,      _) \
    X(S, LIST, lines,        line_refused)
/* clang-format on */
RECORD_STRUCT(filter_body, FILTER_BODY)
RECORD_TABLE(filter_body, FILTER_BODY);
RECORD_STRUCT(audience_report, AUDIENCE_REPORT)
RECORD_TABLE(audience_report, AUDIENCE_REPORT);

/* One upload on its way. */
struct upload {
    struct call *call;
    struct csv csv;
    struct csv_record record;
    size_t number_at;               /* the column of the number */
    size_t width;                   /* columns of the file */
    size_t column_of[CSV_CELLS_MAX]; /* the file's n-th column among ours */
    struct audience_part part;
    size_t part_bytes;
    struct audience_report report;
    struct arena part_arena;
};

/* --- the first line --- */

static bool is_number_column(struct str name)
{
    static const char *const NAMES[] = { "number", "phone", "to", "mobile", "address" };
    for (size_t i = 0; i < COUNT(NAMES); i++)
        if (str_is(name, NAMES[i]))
            return true;
    return false;
}

/* As a template names it: small letters, and '_' for what is neither letter nor digit. */
static struct str column_name(struct arena *arena, struct str cell)
{
    struct str name = arena_dup(arena, str_trim(cell));
    char *text = (char *)(uintptr_t)name.p; /* our own copy */
    for (size_t i = 0; i < name.n; i++) {
        bool is_kept = (text[i] >= 'a' && text[i] <= 'z') || (text[i] >= '0' && text[i] <= '9') || text[i] == '.';
        text[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : is_kept ? text[i] : '_';
    }
    return name;
}

static bool add_column(struct upload *u, size_t at, struct str name, struct err *err)
{
    if (name.n == 0 || name.n > TEMPLATE_NAME_MAX_BYTES)
        return err_set(err, ERR_INPUT, "body", "line 1: column %zu needs a name of 1 to %d bytes", at + 1,
                       TEMPLATE_NAME_MAX_BYTES);
    for (size_t i = 0; i < u->part.columns.n; i++)
        if (str_eq(u->part.columns.v[i], name))
            return err_set(err, ERR_INPUT, "body", "line 1: two columns are named %.*s", STR_ARGS(name));
    if (u->part.columns.n == COLUMNS_MAX)
        return err_set(err, ERR_INPUT, "body", "line 1: at most %d columns beside the number", COLUMNS_MAX);
    u->column_of[at] = u->part.columns.n;
    u->part.columns.v[u->part.columns.n++] = name;
    return true;
}

static bool read_columns(struct upload *u, struct err *err)
{
    u->part.columns.v = arena_alloc_array(u->call->arena, CSV_CELLS_MAX, sizeof *u->part.columns.v);
    if (!u->part.columns.v)
        return arena_err(u->call->arena, err);
    if (!csv_next(&u->csv, u->call->arena, &u->record) || u->record.fault)
        return err_set(err, ERR_INPUT, "body", "line 1 must name the columns, one of them \"number\"");
    u->width = u->number_at = u->record.n;
    for (size_t i = 0; i < u->width; i++) {
        struct str name = column_name(u->call->arena, u->record.cells[i]);
        if (is_number_column(name) && u->number_at == u->width)
            u->number_at = i;
        else if (!add_column(u, i, name, err))
            return false;
    }
    return u->number_at < u->width ||
           err_set(err, ERR_INPUT, "body", "line 1 names no column \"number\" (or phone, mobile, to, address)");
}

/* --- the other lines --- */

static void refuse(struct upload *u, int64_t line, struct str reason)
{
    u->report.refused++;
    if (u->report.lines.n < LISTED_MAX)
        u->report.lines.v[u->report.lines.n++] = (struct line_refused){ line, arena_dup(u->call->arena, reason) };
}

/* What is wrong with the line; NULL: nothing. */
static const char *fault_of(const struct upload *u, struct phone *to)
{
    const struct csv_record *r = &u->record;
    struct err unused;
    bool is_valid;
    if (r->fault)
        return r->fault;
    if (r->n > u->width)
        return "has more cells than line 1 has columns";
    if (r->n <= u->number_at || str_trim(r->cells[u->number_at]).n == 0)
        return "has no number";
    for (size_t i = 0; i < r->n; i++) {
        if (r->cells[i].n > CELL_MAX_BYTES)
            return "has a cell of over 1000 bytes";
        if (!str_is_utf8(r->cells[i]))
            return "is not UTF-8";
    }
    if (!phone_plan_parse(str_trim(r->cells[u->number_at]), "number", to, &is_valid, &unused))
        return "is no number with '+' and its country code";
    return NULL;
}

static bool add_line(struct upload *u, const struct phone *to, struct err *err)
{
    struct recipient_line *line = &u->part.recipients.v[u->part.recipients.n];
    struct str *values = arena_alloc_array(&u->part_arena, u->part.columns.n, sizeof *values);
    if (!values)
        return arena_err(&u->part_arena, err);
    for (size_t i = 0; i < u->part.columns.n; i++)
        values[i] = STR("");
    for (size_t i = 0; i < u->record.n; i++) {
        if (i == u->number_at)
            continue;
        values[u->column_of[i]] = arena_dup(&u->part_arena, str_trim(u->record.cells[i]));
        u->part_bytes += u->record.cells[i].n;
    }
    line->line = u->record.line;
    line->address = arena_dup(&u->part_arena, phone_str(to));
    line->values.v = values;
    line->values.n = u->part.columns.n;
    u->part.recipients.n++;
    return arena_is_full(&u->part_arena) ? arena_err(&u->part_arena, err) : true;
}

/* Each part is an operation of its own: asked again with the same identity by call_ask(), while nobody answers. */
static bool send_part(struct upload *u, bool is_last, struct err *err)
{
    struct audience_taken taken;
    struct arena *outer = u->call->arena;
    u->part.is_last = is_last;
    u->part.refused = is_last ? u->report.refused : 0;
    u->call->operation = (struct id){ 0 };
    u->call->arena = &u->part_arena;
    bool ok = call_ask(u->call, OP_audience_part, &u->part, &taken, err);
    u->call->arena = outer;
    if (!ok)
        return false;
    for (size_t i = 0; i < taken.refused.n; i++)
        refuse(u, taken.refused.v[i].line, taken.refused.v[i].reason);
    u->report.recipients = taken.recipients;
    u->part.part++;
    u->part_bytes = 0;
    u->part.recipients.n = 0;
    arena_reset(&u->part_arena);
    return true;
}

static bool send_lines(struct upload *u, struct err *err)
{
    while (csv_next(&u->csv, u->call->arena, &u->record)) {
        struct phone to;
        const char *fault = fault_of(u, &to);
        if (fault)
            refuse(u, u->record.line, str_of(fault));
        else if (!add_line(u, &to, err))
            return false;
        if ((u->part.recipients.n == PART_LINES || u->part_bytes >= PART_BYTES) && !send_part(u, false, err))
            return false;
    }
    return arena_is_full(u->call->arena) ? arena_err(u->call->arena, err) : send_part(u, true, err);
}

static bool by_file(struct call *call, struct err *err)
{
    struct upload *u = arena_alloc(call->arena, sizeof *u);
    struct str body;
    if (!u)
        return arena_err(call->arena, err);
    u->call = call;
    u->part.upload = chance_id();
    u->part.recipients.v = arena_alloc_array(call->arena, PART_LINES, sizeof *u->part.recipients.v);
    u->report.lines.v = arena_alloc_array(call->arena, LISTED_MAX, sizeof *u->report.lines.v);
    if (!u->part.recipients.v || !u->report.lines.v)
        return arena_err(call->arena, err);
    if (!call_id(call, 0, &u->part.id, err) || !http_read_body(call->rq, FILE_MAX_BYTES, call->arena, &body, err))
        return false;
    csv_begin(&u->csv, body);
    if (!read_columns(u, err))
        return false;
    arena_init(&u->part_arena, CALL_MEMORY_MAX_BYTES);
    bool ok = send_lines(u, err);
    arena_release(&u->part_arena);
    u->report.columns.v = u->part.columns.v;
    u->report.columns.n = u->part.columns.n;
    return ok && call_answer(call, 200, &audience_report_record, &u->report, err);
}

static bool by_filter(struct call *call, struct err *err)
{
    struct filter_body body;
    struct audience_filtered request = { 0 };
    struct campaign_view campaign;
    if (!call_id(call, 0, &request.id, err) || !call_body(call, &filter_body_record, "filter", &body, NULL, err))
        return false;
    request.filter = body.filter;
    return call_ask(call, OP_audience_filter, &request, &campaign, err) &&
           call_answer(call, 200, &campaign_view_record, &campaign, err);
}

static bool is_csv(struct str type)
{
    struct str name = str_trim(str_slice(type, 0, str_find(type, ';')));
    return str_eq_ascii_case(name, STR("text/csv"));
}

bool campaign_audience(struct call *call, struct err *err)
{
    struct str type = http_header(call->rq, "Content-Type");
    if (is_csv(type))
        return by_file(call, err);
    if (content_type_is_json(type))
        return by_filter(call, err);
    return err_set(err, ERR_MEDIA_TYPE, NULL, "the body must be text/csv, or application/json with a filter");
}

#include "wire/csv.h"

#include "unit/cmocka_all.h"

/* The records as "line:cell|cell;…", a fault as "line!". */
static void assert_reads(struct str text, const char *wanted)
{
    struct arena arena;
    struct csv csv;
    struct csv_record record;
    struct buf got;
    arena_init(&arena, 65536);
    buf_init(&got, 4096);
    csv_begin(&csv, text);
    while (csv_next(&csv, &arena, &record)) {
        (void)buf_add_format(&got, "%lld%s", (long long)record.line, record.fault ? "!" : ":");
        for (size_t i = 0; i < record.n; i++) {
            if (i > 0)
                (void)buf_add_char(&got, '|');
            (void)buf_add(&got, record.cells[i]);
        }
        (void)buf_add_char(&got, ';');
    }
    assert_string_equal(buf_text(&got), wanted);
    buf_release(&got);
    arena_release(&arena);
}

static void cells_stand_between_separators(void **state)
{
    (void)state;
    assert_reads(STR("a,b\n1,2\n"), "1:a|b;2:1|2;");
    assert_reads(STR("a,b\r\n1,\r\n,2"), "1:a|b;2:1|;3:|2;");
    assert_reads(STR("a\r1\r"), "1:a;2:1;");
    assert_reads(STR(""), "");
    assert_reads(STR("\n \n\n"), "");
}

static void quoted_cells_hold_anything(void **state)
{
    (void)state;
    assert_reads(STR("\"a,b\",c\n\"x\"\"y\",\"\"\n"), "1:a,b|c;2:x\"y|;");
    assert_reads(STR("a,b\n\"two\r\nlines\",x\nnext,y"), "1:a|b;2:two\r\nlines|x;4:next|y;");
}

static void a_bad_record_costs_its_line_alone(void **state)
{
    (void)state;
    assert_reads(STR("a,b\n\"open,1\nc,d\n"), "1:a|b;2!;3:c|d;");
    assert_reads(STR("a\n\"x\"y\nz"), "1:a;2!;3:z;");
}

static void the_first_line_says_what_separates(void **state)
{
    (void)state;
    assert_reads(STR("a;b\n1,5;2"), "1:a|b;2:1,5|2;");
    assert_reads(STR("a\tb\n1\t2"), "1:a|b;2:1|2;");
    assert_reads(STR("\xEF\xBB\xBFnumber\n1"), "1:number;2:1;");
}

static void more_cells_than_fit_are_a_fault(void **state)
{
    (void)state;
    char text[CSV_CELLS_MAX + 8];
    memset(text, ',', sizeof text);
    assert_reads(str_bytes(text, CSV_CELLS_MAX - 1),
                 "1:|||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||;");
    assert_reads(str_bytes(text, CSV_CELLS_MAX), "1!;");
}

static void what_is_written_is_read_back_and_runs_nowhere(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 1000);
    csv_add(&out, STR("a\"b"), ',');
    csv_add(&out, STR("=1+1"), ',');
    csv_add(&out, STR("+15550100001"), '\n');
    assert_string_equal(buf_text(&out), "\"a\"\"b\",\"'=1+1\",\"+15550100001\"\r\n");
    assert_reads(buf_str(&out), "1:a\"b|'=1+1|+15550100001;");
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_stand_between_separators),
        cmocka_unit_test(quoted_cells_hold_anything),
        cmocka_unit_test(a_bad_record_costs_its_line_alone),
        cmocka_unit_test(the_first_line_says_what_separates),
        cmocka_unit_test(more_cells_than_fit_are_a_fault),
        cmocka_unit_test(what_is_written_is_read_back_and_runs_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

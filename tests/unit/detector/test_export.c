/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CSV for others: nothing lost in quoting, nothing that a spreadsheet would run. */
#include "unit/detector/db_fixture.h"

#include <errno.h>

#include "detector/export.h"

static int export_text(struct db_fixture *f, const char *view, char *ret, size_t cap, size_t *n)
{
    struct store *s = NULL;
    FILE *out = fmemopen(ret, cap, "w");
    assert_non_null(out);
    assert_int_equal(store_open_read(&s, f->path, f->err, sizeof(f->err)), 0);
    int rc = export_csv(s, view, out, n, f->err, sizeof(f->err));
    store_close(s);
    fclose(out);
    return rc;
}

static void flagged_cells_come_as_rfc_4180(void **state)
{
    struct db_fixture *f = *state;
    static struct judged_cell c;
    static char text[8000];
    struct store_run run = db_run();
    size_t n = 0;
    db_cell(&c);
    strcpy(c.findings[0].text, "It says \"hello, you\".");
    db_write(f, &run, &c, 1, true);
    assert_int_equal(export_text(f, "flagged_cells", text, sizeof(text), &n), 0);
    assert_int_equal(n, 1);
    assert_non_null(strstr(text, "cell_id,cell_key,first_seen,last_seen,band,"));
    assert_non_null(strstr(text, ",262-01-21014-6326/30/32,,,P900,30,32,262,01,21014,6326,"));
    assert_non_null(strstr(text, "\"AT-01: The cell asks for more attention than any honest one. | "
                                 "NB-01: It says \"\"hello, you\"\".\""));
    assert_string_equal(text + strlen(text) - 2, "\r\n");
}

static void formulas_are_defused_and_numbers_are_not(void **state)
{
    struct db_fixture *f = *state;
    static struct judged_cell c;
    static char text[8000];
    struct store_run run = db_run();
    db_cell(&c);
    c.score_db = 3.5;
    c.level_dbfs = -20;
    run.path = "=HYPERLINK(\"http://x\",1)";
    db_write(f, &run, &c, 1, true);
    assert_int_equal(export_text(f, "cell_timeline", text, sizeof(text), NULL), 0);
    assert_non_null(strstr(text, ",\"'=HYPERLINK(\"\"http://x\"\",1)\","));
    assert_non_null(strstr(text, ",-20.0,"));
    static const char *const paths[] = {"+1", "-x", "@sum", "\tx"};
    for (size_t i = 0; i < 4; i++) {
        char expected[16];
        run.path = paths[i];
        run.options = paths[i];
        db_write(f, &run, &c, 1, true);
        assert_int_equal(export_text(f, "flagged_cells", text, sizeof(text), NULL), 0);
        snprintf(expected, sizeof(expected), ",'%s,", paths[i]);
        assert_non_null(strstr(text, expected));
    }
}

static void line_breaks_stay_inside_their_field(void **state)
{
    struct db_fixture *f = *state;
    static struct judged_cell c;
    static char text[8000];
    struct store_run run = db_run();
    db_cell(&c);
    run.path = "two\nlines";
    db_write(f, &run, &c, 1, true);
    assert_int_equal(export_text(f, "flagged_cells", text, sizeof(text), NULL), 0);
    assert_non_null(strstr(text, ",\"two\nlines\","));
}

static void only_views_can_be_exported(void **state)
{
    struct db_fixture *f = *state;
    static struct judged_cell c;
    char text[400];
    struct store_run run = db_run();
    db_cell(&c);
    db_write(f, &run, &c, 1, true);
    assert_int_equal(export_text(f, "reviews", text, sizeof(text), NULL), -ENOENT);
    assert_non_null(strstr(f->err, "cell_latest, cell_timeline, coverage, flagged_cells, "
                                   "review_queue"));
    assert_int_equal(export_text(f, "coverage\"; DROP TABLE runs; --", text, sizeof(text), NULL),
                     -ENOENT);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM runs"), 1);
}

static void a_full_disk_is_told(void **state)
{
    struct db_fixture *f = *state;
    static struct judged_cell c;
    struct store_run run = db_run();
    struct store *s = NULL;
    FILE *out = fopen("/dev/full", "w");
    assert_non_null(out);
    db_cell(&c);
    db_write(f, &run, &c, 1, true);
    assert_int_equal(store_open_read(&s, f->path, f->err, sizeof(f->err)), 0);
    assert_int_equal(export_csv(s, "flagged_cells", out, NULL, f->err, sizeof(f->err)), -EIO);
    assert_non_null(strstr(f->err, "No space left"));
    store_close(s);
    fclose(out);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, db_setup, db_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(flagged_cells_come_as_rfc_4180),
        CASE(formulas_are_defused_and_numbers_are_not),
        CASE(line_breaks_stay_inside_their_field),
        CASE(only_views_can_be_exported),
        CASE(a_full_disk_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

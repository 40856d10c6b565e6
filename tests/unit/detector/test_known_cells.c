/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Look-ups in the known-cell database: by identity, by network, by place. */
#include "unit/detector/db_fixture.h"

#include <errno.h>

#include "detector/known_import.h"

static struct known_cells *import(struct db_fixture *f, enum known_source source, const char *text)
{
    static char csv[128];
    struct known_import_result res;
    struct known_cells *k = NULL;
    snprintf(csv, sizeof(csv), "%s/list.csv", f->dir);
    struct known_import_config cfg = {.kind = KNOWN_KIND_CELLS,
                                      .source = source,
                                      .path = csv,
                                      .known_path = f->path,
                                      .now_utc_us = UTC_UNKNOWN};
    db_write_file(csv, text, strlen(text));
    assert_int_equal(known_import_run(&cfg, &res, f->err, sizeof(f->err)), 0);
    assert_int_equal(known_cells_open(&k, f->path, f->err, sizeof(f->err)), 0);
    return k;
}

static void a_missing_or_foreign_file_is_told(void **state)
{
    struct db_fixture *f = *state;
    struct known_cells *k = NULL;
    assert_int_equal(known_cells_open(&k, f->path, f->err, sizeof(f->err)), -ENOENT);
    assert_int_equal(db_sql(f->path, "CREATE TABLE t (x)"), SQLITE_OK);
    assert_int_equal(known_cells_open(&k, f->path, f->err, sizeof(f->err)), -EINVAL);
    assert_non_null(strstr(f->err, "not a known-cell database"));
}

static void network_codes_are_equal_as_numbers(void **state)
{
    (void)state;
    assert_true(known_mnc_equal("1", "01"));
    assert_true(known_mnc_equal("01", "001"));
    assert_false(known_mnc_equal("1", "10"));
    assert_false(known_mnc_equal("", ""));
    assert_false(known_mnc_equal("1?", "1"));
    assert_false(known_mnc_equal("?", "?"));
}

static void the_best_source_comes_first(void **state)
{
    struct db_fixture *f = *state;
    struct known_cell c[3];
    known_cells_close(import(f, KNOWN_CROWD, "mcc,mnc,lac,ci\n262,1,5,6\n"));
    known_cells_close(import(f, KNOWN_OPERATOR, "mcc,mnc,lac,ci,arfcn\n262,01,5,6,30\n"));
    struct known_cells *k =
        import(f, KNOWN_REGULATOR, "mcc,mnc,lac,ci,arfcn\n262,01,5,6,31\n262,01,5,6,32\n");
    assert_int_equal(known_cells_find(k, "262", "01", 5, 6, c, 3), 4);
    assert_int_equal(c[0].source, KNOWN_OPERATOR);
    assert_int_equal(c[1].source, KNOWN_REGULATOR);
    assert_int_equal(c[1].arfcn, 31);
    assert_int_equal(c[2].arfcn, 32);
    assert_int_equal(known_cells_find(k, "262", "01", 5, 7, c, 3), 0);
    assert_int_equal(known_cells_find(k, "262", "0?", 5, 6, c, 3), 0);
    assert_int_equal(known_cells_find(k, "", "", 5, 6, c, 3), 0);
    known_cells_close(k);
}

static void a_network_says_who_lists_it(void **state)
{
    struct db_fixture *f = *state;
    struct known_network n;
    known_cells_close(import(f, KNOWN_OPERATOR, "mcc,mnc,lac,ci\n262,01,5,6\n262,01,5,7\n"));
    struct known_cells *k = import(f, KNOWN_CROWD, "mcc,mnc,lac,ci\n262,2,9,9\n262,1,5,6\n");
    assert_int_equal(known_cells_find_network(k, "262", "01", &n), 0);
    assert_true(n.listed_cells && n.operator_list && !n.regulator_list);
    assert_int_equal(n.n_cells, 3);
    assert_int_equal(known_cells_find_network(k, "262", "02", &n), 0);
    assert_true(n.listed_cells && !n.operator_list);
    assert_int_equal(known_cells_find_network(k, "262", "03", &n), 0);
    assert_true(!n.listed_cells && !n.has_allocations && !n.country_allocations);
    assert_int_equal(known_cells_find_lac(k, "262", "01", 5), 1);
    assert_int_equal(known_cells_find_lac(k, "262", "01", 9), 0);
    known_cells_close(k);
}

static void near_cells_come_nearest_first(void **state)
{
    struct db_fixture *f = *state;
    struct known_cell c[3];
    /* 0.01 degrees of latitude are 1112 m; ci says how far, in steps */
    struct known_cells *k = import(f, KNOWN_CROWD,
                                   "mcc,mnc,lac,ci,lat,lon\n262,1,1,5,48.05,7.8\n"
                                   "262,1,1,2,47.98,7.8\n262,1,1,1,48.01,7.8\n"
                                   "262,1,1,9,48.09,7.8\n262,1,1,4,,\n262,1,1,3,48.0,7.84\n");
    assert_int_equal(known_cells_find_near(k, 48.0, 7.8, 6000, c, 3), 4);
    assert_int_equal(c[0].ci, 1);
    assert_int_equal(c[1].ci, 2);
    assert_int_equal(c[2].ci, 3);
    assert_int_equal(known_cells_find_near(k, 48.0, 7.8, 1000, c, 3), 0);
    assert_int_equal(known_cells_find_near(k, 48.0, 7.8, 20000, c, 3), 5);
    known_cells_close(k);
}

static void near_works_across_180_degrees_and_at_the_pole(void **state)
{
    struct db_fixture *f = *state;
    struct known_cell c[4];
    struct known_cells *k = import(f, KNOWN_CROWD,
                                   "mcc,mnc,lac,ci,lat,lon\n542,1,1,1,-17,179.99\n"
                                   "542,1,1,2,-17,-179.99\n542,1,1,3,89.99,10\n"
                                   "542,1,1,4,89.99,-170\n");
    assert_int_equal(known_cells_find_near(k, -17, 179.995, 5000, c, 4), 2);
    assert_int_equal(known_cells_find_near(k, -17, -179.995, 5000, c, 4), 2);
    assert_int_equal(known_cells_find_near(k, 89.99, 10, 5000, c, 4), 2);
    assert_int_equal(known_cells_find_near(k, -90, 0, 1000, c, 4), 0);
    known_cells_close(k);
}

static void distances_are_right(void **state)
{
    (void)state;
    /* a degree of a great circle on a sphere of 6371.0088 km */
    assert_true(fabs(known_distance_m(0, 0, 1, 0) - 111195.08) < 1);
    assert_true(fabs(known_distance_m(0, 179.5, 0, -179.5) - 111195.08) < 1);
    assert_true(known_distance_m(48, 7, 48, 7) == 0.0);
}

static void a_cell_is_read_from_text(void **state)
{
    (void)state;
    char mcc[4], mnc[4];
    int lac, ci;
    assert_int_equal(known_cgi_parse("262-01-21014-6326", mcc, mnc, &lac, &ci), 0);
    assert_string_equal(mcc, "262");
    assert_string_equal(mnc, "01");
    assert_int_equal(lac, 21014);
    assert_int_equal(ci, 6326);
    assert_int_equal(known_cgi_parse("262-01-21014-6326/30/32", mcc, mnc, &lac, &ci), 0);
    static const char *const bad[] = {"",         "262-01-1",   "262-01-70000-1", "262-01-1-1x",
                                      "a-01-1-1", "262-01--1-1"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(known_cgi_parse(bad[i], mcc, mnc, &lac, &ci), -EINVAL);
}

static int count_cell(void *ctx, const struct known_cell *c)
{
    int *sum = ctx;
    *sum = *sum * 10 + c->ci;
    return *sum > 99;
}

static int count_list(void *ctx, const struct known_list *list)
{
    *(uint64_t *)ctx += list->n_rows;
    return 0;
}

static void lists_are_in_order_and_can_be_cut(void **state)
{
    struct db_fixture *f = *state;
    struct known_cells *k = import(f, KNOWN_CROWD,
                                   "mcc,mnc,lac,ci,lat,lon\n262,2,1,4,1,1\n262,1,2,3,2,2\n"
                                   "262,1,1,2,3,3\n262,1,1,1,4,4\n");
    int digits = 0;
    uint64_t n = 0;
    assert_int_equal(known_cells_list(k, "262", "2", count_cell, &digits), 0);
    assert_int_equal(digits, 4);
    digits = 0;
    assert_int_equal(known_cells_list(k, "", "", count_cell, &digits), 0);
    assert_int_equal(digits, 123);
    assert_int_equal(known_cells_list_imports(k, count_list, &n), 0);
    assert_int_equal(n, 4);
    known_cells_close(k);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, db_setup, db_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_missing_or_foreign_file_is_told),
        CASE(network_codes_are_equal_as_numbers),
        CASE(the_best_source_comes_first),
        CASE(a_network_says_who_lists_it),
        CASE(near_cells_come_nearest_first),
        CASE(near_works_across_180_degrees_and_at_the_pole),
        CASE(distances_are_right),
        CASE(a_cell_is_read_from_text),
        CASE(lists_are_in_order_and_can_be_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

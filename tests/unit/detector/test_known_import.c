/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists as people have them: bad rows are named, bad lists change nothing. */
#include "unit/detector/db_fixture.h"

#include <errno.h>
#include <glob.h>
#include <zlib.h>

#include "detector/known_csv.h"
#include "detector/known_import.h"

static struct known_import_result result;

static struct known_import_config config_for(struct db_fixture *f, enum known_kind kind,
                                             enum known_source source)
{
    static char csv[128], local[128];
    snprintf(csv, sizeof(csv), "%s/list.csv", f->dir);
    snprintf(local, sizeof(local), "%s/local.db", f->dir);
    return (struct known_import_config){.kind = kind,
                                        .source = source,
                                        .path = csv,
                                        .known_path = f->path,
                                        .local_path = local,
                                        .now_utc_us = UTC_UNKNOWN};
}

static int import_text(struct db_fixture *f, const struct known_import_config *cfg,
                       const char *text)
{
    db_write_file(cfg->path, text, strlen(text));
    return known_import_run(cfg, &result, f->err, sizeof(f->err));
}

static int import_cells(struct db_fixture *f, enum known_source source, const char *text)
{
    struct known_import_config cfg = config_for(f, KNOWN_KIND_CELLS, source);
    return import_text(f, &cfg, text);
}

static struct known_cells *open_known(struct db_fixture *f)
{
    struct known_cells *k = NULL;
    assert_int_equal(known_cells_open(&k, f->path, f->err, sizeof(f->err)), 0);
    return k;
}

static int find_one(struct db_fixture *f, const char *mnc, int lac, int ci, struct known_cell *ret)
{
    struct known_cells *k = open_known(f);
    int n = known_cells_find(k, "262", mnc, lac, ci, ret, 1);
    known_cells_close(k);
    return n;
}

#define OCID_HEAD                                                                                  \
    "radio,mcc,net,area,cell,unit,lon,lat,range,samples,changeable,created,updated,"               \
    "averageSignal\r\n"

static void opencellid_comes_in_with_and_without_its_header(void **state)
{
    struct db_fixture *f = *state;
    struct known_cell c;
    const char *row = "GSM,262,1,21014,6326,,7.85,48.1,1000,17,1,1459813819,1459813819,0\r\n"
                      "LTE,262,1,21014,99999999,,7.85,48.1,1000,17,1,1,1,0\r\n";
    char text[600];
    snprintf(text, sizeof(text), "%s%s", OCID_HEAD, row);
    const char *files[] = {text, row};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(import_cells(f, KNOWN_CROWD, files[i]), 0);
        assert_int_equal(result.n_good, 1);
        assert_int_equal(result.n_skipped, 1);
        assert_int_equal(find_one(f, "01", 21014, 6326, &c), 1);
        assert_string_equal(c.mnc, "01");
        assert_true(c.has_position && fabs(c.lat_deg - 48.1) < 1e-9 &&
                    fabs(c.lon_deg - 7.85) < 1e-9 && c.range_m == 1000.0);
        assert_int_equal(c.arfcn, -1);
        unlink(f->path);
    }
}

static void an_operators_list_comes_in_by_its_header(void **state)
{
    struct db_fixture *f = *state;
    struct known_cell c;
    assert_int_equal(
        import_cells(f, KNOWN_OPERATOR,
                     "site,ci,lac,mnc,mcc,arfcn,bsic,valid_from,valid_to,type,lat,lon\n"
                     "\"Main Street, roof\",6326,0x5216,001,262,30,32,2026-01-01,"
                     "2026-12-31,macro,48.1,7.85\n"),
        0);
    assert_int_equal(find_one(f, "1", 21014, 6326, &c), 1);
    assert_string_equal(c.mnc, "001");
    assert_string_equal(c.site, "Main Street, roof");
    assert_string_equal(c.type, "macro");
    assert_int_equal(c.arfcn, 30);
    assert_int_equal(c.bsic, 32);
    int64_t last;
    assert_int_equal(utc_parse("2026-12-31T23:59:59.999999Z", &last), 0);
    assert_int_equal(c.valid_to_us, last);
    assert_int_equal(c.source, KNOWN_OPERATOR);
}

static void columns_can_be_mapped_and_a_missing_one_is_named(void **state)
{
    struct db_fixture *f = *state;
    struct known_cell c;
    struct known_import_config cfg = config_for(f, KNOWN_KIND_CELLS, KNOWN_OPERATOR);
    const char *text = "MCC;MNC;LA;Cell Id;lat;lon\n262;01;1;2;48,25;7,5\n";
    assert_int_equal(import_text(f, &cfg, text), -EINVAL);
    assert_non_null(strstr(f->err, "no column \"lac\""));
    cfg.map = "la=lac,cell id=ci";
    assert_int_equal(import_text(f, &cfg, text), 0);
    assert_int_equal(find_one(f, "01", 1, 2, &c), 1);
    assert_true(c.has_position && fabs(c.lat_deg - 48.25) < 1e-9);
    cfg.map = "la=lac,cell id=nonsense";
    assert_int_equal(import_text(f, &cfg, text), -EINVAL);
    cfg.map = "la=lac,nothere=ci";
    assert_int_equal(import_text(f, &cfg, text), -EINVAL);
    assert_non_null(strstr(f->err, "nothere"));
}

/* n good rows after the header, then what is given. */
static char *list_of(int n, const char *more)
{
    char *text = malloc((size_t)n * 32 + strlen(more) + 64);
    assert_non_null(text);
    size_t len = (size_t)sprintf(text, "mcc,mnc,lac,ci,lat,lon,site\n");
    for (int i = 0; i < n; i++)
        len += (size_t)sprintf(text + len, "262,01,1,%d,48.0,7.0,x\n", i);
    strcpy(text + len, more);
    return text;
}

static void bad_rows_are_counted_with_their_lines(void **state)
{
    struct db_fixture *f = *state;
    char *text = list_of(500, "262,01,70000,1,,,\n262,01,1,1,91,7,\n26x,01,1,1,,,\n262,,1,1,,,\n");
    assert_int_equal(import_cells(f, KNOWN_OPERATOR, text), 0);
    free(text);
    assert_int_equal(result.n_good, 500);
    assert_int_equal(result.n_bad, 4);
    assert_int_equal(result.bad[0].line, 502);
    assert_string_equal(result.bad[0].why, "lac \"70000\" is not a number from 0 to 65535");
    assert_int_equal(result.bad[3].line, 505);
    assert_string_equal(result.bad[3].why, "mnc \"\" is not a number of up to three digits");
}

static void more_than_one_in_a_hundred_refuses_the_list(void **state)
{
    struct db_fixture *f = *state;
    struct known_cell c;
    char *good = list_of(198, ""), *at_limit = list_of(198, "x\nx\n"),
         *above = list_of(197, "x\nx\n");
    assert_int_equal(import_cells(f, KNOWN_OPERATOR, good), 0);
    assert_int_equal(import_cells(f, KNOWN_OPERATOR, at_limit), 0); /* 2 of 200 */
    assert_int_equal(import_cells(f, KNOWN_OPERATOR, above), -EBADMSG);
    assert_non_null(strstr(f->err, "2 of 199 rows"));
    assert_non_null(strstr(f->err, "the first is line 199: mcc \"x\""));
    assert_int_equal(find_one(f, "01", 1, 197, &c), 1); /* the old list is still there */
    free(good);
    free(at_limit);
    free(above);
}

static void nothing_at_all_is_refused(void **state)
{
    struct db_fixture *f = *state;
    struct known_cell c;
    char *good = list_of(3, "");
    assert_int_equal(import_cells(f, KNOWN_OPERATOR, good), 0);
    free(good);
    assert_int_equal(import_cells(f, KNOWN_OPERATOR, ""), -ENODATA);
    assert_int_equal(import_cells(f, KNOWN_OPERATOR, "mcc,mnc,lac,ci\n"), -ENODATA);
    assert_int_equal(import_cells(f, KNOWN_OPERATOR, "LTE,262,1,1,1,,1,1,1,1,1,1,1,0\n"), -ENODATA);
    struct known_import_config cfg = config_for(f, KNOWN_KIND_CELLS, KNOWN_OPERATOR);
    cfg.path = "/nonexistent.csv";
    assert_int_equal(known_import_run(&cfg, &result, f->err, sizeof(f->err)), -ENOENT);
    assert_int_equal(find_one(f, "01", 1, 2, &c), 1);
}

static void a_list_replaces_its_own_source_and_no_other(void **state)
{
    struct db_fixture *f = *state;
    struct known_cell c[4];
    struct known_import_config cfg = config_for(f, KNOWN_KIND_CELLS, KNOWN_OPERATOR);
    assert_int_equal(import_cells(f, KNOWN_CROWD, "mcc,mnc,lac,ci\n262,1,1,1\n262,1,1,2\n"), 0);
    assert_int_equal(import_cells(f, KNOWN_OPERATOR, "mcc,mnc,lac,ci\n262,01,1,1\n"), 0);
    cfg.name = "second operator";
    assert_int_equal(import_text(f, &cfg, "mcc,mnc,lac,ci\n262,02,1,1\n"), 0);
    assert_int_equal(import_cells(f, KNOWN_OPERATOR, "mcc,mnc,lac,ci\n262,01,1,3\n"), 0);
    assert_int_equal(result.n_replaced, 1);
    struct known_cells *k = open_known(f);
    assert_int_equal(known_cells_find(k, "262", "01", 1, 1, c, 4), 1);
    assert_int_equal(c[0].source, KNOWN_CROWD);
    assert_int_equal(known_cells_find(k, "262", "01", 1, 2, c, 4), 1);
    assert_int_equal(known_cells_find(k, "262", "01", 1, 3, c, 4), 1);
    assert_int_equal(known_cells_find(k, "262", "02", 1, 1, c, 4), 1);
    known_cells_close(k);
    glob_t left;
    char pattern[96];
    snprintf(pattern, sizeof(pattern), "%s/x.db?*", f->dir);
    assert_int_equal(glob(pattern, 0, NULL, &left), GLOB_NOMATCH); /* no new file left behind */
}

static void lists_of_two_operators_live_side_by_side(void **state)
{
    struct db_fixture *f = *state;
    struct known_cell c;
    assert_int_equal(import_cells(f, KNOWN_OPERATOR, "mcc,mnc,lac,ci\n262,01,1,1\n262,01,1,2\n"),
                     0);
    assert_int_equal(import_cells(f, KNOWN_OPERATOR, "mcc,mnc,lac,ci\n262,02,1,1\n"), 0);
    assert_int_equal(result.n_replaced, 0);
    assert_int_equal(find_one(f, "01", 1, 2, &c), 1);
    assert_int_equal(find_one(f, "02", 1, 1, &c), 1);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM lists"), 2);
    /* the first operator's list again, a cell fewer; its MNC may be written otherwise */
    assert_int_equal(import_cells(f, KNOWN_OPERATOR, "mcc,mnc,lac,ci\n262,1,1,1\n"), 0);
    assert_int_equal(result.n_replaced, 2);
    assert_int_equal(find_one(f, "01", 1, 1, &c), 1);
    assert_int_equal(find_one(f, "01", 1, 2, &c), 0);
    assert_int_equal(find_one(f, "02", 1, 1, &c), 1);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM lists"), 2);
    /* a regulator's word on the same network is another matter */
    assert_int_equal(import_cells(f, KNOWN_REGULATOR, "mcc,mnc,lac,ci\n262,01,1,1\n"), 0);
    assert_int_equal(find_one(f, "01", 1, 1, &c), 2);
    assert_int_equal(db_int(f->path, "SELECT n_cells FROM networks WHERE mnc = 1 AND source = 3"),
                     1);
}

static void a_list_that_lost_a_network_keeps_the_rest(void **state)
{
    struct db_fixture *f = *state;
    uint8_t digest[2][DIGEST_OCT];
    const char *both = "mcc,mnc,lac,ci\n262,01,1,1\n262,02,1,1\n262,02,1,2\n";
    struct known_cell c;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(import_cells(f, KNOWN_CROWD, both), 0);
        assert_int_equal(import_cells(f, KNOWN_CROWD, "mcc,mnc,lac,ci\n262,01,7,7\n"), 0);
        assert_int_equal(result.n_replaced, 1);
        assert_int_equal(db_int(f->path, "SELECT n_rows FROM lists WHERE id = 1"), 2);
        assert_int_equal(find_one(f, "01", 1, 1, &c), 0);
        assert_int_equal(find_one(f, "01", 7, 7, &c), 1);
        assert_int_equal(find_one(f, "02", 1, 2, &c), 1);
        struct known_cells *k = open_known(f);
        known_cells_digest(k, digest[i]);
        known_cells_close(k);
        unlink(f->path);
        both = "mcc,mnc,lac,ci\n262,02,1,2\n262,01,9,9\n262,02,1,1\n";
    }
    assert_memory_equal(digest[0], digest[1], DIGEST_OCT); /* of what is left, in any order */
}

static void a_name_replaces_the_list_of_that_name_only(void **state)
{
    struct db_fixture *f = *state;
    struct known_cell c;
    struct known_import_config cfg = config_for(f, KNOWN_KIND_CELLS, KNOWN_OPERATOR);
    cfg.name = "north";
    assert_int_equal(import_text(f, &cfg, "mcc,mnc,lac,ci\n262,01,1,1\n"), 0);
    cfg.name = "south";
    assert_int_equal(import_text(f, &cfg, "mcc,mnc,lac,ci\n262,01,2,1\n"), 0);
    assert_int_equal(result.n_replaced, 0);
    assert_int_equal(import_text(f, &cfg, "mcc,mnc,lac,ci\n262,01,2,2\n"), 0);
    assert_int_equal(result.n_replaced, 1);
    assert_int_equal(find_one(f, "01", 1, 1, &c), 1);
    assert_int_equal(find_one(f, "01", 2, 1, &c), 0);
    assert_int_equal(find_one(f, "01", 2, 2, &c), 1);
    assert_int_equal(import_cells(f, KNOWN_OPERATOR, "mcc,mnc,lac,ci\n262,01,3,3\n"), 0);
    assert_int_equal(result.n_replaced, 2);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM lists"), 1);
}

static void allocations_and_exceptions_are_replaced_by_network(void **state)
{
    struct db_fixture *f = *state;
    struct known_import_config cfg = config_for(f, KNOWN_KIND_ALLOCATIONS, KNOWN_REGULATOR);
    const char *head = "mcc,mnc,operator,band,arfcn_lo,arfcn_hi\n";
    char text[200];
    static const char *const rows[] = {"262,01,A,P900,1,9\n262,01,A,P900,11,12\n",
                                       "262,02,B,P900,20,29\n", "262,01,A,P900,1,8\n"};
    assert_int_equal(import_cells(f, KNOWN_REGULATOR, "mcc,mnc,lac,ci\n262,01,1,1\n"), 0);
    for (size_t i = 0; i < 3; i++) {
        snprintf(text, sizeof(text), "%s%s", head, rows[i]);
        assert_int_equal(import_text(f, &cfg, text), 0);
        assert_int_equal(result.n_replaced, i == 2 ? 2 : 0);
    }
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM allocations"), 2);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM cells"), 1);

    cfg = config_for(f, KNOWN_KIND_ALLOW, KNOWN_OPERATOR);
    static const char *const allow[] = {
        "kind,mcc,mnc,lac,note\nrail,262,10,,\nevent,262,01,5,\n",
        "kind,mcc,mnc,lac,arfcn,note\nevent,262,1,6,,\nevent,,,,77,any\n",
        "kind,mcc,mnc,lac,arfcn,note\nprivate,,,,78,any\n"};
    static const uint64_t n_replaced[] = {0, 1, 1};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(import_text(f, &cfg, allow[i]), 0);
        assert_int_equal(result.n_replaced, n_replaced[i]);
    }
    char left[100];
    db_text(cfg.local_path,
            "SELECT group_concat(kind || ifnull(lac, '') || ifnull(arfcn, ''), ' ') FROM"
            " (SELECT * FROM allow ORDER BY id)",
            left, sizeof(left));
    assert_string_equal(left, "rail event6 private78");
}

static void the_same_imports_give_the_same_digest(void **state)
{
    struct db_fixture *f = *state;
    uint8_t digest[3][DIGEST_OCT];
    const char *a = "mcc,mnc,lac,ci\n262,1,1,1\n", *b = "mcc,mnc,lac,ci\n262,01,1,9\n";
    for (int i = 0; i < 3; i++) {
        assert_int_equal(import_cells(f, i == 1 ? KNOWN_OPERATOR : KNOWN_CROWD, i == 1 ? b : a), 0);
        assert_int_equal(import_cells(f, i == 1 ? KNOWN_CROWD : KNOWN_OPERATOR, i == 1 ? a : b), 0);
        if (i == 2)
            assert_int_equal(import_cells(f, KNOWN_CROWD, "mcc,mnc,lac,ci\n262,1,1,2\n"), 0);
        struct known_cells *k = open_known(f);
        known_cells_digest(k, digest[i]);
        known_cells_close(k);
        unlink(f->path);
    }
    assert_memory_equal(digest[0], digest[1], DIGEST_OCT);
    assert_memory_not_equal(digest[0], digest[2], DIGEST_OCT);
}

static void a_packed_file_is_unpacked_and_a_broken_one_refused(void **state)
{
    struct db_fixture *f = *state;
    struct known_import_config cfg = config_for(f, KNOWN_KIND_CELLS, KNOWN_CROWD);
    struct known_cell c;
    char *text = list_of(5000, "");
    gzFile out = gzopen(cfg.path, "wb");
    assert_int_equal(gzwrite(out, text, (unsigned)strlen(text)), strlen(text));
    gzclose(out);
    free(text);
    assert_int_equal(known_import_run(&cfg, &result, f->err, sizeof(f->err)), 0);
    assert_int_equal(result.n_good, 5000);
    assert_int_equal(truncate(cfg.path, 4000), 0);
    assert_int_equal(known_import_run(&cfg, &result, f->err, sizeof(f->err)), -EINVAL);
    assert_non_null(strstr(f->err, "breaks off"));
    assert_int_equal(find_one(f, "01", 1, 4999, &c), 1);
}

static void allocations_and_allow_lists_go_where_they_belong(void **state)
{
    struct db_fixture *f = *state;
    struct known_allocation a[4];
    struct known_network net;
    struct known_import_config cfg = config_for(f, KNOWN_KIND_ALLOCATIONS, KNOWN_REGULATOR);
    assert_int_equal(import_text(f, &cfg,
                                 "262,01,Telekom,DCS1800,600,700,,\n"
                                 "262,01,Telekom,P900,13,49,2020-01-01,\n"
                                 "262,02,Vodafone,E900,1,12,,\n"),
                     0);
    struct known_cells *k = open_known(f);
    assert_int_equal(known_cells_find_allocations(k, "262", "1", a, 4), 2);
    assert_int_equal(a[0].band, ARFCN_P900);
    assert_int_equal(a[0].arfcn_lo, 13);
    assert_int_equal(a[1].arfcn_hi, 700);
    assert_int_equal(known_cells_find_allocations(k, "262", "02", a, 4), 1);
    assert_int_equal(a[0].band, ARFCN_P900); /* 1..12 are always called so */
    assert_int_equal(known_cells_find_network(k, "262", "01", &net), 0);
    assert_true(net.has_allocations && net.country_allocations && !net.listed_cells);
    assert_string_equal(net.operator_name, "Telekom");
    assert_int_equal(known_cells_find_network(k, "262", "77", &net), 0);
    assert_true(!net.has_allocations && net.country_allocations);
    known_cells_close(k);
    cfg.kind = KNOWN_KIND_ALLOW;
    assert_int_equal(import_text(f, &cfg, "kind,mcc,mnc,note\nrail,262,10,GSM-R\n"), 0);
    assert_int_equal(db_int(cfg.local_path, "SELECT count(*) FROM allow"), 1);
    assert_int_equal(import_text(f, &cfg, "kind,mcc,mnc,note\nrail,,,everything\n"), -EBADMSG);
    assert_int_equal(db_int(cfg.local_path, "SELECT count(*) FROM allow WHERE note = 'GSM-R'"), 1);
}

static void another_programs_database_is_not_replaced(void **state)
{
    struct db_fixture *f = *state;
    assert_int_equal(db_sql(f->path, "CREATE TABLE precious (x)"), SQLITE_OK);
    assert_int_equal(import_cells(f, KNOWN_CROWD, "mcc,mnc,lac,ci\n262,1,1,1\n"), -EINVAL);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM precious"), 0);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM sqlite_master"), 1);
}

/* ---- splitting ---- */

struct rows {
    int n, n_bad;
    uint64_t bad_line[8], last_line;
    char last[200];
};

static int see_row(void *ctx, const struct known_csv_row *row)
{
    struct rows *rows = ctx;
    if (row->bad) {
        if (rows->n_bad < 8)
            rows->bad_line[rows->n_bad] = row->line;
        rows->n_bad++;
        return 0;
    }
    rows->n++;
    rows->last_line = row->line;
    rows->last[0] = 0;
    for (size_t i = 0; i < row->n; i++) {
        size_t len = strlen(rows->last);
        snprintf(rows->last + len, sizeof(rows->last) - len, "[%.40s]", row->field[i]);
    }
    return 0;
}

/* Split in pieces of every size must not matter. */
static struct rows split(const char *text, size_t n, enum known_csv_quoting quoting)
{
    struct rows first = {0};
    for (size_t piece = n ? n : 1; piece > 0; piece = piece > 3 ? piece / 3 : piece - 1) {
        struct known_csv *csv = NULL;
        struct rows rows = {0};
        assert_int_equal(known_csv_create(&csv, see_row, &rows), 0);
        known_csv_set_quoting(csv, quoting);
        for (size_t at = 0; at < n; at += piece)
            assert_int_equal(known_csv_push(csv, text + at, n - at < piece ? n - at : piece), 0);
        assert_int_equal(known_csv_end(csv), 0);
        known_csv_destroy(csv);
        if (piece == n)
            first = rows;
        assert_memory_equal(&rows, &first, sizeof(rows));
    }
    return first;
}

#define SPLIT(text) split(text, sizeof(text) - 1, KNOWN_CSV_QUOTES)

static void quoted_fields_may_hold_commas_and_lines(void **state)
{
    (void)state;
    struct rows r = SPLIT("a,b\r\n\"x, \"\"y\"\"\nz\",2\r\n\r\n3,4");
    assert_int_equal(r.n, 3);
    assert_int_equal(r.n_bad, 0);
    assert_int_equal(r.last_line, 5);
    assert_string_equal(r.last, "[3][4]");
    r = SPLIT("\xef\xbb\xbfmcc;mnc\n1;\"2\nb\"\n");
    assert_int_equal(r.n, 2);
    assert_int_equal(r.last_line, 2);
    assert_string_equal(r.last, "[1][2\nb]");
    r = SPLIT("a\tb\tc\n1\t\t3\n");
    assert_string_equal(r.last, "[1][][3]");
}

static void a_stray_quote_costs_one_row(void **state)
{
    (void)state;
    struct rows r = SPLIT("a,b\n1,\"x\n2,y\n3,z\n");
    assert_int_equal(r.n, 3);
    assert_int_equal(r.n_bad, 1);
    assert_int_equal(r.bad_line[0], 2);
    assert_int_equal(r.last_line, 4);
    r = SPLIT("a,b\n1,x\"y\n2,y\n");
    assert_int_equal(r.n, 2);
    assert_int_equal(r.n_bad, 1);
    assert_int_equal(r.bad_line[0], 2);
    char *text = list_of(1000, "1,\"open\n");
    size_t len = strlen(text);
    char *twice = malloc(2 * len + 1);
    assert_non_null(twice);
    sprintf(twice, "%s%s", text, text);
    r = split(twice, 2 * len, KNOWN_CSV_QUOTES);
    assert_int_equal(r.n, 2002); /* two headers and 2000 rows */
    assert_int_equal(r.n_bad, 2);
    assert_int_equal(r.bad_line[0], 1002);
    assert_int_equal(r.bad_line[1], 2004);
    free(text);
    free(twice);
}

static void without_quoting_a_quote_is_a_letter(void **state)
{
    (void)state;
    static const char text[] = "a,\"b\nc\"\",d\n";
    struct rows r = split(text, sizeof(text) - 1, KNOWN_CSV_NO_QUOTES);
    assert_int_equal(r.n, 2);
    assert_string_equal(r.last, "[c\"\"][d]");
}

static void garbage_is_bad_and_bounded(void **state)
{
    (void)state;
    struct rows r = SPLIT("a,b\n1\0002,3\n4,5\n");
    assert_int_equal(r.n, 2);
    assert_int_equal(r.bad_line[0], 2);
    r = SPLIT("a,b\n1,2\r3,4\n5,6\n");
    assert_int_equal(r.n, 2);
    assert_int_equal(r.n_bad, 1);
    size_t n = 300000;
    char *text = malloc(n);
    assert_non_null(text);
    memset(text, 'x', n);
    memcpy(text, "a,b\n", 4);
    memcpy(text + n - 5, "\n1,2\n", 5);
    r = split(text, n, KNOWN_CSV_QUOTES);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.n_bad, 1);
    assert_int_equal(r.last_line, 3);
    memset(text, ',', 200); /* more fields than anybody has */
    text[200] = '\n';
    memcpy(text + 201, "1,2\n", 4);
    r = split(text, 205, KNOWN_CSV_QUOTES);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.bad_line[0], 1);
    memset(text, 'y', 5000); /* a field above 4 KiB */
    text[5000] = '\n';
    memcpy(text + 5001, "1,2\n", 4);
    r = split(text, 5005, KNOWN_CSV_QUOTES);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.n_bad, 1);
    free(text);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, db_setup, db_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(opencellid_comes_in_with_and_without_its_header),
        CASE(an_operators_list_comes_in_by_its_header),
        CASE(columns_can_be_mapped_and_a_missing_one_is_named),
        CASE(bad_rows_are_counted_with_their_lines),
        CASE(more_than_one_in_a_hundred_refuses_the_list),
        CASE(nothing_at_all_is_refused),
        CASE(a_list_replaces_its_own_source_and_no_other),
        CASE(lists_of_two_operators_live_side_by_side),
        CASE(a_list_that_lost_a_network_keeps_the_rest),
        CASE(a_name_replaces_the_list_of_that_name_only),
        CASE(allocations_and_exceptions_are_replaced_by_network),
        CASE(the_same_imports_give_the_same_digest),
        CASE(a_packed_file_is_unpacked_and_a_broken_one_refused),
        CASE(allocations_and_allow_lists_go_where_they_belong),
        CASE(another_programs_database_is_not_replaced),
        CASE(quoted_fields_may_hold_commas_and_lines),
        CASE(a_stray_quote_costs_one_row),
        CASE(without_quoting_a_quote_is_a_letter),
        CASE(garbage_is_bad_and_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

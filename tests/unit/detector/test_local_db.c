/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Allow-lists and added cells: what covers a cell, and what must never be written. */
#include "unit/detector/db_fixture.h"

#include <errno.h>

#include "detector/local_db.h"

static struct local_allow entry(const char *kind, const char *mcc, const char *mnc, int lac, int ci,
                                int arfcn)
{
    struct local_allow a = {.lac = lac,
                            .ci = ci,
                            .arfcn = arfcn,
                            .valid_from_us = UTC_UNKNOWN,
                            .valid_to_us = UTC_UNKNOWN};
    snprintf(a.kind, sizeof(a.kind), "%s", kind);
    snprintf(a.mcc, sizeof(a.mcc), "%s", mcc);
    snprintf(a.mnc, sizeof(a.mnc), "%s", mnc);
    return a;
}

static void add(struct db_fixture *f, struct local_allow a)
{
    assert_int_equal(local_db_add_allow(f->path, &a, f->err, sizeof(f->err)), 0);
}

static struct local_db *open_db(struct db_fixture *f)
{
    struct local_db *db = NULL;
    assert_int_equal(local_db_open(&db, f->path, f->err, sizeof(f->err)), 0);
    return db;
}

static void a_missing_file_means_nothing_decided(void **state)
{
    struct db_fixture *f = *state;
    struct local_db *db = NULL;
    assert_int_equal(local_db_open(&db, f->path, f->err, sizeof(f->err)), -ENOENT);
    assert_int_equal(access(f->path, F_OK), -1); /* and none is made by asking */
}

static void the_most_specific_entry_covers(void **state)
{
    struct db_fixture *f = *state;
    struct local_allow a;
    add(f, entry("rail", "262", "10", -1, -1, -1));
    add(f, entry("event", "262", "10", 7, -1, -1));
    add(f, entry("private", "262", "10", 7, 8, -1));
    struct local_db *db = open_db(f);
    assert_int_equal(local_db_find_allow(db, "262", "10", 1, 1, 955, UTC_UNKNOWN, &a), 1);
    assert_string_equal(a.kind, "rail");
    assert_int_equal(local_db_find_allow(db, "262", "10", 7, 1, 955, UTC_UNKNOWN, &a), 1);
    assert_string_equal(a.kind, "event");
    assert_int_equal(local_db_find_allow(db, "262", "10", 7, 8, 955, UTC_UNKNOWN, &a), 1);
    assert_string_equal(a.kind, "private");
    assert_int_equal(local_db_find_allow(db, "262", "11", 7, 8, 955, UTC_UNKNOWN, &a), 0);
    local_db_close(db);
}

static void what_the_cell_did_not_say_is_not_covered(void **state)
{
    struct db_fixture *f = *state;
    struct local_allow a;
    add(f, entry("private", "262", "10", 7, 8, -1));
    add(f, entry("rail", "262", "99", -1, -1, -1));
    struct local_db *db = open_db(f);
    assert_int_equal(local_db_find_allow(db, "262", "10", -1, -1, 30, UTC_UNKNOWN, &a), 0);
    assert_int_equal(local_db_find_allow(db, "", "", -1, -1, 30, UTC_UNKNOWN, &a), 0);
    local_db_close(db);
    add(f, entry("event", "", "", -1, -1, 30));
    db = open_db(f);
    assert_int_equal(local_db_find_allow(db, "", "", -1, -1, 30, UTC_UNKNOWN, &a), 1);
    local_db_close(db);
}

static void network_codes_compare_as_numbers(void **state)
{
    struct db_fixture *f = *state;
    struct local_allow a;
    add(f, entry("rail", "262", "1", -1, -1, -1));
    struct local_db *db = open_db(f);
    assert_int_equal(local_db_find_allow(db, "262", "01", 1, 1, 1, UTC_UNKNOWN, &a), 1);
    assert_int_equal(local_db_find_allow(db, "262", "001", 1, 1, 1, UTC_UNKNOWN, &a), 1);
    assert_int_equal(local_db_find_allow(db, "262", "10", 1, 1, 1, UTC_UNKNOWN, &a), 0);
    local_db_close(db);
}

static void an_entry_holds_in_its_time_only(void **state)
{
    struct db_fixture *f = *state;
    struct local_allow a = entry("event", "262", "01", -1, -1, -1);
    a.valid_from_us = 1000;
    a.valid_to_us = 2000;
    add(f, a);
    struct local_db *db = open_db(f);
    assert_int_equal(local_db_find_allow(db, "262", "01", 1, 1, 1, 999, &a), 0);
    assert_int_equal(local_db_find_allow(db, "262", "01", 1, 1, 1, 1000, &a), 1);
    assert_int_equal(local_db_find_allow(db, "262", "01", 1, 1, 1, 2000, &a), 1);
    assert_int_equal(local_db_find_allow(db, "262", "01", 1, 1, 1, 2001, &a), 0);
    assert_int_equal(local_db_find_allow(db, "262", "01", 1, 1, 1, UTC_UNKNOWN, &a), 1);
    local_db_close(db);
}

static void an_entry_for_everything_or_of_no_kind_is_refused(void **state)
{
    struct db_fixture *f = *state;
    struct local_allow a = entry("rail", "", "", -1, -1, -1);
    assert_int_equal(local_db_add_allow(f->path, &a, f->err, sizeof(f->err)), -EINVAL);
    a = entry("friend", "262", "01", -1, -1, -1);
    assert_int_equal(local_db_add_allow(f->path, &a, f->err, sizeof(f->err)), -EINVAL);
    assert_non_null(strstr(f->err, "friend"));
    assert_int_equal(access(f->path, F_OK), -1);
}

static void digest_of(struct db_fixture *f, uint8_t ret[DIGEST_OCT])
{
    struct local_db *db = open_db(f);
    local_db_digest(db, ret);
    local_db_close(db);
}

static void the_digest_is_of_the_content_not_the_order(void **state)
{
    struct db_fixture *f = *state;
    uint8_t one[DIGEST_OCT], two[DIGEST_OCT], three[DIGEST_OCT];
    add(f, entry("rail", "262", "10", -1, -1, -1));
    add(f, entry("event", "262", "01", 5, -1, -1));
    digest_of(f, one);
    unlink(f->path);
    add(f, entry("event", "262", "01", 5, -1, -1));
    add(f, entry("rail", "262", "10", -1, -1, -1));
    digest_of(f, two);
    assert_memory_equal(one, two, DIGEST_OCT);
    add(f, entry("rail", "262", "10", 6, -1, -1));
    digest_of(f, three);
    assert_memory_not_equal(one, three, DIGEST_OCT);
}

static void an_imported_list_replaces_only_itself(void **state)
{
    struct db_fixture *f = *state;
    struct local_import *m = NULL;
    struct local_allow a = entry("event", "262", "02", -1, -1, -1);
    add(f, entry("rail", "262", "10", -1, -1, -1)); /* a decision */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(local_import_create(&m, f->path, "regulator", "", f->err, sizeof(f->err)),
                         0);
        assert_int_equal(local_import_push(m, &a, f->err, sizeof(f->err)), 0);
        assert_int_equal(local_import_commit(m, NULL, f->err, sizeof(f->err)), 0);
        local_import_destroy(m);
    }
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM allow"), 2);
    /* one that is not committed leaves all as it was */
    assert_int_equal(local_import_create(&m, f->path, "regulator", "", f->err, sizeof(f->err)), 0);
    local_import_destroy(m);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM allow"), 2);
}

static void added_cells_are_found(void **state)
{
    struct db_fixture *f = *state;
    struct known_cell c = {.mcc = "262",
                           .mnc = "01",
                           .lac = 1,
                           .ci = 2,
                           .arfcn = 30,
                           .bsic = -1,
                           .valid_from_us = UTC_UNKNOWN,
                           .valid_to_us = UTC_UNKNOWN};
    struct known_cell found[2];
    assert_int_equal(local_db_add_cell(f->path, &c, "new", f->err, sizeof(f->err)), 0);
    c.ci = 3;
    c.has_position = true;
    c.lat_deg = 48;
    assert_int_equal(local_db_add_cell(f->path, &c, "", f->err, sizeof(f->err)), 0);
    struct local_db *db = open_db(f);
    assert_int_equal(local_db_find_cells(db, "262", "1", 1, 2, found, 2), 1);
    assert_int_equal(found[0].arfcn, 30);
    assert_int_equal(found[0].bsic, -1);
    assert_false(found[0].has_position);
    assert_int_equal(local_db_find_cells(db, "262", "1", 1, -1, found, 1), 2);
    assert_int_equal(found[0].ci, 3);
    assert_int_equal(local_db_find_cells(db, "262", "2", 1, 2, found, 2), 0);
    local_db_close(db);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, db_setup, db_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_missing_file_means_nothing_decided),
        CASE(the_most_specific_entry_covers),
        CASE(what_the_cell_did_not_say_is_not_covered),
        CASE(network_codes_compare_as_numbers),
        CASE(an_entry_holds_in_its_time_only),
        CASE(an_entry_for_everything_or_of_no_kind_is_refused),
        CASE(the_digest_is_of_the_content_not_the_order),
        CASE(an_imported_list_replaces_only_itself),
        CASE(added_cells_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

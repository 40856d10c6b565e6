/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decisions: who, when, why, and that they are found again when the cell comes back. */
#include "unit/detector/db_fixture.h"

#include <errno.h>

#include "detector/local_db.h"
#include "detector/review.h"

#define KEY "262-01-21014-6326/30/32"

static struct store *open_log(struct db_fixture *f)
{
    struct store *s = NULL;
    assert_int_equal(store_open(&s, f->path, f->err, sizeof(f->err)), 0);
    return s;
}

static struct review_order order_for(enum review_state state)
{
    return (struct review_order){.cell = KEY,
                                 .state = state,
                                 .note = "looked at it",
                                 .reviewer = "A. Meyer",
                                 .now_utc_us = 1795000000000000};
}

static int set(struct db_fixture *f, const struct review_order *order)
{
    struct store *s = open_log(f);
    int rc = review_set(s, order, f->err, sizeof(f->err));
    store_close(s);
    return rc;
}

static void expect_review(struct db_fixture *f, const char *expected)
{
    char text[64];
    db_text(f->path, "SELECT review FROM flagged_cells ORDER BY first_s LIMIT 1", text,
            sizeof(text));
    assert_string_equal(text, expected);
}

static void write_cell(struct db_fixture *f, uint8_t recording)
{
    static struct judged_cell c;
    struct store_run run = db_run();
    memset(run.recording_sha256, recording, DIGEST_OCT);
    db_cell(&c);
    db_write(f, &run, &c, 1, true);
}

static void a_decision_stands_beside_the_cell(void **state)
{
    struct db_fixture *f = *state;
    struct review_order order = order_for(REVIEW_CONFIRMED);
    char text[200];
    write_cell(f, 1);
    expect_review(f, "open");
    assert_int_equal(set(f, &order), 0);
    db_text(f->path,
            "SELECT review || ' ' || reviewer || ' ' || reviewed_at || ' ' || review_note"
            " FROM flagged_cells",
            text, sizeof(text));
    assert_string_equal(text, "confirmed A. Meyer 2026-11-18T11:06:40.000Z looked at it");
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM review_queue"), 0);
}

static void the_last_decision_holds_and_the_first_stays_readable(void **state)
{
    struct db_fixture *f = *state;
    struct review_order order = order_for(REVIEW_CONFIRMED);
    write_cell(f, 1);
    assert_int_equal(set(f, &order), 0);
    order.state = REVIEW_DISMISSED;
    assert_int_equal(set(f, &order), 0);
    expect_review(f, "dismissed");
    order.state = REVIEW_OPEN;
    assert_int_equal(set(f, &order), 0);
    expect_review(f, "open");
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM reviews"), 3);
    struct store *s = open_log(f);
    struct store_chain chain;
    assert_int_equal(store_verify_chain(s, STORE_REVIEWS, &chain, f->err, sizeof(f->err)), 0);
    assert_true(chain.intact);
    store_close(s);
}

static void a_dismissed_cell_that_comes_back_is_dismissed(void **state)
{
    struct db_fixture *f = *state;
    struct review_order order = order_for(REVIEW_DISMISSED);
    write_cell(f, 1);
    assert_int_equal(set(f, &order), 0);
    write_cell(f, 2); /* next week, another recording */
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM flagged_cells WHERE review ="
                                     " 'dismissed'"),
                     2);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM review_queue"), 0);
}

static void other_reasons_or_rules_open_it_again(void **state)
{
    struct db_fixture *f = *state;
    static struct judged_cell c;
    struct review_order order = order_for(REVIEW_DISMISSED);
    struct store_run run = db_run();
    write_cell(f, 1);
    assert_int_equal(set(f, &order), 0);
    db_cell(&c);
    strcpy(c.findings[0].rule, "TM-01");
    memset(run.recording_sha256, 2, DIGEST_OCT);
    db_write(f, &run, &c, 1, true);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM review_queue"), 1);
    db_cell(&c);
    memset(run.recording_sha256, 3, DIGEST_OCT);
    run.rules_sha256[0] ^= 1;
    db_write(f, &run, &c, 1, true);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM review_queue"), 2);
}

static void explained_allows_exactly_this_cell(void **state)
{
    struct db_fixture *f = *state;
    char local[128];
    struct local_db *db = NULL;
    struct local_allow allow;
    struct review_order order = order_for(REVIEW_EXPLAINED);
    snprintf(local, sizeof(local), "%s/local.db", f->dir);
    order.local_path = local;
    order.kind = "mobile site";
    write_cell(f, 1);
    assert_int_equal(set(f, &order), 0);
    expect_review(f, "explained");
    assert_int_equal(local_db_open(&db, local, f->err, sizeof(f->err)), 0);
    assert_int_equal(local_db_find_allow(db, "262", "01", 21014, 6326, 30, UTC_UNKNOWN, &allow), 1);
    assert_string_equal(allow.kind, "mobile site");
    assert_string_equal(allow.note, "looked at it (A. Meyer)");
    assert_int_equal(local_db_find_allow(db, "262", "01", 21014, 6327, 30, UTC_UNKNOWN, &allow), 0);
    assert_int_equal(local_db_find_allow(db, "262", "01", 21014, 6326, 31, UTC_UNKNOWN, &allow), 0);
    local_db_close(db);
}

static void explained_without_effect_is_not_written(void **state)
{
    struct db_fixture *f = *state;
    static struct judged_cell c;
    struct store_run run = db_run();
    struct review_order order = order_for(REVIEW_EXPLAINED);
    order.local_path = "/nonexistent/dir/local.db";
    write_cell(f, 1);
    assert_true(set(f, &order) < 0);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM reviews"), 0);
    /* a cell without identity: the entry would cover others */
    db_cell(&c);
    c.has_lai = c.has_ci = false;
    memset(run.recording_sha256, 9, DIGEST_OCT);
    db_write(f, &run, &c, 1, true);
    order.cell = "?-?-?-?/30/32";
    assert_int_equal(set(f, &order), -EINVAL);
    assert_non_null(strstr(f->err, "never said which cell"));
    order.state = REVIEW_DISMISSED;
    assert_int_equal(set(f, &order), 0);
}

static void orders_that_make_no_sense_are_refused(void **state)
{
    struct db_fixture *f = *state;
    struct review_order order = order_for(REVIEW_CONFIRMED);
    write_cell(f, 1);
    order.reviewer = "";
    assert_int_equal(set(f, &order), -EINVAL);
    order.reviewer = "A";
    order.kind = "rail";
    assert_int_equal(set(f, &order), -EINVAL);
    order.state = REVIEW_EXPLAINED;
    order.kind = "friend";
    assert_int_equal(set(f, &order), -EINVAL);
    order = order_for(REVIEW_CONFIRMED);
    order.cell = "262-99-1-1/3/3";
    assert_int_equal(set(f, &order), -ENOENT);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM reviews"), 0);
}

/* ---- reading ---- */

struct seen {
    int n;
    char text[400];
    double number;
};

static int see_cell(void *ctx, const struct review_cell *c)
{
    struct seen *seen = ctx;
    seen->n++;
    seen->number = c->score_db;
    snprintf(seen->text, sizeof(seen->text), "%s %s %s %d/%d %s", c->cell_key, c->verdict,
             c->review, c->evaluable, c->rules_total, c->not_evaluable);
    return 0;
}

static int see_finding(void *ctx, const struct review_finding *fi)
{
    struct seen *seen = ctx;
    if (seen->n++ == 0)
        snprintf(seen->text, sizeof(seen->text), "%s %s %s %zu", fi->rule, fi->observed,
                 fi->expected, fi->n_evidence_oct);
    seen->number += fi->weight_db;
    return 0;
}

static int see_observation(void *ctx, const struct review_observation *o)
{
    struct seen *seen = ctx;
    assert_int_equal(o->l2[1], 0x06);
    snprintf(seen->text, sizeof(seen->text), "%s", o->si);
    seen->n++;
    return 0;
}

static void a_cell_is_found_by_id_prefix_key_and_cgi(void **state)
{
    struct db_fixture *f = *state;
    char id[40];
    struct seen seen = {0};
    write_cell(f, 1);
    db_text(f->path, "SELECT cell_id FROM cells", id, sizeof(id));
    struct store *s = open_log(f);
    const char *names[] = {id, KEY, "262-01-21014-6326"};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(review_find(s, names[i], see_cell, &seen, f->err, sizeof(f->err)), 0);
    id[8] = 0;
    assert_int_equal(review_find(s, id, see_cell, &seen, f->err, sizeof(f->err)), 0);
    assert_int_equal(seen.n, 4);
    assert_string_equal(seen.text, KEY " suspicious open 12/15 ID-02");
    assert_int_equal(review_find(s, "deadbeef", see_cell, &seen, f->err, sizeof(f->err)), -ENOENT);
    assert_int_equal(review_find(s, "%", see_cell, &seen, f->err, sizeof(f->err)), -ENOENT);
    store_close(s);
}

static void a_cgi_of_two_cells_asks_which(void **state)
{
    struct db_fixture *f = *state;
    static struct judged_cell c[2];
    struct store_run run = db_run();
    struct seen seen = {0};
    db_cell(&c[0]);
    db_cell(&c[1]);
    c[1].channel.number = 31;
    db_write(f, &run, c, 2, true);
    struct store *s = open_log(f);
    assert_int_equal(review_find(s, "262-01-21014-6326", see_cell, &seen, f->err, sizeof(f->err)),
                     -EINVAL);
    assert_int_equal(review_find(s, KEY, see_cell, &seen, f->err, sizeof(f->err)), 0);
    store_close(s);
}

static void findings_and_messages_come_with_the_cell(void **state)
{
    struct db_fixture *f = *state;
    char run[40], cell[40];
    struct seen findings = {0}, messages = {0};
    write_cell(f, 1);
    db_text(f->path, "SELECT run_id FROM cells", run, sizeof(run));
    db_text(f->path, "SELECT cell_id FROM cells", cell, sizeof(cell));
    struct store *s = open_log(f);
    assert_int_equal(
        review_list_findings(s, run, cell, see_finding, &findings, f->err, sizeof(f->err)), 0);
    assert_int_equal(findings.n, 2);
    assert_string_equal(findings.text, "AT-01 offset 60 dB at most 12 dB 23");
    assert_true(findings.number == 49.0);
    assert_int_equal(
        review_list_observations(s, run, cell, see_observation, &messages, f->err, sizeof(f->err)),
        0);
    assert_int_equal(messages.n, 2);
    assert_string_equal(messages.text, "4");
    store_close(s);
}

static void lists_show_what_was_asked_for(void **state)
{
    struct db_fixture *f = *state;
    static struct judged_cell c[2];
    struct store_run run = db_run();
    struct seen seen[3] = {0};
    struct review_order order = order_for(REVIEW_CONFIRMED);
    db_cell(&c[0]);
    db_cell(&c[1]);
    c[1].ci = 1;
    c[1].verdict = VERDICT_NORMAL;
    c[1].score_db = -45;
    db_write(f, &run, c, 2, true);
    assert_int_equal(set(f, &order), 0);
    struct store *s = open_log(f);
    for (int i = 0; i < 3; i++)
        assert_int_equal(
            review_list(s, (enum review_filter)i, see_cell, &seen[i], f->err, sizeof(f->err)), 0);
    assert_int_equal(seen[REVIEW_FLAGGED].n, 1);
    assert_int_equal(seen[REVIEW_QUEUE].n, 0);
    assert_int_equal(seen[REVIEW_ALL].n, 2);
    assert_true(seen[REVIEW_ALL].number == -45.0); /* the worst first */
    store_close(s);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, db_setup, db_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_decision_stands_beside_the_cell),
        CASE(the_last_decision_holds_and_the_first_stays_readable),
        CASE(a_dismissed_cell_that_comes_back_is_dismissed),
        CASE(other_reasons_or_rules_open_it_again),
        CASE(explained_allows_exactly_this_cell),
        CASE(explained_without_effect_is_not_written),
        CASE(orders_that_make_no_sense_are_refused),
        CASE(a_cell_is_found_by_id_prefix_key_and_cgi),
        CASE(a_cgi_of_two_cells_asks_which),
        CASE(findings_and_messages_come_with_the_cell),
        CASE(lists_show_what_was_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "detector/score.h"

#define RULES_IN_TEST          64
#define assert_near(a, b, eps) assert_true(fabs((a) - (b)) <= (eps))

static struct rule_result result[RULES_IN_TEST];

static size_t find(const char *id)
{
    for (size_t i = 0; i < rules_count(); i++) {
        if (strcmp(rules_get(i)->id, id) == 0)
            return i;
    }
    fail_msg("no rule %s", id);
    return 0;
}

/* All rules passed. */
static int reset(void **state)
{
    (void)state;
    assert_true(rules_count() <= RULES_IN_TEST);
    memset(result, 0, sizeof result);
    return 0;
}

static void hit(const char *id, double weight_db)
{
    struct rule_result *r = &result[find(id)];
    r->outcome = RULE_FIRED;
    snprintf(r->finding.rule, sizeof r->finding.rule, "%s", id);
    r->finding.weight_db = weight_db;
}

static struct score run(bool matches_list, bool operator_list)
{
    struct score_input in = {result, matches_list, operator_list};
    struct score s;
    score_run(&in, &s);
    return s;
}

/* Nothing fired: the prior, and normal. */
static void starts_at_the_prior(void **state)
{
    (void)state;
    struct score s = run(false, false);
    assert_near(s.score_db, -45.0, 1e-9);
    assert_int_equal(s.verdict, VERDICT_NORMAL);
    assert_int_equal(s.evaluable, (int)rules_count());
}

/* Rules of one group add up to their cap and no further; groups add up freely. */
static void caps_each_group(void **state)
{
    (void)state;
    hit("AT-01", 20.0);
    assert_near(run(false, false).score_db, -25.0, 1e-9);
    hit("AT-02", 15.0); /* 35 dB, cap 25 */
    assert_near(run(false, false).score_db, -20.0, 1e-9);
    hit("SI-01", 35.0);
    hit("SI-02", 25.0); /* 60 dB, cap 45 */
    assert_near(run(false, false).score_db, 25.0, 1e-9);
    assert_int_equal(run(false, false).groups, 2);
}

/* The caps of all groups, as the documentation states them. */
static void knows_every_cap(void **state)
{
    (void)state;
    static const struct {
        const char *group;
        double cap_db;
    } want[] = {{"ID", 40}, {"RF", 25}, {"SI", 45}, {"AT", 25}, {"NB", 30}, {"LA", 40}, {"PG", 30},
                {"AG", 25}, {"CP", 10}, {"PW", 25}, {"FP", 30}, {"TM", 30}, {"EN", 40}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
        assert_near(score_cap_db(want[i].group), want[i].cap_db, 1e-9);
    for (size_t i = 0; i < rules_count(); i++)
        assert_true(score_cap_db(rules_get(i)->id) > 0.0);
    assert_near(score_cap_db("XX"), 0.0, 1e-9);
}

/* Each state begins at its threshold. */
static void draws_the_states(void **state)
{
    (void)state;
    static const struct {
        double sum_db;
        enum verdict verdict;
    } want[] = {{24.99, VERDICT_NORMAL},    {25.0, VERDICT_WATCH},       {44.99, VERDICT_WATCH},
                {45.0, VERDICT_SUSPICIOUS}, {59.99, VERDICT_SUSPICIOUS}, {60.0, VERDICT_PROBABLE},
                {79.0, VERDICT_PROBABLE}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        hit("LA-02", fmin(want[i].sum_db, 40.0));
        hit("SI-01", fmax(want[i].sum_db - 40.0, 0.0));
        assert_int_equal(run(false, true).verdict, want[i].verdict);
    }
}

/* Critical: 30 dB, three groups, and the operator's own list does not know the cell. */
static void critical_needs_a_decisive_hit(void **state)
{
    (void)state;
    hit("AT-01", 20.0);
    hit("SI-01", 35.0);
    hit("NB-01", 20.0);
    assert_near(run(false, true).score_db, 30.0, 1e-9);
    assert_int_equal(run(false, true).verdict, VERDICT_PROBABLE);
    hit("ID-02", 20.0);
    assert_int_equal(run(false, true).verdict, VERDICT_CRITICAL);
    assert_int_equal(run(false, false).verdict, VERDICT_PROBABLE); /* only a crowd list */
}

/* Two groups are never critical, however much they weigh. */
static void critical_needs_three_groups(void **state)
{
    (void)state;
    hit("ID-02", 40.0);
    hit("SI-01", 45.0);
    assert_near(run(false, true).score_db, 40.0, 1e-9);
    assert_int_equal(run(false, true).verdict, VERDICT_PROBABLE);
    hit("NB-02", 8.0);
    assert_int_equal(run(false, true).verdict, VERDICT_CRITICAL);
}

/* Silent paging is decisive too, but without the operator's list probable is the most. */
static void probable_is_the_most_without_an_operator_list(void **state)
{
    (void)state;
    hit("PG-01", 20.0);
    hit("AT-01", 20.0);
    hit("SI-01", 45.0);
    assert_int_equal(run(false, false).verdict, VERDICT_PROBABLE);
    assert_int_equal(run(false, true).verdict, VERDICT_CRITICAL);
}

/* Fewer than eight rules asked: no all-clear, but also no hit hidden. */
static void unjudged_withholds_the_all_clear_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < rules_count(); i++)
        result[i].outcome = i < 7 ? RULE_PASSED : RULE_NOT_EVALUABLE;
    assert_int_equal(run(false, false).verdict, VERDICT_UNJUDGED);
    result[7].outcome = RULE_PASSED;
    assert_int_equal(run(false, false).verdict, VERDICT_NORMAL);
    result[7].outcome = RULE_NOT_EVALUABLE;
    hit("ID-01", 25.0);
    assert_int_equal(run(false, false).verdict, VERDICT_UNJUDGED);
    hit("SI-01", 20.0);
    assert_int_equal(run(false, false).evaluable, 7);
    assert_int_equal(run(false, false).verdict, VERDICT_SUSPICIOUS);
}

/* A full match with the operator's list speaks for the cell: -20 to -30 dB. */
static void counts_evidence_for_the_cell(void **state)
{
    (void)state;
    assert_near(run(true, true).score_db, -45.0 - 30.0, 1e-9);
    result[find("SI-01")].outcome = RULE_NOT_EVALUABLE;
    assert_near(run(true, true).en04_db, -25.0, 1e-9);
    hit("NB-02", 8.0);
    assert_near(run(true, true).en04_db, -20.0, 1e-9);
    assert_near(run(true, true).score_db, -45.0 + 8.0 - 20.0, 1e-9);
}

/* A copy of a listed identity does not profit from the list. */
static void evidence_yields_to_a_contradiction(void **state)
{
    (void)state;
    hit("AT-01", 10.0);
    assert_near(run(true, true).en04_db, 0.0, 1e-9);
    assert_near(run(true, true).score_db, -35.0, 1e-9);
}

/* Scores are whole hundredths. */
static void rounds_to_hundredths(void **state)
{
    (void)state;
    hit("NB-02", 8.006);
    assert_near(run(false, false).score_db, -36.99, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(starts_at_the_prior, reset),
        cmocka_unit_test_setup(caps_each_group, reset),
        cmocka_unit_test_setup(knows_every_cap, reset),
        cmocka_unit_test_setup(draws_the_states, reset),
        cmocka_unit_test_setup(critical_needs_a_decisive_hit, reset),
        cmocka_unit_test_setup(critical_needs_three_groups, reset),
        cmocka_unit_test_setup(probable_is_the_most_without_an_operator_list, reset),
        cmocka_unit_test_setup(unjudged_withholds_the_all_clear_only, reset),
        cmocka_unit_test_setup(counts_evidence_for_the_cell, reset),
        cmocka_unit_test_setup(evidence_yields_to_a_contradiction, reset),
        cmocka_unit_test_setup(rounds_to_hundredths, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scene.h"

/* A cell heard for n_reports of 5 s, each with this much paging. */
static void push_pages(struct scene *s, struct scene_cell c, int n_reports, uint32_t n_paged)
{
    for (int i = 0; i < n_reports; i++) {
        c.first_s = 5.0 * i;
        c.last_s = c.first_s + 5.0;
        c.n_times = 1;
        c.n_paged = n_paged;
        scene_push(s, &c);
    }
}

static struct scene_cell good_ccch(struct scene_cell c)
{
    c.n_ccch = 190;
    return c;
}

/* The sibling pages 40 in 5 s, this cell nobody in 90 s. */
static void pg01_fires_on_silence(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_pages(&s, good_ccch(scene_operator(0)), 18, 40);
    push_pages(&s, good_ccch(scene_pseudo()), 18, 0);
    struct rule_result r = scene_run(&s, 1, "PG-01");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 20.0, 1e-9);
    assert_non_null(strstr(r.finding.observed, "0 identities"));
    scene_clear(&s);
}

/* A tenth of what the sibling pages is not silence. */
static void pg01_near_miss_some_paging(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_pages(&s, good_ccch(scene_operator(0)), 18, 40);
    push_pages(&s, good_ccch(scene_operator(1)), 18, 4);
    scene_expect(scene_run(&s, 1, "PG-01"), RULE_PASSED);
    scene_clear(&s);
}

/* Look-alike: one block in five did not decode, its paging is lost. */
static void pg01_not_evaluable_on_bad_reception(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_pages(&s, good_ccch(scene_operator(0)), 18, 40);
    struct scene_cell c = scene_operator(1);
    c.n_ccch = 152;
    c.n_ccch_failed = 38;
    push_pages(&s, c, 18, 0);
    scene_expect(scene_run(&s, 1, "PG-01"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* Look-alike: the sibling pages hardly anybody either. */
static void pg01_not_evaluable_at_night(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_pages(&s, good_ccch(scene_operator(0)), 18, 1);
    push_pages(&s, good_ccch(scene_operator(1)), 18, 0);
    scene_expect(scene_run(&s, 1, "PG-01"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* 30 s of silence are one evaluation; two are needed, and 60 s. */
static void pg01_needs_two_windows(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_pages(&s, good_ccch(scene_operator(0)), 18, 40);
    push_pages(&s, good_ccch(scene_operator(1)), 11, 0);
    scene_expect(scene_run(&s, 1, "PG-01"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* Look-alike: another cell of the location area is as quiet, so it is not this one. */
static void pg01_asks_the_least_busy_sibling(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_pages(&s, good_ccch(scene_operator(0)), 18, 40);
    push_pages(&s, good_ccch(scene_operator(1)), 18, 0);
    push_pages(&s, good_ccch(scene_operator(2)), 18, 0);
    scene_expect(scene_run(&s, 1, "PG-01"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* A cell that pages for a minute and then falls silent for half a minute passes. */
static void pg01_near_miss_one_silent_window(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = good_ccch(scene_operator(1));
    push_pages(&s, good_ccch(scene_operator(0)), 18, 40);
    push_pages(&s, c, 12, 40);
    for (int i = 12; i < 18; i++) {
        c.first_s = 5.0 * i;
        c.last_s = c.first_s + 5.0;
        c.n_times = 1;
        scene_push(&s, &c);
    }
    scene_expect(scene_run(&s, 1, "PG-01"), RULE_PASSED);
    scene_clear(&s);
}

/* ---- PG-02 -------------------------------------------------------------------------------- */

/* 90 s in reports of 5 s; the tags of those paged come from a set of its own per area. Every
 * report of a cell holds all but those that it missed. */
static void push_set(struct scene *s, struct scene_cell c, uint32_t area, uint32_t n_tag,
                     uint32_t n_own)
{
    for (int i = 0; i < 18; i++) {
        c.first_s = 5.0 * i;
        c.last_s = c.first_s + 5.0;
        c.n_times = 1;
        c.n_paged = 40;
        c.n_tag = 0;
        for (uint32_t k = 0; k < n_tag; k++) {
            uint32_t whose = k < n_own ? 1000u + (uint32_t)c.ci : area;
            c.tag[c.n_tag++] = (whose * 97u + k + 64u * (uint32_t)i) * 2654435761u;
        }
        scene_push(s, &c);
    }
}

static void pg02_fires_on_another_set(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell copy = scene_operator(2);
    push_set(&s, good_ccch(scene_operator(0)), 1, 40, 8);
    push_set(&s, good_ccch(scene_operator(1)), 1, 40, 8);
    push_set(&s, good_ccch(copy), 50000, 40, 0);
    struct rule_result r = scene_run(&s, 2, "PG-02");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 20.0, 1e-9);
    scene_expect(scene_run(&s, 0, "PG-02"), RULE_PASSED);
    scene_expect(scene_run(&s, 1, "PG-02"), RULE_PASSED);
    scene_clear(&s);
}

/* With one other cell nobody knows which of the two is the odd one. */
static void pg02_weighs_a_pair_less(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_set(&s, good_ccch(scene_operator(0)), 1, 40, 0);
    push_set(&s, good_ccch(scene_operator(1)), 50000, 40, 0);
    for (size_t i = 0; i < 2; i++) {
        struct rule_result r = scene_run(&s, i, "PG-02");
        scene_expect(r, RULE_FIRED);
        assert_near(r.finding.weight_db, 10.0, 1e-9);
    }
    scene_clear(&s);
}

/* Near miss: a quarter in common, where a cell pages mostly by last known place. */
static void pg02_near_miss_a_quarter_in_common(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_set(&s, good_ccch(scene_operator(0)), 1, 40, 30);
    push_set(&s, good_ccch(scene_operator(1)), 1, 40, 30);
    scene_expect(scene_run(&s, 0, "PG-02"), RULE_PASSED);
    scene_clear(&s);
}

/* Look-alike: another location area pages other people, as it should. */
static void pg02_not_evaluable_in_another_area(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(1);
    c.lac = 21015;
    push_set(&s, good_ccch(scene_operator(0)), 1, 40, 0);
    push_set(&s, good_ccch(c), 50000, 40, 0);
    scene_expect(scene_run(&s, 0, "PG-02"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* Look-alike: at night a handful of identities says nothing. */
static void pg02_not_evaluable_with_few_identities(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_set(&s, good_ccch(scene_operator(0)), 1, 3, 0);
    push_set(&s, good_ccch(scene_operator(1)), 50000, 3, 0);
    scene_expect(scene_run(&s, 0, "PG-02"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pg01_fires_on_silence),
        cmocka_unit_test(pg01_near_miss_some_paging),
        cmocka_unit_test(pg01_not_evaluable_on_bad_reception),
        cmocka_unit_test(pg01_not_evaluable_at_night),
        cmocka_unit_test(pg01_needs_two_windows),
        cmocka_unit_test(pg01_near_miss_one_silent_window),
        cmocka_unit_test(pg01_asks_the_least_busy_sibling),
        cmocka_unit_test(pg02_fires_on_another_set),
        cmocka_unit_test(pg02_weighs_a_pair_less),
        cmocka_unit_test(pg02_near_miss_a_quarter_in_common),
        cmocka_unit_test(pg02_not_evaluable_in_another_area),
        cmocka_unit_test(pg02_not_evaluable_with_few_identities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

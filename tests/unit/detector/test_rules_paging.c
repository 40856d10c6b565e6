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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

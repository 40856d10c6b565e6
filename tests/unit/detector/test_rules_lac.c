/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scene.h"

/* No cell of the operator's list uses this LAC. */
static void la01_fires_on_unlisted_area(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_pseudo();
    scene_push(&s, &c);
    scene_unlist(&s, 0);
    struct rule_result r = scene_run(&s, 0, "LA-01");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 18.0, 1e-9);
    scene_clear(&s);
}

/* No list, but none of the others heard uses it: weak. */
static void la01_fires_on_lonely_area(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    scene_push_network(&s, 3);
    struct scene_cell c = scene_pseudo();
    scene_push(&s, &c);
    struct rule_result r = scene_run(&s, 3, "LA-01");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 6.0, 1e-9);
    scene_clear(&s);
}

/* Two others are too few to call it lonely. */
static void la01_near_miss_with_two_others(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    scene_push_network(&s, 2);
    struct scene_cell c = scene_pseudo();
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 2, "LA-01"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* Look-alike: the first cell of the next area, which the list confirms. */
static void la01_passes_the_border_cell_of_the_list(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    scene_push_network(&s, 4);
    struct scene_cell c = scene_operator(5);
    c.lac = 21015;
    scene_push(&s, &c);
    scene_list(&s, 4, &c);
    scene_expect(scene_run(&s, 4, "LA-01"), RULE_PASSED);
    scene_clear(&s);
}

/* One clock, two location areas. */
static void la02_fires_on_a_change(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    scene_push(&s, &c);
    c.lac = 4711;
    c.first_s = 12.0;
    c.last_s = 22.0;
    scene_push(&s, &c);
    struct rule_result r = scene_run(&s, 0, "LA-02");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 25.0, 1e-9);
    assert_int_equal(r.finding.n_oct_messages, 2);
    assert_non_null(strstr(r.finding.observed, "LAC 21014, then LAC 4711"));
    scene_clear(&s);
}

/* A new location area that was received once is not yet believed. */
static void la02_near_miss_received_once(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    scene_push(&s, &c);
    c.lac = 4711;
    c.n_times = 1;
    c.first_s = 12.0;
    c.last_s = 13.0;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 0, "LA-02"), RULE_PASSED);
    scene_clear(&s);
}

/* Look-alike: at the border of an area two cells share ARFCN and BSIC, not the clock. */
static void la02_silent_for_two_cells_on_one_channel(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell a = scene_operator(0), b = scene_operator(0);
    b.tx = 7;
    b.epoch_frames += 1000.0;
    b.lac = 21015;
    b.first_s = 12.0;
    b.last_s = 22.0;
    scene_push(&s, &a);
    scene_push(&s, &b);
    scene_expect(scene_run(&s, 0, "LA-02"), RULE_PASSED);
    scene_expect(scene_run(&s, 1, "LA-02"), RULE_PASSED);
    scene_clear(&s);
}

/* Look-alike: blocks of a second transmitter taken for ours come and go within seconds. */
static void la02_not_evaluable_when_areas_alternate(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    for (int i = 0; i < 6; i++) {
        c.lac = i % 2 ? 21015 : 21014;
        c.first_s = 2.0 * i;
        c.last_s = c.first_s + 1.9;
        scene_push(&s, &c);
    }
    scene_expect(scene_run(&s, 0, "LA-02"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* Look-alike: a re-planning moves many cells in one night. */
static void la02_silent_when_the_network_moves(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    scene_push_network(&s, 6);
    for (int i = 0; i < 3; i++) {
        struct scene_cell c = scene_operator(i);
        c.lac = 21020;
        c.first_s = 12.0;
        c.last_s = 22.0;
        scene_push(&s, &c);
    }
    scene_expect(scene_run(&s, 0, "LA-02"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* GSMTAP without frame numbers: nobody can tell one clock from two. */
static void la02_not_evaluable_without_frame_numbers(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    c.fn_known = false;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 0, "LA-02"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* Four receptions within a second are not yet a lasting change. */
static void la02_near_miss_too_short(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    scene_push(&s, &c);
    c.lac = 4711;
    c.first_s = 12.0;
    c.last_s = 13.0;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 0, "LA-02"), RULE_PASSED);
    scene_clear(&s);
}

/* ---- LA-03 -------------------------------------------------------------------------------- */

/* One transmitter, an area after the other, 60 s each. */
static void push_areas(struct scene *s, const int *lac, int n, double step_s)
{
    struct scene_cell c = scene_pseudo();
    for (int i = 0; i < n; i++) {
        c.lac = lac[i];
        c.first_s = step_s * i;
        c.last_s = c.first_s + step_s - 10.0;
        scene_push(s, &c);
    }
}

static void la03_fires_on_the_third_area(void **state)
{
    (void)state;
    static const int lac[] = {4711, 4712, 4713};
    struct scene s;
    scene_init(&s);
    push_areas(&s, lac, 3, 60.0);
    struct rule_result r = scene_run(&s, 0, "LA-03");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 35.0, 1e-9);
    assert_non_null(strstr(r.finding.observed, "3 location areas within 120 s"));
    scene_clear(&s);
}

/* Near miss: two areas in turn, however often; and three in three hours. */
static void la03_near_miss_two_areas_or_three_hours(void **state)
{
    (void)state;
    static const int two[] = {4711, 4712, 4711, 4712}, three[] = {4711, 4712, 4713};
    struct scene s;
    scene_init(&s);
    push_areas(&s, two, 4, 300.0);
    scene_expect(scene_run(&s, 0, "LA-03"), RULE_PASSED);
    scene_clear(&s);
    scene_init(&s);
    push_areas(&s, three, 3, 3601.0);
    scene_expect(scene_run(&s, 0, "LA-03"), RULE_PASSED);
    scene_clear(&s);
}

static void la03_waits_ten_minutes(void **state)
{
    (void)state;
    static const int two[] = {4711, 4712};
    struct scene s;
    scene_init(&s);
    push_areas(&s, two, 2, 60.0);
    scene_expect(scene_run(&s, 0, "LA-03"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* Look-alike: three cells of three areas share a carrier; each has its own clock. */
static void la03_silent_for_three_cells_on_one_channel(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    for (int i = 0; i < 3; i++) {
        struct scene_cell c = scene_operator(0);
        c.lac += i;
        c.tx += (uint64_t)i;
        c.epoch_frames += 50000.0 * i;
        c.last_s = 700.0;
        scene_push(&s, &c);
    }
    for (size_t i = 0; i < 3; i++)
        scene_expect(scene_run(&s, i, "LA-03"), RULE_PASSED);
    scene_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(la01_fires_on_unlisted_area),
        cmocka_unit_test(la01_fires_on_lonely_area),
        cmocka_unit_test(la01_near_miss_with_two_others),
        cmocka_unit_test(la01_passes_the_border_cell_of_the_list),
        cmocka_unit_test(la02_fires_on_a_change),
        cmocka_unit_test(la02_near_miss_received_once),
        cmocka_unit_test(la02_silent_for_two_cells_on_one_channel),
        cmocka_unit_test(la02_not_evaluable_when_areas_alternate),
        cmocka_unit_test(la02_silent_when_the_network_moves),
        cmocka_unit_test(la02_not_evaluable_without_frame_numbers),
        cmocka_unit_test(la02_near_miss_too_short),
        cmocka_unit_test(la03_fires_on_the_third_area),
        cmocka_unit_test(la03_near_miss_two_areas_or_three_hours),
        cmocka_unit_test(la03_waits_ten_minutes),
        cmocka_unit_test(la03_silent_for_three_cells_on_one_channel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scene.h"

/* A copy, octet for octet, on the channel of the original: only its clock is its own. */
static struct scene_cell copy_of(struct scene_cell c)
{
    c.tx += 1000;
    c.epoch_frames += 500000.0;
    return c;
}

static struct scene_cell heard(struct scene_cell c, double first_s, double last_s)
{
    c.first_s = first_s;
    c.last_s = last_s;
    return c;
}

static void push_heard(struct scene *s, struct scene_cell c, double first_s, double last_s)
{
    c = heard(c, first_s, last_s);
    scene_push(s, &c);
}

/* ---- TM-03 -------------------------------------------------------------------------------- */

static void tm03_fires_on_a_copy_beside_the_original(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_heard(&s, scene_operator(0), 0.0, 10.0);
    push_heard(&s, copy_of(scene_operator(0)), 3.0, 10.0);
    for (size_t i = 0; i < 2; i++) {
        struct rule_result r = scene_run(&s, i, "TM-03");
        scene_expect(r, RULE_FIRED);
        assert_near(r.finding.weight_db, 30.0, 1e-9);
        assert_int_equal(r.finding.n_oct_messages, 2);
    }
    scene_clear(&s);
}

/* Near miss: together for one second only, as when one is taken for another once. */
static void tm03_near_miss_too_short_together(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_heard(&s, scene_operator(0), 0.0, 70.0);
    push_heard(&s, copy_of(scene_operator(0)), 69.0, 140.0);
    scene_expect(scene_run(&s, 1, "TM-03"), RULE_PASSED);
    scene_clear(&s);
}

/* Look-alike: two cells that share a carrier at the border of two areas have two names. */
static void tm03_passes_channel_reuse(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell far = copy_of(scene_operator(0));
    far.ci = 4711;
    push_heard(&s, scene_operator(0), 0.0, 70.0);
    push_heard(&s, far, 0.0, 70.0);
    scene_expect(scene_run(&s, 0, "TM-03"), RULE_PASSED);
    scene_clear(&s);
}

/* Ten seconds without a second clock say nothing yet. */
static void tm03_waits_a_minute(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_heard(&s, scene_operator(0), 0.0, 59.0);
    scene_expect(scene_run(&s, 0, "TM-03"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

static void tm03_not_evaluable_without_frame_numbers(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    c.fn_known = false;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 0, "TM-03"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* ---- TM-01 -------------------------------------------------------------------------------- */

static void tm01_fires_when_a_copy_takes_over(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_heard(&s, scene_operator(1), 0.0, 40.0);
    push_heard(&s, scene_operator(0), 0.0, 10.0);
    push_heard(&s, copy_of(scene_operator(0)), 13.0, 40.0);
    struct rule_result r = scene_run(&s, 2, "TM-01");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 20.0, 1e-9);
    scene_expect(scene_run(&s, 1, "TM-01"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

static void tm01_weighs_a_long_silence_less(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_heard(&s, scene_operator(1), 0.0, 200.0);
    push_heard(&s, scene_operator(0), 0.0, 10.0);
    push_heard(&s, copy_of(scene_operator(0)), 100.0, 200.0);
    struct rule_result r = scene_run(&s, 2, "TM-01");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 3.0, 1e-9);
    scene_clear(&s);
}

/* Look-alike: a recording that lost samples. All clocks jump, nobody's ran through. */
static void tm01_not_evaluable_when_all_clocks_jump(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    for (int i = 0; i < 3; i++) {
        push_heard(&s, scene_operator(i), 0.0, 10.0);
        push_heard(&s, copy_of(scene_operator(i)), 10.2, 30.0);
    }
    for (size_t i = 0; i < 6; i++)
        scene_expect(scene_run(&s, i, "TM-01"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* Near miss: 50 frames are what a clock may drift in an hour and a host may err. */
static void tm01_near_miss_at_50_frames(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell later = copy_of(scene_operator(0));
    later.epoch_frames = scene_operator(0).epoch_frames + 50.0;
    push_heard(&s, scene_operator(1), 0.0, 40.0);
    push_heard(&s, scene_operator(0), 0.0, 10.0);
    push_heard(&s, later, 13.0, 40.0);
    scene_expect(scene_run(&s, 2, "TM-01"), RULE_PASSED);
    scene_clear(&s);
}

/* ---- EN-01 -------------------------------------------------------------------------------- */

static struct scene_cell other_network(int i)
{
    struct scene_cell c = scene_operator(i);
    c.mnc = "07";
    c.arfcn += 1;
    c.tx += 50;
    c.epoch_frames += 123456.0;
    return c;
}

static void en01_fires_on_one_clock_for_two_networks(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell twin = other_network(0);
    twin.epoch_frames = scene_operator(0).epoch_frames;
    push_heard(&s, scene_operator(0), 0.0, 10.0);
    push_heard(&s, twin, 0.0, 10.0);
    push_heard(&s, other_network(3), 0.0, 10.0);
    struct rule_result r = scene_run(&s, 0, "EN-01");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 25.0, 1e-9);
    scene_expect(scene_run(&s, 1, "EN-01"), RULE_FIRED);
    scene_expect(scene_run(&s, 2, "EN-01"), RULE_PASSED);
    scene_clear(&s);
}

/* Look-alike: two operators on one mast, both lists name their cell. */
static void en01_passes_a_shared_site(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell a = scene_operator(0), b = other_network(0);
    b.epoch_frames = a.epoch_frames;
    scene_push(&s, &a);
    scene_push(&s, &b);
    scene_list(&s, 0, &a);
    scene_list(&s, 1, &b);
    scene_expect(scene_run(&s, 0, "EN-01"), RULE_PASSED);
    scene_unlist(&s, 1);
    scene_expect(scene_run(&s, 0, "EN-01"), RULE_FIRED);
    scene_clear(&s);
}

/* Look-alike: networks that set their frame numbers from one satellite clock. */
static void en01_not_evaluable_in_synchronised_networks(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    for (int i = 0; i < 6; i++) {
        struct scene_cell c = i < 3 ? scene_operator(i) : other_network(i);
        c.epoch_frames = 4242.0;
        scene_push(&s, &c);
    }
    scene_expect(scene_run(&s, 0, "EN-01"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* Near miss: a quarter of a frame apart. */
static void en01_near_miss_quarter_frame(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell twin = other_network(0);
    twin.epoch_frames = scene_operator(0).epoch_frames + 0.25;
    push_heard(&s, scene_operator(0), 0.0, 10.0);
    push_heard(&s, twin, 0.0, 10.0);
    scene_expect(scene_run(&s, 0, "EN-01"), RULE_PASSED);
    scene_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tm03_fires_on_a_copy_beside_the_original),
        cmocka_unit_test(tm03_near_miss_too_short_together),
        cmocka_unit_test(tm03_passes_channel_reuse),
        cmocka_unit_test(tm03_waits_a_minute),
        cmocka_unit_test(tm03_not_evaluable_without_frame_numbers),
        cmocka_unit_test(tm01_fires_when_a_copy_takes_over),
        cmocka_unit_test(tm01_weighs_a_long_silence_less),
        cmocka_unit_test(tm01_not_evaluable_when_all_clocks_jump),
        cmocka_unit_test(tm01_near_miss_at_50_frames),
        cmocka_unit_test(en01_fires_on_one_clock_for_two_networks),
        cmocka_unit_test(en01_passes_a_shared_site),
        cmocka_unit_test(en01_not_evaluable_in_synchronised_networks),
        cmocka_unit_test(en01_near_miss_quarter_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scene.h"

/* A receiver whose crystal is 27 ppm off sees every carrier there. */
#define RECEIVER_PPM 27.0

static struct scene_cell on_air(struct scene_cell c, double off_ppm)
{
    c.n_sch = 40;
    c.offset_ppm = RECEIVER_PPM + off_ppm;
    c.offset_se_ppm = 0.004;
    return c;
}

/* Four honest cells within 0.05 ppm, then the cell in question. */
static void push_town(struct scene *s, struct scene_cell last)
{
    static const double off_ppm[4] = {-0.04, 0.01, 0.03, 0.0};
    for (int i = 0; i < 4; i++) {
        struct scene_cell c = on_air(scene_operator(i), off_ppm[i]);
        scene_push(s, &c);
    }
    scene_push(s, &last);
}

static void fp01_grades_the_offset(void **state)
{
    (void)state;
    static const struct {
        double off_ppm, weight_db;
    } cases[] = {{0.8, 30.0}, {-0.6, 30.0}, {0.3, 10.0}, {-0.25, 10.0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scene s;
        scene_init(&s);
        push_town(&s, on_air(scene_pseudo(), cases[i].off_ppm));
        struct rule_result r = scene_run(&s, 4, "FP-01");
        scene_expect(r, RULE_FIRED);
        assert_near(r.finding.weight_db, cases[i].weight_db, 1e-9);
        scene_expect(scene_run(&s, 0, "FP-01"), RULE_PASSED);
        scene_clear(&s);
    }
}

/* Near miss and look-alike: Doppler of a car at 160 km/h. */
static void fp01_near_miss_doppler(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_town(&s, on_air(scene_operator(4), 0.15));
    scene_expect(scene_run(&s, 4, "FP-01"), RULE_PASSED);
    scene_clear(&s);
}

static void fp01_needs_three_that_agree(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    for (int i = 0; i < 3; i++) {
        struct scene_cell c = on_air(scene_operator(i), 0.0);
        scene_push(&s, &c);
    }
    scene_expect(scene_run(&s, 2, "FP-01"), RULE_NOT_EVALUABLE);
    for (int i = 3; i < 9; i++) { /* and these disagree by tenths of a ppm */
        struct scene_cell c = on_air(scene_operator(i), 0.3 * (i - 2));
        scene_push(&s, &c);
    }
    scene_expect(scene_run(&s, 2, "FP-01"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* Look-alike: half measured, or measured in several tunings of the receiver. */
static void fp01_not_evaluable_when_measured_badly(void **state)
{
    (void)state;
    struct scene_cell bad[3];
    for (int i = 0; i < 3; i++)
        bad[i] = on_air(scene_pseudo(), 0.8);
    bad[0].n_sch = 19;
    bad[1].offset_se_ppm = 0.06;
    for (int i = 0; i < 3; i++) {
        struct scene s;
        scene_init(&s);
        push_town(&s, bad[i]);
        if (i == 2) { /* heard again much later, without the others */
            bad[2].first_s = 100.0;
            bad[2].last_s = 110.0;
            scene_push(&s, &bad[2]);
        }
        scene_expect(scene_run(&s, 4, "FP-01"), RULE_NOT_EVALUABLE);
        scene_clear(&s);
    }
}

/* A survey comes by again and again, its oscillator elsewhere each time: what counts is who was
 * heard in the same dwell. */
static void fp01_compares_within_a_dwell(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    for (int pass = 0; pass < 4; pass++) {
        for (int i = 0; i < 5; i++) {
            struct scene_cell c = on_air(i < 4 ? scene_operator(i) : scene_pseudo(), 0.0);
            c.offset_ppm += (pass % 2 ? 0.7 : -0.7) + (i == 4 ? 0.3 : 0.0);
            c.first_s = 25.0 * pass;
            c.last_s = c.first_s + 1.9;
            scene_push(&s, &c);
        }
    }
    struct rule_result r = scene_run(&s, 4, "FP-01");
    scene_expect(r, RULE_FIRED);
    assert_non_null(strstr(r.finding.observed, "+0.30 ppm"));
    scene_expect(scene_run(&s, 0, "FP-01"), RULE_PASSED);
    scene_clear(&s);
}

/* A gang of five boxes is not the measure when the operator's list names four cells. */
static void fp01_listed_cells_are_the_measure(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    for (int i = 0; i < 9; i++) {
        struct scene_cell c = on_air(scene_operator(i), i < 4 ? 0.0 : 0.9 + 0.001 * i);
        scene_push(&s, &c);
        if (i < 4)
            scene_list(&s, (size_t)i, &c);
        else
            scene_unlist(&s, (size_t)i);
    }
    struct rule_result r = scene_run(&s, 5, "FP-01");
    scene_expect(r, RULE_FIRED);
    assert_non_null(strstr(r.finding.observed, "4 listed"));
    scene_clear(&s);
}

/* ---- EN-01 by carrier ---------------------------------------------------------------------- */

static struct scene_cell other_network(struct scene_cell c)
{
    c.mnc = "07";
    c.tx += 500;
    c.arfcn += 1;
    c.epoch_frames += 99999.0;
    return c;
}

static void en01_fires_on_one_oscillator(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_town(&s, on_air(scene_pseudo(), 0.80));
    struct scene_cell twin = on_air(other_network(scene_pseudo()), 0.81);
    scene_push(&s, &twin);
    struct rule_result r = scene_run(&s, 5, "EN-01");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 20.0, 1e-9);
    scene_expect(scene_run(&s, 4, "EN-01"), RULE_FIRED);
    scene_expect(scene_run(&s, 0, "EN-01"), RULE_PASSED);
    scene_clear(&s);
}

/* Near miss: both are off, but not alike. */
static void en01_near_miss_two_oscillators(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_town(&s, on_air(scene_pseudo(), 0.80));
    struct scene_cell twin = on_air(other_network(scene_pseudo()), 0.85);
    scene_push(&s, &twin);
    scene_expect(scene_run(&s, 5, "EN-01"), RULE_PASSED);
    scene_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fp01_grades_the_offset),
        cmocka_unit_test(fp01_near_miss_doppler),
        cmocka_unit_test(fp01_needs_three_that_agree),
        cmocka_unit_test(fp01_not_evaluable_when_measured_badly),
        cmocka_unit_test(fp01_compares_within_a_dwell),
        cmocka_unit_test(fp01_listed_cells_are_the_measure),
        cmocka_unit_test(en01_fires_on_one_oscillator),
        cmocka_unit_test(en01_near_miss_two_oscillators),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

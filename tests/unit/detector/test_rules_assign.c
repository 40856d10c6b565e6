/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scene.h"

/* Two minutes in reports of 5 s with this many answered requests each. */
static void push_busy(struct scene *s, struct scene_cell c, uint32_t n_assigned,
                      uint32_t n_registering)
{
    for (int i = 0; i < 24; i++) {
        c.first_s = 5.0 * i;
        c.last_s = c.first_s + 5.0;
        c.n_times = 1;
        c.n_assigned = n_assigned;
        c.n_registering = n_registering;
        scene_push(s, &c);
    }
}

static void ag01_fires_on_registrations_only(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_busy(&s, scene_pseudo(), 20, 19);
    push_busy(&s, scene_operator(0), 5, 1);
    struct rule_result r = scene_run(&s, 0, "AG-01");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 25.0, 1e-9);
    scene_expect(scene_run(&s, 1, "AG-01"), RULE_PASSED);
    scene_clear(&s);
}

/* Near miss: four in five. */
static void ag01_near_miss_at_80_percent(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_busy(&s, scene_operator(0), 10, 8);
    scene_expect(scene_run(&s, 0, "AG-01"), RULE_PASSED);
    scene_clear(&s);
}

/* Look-alike: a train has arrived, phones register on the neighbour as well. */
static void ag01_not_evaluable_when_the_area_registers(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_busy(&s, scene_operator(0), 10, 10);
    push_busy(&s, scene_operator(1), 10, 6);
    scene_expect(scene_run(&s, 0, "AG-01"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* One burst of registrations is one evaluation; two halves of the time must show it. */
static void ag01_needs_two_evaluations(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    for (int i = 0; i < 24; i++) {
        c.first_s = 5.0 * i;
        c.last_s = c.first_s + 5.0;
        c.n_assigned = c.n_registering = i < 12 ? 10 : 0;
        c.n_times = 1;
        scene_push(&s, &c);
    }
    scene_expect(scene_run(&s, 0, "AG-01"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* Near miss: a burst of registrations, then a mix: nine in ten over all, half of them lately. */
static void ag01_near_miss_mixed_lately(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    for (int i = 0; i < 24; i++) {
        c.first_s = 5.0 * i;
        c.last_s = c.first_s + 5.0;
        c.n_assigned = i < 12 ? 20 : 2;
        c.n_registering = i < 12 ? 20 : 1;
        c.n_times = 1;
        scene_push(&s, &c);
    }
    scene_expect(scene_run(&s, 0, "AG-01"), RULE_PASSED);
    scene_clear(&s);
}

static void ag01_not_evaluable_with_few_assignments(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_busy(&s, scene_pseudo(), 1, 1);
    scene_expect(scene_run(&s, 0, "AG-01"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ag01_fires_on_registrations_only),
        cmocka_unit_test(ag01_near_miss_at_80_percent),
        cmocka_unit_test(ag01_not_evaluable_when_the_area_registers),
        cmocka_unit_test(ag01_needs_two_evaluations),
        cmocka_unit_test(ag01_near_miss_mixed_lately),
        cmocka_unit_test(ag01_not_evaluable_with_few_assignments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

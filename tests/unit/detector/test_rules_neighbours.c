/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scene.h"

/* SI2 complete and empty. */
static void nb01_fires_on_an_empty_list(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_pseudo();
    scene_push(&s, &c);
    struct rule_result r = scene_run(&s, 0, "NB-01");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 20.0, 1e-9);
    scene_clear(&s);
}

/* A list that names only the cell itself is empty. */
static void nb01_own_carrier_is_no_neighbour(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_pseudo();
    c.ba[0] = c.arfcn;
    c.n_ba = 1;
    scene_push(&s, &c);
    assert_near(scene_run(&s, 0, "NB-01").finding.weight_db, 20.0, 1e-9);
    scene_clear(&s);
}

/* One or two neighbours: rail cells have as few. */
static void nb01_weighs_two_neighbours_less(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_pseudo();
    c.ba[0] = 5;
    c.ba[1] = 9;
    c.n_ba = 2;
    scene_push(&s, &c);
    assert_near(scene_run(&s, 0, "NB-01").finding.weight_db, 10.0, 1e-9);
    scene_clear(&s);
}

/* Three are few but pass. */
static void nb01_near_miss_three_neighbours(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_pseudo();
    c.ba[0] = 5;
    c.ba[1] = 9;
    c.ba[2] = 124;
    c.n_ba = 3;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 0, "NB-01"), RULE_PASSED);
    scene_clear(&s);
}

/* Look-alike: SI2 is empty, but SI2ter or SI2bis carries the neighbours. */
static void nb01_not_evaluable_while_parts_are_missing(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_pseudo();
    c.si2ter_announced = true;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 0, "NB-01"), RULE_NOT_EVALUABLE);
    c.si2ter_announced = false;
    c.si2bis_announced = true;
    c.tx = 2;
    c.epoch_frames = 1.0;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 1, "NB-01"), RULE_NOT_EVALUABLE);
    c.si2bis_announced = false;
    c.no_si2 = true;
    c.tx = 3;
    c.epoch_frames = 9999.0;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 2, "NB-01"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* Neighbours of SI2ter count together with those of SI2. */
static void nb01_joins_si2_and_si2ter(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_pseudo();
    c.si2ter_announced = true;
    struct cell_report rep = scene_report(&c);
    uint8_t si2ter[GSM_L2_OCT] = {0x49, 0x06, 0x03};
    memset(si2ter + 19, 0x2b, 4);
    si2ter[18] = 0x07; /* ARFCN 1, 2 and 3 */
    cell_report_add_si(&rep, si2ter, 10, 1.0, false);
    cell_report_add_si(&rep, si2ter, 20, 2.0, false);
    assert_int_equal(cell_table_push(s.table, &rep), 0);
    scene_expect(scene_run(&s, 0, "NB-01"), RULE_PASSED);
    assert_int_equal(s.view[0].n_ba, 3);
    assert_true(s.view[0].ba_complete);
    scene_clear(&s);
}

/* Nine cells with complete lists, none names the carrier. */
static void nb02_fires_when_nobody_lists_it(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    scene_push_network(&s, 9);
    struct scene_cell c = scene_pseudo();
    c.arfcn = 99;
    scene_push(&s, &c);
    struct rule_result r = scene_run(&s, 9, "NB-02");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 13.0, 1e-9);
    scene_clear(&s);
}

/* Three cells: 8 dB. */
static void nb02_weighs_three_listers_less(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    scene_push_network(&s, 3);
    struct scene_cell c = scene_pseudo();
    c.arfcn = 99;
    scene_push(&s, &c);
    assert_near(scene_run(&s, 3, "NB-02").finding.weight_db, 8.0, 1e-9);
    scene_clear(&s);
}

/* Two cells are too few. */
static void nb02_near_miss_with_two_listers(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    scene_push_network(&s, 2);
    struct scene_cell c = scene_pseudo();
    c.arfcn = 99;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 2, "NB-02"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* Look-alike: cells list it, though it lists nobody back. */
static void nb02_passes_a_one_way_relation(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    scene_push_network(&s, 9);
    struct scene_cell c = scene_operator(9);
    c.n_ba = 0;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 9, "NB-02"), RULE_PASSED);
    scene_clear(&s);
}

/* Look-alike: cells of another operator never list it. */
static void nb02_other_networks_are_not_asked(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    for (int i = 0; i < 9; i++) {
        struct scene_cell o = scene_operator(i);
        o.mnc = "02";
        scene_push(&s, &o);
    }
    struct scene_cell c = scene_operator(9);
    c.arfcn = 99;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 9, "NB-02"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nb01_fires_on_an_empty_list),
        cmocka_unit_test(nb01_own_carrier_is_no_neighbour),
        cmocka_unit_test(nb01_weighs_two_neighbours_less),
        cmocka_unit_test(nb01_near_miss_three_neighbours),
        cmocka_unit_test(nb01_not_evaluable_while_parts_are_missing),
        cmocka_unit_test(nb01_joins_si2_and_si2ter),
        cmocka_unit_test(nb02_fires_when_nobody_lists_it),
        cmocka_unit_test(nb02_weighs_three_listers_less),
        cmocka_unit_test(nb02_near_miss_with_two_listers),
        cmocka_unit_test(nb02_passes_a_one_way_relation),
        cmocka_unit_test(nb02_other_networks_are_not_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scene.h"

/* Five operator cells of the list, and one more cell. */
static void push_confirmed(struct scene *s, const struct scene_cell *extra)
{
    scene_push_network(s, 5);
    for (int i = 0; i < 5; i++) {
        struct scene_cell c = scene_operator(i);
        scene_list(s, (size_t)i, &c);
    }
    scene_push(s, extra);
}

/* 126 dB, not negative. */
static void at01_fires_on_a_large_offset(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_pseudo();
    scene_push(&s, &c);
    struct rule_result r = scene_run(&s, 0, "AT-01");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 20.0, 1e-9);
    assert_non_null(strstr(r.finding.observed, "+126 dB"));
    scene_clear(&s);
}

/* Above 30 and up to 40 dB it may be a micro cell. */
static void at01_weighs_32_db_less(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_pseudo();
    c.cro_db = 32;
    scene_push(&s, &c);
    assert_near(scene_run(&s, 0, "AT-01").finding.weight_db, 10.0, 1e-9);
    scene_clear(&s);
}

/* 30 dB is what hierarchical networks are known to use. */
static void at01_near_miss_at_30_db(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_pseudo();
    c.cro_db = 30;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 0, "AT-01"), RULE_PASSED);
    scene_clear(&s);
}

/* Look-alike: penalty time 31 makes 80 dB a push, not a pull (TS 45.008 6.4). */
static void at01_passes_a_repulsive_cell(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    c.selection = true;
    c.cro_db = 80;
    c.penalty_time = 31;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 0, "AT-01"), RULE_PASSED);
    scene_clear(&s);
}

/* Look-alike: confirmed cells of the network use 40 dB too. */
static void at01_takes_the_network_as_the_limit(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0), peer = scene_operator(1);
    c.selection = peer.selection = true;
    c.cro_db = peer.cro_db = 40;
    scene_push(&s, &c);
    scene_push(&s, &peer);
    scene_expect(scene_run(&s, 0, "AT-01"), RULE_FIRED);
    scene_list(&s, 1, &peer);
    scene_expect(scene_run(&s, 0, "AT-01"), RULE_PASSED);
    scene_clear(&s);
}

/* Nothing received, nothing said. */
static void at01_not_evaluable_without_si3_and_si4(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    c.no_si3 = c.no_si4 = true;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 0, "AT-01"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* Six minutes need no comparison. */
static void at02_fires_on_six_minutes(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_pseudo();
    scene_push(&s, &c);
    struct rule_result r = scene_run(&s, 0, "AT-02");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 15.0, 1e-9);
    scene_clear(&s);
}

/* The network uses 30, this cell 14. */
static void at02_fires_below_half_of_the_network(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(7);
    c.t3212 = 14;
    push_confirmed(&s, &c);
    struct rule_result r = scene_run(&s, 5, "AT-02");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 10.0, 1e-9);
    scene_clear(&s);
}

/* Exactly half passes. */
static void at02_near_miss_at_half(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(7);
    c.t3212 = 15;
    push_confirmed(&s, &c);
    scene_expect(scene_run(&s, 5, "AT-02"), RULE_PASSED);
    scene_clear(&s);
}

/* OpenBTS ships with 0; this network does not use it. */
static void at02_fires_on_never_in_a_network_that_updates(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(7);
    c.t3212 = 0;
    push_confirmed(&s, &c);
    scene_expect(scene_run(&s, 5, "AT-02"), RULE_FIRED);
    scene_clear(&s);
}

/* 0 without anybody to compare with says nothing. */
static void at02_not_evaluable_for_never_alone(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    c.t3212 = 0;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 0, "AT-02"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* Look-alike: the confirmed cells of the network use 1 as well. */
static void at02_passes_a_network_with_short_timers(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0), peer = scene_operator(1);
    c.t3212 = peer.t3212 = 1;
    scene_push(&s, &c);
    scene_push(&s, &peer);
    scene_list(&s, 1, &peer);
    scene_expect(scene_run(&s, 0, "AT-02"), RULE_PASSED);
    scene_clear(&s);
}

/* OsmoBSC defaults in an operator's network differ in most fields. */
static void si01_fires_on_a_foreign_profile(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_pseudo();
    push_confirmed(&s, &c);
    struct rule_result r = scene_run(&s, 5, "SI-01");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 35.0, 1e-9);
    assert_non_null(strstr(r.finding.observed, "T3212 1"));
    assert_non_null(strstr(r.finding.expected, "T3212 30"));
    scene_clear(&s);
}

/* 2 fields: 3 dB; 3: 10 dB; 5: 22 dB. */
static void si01_grades_by_the_number_of_fields(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(6);
    c.t3212 = 5;
    c.crh_db = 12;
    push_confirmed(&s, &c);
    assert_near(scene_run(&s, 5, "SI-01").finding.weight_db, 3.0, 1e-9);
    c.rxlev_access_min = 0;
    c.tx = 3;
    c.epoch_frames = 99999.0;
    scene_push(&s, &c);
    assert_near(scene_run(&s, 6, "SI-01").finding.weight_db, 10.0, 1e-9);
    c.neci = 1;
    c.dtx = 2;
    c.tx = 4;
    c.epoch_frames = 199999.0;
    scene_push(&s, &c);
    assert_near(scene_run(&s, 7, "SI-01").finding.weight_db, 22.0, 1e-9);
    scene_clear(&s);
}

/* One field of 22 may differ: 7 of 284 honest cells do. */
static void si01_near_miss_one_field(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(6);
    c.rxlev_access_min = 12;
    push_confirmed(&s, &c);
    scene_expect(scene_run(&s, 5, "SI-01"), RULE_PASSED);
    scene_clear(&s);
}

/* Look-alike: the network itself uses several values of two fields. */
static void si01_ignores_fields_that_vary(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    for (int i = 0; i < 6; i++) {
        struct scene_cell c = scene_operator(i);
        c.rxlev_access_min = 2 + i;
        c.bs_pa_mfrms = 2 + i;
        scene_push(&s, &c);
    }
    scene_expect(scene_run(&s, 5, "SI-01"), RULE_PASSED);
    scene_clear(&s);
}

/* Four cells that nobody vouches for may all belong to one box; five are asked. */
static void si01_not_evaluable_with_four_unlisted_others(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    scene_push_network(&s, 5);
    scene_expect(scene_run(&s, 4, "SI-01"), RULE_NOT_EVALUABLE);
    struct scene_cell c = scene_operator(5);
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 4, "SI-01"), RULE_PASSED);
    scene_clear(&s);
}

/* Copies of the fake do not become the profile when two cells are confirmed. */
static void si01_listens_to_confirmed_cells_only(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell honest = scene_operator(0), fake = scene_pseudo();
    scene_push(&s, &honest);
    scene_list(&s, 0, &honest);
    honest = scene_operator(1);
    scene_push(&s, &honest);
    scene_list(&s, 1, &honest);
    for (int i = 0; i < 8; i++) {
        fake.tx = (uint64_t)(500 + i);
        fake.ci = 5 + i;
        fake.arfcn = 60 + i;
        scene_push(&s, &fake);
    }
    scene_expect(scene_run(&s, 5, "SI-01"), RULE_FIRED);
    scene_clear(&s);
}

/* OpenBTS sends the reselection offset in SI3 only. */
static void si02_fires_on_a_one_sided_offset(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    c.selection = true;
    c.cro_db = 60;
    c.cro_si4_db = -2;
    scene_push(&s, &c);
    struct rule_result r = scene_run(&s, 0, "SI-02");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 25.0, 1e-9);
    assert_non_null(strstr(r.finding.text, "optional selection parameters"));
    assert_int_equal(r.finding.n_oct_messages, 2);
    scene_clear(&s);
}

/* Near miss: with all optional fields present and equal it passes. */
static void si02_passes_equal_messages(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    c.selection = true;
    c.cro_db = 16;
    c.penalty_time = 31;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 0, "SI-02"), RULE_PASSED);
    scene_clear(&s);
}

/* Look-alike: SI3 already has the new value, SI4 follows; each received twice only. */
static void si02_waits_out_an_update(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    c.selection = true;
    c.cro_db = 16;
    c.cro_si4_db = 12;
    c.n_times = 2;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 0, "SI-02"), RULE_NOT_EVALUABLE);
    c.first_s = 10.0;
    c.last_s = 20.0;
    c.no_si3 = true;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 0, "SI-02"), RULE_NOT_EVALUABLE);
    c.first_s = 20.0;
    c.last_s = 30.0;
    c.no_si3 = false;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 0, "SI-02"), RULE_FIRED);
    scene_clear(&s);
}

/* The settings of OsmoBSC as shipped. */
static void si03_fires_on_osmobsc_defaults(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_pseudo();
    c.t3212 = 5;
    scene_push(&s, &c);
    struct rule_result r = scene_run(&s, 0, "SI-03");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 25.0, 1e-9);
    assert_non_null(strstr(r.finding.text, "12 of 12"));
    assert_non_null(strstr(r.finding.text, "OsmoBSC"));
    scene_clear(&s);
}

/* The settings of OpenBTS as shipped. */
static void si03_fires_on_openbts_defaults(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    c.bsic = 2;
    c.bs_pa_mfrms = c.bs_ag_blks_res = 2;
    c.ccch_conf = c.neci = 1;
    c.dtx = 2;
    c.pwrc = 0;
    c.radio_link_timeout = 64;
    c.rxlev_access_min = c.t3212 = 0;
    c.max_retrans_code = 1;
    c.tx_integer = 14;
    c.access_control = 0x0400;
    c.ncc_permitted = 0x01;
    scene_push(&s, &c);
    struct rule_result r = scene_run(&s, 0, "SI-03");
    scene_expect(r, RULE_FIRED);
    assert_non_null(strstr(r.finding.text, "14 of 14"));
    assert_non_null(strstr(r.finding.text, "OpenBTS"));
    assert_near(r.finding.weight_db, 25.0, 1e-9);
    scene_clear(&s);
}

/* 8 of 12: configured, but by somebody who left the rest. */
static void si03_weighs_half_of_them_less(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_pseudo();
    c.mscr = 1;
    c.max_retrans_code = 2;
    c.t3212 = 10;
    c.rxlev_access_min = 6;
    scene_push(&s, &c);
    assert_near(scene_run(&s, 0, "SI-03").finding.weight_db, 10.0, 1e-9);
    scene_clear(&s);
}

/* An operator's cell shares a few values by chance. */
static void si03_near_miss_operator(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    scene_push_network(&s, 1);
    scene_expect(scene_run(&s, 0, "SI-03"), RULE_PASSED);
    scene_clear(&s);
}

/* Look-alike: a rural operator runs Osmocom and lists its cell; a copy elsewhere is not it. */
static void si03_passes_a_listed_osmocom_network(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_pseudo();
    scene_push(&s, &c);
    scene_list(&s, 0, &c);
    scene_expect(scene_run(&s, 0, "SI-03"), RULE_PASSED);
    s.known[0].cell[0].arfcn = 99;
    scene_expect(scene_run(&s, 0, "SI-03"), RULE_FIRED);
    scene_clear(&s);
}

/* Parameters of zero in SI3 and none in SI4 are still two answers. */
static void si02_fires_on_one_sided_presence(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    c.selection = true;
    c.cro_si4_db = -2;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 0, "SI-02"), RULE_FIRED);
    scene_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at01_fires_on_a_large_offset),
        cmocka_unit_test(at01_weighs_32_db_less),
        cmocka_unit_test(at01_near_miss_at_30_db),
        cmocka_unit_test(at01_passes_a_repulsive_cell),
        cmocka_unit_test(at01_takes_the_network_as_the_limit),
        cmocka_unit_test(at01_not_evaluable_without_si3_and_si4),
        cmocka_unit_test(at02_fires_on_six_minutes),
        cmocka_unit_test(at02_fires_below_half_of_the_network),
        cmocka_unit_test(at02_near_miss_at_half),
        cmocka_unit_test(at02_fires_on_never_in_a_network_that_updates),
        cmocka_unit_test(at02_not_evaluable_for_never_alone),
        cmocka_unit_test(at02_passes_a_network_with_short_timers),
        cmocka_unit_test(si01_fires_on_a_foreign_profile),
        cmocka_unit_test(si01_grades_by_the_number_of_fields),
        cmocka_unit_test(si01_near_miss_one_field),
        cmocka_unit_test(si01_ignores_fields_that_vary),
        cmocka_unit_test(si01_not_evaluable_with_four_unlisted_others),
        cmocka_unit_test(si01_listens_to_confirmed_cells_only),
        cmocka_unit_test(si02_fires_on_a_one_sided_offset),
        cmocka_unit_test(si02_fires_on_one_sided_presence),
        cmocka_unit_test(si02_passes_equal_messages),
        cmocka_unit_test(si02_waits_out_an_update),
        cmocka_unit_test(si03_fires_on_osmobsc_defaults),
        cmocka_unit_test(si03_fires_on_openbts_defaults),
        cmocka_unit_test(si03_weighs_half_of_them_less),
        cmocka_unit_test(si03_near_miss_operator),
        cmocka_unit_test(si03_passes_a_listed_osmocom_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

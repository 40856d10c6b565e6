/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scene.h"

/* 001 is reserved for tests; nobody needs a table to know that. */
static void id01_fires_on_test_network(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_pseudo();
    c.mcc = "001";
    scene_push(&s, &c);
    struct rule_result r = scene_run(&s, 0, "ID-01");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 25.0, 1e-9);
    assert_string_equal(r.finding.observed, "001-01");
    assert_int_equal(r.finding.n_oct_messages, 1);
    scene_clear(&s);
}

/* The table covers the country, and this code is not in it. */
static void id01_fires_on_unallocated_code(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    c.mnc = "23";
    scene_push(&s, &c);
    s.known[0].has_known = s.known[0].network.country_allocations = true;
    scene_expect(scene_run(&s, 0, "ID-01"), RULE_FIRED);
    scene_clear(&s);
}

/* Near miss: nothing is known of a real country, which is no all-clear. */
static void id01_not_evaluable_without_a_table(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    scene_push_network(&s, 1);
    struct rule_result r = scene_run(&s, 0, "ID-01");
    scene_expect(r, RULE_NOT_EVALUABLE);
    assert_non_null(r.reason);
    scene_clear(&s);
}

/* Look-alike: a test network that an allocation table names is somebody's own. */
static void id01_passes_allocated_test_network(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    c.mcc = "001";
    scene_push(&s, &c);
    s.known[0].has_known = true;
    s.known[0].network.has_allocations = s.known[0].network.country_allocations = true;
    scene_expect(scene_run(&s, 0, "ID-01"), RULE_PASSED);
    scene_clear(&s);
}

/* Look-alike: GSM-R of the allow-list has no public allocation and is honest. */
static void id01_passes_rail_network(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    c.mnc = "10";
    scene_push(&s, &c);
    s.known[0].has_known = s.known[0].network.country_allocations = true;
    s.known[0].allowed = true;
    strcpy(s.known[0].allow.kind, "rail");
    scene_expect(scene_run(&s, 0, "ID-01"), RULE_PASSED);
    strcpy(s.known[0].allow.kind, "reviewed"); /* says nothing about the network */
    scene_expect(scene_run(&s, 0, "ID-01"), RULE_FIRED);
    scene_clear(&s);
}

/* One reception, or repaired ones, are not enough to rest a finding on. */
static void id01_waits_for_content_received_twice(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_pseudo();
    c.mcc = "001";
    c.n_times = 1;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 0, "ID-01"), RULE_NOT_EVALUABLE);
    c.tx = 2;
    c.epoch_frames = 5.0;
    c.n_times = 9;
    c.repaired = true;
    scene_push(&s, &c);
    scene_expect(scene_run(&s, 1, "ID-01"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* The better the list, the more its silence weighs. */
static void id02_fires_and_scales_with_the_source(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    scene_push(&s, &c);
    scene_unlist(&s, 0);
    assert_near(scene_run(&s, 0, "ID-02").finding.weight_db, 20.0, 1e-9);
    s.known[0].network.operator_list = false;
    s.known[0].network.regulator_list = true;
    assert_near(scene_run(&s, 0, "ID-02").finding.weight_db, 10.0, 1e-9);
    s.known[0].network.regulator_list = false;
    assert_near(scene_run(&s, 0, "ID-02").finding.weight_db, 3.0, 1e-9);
    scene_clear(&s);
}

/* A cell of the list passes. */
static void id02_passes_a_listed_cell(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    scene_push(&s, &c);
    scene_list(&s, 0, &c);
    scene_expect(scene_run(&s, 0, "ID-02"), RULE_PASSED);
    scene_clear(&s);
}

/* A crowd list may have met the fake before: it does not replace the operator's. */
static void id02_crowd_does_not_vouch_against_the_operator(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    scene_push(&s, &c);
    scene_list(&s, 0, &c);
    s.known[0].cell[0].source = KNOWN_CROWD;
    scene_expect(scene_run(&s, 0, "ID-02"), RULE_FIRED);
    scene_clear(&s);
}

/* Look-alike: a list of other networks says nothing about this one. */
static void id02_not_evaluable_for_an_unlisted_network(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    scene_push_network(&s, 1);
    s.known[0].has_known = true;
    scene_expect(scene_run(&s, 0, "ID-02"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* The plan has this CGI on another ARFCN. */
static void id03_fires_on_another_channel(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    scene_push(&s, &c);
    scene_list(&s, 0, &c);
    s.known[0].cell[0].arfcn = 99;
    struct rule_result r = scene_run(&s, 0, "ID-03");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 20.0, 1e-9);
    assert_non_null(strstr(r.finding.text, "ARFCN 99"));
    scene_clear(&s);
}

/* Same ARFCN, other colour code: not the planned cell. Not said: nothing to contradict. */
static void id03_fires_on_another_bsic(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    scene_push(&s, &c);
    scene_list(&s, 0, &c);
    s.known[0].cell[0].bsic = c.bsic + 1;
    scene_expect(scene_run(&s, 0, "ID-03"), RULE_FIRED);
    s.known[0].cell[0].bsic = -1;
    scene_expect(scene_run(&s, 0, "ID-03"), RULE_PASSED);
    scene_clear(&s);
}

/* Look-alike: the list holds the plan before and after a retune. */
static void id03_passes_a_second_plan(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    scene_push(&s, &c);
    scene_list(&s, 0, &c);
    s.known[0].cell[1] = s.known[0].cell[0];
    s.known[0].cell[0].arfcn = 99;
    s.known[0].n_cell = 2;
    scene_expect(scene_run(&s, 0, "ID-03"), RULE_PASSED);
    s.known[0].cell[0] = s.known[0].cell[1];
    s.known[0].cell[1].arfcn = 99;
    scene_expect(scene_run(&s, 0, "ID-03"), RULE_PASSED);
    scene_clear(&s);
}

/* A crowd list has no channels. */
static void id03_not_evaluable_without_channels(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    scene_push(&s, &c);
    scene_list(&s, 0, &c);
    s.known[0].cell[0].source = KNOWN_CROWD;
    s.known[0].cell[0].arfcn = s.known[0].cell[0].bsic = -1;
    scene_expect(scene_run(&s, 0, "ID-03"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* One CGI on two ARFCNs: without a list nobody knows which is the copy. */
static void id05_fires_on_both_copies(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0), copy = scene_operator(0);
    copy.tx = 7;
    copy.arfcn = 99;
    scene_push(&s, &c);
    scene_push(&s, &copy);
    scene_expect(scene_run(&s, 0, "ID-05"), RULE_FIRED);
    scene_expect(scene_run(&s, 1, "ID-05"), RULE_FIRED);
    assert_int_equal(scene_run(&s, 1, "ID-05").finding.n_oct_messages, 2);
    scene_clear(&s);
}

/* Look-alike: the operator's list knows the victim; only the copy is reported. */
static void id05_spares_the_listed_original(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0), copy = scene_operator(0);
    copy.tx = 7;
    copy.arfcn = 99;
    scene_push(&s, &c);
    scene_push(&s, &copy);
    scene_list(&s, 0, &c);
    scene_list(&s, 1, &c);
    scene_expect(scene_run(&s, 0, "ID-05"), RULE_PASSED);
    scene_expect(scene_run(&s, 1, "ID-05"), RULE_FIRED);
    scene_clear(&s);
}

/* 11 minutes apart: a cell that was retuned. */
static void id05_near_miss_after_a_retune(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0), later = scene_operator(0);
    later.tx = 7;
    later.arfcn = 99;
    later.first_s = c.last_s + 660.0;
    later.last_s = later.first_s + 10.0;
    scene_push(&s, &c);
    scene_push(&s, &later);
    scene_expect(scene_run(&s, 0, "ID-05"), RULE_PASSED);
    scene_clear(&s);
}

/* Look-alike: two operators use one LAC and CI. */
static void id05_passes_same_ci_of_two_networks(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0), other = scene_operator(0);
    other.tx = 7;
    other.arfcn = 99;
    other.mnc = "02";
    scene_push(&s, &c);
    scene_push(&s, &other);
    scene_expect(scene_run(&s, 0, "ID-05"), RULE_PASSED);
    scene_clear(&s);
}

/* The carrier belongs to somebody else. */
static void rf01_fires_outside_the_allocation(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    scene_push_network(&s, 1);
    s.known[0].allocation[0] =
        (struct known_allocation){.band = ARFCN_P900, .arfcn_lo = 51, .arfcn_hi = 80};
    s.known[0].n_allocation = 1;
    struct rule_result r = scene_run(&s, 0, "RF-01");
    scene_expect(r, RULE_FIRED);
    assert_near(r.finding.weight_db, 25.0, 1e-9);
    assert_string_equal(r.finding.expected, "P900 51-80");
    scene_clear(&s);
}

/* The last channel of the range belongs to it. */
static void rf01_near_miss_at_the_edge(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    scene_push_network(&s, 1);
    s.known[0].allocation[0] =
        (struct known_allocation){.band = ARFCN_P900, .arfcn_lo = 1, .arfcn_hi = 10};
    s.known[0].n_allocation = 1;
    scene_expect(scene_run(&s, 0, "RF-01"), RULE_PASSED);
    s.known[0].allocation[0].arfcn_hi = 9;
    scene_expect(scene_run(&s, 0, "RF-01"), RULE_FIRED);
    scene_clear(&s);
}

/* Look-alike: a table that writes E900 975-124, through 1023 and 0. */
static void rf01_reads_extended_ranges(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    scene_push_network(&s, 1);
    s.known[0].allocation[0] =
        (struct known_allocation){.band = ARFCN_E900, .arfcn_lo = 975, .arfcn_hi = 124};
    s.known[0].n_allocation = 1;
    scene_expect(scene_run(&s, 0, "RF-01"), RULE_PASSED);
    scene_clear(&s);
}

/* Numbers 512 to 810 exist in two bands. */
static void rf01_does_not_mix_bands(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    c.arfcn = 600;
    scene_push(&s, &c);
    s.known[0].allocation[0] =
        (struct known_allocation){.band = ARFCN_PCS1900, .arfcn_lo = 512, .arfcn_hi = 810};
    s.known[0].n_allocation = 1;
    scene_expect(scene_run(&s, 0, "RF-01"), RULE_FIRED);
    s.known[0].n_allocation = 0;
    scene_expect(scene_run(&s, 0, "RF-01"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(id01_fires_on_test_network),
        cmocka_unit_test(id01_fires_on_unallocated_code),
        cmocka_unit_test(id01_not_evaluable_without_a_table),
        cmocka_unit_test(id01_passes_allocated_test_network),
        cmocka_unit_test(id01_passes_rail_network),
        cmocka_unit_test(id01_waits_for_content_received_twice),
        cmocka_unit_test(id02_fires_and_scales_with_the_source),
        cmocka_unit_test(id02_passes_a_listed_cell),
        cmocka_unit_test(id02_crowd_does_not_vouch_against_the_operator),
        cmocka_unit_test(id02_not_evaluable_for_an_unlisted_network),
        cmocka_unit_test(id03_fires_on_another_channel),
        cmocka_unit_test(id03_fires_on_another_bsic),
        cmocka_unit_test(id03_passes_a_second_plan),
        cmocka_unit_test(id03_not_evaluable_without_channels),
        cmocka_unit_test(id05_fires_on_both_copies),
        cmocka_unit_test(id05_spares_the_listed_original),
        cmocka_unit_test(id05_near_miss_after_a_retune),
        cmocka_unit_test(id05_passes_same_ci_of_two_networks),
        cmocka_unit_test(rf01_fires_outside_the_allocation),
        cmocka_unit_test(rf01_near_miss_at_the_edge),
        cmocka_unit_test(rf01_reads_extended_ranges),
        cmocka_unit_test(rf01_does_not_mix_bands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include "gsm/cell_report.h"
#include "gsm/gsm_event.h"
#include "unit/gsm/hex.h"

#define SI3_TEXT "49 06 1b 03eb 00f110 04d2 c8 02 0a 27 45 46 a5 04 00 82 21 00 6b"

static void equal_octets_share_an_entry_and_add_up(void **state)
{
    struct cell_report rep = {0};
    uint8_t l2[23];
    (void)state;
    hex_block(SI3_TEXT, l2);
    cell_report_add_si(&rep, l2, 51 * 2 + 2, 1.5, false);
    cell_report_add_si(&rep, l2, 51 * 14 + 2, 2.5, true);
    cell_report_add_si(&rep, l2, 51 * 23 + 2, 4.0, false);
    assert_int_equal(rep.n_si, 1);
    const struct cell_si_seen *seen = &rep.si[0];
    assert_int_equal(seen->type, SI_3);
    assert_memory_equal(seen->l2, l2, 23);
    assert_int_equal(seen->n_clean, 2);
    assert_int_equal(seen->n_repaired, 1);
    assert_int_equal(seen->fn_first, 104);
    assert_int_equal(seen->fn_last, 51 * 23 + 2);
    assert_true(seen->first_s == 1.5);
    assert_true(seen->last_s == 4.0);
    assert_int_equal(seen->tc_mask, 1 << 2 | 1 << 6 | 1 << 7);
}

static void a_changed_octet_is_another_entry(void **state)
{
    struct cell_report rep = {0};
    uint8_t l2[23];
    (void)state;
    hex_block(SI3_TEXT, l2);
    cell_report_add_si(&rep, l2, 0, 0.0, false);
    l2[22] ^= 1;
    cell_report_add_si(&rep, l2, 0, 0.0, false);
    assert_int_equal(rep.n_si, 2);
}

static void what_is_not_system_information_is_left_out(void **state)
{
    struct cell_report rep = {0};
    uint8_t l2[23];
    (void)state;
    hex_block("15 06 21 00 01 f0", l2);
    cell_report_add_si(&rep, l2, 0, 0.0, false);
    hex_block("03 03 01", l2);
    cell_report_add_si(&rep, l2, 0, 0.0, false);
    assert_int_equal(rep.n_si, 0);
    assert_int_equal(rep.n_si_lost, 0);
}

static void contents_beyond_the_capacity_are_counted_as_lost(void **state)
{
    struct cell_report rep = {0};
    uint8_t l2[23];
    (void)state;
    hex_block(SI3_TEXT, l2);
    for (int i = 0; i < CELL_REPORT_SI_CAP + 3; i++) {
        l2[3] = (uint8_t)i;
        cell_report_add_si(&rep, l2, 0, 0.0, false);
    }
    assert_int_equal(rep.n_si, CELL_REPORT_SI_CAP);
    assert_int_equal(rep.n_si_lost, 3);
    l2[3] = 0;
    cell_report_add_si(&rep, l2, 0, 0.0, false);
    assert_int_equal(rep.si[0].n_clean, 2);
    assert_int_equal(rep.n_si_lost, 3);
}

static void events_come_by_sample_then_channel_then_kind(void **state)
{
    struct gsm_event a = {.kind = GSM_EVENT_SCH, .channel = {ARFCN_P900, 30}, .samp = 10.0};
    struct gsm_event b = a;
    (void)state;
    assert_int_equal(gsm_event_compare(&a, &b), 0);
    b.kind = GSM_EVENT_BCCH;
    assert_true(gsm_event_compare(&a, &b) < 0);
    b.channel.number = 29;
    assert_true(gsm_event_compare(&a, &b) > 0);
    b.samp = 10.5;
    assert_true(gsm_event_compare(&a, &b) < 0);
    b.samp = 9.0;
    b.channel.band = ARFCN_PCS1900;
    assert_true(gsm_event_compare(&a, &b) > 0);
    assert_string_equal(gsm_event_channel_name(GSM_EVENT_SCH), "SCH");
    assert_string_equal(gsm_event_channel_name(GSM_EVENT_BCCH), "BCCH");
    assert_string_equal(gsm_event_channel_name(GSM_EVENT_CCCH), "CCCH");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_octets_share_an_entry_and_add_up),
        cmocka_unit_test(a_changed_octet_is_another_entry),
        cmocka_unit_test(what_is_not_system_information_is_left_out),
        cmocka_unit_test(contents_beyond_the_capacity_are_counted_as_lost),
        cmocka_unit_test(events_come_by_sample_then_channel_then_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

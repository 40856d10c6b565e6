/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include "gsm/mframe.h"

/* 3GPP TS 45.002 clause 7, table 3: repeat of 51 frames on TN 0, downlink, typed from the rows
 * FCCH (0, 10, 20, 30, 40), SCH (1, 11, 21, 31, 41), BCCH Norm (2..5), CCCH blocks
 * B0 (6..9), B1 (12..15), B2 (16..19), B3 (22..25), B4 (26..29), B5 (32..35), B6 (36..39),
 * B7 (42..45), B8 (46..49), idle 50. Combined (table 3 with SDCCH/4): B0..B2 CCCH, then SDCCH
 * 22..39 and SACCH 42..49. f s b c d - for FCCH, SCH, BCCH, CCCH, CCCH or dedicated, idle. */
static const char table[GSM_MULTIFRAME + 1] = "fs"
                                              "bbbb"
                                              "cccc"
                                              "fs"
                                              "cccc"
                                              "cccc"
                                              "fs"
                                              "dddd"
                                              "dddd"
                                              "fs"
                                              "dddd"
                                              "dddd"
                                              "fs"
                                              "dddd"
                                              "dddd"
                                              "-";
static const int block_start[] = {2, 6, 12, 16, 22, 26, 32, 36, 42, 46};

static char letter(enum mframe_kind kind)
{
    static const char letters[] = {
        [MFRAME_IDLE] = '-', [MFRAME_FCCH] = 'f', [MFRAME_SCH] = 's',
        [MFRAME_BCCH] = 'b', [MFRAME_CCCH] = 'c', [MFRAME_CCCH_OR_DEDICATED] = 'd'};
    return letters[kind];
}

static void each_frame_holds_what_table_3_says(void **state)
{
    (void)state;
    for (uint32_t fn = 0; fn < 3 * GSM_MULTIFRAME; fn++)
        assert_int_equal(letter(mframe_find(fn).kind), table[fn % GSM_MULTIFRAME]);
    assert_int_equal(mframe_find(GSM_HYPERFRAME - 1).kind, MFRAME_IDLE);
}

static void blocks_are_four_bursts_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < 10; i++)
        for (int b = 0; b < 4; b++)
            assert_int_equal(mframe_find((uint32_t)(510 + block_start[i] + b)).burst, b);
}

static void tc_counts_multiframes_modulo_8(void **state)
{
    (void)state;
    assert_int_equal(mframe_tc(0), 0);
    assert_int_equal(mframe_tc(50), 0);
    assert_int_equal(mframe_tc(51), 1);
    assert_int_equal(mframe_tc(407), 7);
    assert_int_equal(mframe_tc(408), 0);
    assert_int_equal(mframe_tc(674997), (674997 / 51) % 8);
}

static void frame_numbers_go_round(void **state)
{
    (void)state;
    assert_int_equal(mframe_add(GSM_HYPERFRAME - 1, 1), 0);
    assert_int_equal(mframe_add(0, -1), GSM_HYPERFRAME - 1);
    assert_int_equal(mframe_add(5, -3ll * GSM_HYPERFRAME - 6), GSM_HYPERFRAME - 1);
    assert_int_equal(mframe_distance(10, 7), -3);
    assert_int_equal(mframe_distance(GSM_HYPERFRAME - 2, 3), 5);
    assert_int_equal(mframe_distance(3, GSM_HYPERFRAME - 2), -5);
    for (uint32_t a = 0; a < GSM_HYPERFRAME; a += 99991)
        for (int64_t d = -1300000; d <= 1300000; d += 77777)
            assert_int_equal(mframe_distance(a, mframe_add(a, d)), d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_frame_holds_what_table_3_says),
        cmocka_unit_test(blocks_are_four_bursts_in_order),
        cmocka_unit_test(tc_counts_multiframes_modulo_8),
        cmocka_unit_test(frame_numbers_go_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

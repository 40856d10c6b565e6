/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <errno.h>
#include <math.h>

#include "gsm/arfcn.h"

#define CHANNEL_CAP 1200

static struct arfcn all[CHANNEL_CAP];

/* TS 45.005 2: first and last carrier of each band. */
static void carriers_lie_where_the_standard_puts_them(void **state)
{
    static const struct {
        struct arfcn ch;
        double hz;
    } rows[] = {
        {{ARFCN_P900, 1}, 935.2e6},       {{ARFCN_P900, 124}, 959.8e6},
        {{ARFCN_E900, 0}, 935.0e6},       {{ARFCN_E900, 975}, 925.2e6},
        {{ARFCN_E900, 1023}, 934.8e6},    {{ARFCN_R900, 955}, 921.2e6},
        {{ARFCN_R900, 974}, 925.0e6},     {{ARFCN_GSM850, 128}, 869.2e6},
        {{ARFCN_GSM850, 251}, 893.8e6},   {{ARFCN_DCS1800, 512}, 1805.2e6},
        {{ARFCN_DCS1800, 885}, 1879.8e6}, {{ARFCN_PCS1900, 512}, 1930.2e6},
        {{ARFCN_PCS1900, 810}, 1989.8e6},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_true(arfcn_downlink_hz(rows[i].ch) == rows[i].hz);
    }
}

static void numbers_outside_their_band_have_no_carrier(void **state)
{
    static const struct arfcn wrong[] = {
        {ARFCN_P900, 0},     {ARFCN_P900, 125},    {ARFCN_E900, 1},         {ARFCN_E900, 974},
        {ARFCN_E900, 1024},  {ARFCN_R900, 954},    {ARFCN_R900, 975},       {ARFCN_GSM850, 127},
        {ARFCN_GSM850, 252}, {ARFCN_DCS1800, 511}, {ARFCN_DCS1800, 886},    {ARFCN_PCS1900, 811},
        {ARFCN_PCS1900, -1}, {ARFCN_P900, 65537},  {ARFCN_BAND_UNKNOWN, 5},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_true(arfcn_downlink_hz(wrong[i]) == 0.0);
    }
}

static void every_channel_is_found_again_from_its_carrier(void **state)
{
    (void)state;
    size_t n = arfcn_list(0.0, 3e9, ARFCN_ALL_BANDS, all, CHANNEL_CAP);
    assert_int_equal(n, 124 + 50 + 20 + 124 + 374 + 299);
    for (size_t i = 0; i < n; i++) {
        double hz = arfcn_downlink_hz(all[i]);
        for (int step = -1; step <= 1; step++) {
            struct arfcn found = {ARFCN_BAND_UNKNOWN, -1};
            assert_int_equal(arfcn_find(hz + step * 99e3, &found), 0);
            assert_int_equal(arfcn_compare(found, all[i]), 0);
        }
        assert_true(i == 0 || hz > arfcn_downlink_hz(all[i - 1]));
    }
}

static void frequencies_between_the_bands_belong_to_none(void **state)
{
    static const double hz[] = {0.0,      -935.2e6, 869.0e6,  894.05e6, 921.0e6, 960.05e6, 1804.9e6,
                                1880.1e6, 1930.0e6, 1990.1e6, 460.6e6,  900e6,   6.5e9,    1e300};
    (void)state;
    struct arfcn untouched = {ARFCN_P900, 77};
    for (size_t i = 0; i < sizeof(hz) / sizeof(hz[0]); i++) {
        assert_int_equal(arfcn_find(hz[i], &untouched), -ENOENT);
    }
    assert_int_equal(arfcn_find(nan(""), &untouched), -ENOENT);
    assert_int_equal(arfcn_find((double)INFINITY, &untouched), -ENOENT);
    assert_int_equal(untouched.number, 77);
}

static void a_window_lists_what_lies_in_it_and_says_how_many(void **state)
{
    struct arfcn ch[4];
    (void)state;
    assert_int_equal(arfcn_list(934.9e6, 935.3e6, ARFCN_ALL_BANDS, ch, 4), 2);
    assert_int_equal(arfcn_compare(ch[0], (struct arfcn){ARFCN_E900, 0}), 0);
    assert_int_equal(arfcn_compare(ch[1], (struct arfcn){ARFCN_P900, 1}), 0);
    /* borders belong to the window */
    assert_int_equal(arfcn_list(935.2e6, 935.4e6, ARFCN_ALL_BANDS, ch, 4), 2);
    assert_int_equal(arfcn_list(925e6, 960e6, ARFCN_BAND_BIT(ARFCN_P900), ch, 4), 124);
    assert_int_equal(arfcn_list(925e6, 960e6, ARFCN_BAND_BIT(ARFCN_P900), NULL, 0), 124);
    assert_int_equal(arfcn_list(960e6, 925e6, ARFCN_ALL_BANDS, ch, 4), 0);
}

static void a_bare_number_has_the_band_that_broadcast_would_mean(void **state)
{
    (void)state;
    assert_int_equal(arfcn_band_of(1, 1), ARFCN_P900);
    assert_int_equal(arfcn_band_of(0, 0), ARFCN_E900);
    assert_int_equal(arfcn_band_of(1023, 0), ARFCN_E900);
    assert_int_equal(arfcn_band_of(958, 0), ARFCN_R900);
    assert_int_equal(arfcn_band_of(200, 0), ARFCN_GSM850);
    assert_int_equal(arfcn_band_of(512, 0), ARFCN_DCS1800);
    assert_int_equal(arfcn_band_of(512, 1), ARFCN_PCS1900);
    assert_int_equal(arfcn_band_of(811, 1), ARFCN_DCS1800);
    assert_int_equal(arfcn_band_of(300, 0), ARFCN_BAND_UNKNOWN);
    assert_int_equal(arfcn_band_of(950, 0), ARFCN_BAND_UNKNOWN);
    assert_int_equal(arfcn_band_of(-1, 0), ARFCN_BAND_UNKNOWN);
    assert_int_equal(arfcn_band_of(1024, 0), ARFCN_BAND_UNKNOWN);
}

static void names_and_bands_are_one_to_one(void **state)
{
    (void)state;
    for (int band = ARFCN_P900; band < ARFCN_BAND_COUNT; band++) {
        assert_int_equal(arfcn_band_find(arfcn_band_name((enum arfcn_band)band)), band);
    }
    assert_string_equal(arfcn_band_name(ARFCN_GSM850), "GSM850");
    assert_int_equal(arfcn_band_find("dcs1800"), ARFCN_DCS1800);
    assert_int_equal(arfcn_band_find("P90"), ARFCN_BAND_UNKNOWN);
    assert_int_equal(arfcn_band_find("unknown"), ARFCN_BAND_UNKNOWN);
    assert_string_equal(arfcn_band_name((enum arfcn_band)99), "unknown");
}

static void reports_are_ordered_by_band_then_number(void **state)
{
    (void)state;
    assert_true(arfcn_compare((struct arfcn){ARFCN_P900, 124}, (struct arfcn){ARFCN_E900, 0}) < 0);
    assert_true(arfcn_compare((struct arfcn){ARFCN_P900, 7}, (struct arfcn){ARFCN_P900, 30}) < 0);
    assert_true(arfcn_compare((struct arfcn){ARFCN_P900, 30}, (struct arfcn){ARFCN_P900, 7}) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(carriers_lie_where_the_standard_puts_them),
        cmocka_unit_test(numbers_outside_their_band_have_no_carrier),
        cmocka_unit_test(every_channel_is_found_again_from_its_carrier),
        cmocka_unit_test(frequencies_between_the_bands_belong_to_none),
        cmocka_unit_test(a_window_lists_what_lies_in_it_and_says_how_many),
        cmocka_unit_test(a_bare_number_has_the_band_that_broadcast_would_mean),
        cmocka_unit_test(names_and_bands_are_one_to_one),
        cmocka_unit_test(reports_are_ordered_by_band_then_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

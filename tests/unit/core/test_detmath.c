/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <math.h>

#include "core/detmath.h"

static const double two_pi = 6.283185307179586476925;

static void sine_and_cosine_agree_with_the_c_library(void **state)
{
    (void)state;
    for (int i = -40000; i <= 40000; i++) {
        double turns = (double)i / 9973.0, c, s;
        det_sincos(turns, &c, &s);
        assert_true(fabs(c - cos(two_pi * turns)) < 1e-11);
        assert_true(fabs(s - sin(two_pi * turns)) < 1e-11);
    }
}

static void whole_turns_do_not_count(void **state)
{
    double c, s, c2, s2;
    (void)state;
    det_sincos(0.3125, &c, &s);
    det_sincos(1048576.3125, &c2, &s2);
    assert_memory_equal(&c, &c2, sizeof(c));
    assert_memory_equal(&s, &s2, sizeof(s));
    det_sincos(0.25, &c, &s);
    assert_true(fabs(c) < 1e-15 && fabs(s - 1.0) < 1e-15);
}

static void phase_is_that_of_atan2_and_turns_back(void **state)
{
    (void)state;
    for (int i = -4999; i < 5000; i++) {
        double turns = (double)i / 10000.0, c, s;
        det_sincos(turns, &c, &s);
        assert_true(fabs(det_phase(s * 3e7, c * 3e7) - turns) < 1e-11);
        assert_true(fabs(det_phase(s, c) - atan2(s, c) / two_pi) < 1e-11);
    }
    assert_true(det_phase(0.0, 0.0) == 0.0);
    assert_true(det_phase(0.0, -1.0) == 0.5);
    assert_true(det_phase(-2.0, 0.0) == -0.25);
    assert_true(isnan(det_phase(NAN, 1.0)));
}

static void logarithm_and_power_agree_with_the_c_library(void **state)
{
    (void)state;
    for (int e = -60; e <= 60; e++) {
        for (int i = 0; i < 100; i++) {
            double x = ldexp(1.0 + (double)i / 100.0, e), y = e + (double)i / 100.0;
            assert_true(fabs(det_log2(x) - log2(x)) <= 1e-11 * fmax(1.0, fabs(log2(x))));
            assert_true(fabs(det_exp2(y) / exp2(y) - 1.0) < 1e-11);
        }
    }
    assert_true(det_log2(8.0) == 3.0);
    assert_true(det_exp2(-3.0) == 0.125);
    assert_true(isnan(det_log2(NAN)) && isnan(det_exp2(NAN)));
}

static void decibels_go_there_and_back(void **state)
{
    (void)state;
    assert_true(fabs(det_db(100.0) - 20.0) < 1e-9);
    assert_true(fabs(det_from_db(-30.0) - 1e-3) < 1e-13);
    assert_true(det_db(0.0) == -300.0 && det_db(-1.0) == -300.0);
    assert_true(isnan(det_db(NAN)));
    for (int i = -200; i <= 200; i++)
        assert_true(fabs(det_db(det_from_db(0.5 * i)) - 0.5 * i) < 1e-9);
}

static void rounding_goes_to_the_nearest_and_away_from_zero(void **state)
{
    (void)state;
    assert_true(det_round(2.5, 1.0) == 3.0 && det_round(-2.5, 1.0) == -3.0);
    assert_true(det_round(2.49, 1.0) == 2.0 && det_round(-7.3, 0.25) == -7.25);
    assert_true(det_round(1234.0, 100.0) == 1200.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sine_and_cosine_agree_with_the_c_library),
        cmocka_unit_test(whole_turns_do_not_count),
        cmocka_unit_test(phase_is_that_of_atan2_and_turns_back),
        cmocka_unit_test(logarithm_and_power_agree_with_the_c_library),
        cmocka_unit_test(decibels_go_there_and_back),
        cmocka_unit_test(rounding_goes_to_the_nearest_and_away_from_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

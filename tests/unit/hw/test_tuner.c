/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hw/tuner.h"

static struct tuner_setup r820t(void)
{
    return (struct tuner_setup){.type = TUNER_R820T,
                                .tuner_xtal_hz = TUNER_RTL_XTAL_HZ,
                                .rtl_xtal_hz = TUNER_RTL_XTAL_HZ,
                                .rate_hz = 2400000};
}

/* The bounds were had from the driver's own code, compiled apart: -879 .. +605 Hz. */
static void the_old_driver_is_off_by_as_much_as_it_is(void **state)
{
    (void)state;
    struct tuner_setup s = r820t();
    double lo_hz = 0, hi_hz = 0, new_hz = 0;
    for (uint32_t hz = 869000000; hz <= 960000000; hz += 20000) {
        if (hz > 894000000 && hz < 925000000)
            continue;
        double e_hz = tuner_true_hz(&s, TUNER_LIBRARY_0_6, hz) - hz;
        lo_hz = fmin(lo_hz, e_hz);
        hi_hz = fmax(hi_hz, e_hz);
        new_hz = fmax(new_hz, fabs(tuner_true_hz(&s, TUNER_LIBRARY_2_0, hz) - hz));
    }
    assert_true(fabs(lo_hz + 879) < 6 && fabs(hi_hz - 605) < 6); /* 6.9 Hz: a step of the mixer */
    assert_true(new_hz > 200 && new_hz < 230);
}

/* 936.2 MHz, IF 1.815 MHz, LO 938.015 MHz, VCO 1876.03 MHz = 57.6 MHz x 32 + 32830 kHz. The bits
 * of the fraction by the driver's loop: 37354 / 65536, where 37353.2 would be right. */
static void one_frequency_by_hand(void **state)
{
    (void)state;
    struct tuner_setup s = r820t();
    double lo_hz = 57.6e6 * (32 + 37354 / 65536.0) / 2;
    double if_hz = floor(1815000 * 4194304.0 / 28.8e6) * 28.8e6 / 4194304.0;
    double true_hz = tuner_true_hz(&s, TUNER_LIBRARY_0_6, 936200000);
    assert_true(fabs(true_hz - (lo_hz - if_hz)) < 1e-3);
}

/* The IF filter follows the rate, and the IF the filter; by the table of the driver. */
static void the_if_follows_the_rate(void **state)
{
    (void)state;
    static const struct {
        uint32_t rate_hz;
        double if_hz;
    } table[] = {
        {1024000, 1700000}, {1200000, 1700000}, {1440000, 1575000}, {1800000, 1750000},
        {2048000, 1625000}, {2400000, 1815000}, {2560000, 3570000}, {3200000, 3570000},
    };
    struct tuner_setup s = r820t();
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        s.rate_hz = table[i].rate_hz;
        for (uint32_t hz = 936000000; hz < 936010000; hz += 1000) {
            double lo_hz = 57.6e6 * round((hz + table[i].if_hz) * 2 / 57.6e6 * 65536) / 65536 / 2;
            double if_hz = floor(table[i].if_hz * 4194304.0 / 28.8e6) * 28.8e6 / 4194304.0;
            assert_true(fabs(tuner_true_hz(&s, TUNER_LIBRARY_2_0, hz) - (lo_hz - if_hz)) < 1e-3);
        }
    }
}

static void what_is_chosen_is_the_same_for_every_library(void **state)
{
    (void)state;
    struct tuner_setup s = r820t();
    for (int v4 = 0; v4 < 2; v4++) {
        for (uint32_t hz = 925000000; hz <= 960000000; hz += 23000) {
            double true_hz;
            uint32_t set_hz = tuner_choose_hz(&s, hz, &true_hz);
            assert_true(fabs((double)set_hz - hz) <= 3000);
            assert_true(fabs(tuner_true_hz(&s, TUNER_LIBRARY_0_6, set_hz) - true_hz) < 0.5);
            assert_true(fabs(tuner_true_hz(&s, TUNER_LIBRARY_2_0, set_hz) - true_hz) < 0.5);
        }
        s.type = TUNER_R828D;
        s.tuner_xtal_hz = TUNER_R828D_XTAL_HZ;
    }
}

static void the_offset_of_the_e4000_is_taken_into_account(void **state)
{
    (void)state;
    struct tuner_setup s = {.type = TUNER_E4000,
                            .tuner_xtal_hz = TUNER_RTL_XTAL_HZ,
                            .rtl_xtal_hz = TUNER_RTL_XTAL_HZ,
                            .rate_hz = 2400000,
                            .offset_tuning = true};
    for (uint32_t hz = 1805000000; hz < 1880000000; hz += 1000000) {
        double e_hz = tuner_true_hz(&s, TUNER_LIBRARY_0_6, hz) - hz;
        assert_true(e_hz <= 1e-3 && e_hz > -28.8e6 / 65536 / 2 - 7); /* cut off, never rounded up */
    }
}

static void what_no_divider_makes_is_zero(void **state)
{
    (void)state;
    struct tuner_setup s = r820t();
    assert_true(fabs(tuner_true_hz(&s, TUNER_LIBRARY_0_6, 1842000000)) < 1e-9);
    s.type = TUNER_FC0013; /* its arithmetic is not known */
    assert_true(fabs(tuner_true_hz(&s, TUNER_LIBRARY_0_6, 941000000) - 941e6) < 1e-9);
}

static void rates_are_what_the_resampler_makes(void **state)
{
    (void)state;
    assert_true(fabs(tuner_true_rate_hz(TUNER_RTL_XTAL_HZ, 2400000) - 2.4e6) < 1e-9);
    assert_true(fabs(tuner_true_rate_hz(TUNER_RTL_XTAL_HZ, 1000000) - 1000000.0265) < 1e-3);
    assert_true(fabs(tuner_true_rate_hz(TUNER_RTL_XTAL_HZ, 2800000) - 2800000.0371) < 1e-3);
    static const uint32_t refused[] = {0, 225000, 300001, 900000, 3200001};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_true(fabs(tuner_true_rate_hz(TUNER_RTL_XTAL_HZ, refused[i])) < 1e-9);
}

static void ranges_are_those_of_the_tuner(void **state)
{
    (void)state;
    const struct tuner *t = tuner_find(TUNER_R820T);
    assert_true(tuner_reaches(t->ranges, t->n_ranges, 960e6));
    assert_false(tuner_reaches(t->ranges, t->n_ranges, 1805.2e6));
    t = tuner_find(TUNER_E4000);
    assert_true(tuner_reaches(t->ranges, t->n_ranges, 1960e6));
    assert_false(tuner_reaches(t->ranges, t->n_ranges, 1175e6)); /* its gap */
    t = tuner_find(TUNER_FC0012);
    assert_false(tuner_reaches(t->ranges, t->n_ranges, 950e6));
    t = tuner_find(TUNER_FC2580);
    assert_false(tuner_reaches(t->ranges, t->n_ranges, 935e6));
    t = tuner_find(0xdeadbeef); /* from a stranger's greeting */
    assert_int_equal(t->n_ranges, 0);
    assert_int_equal(t->n_gains, 0);
    for (uint32_t i = 0; i < N_TUNERS; i++) {
        t = tuner_find(i);
        for (size_t k = 1; k < t->n_gains; k++)
            assert_true(t->gains_tenth_db[k] > t->gains_tenth_db[k - 1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_old_driver_is_off_by_as_much_as_it_is),
        cmocka_unit_test(one_frequency_by_hand),
        cmocka_unit_test(the_if_follows_the_rate),
        cmocka_unit_test(what_is_chosen_is_the_same_for_every_library),
        cmocka_unit_test(the_offset_of_the_e4000_is_taken_into_account),
        cmocka_unit_test(what_no_divider_makes_is_zero),
        cmocka_unit_test(rates_are_what_the_resampler_makes),
        cmocka_unit_test(ranges_are_those_of_the_tuner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

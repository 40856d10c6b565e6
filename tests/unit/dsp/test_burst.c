/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <errno.h>
#include <math.h>

#include "dsp/burst.h"
#include "unit/dsp/gmsk_wave.h"

#define N_SAMP 60000

static double complex x[N_SAMP];
static float y[2 * BURST_CUT_MAX];

static void cut(double rate_hz, const struct burst_place *at, int first, int n)
{
    struct burst_filter *f = NULL;
    struct burst_scratch *s = NULL;
    struct history *h = wave_history(x, N_SAMP);
    assert_int_equal(burst_filter_create(&f, rate_hz), 0);
    assert_int_equal(burst_scratch_create(&s, f), 0);
    burst_cut(f, s, h, at, first, n, y);
    burst_scratch_destroy(s);
    burst_filter_destroy(f);
    history_destroy(h);
}

static double complex symbol(int i)
{
    return wave_complex(y[2 * i], y[2 * i + 1]);
}

/* A tone on the carrier keeps its phase but for the quarter turn a symbol that is taken out, and
 * has the power that the header states, at any rate, offset and place. */
static void a_tone_on_the_carrier_turns_by_a_quarter(void **state)
{
    static const double rate[] = {500e3, 1083333.333, 2.4e6, 20e6};
    (void)state;
    for (size_t r = 0; r < 4; r++) {
        for (int off = -1; off <= 1; off++) {
            double sps = rate[r] / GSM_SYMBOL_RATE_HZ, offset_hz = off * 0.2 * rate[r] + 7000.7;
            for (int k = 0; k < N_SAMP; k++)
                x[k] = 0.5 * wave_turn(fmod(offset_hz / rate[r] * k, 1.0));
            struct burst_place at = {10000.37, sps, offset_hz};
            cut(rate[r], &at, -20, 200);
            for (int i = 1; i < 200; i++) {
                double complex turn = symbol(i) / symbol(i - 1);
                assert_true(cabs(turn - wave_complex(0.0, -1.0)) < 0.001);
                assert_true(fabs(pow(cabs(symbol(i)), 2.0) / (0.25 * sps) - 1.0) < 0.05);
            }
        }
    }
}

static void white_noise_keeps_its_variance_and_stays_white(void **state)
{
    uint64_t seed = 8;
    double power = 0.0;
    double complex next = 0.0;
    int n = 0;
    (void)state;
    for (int k = 0; k < N_SAMP; k++)
        x[k] = wave_noise(&seed);
    for (int b = 0; b < 12; b++) {
        struct burst_place at = {3000.0 + 4321.3 * b, 4.0, 150e3};
        cut(1083333.333, &at, 0, 240);
        for (int i = 1; i < 240; i++, n++) {
            power += pow(cabs(symbol(i)), 2.0);
            next += symbol(i) * conj(symbol(i - 1));
        }
    }
    assert_true(fabs(power / n - 1.0) < 0.08);
    assert_true(cabs(next) / power < 0.06);
}

/* Tones over the band that a carrier uses come out as the root raised cosine says, at low rates and
 * high, and white noise keeps its level: that is what "flat" means for a matched filter. */
static void the_gain_over_the_used_band_is_that_of_the_pulse(void **state)
{
    static const double rate[] = {300e3, 500e3, 1083333.333, 2.4e6, 20e6};
    static const double place[] = {-0.31, -0.07, 0.01, 0.18, 0.33}; /* of the rate */
    (void)state;
    for (size_t r = 0; r < 5; r++) {
        double sps = rate[r] / GSM_SYMBOL_RATE_HZ;
        for (size_t c = 0; c < 5; c++) {
            double lo = 1e9, hi = 0.0, offset_hz = rate[r] < 1e6 ? 3000.0 : place[c] * rate[r];
            for (double tone_hz = -90e3; tone_hz <= 90e3; tone_hz += 15e3) {
                for (int k = 0; k < N_SAMP; k++)
                    x[k] = 0.4 * wave_turn(fmod((offset_hz + tone_hz) / rate[r] * k, 1.0));
                struct burst_place at = {20000.37, sps, offset_hz};
                cut(rate[r], &at, 0, 148);
                double power = 0.0;
                for (int i = 0; i < 148; i++)
                    power += pow(cabs(symbol(i)), 2.0) / 148.0;
                double db = 10.0 * log10(power / (0.16 * sps));
                lo = fmin(lo, db);
                hi = fmax(hi, db);
            }
            assert_true(lo > -0.3 && hi < 0.3);
        }
    }
}

/* What lies 400 kHz away is gone. */
static void a_far_neighbour_is_turned_down(void **state)
{
    double most = 0.0;
    (void)state;
    for (int k = 0; k < N_SAMP; k++)
        x[k] = wave_turn(fmod(400e3 / 2.4e6 * k, 1.0));
    struct burst_place at = {10000.0, 2.4e6 / GSM_SYMBOL_RATE_HZ, 0.0};
    cut(2.4e6, &at, 0, 148);
    for (int i = 0; i < 148; i++)
        most = fmax(most, cabs(symbol(i)));
    assert_true(20.0 * log10(most / sqrt(2.4e6 / GSM_SYMBOL_RATE_HZ)) < -50.0);
}

/* GMSK comes out as +1 for bit 0 and -1 for bit 1 times one complex number, with neighbours on
 * both sides; a burst moved by fractions of a sample gives the same symbols. */
static void gmsk_comes_out_as_signs(void **state)
{
    uint8_t bits[GSM_BURST_BITS];
    uint64_t seed = 5;
    const double sps = 4.0, start = 20000.4375, offset_hz = -121234.5;
    (void)state;
    wave_bits(&seed, BURST_NORMAL, 2, bits);
    for (int k = 0; k < N_SAMP; k++)
        x[k] = 0.0;
    for (int k = 19900; k < 20750; k++)
        x[k] = wave_at(bits, (k - start) / sps) *
               wave_turn(fmod(offset_hz / 1083333.3333333 * k, 1.0));
    struct burst_place at = {start, sps, offset_hz};
    cut(1083333.3333333, &at, 0, 148);
    double complex mean = 0.0;
    double energy = 0.0;
    for (int i = 5; i < 143; i++) {
        mean += symbol(i) * (bits[i] ? -1.0 : 1.0);
        energy += pow(cabs(symbol(i)), 2.0);
    }
    /* the middle tap holds most: 1.83^2 of 0.58^2 + 1.83^2 + 0.58^2 */
    assert_true(pow(cabs(mean) / 138.0, 2.0) / (energy / 138.0) > 0.7);
    for (int i = 5; i < 143; i++)
        assert_true(creal(symbol(i) * conj(mean)) * (bits[i] ? -1.0 : 1.0) > 0.0);
}

static void rates_out_of_range_are_refused(void **state)
{
    struct burst_filter *f = NULL;
    (void)state;
    assert_int_equal(burst_filter_create(&f, 269e3), -EINVAL);
    assert_int_equal(burst_filter_create(&f, 26e6), -EINVAL);
    assert_int_equal(burst_filter_create(&f, (double)NAN), -EINVAL);
    assert_null(f);
    burst_filter_destroy(NULL);
    burst_scratch_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tone_on_the_carrier_turns_by_a_quarter),
        cmocka_unit_test(white_noise_keeps_its_variance_and_stays_white),
        cmocka_unit_test(the_gain_over_the_used_band_is_that_of_the_pulse),
        cmocka_unit_test(a_far_neighbour_is_turned_down),
        cmocka_unit_test(gmsk_comes_out_as_signs),
        cmocka_unit_test(rates_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

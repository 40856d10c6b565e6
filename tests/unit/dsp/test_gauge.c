/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <math.h>
#include <string.h>

#include "dsp/burst.h"
#include "dsp/gauge.h"
#include "unit/dsp/gmsk_wave.h"

#define SPS     4
#define RATE_HZ (SPS * GSM_SYMBOL_RATE_HZ)
#define N_SAMP  1600
#define START   400
/* Away from zero: a history takes out the mean of what it holds. */
#define CARRIER_HZ (0.16 * RATE_HZ)
#define PATHS      4

struct air {
    double es_n0_db; /* of a path of gain 1 */
    double ramp_hz;
    double late_sym;
    double wobble_deg, wobble_sym; /* phase error of the transmitter: amplitude, period */
    bool fading;
    double gain[PATHS], delay_sym[PATHS]; /* gain[0] 0: one path of gain 1 */
};

struct bench {
    struct burst_filter *filter;
    struct burst_scratch *scratch;
    uint64_t seed;
};

static int create(void **state)
{
    static struct bench b;
    assert_int_equal(burst_filter_create(&b.filter, RATE_HZ), 0);
    assert_int_equal(burst_scratch_create(&b.scratch, b.filter), 0);
    b.seed = 77;
    *state = &b;
    return 0;
}

static int destroy(void **state)
{
    struct bench *b = *state;
    burst_scratch_destroy(b->scratch);
    burst_filter_destroy(b->filter);
    return 0;
}

static double complex carrier_at(const struct air *air, const uint8_t *bits, double t_sym,
                                 const double complex path[PATHS])
{
    if (air->gain[0] == 0.0)
        return wave_at(bits, t_sym);
    double complex sum = 0.0;
    for (int p = 0; p < PATHS; p++)
        if (air->gain[p] > 0.0)
            sum += path[p] * wave_at(bits, t_sym - air->delay_sym[p]);
    return sum;
}

/* One burst through the air and its figures. */
static void measure(struct bench *b, const struct air *air, struct gauge *ret)
{
    static double complex x[N_SAMP];
    uint8_t bits[GSM_BURST_BITS];
    int8_t sym[GSM_BURST_BITS];
    float y[EQUALIZER_SYMS][2];
    double sigma = sqrt(SPS * pow(10.0, -air->es_n0_db / 10.0));
    double fraction = wave_uniform(&b->seed), wobble = wave_uniform(&b->seed);
    double complex path[PATHS], phase = wave_turn(wave_uniform(&b->seed));
    for (int p = 0; p < PATHS; p++)
        path[p] =
            air->gain[p] * (air->fading ? wave_noise(&b->seed) : wave_turn(wave_uniform(&b->seed)));
    wave_bits(&b->seed, BURST_NORMAL, 3, bits);
    for (int i = 0; i < GSM_BURST_BITS; i++)
        sym[i] = bits[i] ? -1 : 1;
    for (int k = 0; k < N_SAMP; k++) {
        double t = (k - START - fraction) / SPS;
        double turns =
            air->wobble_deg / 360.0 * sin(WAVE_TWO_PI * (wobble + t / (air->wobble_sym + 1e-9)));
        turns += fmod((CARRIER_HZ + air->ramp_hz) / RATE_HZ * (k - START), 1.0);
        x[k] = sigma * wave_noise(&b->seed) +
               phase * carrier_at(air, bits, t - air->late_sym, path) * wave_turn(turns);
    }
    struct history *h = wave_history(x, N_SAMP);
    struct burst_place at = {START + fraction, SPS, CARRIER_HZ};
    burst_cut(b->filter, b->scratch, h, &at, -EQUALIZER_LEAD, EQUALIZER_SYMS, &y[0][0]);
    history_destroy(h);
    gauge_run((const float(*)[2])y, sym, ret);
}

static void without_noise_hardly_anything_is_left(void **state)
{
    struct gauge g;
    for (int i = 0; i < 20; i++) {
        struct air air = {.es_n0_db = 200.0, .late_sym = 0.02 * (i - 10)};
        measure(*state, &air, &g);
        assert_true(g.noise < 1e-4 * g.energy);
        if (fabs(gauge_power(g.energy, SPS) - 1.0) > 0.005)
            fail_msg("power %.4f", gauge_power(g.energy, SPS));
        assert_true(fabs(g.ramp_sym) * GSM_SYMBOL_RATE_HZ < 1.0);
        assert_true(fabs(g.delay_sym - air.late_sym) < 0.03);
    }
}

static void es_n0_is_what_was_sent_at_any_noise(void **state)
{
    for (int db = -5; db <= 30; db += 5) {
        double energy = 0.0, noise = 0.0;
        struct air air = {.es_n0_db = db};
        struct gauge g;
        for (int i = 0; i < 32; i++) {
            measure(*state, &air, &g);
            energy += g.energy;
            noise += g.noise;
        }
        double said = 10.0 * log10(gauge_es_n0(energy, noise));
        if (fabs(said - db) > 0.35)
            fail_msg("%d dB: %.2f", db, said);
    }
}

static void frequency_has_no_bias_and_an_honest_variance(void **state)
{
    static const double ramp_hz[] = {0.0, 12.0, -150.0, 250.0};
    for (int db = -5; db <= 30; db += 11) {
        for (size_t r = 0; r < 4; r++) {
            struct air air = {.es_n0_db = db, .ramp_hz = ramp_hz[r]};
            double sum = 0.0, square = 0.0, se = 0.0;
            struct gauge g;
            for (int i = 0; i < 32; i++) {
                measure(*state, &air, &g);
                double error = g.ramp_sym * GSM_SYMBOL_RATE_HZ - ramp_hz[r];
                sum += error / 32;
                square += error * error / (g.ramp_var * pow(GSM_SYMBOL_RATE_HZ, 2.0)) / 32;
                se += sqrt(g.ramp_var) * GSM_SYMBOL_RATE_HZ / 32;
            }
            if (fabs(sum) > 3.3 * se / sqrt(32.0) || sqrt(square) > 1.5 || sqrt(square) < 0.6)
                fail_msg("%d dB, %.0f Hz: %.2f Hz off, stated %.2f a burst, ratio %.2f", db,
                         ramp_hz[r], sum, se, sqrt(square));
        }
    }
}

static void delay_has_an_honest_variance(void **state)
{
    for (int db = 0; db <= 30; db += 10) {
        struct air air = {.es_n0_db = db};
        double square = 0.0, sum = 0.0;
        struct gauge g;
        for (int i = 0; i < 32; i++) {
            measure(*state, &air, &g);
            sum += g.delay_sym / 32;
            square += g.delay_sym * g.delay_sym / (g.delay_var + 1e-6) / 32;
        }
        if (fabs(sum) > 0.03 || sqrt(square) > 1.4 || sqrt(square) < 0.6)
            fail_msg("%d dB: mean %.4f, ratio %.2f", db, sum, sqrt(square));
    }
}

static void phase_error_leaves_out_what_noise_explains(void **state)
{
    for (int k = 0; k < 2; k++) {
        double across = 0.0, along = 0.0, carrier4 = 0.0;
        struct air air = {.es_n0_db = 15.0, .wobble_deg = k ? 6.0 : 0.0, .wobble_sym = 23.0};
        struct gauge g;
        for (int i = 0; i < 60; i++) {
            measure(*state, &air, &g);
            across += g.across;
            along += g.along;
            carrier4 += g.carrier4;
        }
        double deg = gauge_phase_error_rad(across, along, carrier4) * 360.0 / WAVE_TWO_PI;
        /* noise alone is 7 degrees here */
        if (k ? fabs(deg - 6.0 / sqrt(2.0)) > 0.8 : deg > 2.0)
            fail_msg("%.2f degrees", deg);
    }
}

struct profile {
    const char *name;
    double power[PATHS], delay_sym[PATHS];
};

static void delay_spread_is_that_of_the_channel_alone(void **state)
{
    static const struct profile list[] = {
        {"one path", {1.0}, {0.0}},
        {"two near", {0.6, 0.4}, {-0.3, 0.45}},
        {"two far", {0.5, 0.5}, {-1.5, 1.5}},
        {"four", {0.4, 0.3, 0.2, 0.1}, {-0.9, -0.1, 1.2, 3.0}},
    };
    for (size_t p = 0; p < 4; p++) {
        double tap_power[CHANNEL_TAPS] = {0.0}, mean = 0.0, square = 0.0;
        struct air air = {.es_n0_db = 12.0, .fading = p > 0};
        for (int i = 0; i < PATHS; i++) {
            air.gain[i] = sqrt(list[p].power[i]);
            air.delay_sym[i] = list[p].delay_sym[i];
            mean += list[p].power[i] * list[p].delay_sym[i];
            square += list[p].power[i] * pow(list[p].delay_sym[i], 2.0);
        }
        struct gauge g;
        for (int i = 0; i < 160; i++) {
            measure(*state, &air, &g);
            for (int t = 0; t < CHANNEL_TAPS; t++)
                tap_power[t] += g.tap_power[t];
        }
        double said = gauge_spread_sym(tap_power), sent = sqrt(square - mean * mean);
        if (fabs(said - sent) > 0.15)
            fail_msg("%s: %.3f symbols, sent %.3f", list[p].name, said, sent);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_noise_hardly_anything_is_left, create, destroy),
        cmocka_unit_test_setup_teardown(es_n0_is_what_was_sent_at_any_noise, create, destroy),
        cmocka_unit_test_setup_teardown(frequency_has_no_bias_and_an_honest_variance, create,
                                        destroy),
        cmocka_unit_test_setup_teardown(delay_has_an_honest_variance, create, destroy),
        cmocka_unit_test_setup_teardown(phase_error_leaves_out_what_noise_explains, create,
                                        destroy),
        cmocka_unit_test_setup_teardown(delay_spread_is_that_of_the_channel_alone, create, destroy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

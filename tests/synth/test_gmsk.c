/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws that any GMSK modulator obeys, whatever its tables look like. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gmsk.h"
#include "gsm_const.h"
#include "rng.h"

#define N_SLOTS 10

static const double pi = 3.14159265358979323846;
static struct gmsk_slot slots[N_SLOTS];

static void random_slots(uint64_t seed, int all_zero)
{
    struct rng r;
    uint8_t bits[GSM_BURST_BITS], quarter = 1;
    rng_init(&r, seed, "gmsk test");
    for (int k = 0; k < N_SLOTS; k++) {
        for (int i = 0; i < GSM_BURST_BITS; i++)
            bits[i] = all_zero ? 0 : rng_below(&r, 2) & 1;
        gmsk_slot_init(&slots[k], bits, quarter);
        quarter = slots[k].end_quarter;
    }
}

static struct gmsk_window window(int k)
{
    return (struct gmsk_window){&slots[k - 1], &slots[k], &slots[k + 1]};
}

/* Slots 1 .. N_SLOTS-2 at per samples a symbol (a multiple of 4), into iq; returns samples. */
static size_t render(int per, float *iq)
{
    size_t n_slot = (size_t)per * 625 / 4, n = n_slot * (N_SLOTS - 2);
    struct gmsk_path path = {.step_sym = 1.0 / per, .gain_i = 1.0f};
    memset(iq, 0, 2 * n * sizeof(float));
    for (int k = 1; k < N_SLOTS - 1; k++) {
        struct gmsk_window w = window(k);
        gmsk_add(&w, 0.0, &path, iq + 2 * n_slot * (size_t)(k - 1), n_slot);
    }
    return n;
}

static float samples[2 * 8 * 157 * N_SLOTS];

static double step_rad(const float *a, const float *b)
{
    double re = (double)a[0] * (double)b[0] + (double)a[1] * (double)b[1];
    double im = (double)a[0] * (double)b[1] - (double)a[1] * (double)b[0];
    return atan2(im, re);
}

static void envelope_is_constant(void **state)
{
    (void)state;
    random_slots(1, 0);
    size_t n = render(8, samples);
    for (size_t i = 0; i < n; i++) {
        double power = (double)samples[2 * i] * (double)samples[2 * i] +
                       (double)samples[2 * i + 1] * (double)samples[2 * i + 1];
        assert_true(fabs(power - 1.0) < 2e-6);
    }
}

/* h = 1/2: never faster than a quarter turn a symbol, also where slots meet. */
static void phase_is_continuous(void **state)
{
    (void)state;
    random_slots(2, 0);
    size_t n = render(8, samples);
    double fastest = 0.0;
    for (size_t i = 1; i < n; i++)
        fastest = fmax(fastest, fabs(step_rad(samples + 2 * i - 2, samples + 2 * i)));
    assert_true(fastest <= pi / 16 * 1.001);
    assert_true(fastest > pi / 16 * 0.9);
}

/* TS 45.002 5.2.4: a burst of zeros is a tone a quarter of the symbol rate above the carrier. */
static void zeros_are_a_tone(void **state)
{
    (void)state;
    random_slots(3, 1);
    size_t n_slot = 8 * 625 / 4;
    render(8, samples);
    double turned = 0.0;
    for (size_t i = 8 * 4; i < 8 * 144; i++)
        turned += step_rad(samples + 2 * (n_slot + i) - 2, samples + 2 * (n_slot + i));
    double hz = turned / (2 * pi) / (140.0 / GSM_SYMBOL_RATE_HZ);
    assert_true(fabs(hz - 67708.333) < 1.0);
}

/* The look-up and the plain sum over all pulses are the same phase. */
static void table_agrees_with_sum_of_pulses(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, 4, "places");
    random_slots(4, 0);
    for (int i = 0; i < 4000; i++) {
        int k = 1 + (int)rng_below(&r, N_SLOTS - 2);
        double offset = rng_unit(&r) * (GSM_SLOT_SYM - 1e-9);
        struct gmsk_window w = window(k);
        struct gmsk_path path = {.step_sym = 1e-3, .gain_i = 1.0f};
        float iq[2] = {0};
        gmsk_add(&w, offset, &path, iq, 1);
        double difference = atan2((double)iq[1], (double)iq[0]) / (2 * pi) - gmsk_phase(&w, offset);
        difference -= floor(difference + 0.5);
        assert_true(fabs(difference) < 3e-6);
    }
}

/* TS 45.004: the phase has moved by the sum of the precoded symbols once their pulses are over. */
static void phase_counts_the_symbols(void **state)
{
    (void)state;
    random_slots(5, 0);
    struct gmsk_window w = window(4);
    int sum = w.cur->start_quarter;
    for (int i = 0; i < GMSK_SLOT_BITS; i++)
        sum += w.cur->sym[i];
    assert_int_equal(((sum % 4) + 4) % 4, w.cur->end_quarter);
    assert_int_equal(w.cur->end_quarter, slots[5].start_quarter);
    /* guard bits are ones: three pulses like the last one, and the phase sits on a straight line */
    double at_150 = gmsk_phase(&w, 151.0), at_151 = gmsk_phase(&w, 152.0);
    double step = at_151 - at_150 - floor(at_151 - at_150);
    assert_true(fabs(step - 0.25) < 1e-5);
}

/* TS 45.004 2.2: the bit before the burst counts as one, and so do the guard bits after it. */
static void precoding_is_differential(void **state)
{
    (void)state;
    struct gmsk_slot slot;
    uint8_t bits[GSM_BURST_BITS] = {0, 1, 1, 0, 0};
    gmsk_slot_init(&slot, bits, 0);
    const int8_t expected[5] = {-1, -1, 1, -1, 1};
    assert_memory_equal(slot.sym, expected, 5);
    assert_int_equal(slot.sym[148], -1);
    for (int i = 149; i < GMSK_SLOT_BITS; i++)
        assert_int_equal(slot.sym[i], 1);
}

/* Power in 8 kHz around hz, by segments of 256 samples with a Hann window. */
static double power_at(const float *iq, size_t n, double rate_hz, double hz)
{
    double sum = 0.0;
    for (size_t start = 0; start + 256 <= n; start += 128) {
        double re = 0.0, im = 0.0;
        for (size_t i = 0; i < 256; i++) {
            double w = 0.5 - 0.5 * cos(2 * pi * (double)i / 256.0);
            double a = -2 * pi * hz / rate_hz * (double)i;
            const float *x = iq + 2 * (start + i);
            re += w * ((double)x[0] * cos(a) - (double)x[1] * sin(a));
            im += w * ((double)x[0] * sin(a) + (double)x[1] * cos(a));
        }
        sum += re * re + im * im;
    }
    return sum;
}

/* TS 45.005 4.2.1: -30 dB at 200 kHz, -33 at 250, -60 at 400. */
static void spectrum_is_inside_the_mask(void **state)
{
    (void)state;
    random_slots(6, 0);
    size_t n = render(8, samples);
    double rate = 8 * GSM_SYMBOL_RATE_HZ, top = power_at(samples, n, rate, 10e3);
    assert_true(10 * log10(power_at(samples, n, rate, 200e3) / top) < -30.0);
    assert_true(10 * log10(power_at(samples, n, rate, -250e3) / top) < -33.0);
    assert_true(10 * log10(power_at(samples, n, rate, 400e3) / top) < -60.0);
    assert_true(10 * log10(power_at(samples, n, rate, 60e3) / top) > -10.0);
}

/* A path of another angle and gain is the same signal turned and scaled. */
static void path_turns_and_scales(void **state)
{
    (void)state;
    random_slots(7, 0);
    struct gmsk_window w = window(3);
    float plain[200] = {0}, turned[200] = {0};
    struct gmsk_path path = {.step_sym = 0.37, .gain_i = 1.0f};
    gmsk_add(&w, 5.0, &path, plain, 100);
    path.angle = (uint64_t)1 << 62; /* a quarter turn */
    path.gain_i = 0.3f;
    path.gain_q = 0.4f;
    gmsk_add(&w, 5.0, &path, turned, 100);
    for (int i = 0; i < 100; i++) {
        float x = plain[2 * i], y = plain[2 * i + 1]; /* j (0.3 + 0.4 j) (x + j y) */
        assert_true(fabsf(turned[2 * i] - (-0.4f * x - 0.3f * y)) < 1e-5f);
        assert_true(fabsf(turned[2 * i + 1] - (0.3f * x - 0.4f * y)) < 1e-5f);
    }
}

/* A gain that moves does so in a straight line, however long the run. */
static void gain_moves_in_a_line(void **state)
{
    (void)state;
    random_slots(8, 0);
    struct gmsk_window w = window(3);
    float plain[400] = {0}, moved[400] = {0};
    struct gmsk_path path = {.step_sym = 0.7, .gain_i = 1.0f};
    gmsk_add(&w, 2.0, &path, plain, 200);
    path.gain_i = 0.2f;
    path.gain_step_i = 0.004f;
    path.gain_step_q = -0.001f;
    gmsk_add(&w, 2.0, &path, moved, 200);
    for (int i = 0; i < 200; i++) {
        float x = plain[2 * i], y = plain[2 * i + 1];
        float gi = 0.2f + 0.004f * (float)i, gq = -0.001f * (float)i;
        assert_true(fabsf(moved[2 * i] - (gi * x - gq * y)) < 1e-5f);
        assert_true(fabsf(moved[2 * i + 1] - (gi * y + gq * x)) < 1e-5f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(envelope_is_constant),
        cmocka_unit_test(phase_is_continuous),
        cmocka_unit_test(zeros_are_a_tone),
        cmocka_unit_test(table_agrees_with_sum_of_pulses),
        cmocka_unit_test(phase_counts_the_symbols),
        cmocka_unit_test(precoding_is_differential),
        cmocka_unit_test(spectrum_is_inside_the_mask),
        cmocka_unit_test(path_turns_and_scales),
        cmocka_unit_test(gain_moves_in_a_line),
    };
    gmsk_tables_init();
    rng_tables_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <math.h>
#include <string.h>

#include "dsp/whiten.h"
#include "unit/dsp/gmsk_wave.h"

#define N 40000

static float in[N][2], out[N][2];

/* Autoregressive noise: x[k] = pole x[k - 1] + white noise of variance 1. */
static void make_noise(double complex pole)
{
    uint64_t seed = 3;
    double complex x = 0.0;
    for (int k = 0; k < N; k++) {
        x = pole * x + wave_noise(&seed);
        in[k][0] = (float)creal(x);
        in[k][1] = (float)cimag(x);
    }
}

static void correlate(float (*x)[2], float corr[WHITEN_ORDER + 1][2])
{
    for (int d = 0; d <= WHITEN_ORDER; d++) {
        double complex sum = 0.0;
        for (int k = 100; k < N; k++)
            sum += wave_complex(x[k][0], x[k][1]) * conj(wave_complex(x[k - d][0], x[k - d][1]));
        corr[d][0] = (float)(creal(sum) / (N - 100));
        corr[d][1] = (float)(cimag(sum) / (N - 100));
    }
}

static void coloured_noise_comes_out_white(void **state)
{
    static const double angle[] = {0.0, 0.23, -0.4, 0.5};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct whitener f;
        float corr[WHITEN_ORDER + 1][2];
        make_noise(0.9 * wave_turn(angle[i]));
        correlate(in, corr);
        whitener_init(&f, (const float(*)[2])corr);
        assert_false(f.idle);
        assert_true(f.w[0][0] == 1.0f && f.w[0][1] == 0.0f);
        whitener_run(&f, (const float(*)[2])in, N, out);
        /* 1 / (1 - 0.81) = 5.3 before, 1 behind */
        assert_true(corr[0][0] > 4.7f && corr[0][0] < 5.9f);
        assert_true(fabsf(f.gain * corr[0][0] - 1.0f) < 0.12f);
        correlate(out, corr);
        assert_true(fabsf(corr[0][0] - 1.0f) < 0.12f);
        for (int d = 1; d <= WHITEN_ORDER; d++)
            assert_true(hypotf(corr[d][0], corr[d][1]) < 0.06f * corr[0][0]);
    }
}

static void white_noise_is_left_alone(void **state)
{
    struct whitener f;
    float corr[WHITEN_ORDER + 1][2];
    (void)state;
    make_noise(0.0);
    correlate(in, corr);
    whitener_init(&f, (const float(*)[2])corr);
    assert_true(f.idle);
    assert_true(f.gain == 1.0f);
    whitener_run(&f, (const float(*)[2])in, N, out);
    assert_memory_equal(in, out, sizeof(in));
}

static void senseless_correlations_are_left_alone(void **state)
{
    static const float bad[][WHITEN_ORDER + 1][2] = {
        {{0.0f, 0.0f}},
        {{-1.0f, 0.0f}, {0.5f, 0.0f}},
        {{1.0f, 0.0f}, {1.5f, 0.0f}, {1.0f, 0.0f}},
        {{NAN, 0.0f}, {0.5f, 0.0f}},
        {{1.0f, 0.0f}, {NAN, 0.0f}},
        {{INFINITY, 0.0f}, {1.0f, 0.0f}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct whitener f;
        whitener_init(&f, bad[i]);
        assert_true(f.idle);
        assert_true(f.w[0][0] == 1.0f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coloured_noise_comes_out_white),
        cmocka_unit_test(white_noise_is_left_alone),
        cmocka_unit_test(senseless_correlations_are_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

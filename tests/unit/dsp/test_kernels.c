/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plain set against sums written here; every other set bit for bit against the plain one. */
#include "unit/gsm/cmocka_all.h"

#include <math.h>
#include <string.h>

#include "dsp/kernels.h"
#include "unit/dsp/gmsk_wave.h"

#define N 1040

static float x[2 * N], g[2 * N];
static uint8_t octets[8 * N];

static int fill(void **state)
{
    uint64_t seed = 1;
    (void)state;
    for (int i = 0; i < 2 * N; i++) {
        x[i] = (float)(wave_uniform(&seed) * 4.0 - 2.0);
        g[i] = (float)(wave_uniform(&seed) - 0.5);
    }
    hex_fill_random(&seed, octets, sizeof(octets));
    return 0;
}

static void the_plain_set_is_always_there_and_the_best_is_the_last(void **state)
{
    const struct kernels *last = NULL;
    (void)state;
    assert_string_equal(kernels_at(0)->name, "plain");
    for (size_t i = 0; kernels_at(i); i++)
        last = kernels_at(i);
    assert_ptr_equal(kernels_get(), last);
    print_message("best set: %s\n", last->name);
}

static void the_plain_set_does_what_its_header_says(void **state)
{
    const struct kernels *k = kernels_at(0);
    const float add[2] = {-0.25f, 0.5f};
    float out[2 * N], table[2 * KERNEL_MIX_RUN], ret[2];
    (void)state;
    k->convert_u8(octets, 100, 0.125f, add, out);
    for (int i = 0; i < 100; i++)
        assert_true(out[i] == (float)octets[i] * 0.125f + add[i & 1]);
    k->convert_s8((const int8_t *)octets, 100, 0.125f, add, out);
    for (int i = 0; i < 100; i++)
        assert_true(out[i] == (float)(int8_t)octets[i] * 0.125f + add[i & 1]);
    double re = 0.0, im = 0.0, sum = 0.0;
    for (int i = 0; i < N; i++) {
        re += (double)x[2 * i] * (double)g[2 * i];
        im += (double)x[2 * i + 1] * (double)g[2 * i + 1];
        sum += (double)x[i];
    }
    k->dot(x, g, N, ret);
    assert_true(fabs(re - (double)ret[0]) < 1e-3 && fabs(im - (double)ret[1]) < 1e-3);
    assert_true(fabs(sum - (double)k->sum(x, N)) < 1e-3);
    for (int i = 0; i < KERNEL_MIX_RUN; i++) {
        double complex z = wave_turn(0.016 * i);
        table[2 * i] = (float)creal(z);
        table[2 * i + 1] = (float)cimag(z);
    }
    memcpy(out, x, sizeof(out));
    k->mix(out, table, 0.6f, -0.8f);
    for (int i = 0; i < KERNEL_MIX_RUN; i++) {
        double complex z =
            wave_complex(x[2 * i], x[2 * i + 1]) * wave_turn(0.016 * i) * wave_complex(0.6, -0.8);
        assert_true(cabs(z - wave_complex(out[2 * i], out[2 * i + 1])) < 1e-5);
    }
    assert_true(out[2 * KERNEL_MIX_RUN] == x[2 * KERNEL_MIX_RUN]);
}

static void power_and_its_peak(void **state)
{
    const struct kernels *k = kernels_at(0);
    float p[N];
    (void)state;
    k->power(x, N, p);
    for (int i = 0; i < N; i++)
        assert_true(fabs((double)p[i] - pow(cabs(wave_complex(x[2 * i], x[2 * i + 1])), 2.0)) <
                    1e-5);
    for (size_t n = 1; n < 100; n++) {
        float most = 0.0f;
        for (size_t i = 0; i < n; i++)
            most = p[i] + p[i + 1] > most ? p[i] + p[i + 1] : most;
        assert_true(k->peak_pair(p, n) == most);
    }
}

static void assert_same(const struct kernels *a, const struct kernels *b, size_t n)
{
    static float out[2][2 * N];
    const float add[2] = {0.1f, -0.7f};
    const struct kernels *set[2] = {a, b};
#define COMPARE(call)                                                                              \
    do {                                                                                           \
        for (size_t s = 0; s < 2; s++) {                                                           \
            const struct kernels *k = set[s];                                                      \
            float *o = out[s];                                                                     \
            memset(o, 0, sizeof(out[s]));                                                          \
            call;                                                                                  \
        }                                                                                          \
        assert_memory_equal(out[0], out[1], sizeof(out[0]));                                       \
    } while (0)
    COMPARE(k->convert_u8(octets, 2 * n, 1.0f / 127.5f, add, o));
    COMPARE(k->convert_s8((const int8_t *)octets, 2 * n, 1.0f / 127.5f, add, o));
    COMPARE(k->convert_s16((const int16_t *)(const void *)octets, 2 * n, 3e-5f, add, o));
    COMPARE(k->convert_f32(x, 2 * n, 0.3f, add, o));
    COMPARE(k->power(x, n, o));
    COMPARE(o[0] = k->sum(x, n));
    COMPARE(o[0] = k->peak_pair(x, n));
    COMPARE(k->dot(x, g, n / 8 * 8, o));
    COMPARE((memcpy(o, x, 4 * KERNEL_MIX_RUN * sizeof(*o)), k->mix(o, g, 0.6f, 0.8f)));
}

static void all_sets_give_the_same_bits(void **state)
{
    (void)state;
    for (size_t i = 1; kernels_at(i); i++)
        for (size_t n = 8; n < N; n += n < 70 ? 1 : 97)
            assert_same(kernels_at(0), kernels_at(i), n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plain_set_is_always_there_and_the_best_is_the_last),
        cmocka_unit_test(the_plain_set_does_what_its_header_says),
        cmocka_unit_test(power_and_its_peak),
        cmocka_unit_test(all_sets_give_the_same_bits),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}

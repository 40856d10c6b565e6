/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plain set against sums written here; every other set bit for bit against the plain one. */
#include "unit/gsm/cmocka_all.h"

#include <math.h>
#include <string.h>

#include "dsp/history.h"
#include "dsp/kernels.h"
#include "unit/dsp/gmsk_wave.h"

#define N 1040

/* Phases of the test filter, and how many symbols are asked of it. */
#define PHASES 5
#define SYMS   40

static float x[2 * N];
static uint8_t octets[8 * N];
static int16_t small[2][N];      /* |values| <= 16320 */
static int16_t taps[PHASES * N]; /* sums stay below 2^31 */

static int fill(void **state)
{
    uint64_t seed = 1;
    (void)state;
    for (int i = 0; i < 2 * N; i++) {
        x[i] = (float)(wave_uniform(&seed) * 4.0 - 2.0);
        small[i & 1][i / 2] = (int16_t)(wave_uniform(&seed) * 2.0 * PLANAR_PEAK - PLANAR_PEAK);
    }
    for (int i = 0; i < PHASES * N; i++)
        taps[i] = (int16_t)(wave_uniform(&seed) * 200.0 - 100.0);
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
    float out[2 * N];
    (void)state;
    k->convert_u8(octets, 100, 0.125f, add, out);
    for (int i = 0; i < 100; i++)
        assert_true(out[i] == (float)octets[i] * 0.125f + add[i & 1]);
    k->convert_s8((const int8_t *)octets, 100, 0.125f, add, out);
    for (int i = 0; i < 100; i++)
        assert_true(out[i] == (float)(int8_t)octets[i] * 0.125f + add[i & 1]);
    memcpy(out, x, sizeof(out));
    k->weigh(out, x + 1, 2 * N - 1);
    for (int i = 0; i < 2 * N - 1; i++)
        assert_true(out[i] == x[i] * x[i + 1]);
}

static void a_product_is_that_of_complex_numbers(void **state)
{
    float re[2 * 64], im[2 * 64], got[2];
    double complex sum = 0.0;
    (void)state;
    for (int i = 0; i < 64; i++) {
        re[2 * i] = re[2 * i + 1] = x[300 + 2 * i];
        im[2 * i] = im[2 * i + 1] = x[301 + 2 * i];
        sum += wave_complex(x[2 * i], x[2 * i + 1]) * wave_complex(x[300 + 2 * i], x[301 + 2 * i]);
    }
    kernels_at(0)->product(x, re, im, 64, got);
    assert_true(cabs(wave_complex(got[0], got[1]) - sum) < 1e-4);
}

/* Flat but for one pair, and a slope beside it that counts on one side only. */
static void a_tone_stands_out_of_the_quieter_side(void **state)
{
    enum { BINS = 80, AT = 41 };
    float power[BINS + 16], side[BINS + 16], excess[BINS + 16];
    (void)state;
    for (int loud = 0; loud < 2; loud++) {
        for (int k = 0; k < BINS + 16; k++)
            power[k] = k > AT + 1 && loud ? 100.0f : 1.0f;
        power[AT] = 9.0f;
        power[AT + 1] = 8.0f;
        /* 17 of 17 + 2 * 12 are 0.415 */
        kernels_at(0)->stand_out(power, BINS, 0.41f, side, excess);
        assert_true(fabsf(side[20] - 12.0f) < 1e-4f);
        for (int k = KERNEL_SIDE; k < (loud ? AT + 1 : BINS); k++)
            assert_true((excess[k] > 0.0f) == (k == AT));
        kernels_at(0)->stand_out(power, BINS, 0.42f, side, excess);
        assert_true(excess[AT] < 0.0f);
    }
}

/* Against the definition: 1/32768 of a product to the nearest. */
static int nearest15(int a, int b)
{
    return (int)floor((double)a * b / 32768.0 + 0.5);
}

static void mixing_turns_every_sample(void **state)
{
    const struct kernels *k = kernels_at(0);
    int16_t re[2 * KERNEL_MIX_RUN], im[2 * KERNEL_MIX_RUN], table[2][KERNEL_MIX_RUN];
    int16_t base[2][2] = {{32767, 0}, {19660, -26214}}; /* 1, and 0.6 - 0.8j */
    (void)state;
    for (int i = 0; i < KERNEL_MIX_RUN; i++) {
        double complex z = wave_turn(0.016 * i);
        table[0][i] = (int16_t)lrint(creal(z) * 32767.0);
        table[1][i] = (int16_t)lrint(cimag(z) * 32767.0);
    }
    memcpy(re, small[0], sizeof(re));
    memcpy(im, small[1], sizeof(im));
    k->mix(re, im, (const int16_t(*)[KERNEL_MIX_RUN])table, (const int16_t(*)[2])base, 2);
    for (int i = 0; i < 2 * KERNEL_MIX_RUN; i++) {
        double complex by = wave_turn(0.016 * (i % KERNEL_MIX_RUN));
        double complex z = wave_complex(small[0][i], small[1][i]) * by *
                           (i < KERNEL_MIX_RUN ? 1.0 : wave_complex(0.6, -0.8));
        assert_true(cabs(z - wave_complex(re[i], im[i])) < 3.5);
    }
    int tr = table[0][3], ti = table[1][3], br = base[1][0], bi = base[1][1];
    int c = nearest15(tr, br) - nearest15(ti, bi), s = nearest15(tr, bi) + nearest15(ti, br);
    int at = KERNEL_MIX_RUN + 3;
    assert_int_equal(re[at], nearest15(small[0][at], c) - nearest15(small[1][at], s));
    assert_int_equal(im[at], nearest15(small[0][at], s) + nearest15(small[1][at], c));
}

static void a_filter_takes_the_phase_below_each_place(void **state)
{
    const struct kernel_taps g = {taps, 48, PHASES};
    int32_t out[SYMS][2];
    (void)state;
    kernels_at(0)->filter(small[0], small[1], &g, 1234567890u, 9876543210u, SYMS, out);
    for (int i = 0; i < SYMS; i++) {
        double at = (1234567890.0 + 9876543210.0 * i) / 4294967296.0;
        int lead = (int)at, phase = (int)((at - lead) * PHASES);
        int64_t re = 0, im = 0;
        for (int j = 0; j < 48; j++) {
            re += small[0][lead + j] * taps[phase * 48 + j];
            im += small[1][lead + j] * taps[phase * 48 + j];
        }
        assert_int_equal(out[i][0], re);
        assert_int_equal(out[i][1], im);
    }
}

/* No sum of 32 bits runs over where every sample and tap is as large as allowed. */
static void the_loudest_samples_do_not_run_over(void **state)
{
    static int16_t loud[N], tap[1024];
    const struct kernel_taps g = {tap, 1024, 1};
    (void)state;
    for (int i = 0; i < N; i++)
        loud[i] = i % 2 ? 23000 : -23000;
    for (int i = 0; i < 1024; i++)
        tap[i] = i % 2 ? 91 : -91; /* 1024 * 91 * 23000 = 2^31 - 4e6 */
    for (size_t i = 0; kernels_at(i); i++) {
        int32_t out[1][2];
        kernels_at(i)->filter(loud, loud, &g, 0, 0, 1, out);
        assert_int_equal(out[0][0], 1024 * 91 * 23000);
        assert_int_equal(out[0][1], 1024 * 91 * 23000);
    }
}

/* Sums and planar forms against long-hand ones, for all formats and lengths. */
static void planar_values_are_rounded_to_the_nearest(void **state)
{
    const struct kernels *k = kernels_at(0);
    const int16_t whole[2] = {-7000, -8000};
    const float part[2] = {0.3f, -100.7f};
    static int16_t re[N], im[N];
    (void)state;
    k->planar_u8(octets, N, 6, whole, re, im);
    for (int i = 0; i < N; i++) {
        assert_int_equal(re[i], octets[2 * i] * 64 - 7000);
        assert_int_equal(im[i], octets[2 * i + 1] * 64 - 8000);
    }
    k->planar_s8((const int8_t *)octets, N, 5, whole, re, im);
    for (int i = 0; i < N; i++) {
        assert_int_equal(re[i], (int8_t)octets[2 * i] * 32 - 7000);
        assert_int_equal(im[i], (int8_t)octets[2 * i + 1] * 32 - 8000);
    }
    k->planar_s16(small[0], N / 2 - 3, 0.125f, part, re, im);
    for (int i = 0; i < N / 2 - 3; i++) {
        assert_int_equal(re[i], lrintf((float)small[0][2 * i] * 0.125f + part[0]));
        assert_int_equal(im[i], lrintf((float)small[0][2 * i + 1] * 0.125f + part[1]));
    }
    k->planar_f32(x, N - 3, 1000.0f, part, re, im);
    for (int i = 0; i < N - 3; i++) {
        assert_int_equal(re[i], lrintf(x[2 * i] * 1000.0f + part[0]));
        assert_int_equal(im[i], lrintf(x[2 * i + 1] * 1000.0f + part[1]));
    }
}

static void sums_are_exact_for_whole_numbers(void **state)
{
    const struct kernels *k = kernels_at(0);
    (void)state;
    for (size_t n = 1; n < N; n += 37) {
        struct kernel_sums u, s;
        double sum[2][4] = {{0}};
        for (size_t i = 0; i < n; i++) {
            int a = octets[2 * i], b = octets[2 * i + 1], c = (int8_t)a, d = (int8_t)b;
            double add[2][4] = {
                {a, b, a * a + b * b, a == 0 || a == 255 || b == 0 || b == 255},
                {c, d, c * c + d * d, c == -128 || c == 127 || d == -128 || d == 127}};
            for (int j = 0; j < 8; j++)
                sum[j / 4][j % 4] += add[j / 4][j % 4];
        }
        k->sum_u8(octets, n, &u);
        k->sum_s8((const int8_t *)octets, n, &s);
        assert_true(u.i == sum[0][0] && u.q == sum[0][1] && u.power == sum[0][2]);
        assert_int_equal(u.n_clipped, (uint64_t)sum[0][3]);
        assert_true(s.i == sum[1][0] && s.q == sum[1][1] && s.power == sum[1][2]);
        assert_int_equal(s.n_clipped, (uint64_t)sum[1][3]);
    }
}

static void sums_of_16_bits_and_floats_know_their_peak(void **state)
{
    static const int16_t loud[] = {-32768, -32768, 32767, 3, 100, -200, 32767, -32768};
    const float f[] = {0.5f, -3.0f, 1.0f, 2.0f, -0.25f, 0.0f, 1.5f, 0.5f, 0.5f, -0.5f};
    struct kernel_sums s;
    (void)state;
    kernels_at(0)->sum_s16(loud, 4, &s);
    assert_true(s.i == -32768.0 + 32767.0 + 100.0 + 32767.0);
    assert_true(s.power == 3.0 * 32768.0 * 32768.0 + 2.0 * 32767.0 * 32767.0 + 9.0 + 50000.0);
    assert_true(s.peak == 32768.0);
    assert_int_equal(s.n_clipped, 3);
    kernels_at(0)->sum_f32(f, 5, &s);
    assert_true(s.i == 3.25 && s.q == -1.0 && s.peak == 3.0);
    assert_true(s.power == 0.25 + 9.0 + 1.0 + 4.0 + 0.0625 + 2.25 + 0.25 + 0.5);
    assert_true(kernels_at(0)->all_below(f, 10, 3.01f));
    assert_false(kernels_at(0)->all_below(f, 10, 3.0f));
    const float bad[] = {1.0f, (float)NAN, 0, 0, 0, 0, 0, 0, 0, 0};
    assert_false(kernels_at(0)->all_below(bad, 10, 3.0f));
    assert_false(kernels_at(0)->all_below(bad + 1, 1, 3.0f));
}

static void power_is_the_square(void **state)
{
    const struct kernels *k = kernels_at(0);
    float p[N];
    (void)state;
    k->power(x, N, p);
    for (int i = 0; i < N; i++)
        assert_true(fabs((double)p[i] - pow(cabs(wave_complex(x[2 * i], x[2 * i + 1])), 2.0)) <
                    1e-5);
}

static void assert_same_sums(const struct kernels *a, const struct kernels *b, size_t n)
{
    struct kernel_sums sum[2][4];
    const struct kernels *set[2] = {a, b};
    memset(sum, 0, sizeof(sum));
    for (size_t s = 0; s < 2; s++) {
        set[s]->sum_u8(octets, n, &sum[s][0]);
        set[s]->sum_s8((const int8_t *)octets, n, &sum[s][1]);
        set[s]->sum_s16((const int16_t *)(const void *)octets, n, &sum[s][2]);
        set[s]->sum_f32(x, n, &sum[s][3]);
    }
    assert_memory_equal(sum[0], sum[1], sizeof(sum[0]));
    assert_int_equal(a->all_below(x, n, 1.9f), b->all_below(x, n, 1.9f));
}

static void assert_same_whole(const struct kernels *a, const struct kernels *b, size_t n)
{
    static int16_t out[2][8][N];
    int16_t table[2][KERNEL_MIX_RUN];
    int32_t sum[2][SYMS][2];
    const int16_t whole[2] = {-5000, -7000}, base[2][2] = {{32767, -5}, {-19660, 26214}};
    const float part[2] = {0.1f, -0.7f};
    const struct kernels *set[2] = {a, b};
    const struct kernel_taps g = {taps, n / KERNEL_TAPS_STEP * KERNEL_TAPS_STEP, PHASES};
    memset(out, 0, sizeof(out));
    memcpy(table[0], small[1], sizeof(table[0]));
    memcpy(table[1], small[0] + 7, sizeof(table[1]));
    for (size_t s = 0; s < 2; s++) {
        const struct kernels *k = set[s];
        k->planar_u8(octets, n, 6, whole, out[s][0], out[s][1]);
        k->planar_s8((const int8_t *)octets, n, 6, whole, out[s][2], out[s][3]);
        k->planar_s16((const int16_t *)(const void *)octets, n, 0.49f, part, out[s][4], out[s][5]);
        k->planar_f32(x, n, 8000.0f, part, out[s][6], out[s][7]);
        k->mix(out[s][0], out[s][1], (const int16_t(*)[KERNEL_MIX_RUN])table, base, 2);
        k->filter(small[0], small[1], &g, 77u, 3111222333u, n < 900 ? SYMS : 1, sum[s]);
    }
    assert_memory_equal(out[0], out[1], sizeof(out[0]));
    assert_memory_equal(sum[0], sum[1], sizeof(sum[0][0]) * (n < 900 ? SYMS : 1));
}

static void assert_same(const struct kernels *a, const struct kernels *b, size_t n)
{
    static float out[2][2 * N], side[2][2 * N];
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
    COMPARE((memcpy(o, x, sizeof(x)), k->weigh(o, x + 1, 2 * n - 1)));
    COMPARE(k->product(x, x + 5, x + 3, n / 16 * 8, o));
    COMPARE(k->stand_out(x, n > 40 ? n - 30 : 10, 0.4f, side[s], o));
    assert_same_sums(a, b, n);
    assert_same_whole(a, b, n);
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
        cmocka_unit_test(mixing_turns_every_sample),
        cmocka_unit_test(a_filter_takes_the_phase_below_each_place),
        cmocka_unit_test(the_loudest_samples_do_not_run_over),
        cmocka_unit_test(planar_values_are_rounded_to_the_nearest),
        cmocka_unit_test(sums_are_exact_for_whole_numbers),
        cmocka_unit_test(sums_of_16_bits_and_floats_know_their_peak),
        cmocka_unit_test(power_is_the_square),
        cmocka_unit_test(a_product_is_that_of_complex_numbers),
        cmocka_unit_test(a_tone_stands_out_of_the_quieter_side),
        cmocka_unit_test(all_sets_give_the_same_bits),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}

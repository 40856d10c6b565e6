/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "unit/dsp/gmsk_wave.h"

#define BLOCK 500

/* n_blocks blocks of random octets around their middle; the first octet of sample k is known. */
static struct history *random_octets(uint8_t *data, int n_blocks, size_t cap)
{
    struct history *h = NULL;
    uint64_t seed = 4;
    hex_fill_random(&seed, data, (size_t)n_blocks * BLOCK * 2);
    assert_int_equal(history_create(&h, IQ_CU8, BLOCK, cap), 0);
    for (int b = 0; b < n_blocks; b++)
        history_push(h, data + b * BLOCK * 2, BLOCK);
    return h;
}

static void values_are_full_scale_without_their_mean(void **state)
{
    static uint8_t data[2 * BLOCK];
    struct history *h = random_octets(data, 1, BLOCK);
    static float x[2 * BLOCK];
    double mean[2] = {0.0, 0.0};
    (void)state;
    for (int i = 0; i < 2 * BLOCK; i++)
        mean[i & 1] += data[i] / (double)BLOCK;
    history_read(h, 0, BLOCK, x);
    for (int i = 0; i < 2 * BLOCK; i++)
        assert_true(fabs((double)x[i] - (data[i] - mean[i & 1]) / 127.5) < 1e-5);
    history_destroy(h);
}

static void any_split_of_a_read_gives_the_same_values(void **state)
{
    static uint8_t data[2 * 6 * BLOCK];
    static float whole[2 * 6 * BLOCK], parts[2 * 6 * BLOCK];
    struct history *h = random_octets(data, 6, 6 * BLOCK);
    (void)state;
    history_read(h, 0, 6 * BLOCK, whole);
    for (size_t step = 1; step < 1300; step = step * 3 + 1) {
        for (size_t at = 0; at < 6 * BLOCK; at += step) {
            size_t n = 6 * BLOCK - at < step ? 6 * BLOCK - at : step;
            history_read(h, (int64_t)at, n, parts + 2 * at);
        }
        assert_memory_equal(whole, parts, sizeof(whole));
    }
    history_destroy(h);
}

static void what_is_not_kept_reads_as_zero(void **state)
{
    static uint8_t data[2 * 2 * BLOCK];
    float x[2 * 40];
    struct history *h = random_octets(data, 2, 2 * BLOCK);
    (void)state;
    history_read(h, -20, 40, x);
    for (int i = 0; i < 40; i++)
        assert_true(x[i] == 0.0f);
    assert_true(x[40] != 0.0f || x[41] != 0.0f);
    history_read(h, 2 * BLOCK - 20, 40, x);
    for (int i = 40; i < 80; i++)
        assert_true(x[i] == 0.0f);
    history_read(h, -1000000, 40, x);
    for (int i = 0; i < 80; i++)
        assert_true(x[i] == 0.0f);
    history_destroy(h);
}

/* A ring of three blocks: after ten of them the newest are there, as they were pushed. */
static void old_blocks_give_way(void **state)
{
    static uint8_t data[2 * 10 * BLOCK];
    static float x[2 * BLOCK], one[2 * BLOCK];
    struct history *h = random_octets(data, 10, 2 * BLOCK), *alone = NULL;
    (void)state;
    assert_int_equal(history_end(h), 10 * BLOCK);
    uint64_t first = history_first(h);
    assert_true(first <= 8 * BLOCK && first >= 6 * BLOCK);
    for (uint64_t b = first / BLOCK; b < 10; b++) {
        assert_int_equal(history_create(&alone, IQ_CU8, BLOCK, BLOCK), 0);
        history_push(alone, data + b * BLOCK * 2, BLOCK);
        history_read(h, (int64_t)b * BLOCK, BLOCK, x);
        history_read(alone, 0, BLOCK, one);
        assert_memory_equal(x, one, sizeof(x));
        history_destroy(alone);
    }
    history_read(h, (int64_t)first - BLOCK, BLOCK, x);
    for (int i = 0; i < 2 * BLOCK; i++)
        assert_true(x[i] == 0.0f);
    history_destroy(h);
}

static void what_is_no_number_becomes_zero_and_is_counted(void **state)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY, 1e30f, -2e6f, 3e38f};
    struct history *h = NULL;
    struct history_stats stats;
    float x[2 * BLOCK], out[2 * BLOCK];
    (void)state;
    for (int i = 0; i < 2 * BLOCK; i++)
        x[i] = i & 2 ? 0.5f : -0.5f;
    for (int i = 0; i < 6; i++)
        x[8 * i + (i & 1)] = bad[i]; /* in either component */
    assert_int_equal(history_create(&h, IQ_CF32, BLOCK, BLOCK), 0);
    history_push(h, x, BLOCK);
    history_get_stats(h, &stats);
    assert_int_equal(stats.n_bad, 6);
    assert_int_equal(stats.n_clipped, 0);
    assert_true(fabs(stats.power - 0.5 * (BLOCK - 6) / BLOCK) < 1e-9);
    history_read(h, 0, BLOCK, out);
    for (int i = 0; i < 2 * BLOCK; i++)
        assert_true(fabsf(out[i]) < 0.52f);
    assert_true(fabsf(out[0]) < 0.02f && fabsf(out[1]) < 0.02f);
    history_destroy(h);
}

static void clipped_samples_are_counted_in_every_integer_format(void **state)
{
    static const uint8_t u8[] = {0, 128, 255, 255, 1, 254, 128, 0};
    static const int8_t s8[] = {-128, 5, 127, 127, -127, 126, 0, -128};
    static const int16_t s16[] = {-32768, 5, 32767, 1, -32767, 32766, 0, 32767};
    const void *data[] = {u8, s8, s16};
    static const enum iq_format format[] = {IQ_CU8, IQ_CS8, IQ_CS16};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct history *h = NULL;
        struct history_stats stats;
        assert_int_equal(history_create(&h, format[i], 4, 16), 0);
        history_push(h, data[i], 4);
        history_get_stats(h, &stats);
        assert_int_equal(stats.n_clipped, 3);
        assert_int_equal(stats.n_bad, 0);
        history_destroy(h);
    }
}

/* The mean is taken out block by block; power counts it. */
static void a_constant_vanishes_but_for_its_power(void **state)
{
    uint8_t data[2 * BLOCK];
    float x[2 * BLOCK];
    struct history *h = NULL;
    struct history_stats stats;
    (void)state;
    memset(data, 191, sizeof(data));
    assert_int_equal(history_create(&h, IQ_CU8, BLOCK, BLOCK), 0);
    history_push(h, data, BLOCK);
    history_push(h, data, 10); /* a short last one */
    history_get_stats(h, &stats);
    assert_true(fabs(stats.power - 2.0 * pow(63.5 / 127.5, 2.0)) < 1e-6);
    history_read(h, 15, BLOCK, x);
    for (int i = 0; i < 2 * (BLOCK - 5); i++)
        assert_true(fabsf(x[i]) < 1e-6f);
    assert_int_equal(history_end(h), BLOCK + 10);
    history_destroy(h);
}

/* Every format, quiet and loud, with two blocks of different level in one stretch. */
static void planar_values_are_those_of_a_read(void **state)
{
    static uint8_t data[2 * 2 * BLOCK * 4];
    static float x[2 * 2 * BLOCK];
    static int16_t re[2 * BLOCK], im[2 * BLOCK];
    static const enum iq_format format[] = {IQ_CU8, IQ_CS8, IQ_CS16, IQ_CF32};
    uint64_t seed = 12;
    (void)state;
    hex_fill_random(&seed, data, sizeof(data));
    for (size_t i = 0; i < 8; i++) {
        struct history *h = NULL;
        double loud = 0.0;
        bool quiet = i % 2;
        if (format[i / 2] == IQ_CS16)
            for (int k = 0; k < 4 * BLOCK; k++)
                ((int16_t *)(void *)data)[k] =
                    (int16_t)((k * 7919 % 65536 - 32768) >> (quiet * 12));
        if (format[i / 2] == IQ_CF32)
            for (int k = 0; k < 4 * BLOCK; k++)
                ((float *)(void *)data)[k] =
                    (float)(k * 7919 % 65536 - 32768) * (quiet           ? 1e-9f
                                                         : k < 2 * BLOCK ? 20.f
                                                                         : 1.f);
        assert_int_equal(history_create(&h, format[i / 2], BLOCK, 2 * BLOCK), 0);
        for (size_t b = 0; b < 2; b++)
            history_push(h, data + b * BLOCK * iq_format_oct(format[i / 2]), BLOCK);
        for (int drop = 0; drop < 3; drop++) {
            history_read(h, -5, 2 * BLOCK, x);
            double step = (double)history_read_planar(h, -5, 2 * BLOCK, drop, re, im);
            for (int k = 0; k < 2 * BLOCK; k++) {
                assert_true(abs(re[k]) <= PLANAR_PEAK >> drop && abs(im[k]) <= PLANAR_PEAK >> drop);
                assert_true(fabs(re[k] * step - (double)x[2 * k]) <= 0.502 * step);
                assert_true(fabs(im[k] * step - (double)x[2 * k + 1]) <= 0.502 * step);
                loud = fmax(loud, fabs((double)x[2 * k]));
            }
            double finest = format[i / 2] == IQ_CS16 ? 1.0 / 64.0 / 32767.0 : 0.0;
            assert_true(step < fmax(loud * 3e-4, finest) * (1 << drop));
        }
        history_destroy(h);
    }
}

static void pieces_make_the_same_blocks(void **state)
{
    static uint8_t data[2 * 10 * BLOCK];
    static float x[2 * 2 * BLOCK], y[2 * 2 * BLOCK];
    struct history *h = random_octets(data, 10, 2 * BLOCK), *p = NULL;
    size_t room, step = 1, at = 0;
    (void)state;
    assert_int_equal(history_create(&p, IQ_CU8, BLOCK, 2 * BLOCK), 0);
    while (at < 10 * BLOCK) {
        void *space = history_space(p, &room);
        size_t n = step < room ? step : room;
        memcpy(space, data + 2 * at, 2 * n);
        history_put(p, n);
        at += n;
        step = step * 5 % 617 + 1;
        assert_int_equal(history_n_put(p), at - history_end(p));
        assert_true(at - history_first(p) <= 3 * BLOCK); /* what is overwritten is not offered */
        if (n == room)
            history_end_block(p);
    }
    assert_int_equal(history_end(p), 10 * BLOCK);
    history_read(h, 8 * BLOCK, 2 * BLOCK, x);
    history_read(p, 8 * BLOCK, 2 * BLOCK, y);
    assert_memory_equal(x, y, sizeof(x));
    history_destroy(h);
    history_destroy(p);
}

static void senseless_sizes_are_refused(void **state)
{
    struct history *h = NULL;
    (void)state;
    assert_int_equal(history_create(&h, IQ_FORMAT_UNKNOWN, 10, 10), -EINVAL);
    assert_int_equal(history_create(&h, IQ_CU8, 0, 10), -EINVAL);
    assert_int_equal(history_create(&h, IQ_CU8, 10, 0), -EINVAL);
    assert_null(h);
    history_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_full_scale_without_their_mean),
        cmocka_unit_test(any_split_of_a_read_gives_the_same_values),
        cmocka_unit_test(what_is_not_kept_reads_as_zero),
        cmocka_unit_test(old_blocks_give_way),
        cmocka_unit_test(what_is_no_number_becomes_zero_and_is_counted),
        cmocka_unit_test(clipped_samples_are_counted_in_every_integer_format),
        cmocka_unit_test(a_constant_vanishes_but_for_its_power),
        cmocka_unit_test(planar_values_are_those_of_a_read),
        cmocka_unit_test(pieces_make_the_same_blocks),
        cmocka_unit_test(senseless_sizes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

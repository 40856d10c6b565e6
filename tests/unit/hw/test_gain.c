/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is measured to choose the gain, and the choice. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../hw/gain_choice.h"
#include "../../../hw/iq_level.h"
#include "hw/tuner.h"

#define N_SAMP 16384

static uint8_t iq[2 * N_SAMP];
static uint32_t random_state = 1;

static double uniform(void)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (double)(random_state >> 8) / 8388608.0 - 1.0;
}

/* Noise of sigma a component, and a carrier of amplitude a at a part of the rate. */
static void make(double sigma, double a, double turns_per_samp)
{
    for (int i = 0; i < 2 * N_SAMP; i++) {
        double noise = uniform() + uniform() + uniform() + uniform();
        double phase = 6.283185307179586 * turns_per_samp * (i / 2);
        double v = 127.5 + sigma * noise / 1.1547 + a * (i % 2 ? sin(phase) : cos(phase));
        iq[i] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v + 0.5);
    }
}

static void the_floor_is_that_of_the_noise_beside_a_carrier(void **state)
{
    (void)state;
    make(3, 0, 0);
    double noise = iq_level_floor_cu8(iq, N_SAMP);
    assert_true(fabs(noise - 18.2) <
                3); /* 2 sigma^2 and the grid's 1/6, less the luck of the least */
    make(3, 100, 0.2);
    assert_true(fabs(iq_level_floor_cu8(iq, N_SAMP) - noise) < 2);
    memset(iq, 127, sizeof iq);
    assert_true(iq_level_floor_cu8(iq, N_SAMP) < 1e-6);
    assert_true(fabs(iq_level_floor_cu8(iq, 10)) < 1e-9); /* too short to say */
}

static void levels_are_alike_in_every_format(void **state)
{
    (void)state;
    static int8_t s8[2 * N_SAMP];
    static int16_t s16[2 * N_SAMP];
    static float f32[2 * N_SAMP];
    make(10, 60, 0.1);
    for (int i = 0; i < 2 * N_SAMP; i++) {
        double v = (iq[i] - 127.5) / 127.5;
        s8[i] = (int8_t)lrint(127 * v);
        s16[i] = (int16_t)lrint(32767 * v);
        f32[i] = (float)v;
    }
    const void *data[] = {iq, s8, s16, f32};
    static const enum iq_format format[] = {IQ_CU8, IQ_CS8, IQ_CS16, IQ_CF32};
    for (int i = 0; i < 4; i++) {
        struct iq_level l = {0};
        iq_level_add(&l, data[i], N_SAMP, format[i]);
        assert_int_equal(l.n_samp, N_SAMP);
        assert_int_equal(l.n_clipped, 0);
        double want = (60.0 * 60 + 2 * 100) / (127.5 * 127.5);
        assert_true(fabs(l.power_sum / N_SAMP - want) < 0.03 * want);
    }
    iq[5] = 0;
    iq[6] = 255;
    struct iq_level l = {0};
    iq_level_add(&l, iq, N_SAMP, IQ_CU8);
    assert_int_equal(l.n_clipped, 2);
}

static size_t choose(size_t i, double clipped, double power, double floor)
{
    const struct tuner *t = tuner_find(TUNER_R820T);
    struct gain_measure m = {.clipped_ratio = clipped, .power = power, .floor = floor};
    return gain_choose(t->gains_tenth_db, t->n_gains, i, &m);
}

static void what_clips_goes_down_and_stays_in_the_table(void **state)
{
    (void)state;
    assert_true(choose(15, 0.0011, 3000, 5) < 15);
    assert_int_equal(choose(15, 0.0011, 1000, 5), 14); /* only peaks clip: a step all the same */
    assert_int_equal(choose(15, 0.0009, 1500, 5), 15);
    assert_true(choose(15, 0.3, 12000, 50) < 12); /* much clips: several steps at once */
    assert_int_equal(choose(0, 0.5, 16000, 50), 0);
}

static void what_is_hidden_by_the_grid_goes_up_unless_it_would_clip(void **state)
{
    (void)state;
    assert_true(choose(10, 0, 10, 0.3) > 10);
    assert_int_equal(choose(10, 0, 10, 2), 10);     /* the antenna is heard already */
    assert_int_equal(choose(28, 0, 1, 0.17), 28);   /* the highest */
    assert_int_equal(choose(10, 0, 1400, 0.3), 10); /* a strong carrier leaves no room */
    assert_int_equal(gain_choose(NULL, 0, 3, &(struct gain_measure){.clipped_ratio = 1}), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_floor_is_that_of_the_noise_beside_a_carrier),
        cmocka_unit_test(levels_are_alike_in_every_format),
        cmocka_unit_test(what_clips_goes_down_and_stays_in_the_table),
        cmocka_unit_test(what_is_hidden_by_the_grid_goes_up_unless_it_would_clip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

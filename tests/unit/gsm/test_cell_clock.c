/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <math.h>

#include "gsm/cell_clock.h"
#include "gsm_const.h"
#include "unit/gsm/hex.h"

#define RATE_HZ 1083333.3333333
#define CARRIER 945.2e6

/* A transmitter whose symbols are ppm quicker than its carrier says, and its true places. */
struct truth {
    double samp0, frame_samp, offset_hz;
};

static struct truth truth_of(double carrier_ppm, double clock_ppm)
{
    return (struct truth){5000.25, RATE_HZ * GSM_FRAME_S * (1.0 - clock_ppm * 1e-6),
                          carrier_ppm * 1e-6 * CARRIER};
}

static void start(struct cell_clock *c, const struct truth *t, uint32_t fn, double late_samp,
                  double off_hz)
{
    struct burst_place place = {t->samp0 + late_samp, t->frame_samp / GSM_FRAME_SYM,
                                t->offset_hz + off_hz};
    cell_clock_init(c, RATE_HZ, fn, &place, CARRIER, 0.0);
}

/* Measured each 10 frames with an error of sigma symbols. */
static void follow(struct cell_clock *c, const struct truth *t, int64_t to, double sigma_sym)
{
    uint64_t seed = 9;
    for (int64_t f = 10; f <= to; f += 10) {
        struct burst_place at = cell_clock_place(c, f);
        double sym = t->frame_samp / GSM_FRAME_SYM;
        double noise = ((double)(hex_random(&seed) % 2001) / 1000.0 - 1.0) * sigma_sym * 1.73;
        double late = (t->samp0 + (double)f * t->frame_samp - at.start_samp) / sym + noise;
        cell_clock_learn(c, f, late, sigma_sym * sigma_sym + 1e-6, t->offset_hz - at.offset_hz,
                         400.0);
    }
}

static void the_carrier_tells_the_clock(void **state)
{
    struct cell_clock c;
    struct truth t = truth_of(27.0, 27.0);
    (void)state;
    start(&c, &t, 100, 0.0, 0.0);
    assert_true(fabs(c.frame_samp / t.frame_samp - 1.0) < 1e-9);
    assert_true(fabs(cell_clock_place(&c, 51).start_samp - t.samp0 - 51.0 * t.frame_samp) < 1e-3);
}

/* 5 ppm between carrier and symbols, a third of a symbol and 250 Hz at the start. */
static void it_converges_when_the_clock_is_wrong(void **state)
{
    struct cell_clock c;
    struct truth t = truth_of(0.0, 5.0);
    (void)state;
    start(&c, &t, 100, 1.3, 250.0);
    follow(&c, &t, 2000, 0.05);
    struct burst_place at = cell_clock_place(&c, 2010);
    double sym = t.frame_samp / GSM_FRAME_SYM;
    assert_true(fabs(at.start_samp - t.samp0 - 2010.0 * t.frame_samp) / sym < 0.05);
    assert_true(fabs(c.frame_samp / t.frame_samp - 1.0) < 0.2e-6);
    assert_true(fabs(at.offset_hz - t.offset_hz) < 3.0);
    assert_true(fabs(at.sym_samp * GSM_FRAME_SYM - c.frame_samp) < 1e-9);
}

static void noise_of_a_weak_cell_is_averaged(void **state)
{
    struct cell_clock c;
    struct truth t = truth_of(1.0, 1.0);
    (void)state;
    start(&c, &t, 100, 0.5, 100.0);
    follow(&c, &t, 4000, 0.5);
    double error = cell_clock_place(&c, 4010).start_samp - t.samp0 - 4010.0 * t.frame_samp;
    assert_true(fabs(error) / (t.frame_samp / GSM_FRAME_SYM) < 0.25);
    assert_true(c.time_var > 0.0 && c.slope_var > 0.0 && c.offset_var > 0.0);
}

static void the_epoch_stays_what_it_was(void **state)
{
    struct cell_clock c;
    struct truth t = truth_of(3.0, 3.0);
    (void)state;
    start(&c, &t, 1, 0.0, 0.0);
    double true_epoch = fmod(1.0 - t.samp0 / t.frame_samp + GSM_HYPERFRAME, GSM_HYPERFRAME);
    assert_true(fabs(cell_clock_epoch(&c) - true_epoch) < 1e-9);
    follow(&c, &t, 3000, 0.02);
    assert_true(fabs(cell_clock_epoch(&c) - true_epoch) < 0.002);
    start(&c, &t, 0, 3.0 * t.frame_samp, 0.0);
    double epoch = cell_clock_epoch(&c);
    assert_true(epoch >= GSM_HYPERFRAME - 5.0 && epoch < GSM_HYPERFRAME);
}

static void frames_and_samples_are_inverse(void **state)
{
    struct cell_clock c;
    struct truth t = truth_of(-8.0, -8.0);
    (void)state;
    start(&c, &t, GSM_HYPERFRAME - 3, 0.0, 0.0);
    for (int64_t f = -500; f <= 500; f += 37)
        assert_true(fabs(cell_clock_frame_at(&c, cell_clock_place(&c, f).start_samp) - (double)f) <
                    1e-9);
    assert_int_equal(cell_clock_fn(&c, 5), 2);
    assert_int_equal(cell_clock_fn(&c, -1), GSM_HYPERFRAME - 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_carrier_tells_the_clock),
        cmocka_unit_test(it_converges_when_the_clock_is_wrong),
        cmocka_unit_test(noise_of_a_weak_cell_is_averaged),
        cmocka_unit_test(the_epoch_stays_what_it_was),
        cmocka_unit_test(frames_and_samples_are_inverse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

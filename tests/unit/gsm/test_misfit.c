/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tones as a receiver finds them, and what they say of the recording. */
#include "unit/gsm/cmocka_all.h"

#include <math.h>

#include "gsm/mirror.h"
#include "gsm/misfit.h"
#include "gsm_const.h"
#include "unit/gsm/hex.h"

#define RATE_HZ 2.4e6
#define N_MAX   256

static struct tone_run run[N_MAX];
static size_t n_runs;
static struct misfit_stated stated = {RATE_HZ, 945.3e6, 0.0, 76e3, false};

/* FCCH of n multiframes as a recording shows them that was really taken at rate_hz with a crystal
 * ppm off; wobble in symbols, mirrored or not. */
static void hear(int n, double rate_hz, double ppm, double wobble_sym, bool mirrored)
{
    uint64_t seed = 5;
    double tone_hz = 945.2e6 * (1.0 - 1e-6 * ppm) + GSM_FCCH_TONE_HZ - 945.3e6;
    double frame = rate_hz * GSM_FRAME_S * (1.0 + 1e-6 * ppm);
    n_runs = 0;
    for (int k = 0; k < 5 * n; k++) {
        double wobble = (double)(hex_random(&seed) % 2001) / 1000.0 - 1.0;
        run[n_runs++] = (struct tone_run){
            .start_samp =
                777.0 + frame * (51 * (k / 5) + 10 * (k % 5) + wobble * wobble_sym / 1250),
            .n_samp = frame * 148.0 / 1250.0,
            .offset_hz = (mirrored ? -tone_hz : tone_hz) * RATE_HZ / rate_hz,
        };
    }
}

static struct misfit find(void)
{
    return misfit_find(run, n_runs, &stated);
}

static void any_rate_is_named(void **state)
{
    static const double share[] = {0.4, 0.5, 0.9, 0.99, 1.01, 4.0 / 3.0, 2.0, 2.5};
    (void)state;
    for (size_t i = 0; i < sizeof(share) / sizeof(share[0]); i++) {
        hear(6, RATE_HZ * share[i], 0.0, 8.0, false);
        assert_int_equal(find().kind, MISFIT_RATE);
        assert_true(fabs(find().rate_hz / (RATE_HZ * share[i]) - 1.0) < 3e-4);
    }
}

static void what_the_search_reaches_is_no_misfit(void **state)
{
    (void)state;
    for (double ppm = 10.0; ppm < 46.0; ppm += 5.0) {
        hear(6, RATE_HZ, ppm, 4.0, false);
        assert_int_equal(find().kind, MISFIT_NONE);
    }
}

static void a_crystal_far_off_is_named(void **state)
{
    (void)state;
    for (double ppm = -160.0; ppm < 161.0; ppm += 5.0) {
        stated.has_cells = fabs(ppm + 140.0) < 25.0;
        hear(6, RATE_HZ, ppm, 4.0, false);
        if (fabs(ppm) < 86.0)
            continue;
        assert_int_equal(find().kind, MISFIT_CRYSTAL);
        assert_true(fabs(find().ppm - ppm) < 0.1);
    }
    stated.has_cells = false;
}

static void a_mirrored_spectrum_is_told_from_a_crystal(void **state)
{
    (void)state;
    for (double ppm = -40.0; ppm < 41.0; ppm += 5.0) {
        hear(6, RATE_HZ, ppm, 8.0, true);
        assert_int_equal(find().kind, MISFIT_SWAPPED);
    }
}

static void what_does_not_come_like_fcch_says_nothing(void **state)
{
    (void)state;
    n_runs = 0;
    assert_int_equal(find().kind, MISFIT_NONE);
    hear(1, RATE_HZ * 2.0, 0.0, 0.0, false); /* no distance of 11 frames */
    assert_int_equal(find().kind, MISFIT_NONE);
    hear(6, RATE_HZ * 2.0, 0.0, 0.0, false);
    assert_int_equal(find().kind, MISFIT_RATE);
    for (size_t i = 0; i < n_runs; i++)
        run[i].n_samp *= 2.0; /* too long for their distance */
    assert_int_equal(find().kind, MISFIT_NONE);
    hear(6, RATE_HZ * 2.0, 0.0, 0.0, false);
    for (size_t i = 0; i < n_runs; i++)
        run[i].offset_hz += (double)(i % 7) * 11e3; /* not one tone */
    assert_int_equal(find().kind, MISFIT_NONE);
    hear(6, RATE_HZ * 2.0, 0.0, 2000.0, false); /* at no pace */
    assert_int_equal(find().kind, MISFIT_NONE);
    for (size_t i = 0; i < n_runs; i++)
        run[i].start_samp = 100.0 + 20000.0 * (double)i; /* at one pace */
    assert_int_equal(find().kind, MISFIT_NONE);
}

static void put_taps(struct burst_soft *b, double a, double turns)
{
    *b = (struct burst_soft){.es_n0 = 10.0f};
    b->tap[3][0] = 1.0f;
    b->tap[4][0] = (float)(a * cos(2.0 * M_PI * turns));
    b->tap[4][1] = (float)(a * sin(2.0 * M_PI * turns));
}

/* No two rays a symbol apart look like an image, of whatever strength and phase. */
static void two_rays_are_no_image(void **state)
{
    struct burst_soft b;
    struct channel_prior p = {0};
    (void)state;
    for (double a = 0.0; a <= 1.5; a += 0.05) {
        for (double turns = 0.0; turns < 1.0; turns += 0.01) {
            put_taps(&b, a, turns);
            assert_false(mirror_image(&b));
        }
    }
    /* taps of an image at 20 dB: one after the other, rising towards the band's upper edge */
    put_taps(&b, 1.0, 0.0);
    static const float image[][2] = {
        {0.15f, 0.1f}, {0.6f, 0.35f}, {1.0f, 0.0f}, {0.6f, -0.35f}, {0.15f, -0.1f}};
    for (int i = 0; i < 5; i++) {
        b.tap[2 + i][0] = image[i][0];
        b.tap[2 + i][1] = image[i][1];
    }
    bool one_way = mirror_image(&b);
    for (int i = 0; i < 5; i++)
        b.tap[2 + i][1] = -image[i][1];
    assert_true(one_way != mirror_image(&b)); /* the image of the image is none */
    for (int turn = 0; turn < 2; turn++) {
        for (int i = 0; i < CHANNEL_TAPS; i++) {
            for (int k = 0; k < CHANNEL_TAPS; k++) {
                float *c = p.cov[i][k];
                const float *x = b.tap[i], *y = b.tap[k];
                c[0] = x[0] * y[0] + x[1] * y[1];
                c[1] = x[1] * y[0] - x[0] * y[1];
            }
        }
        assert_true(mirror_channel(&p) == mirror_image(&b)); /* both ask the same */
        for (int i = 0; i < CHANNEL_TAPS; i++)
            b.tap[i][1] = -b.tap[i][1];
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_rate_is_named),
        cmocka_unit_test(what_the_search_reaches_is_no_misfit),
        cmocka_unit_test(a_crystal_far_off_is_named),
        cmocka_unit_test(a_mirrored_spectrum_is_told_from_a_crystal),
        cmocka_unit_test(what_does_not_come_like_fcch_says_nothing),
        cmocka_unit_test(two_rays_are_no_image),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

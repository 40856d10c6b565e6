/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <math.h>
#include <string.h>

#include "gsm/wrong_rate.h"
#include "gsm_const.h"
#include "unit/gsm/hex.h"

#define RATE_HZ 2.4e6

static struct wrong_rate w;

/* FCCH of one cell over n multiframes, as a receiver with the stated rate RATE_HZ sees them when
 * the true rate is share times that; places wobble by up to jitter_sym symbols. */
static void hear(size_t channel, int n, double share, double purity, double jitter_sym)
{
    uint64_t seed = channel + 1;
    double frame = RATE_HZ * share * GSM_FRAME_S;
    for (int m = 0; m < n; m++) {
        for (int tenth = 0; tenth < 5; tenth++) {
            double wobble = (double)(hex_random(&seed) % 2001) / 1000.0 - 1.0;
            struct fcch_hit hit = {
                .channel = channel,
                .start_samp = 1000.0 + frame * (51 * m + 10 * tenth + wobble * jitter_sym / 1250.0),
                .purity = purity,
            };
            wrong_rate_push(&w, &hit, RATE_HZ);
        }
    }
}

static void a_rate_one_percent_off_is_named(void **state)
{
    static const double share[] = {0.97, 0.99, 1.01, 1.0239, 1.04};
    (void)state;
    for (size_t i = 0; i < sizeof(share) / sizeof(share[0]); i++) {
        memset(&w, 0, sizeof(w));
        hear(3, 4, share[i], 0.8, 4.0);
        assert_true(fabs(wrong_rate_find(&w, RATE_HZ, false) / (RATE_HZ * share[i]) - 1.0) < 5e-4);
    }
}

static void honest_distances_say_nothing(void **state)
{
    static const double share[] = {1.0, 1.0001, 0.9999};
    (void)state;
    for (size_t i = 0; i < sizeof(share) / sizeof(share[0]); i++) {
        memset(&w, 0, sizeof(w));
        hear(3, 10, share[i], 0.8, 8.0);
        hear(4, 10, share[i], 0.8, 8.0);
        assert_true(wrong_rate_find(&w, RATE_HZ, false) == 0.0);
    }
}

/* Cells that drift away one after the other leave no doubt that something is wrong. */
static void a_smaller_error_counts_when_cells_are_lost(void **state)
{
    (void)state;
    memset(&w, 0, sizeof(w));
    for (size_t c = 0; c < 4; c++)
        hear(c, 10, 1.0003, 0.8, 1.0);
    assert_true(wrong_rate_find(&w, RATE_HZ, false) == 0.0);
    assert_true(fabs(wrong_rate_find(&w, RATE_HZ, true) / (RATE_HZ * 1.0003) - 1.0) < 1e-4);
}

static void faint_tones_and_few_of_them_do_not_count(void **state)
{
    (void)state;
    memset(&w, 0, sizeof(w));
    assert_true(wrong_rate_find(&w, RATE_HZ, false) == 0.0);
    hear(3, 10, 1.01, 0.3, 1.0);
    assert_int_equal(w.n, 0);
    hear(3, 1, 1.01, 0.8, 1.0); /* five tones, four distances of which all agree */
    assert_int_equal(w.n, 4);
    memset(&w, 0, sizeof(w));
    for (size_t c = 0; c < 3; c++)
        hear(c, 1, 1.01, 0.8, 1.0);
    assert_true(wrong_rate_find(&w, RATE_HZ, false) == 0.0); /* no distance of 11 frames */
    hear(4, 2, 1.01, 0.8, 1.0);
    assert_true(wrong_rate_find(&w, RATE_HZ, false) > 0.0);
    memset(&w, 0, sizeof(w));
    struct fcch_hit hit = {.channel = WRONG_RATE_CHANNELS, .start_samp = 1.0, .purity = 0.9};
    wrong_rate_push(&w, &hit, RATE_HZ); /* beyond the table */
    assert_int_equal(w.n, 0);
}

static void tones_at_random_do_not_agree(void **state)
{
    uint64_t seed = 77;
    double at = 1000.0;
    (void)state;
    memset(&w, 0, sizeof(w));
    for (int i = 0; i < 1000; i++) {
        struct fcch_hit hit = {.channel = 1, .start_samp = at, .purity = 0.9};
        wrong_rate_push(&w, &hit, RATE_HZ);
        at += RATE_HZ * GSM_FRAME_S * (9.0 + (double)(hex_random(&seed) % 1000) / 500.0);
    }
    assert_true(w.n > 20 && w.n <= WRONG_RATE_SAMPLES);
    assert_true(wrong_rate_find(&w, RATE_HZ, false) == 0.0);
}

/* A tone that is keyed every 46 ms, all equal: at another rate that would be 10 frames. */
static void a_tone_at_one_pace_is_no_cell(void **state)
{
    (void)state;
    memset(&w, 0, sizeof(w));
    for (int i = 0; i < 60; i++) {
        struct fcch_hit hit = {
            .channel = 2, .start_samp = 1000.0 + 0.046 * RATE_HZ * i, .purity = 0.9};
        wrong_rate_push(&w, &hit, RATE_HZ);
    }
    assert_int_equal(w.n, 59);
    assert_true(wrong_rate_find(&w, RATE_HZ, false) == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rate_one_percent_off_is_named),
        cmocka_unit_test(honest_distances_say_nothing),
        cmocka_unit_test(a_smaller_error_counts_when_cells_are_lost),
        cmocka_unit_test(faint_tones_and_few_of_them_do_not_count),
        cmocka_unit_test(tones_at_random_do_not_agree),
        cmocka_unit_test(a_tone_at_one_pace_is_no_cell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

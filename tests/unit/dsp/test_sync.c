/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <math.h>

#include "dsp/sync.h"
#include "unit/dsp/gmsk_wave.h"

#define SPS     4.0
#define RATE_HZ (SPS * GSM_SYMBOL_RATE_HZ)
#define N_SAMP  2600
#define START   900.0

static double complex x[N_SAMP];

static void send(enum burst_kind kind, double es_n0_db, double carrier_hz, double start,
                 uint64_t seed)
{
    uint8_t bits[GSM_BURST_BITS];
    double sigma = sqrt(SPS * pow(10.0, -es_n0_db / 10.0));
    wave_bits(&seed, kind, 0, bits);
    for (int k = 0; k < N_SAMP; k++)
        x[k] = wave_at(bits, (k - start) / SPS) * wave_turn(carrier_hz / RATE_HZ * k) +
               sigma * wave_noise(&seed);
}

static double find(double late_sym, struct burst_place *ret)
{
    struct burst_filter *f = NULL;
    struct burst_scratch *s = NULL;
    struct history *h = wave_history(x, N_SAMP);
    struct burst_place expected = {START + late_sym * SPS, SPS, 50e3};
    assert_int_equal(burst_filter_create(&f, RATE_HZ), 0);
    assert_int_equal(burst_scratch_create(&s, f), 0);
    double share = sync_find(f, s, h, &expected, ret);
    burst_scratch_destroy(s);
    burst_filter_destroy(f);
    history_destroy(h);
    return share;
}

/* Anywhere within reach, off by up to 400 Hz, at 3 dB: within half a symbol. */
static void an_sch_is_found_within_half_a_symbol(void **state)
{
    double sum2 = 0.0;
    int n = 0;
    (void)state;
    for (double late = -SYNC_REACH_SYM + 1; late < SYNC_REACH_SYM; late += 3.37, n++) {
        struct burst_place at;
        double start = START + (double)(n % 5) * 0.29;
        send(BURST_SYNC, 3.0, 50e3 + 100.0 * (n % 9 - 4), start, (uint64_t)n + 1);
        double share = find(late, &at);
        assert_true(share > 0.2 && share <= 1.0);
        assert_true(fabs(at.start_samp - start) < 0.5 * SPS);
        assert_true(at.offset_hz == 50e3 && at.sym_samp == SPS);
        sum2 += pow((at.start_samp - start) / SPS, 2.0);
    }
    print_message("rms error %.3f symbols\n", sqrt(sum2 / n));
}

/* A carrier of random bits 200 kHz above the SCH and 26 dB stronger: the whitened search finds most
 * of them, the plain one few. */
static void a_louder_neighbour_is_turned_down(void **state)
{
    struct burst_filter *f = NULL;
    struct burst_scratch *s = NULL;
    int n_plain = 0, n_white = 0;
    (void)state;
    assert_int_equal(burst_filter_create(&f, RATE_HZ), 0);
    assert_int_equal(burst_scratch_create(&s, f), 0);
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct burst_place expected = {START + ((double)(seed % 7) - 3.0) * SPS, SPS, 50e3}, at;
        uint64_t other = 1000 + seed;
        uint8_t bits[GSM_BURST_BITS];
        send(BURST_SYNC, 20.0, 50e3, START, seed);
        wave_bits(&other, BURST_NORMAL, 3, bits);
        for (int k = 0; k < N_SAMP; k++)
            x[k] += 20.0 * wave_at(bits, (k - START - 1.7) / SPS) * wave_turn(250e3 / RATE_HZ * k);
        struct history *h = wave_history(x, N_SAMP);
        sync_find(f, s, h, &expected, &at);
        n_plain += fabs(at.start_samp - START) < SPS;
        double share = sync_find_white(f, s, h, &expected, &at);
        n_white += share > 0.13 && fabs(at.start_samp - START) < SPS;
        history_destroy(h);
    }
    print_message("+26 dB beside: %d of 20, whitened %d\n", n_plain, n_white);
    assert_true(n_white >= 18);
    assert_true(n_white > n_plain);
    burst_scratch_destroy(s);
    burst_filter_destroy(f);
}

static void a_clean_sch_is_nearly_all_explained(void **state)
{
    struct burst_place at;
    (void)state;
    send(BURST_SYNC, 30.0, 50e3, START, 1);
    assert_true(find(-7.5, &at) > 0.6);
    assert_true(fabs(at.start_samp - START) < 0.25 * SPS);
}

static void noise_and_other_bursts_are_not(void **state)
{
    struct burst_place at;
    double most = 0.0;
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        send(BURST_NORMAL, seed % 2 ? -40.0 : 20.0, 50e3, START, seed);
        most = fmax(most, find(0.0, &at));
        assert_true(fabs(at.start_samp - START) <= (SYNC_REACH_SYM + 1) * SPS);
    }
    print_message("best fit of what is no SCH: %.3f\n", most);
    assert_true(most < 0.35);
}

static void silence_fits_nothing(void **state)
{
    struct burst_place at;
    (void)state;
    for (int k = 0; k < N_SAMP; k++)
        x[k] = 0.0;
    assert_true(find(0.0, &at) == 0.0);
    assert_true(isfinite(at.start_samp));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_sch_is_found_within_half_a_symbol),
        cmocka_unit_test(a_louder_neighbour_is_turned_down),
        cmocka_unit_test(a_clean_sch_is_nearly_all_explained),
        cmocka_unit_test(noise_and_other_bursts_are_not),
        cmocka_unit_test(silence_fits_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

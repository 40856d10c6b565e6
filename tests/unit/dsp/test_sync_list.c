/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "dsp/sync.h"
#include "unit/dsp/gmsk_wave.h"

#define SPS     4.0
#define RATE_HZ (SPS * GSM_SYMBOL_RATE_HZ)
#define N_SAMP  2600
#define START   900.0

static double complex x[N_SAMP];

static void send(double es_n0_db, double carrier_hz, double start, uint64_t seed)
{
    uint8_t bits[GSM_BURST_BITS];
    double sigma = sqrt(SPS * pow(10.0, -es_n0_db / 10.0));
    wave_bits(&seed, BURST_SYNC, 0, bits);
    for (int k = 0; k < N_SAMP; k++)
        x[k] = wave_at(bits, (k - start) / SPS) * wave_turn(carrier_hz / RATE_HZ * k) +
               sigma * wave_noise(&seed);
}

/* Two on one carrier: the stronger one comes first, the other is listed as well. */
static void the_weaker_of_two_is_listed(void **state)
{
    static double complex first[N_SAMP];
    struct burst_filter *f = NULL;
    struct burst_scratch *s = NULL;
    struct sync_peak peak[4];
    struct burst_place expected = {START, SPS, 50e3}, best;
    int n_weaker = 0;
    (void)state;
    assert_int_equal(burst_filter_create(&f, RATE_HZ), 0);
    assert_int_equal(burst_scratch_create(&s, f), 0);
    for (uint64_t seed = 1; seed <= 20; seed++) {
        send(20.0, 50e3, START - 3.0 * SPS, seed);
        memcpy(first, x, sizeof(x));
        send(20.0, 50e3, START + 8.5 * SPS, seed + 50);
        for (int k = 0; k < N_SAMP; k++)
            x[k] = first[k] + 0.6 * x[k] * wave_turn(0.05 * (double)seed);
        struct history *h = wave_history(x, N_SAMP);
        sync_list(f, s, h, &expected, 4, peak);
        double share = sync_find(f, s, h, &expected, &best);
        history_destroy(h);
        assert_true(fabs(peak[0].place.start_samp - START + 3.0 * SPS) < 0.5 * SPS);
        assert_true(peak[0].share == share && peak[0].place.start_samp == best.start_samp);
        bool listed = false;
        for (int k = 1; k < 4; k++) {
            assert_true(peak[k].share < share);
            assert_true(fabs(peak[k].place.start_samp - peak[0].place.start_samp) > SPS);
            listed |= fabs(peak[k].place.start_samp - START - 8.5 * SPS) < 0.6 * SPS;
        }
        n_weaker += listed;
    }
    print_message("the weaker one is listed %d times of 20\n", n_weaker);
    assert_true(n_weaker >= 19);
    burst_scratch_destroy(s);
    burst_filter_destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_weaker_of_two_is_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

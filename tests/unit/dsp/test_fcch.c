/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <errno.h>
#include <math.h>

#include "dsp/fcch.h"
#include "unit/dsp/gmsk_wave.h"

#define RATE_HZ 1083333.3333333
#define SPS     4.0
#define N_SAMP  120000

static double complex x[N_SAMP];
static const double carrier_hz[] = {-200e3, 0.0, 200e3};
static struct fcch_hit hit[64];

/* All hits of the three channels in x. */
static size_t look(int jobs)
{
    struct fcch *f = NULL;
    struct history *h = wave_history(x, N_SAMP);
    assert_int_equal(fcch_create(&f, RATE_HZ, carrier_hz, 3, jobs), 0);
    size_t hops = fcch_scan_begin(f, 0, N_SAMP, FCCH_WEAK);
    assert_true(hops > 100 && hops <= fcch_hops_max(f));
    for (size_t i = 0; i < hops; i += 16)
        fcch_scan_run(f, h, i, 16, (int)(i / 16) % jobs);
    size_t n = fcch_scan_hits(f, hit, 64);
    fcch_destroy(f);
    history_destroy(h);
    return n;
}

static void add_noise(double es_n0_db, uint64_t seed)
{
    double sigma = sqrt(SPS * pow(10.0, -es_n0_db / 10.0));
    for (int k = 0; k < N_SAMP; k++)
        x[k] = sigma * wave_noise(&seed);
}

/* A burst of 148 zeros, which GMSK makes a tone a quarter of the symbol rate high. */
static void add_fcch(double start, double carrier)
{
    static const uint8_t zeros[GSM_BURST_BITS];
    for (int k = (int)start; k < (int)(start + 148.0 * SPS); k++)
        x[k] += wave_at(zeros, (k - start) / SPS) * wave_turn(fmod(carrier / RATE_HZ * k, 1.0));
}

static void a_tone_burst_is_found_where_it_is(void **state)
{
    static const double es_n0_db[] = {30.0, 10.0, 3.0};
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        for (int off = -2; off <= 2; off++) {
            double start = 41234.5 + 777.7 * off, carrier = 20e3 * off + 123.0;
            size_t n_true = 0;
            add_noise(es_n0_db[k], 7 + k);
            add_fcch(start, carrier);
            size_t n = look(1);
            for (size_t i = 0; i < n; i++) {
                if (hit[i].channel != 1 || fabs(hit[i].start_samp - start) > 10.0 * SPS)
                    continue;
                n_true++;
                print_message("%.0f dB: %.1f symbols, %.0f Hz, purity %.2f\n", es_n0_db[k],
                              (hit[i].start_samp - start) / SPS, hit[i].offset_hz - carrier,
                              hit[i].purity);
                /* 41 Hz and 0.8 symbols at 3 dB are the Cramer-Rao bound's */
                assert_true(fabs(hit[i].offset_hz - carrier) < (es_n0_db[k] < 9.0 ? 170.0 : 80.0));
                assert_true(fabs(hit[i].start_samp - start) < 6.0 * SPS);
                assert_true(hit[i].purity > (es_n0_db[k] < 9.0 ? 0.85 : 0.95));
            }
            assert_int_equal(n_true, 1);
        }
    }
}

/* The hit of channel 1 that lies within 12 symbols of a place, or NULL. */
static const struct fcch_hit *hit_at(size_t n, double start)
{
    for (size_t i = 0; i < n; i++)
        if (hit[i].channel == 1 && fabs(hit[i].start_samp - start) < 12.0 * SPS)
            return &hit[i];
    return NULL;
}

static void most_are_found_at_minus_6_db(void **state)
{
    int n_found = 0, n_sent = 0;
    double sum2 = 0.0;
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        double start[10], carrier[10];
        add_noise(-6.0, seed);
        for (int b = 0; b < 10; b++) {
            start[b] = 2000.0 + 11700.0 * b + 97.3 * (double)seed;
            carrier[b] = 15e3 * (b - 4) + 311.0 * (double)seed;
            add_fcch(start[b], carrier[b]);
        }
        size_t n = look(1);
        for (int b = 0; b < 10; b++, n_sent++) {
            const struct fcch_hit *at = hit_at(n, start[b]);
            if (!at)
                continue;
            n_found++;
            sum2 += (at->offset_hz - carrier[b]) * (at->offset_hz - carrier[b]);
        }
    }
    print_message("-6 dB: %d of %d, %.0f Hz rms\n", n_found, n_sent, sqrt(sum2 / n_found));
    assert_true(n_found >= 52);
    assert_true(sqrt(sum2 / n_found) < 220.0);
}

static void add_carrier(double amplitude, double carrier, uint64_t seed)
{
    for (double start = 0.0; start + 157.0 * SPS < N_SAMP; start += 156.25 * SPS) {
        uint8_t bits[GSM_BURST_BITS];
        wave_bits(&seed, BURST_NORMAL, 1, bits);
        for (int k = (int)ceil(start); k < start + 156.25 * SPS; k++)
            x[k] += amplitude * wave_at(bits, (k - start) / SPS) *
                    wave_turn(fmod(carrier / RATE_HZ * k, 1.0));
    }
}

/* Carriers full of random bursts beside the burst looked for, above it by so many dB. */
static void a_louder_carrier_hides_no_burst(void **state)
{
    static const struct {
        double apart_hz, over_db;
    } other[] = {{0.0, 6.0}, {200e3, 18.0}, {-200e3, 18.0}, {400e3, 38.0}, {-400e3, 38.0}};
    (void)state;
    for (size_t k = 0; k < sizeof(other) / sizeof(other[0]); k++) {
        int n_found = 0;
        add_noise(20.0, 40 + k);
        for (int b = 0; b < 10; b++)
            add_fcch(2000.0 + 11713.3 * b, 500.0);
        add_carrier(pow(10.0, other[k].over_db / 20.0), other[k].apart_hz, 77 + k);
        size_t n = look(1);
        for (int b = 0; b < 10; b++)
            n_found += hit_at(n, 2000.0 + 11713.3 * b) != NULL;
        print_message("%+.0f kHz, %+.0f dB: %d of 10, %zu hits\n", other[k].apart_hz / 1e3,
                      other[k].over_db, n_found, n);
        assert_true(n_found >= 8);
    }
}

/* A tone that goes on and on is a spur of the receiver. */
static void a_spur_is_no_burst(void **state)
{
    (void)state;
    for (int db = 0; db <= 20; db += 10) {
        add_noise(db, 5);
        for (int k = 0; k < N_SAMP; k++)
            x[k] += wave_turn(fmod(60e3 / RATE_HZ * k, 1.0));
        size_t n = look(1);
        print_message("spur of %d dB: %zu hits\n", db, n);
        assert_true(n <= 2);
    }
}

static void each_channel_has_its_own(void **state)
{
    unsigned seen = 0;
    (void)state;
    add_noise(15.0, 3);
    for (int c = 0; c < 3; c++)
        add_fcch(20000.0 + 30000.0 * c, carrier_hz[c] + 1000.0);
    size_t n = look(1);
    for (size_t i = 0; i < n; i++)
        if (fabs(hit[i].start_samp - 20000.0 - 30000.0 * (double)hit[i].channel) < 10.0 * SPS)
            seen |= 1u << hit[i].channel;
    assert_int_equal(seen, 7);
}

static void noise_gives_no_pure_hit(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        add_noise(0.0, seed);
        size_t n = look(1);
        for (size_t i = 0; i < n; i++)
            assert_true(hit[i].purity < 0.5);
    }
}

/* A carrier full of random normal bursts. */
static void random_gmsk_gives_no_pure_hit(void **state)
{
    (void)state;
    add_noise(25.0, 2);
    add_carrier(1.0, 0.0, 4);
    size_t n = look(1);
    print_message("%zu impure hits in %d bursts of random bits\n", n, (int)(N_SAMP / 625));
    for (size_t i = 0; i < n; i++)
        assert_true(hit[i].purity < 0.5);
}

static void who_computes_what_does_not_show(void **state)
{
    static struct fcch_hit first[64];
    (void)state;
    add_noise(6.0, 9);
    add_fcch(50000.0, 0.0);
    size_t n = look(1);
    for (size_t i = 0; i < n; i++)
        first[i] = hit[i];
    assert_true(n > 0);
    assert_int_equal(look(3), n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(first[i].channel, hit[i].channel);
        assert_true(first[i].start_samp == hit[i].start_samp);
        assert_true(first[i].offset_hz == hit[i].offset_hz);
        assert_true(first[i].purity == hit[i].purity);
    }
}

static void nothing_to_look_at_is_no_hit(void **state)
{
    struct fcch *f = NULL;
    (void)state;
    for (int k = 0; k < N_SAMP; k++)
        x[k] = 0.0;
    assert_int_equal(look(1), 0);
    assert_int_equal(fcch_create(&f, RATE_HZ, carrier_hz, 0, 1), -EINVAL);
    assert_int_equal(fcch_create(&f, RATE_HZ, carrier_hz, 3, 0), -EINVAL);
    assert_int_equal(fcch_create(&f, 1e5, carrier_hz, 3, 1), -EINVAL);
    assert_int_equal(fcch_create(&f, RATE_HZ, carrier_hz, 3, 1), 0);
    assert_int_equal(fcch_scan_begin(f, 100, 200, FCCH_WEAK), 0);
    assert_int_equal(fcch_scan_hits(f, hit, 64), 0);
    fcch_destroy(f);
    fcch_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tone_burst_is_found_where_it_is),
        cmocka_unit_test(most_are_found_at_minus_6_db),
        cmocka_unit_test(a_louder_carrier_hides_no_burst),
        cmocka_unit_test(a_spur_is_no_burst),
        cmocka_unit_test(each_channel_has_its_own),
        cmocka_unit_test(noise_gives_no_pure_hit),
        cmocka_unit_test(random_gmsk_gives_no_pure_hit),
        cmocka_unit_test(who_computes_what_does_not_show),
        cmocka_unit_test(nothing_to_look_at_is_no_hit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

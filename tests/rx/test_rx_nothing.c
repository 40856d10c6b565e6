/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signals without GSM give nothing; signals without sense do no harm. */
#include "air.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rng.h"

#define RATE_HZ 1083333.0
#define N_SAMP  ((size_t)1600000)

static void assert_nothing(const struct air *a, const char *what)
{
    struct heard h;
    air_hear(a, NULL, &h);
    print_message("%-34s %llu FCCH hits, %u transmitters, %zu events\n", what,
                  (unsigned long long)h.stats.n_fcch_hits, h.stats.n_transmitters, h.n_events);
    assert_int_equal(h.stats.n_transmitters, 0);
    assert_int_equal(h.n_events, 0);
    assert_int_equal(h.n_reports, 0);
    assert_true(h.stats.looks_like_rate_hz == 0.0);
    heard_clear(&h);
}

static float *floats_of(struct air *a)
{
    return (float *)(void *)a->octets;
}

static void noise(void **state)
{
    struct air a;
    struct rng r;
    (void)state;
    rng_tables_init();
    rng_init(&r, 1, "nothing");
    air_blank(&a, IQ_CF32, 2.4e6, 945.2e6, 6000000);
    rng_add_normal(&r, floats_of(&a), 2 * a.n_samp, 0.1f);
    assert_nothing(&a, "noise, 2.5 s of 2.4 MS/s");
    air_clear(&a);
}

static void noise_of_one_bit(void **state)
{
    struct air a;
    struct rng r;
    (void)state;
    rng_init(&r, 2, "nothing");
    air_blank(&a, IQ_CU8, RATE_HZ, 945.2e6, N_SAMP);
    for (size_t i = 0; i < 2 * a.n_samp; i++)
        a.octets[i] = (char)(127 + (int)rng_below(&r, 2));
    assert_nothing(&a, "noise of one bit");
    for (size_t i = 0; i < 2 * a.n_samp; i++)
        a.octets[i] = (char)(255 * (int)rng_below(&r, 2));
    assert_nothing(&a, "clipped noise");
    air_clear(&a);
}

static void zeros_and_constants(void **state)
{
    static const enum iq_format format[] = {IQ_CU8, IQ_CS8, IQ_CS16, IQ_CF32};
    struct air a;
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        air_blank(&a, format[i], RATE_HZ, 945.2e6, N_SAMP / 4);
        assert_nothing(&a, "all octets zero");
        memset(a.octets, 0x3f, a.n_samp * iq_format_oct(a.format));
        assert_nothing(&a, "all octets 0x3f");
        air_clear(&a);
    }
}

/* An eternal tone, where an FCCH would be and elsewhere, clean and clipped. */
static void a_tone(void **state)
{
    static const double tone_hz[] = {67708.333, 0.0, 12345.6, -203e3};
    struct air a;
    (void)state;
    for (size_t k = 0; k < 4; k++) {
        air_blank(&a, IQ_CF32, RATE_HZ, 945.2e6, N_SAMP / 2);
        float *x = floats_of(&a);
        for (size_t i = 0; i < a.n_samp; i++) {
            double turns = fmod(tone_hz[k] / RATE_HZ * (double)i, 1.0);
            x[2 * i] = (float)cos(2.0 * M_PI * turns);
            x[2 * i + 1] = (float)sin(2.0 * M_PI * turns);
        }
        assert_nothing(&a, "a tone");
        for (size_t i = 0; i < 2 * a.n_samp; i++)
            x[i] = x[i] > 0.0f ? 1.0f : -1.0f;
        assert_nothing(&a, "a clipped tone");
        air_clear(&a);
    }
}

static void what_is_no_number(void **state)
{
    struct air a;
    struct rng r;
    (void)state;
    rng_init(&r, 3, "nothing");
    air_blank(&a, IQ_CF32, RATE_HZ, 945.2e6, N_SAMP / 2);
    float *x = floats_of(&a);
    for (size_t i = 0; i < 2 * a.n_samp; i++)
        x[i] = NAN;
    assert_nothing(&a, "NaN");
    for (size_t i = 0; i < 2 * a.n_samp; i++) {
        uint32_t any = (uint32_t)rng_next(&r);
        memcpy(&x[i], &any, sizeof(any));
    }
    assert_nothing(&a, "random octets as cf32");
    air_clear(&a);
}

/* NaN, infinity and 1e30 now and then in a good signal cost the blocks they hit, no more. */
static void a_few_bad_samples_in_a_good_signal(void **state)
{
    struct air a;
    struct heard h;
    (void)state;
    air_make(&a, AIR_FOUR "duration_s 1\n" AIR_CELL "esn0_db 20\n");
    float *x = floats_of(&a);
    unsigned n_bad = 0;
    for (size_t i = 1000; i < a.n_samp; i += 50021, n_bad++)
        x[2 * i + n_bad % 2] = n_bad % 3 == 0 ? NAN : n_bad % 3 == 1 ? -INFINITY : 1e30f;
    air_hear(&a, NULL, &h);
    struct score s = air_score(&a, &h, NULL, "20 dB with NaN, inf, 1e30");
    assert_int_equal(h.stats.n_bad, n_bad);
    assert_int_equal(s.n_block_got, s.n_block);
    assert_int_equal(s.n_wrong, 0);
    heard_clear(&h);
    air_clear(&a);
}

/* One bit a component: the amplitude is gone, GMSK lives in the phase. What spills over makes an
 * SCH decode beside the carrier now and then, below the noise; no block ever. */
static void one_bit_of_a_good_signal(void **state)
{
    struct air a;
    struct heard h;
    (void)state;
    air_make(&a, AIR_FOUR "duration_s 1\n" AIR_CELL "esn0_db 20\n");
    float *x = floats_of(&a);
    for (size_t i = 0; i < 2 * a.n_samp; i++)
        x[i] = x[i] > 0.0f ? 1.0f : -1.0f;
    air_hear(&a, NULL, &h);
    struct score s = air_score(&a, &h, NULL, "one bit of 20 dB");
    assert_true(s.n_block_got >= s.n_block * 95 / 100);
    for (size_t i = 0; i < h.n_events; i++)
        if (h.event[i].channel.number != 51)
            assert_true(h.event[i].kind == GSM_EVENT_SCH && h.event[i].snr_db < 0.0);
    heard_clear(&h);
    air_clear(&a);
}

static void an_empty_recording(void **state)
{
    struct air a;
    (void)state;
    air_blank(&a, IQ_CU8, RATE_HZ, 945.2e6, 1);
    assert_nothing(&a, "one sample");
    a.n_samp = 0;
    assert_nothing(&a, "no sample");
    air_clear(&a);
}

static void what_cannot_be_received_is_refused_with_a_sentence(void **state)
{
    struct receiver_config good = {.format = IQ_CU8,
                                   .rate_hz = 1e6,
                                   .center_hz = 945e6,
                                   .band_mask = ARFCN_ALL_BANDS,
                                   .jobs = 1};
    struct receiver_config bad[6];
    struct receiver *r = NULL;
    char err[128];
    (void)state;
    for (size_t i = 0; i < 6; i++)
        bad[i] = good;
    bad[0].rate_hz = 299e3;
    bad[1].rate_hz = 21e6;
    bad[2].rate_hz = NAN;
    bad[3].format = IQ_FORMAT_UNKNOWN;
    bad[4].jobs = 0;
    bad[5].center_hz = 100e6;
    for (size_t i = 0; i < 6; i++) {
        err[0] = '\0';
        assert_int_equal(receiver_create(&r, &bad[i], err, sizeof(err)), -22);
        assert_true(strlen(err) > 20);
    }
    assert_int_equal(receiver_create(&r, &good, err, sizeof(err)), 0);
    struct iq_block block = {.data = "ab", .n_samp = 1, .format = IQ_CS8};
    assert_int_equal(receiver_push(r, &block), -22);
    receiver_destroy(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise),
        cmocka_unit_test(noise_of_one_bit),
        cmocka_unit_test(zeros_and_constants),
        cmocka_unit_test(a_tone),
        cmocka_unit_test(what_is_no_number),
        cmocka_unit_test(a_few_bad_samples_in_a_good_signal),
        cmocka_unit_test(one_bit_of_a_good_signal),
        cmocka_unit_test(an_empty_recording),
        cmocka_unit_test(what_cannot_be_received_is_refused_with_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What else is on the air: broadcast, other mobile networks, test tones. None of it is a cell. */
#include "air.h"

#include <math.h>
#include <string.h>

#include "rng.h"

#define RATE_HZ    1083333.333333
#define CENTER_HZ  945.2e6
#define N_SAMP     ((size_t)2200000)
#define TONE_HZ    67708.333 /* where an FCCH of ARFCN 51 would be */
#define FRAME_SAMP (GSM_FRAME_S * RATE_HZ)
#define NOISE      0.02f

static float *floats_of(struct air *a)
{
    return (float *)(void *)a->octets;
}

static void put(float *x, size_t i, double amplitude, double turns)
{
    double at = 2.0 * M_PI * (turns - floor(turns));
    x[2 * i] = (float)(amplitude * cos(at));
    x[2 * i + 1] = (float)(amplitude * sin(at));
}

/* Adds some noise, hears, and wants nothing to have come out. */
static void assert_nothing(struct air *a, const char *what)
{
    struct heard h;
    struct rng r;
    rng_init(&r, 77, "foreign");
    rng_add_normal(&r, floats_of(a), 2 * a->n_samp, NOISE);
    air_hear(a, NULL, &h);
    print_message("%-40s %llu FCCH hits, %u transmitters, %zu events\n", what,
                  (unsigned long long)h.stats.n_fcch_hits, h.stats.n_transmitters, h.n_events);
    assert_int_equal(h.stats.n_transmitters, 0);
    assert_int_equal(h.n_events, 0);
    assert_int_equal(h.n_reports, 0);
    heard_clear(&h);
}

static void assert_nothing_is_suspected(struct air *a, const char *what)
{
    struct heard h;
    assert_nothing(a, what);
    air_hear(a, NULL, &h);
    assert_true(h.stats.looks_like_rate_hz == 0.0);
    assert_int_equal(h.stats.misfit.kind, MISFIT_NONE);
    heard_clear(&h);
}

/* A tone keyed like FCCH bursts, frame for frame, with nothing else of a cell. */
static void a_tone_keyed_like_an_fcch(void **state)
{
    struct air a;
    (void)state;
    air_blank(&a, IQ_CF32, RATE_HZ, CENTER_HZ, N_SAMP);
    for (size_t i = 0; i < a.n_samp; i++) {
        double frame = floor((double)i / FRAME_SAMP), in = ((double)i - frame * FRAME_SAMP);
        int f = (int)fmod(frame, 51.0);
        bool on = f % 10 == 0 && f < 50 && in < 148.0 / 1250.0 * FRAME_SAMP;
        put(floats_of(&a), i, on ? 0.5 : 0.0, TONE_HZ / RATE_HZ * (double)i);
    }
    assert_nothing(&a, "a tone on and off like FCCH");
    air_clear(&a);
}

/* On and off at a pace that has nothing to do with frames, at many places of the channel. */
static void a_tone_keyed_otherwise(void **state)
{
    static const double period_s[] = {0.002, 0.0011, 0.046, 0.1},
                        on_s[] = {55e-5, 55e-5, 55e-5, 0.05};
    (void)state;
    for (size_t k = 0; k < 4; k++) {
        struct air a;
        air_blank(&a, IQ_CF32, RATE_HZ, CENTER_HZ, N_SAMP);
        for (size_t i = 0; i < a.n_samp; i++) {
            double t = (double)i / RATE_HZ;
            bool on = fmod(t, period_s[k]) < on_s[k];
            put(floats_of(&a), i, on ? 0.5 : 0.0, TONE_HZ / RATE_HZ * (double)i);
        }
        assert_nothing_is_suspected(&a, "a tone on and off otherwise");
        air_clear(&a);
    }
}

/* Frequency modulation: hz[] is the momentary frequency. */
static void modulate(struct air *a, double (*momentary_hz)(double t, void *ctx), void *ctx)
{
    double turns = 0.0;
    for (size_t i = 0; i < a->n_samp; i++) {
        turns += momentary_hz((double)i / RATE_HZ, ctx) / RATE_HZ;
        put(floats_of(a), i, 0.6, turns);
    }
}

/* Vowels and pauses: harmonics of a pitch that wanders, three syllables a second; 5 kHz. */
static double voice_hz(double t, void *ctx)
{
    double pitch = 120.0 + 30.0 * sin(2.0 * M_PI * 0.7 * t), sum = 0.0;
    double loud = fmax(sin(2.0 * M_PI * 3.1 * t), 0.0);
    (void)ctx;
    for (int k = 1; k < 12; k++)
        sum += sin(2.0 * M_PI * pitch * k * t) / k;
    return 60e3 + 5e3 * 0.6 * loud * sum;
}

/* Broadcast: sum, 19 kHz pilot, difference on 38 kHz; 75 kHz deviation. */
static double stereo_hz(double t, void *ctx)
{
    static const double note_hz[] = {220.0, 277.2, 329.6, 440.0, 1108.7, 2637.0};
    double left = 0.0, right = 0.0;
    (void)ctx;
    for (int k = 0; k < 6; k++) {
        double on = sin(2.0 * M_PI * (0.9 + 0.31 * k) * t) > -0.2;
        left += on * sin(2.0 * M_PI * note_hz[k] * t) / 4.0;
        right += on * sin(2.0 * M_PI * note_hz[5 - k] * t + 1.0) / 4.0;
    }
    return 75e3 * (0.45 * (left + right) + 0.1 * sin(2.0 * M_PI * 19e3 * t) +
                   0.45 * (left - right) * sin(2.0 * M_PI * 38e3 * t));
}

static void frequency_modulation(void **state)
{
    struct air a;
    (void)state;
    air_blank(&a, IQ_CF32, RATE_HZ, CENTER_HZ, N_SAMP);
    modulate(&a, voice_hz, NULL);
    assert_nothing_is_suspected(&a, "FM, voice");
    modulate(&a, stereo_hz, NULL);
    assert_nothing_is_suspected(&a, "FM, stereo broadcast");
    air_clear(&a);
}

/* LTE: 15 kHz subcarriers of QPSK, none in the middle, cyclic prefix, 1.4 MHz; every fifth
 * millisecond the middle ones carry the same. */
#define OFDM_N    128
#define OFDM_HALF 36
static void ofdm_symbol(struct rng *r, bool sync, float *out)
{
    static double cosine[OFDM_N];
    float re[2 * OFDM_HALF + 1], im[2 * OFDM_HALF + 1];
    for (int i = 0; i < OFDM_N; i++)
        cosine[i] = cos(2.0 * M_PI * i / OFDM_N);
    for (int k = 0; k <= 2 * OFDM_HALF; k++) {
        uint32_t bits = sync ? (uint32_t)(k * k * 29 / 63) : (uint32_t)rng_next(r);
        re[k] = k == OFDM_HALF ? 0.0f : bits & 1 ? 0.05f : -0.05f;
        im[k] = k == OFDM_HALF ? 0.0f : bits & 2 ? 0.05f : -0.05f;
    }
    for (int i = 0; i < OFDM_N; i++) {
        double x = 0.0, y = 0.0;
        for (int k = 0; k <= 2 * OFDM_HALF; k++) {
            int at = ((k - OFDM_HALF) * i % OFDM_N + OFDM_N) % OFDM_N;
            double c = cosine[at], s = cosine[(at + 3 * OFDM_N / 4) % OFDM_N];
            x += (double)re[k] * c - (double)im[k] * s;
            y += (double)re[k] * s + (double)im[k] * c;
        }
        out[2 * i] = (float)x;
        out[2 * i + 1] = (float)y;
    }
}

static void ofdm(void **state)
{
    struct air a;
    struct rng r;
    float symbol[2 * OFDM_N];
    (void)state;
    rng_init(&r, 5, "ofdm");
    air_blank(&a, IQ_CF32, 1.92e6, CENTER_HZ, 2880000);
    size_t n_symbols = 0;
    for (size_t i = 0; i + OFDM_N + 10 <= a.n_samp; n_symbols++) {
        size_t prefix = n_symbols % 7 == 0 ? 10 : 9;
        ofdm_symbol(&r, n_symbols % 70 == 6, symbol);
        float *x = floats_of(&a) + 2 * i;
        memcpy(x, symbol + 2 * (OFDM_N - prefix), prefix * 2 * sizeof(float));
        memcpy(x + 2 * prefix, symbol, sizeof(symbol));
        i += prefix + OFDM_N;
    }
    assert_nothing_is_suspected(&a, "OFDM with a hole in the middle");
    air_clear(&a);
}

/* UMTS: 3.84 million random chips a second, the first 256 of each 2560 always the same, louder. */
static void chips(void **state)
{
    struct air a;
    struct rng r, same;
    (void)state;
    rng_init(&r, 6, "chips");
    air_blank(&a, IQ_CF32, 3.84e6, CENTER_HZ, 5000000);
    float *x = floats_of(&a);
    for (size_t i = 0; i < a.n_samp; i++) {
        if (i % 2560 == 0)
            rng_init(&same, 1, "primary synchronisation");
        uint32_t bits = (uint32_t)rng_next(i % 2560 < 256 ? &same : &r);
        float size = i % 2560 < 256 ? 0.3f : 0.2f;
        x[2 * i] = bits & 1 ? size : -size;
        x[2 * i + 1] = bits & 2 ? size : -size;
    }
    for (size_t i = a.n_samp; i-- > 1;) { /* a pulse of two chips */
        x[2 * i] += x[2 * i - 2];
        x[2 * i + 1] += x[2 * i - 1];
    }
    assert_nothing_is_suspected(&a, "random chips with a sync code");
    air_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tone_keyed_like_an_fcch),
        cmocka_unit_test(a_tone_keyed_otherwise),
        cmocka_unit_test(frequency_modulation),
        cmocka_unit_test(ofdm),
        cmocka_unit_test(chips),
    };
    rng_tables_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

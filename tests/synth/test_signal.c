/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What arrives at the receiver: levels, clocks, channel, quantisation. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "carrier.h"
#include "fading.h"
#include "gmsk.h"
#include "gsm_const.h"
#include "output.h"
#include "rng.h"

static const double pi = 3.14159265358979323846;
static char err[256];

/* A recording in memory. */
struct made {
    char *octets, *truth;
    size_t n_oct, n_truth;
    uint64_t n_clipped;
};

static void read_text(struct scenario *s, const char *text)
{
    static char copy[4096];
    snprintf(copy, sizeof(copy), "%s", text);
    FILE *f = fmemopen(copy, strlen(copy), "r");
    assert_non_null(f);
    scenario_init(s);
    if (scenario_parse(s, f, "test", err, sizeof(err)) != 0 ||
        scenario_resolve(s, err, sizeof(err)) != 0)
        fail_msg("%s", err);
    fclose(f);
}

/* Makes it in chunks of chunk samples, as main.c does. */
static void make(struct made *m, const char *text, size_t chunk)
{
    static struct scenario s;
    struct carrier *cell[SCENARIO_CELL_CAP] = {0};
    struct output out;
    struct truth truth = {0};
    memset(m, 0, sizeof(*m));
    read_text(&s, text);
    FILE *f = open_memstream(&m->octets, &m->n_oct);
    truth.f = open_memstream(&m->truth, &m->n_truth);
    float *iq = malloc(sizeof(float) * 2 * chunk);
    assert_true(f && truth.f && iq && output_init(&out, &s, f, chunk) == 0);
    for (int i = 0; i < s.n_cells; i++)
        if (carrier_create(&cell[i], &s, i, err, sizeof(err)) != 0)
            fail_msg("%s", err);
    size_t left = (size_t)llround(s.duration_s * s.rate_hz);
    while (left > 0) {
        size_t n = left < chunk ? left : chunk;
        memset(iq, 0, sizeof(float) * 2 * n);
        for (int i = 0; i < s.n_cells; i++)
            carrier_add(cell[i], iq, n, &truth);
        assert_int_equal(output_write(&out, iq, n), 0);
        left -= n;
    }
    m->n_clipped = out.n_clipped;
    for (int i = 0; i < s.n_cells; i++)
        carrier_destroy(cell[i]);
    output_clear(&out);
    free(iq);
    fclose(f);
    fclose(truth.f);
}

static void unmake(struct made *m)
{
    free(m->octets);
    free(m->truth);
}

static const float *samples_of(const struct made *m, size_t *n)
{
    *n = m->n_oct / (2 * sizeof(float));
    return (const float *)(const void *)m->octets;
}

static double power_of(const float *iq, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < 2 * n; i++)
        sum += (double)iq[i] * (double)iq[i];
    return sum / (double)n;
}

#define CELL_A "cell A\narfcn 50\nbsic 26\n"
#define RATE4  "rate 1083333.3333333\ncenter 945MHz\nformat cf32\n"

static void same_seed_same_octets(void **state)
{
    (void)state;
    const char *text = RATE4 "format cu8\nduration_s 0.2\nseed 5\n" CELL_A
                             "esn0_db 12\nfading TU50\npaging_per_s 9\nwander_ppm 0.1\n";
    const char *other = RATE4 "format cu8\nduration_s 0.2\nseed 6\n" CELL_A
                              "esn0_db 12\nfading TU50\npaging_per_s 9\nwander_ppm 0.1\n";
    struct made a, b, c;
    make(&a, text, 16384);
    make(&b, text, 16384);
    make(&c, other, 16384);
    assert_int_equal(a.n_oct, 2 * 216667);
    assert_int_equal(a.n_oct, b.n_oct);
    assert_memory_equal(a.octets, b.octets, a.n_oct);
    assert_string_equal(a.truth, b.truth);
    assert_memory_not_equal(a.octets, c.octets, a.n_oct);
    unmake(&a);
    unmake(&b);
    unmake(&c);
}

static void chunks_do_not_show(void **state)
{
    (void)state;
    const char *text = RATE4 "duration_s 0.1\n" CELL_A "esn0_db 12\nfading HT100\n";
    struct made a, b;
    make(&a, text, 16384);
    make(&b, text, 640);
    assert_int_equal(a.n_oct, b.n_oct);
    assert_memory_equal(a.octets, b.octets, a.n_oct);
    assert_string_equal(a.truth, b.truth);
    unmake(&a);
    unmake(&b);
}

/* Es/N0: carrier power over the noise power in one symbol rate, measured on the samples. */
static void es_n0_is_as_stated(void **state)
{
    (void)state;
    struct made signal, noise, both;
    size_t n;
    make(&signal, RATE4 "duration_s 0.5\nnoise_dbfs off\n" CELL_A "level_dbfs -20\n", 16384);
    make(&noise, RATE4 "duration_s 0.5\nnoise_dbfs -32.5\nnoise_only\n", 16384);
    make(&both, RATE4 "duration_s 0.5\nnoise_dbfs -32.5\n" CELL_A "esn0_db 12.5\n", 16384);
    const float *x = samples_of(&signal, &n);
    double carrier = power_of(x, n);
    double density = power_of(samples_of(&noise, &n), n) / 4.0; /* four symbol rates wide */
    double sum = power_of(samples_of(&both, &n), n);
    assert_true(fabs(10 * log10(carrier) + 20.0) < 0.001);
    assert_true(fabs(10 * log10(carrier / density) - 12.5) < 0.05);
    assert_true(fabs(10 * log10(sum / (carrier + 4 * density))) < 0.02);
    unmake(&signal);
    unmake(&noise);
    unmake(&both);
}

/* Mean 0, variance 1, kurtosis 3, the tail where it belongs, and white. */
static void noise_is_normal_and_white(void **state)
{
    (void)state;
    enum { n = 2000000 };
    float *x = calloc(n, sizeof(float));
    double m1 = 0, m2 = 0, m4 = 0, lag1 = 0, lag2 = 0, beyond = 0;
    struct rng r;
    assert_non_null(x);
    rng_init(&r, 11, "moments");
    rng_add_normal(&r, x, n, 1.0f);
    for (int i = 0; i < n; i++) {
        double v = (double)x[i];
        m1 += v / n;
        m2 += v * v / n;
        m4 += v * v * v * v / n;
        beyond += fabs(v) > 3.7;
        if (i >= 2) {
            lag1 += v * (double)x[i - 1] / n;
            lag2 += v * (double)x[i - 2] / n;
        }
    }
    free(x);
    assert_true(fabs(m1) < 5 / sqrt(n));
    assert_true(fabs(m2 - 1.0) < 5 * sqrt(2.0 / n));
    assert_true(fabs(m4 - 3.0) < 5 * sqrt(96.0 / n));
    assert_true(fabs(lag1) < 5 / sqrt(n) && fabs(lag2) < 5 / sqrt(n));
    assert_true(fabs(beyond - n * 2.156e-4) < 5 * sqrt(n * 2.156e-4)); /* 2 Q(3.7) */
}

struct event {
    double samp;
    int fn;
    bool sch;
    char hex[2 * GSM_L2_OCT + 1];
};

/* Events of the truth, in order; returns how many. */
static int read_truth(const struct made *m, struct event *ret, int cap)
{
    int n = 0;
    char *copy = strdup(m->truth), *save = NULL;
    assert_non_null(copy);
    for (char *l = strtok_r(copy, "\n", &save); l && n < cap; l = strtok_r(NULL, "\n", &save)) {
        json_t *line = json_loads(l, 0, NULL);
        assert_non_null(line);
        const char *type = json_string_value(json_object_get(line, "type"));
        if (strcmp(type, "sch") == 0 || strcmp(type, "block") == 0) {
            const char *hex = json_string_value(json_object_get(line, "hex"));
            ret[n].sch = type[0] == 's';
            ret[n].samp = json_number_value(json_object_get(line, "sample"));
            ret[n].fn = (int)json_integer_value(json_object_get(line, "fn"));
            snprintf(ret[n].hex, sizeof(ret[n].hex), "%s", hex ? hex : "");
            n++;
        }
        json_decref(line);
    }
    free(copy);
    return n;
}

static struct event events[4096];

/* Frequency of the FCCH that starts at samp, in cycles a sample. */
static double tone(const float *iq, double samp, double sps)
{
    size_t first = (size_t)(samp + 10 * sps), last = (size_t)(samp + 138 * sps);
    double turned = 0.0;
    for (size_t i = first; i < last; i++) {
        const float *a = iq + 2 * i, *b = a + 2;
        double re = (double)a[0] * (double)b[0] + (double)a[1] * (double)b[1];
        double im = (double)a[0] * (double)b[1] - (double)a[1] * (double)b[0];
        turned += atan2(im, re);
    }
    return turned / (2 * pi) / (double)(last - first);
}

/* A crystal that runs fast by p: everything appears (1 + p) slower, and the carrier low by p of
 * the tuned frequency; a transmitter's own error moves carrier and symbols together. */
static void clocks_are_coupled(void **state)
{
    (void)state;
    const double rate = 1083333.3333333, p = 27e-6, e = 1.5e-6, fc = 945.0e6;
    struct made m;
    size_t n;
    make(&m,
         RATE4 "center 944.8MHz\nduration_s 1\nnoise_dbfs off\nreceiver_ppm 27\n" CELL_A
               "level_dbfs -6\nppm 1.5\nstart_fn 51000\n",
         16384);
    const float *x = samples_of(&m, &n);
    int n_events = read_truth(&m, events, 4096);
    struct event first = {0}, last = {0};
    for (int i = 0; i < n_events; i++) {
        if (events[i].sch && first.fn == 0)
            first = events[i];
        if (events[i].sch)
            last = events[i];
    }
    double per_frame = (last.samp - first.samp) / (last.fn - first.fn);
    double expected = GSM_FRAME_S * rate * (1 + p) / (1 + e);
    assert_true(fabs(per_frame / expected - 1.0) < 1e-8);
    /* the SCH is the second frame */
    double reference = first.samp + TRUTH_EARLY_SYM * rate / GSM_SYMBOL_RATE_HZ;
    assert_true(fabs(reference - expected) < 0.002);
    double hz = tone(x, first.samp - per_frame, 4.0) * rate;
    double carrier = (fc * (1 + e) - 944.8e6 * (1 + p)) / (1 + p);
    assert_true(fabs(hz - (carrier + GSM_FCCH_TONE_HZ * (1 + e) / (1 + p))) < 0.5);
    unmake(&m);
}

static void drift_accumulates(void **state)
{
    (void)state;
    struct made m;
    size_t n;
    make(&m,
         RATE4 "duration_s 3\nnoise_dbfs off\n" CELL_A
               "level_dbfs -6\ndrift_ppm_per_min 6\nstart_fn 51000\n",
         16384);
    const float *x = samples_of(&m, &n);
    int n_events = read_truth(&m, events, 4096), checked = 0;
    for (int i = 0; i < n_events; i++) {
        if (!events[i].sch)
            continue;
        double t = (events[i].samp - 5000 + 300) / 1083333.33;
        double hz = tone(x, events[i].samp - 5000.0, 4.0) * 1083333.3333333;
        assert_true(fabs(hz - GSM_FCCH_TONE_HZ - 945.0 * 0.1 * t) < 0.5);
        checked++;
    }
    assert_true(checked > 50);
    unmake(&m);
}

/* The ideal burst, written once more, correlates fully where the truth says it starts, and less
 * a tenth of a symbol beside it. */
static double match(const float *iq, double samp, double sps, const struct gmsk_window *w)
{
    double re = 0.0, im = 0.0, power = 0.0;
    int n = 0;
    for (size_t i = (size_t)ceil(samp + 3 * sps); (double)i < samp + 145 * sps; i++, n++) {
        double a = 2 * pi * gmsk_phase(w, ((double)i - samp) / sps);
        double x = (double)iq[2 * i], y = (double)iq[2 * i + 1];
        re += x * cos(a) + y * sin(a);
        im += y * cos(a) - x * sin(a);
        power += x * x + y * y;
    }
    return sqrt((re * re + im * im) / (n * power));
}

static void truth_says_where_bursts_start(void **state)
{
    (void)state;
    struct made m;
    size_t n;
    static struct gmsk_slot around, slot;
    uint8_t bits[GSM_BURST_BITS];
    const double sps = 700000.0 / GSM_SYMBOL_RATE_HZ;
    make(&m,
         "rate 700k\ncenter 945MHz\nformat cf32\nduration_s 0.3\nnoise_dbfs off\n" CELL_A
         "level_dbfs -6\nstart_fn 777\ndelay_sym 1234.567\n",
         16384);
    const float *x = samples_of(&m, &n);
    int n_events = read_truth(&m, events, 4096), n_sch = 0;
    for (int i = 0; i < n_events; i++) {
        if (!events[i].sch)
            continue;
        content_dummy_burst(bits);
        gmsk_slot_init(&around, bits, 0);
        content_encode_sch((uint32_t)events[i].fn, 26, bits);
        gmsk_slot_init(&slot, bits, 0);
        struct gmsk_window w = {&around, &slot, &around};
        double reference = events[i].samp + TRUTH_EARLY_SYM * sps;
        assert_true(match(x, reference, sps, &w) > 0.99999);
        assert_true(match(x, reference + 0.2 * sps, sps, &w) < 0.99);
        assert_true(match(x, reference - 0.2 * sps, sps, &w) < 0.99);
        n_sch++;
    }
    assert_in_range(n_sch, 5, 7);
    unmake(&m);
}

/* Nothing is listed that was cut off by the start, the end or a pause. */
static void truth_holds_whole_blocks_only(void **state)
{
    (void)state;
    struct made m;
    make(&m, RATE4 "duration_s 2\n" CELL_A "esn0_db 20\nstart_fn 4\non_s 0.5 1.5\noff_s 1.0\n",
         16384);
    int n = read_truth(&m, events, 4096), in_gap = 0;
    assert_true(n > 60);
    for (int i = 0; i < n; i++) {
        double start_s = events[i].samp / 1083333.3333;
        double end_s = start_s + (events[i].sch ? 148.0 : 3 * 1250 + 148.0) / GSM_SYMBOL_RATE_HZ;
        assert_true(start_s >= 0.5 && end_s <= 2.0);
        in_gap += end_s > 1.001 && start_s < 1.5;
    }
    assert_int_equal(in_gap, 0);
    unmake(&m);
    make(&m, RATE4 "duration_s 0.05\n" CELL_A "esn0_db 20\nstart_fn 3\n", 16384);
    n = read_truth(&m, events, 4096);
    assert_int_equal(events[0].fn, 6); /* BCCH began before the file */
    unmake(&m);
}

static void pause_is_silent(void **state)
{
    (void)state;
    struct made m;
    size_t n;
    make(&m, RATE4 "duration_s 1\nnoise_dbfs off\n" CELL_A "level_dbfs -6\non_s 0.5\n", 16384);
    const float *x = samples_of(&m, &n);
    assert_true(power_of(x, n / 2 - 1000) < 1e-30);
    assert_true(fabs(10 * log10(power_of(x + n + 2000, n / 2 - 1000)) + 6.0) < 0.01);
    unmake(&m);
}

/* C.3: mean power 1 in all, Rayleigh paths, Doppler spread of speed over wavelength. */
static void fading_has_its_statistics(void **state)
{
    (void)state;
    enum { n = 200000, lag = 10 };
    static double re[n], im[n];
    struct fading f;
    double power = 0, corr = 0, first = 0, deep = 0;
    assert_int_equal(fading_init(&f, "TU50", 945e6, 0.5e-3, 3, "A"), 0);
    assert_int_equal(f.n_paths, 6);
    for (int i = 0; i < n; i++) {
        re[i] = f.path[1].gain_i;
        im[i] = f.path[1].gain_q;
        for (int k = 0; k < 6; k++)
            power += f.path[k].gain_i * f.path[k].gain_i + f.path[k].gain_q * f.path[k].gain_q;
        fading_advance(&f);
    }
    for (int i = 0; i < n; i++)
        first += (re[i] * re[i] + im[i] * im[i]) / n;
    for (int i = 0; i < n; i++) {
        deep += re[i] * re[i] + im[i] * im[i] < 0.1 * first;
        if (i >= lag)
            corr += (re[i] * re[i - lag] + im[i] * im[i - lag]) / (n * first);
    }
    double doppler_hz = 50 / 3.6 / 299792458.0 * 945e6;
    assert_true(fabs(power / n - 1.0) < 0.1);
    assert_true(fabs(corr - j0(2 * pi * doppler_hz * lag * 0.5e-3)) < 0.1);
    assert_true(fabs(deep / n - 0.095) < 0.03); /* 1 - exp(-0.1) */
    assert_true(fabs(fading_max_delay_sym(&f) - 5e-6 * GSM_SYMBOL_RATE_HZ) < 1e-9);
    assert_true(fading_init(&f, "XY50", 945e6, 1e-3, 3, "A") < 0);
    assert_true(fading_init(&f, "TU", 945e6, 1e-3, 3, "A") < 0);
}

/* Two echoes of HT at standstill make the sum of two delayed copies: the spectrum has ripple, the
 * power stays; with no fading the envelope is flat. */
static void echoes_reach_back_over_slots(void **state)
{
    (void)state;
    struct made m;
    size_t n;
    make(&m, RATE4 "duration_s 0.5\nnoise_dbfs off\n" CELL_A "level_dbfs -6\nfading EQ0\n", 16384);
    const float *x = samples_of(&m, &n);
    double lo = 1e9, hi = 0;
    for (size_t i = 0; i < n; i++) {
        double p = power_of(x + 2 * i, 1);
        lo = fmin(lo, p);
        hi = fmax(hi, p);
    }
    assert_true(10 * log10(hi / lo) > 10.0);
    unmake(&m);
}

/* The channel is known once a segment and drawn between: no step shows at its borders. */
static void channel_moves_without_steps(void **state)
{
    (void)state;
    struct made m;
    size_t n;
    double at_border = 0, between = 0;
    make(&m, RATE4 "duration_s 1\nnoise_dbfs off\n" CELL_A "level_dbfs -6\nfading TI500\n", 16384);
    const float *x = samples_of(&m, &n);
    for (size_t i = 65; i + 1 < n; i++) {
        double bend = 0.0;
        for (size_t k = 0; k < 2; k++) {
            double d =
                (double)x[2 * i + 2 + k] - 2 * (double)x[2 * i + k] + (double)x[2 * i - 2 + k];
            bend += d * d;
        }
        if (i % 64 == 0 || i % 64 == 63)
            at_border += bend / 2;
        else
            between += bend / 62;
    }
    assert_true(fabs(at_border / between - 1.0) < 0.05);
    unmake(&m);
}

static void eight_bits_and_dc(void **state)
{
    (void)state;
    struct made m;
    double sum_i = 0, sum_q = 0;
    make(&m, RATE4 "format cu8\nduration_s 0.5\nnoise_dbfs -30\ndc_i 0.1\ndc_q -0.05\nnoise_only\n",
         16384);
    size_t n = m.n_oct / 2;
    for (size_t i = 0; i < n; i++) {
        sum_i += (uint8_t)m.octets[2 * i] - 127.5;
        sum_q += (uint8_t)m.octets[2 * i + 1] - 127.5;
    }
    assert_true(fabs(sum_i / (double)n / 127.5 - 0.1) < 0.001);
    assert_true(fabs(sum_q / (double)n / 127.5 + 0.05) < 0.001);
    assert_int_equal(m.n_clipped, 0);
    unmake(&m);
    make(&m, RATE4 "format cu8\nduration_s 0.1\nnoise_dbfs off\n" CELL_A "level_dbfs 2\n", 16384);
    assert_true(m.n_clipped > 1000);
    unmake(&m);
}

/* Noise moves under fixed carriers, or all carriers move together. */
static void one_key_sweeps_es_n0(void **state)
{
    (void)state;
    static struct scenario s;
    read_text(&s, "center 945MHz\nnoise_esn0_db 7\n" CELL_A
                  "esn0_db 30\ncell B\narfcn 51\nesn0_db 20\n");
    assert_true(fabs(scenario_esn0_db(&s, &s.cell[0]) - 7.0) < 1e-9);
    assert_true(fabs(scenario_esn0_db(&s, &s.cell[1]) + 3.0) < 1e-9);
    read_text(&s, "center 945MHz\nnoise_esn0_db 7\n" CELL_A "level_dbfs -20\n");
    assert_true(fabs(s.noise_dbfs + 27.0) < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_seed_same_octets),
        cmocka_unit_test(chunks_do_not_show),
        cmocka_unit_test(es_n0_is_as_stated),
        cmocka_unit_test(noise_is_normal_and_white),
        cmocka_unit_test(clocks_are_coupled),
        cmocka_unit_test(drift_accumulates),
        cmocka_unit_test(truth_says_where_bursts_start),
        cmocka_unit_test(truth_holds_whole_blocks_only),
        cmocka_unit_test(pause_is_silent),
        cmocka_unit_test(fading_has_its_statistics),
        cmocka_unit_test(echoes_reach_back_over_slots),
        cmocka_unit_test(channel_moves_without_steps),
        cmocka_unit_test(eight_bits_and_dc),
        cmocka_unit_test(one_key_sweeps_es_n0),
    };
    gmsk_tables_init();
    rng_tables_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

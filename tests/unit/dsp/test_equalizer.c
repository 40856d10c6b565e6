/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <math.h>
#include <string.h>

#include "dsp/burst.h"
#include "dsp/equalizer.h"
#include "dsp/lanes.h"
#include "unit/dsp/gmsk_wave.h"

#define SPS     4
#define RATE_HZ (SPS * GSM_SYMBOL_RATE_HZ)
#define N_SAMP  2048
#define START   700

struct air {
    double es_n0_db;
    double ramp_hz;
    double complex echo[5]; /* gain by delay in symbols; [0] the direct path */
};

struct bench {
    struct burst_filter *filter;
    struct burst_scratch *scratch;
    struct equalizer *equalizer;
    struct channel_prior prior;
};

static int create(void **state)
{
    static struct bench b;
    assert_int_equal(burst_filter_create(&b.filter, RATE_HZ), 0);
    assert_int_equal(burst_scratch_create(&b.scratch, b.filter), 0);
    assert_int_equal(equalizer_create(&b.equalizer), 0);
    channel_prior_init(&b.prior);
    *state = &b;
    return 0;
}

static int destroy(void **state)
{
    struct bench *b = *state;
    equalizer_destroy(b->equalizer);
    burst_scratch_destroy(b->scratch);
    burst_filter_destroy(b->filter);
    return 0;
}

/* One burst through the air, as burst_cut hands it over. Power of one path of gain 1 is 1. */
static void send(struct bench *b, uint64_t *seed, const struct air *air, enum burst_kind kind,
                 int tsc, uint8_t bits[GSM_BURST_BITS], struct burst_in *ret)
{
    static double complex x[N_SAMP];
    double sigma = sqrt(SPS * pow(10.0, -air->es_n0_db / 10.0));
    double complex phase = wave_turn(wave_uniform(seed));
    double fraction = wave_uniform(seed);
    wave_bits(seed, kind, tsc, bits);
    for (int k = 0; k < N_SAMP; k++) {
        x[k] = sigma * wave_noise(seed);
        double t = (k - START - fraction) / SPS;
        for (int d = 0; d < 5; d++)
            if (cabs(air->echo[d]) > 0.0)
                x[k] += air->echo[d] * phase * wave_at(bits, t - d) *
                        wave_turn(air->ramp_hz / RATE_HZ * (k - START - 74 * SPS));
    }
    struct history *h = wave_history(x, N_SAMP);
    struct burst_place at = {START + fraction, SPS, 0.0};
    ret->kind = kind;
    ret->tsc = tsc;
    burst_cut(b->filter, b->scratch, h, &at, -EQUALIZER_LEAD, EQUALIZER_SYMS, &ret->y[0][0]);
    history_destroy(h);
}

struct outcome {
    double ber, es_n0_db, ramp_hz, ramp_rms_hz;
    int n_sure_wrong; /* wrong bits with |soft| of 95 and more: an LLR of 15 */
};

/* n batches of a transmitter that is met for the first time; the first three only teach. */
static struct outcome hear(struct bench *b, const struct air *air, int n, uint64_t seed)
{
    struct outcome o = {0};
    int n_bits = 0, n_bursts = 0;
    channel_prior_init(&b->prior);
    for (int k = 0; k < n; k++) {
        static struct burst_in in[EQUALIZER_BATCH];
        static struct burst_soft out[EQUALIZER_BATCH];
        uint8_t bits[EQUALIZER_BATCH][GSM_BURST_BITS];
        for (int j = 0; j < EQUALIZER_BATCH; j++)
            send(b, &seed, air, j ? BURST_NORMAL : BURST_SYNC, 5, bits[j], &in[j]);
        equalizer_run(b->equalizer, &b->prior, in, EQUALIZER_BATCH, out);
        for (int j = 0; j < EQUALIZER_BATCH; j++)
            channel_prior_learn(&b->prior, &out[j]);
        for (int j = 0; j < EQUALIZER_BATCH && k >= 3; j++, n_bursts++) {
            for (int i = 0; i < GSM_BURST_BITS; i++, n_bits++) {
                bool wrong = (out[j].soft[i] < 0) != bits[j][i];
                o.ber += wrong;
                o.n_sure_wrong += wrong && (out[j].soft[i] >= 95 || out[j].soft[i] <= -95);
            }
            double hz = (double)out[j].ramp_sym * GSM_SYMBOL_RATE_HZ;
            o.es_n0_db += 10.0 * log10((double)out[j].es_n0);
            o.ramp_hz += hz;
            o.ramp_rms_hz += (hz - air->ramp_hz) * (hz - air->ramp_hz);
        }
    }
    o.ber /= n_bits;
    o.es_n0_db /= n_bursts;
    o.ramp_hz /= n_bursts;
    o.ramp_rms_hz = sqrt(o.ramp_rms_hz / n_bursts);
    print_message("%5.1f dB: bit errors %.4f, told %.2f dB, ramp %.1f Hz (rms %.1f)\n",
                  air->es_n0_db, o.ber, o.es_n0_db, o.ramp_hz, o.ramp_rms_hz);
    return o;
}

/* An ideal antipodal receiver has Q(sqrt(2 Es/N0)): 0.6 % at 5 dB, 7.9 % at 0 dB. */
static void noise_costs_what_it_must(void **state)
{
    struct air air = {.es_n0_db = 5.0, .echo = {1.0}};
    struct outcome o = hear(*state, &air, 12, 1);
    assert_true(o.ber > 0.002 && o.ber < 0.012);
    assert_true(fabs(o.es_n0_db - 5.0) < 1.0);
    assert_in_range(o.n_sure_wrong, 0, 3); /* of 10656; the noise itself is only estimated */
    air.es_n0_db = 0.0;
    o = hear(*state, &air, 12, 2);
    assert_true(o.ber > 0.05 && o.ber < 0.11);
    assert_true(fabs(o.es_n0_db) < 1.0);
}

static void a_clean_burst_has_no_error(void **state)
{
    struct air air = {.es_n0_db = 20.0, .echo = {1.0}};
    struct outcome o = hear(*state, &air, 8, 3);
    assert_true(o.ber == 0.0);
    assert_true(fabs(o.es_n0_db - 20.0) < 1.0);
}

/* The second path comes four symbols late and nearly as strong. */
static void an_echo_of_four_symbols_is_used(void **state)
{
    struct air air = {.es_n0_db = 8.0, .echo = {0.77, 0.0, 0.0, 0.0, 0.64}};
    struct outcome o = hear(*state, &air, 12, 4);
    assert_true(o.ber < 0.015);
    air.es_n0_db = 20.0;
    o = hear(*state, &air, 8, 5);
    assert_true(o.ber < 1e-3);
}

static void a_ramp_is_measured_and_taken_out(void **state)
{
    struct air air = {.es_n0_db = 15.0, .ramp_hz = 100.0, .echo = {1.0}};
    struct outcome o = hear(*state, &air, 8, 6);
    assert_true(fabs(o.ramp_hz - 100.0) < 15.0);
    assert_true(o.ber == 0.0);
    assert_true(o.ramp_rms_hz < 40.0);
    air.ramp_hz = -250.0;
    o = hear(*state, &air, 8, 7);
    assert_true(fabs(o.ramp_hz + 250.0) < 15.0);
    assert_true(o.ber == 0.0);
}

/* The first burst of a transmitter, of which nothing is known: an SCH at 10 dB. */
static void a_stranger_is_understood_too(void **state)
{
    struct air air = {.es_n0_db = 10.0, .echo = {1.0}};
    uint64_t seed = 8;
    int wrong = 0;
    for (int k = 0; k < 20; k++) {
        struct burst_in in;
        struct burst_soft out;
        struct channel_prior prior;
        uint8_t bits[GSM_BURST_BITS];
        channel_prior_init(&prior);
        send(*state, &seed, &air, BURST_SYNC, 0, bits, &in);
        equalizer_run(((struct bench *)*state)->equalizer, &prior, &in, 1, &out);
        for (int i = 0; i < GSM_BURST_BITS; i++)
            wrong += (out.soft[i] < 0) != bits[i];
        assert_true(out.es_n0 > 5.0f && out.es_n0 < 20.0f);
    }
    assert_true(wrong <= 10);
}

/* What a batch holds beside a burst must not change it. */
static void bursts_of_a_batch_do_not_touch_each_other(void **state)
{
    struct air air = {.es_n0_db = 6.0, .echo = {1.0, 0.3}};
    struct bench *b = *state;
    struct burst_in in[EQUALIZER_BATCH];
    struct burst_soft all[EQUALIZER_BATCH], one;
    uint8_t bits[GSM_BURST_BITS];
    uint64_t seed = 9;
    (void)hear(b, &air, 4, 10); /* a prior */
    for (int j = 0; j < EQUALIZER_BATCH; j++)
        send(b, &seed, &air, j % 3 ? BURST_NORMAL : BURST_SYNC, j, bits, &in[j]);
    equalizer_run(b->equalizer, &b->prior, in, EQUALIZER_BATCH, all);
    for (int j = 0; j < EQUALIZER_BATCH; j++) {
        equalizer_run(b->equalizer, &b->prior, &in[j], 1, &one);
        assert_memory_equal(one.soft, all[j].soft, sizeof(one.soft));
        assert_memory_equal(&one.es_n0, &all[j].es_n0, sizeof(one.es_n0));
        assert_memory_equal(one.tap, all[j].tap, sizeof(one.tap));
    }
}

static void silence_and_junk_do_no_harm(void **state)
{
    struct bench *b = *state;
    struct burst_in in = {.kind = BURST_NORMAL};
    struct burst_soft out;
    struct channel_prior prior;
    uint64_t seed = 11;
    for (int k = 0; k < 3; k++) {
        channel_prior_init(&prior);
        for (int i = 0; i < EQUALIZER_SYMS; i++)
            for (int c = 0; c < 2; c++)
                in.y[i][c] = k == 0 ? 0.0f : (float)wave_uniform(&seed) * (k == 1 ? 1e-18f : 1e6f);
        for (int r = 0; r < 3; r++) {
            equalizer_run(b->equalizer, &prior, &in, 1, &out);
            assert_true(isfinite(out.es_n0) && isfinite(out.energy) && isfinite(out.noise));
            assert_true(isfinite(out.ramp_sym) && isfinite(out.phase_err_rad));
            channel_prior_learn(&prior, &out);
        }
    }
}

static void fill_rows(lane_row *row, size_t n, uint64_t *seed, float low, float high)
{
    for (size_t i = 0; i < n; i++)
        for (int j = 0; j < LANES; j++)
            row[i][j] = low + (high - low) * (float)wave_uniform(seed);
}

/* What goes into the lanes and what comes out, against the plain set. */
static void all_sets_load_and_take_the_same(void **state)
{
    static struct lanes l[2];
    static struct burst_in in[LANES];
    static int8_t soft[2][LANES][GSM_BURST_BITS];
    const struct burst_in *lane[LANES];
    uint64_t seed = 14;
    (void)state;
    for (int j = 0; j < LANES; j++) {
        lane[j] = &in[j];
        for (int i = 0; i < EQUALIZER_SYMS; i++)
            for (int c = 0; c < 2; c++)
                in[j].y[i][c] = (float)wave_uniform(&seed) - 0.5f;
    }
    for (size_t i = 0; lanes_at(i); i++) {
        const struct lanes_edge *edge = lanes_at(i)->edge;
        struct lanes *it = &l[i > 0];
        memset(it, 0, sizeof(*it));
        edge->load(it, lane);
        for (int j = 0; j < LANES; j++)
            for (int k = 0; k < EQUALIZER_SYMS; k++) {
                assert_true(it->raw_re[CHANNEL_TAPS + k][j] == in[j].y[k][0]);
                assert_true(it->raw_im[CHANNEL_TAPS + k][j] == in[j].y[k][1]);
            }
        seed = 15;
        fill_rows(it->llr, GSM_BURST_BITS, &seed, -30.0f, 30.0f);
        edge->take_soft(it, soft[i > 0]);
        for (int j = 0; j < LANES; j++)
            for (int k = 0; k < GSM_BURST_BITS; k++) {
                double v = fmax(-127.0, fmin(127.0, (double)it->llr[k][j] * 6.35));
                assert_true(fabs(v - soft[i > 0][j][k]) < 0.501);
            }
        assert_false(edge->all_sure(it, LANES));
        for (int k = 0; k < GSM_BURST_BITS; k++)
            for (int j = 0; j < 5; j++)
                it->llr[k][j] = it->llr[k][j] < 0.0f ? -20.0f : 20.0f;
        assert_true(edge->all_sure(it, 5));
        assert_false(edge->all_sure(it, 6));
        if (i > 0) {
            assert_memory_equal(&l[0], &l[1], sizeof(l[0]));
            assert_memory_equal(soft[0], soft[1], sizeof(soft[0]));
        }
    }
}

/* Every instruction set of this machine, on random lanes. */
static void all_sets_give_the_same_bits(void **state)
{
    static struct lanes l[2];
    struct bench *b = *state;
    struct air air = {.es_n0_db = 6.0, .echo = {1.0, 0.0, 0.4}};
    struct prior_view view;
    float ramp[LANES];
    (void)hear(b, &air, 4, 12);
    prior_view_learned(&view, &b->prior);
    for (size_t i = 1; lanes_at(i); i++) {
        for (int s = 0; s < 2; s++) {
            const struct lanes_set *set = lanes_at(s ? i : 0);
            uint64_t seed = 13;
            memset(&l[s], 0, sizeof(l[s]));
            fill_rows(l[s].raw_re, LANES_SYMS, &seed, -2.0f, 2.0f);
            fill_rows(l[s].raw_im, LANES_SYMS, &seed, -2.0f, 2.0f);
            for (int k = 0; k < GSM_BURST_BITS; k++)
                for (int j = 0; j < LANES; j++)
                    l[s].known[k + LANES_LEAD][j] = training_known(BURST_NORMAL, j)[k];
            for (int k = training_first(BURST_NORMAL);
                 k < training_first(BURST_NORMAL) + training_count(BURST_NORMAL); k++)
                l[s].training[k + LANES_LEAD] = l[s].known[k + LANES_LEAD];
            for (int k = 66; k < 88; k++)
                l[s].rows[k + LANES_LEAD] = (lane_row){1, 1, 1, 1, 1, 1, 1, 1};
            l[s].first_row = 66;
            l[s].end_row = 88;
            l[s].n_rows = (lane_row){22, 22, 22, 22, 22, 22, 22, 22};
            fill_rows(&l[s].power, 1, &seed, 1.0f, 3.0f);
            for (int j = 0; j < LANES; j++)
                ramp[j] = 1e-4f * (float)(j - 3);
            set->whiten(&l[s], &view.whitener);
            set->estimate_training(&l[s], &view);
            set->trellis(&l[s], &view);
            set->soften(&l[s], &view);
            set->refine(&l[s], &view, ramp);
            set->cancel_echoes(&l[s], &view);
            set->trellis(&l[s], &view);
        }
        assert_memory_equal(&l[0], &l[1], sizeof(l[0]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_costs_what_it_must),
        cmocka_unit_test(a_clean_burst_has_no_error),
        cmocka_unit_test(an_echo_of_four_symbols_is_used),
        cmocka_unit_test(a_ramp_is_measured_and_taken_out),
        cmocka_unit_test(a_stranger_is_understood_too),
        cmocka_unit_test(bursts_of_a_batch_do_not_touch_each_other),
        cmocka_unit_test(silence_and_junk_do_no_harm),
        cmocka_unit_test(all_sets_load_and_take_the_same),
        cmocka_unit_test(all_sets_give_the_same_bits),
    };
    return cmocka_run_group_tests(tests, create, destroy);
}

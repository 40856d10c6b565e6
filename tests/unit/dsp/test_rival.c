/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <math.h>
#include <string.h>

#include "dsp/burst.h"
#include "dsp/equalizer.h"
#include "dsp/rival.h"
#include "unit/dsp/gmsk_wave.h"

#define SPS     4
#define RATE_HZ (SPS * GSM_SYMBOL_RATE_HZ)
#define N_SAMP  2048
#define START   700

/* One carrier on top of another. */
struct air {
    double es_n0_db;
    double rival_db;    /* against the wanted one; NAN: none */
    double rival_hz;    /* its carrier against the wanted one's */
    double rival_late;  /* symbols; its next burst follows 156.25 later */
    double phase_turns; /* between the two; NAN: random */
};

struct bench {
    struct burst_filter *filter;
    struct burst_scratch *scratch;
    struct equalizer *equalizer;
    struct rival *rival;
};

static int create(void **state)
{
    static struct bench b;
    assert_int_equal(burst_filter_create(&b.filter, RATE_HZ), 0);
    assert_int_equal(burst_scratch_create(&b.scratch, b.filter), 0);
    assert_int_equal(equalizer_create(&b.equalizer), 0);
    assert_int_equal(rival_create(&b.rival), 0);
    *state = &b;
    return 0;
}

static int destroy(void **state)
{
    struct bench *b = *state;
    rival_destroy(b->rival);
    equalizer_destroy(b->equalizer);
    burst_scratch_destroy(b->scratch);
    burst_filter_destroy(b->filter);
    return 0;
}

/* A burst of the wanted cell and the two of the other that reach into it, as burst_cut hands it
 * over. */
static void send(struct bench *b, uint64_t *seed, const struct air *air, enum burst_kind kind,
                 uint8_t bits[GSM_BURST_BITS], struct burst_in *ret)
{
    static double complex x[N_SAMP];
    uint8_t other[2][GSM_BURST_BITS];
    double sigma = sqrt(SPS * pow(10.0, -air->es_n0_db / 10.0));
    double gain = isnan(air->rival_db) ? 0.0 : pow(10.0, air->rival_db / 20.0);
    double phase = wave_uniform(seed), fraction = wave_uniform(seed);
    double apart = isnan(air->phase_turns) ? wave_uniform(seed) : air->phase_turns;
    wave_bits(seed, kind, 3, bits);
    wave_bits(seed, BURST_NORMAL, 5, other[0]);
    wave_bits(seed, BURST_NORMAL, 5, other[1]);
    for (int k = 0; k < N_SAMP; k++) {
        double t = (k - START - fraction) / SPS, late = t - air->rival_late;
        x[k] = sigma * wave_noise(seed) + wave_at(bits, t) * wave_turn(phase);
        double complex rival =
            late < -4.125 ? wave_at(other[0], late + GSM_SLOT_SYM) : wave_at(other[1], late);
        x[k] += gain * rival * wave_turn(phase + apart + air->rival_hz / RATE_HZ * k);
    }
    struct history *h = wave_history(x, N_SAMP);
    struct burst_place at = {START + fraction, SPS, 0.0};
    ret->kind = kind;
    ret->tsc = 3;
    burst_cut(b->filter, b->scratch, h, &at, -EQUALIZER_LEAD, EQUALIZER_SYMS, &ret->y[0][0]);
    history_destroy(h);
}

struct outcome {
    double plain_ber, ber;          /* of the equaliser; with the rival taken out */
    double share;                   /* mean of rival_share */
    int n_likely, n_better, n_poor; /* poor: more than 10 % of its bits wrong */
};

static double error_share(const struct burst_soft *s, const uint8_t bits[GSM_BURST_BITS])
{
    int n = 0;
    for (int i = 0; i < GSM_BURST_BITS; i++)
        n += (s->soft[i] < 0) != bits[i];
    return (double)n / GSM_BURST_BITS;
}

/* n bursts of a cell that is met for the first time in each. */
static struct outcome hear(struct bench *b, const struct air *air, int n)
{
    struct outcome o = {0};
    uint64_t seed = 20;
    for (int k = 0; k < n; k++) {
        uint8_t bits[GSM_BURST_BITS];
        struct burst_in in;
        struct burst_soft plain, alone;
        struct channel_prior prior;
        send(b, &seed, air, k & 1 ? BURST_SYNC : BURST_NORMAL, bits, &in);
        channel_prior_init(&prior);
        equalizer_run(b->equalizer, &prior, &in, 1, &plain);
        rival_run(b->rival, &in, &alone);
        double ber = error_share(&alone, bits);
        o.plain_ber += error_share(&plain, bits) / n;
        o.ber += ber / n;
        o.n_poor += ber > 0.1;
        o.share += (double)rival_share(&in, &plain) / n;
        o.n_likely += rival_likely(&in, &plain);
        o.n_better += rival_better(&alone, &plain);
    }
    print_message("rival %+.0f dB, %+.0f Hz, late %.1f: bit errors %.4f, without it %.4f (%d of %d "
                  "bursts poor), share %.2f, likely %d, better %d\n",
                  air->rival_db, air->rival_hz, air->rival_late, o.plain_ber, o.ber, o.n_poor, n,
                  o.share, o.n_likely, o.n_better);
    return o;
}

/* Wherever the other cell's timeslots begin, and whatever the fraction of a symbol. */
static void stronger_one_of_any_timing_is_taken_out(void **state)
{
    static const double late[] = {3.0, 40.25, 74.5, 110.75, 150.1};
    for (size_t i = 0; i < sizeof(late) / sizeof(late[0]); i++) {
        struct outcome o = hear(*state, &(struct air){20, 6, 25, late[i], (double)NAN}, 20);
        assert_true(o.plain_ber > 0.15);
        assert_true(o.ber < 0.06 && o.n_poor <= 3);
        assert_true(o.n_likely >= 8 && o.n_better >= 18);
    }
}

static void much_stronger_one_is_taken_out(void **state)
{
    struct outcome o = hear(*state, &(struct air){20, 12, 25, 62.3, (double)NAN}, 20);
    assert_true(o.plain_ber > 0.2);
    assert_true(o.ber < 0.02 && o.n_poor <= 1);
}

/* Equal phases of the carriers: no filter could tell the two apart. */
static void same_phase_does_not_hide_it(void **state)
{
    struct outcome o = hear(*state, &(struct air){20, 6, 0, 30.5, 0.0}, 20);
    assert_true(o.plain_ber > 0.15);
    assert_true(o.ber < 0.03 && o.n_better >= 19);
}

static void noise_is_no_rival(void **state)
{
    static const double es_n0_db[] = {-3.0, 1.0, 5.0};
    for (size_t i = 0; i < 3; i++) {
        struct outcome o = hear(*state, &(struct air){es_n0_db[i], (double)NAN, 0, 0, 0}, 60);
        assert_true(o.share > 0.15 && o.share < 0.35);
        assert_true(o.n_likely <= 3 && o.n_better <= 4);
    }
}

/* A neighbour 200 kHz away turns too fast: the whitening filter is for that. */
static void neighbour_is_no_rival(void **state)
{
    struct outcome o = hear(*state, &(struct air){20, 18, 200e3, 62.3, (double)NAN}, 40);
    assert_true(o.n_likely <= 2);
}

/* What the burst before left in the object has no say. */
static void nothing_is_remembered(void **state)
{
    struct bench *b = *state;
    uint64_t seed = 4;
    uint8_t bits[GSM_BURST_BITS];
    struct burst_in in, other;
    struct burst_soft first, second;
    send(b, &seed, &(struct air){20, 3, 10, 62.3, (double)NAN}, BURST_NORMAL, bits, &in);
    send(b, &seed, &(struct air){-5, 9, 500, 10.1, (double)NAN}, BURST_SYNC, bits, &other);
    rival_run(b->rival, &in, &first);
    rival_run(b->rival, &other, &second);
    rival_run(b->rival, &in, &second);
    assert_memory_equal(&first, &second, sizeof(first));
}

/* Silence, and values that overflow. */
static void bears_what_is_no_burst(void **state)
{
    struct bench *b = *state;
    struct burst_in in = {.kind = BURST_NORMAL};
    struct burst_soft out;
    rival_run(b->rival, &in, &out);
    for (int i = 0; i < GSM_BURST_BITS; i++)
        assert_true(out.soft[i] >= -127);
    assert_true(isfinite((double)out.es_n0) && isfinite((double)rival_share(&in, &out)));
    for (int i = 0; i < EQUALIZER_SYMS; i++)
        in.y[i][0] = i & 1 ? 1e6f : -1e6f;
    rival_run(b->rival, &in, &out);
    assert_false(rival_likely(&in, &out) && isnan(rival_share(&in, &out)));
    rival_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stronger_one_of_any_timing_is_taken_out),
        cmocka_unit_test(much_stronger_one_is_taken_out),
        cmocka_unit_test(same_phase_does_not_hide_it),
        cmocka_unit_test(noise_is_no_rival),
        cmocka_unit_test(neighbour_is_no_rival),
        cmocka_unit_test(nothing_is_remembered),
        cmocka_unit_test(bears_what_is_no_burst),
    };
    return cmocka_run_group_tests(tests, create, destroy);
}

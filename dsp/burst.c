/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/burst.h"

#include <complex.h>
#include <errno.h>
#include <liquid/liquid.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/detmath.h"
#include "dsp/kernels.h"
#include "gsm_const.h"

/* Roll-off 0.3 costs nothing against 0.1, 0.5 costs 0.03 dB and lets more of the neighbour in
 * (simulation, 10000 blocks a point). */
#define ROLL_OFF 0.3
/* Half length of the filter in symbols. */
#define HALF_SPAN_SYM 6.0
#define STOP_BAND_DB  60.0f
/* Values of the window are rounded to this. */
#define WINDOW_STEP (1.0 / 1048576.0)
/* Points of the window that liquid computes; straight lines between them err by 1e-6. */
#define WINDOW_POINTS 1024
/* Sampling phases per symbol: an error of 1/512 symbol is 45 dB below the signal. */
#define PHASES_PER_SYM 256.0
/* Taps are whole numbers: as fine as the sums allow, and no finer than this. */
#define TAP_BITS_MAX  15
#define TAP_BITS_GOOD 14
/* From this many samples a symbol on the samples are rounded more coarsely instead: many add up. */
#define DROP_BITS_MAX 2
/* |re|, |im| of a sample that was turned: sqrt 2 times as much as before. */
#define TURNED_PEAK (1.4143 * PLANAR_PEAK)

struct burst_filter {
    double rate_hz;
    int n_taps; /* a multiple of KERNEL_TAPS_STEP */
    int n_phases;
    int drop_bits;
    float tap_step; /* what 1 in taps stands for */
    int16_t *taps;  /* [n_phases][n_taps] */
    const struct kernels *kernels;
};

struct burst_scratch {
    size_t cap_samp;
    int16_t *re, *im;
    int16_t (*base)[2];
};

/* Root raised cosine at t symbols. */
static double rrc(double t)
{
    const double pi = 3.14159265358979323846;
    double b = ROLL_OFF, c, s, c2, s2;
    if (fabs(t) < 1e-9)
        return 1.0 - b + 4.0 * b / pi;
    if (fabs(fabs(4.0 * b * t) - 1.0) < 1e-9) {
        det_sincos(1.0 / (8.0 * b), &c, &s);
        return b / sqrt(2.0) * ((1.0 + 2.0 / pi) * s + (1.0 - 2.0 / pi) * c);
    }
    det_sincos(t * (1.0 - b) / 2.0, &c, &s);
    det_sincos(t * (1.0 + b) / 2.0, &c2, &s2);
    return (s + 4.0 * b * t * c2) / (pi * t * (1.0 - 16.0 * b * b * t * t));
}

/* Half of a Kaiser window from its middle on. What liquid computes in float differs in its last
 * bits between processors: rounded away, nothing later can depend on it. */
static void window_fill(double half[WINDOW_POINTS + 2])
{
    for (unsigned i = 0; i <= WINDOW_POINTS; i++) {
        float v =
            liquid_kaiser(WINDOW_POINTS + i, 2 * WINDOW_POINTS + 1, kaiser_beta_As(STOP_BAND_DB));
        half[i] = det_round((double)v, WINDOW_STEP);
    }
    half[WINDOW_POINTS + 1] = half[WINDOW_POINTS];
}

/* Tap i of phase p, p / n_phases of a sample late: the pulse under the window over all taps. */
static double filter_tap(const struct burst_filter *f, const double half[WINDOW_POINTS + 2],
                         double sps, int i, int p)
{
    int at = (i - f->n_taps / 2 + 1) * f->n_phases - p;
    double x = (double)abs(at) * 2.0 / ((double)f->n_taps * f->n_phases) * WINDOW_POINTS;
    int whole = x < WINDOW_POINTS ? (int)x : WINDOW_POINTS;
    double window = half[whole] + (x - whole) * (half[whole + 1] - half[whole]);
    return window * rrc((double)at / f->n_phases / sps);
}

/* All taps, each phase of energy 1. Returns the largest sum of magnitudes of one phase. */
static double filter_fill(const struct burst_filter *f, double sps, double *ret)
{
    double half[WINDOW_POINTS + 2], most = 0.0;
    window_fill(half);
    for (int p = 0; p < f->n_phases; p++) {
        double *g = ret + (size_t)p * (size_t)f->n_taps;
        double energy = 0.0, sum = 0.0;
        for (int i = 0; i < f->n_taps; i++) {
            g[i] = filter_tap(f, half, sps, i, p);
            energy += g[i] * g[i];
        }
        for (int i = 0; i < f->n_taps; i++) {
            g[i] /= sqrt(energy);
            sum += fabs(g[i]);
        }
        most = sum > most ? sum : most;
    }
    return most;
}

/* The finest steps with which no sum can pass 32 bits, whatever the samples. */
static void filter_round(struct burst_filter *f, const double *exact, double most)
{
    int bits = TAP_BITS_MAX;
    double peak = TURNED_PEAK;
    while (peak * (most * ldexp(1.0, bits) + 0.5 * f->n_taps) >= 2147483647.0) {
        if (bits > TAP_BITS_GOOD || f->drop_bits == DROP_BITS_MAX) {
            bits--;
        } else {
            f->drop_bits++;
            peak *= 0.5;
        }
    }
    f->tap_step = (float)ldexp(1.0, -bits);
    for (size_t i = 0; i < (size_t)f->n_phases * (size_t)f->n_taps; i++)
        f->taps[i] = (int16_t)floor(exact[i] * ldexp(1.0, bits) + 0.5);
}

int burst_filter_create(struct burst_filter **ret, double rate_hz)
{
    if (!(rate_hz >= 270e3 && rate_hz <= 25e6))
        return -EINVAL;
    struct burst_filter *f = calloc(1, sizeof(*f));
    if (!f)
        return -ENOMEM;
    double sps = rate_hz / GSM_SYMBOL_RATE_HZ;
    f->rate_hz = rate_hz;
    f->n_taps = (int)ceil(2.0 * HALF_SPAN_SYM * sps / KERNEL_TAPS_STEP) * KERNEL_TAPS_STEP;
    f->n_phases = (int)ceil(PHASES_PER_SYM / sps);
    size_t n = (size_t)f->n_phases * (size_t)f->n_taps;
    double *exact = calloc(n, sizeof(*exact));
    f->taps = calloc(n, sizeof(*f->taps));
    f->kernels = kernels_get();
    if (!f->taps || !exact) {
        free(exact);
        burst_filter_destroy(f);
        return -ENOMEM;
    }
    double most = filter_fill(f, sps, exact);
    filter_round(f, exact, most);
    free(exact);
    *ret = f;
    return 0;
}

void burst_filter_destroy(struct burst_filter *f)
{
    if (!f)
        return;
    free(f->taps);
    free(f);
}

int burst_scratch_create(struct burst_scratch **ret, const struct burst_filter *f)
{
    struct burst_scratch *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    double sps = f->rate_hz / GSM_SYMBOL_RATE_HZ * 1.001;
    size_t n_runs = ((size_t)(BURST_CUT_MAX * sps) + (size_t)f->n_taps) / KERNEL_MIX_RUN + 4;
    s->cap_samp = n_runs * KERNEL_MIX_RUN;
    s->re = calloc(2 * s->cap_samp, sizeof(*s->re));
    s->base = calloc(n_runs, sizeof(*s->base));
    if (!s->re || !s->base) {
        burst_scratch_destroy(s);
        return -ENOMEM;
    }
    s->im = s->re + s->cap_samp;
    *ret = s;
    return 0;
}

void burst_scratch_destroy(struct burst_scratch *s)
{
    if (!s)
        return;
    free(s->re);
    free(s->base);
    free(s);
}

static int16_t round16(double x)
{
    x *= 32767.0;
    return (int16_t)(x < 0.0 ? x - 0.5 : x + 0.5);
}

/* A rotation, advanced by multiplying: over a burst that errs by less than 1e-12. */
struct turn {
    double c, s;
};

static struct turn turn_more(struct turn at, struct turn by)
{
    return (struct turn){at.c * by.c - at.s * by.s, at.c * by.s + at.s * by.c};
}

/* Moves the carrier to zero, phase 0 at sample 0. */
static void mix_down(const struct kernels *k, struct burst_scratch *s, size_t n_runs,
                     double turns_per_samp)
{
    int16_t table[2][KERNEL_MIX_RUN];
    struct turn step, at = {1.0, 0.0}, run = {1.0, 0.0};
    det_sincos(-turns_per_samp, &step.c, &step.s);
    for (int i = 0; i < KERNEL_MIX_RUN; i++) {
        table[0][i] = round16(at.c);
        table[1][i] = round16(at.s);
        at = turn_more(at, step);
    }
    for (size_t r = 0; r < n_runs; r++) {
        s->base[r][0] = round16(run.c);
        s->base[r][1] = round16(run.s);
        run = turn_more(run, at);
    }
    k->mix(s->re, s->im, (const int16_t(*)[KERNEL_MIX_RUN])table, (const int16_t(*)[2])s->base,
           n_runs);
}

/* One symbol as the sums have it, times (-j)^k: takes out the quarter turn a symbol that GMSK
 * advances by. */
static void put_symbol(const int32_t sum[2], float scale, int k, float *y)
{
    float re = (float)sum[0] * scale, im = (float)sum[1] * scale;
    bool odd = k & 1;
    float a = odd ? im : re, b = odd ? -re : im;
    bool minus = k & 2;
    y[0] = minus ? -a : a;
    y[1] = minus ? -b : b;
}

void burst_cut(const struct burst_filter *f, struct burst_scratch *s, const struct history *h,
               const struct burst_place *at, int first, int n, float *out)
{
    double t_first = at->start_samp + (first + BURST_PEAK_SYM) * at->sym_samp;
    double whole = floor(t_first);
    int64_t from = (int64_t)whole - f->n_taps / 2 + 1;
    size_t need = (size_t)((n - 1) * at->sym_samp) + (size_t)f->n_taps + 3;
    size_t n_runs = (need + KERNEL_MIX_RUN - 1) / KERNEL_MIX_RUN;
    if (n > BURST_CUT_MAX || n_runs * KERNEL_MIX_RUN > s->cap_samp)
        return;
    float step = history_read_planar(h, from, n_runs * KERNEL_MIX_RUN, f->drop_bits, s->re, s->im);
    mix_down(f->kernels, s, n_runs, at->offset_hz / f->rate_hz);
    /* places in samples * 2^32, to the nearest phase */
    struct kernel_taps taps = {f->taps, (size_t)f->n_taps, (uint64_t)f->n_phases};
    uint64_t place = (uint64_t)((t_first - whole) * 4294967296.0) + 2147483648u / taps.n_phases;
    uint64_t by = (uint64_t)(at->sym_samp * 4294967296.0 + 0.5);
    int32_t sum[BURST_CUT_MAX][2];
    f->kernels->filter(s->re, s->im, &taps, place, by, (size_t)n, sum);
    for (int i = 0; i < n; i++)
        put_symbol(sum[i], step * f->tap_step, first + i, out + 2 * i);
}

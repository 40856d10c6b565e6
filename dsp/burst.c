/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/burst.h"

#include <complex.h>
#include <errno.h>
#include <liquid/liquid.h>
#include <math.h>
#include <stdbool.h>
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
/* Sampling phases per symbol: an error of 1/512 symbol is 45 dB below the signal. */
#define PHASES_PER_SYM 256.0

struct burst_filter {
    double rate_hz;
    int n_taps; /* a multiple of 8 */
    int n_phases;
    float *taps; /* [n_phases][n_taps][2]: each real tap twice, for interleaved samples */
    const struct kernels *kernels;
};

struct burst_scratch {
    size_t cap_samp;
    float *wide;
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

/* Tap i of phase p: the pulse under a Kaiser window over all taps. What liquid computes in float
 * differs in its last bits between processors: rounded away, nothing later can depend on it. */
static double filter_tap(const struct burst_filter *f, double sps, int i, int p)
{
    int middle = f->n_taps / 2 * f->n_phases;
    int at = (i - f->n_taps / 2 + 1) * f->n_phases - p;
    float window = liquid_kaiser((unsigned)(middle + at), (unsigned)(2 * middle + 1),
                                 kaiser_beta_As(STOP_BAND_DB));
    return det_round((double)window, WINDOW_STEP) * rrc((double)at / f->n_phases / sps);
}

static void filter_fill(struct burst_filter *f, double sps)
{
    for (int p = 0; p < f->n_phases; p++) {
        float *g = f->taps + (size_t)p * (size_t)f->n_taps * 2;
        double energy = 0.0;
        for (int i = 0; i < f->n_taps; i++) {
            double v = filter_tap(f, sps, i, p);
            energy += v * v;
        }
        double scale = 1.0 / sqrt(energy);
        for (int i = 0; i < f->n_taps; i++)
            g[2 * i] = g[2 * i + 1] = (float)(scale * filter_tap(f, sps, i, p));
    }
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
    f->n_taps = ((int)ceil(2.0 * HALF_SPAN_SYM * sps) + 7) / 8 * 8;
    f->n_phases = (int)ceil(PHASES_PER_SYM / sps);
    f->taps = calloc((size_t)f->n_phases * (size_t)f->n_taps * 2, sizeof(*f->taps));
    f->kernels = kernels_get();
    if (!f->taps) {
        burst_filter_destroy(f);
        return -ENOMEM;
    }
    filter_fill(f, sps);
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
    s->cap_samp = (size_t)(BURST_CUT_MAX * sps) + (size_t)f->n_taps + 4 * KERNEL_MIX_RUN;
    s->wide = calloc(2 * s->cap_samp, sizeof(*s->wide));
    if (!s->wide) {
        free(s);
        return -ENOMEM;
    }
    *ret = s;
    return 0;
}

void burst_scratch_destroy(struct burst_scratch *s)
{
    if (!s)
        return;
    free(s->wide);
    free(s);
}

/* Moves the carrier to zero, phase 0 at sample 0 of the run. Between exact rotations every
 * KERNEL_MIX_RUN samples a table is used; the exact one advances in double by one multiplication,
 * which over a burst errs by less than 1e-12. */
static void mix_down(const struct kernels *k, float *x, size_t n_runs, double turns_per_samp)
{
    float table[2 * KERNEL_MIX_RUN];
    double c, s, step_c, step_s, base_c = 1.0, base_s = 0.0;
    for (int i = 0; i < KERNEL_MIX_RUN; i++) {
        det_sincos(-turns_per_samp * i, &c, &s);
        table[2 * i] = (float)c;
        table[2 * i + 1] = (float)s;
    }
    det_sincos(-turns_per_samp * KERNEL_MIX_RUN, &step_c, &step_s);
    for (size_t r = 0; r < n_runs; r++) {
        k->mix(x + 2 * KERNEL_MIX_RUN * r, table, (float)base_c, (float)base_s);
        double next = base_c * step_c - base_s * step_s;
        base_s = base_c * step_s + base_s * step_c;
        base_c = next;
    }
}

/* Multiplies by (-j)^k: takes out the quarter turn a symbol that GMSK advances by. */
static void derotate(float *y, int k)
{
    float re = y[0], im = y[1];
    switch (((unsigned)k) & 3u) {
    case 0:
        break;
    case 1:
        y[0] = im;
        y[1] = -re;
        break;
    case 2:
        y[0] = -re;
        y[1] = -im;
        break;
    default:
        y[0] = -im;
        y[1] = re;
        break;
    }
}

void burst_cut(const struct burst_filter *f, struct burst_scratch *s, const struct history *h,
               const struct burst_place *at, int first, int n, float *out)
{
    double t_first = at->start_samp + (first + BURST_PEAK_SYM) * at->sym_samp;
    int64_t from = (int64_t)floor(t_first) - f->n_taps / 2 + 1;
    size_t need = (size_t)ceil((n - 1) * at->sym_samp) + (size_t)f->n_taps + 2;
    size_t n_runs = (need + KERNEL_MIX_RUN - 1) / KERNEL_MIX_RUN;
    if (n > BURST_CUT_MAX || n_runs * KERNEL_MIX_RUN > s->cap_samp)
        return;
    history_read(h, from, n_runs * KERNEL_MIX_RUN, s->wide);
    mix_down(f->kernels, s->wide, n_runs, at->offset_hz / f->rate_hz);
    for (int i = 0; i < n; i++) {
        double t = t_first + i * at->sym_samp;
        double whole = floor(t);
        int phase = (int)floor((t - whole) * f->n_phases + 0.5);
        int64_t lead = (int64_t)whole - f->n_taps / 2 + 1 - from;
        if (phase == f->n_phases) {
            phase = 0;
            lead++;
        }
        f->kernels->dot(s->wide + 2 * lead, f->taps + (size_t)phase * (size_t)f->n_taps * 2,
                        (size_t)f->n_taps, out + 2 * i);
        derotate(out + 2 * i, first + i);
    }
}

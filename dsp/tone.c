/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/tone.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "core/detmath.h"
#include "dsp/kernels.h"
#include "gsm_const.h"

/* One value every 4 symbols, from a Hann window twice as long: noise bandwidth 51 kHz. */
#define HOP_SYM 4.0
/* Values that lie inside a burst of 148 symbols: (148 - 8) / 4 + 1. */
#define INSIDE 36
/* Values on each side between which the place is interpolated. */
#define SIDE 6
/* (74 + 2 * 102 - 8) / 4 + 1 */
#define VALUES_MAX 68
/* Values in the middle of the stretch that a burst fills wherever it lies: 72 symbols. */
#define MIDDLE 16
/* Share of the power at the first frequency below which no better one makes 0.4 of it. */
#define PURITY_HOPE 0.25
/* From the start of bit 0 to the middle of the tone. */
#define MIDDLE_SYM (0.5 * GSM_BURST_BITS + 0.5)
/* Outside of the burst the tone must be this much weaker, in amplitude: a spur goes on and on. At
 * -6 dB noise alone reaches it once in 5000. */
#define OUTSIDE_MAX 0.5

struct tone {
    double rate_hz, sym_samp;
    size_t window_samp, hop, n_values, margin_samp;
    size_t n_table; /* 2 * hop, and zeros up to a multiple of 8 */
    float *hann;
    const struct kernels *kernels;
};

struct tone_scratch {
    float *wide;                   /* the stretch looked at */
    float *table[2];               /* window times rotation: real parts, each twice; imaginary */
    double z[VALUES_MAX][2];       /* brought down */
    double sum[VALUES_MAX + 1][2]; /* of z turned by the frequency on trial */
    double energy[VALUES_MAX + 1];
};

int tone_create(struct tone **ret, double rate_hz, size_t window_samp)
{
    struct tone *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->rate_hz = rate_hz;
    t->sym_samp = rate_hz / GSM_SYMBOL_RATE_HZ;
    t->window_samp = window_samp;
    t->hop = (size_t)(HOP_SYM * t->sym_samp + 0.5);
    t->margin_samp = (size_t)((TONE_MARGIN_SYM - 2) * t->sym_samp);
    t->n_values = (window_samp + 2 * t->margin_samp) / t->hop - 1;
    if (t->n_values > VALUES_MAX)
        t->n_values = VALUES_MAX;
    t->n_table = (2 * t->hop + 7) / 8 * 8;
    t->hann = calloc(t->n_table, sizeof(*t->hann));
    t->kernels = kernels_get();
    if (!t->hann || t->n_values < INSIDE + 2 * SIDE) {
        int err = t->hann ? -EINVAL : -ENOMEM;
        tone_destroy(t);
        return err;
    }
    for (size_t i = 0; i < 2 * t->hop; i++) {
        double c, s;
        det_sincos(((double)i + 0.5) / (2.0 * (double)t->hop), &c, &s);
        t->hann[i] = (float)(0.5 - 0.5 * c);
    }
    *ret = t;
    return 0;
}

void tone_destroy(struct tone *t)
{
    if (!t)
        return;
    free(t->hann);
    free(t);
}

int tone_scratch_create(struct tone_scratch **ret, const struct tone *t)
{
    struct tone_scratch *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    s->wide = calloc(((t->n_values + 1) * t->hop + 8) * 2, sizeof(*s->wide));
    s->table[0] = calloc(t->n_table * 2, sizeof(float));
    s->table[1] = calloc(t->n_table * 2, sizeof(float));
    if (!s->wide || !s->table[0] || !s->table[1]) {
        tone_scratch_destroy(s);
        return -ENOMEM;
    }
    *ret = s;
    return 0;
}

void tone_scratch_destroy(struct tone_scratch *s)
{
    if (!s)
        return;
    free(s->wide);
    free(s->table[0]);
    free(s->table[1]);
    free(s);
}

/* Turns (re, im) on by (c, s). */
static void turn(double *re, double *im, double c, double s)
{
    double r = *re * c - *im * s;
    *im = *re * s + *im * c;
    *re = r;
}

static void fill_table(const struct tone *t, struct tone_scratch *s, double turns_per_samp)
{
    double re = 1.0, im = 0.0, c, q;
    det_sincos(-turns_per_samp, &c, &q);
    for (size_t i = 0; i < 2 * t->hop; i++) {
        s->table[0][2 * i] = s->table[0][2 * i + 1] = (float)re * t->hann[i];
        s->table[1][2 * i] = s->table[1][2 * i + 1] = (float)im * t->hann[i];
        turn(&re, &im, c, q);
    }
}

static void bring_down(const struct tone *t, struct tone_scratch *s, const struct history *h,
                       int64_t from, double tone_hz)
{
    double turns = tone_hz / t->rate_hz, re = 1.0, im = 0.0, c, q;
    history_read(h, from, (t->n_values + 1) * t->hop, s->wide);
    fill_table(t, s, turns);
    det_sincos(-turns * (double)t->hop, &c, &q);
    s->energy[0] = 0.0;
    for (size_t m = 0; m < t->n_values; m++) {
        double *z = s->z[m];
        float y[2];
        t->kernels->product(s->wide + 2 * m * t->hop, s->table[0], s->table[1], t->n_table, y);
        z[0] = (double)y[0];
        z[1] = (double)y[1];
        turn(&z[0], &z[1], re, im);
        turn(&re, &im, c, q);
        s->energy[m + 1] = s->energy[m] + z[0] * z[0] + z[1] * z[1];
    }
}

/* Running sums of z turned back by off_hz. */
static void add_up(const struct tone *t, const struct tone_scratch *s, double off_hz,
                   double sum[VALUES_MAX + 1][2])
{
    double re = 1.0, im = 0.0, c, q;
    det_sincos(-off_hz / t->rate_hz * (double)t->hop, &c, &q);
    sum[0][0] = sum[0][1] = 0.0;
    for (size_t m = 0; m < t->n_values; m++) {
        double zr = s->z[m][0], zi = s->z[m][1];
        turn(&zr, &zi, re, im);
        turn(&re, &im, c, q);
        sum[m + 1][0] = sum[m][0] + zr;
        sum[m + 1][1] = sum[m][1] + zi;
    }
}

static double power_between(double sum[VALUES_MAX + 1][2], size_t from, size_t to)
{
    double re = sum[to][0] - sum[from][0], im = sum[to][1] - sum[from][1];
    return re * re + im * im;
}

/* Power at the best place of this frequency. */
static double best_place(const struct tone *t, double sum[VALUES_MAX + 1][2], size_t *ret)
{
    double best = -1.0;
    for (size_t m = SIDE; m + SIDE + INSIDE <= t->n_values; m++) {
        double p = power_between(sum, m, m + INSIDE);
        if (p > best) {
            best = p;
            *ret = m;
        }
    }
    return best;
}

/* The phase between the two halves of n values from `at` on says what is left of the frequency. */
static double left_hz(const struct tone *t, double sum[VALUES_MAX + 1][2], size_t at, size_t n)
{
    size_t a = at, b = a + n / 2, c = b + n / 2;
    double r0 = sum[b][0] - sum[a][0], i0 = sum[b][1] - sum[a][1];
    double r1 = sum[c][0] - sum[b][0], i1 = sum[c][1] - sum[b][1];
    double turns = det_phase(i1 * r0 - r1 * i0, r1 * r0 + i1 * i0);
    return turns * t->rate_hz / ((double)(n / 2) * (double)t->hop);
}

/* Amplitude of a tone outside of the burst against that inside. */
static double outside(const struct tone *t, double sum[VALUES_MAX + 1][2], size_t at, double inside)
{
    size_t from = at - 2, to = at + INSIDE + 2;
    double re = sum[t->n_values][0] - sum[to][0] + sum[from][0];
    double im = sum[t->n_values][1] - sum[to][1] + sum[from][1];
    double n = (double)(t->n_values - INSIDE - 4);
    return sqrt((re * re + im * im) / inside) * INSIDE / n;
}

bool tone_find(const struct tone *t, struct tone_scratch *s, const struct history *h, int64_t from,
               double tone_hz, struct tone_burst *ret)
{
    size_t at = SIDE;
    from -= (int64_t)t->margin_samp;
    bring_down(t, s, h, from, tone_hz);
    add_up(t, s, 0.0, s->sum);
    double off_hz = left_hz(t, s->sum, (t->n_values - MIDDLE) / 2, MIDDLE);
    add_up(t, s, off_hz, s->sum);
    double best = best_place(t, s->sum, &at);
    double energy = s->energy[at + INSIDE] - s->energy[at];
    if (!(best > PURITY_HOPE * INSIDE * energy))
        return false;
    off_hz += left_hz(t, s->sum, at + 1, INSIDE - 2);
    add_up(t, s, off_hz, s->sum);
    best = best_place(t, s->sum, &at);
    energy = s->energy[at + INSIDE] - s->energy[at];
    if (!(best > 0.0) || !(energy > 0.0) || outside(t, s->sum, at, best) > OUTSIDE_MAX)
        return false;
    off_hz += left_hz(t, s->sum, at + 1, INSIDE - 2);
    /* the amplitude falls linearly on both sides of the burst's place */
    double a = sqrt(power_between(s->sum, at - SIDE, at - SIDE + INSIDE));
    double b = sqrt(power_between(s->sum, at + SIDE, at + SIDE + INSIDE));
    double late = 0.5 * INSIDE * (b - a) / sqrt(best);
    late = late > 2.0 ? 2.0 : late < -2.0 ? -2.0 : late;
    double middle = ((double)at + 0.5 * (INSIDE + 1) + late) * (double)t->hop;
    ret->start_samp = (double)from + middle - MIDDLE_SYM * t->sym_samp;
    ret->tone_hz = tone_hz + off_hz;
    ret->purity = best / (INSIDE * energy);
    return true;
}

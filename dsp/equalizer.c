/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/equalizer.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/detmath.h"
#include "dsp/channel_solve.h"
#include "dsp/kernels.h"

/* Weight of the transmitter's long-term noise against one training sequence, in symbols. */
#define NOISE_PRIOR_SYM 20.0f
/* Es/N0 beyond this is the receiver's own distortion; it also keeps the metrics within float. */
#define ES_N0_MAX 1000.0f
/* |LLR| 20 is sure: clipping between 8 and 40 costs nothing (simulation). */
#define LLR_FULL 20.0f
/* Rows of the second pass whose taps all lie inside the burst. */
#define ROW_FIRST 8
#define ROW_END 140

/* One burst on its way through both passes. */
struct lane {
    const struct burst_in *in;
    const int8_t *known;
    float y[EQUALIZER_SYMS][2]; /* as received, later without ramp and outer echoes */
    float soft_sym[EQUALIZER_SYMS]; /* expected symbols -1 .. 1; 0 where unknown */
    float h[CHANNEL_TAPS][2];   /* channel used by the trellis and the cancellation */
    float noise;
};

struct equalizer {
    struct kernel_trellis trellis;
    struct lane lane[EQUALIZER_BATCH];
    const struct kernels *kernels;
};

int equalizer_create(struct equalizer **ret)
{
    struct equalizer *e = calloc(1, sizeof(*e));
    if (!e)
        return -ENOMEM;
    e->kernels = kernels_get();
    *ret = e;
    return 0;
}

void equalizer_destroy(struct equalizer *e)
{
    free(e);
}

static inline int index_of(int symbol)
{
    return symbol + EQUALIZER_LEAD;
}

static float mean_power(const struct burst_in *in)
{
    float sum = 0.0f;
    for (int k = 0; k < GSM_BURST_BITS; k++) {
        const float *y = in->y[index_of(k)];
        sum += y[0] * y[0] + y[1] * y[1];
    }
    return sum / (float)GSM_BURST_BITS;
}

/* Noise power left on the training rows behind channel l->h. */
static float training_residual(const struct lane *l, int first_tap, int n_taps, int row, int row_end)
{
    float sum = 0.0f;
    for (int k = row; k < row_end; k++) {
        float re = l->y[index_of(k)][0], im = l->y[index_of(k)][1];
        for (int i = 0; i < n_taps; i++) {
            float a = (float)l->known[k - (first_tap + i + CHANNEL_FIRST)];
            re -= a * l->h[first_tap + i][0];
            im -= a * l->h[first_tap + i][1];
        }
        sum += re * re + im * im;
    }
    return sum;
}

/* First pass: MMSE channel on the run of known symbols around the training sequence. */
static void estimate_training(struct lane *l, const struct channel_prior *p)
{
    int n = p->n_taps, m0 = p->first_tap + CHANNEL_FIRST;
    int f0 = training_first(l->in->kind), count = training_count(l->in->kind);
    int row = f0 + m0 + n - 1, row_end = f0 + count + m0;
    struct channel_normal eq = {.n = n};
    for (int k = row; k < row_end; k++) {
        for (int i = 0; i < n; i++) {
            float a = (float)l->known[k - (m0 + i)];
            eq.b[i][0] += (double)(a * l->y[index_of(k)][0]);
            eq.b[i][1] += (double)(a * l->y[index_of(k)][1]);
            for (int j = 0; j < n; j++)
                eq.gram[i][j] += (double)(a * (float)l->known[k - (m0 + j)]);
        }
    }
    bool fresh = p->n_learned == 0;
    float power = mean_power(l->in), rows = (float)(row_end - row);
    float noise = fresh ? 0.1f * power : p->noise;
    memset(l->h, 0, sizeof(l->h));
    channel_solve(&eq, p, p->first_tap, fresh ? power : 1.0f, noise, &l->h[p->first_tap]);
    float left = training_residual(l, p->first_tap, n, row, row_end);
    float weight = fresh ? 0.0f : NOISE_PRIOR_SYM;
    float dof = fresh ? (float)n : 2.0f;
    l->noise = (left + weight * p->noise) / (rows - dof + weight);
    if (l->noise < power / ES_N0_MAX)
        l->noise = power / ES_N0_MAX;
}

static void trellis_fill_lane(struct kernel_trellis *t, int j, const struct lane *l,
                              const struct channel_prior *p)
{
    int n = p->n_taps, m0 = p->first_tap + CHANNEL_FIRST;
    float scale = 2.0f / l->noise;
    for (int k = 0; k < t->n_steps; k++) {
        int at = index_of(k + m0);
        bool there = at >= 0 && at < EQUALIZER_SYMS;
        t->re[k][j] = there ? l->y[at][0] * scale : 0.0f;
        t->im[k][j] = there ? l->y[at][1] * scale : 0.0f;
        t->prior[k][j] = k < GSM_BURST_BITS ? KERNEL_SURE * (float)l->known[k] : 0.0f;
    }
    for (int s = 0; s < t->n_states; s++) {
        const float(*h)[2] = &l->h[p->first_tap];
        float re = h[0][0], im = h[0][1];
        for (int i = 1; i < n; i++) {
            float a = (s >> (i - 1)) & 1 ? -1.0f : 1.0f;
            re += a * h[i][0];
            im += a * h[i][1];
        }
        t->expect_re[s][j] = re;
        t->expect_im[s][j] = im;
        t->energy[s][j] = (re * re + im * im) / l->noise;
    }
}

static void trellis_run(struct equalizer *e, const struct channel_prior *p, int n)
{
    struct kernel_trellis *t = &e->trellis;
    t->n_states = 1 << (p->n_taps - 1);
    t->n_steps = GSM_BURST_BITS + p->n_taps - 1;
    for (int j = 0; j < EQUALIZER_BATCH; j++)
        trellis_fill_lane(t, j, &e->lane[j < n ? j : 0], p);
    e->kernels->trellis(t);
}

/* tanh(x / 2) within 1e-4: a Pade form, same bits everywhere. */
static float soft_symbol(float llr)
{
    float x = 0.5f * llr;
    if (x > 4.9f)
        return 1.0f;
    if (x < -4.9f)
        return -1.0f;
    float x2 = x * x;
    float num = x * (135135.0f + x2 * (17325.0f + x2 * (378.0f + x2)));
    return num / (135135.0f + x2 * (62370.0f + x2 * (3150.0f + x2 * 28.0f)));
}

static void take_soft_symbols(const struct kernel_trellis *t, int j, struct lane *l)
{
    memset(l->soft_sym, 0, sizeof(l->soft_sym));
    for (int k = 0; k < GSM_BURST_BITS; k++)
        l->soft_sym[index_of(k)] =
            l->known[k] ? (float)l->known[k] : soft_symbol(t->llr[k][j]);
}

/* Expected received symbol k from taps lo..hi-1. */
static inline void expect_symbol(const struct lane *l, int k, int lo, int hi, float ret[2])
{
    float re = 0.0f, im = 0.0f;
    for (int i = lo; i < hi; i++) {
        int at = index_of(k - (i + CHANNEL_FIRST));
        float a = at >= 0 && at < EQUALIZER_SYMS ? l->soft_sym[at] : 0.0f;
        re += a * l->h[i][0];
        im += a * l->h[i][1];
    }
    ret[0] = re;
    ret[1] = im;
}

/* Residual frequency from the phase between the two halves of the burst; takes the likely part of
 * it out of y. */
static void fit_ramp(struct lane *l, const struct channel_prior *p, struct burst_soft *out)
{
    float half[2][2] = {{0.0f, 0.0f}, {0.0f, 0.0f}}, energy = 0.0f;
    for (int k = 0; k < GSM_BURST_BITS; k++) {
        float m[2];
        const float *y = l->y[index_of(k)];
        expect_symbol(l, k, p->first_tap, p->first_tap + p->n_taps, m);
        float *z = half[k >= GSM_BURST_BITS / 2];
        z[0] += y[0] * m[0] + y[1] * m[1];
        z[1] += y[1] * m[0] - y[0] * m[1];
        energy += m[0] * m[0] + m[1] * m[1];
    }
    const float distance = (float)(GSM_BURST_BITS / 2);
    float re = half[1][0] * half[0][0] + half[1][1] * half[0][1];
    float im = half[1][1] * half[0][0] - half[1][0] * half[0][1];
    float es_n0 = energy / (float)GSM_BURST_BITS / l->noise;
    out->ramp_sym = (float)det_phase((double)im, (double)re) / distance;
    /* 1 / (74^3 SNR) rad^2: the half-split estimator, 1.25 dB above the Cramer-Rao bound */
    out->ramp_var = 1.0f / (distance * distance * distance * (es_n0 + 1e-3f) * 39.478f);
    float likely = out->ramp_sym * p->ramp_var / (p->ramp_var + out->ramp_var);
    for (int i = 0; i < EQUALIZER_SYMS; i++) {
        double c, s;
        float re0 = l->y[i][0], im0 = l->y[i][1];
        det_sincos(-(double)likely * (i - EQUALIZER_LEAD - 73.5), &c, &s);
        l->y[i][0] = re0 * (float)c - im0 * (float)s;
        l->y[i][1] = re0 * (float)s + im0 * (float)c;
    }
}

/* Second pass: all taps from all soft symbols; MMSE into h for the trellis, plain least squares
 * into out->tap for what is learned. */
static void estimate_all(struct lane *l, const struct channel_prior *p, struct burst_soft *out)
{
    struct channel_normal eq = {.n = CHANNEL_TAPS};
    float corr[CHANNEL_TAPS];
    for (int d = 0; d < CHANNEL_TAPS; d++) {
        float sum = 0.0f;
        for (int k = 0; k + d < GSM_BURST_BITS; k++)
            sum += l->soft_sym[index_of(k)] * l->soft_sym[index_of(k + d)];
        corr[d] = d ? sum : (float)GSM_BURST_BITS;
    }
    for (int i = 0; i < CHANNEL_TAPS; i++) {
        float re = 0.0f, im = 0.0f;
        for (int k = 0; k < GSM_BURST_BITS; k++) {
            int at = index_of(k + i + CHANNEL_FIRST);
            if (at >= EQUALIZER_SYMS)
                break;
            float a = l->soft_sym[index_of(k)];
            re += a * l->y[at][0];
            im += a * l->y[at][1];
        }
        eq.b[i][0] = (double)re;
        eq.b[i][1] = (double)im;
        for (int j = 0; j < CHANNEL_TAPS; j++)
            eq.gram[i][j] = (double)corr[i > j ? i - j : j - i];
    }
    channel_solve_plain(&eq, out->tap);
    float scale = p->n_learned ? 1.0f : mean_power(l->in);
    channel_solve(&eq, p, 0, scale, l->noise, l->h);
}

/* Noise behind the new channel, with the doubt that remains in the soft symbols; energy of the
 * taps; rms phase error. */
static void measure(struct lane *l, struct burst_soft *out)
{
    float left = 0.0f, doubt = 0.0f, energy = 0.0f, across = 0.0f, along = 0.0f;
    for (int i = 0; i < CHANNEL_TAPS; i++)
        energy += l->h[i][0] * l->h[i][0] + l->h[i][1] * l->h[i][1];
    for (int k = ROW_FIRST; k < ROW_END; k++) {
        float m[2];
        const float *y = l->y[index_of(k)];
        expect_symbol(l, k, 0, CHANNEL_TAPS, m);
        float re = y[0] - m[0], im = y[1] - m[1];
        left += re * re + im * im;
        float a = l->soft_sym[index_of(k)];
        doubt += (1.0f - a * a) * energy;
        float im_z = y[1] * m[0] - y[0] * m[1], re_z = y[0] * m[0] + y[1] * m[1];
        across += im_z * im_z;
        along += re_z * re_z;
    }
    float rows = (float)(ROW_END - ROW_FIRST);
    l->noise = (left + doubt) / (rows - 3.0f);
    if (l->noise < energy / ES_N0_MAX)
        l->noise = energy / ES_N0_MAX + 1e-30f;
    out->energy = energy;
    out->noise = l->noise;
    out->phase_err_rad = along > 0.0f ? sqrtf(across / along) : 0.0f;
}

/* Echoes that the trellis does not hold. */
static void cancel_outside(struct lane *l, const struct channel_prior *p)
{
    for (int k = -2; k < GSM_BURST_BITS + 8; k++) {
        float lo[2], hi[2];
        expect_symbol(l, k, 0, p->first_tap, lo);
        expect_symbol(l, k, p->first_tap + p->n_taps, CHANNEL_TAPS, hi);
        l->y[index_of(k)][0] -= lo[0] + hi[0];
        l->y[index_of(k)][1] -= lo[1] + hi[1];
    }
}

static void take_soft_bits(const struct kernel_trellis *t, int j, struct burst_soft *out)
{
    for (int k = 0; k < GSM_BURST_BITS; k++) {
        float v = t->llr[k][j] * (127.0f / LLR_FULL);
        v = v > 127.0f ? 127.0f : v < -127.0f ? -127.0f : v;
        out->soft[k] = (int8_t)(v < 0.0f ? v - 0.5f : v + 0.5f);
    }
}

void equalizer_run(struct equalizer *e, const struct channel_prior *prior,
                   const struct burst_in *in, int n, struct burst_soft *out)
{
    if (n < 1 || n > EQUALIZER_BATCH)
        return;
    for (int j = 0; j < n; j++) {
        struct lane *l = &e->lane[j];
        l->in = &in[j];
        l->known = training_known(in[j].kind, in[j].tsc);
        memcpy(l->y, in[j].y, sizeof(l->y));
        estimate_training(l, prior);
    }
    trellis_run(e, prior, n);
    for (int j = 0; j < n; j++) {
        struct lane *l = &e->lane[j];
        take_soft_symbols(&e->trellis, j, l);
        fit_ramp(l, prior, &out[j]);
        estimate_all(l, prior, &out[j]);
        measure(l, &out[j]);
        cancel_outside(l, prior);
    }
    trellis_run(e, prior, n);
    for (int j = 0; j < n; j++)
        take_soft_bits(&e->trellis, j, &out[j]);
}

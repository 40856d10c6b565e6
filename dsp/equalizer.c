/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/equalizer.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/detmath.h"
#include "dsp/channel_solve.h"
#include "dsp/equalizer_prior.h"
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
/* GMSK sampled where its eye is open carries 0.38 dB more power than on average over a symbol
 * (measured, noise-free carrier of known power). */
#define EYE_GAIN 1.0914
/* What the linear model leaves unexplained of a noise-free burst, as a share of its energy
 * (measured -21.2 dB; the Laurent model alone -23.8). */
#define MODEL_ERROR 0.0075

/* One burst on its way through both passes. */
struct lane {
    const int8_t *known;
    enum burst_kind kind;
    float raw[EQUALIZER_SYMS][2]; /* as received, later without the ramp */
    float y[EQUALIZER_SYMS][2];   /* behind the whitening filter, later without outer echoes */
    float soft_sym[EQUALIZER_SYMS]; /* expected symbols -1 .. 1; 0 where unknown */
    float h[CHANNEL_TAPS][2];     /* channel behind the filter */
    float noise;                  /* behind the filter */
};

struct equalizer {
    struct kernel_trellis trellis;
    struct lane lane[EQUALIZER_BATCH];
    struct prior_view view;
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

double burst_es_n0(double energy, double noise)
{
    double left = noise - MODEL_ERROR * energy;
    double least = energy * 1e-4;
    return energy / EYE_GAIN / (left > least ? left : least + 1e-300);
}

double burst_power(double energy, double samples_per_sym)
{
    return energy / EYE_GAIN / samples_per_sym;
}

static inline int index_of(int symbol)
{
    return symbol + EQUALIZER_LEAD;
}

static float mean_power(const float (*y)[2])
{
    float sum = 0.0f;
    for (int k = 0; k < GSM_BURST_BITS; k++)
        sum += y[index_of(k)][0] * y[index_of(k)][0] + y[index_of(k)][1] * y[index_of(k)][1];
    return sum / (float)GSM_BURST_BITS;
}

/* Rows whose taps all lie on the run of known symbols around the training sequence. */
static void training_rows(const struct lane *l, const struct prior_view *v, int *ret_row,
                          int *ret_end)
{
    int m0 = v->first_tap + CHANNEL_FIRST, f0 = training_first(l->kind);
    *ret_row = f0 + m0 + v->n_taps - 1;
    *ret_end = f0 + training_count(l->kind) + m0;
}

/* What channel l->h leaves on the training rows; returns its mean power times rows. */
static float training_residual(const struct lane *l, const struct prior_view *v, int row, int end,
                               float (*ret)[2])
{
    float sum = 0.0f;
    for (int k = row; k < end; k++) {
        float re = l->y[index_of(k)][0], im = l->y[index_of(k)][1];
        for (int i = v->first_tap; i < v->first_tap + v->n_taps; i++) {
            float a = (float)l->known[k - (i + CHANNEL_FIRST)];
            re -= a * l->h[i][0];
            im -= a * l->h[i][1];
        }
        ret[k - row][0] = re;
        ret[k - row][1] = im;
        sum += re * re + im * im;
    }
    return sum;
}

/* First pass: MMSE channel on the training rows. */
static void estimate_training(struct lane *l, const struct prior_view *v)
{
    int n = v->n_taps, m0 = v->first_tap + CHANNEL_FIRST, row, end;
    struct channel_normal eq = {.n = n};
    float residual[GSM_BURST_BITS][2];
    training_rows(l, v, &row, &end);
    for (int k = row; k < end; k++) {
        for (int i = 0; i < n; i++) {
            float a = (float)l->known[k - (m0 + i)];
            eq.b[i][0] += (double)(a * l->y[index_of(k)][0]);
            eq.b[i][1] += (double)(a * l->y[index_of(k)][1]);
            for (int j = 0; j < n; j++)
                eq.gram[i][j] += (double)(a * (float)l->known[k - (m0 + j)]);
        }
    }
    memset(l->h, 0, sizeof(l->h));
    channel_solve(&eq, v, v->first_tap, v->noise, &l->h[v->first_tap]);
    float left = training_residual(l, v, row, end, residual);
    float weight = v->fresh ? 0.0f : NOISE_PRIOR_SYM, dof = v->fresh ? (float)n : 2.0f;
    float least = mean_power((const float(*)[2])l->y) / ES_N0_MAX;
    l->noise = (left + weight * v->noise) / ((float)(end - row) - dof + weight);
    if (l->noise < least)
        l->noise = least + 1e-30f;
}

static void correlate(const float (*x)[2], int n, float dof, float ret[WHITEN_ORDER + 1][2])
{
    for (int d = 0; d <= WHITEN_ORDER; d++) {
        float re = 0.0f, im = 0.0f;
        for (int k = d; k < n; k++) {
            re += x[k][0] * x[k - d][0] + x[k][1] * x[k - d][1];
            im += x[k][1] * x[k - d][0] - x[k][0] * x[k - d][1];
        }
        ret[d][0] = re / ((float)n - dof);
        ret[d][1] = im / ((float)n - dof);
    }
}

/* A burst of a transmitter not met before: its own training rows say how the noise is coloured. */
static void view_fresh(struct lane *l, struct prior_view *v)
{
    struct whitener idle, whitener;
    float residual[GSM_BURST_BITS][2], corr[WHITEN_ORDER + 1][2];
    float power = mean_power((const float(*)[2])l->raw);
    int row, end;
    whitener_init_idle(&idle);
    prior_view_fresh(v, &idle, power, 0.1f * power);
    memcpy(l->y, l->raw, sizeof(l->y));
    estimate_training(l, v);
    training_rows(l, v, &row, &end);
    (void)training_residual(l, v, row, end, residual);
    correlate((const float(*)[2])residual, end - row, (float)v->n_taps, corr);
    whitener_init(&whitener, (const float(*)[2])corr);
    prior_view_fresh(v, &whitener, power, corr[0][0] + 1e-30f);
}

static void trellis_fill_lane(struct kernel_trellis *t, int j, const struct lane *l,
                              const struct prior_view *v)
{
    int n = v->n_taps, m0 = v->first_tap + CHANNEL_FIRST;
    float scale = 2.0f / l->noise;
    for (int k = 0; k < t->n_steps; k++) {
        int at = index_of(k + m0);
        bool there = at >= 0 && at < EQUALIZER_SYMS;
        t->re[k][j] = there ? l->y[at][0] * scale : 0.0f;
        t->im[k][j] = there ? l->y[at][1] * scale : 0.0f;
        t->prior[k][j] = k < GSM_BURST_BITS ? KERNEL_SURE * (float)l->known[k] : 0.0f;
    }
    for (int s = 0; s < t->n_states; s++) {
        const float(*h)[2] = &l->h[v->first_tap];
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

static void trellis_run(struct equalizer *e, const struct prior_view *v, int n)
{
    struct kernel_trellis *t = &e->trellis;
    t->n_states = 1 << (v->n_taps - 1);
    t->n_steps = GSM_BURST_BITS + v->n_taps - 1;
    for (int j = 0; j < EQUALIZER_BATCH; j++)
        trellis_fill_lane(t, j, &e->lane[j < n ? j : 0], v);
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
        l->soft_sym[index_of(k)] = l->known[k] ? (float)l->known[k] : soft_symbol(t->llr[k][j]);
}

/* Expected received symbol k through taps lo..hi-1 of h. */
static inline void expect_symbol(const struct lane *l, const float (*h)[2], int k, int lo, int hi,
                                 float ret[2])
{
    float re = 0.0f, im = 0.0f;
    for (int i = lo; i < hi; i++) {
        int at = index_of(k - (i + CHANNEL_FIRST));
        float a = at >= 0 && at < EQUALIZER_SYMS ? l->soft_sym[at] : 0.0f;
        re += a * h[i][0];
        im += a * h[i][1];
    }
    ret[0] = re;
    ret[1] = im;
}

/* Residual frequency from the phase between the two halves of the burst; takes the likely part of
 * it out. */
static void fit_ramp(struct lane *l, const struct prior_view *v, struct burst_soft *out)
{
    float half[2][2] = {{0.0f, 0.0f}, {0.0f, 0.0f}}, energy = 0.0f;
    for (int k = 0; k < GSM_BURST_BITS; k++) {
        float m[2];
        const float *y = l->y[index_of(k)];
        expect_symbol(l, (const float(*)[2])l->h, k, v->first_tap, v->first_tap + v->n_taps, m);
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
    float likely = out->ramp_sym * v->ramp_var / (v->ramp_var + out->ramp_var);
    for (int i = 0; i < EQUALIZER_SYMS; i++) {
        double c, s;
        float re0 = l->raw[i][0], im0 = l->raw[i][1];
        det_sincos(-(double)likely * (i - EQUALIZER_LEAD - 73.5), &c, &s);
        l->raw[i][0] = re0 * (float)c - im0 * (float)s;
        l->raw[i][1] = re0 * (float)s + im0 * (float)c;
    }
    whitener_run(&v->whitener, (const float(*)[2])l->raw, EQUALIZER_SYMS, l->y);
}

/* Correlation of received and soft symbols at each delay. */
static void received_side(const struct lane *l, const float (*y)[2], struct channel_normal *eq)
{
    for (int i = 0; i < CHANNEL_TAPS; i++) {
        float re = 0.0f, im = 0.0f;
        for (int k = 0; k < GSM_BURST_BITS; k++) {
            int at = index_of(k + i + CHANNEL_FIRST);
            float a = l->soft_sym[index_of(k)];
            re += a * y[at][0];
            im += a * y[at][1];
        }
        eq->b[i][0] = (double)re;
        eq->b[i][1] = (double)im;
    }
}

/* Second pass: all taps from all soft symbols; MMSE behind the filter into h for the trellis,
 * plain least squares before it into out->tap for what is learned. */
static void estimate_all(struct lane *l, const struct prior_view *v, struct burst_soft *out)
{
    struct channel_normal eq = {.n = CHANNEL_TAPS};
    float corr[CHANNEL_TAPS];
    for (int d = 0; d < CHANNEL_TAPS; d++) {
        float sum = 0.0f;
        for (int k = 0; k + d < GSM_BURST_BITS; k++)
            sum += l->soft_sym[index_of(k)] * l->soft_sym[index_of(k + d)];
        corr[d] = d ? sum : (float)GSM_BURST_BITS;
    }
    for (int i = 0; i < CHANNEL_TAPS; i++)
        for (int j = 0; j < CHANNEL_TAPS; j++)
            eq.gram[i][j] = (double)corr[i > j ? i - j : j - i];
    received_side(l, (const float(*)[2])l->raw, &eq);
    channel_solve_plain(&eq, out->tap);
    if (!v->whitener.idle)
        received_side(l, (const float(*)[2])l->y, &eq);
    channel_solve(&eq, v, 0, l->noise, l->h);
}

/* Share of doubt that remains in the soft symbols of the rows that are measured on. */
static float mean_doubt(const struct lane *l)
{
    float sum = 0.0f;
    for (int k = ROW_FIRST; k < ROW_END; k++) {
        float a = l->soft_sym[index_of(k)];
        sum += 1.0f - a * a;
    }
    return sum / (float)(ROW_END - ROW_FIRST);
}

/* Noise behind the filter; phase error. */
static void measure_filtered(struct lane *l, struct burst_soft *out, float doubt)
{
    float left = 0.0f, energy = 0.0f, across = 0.0f, along = 0.0f;
    const float rows = (float)(ROW_END - ROW_FIRST);
    for (int i = 0; i < CHANNEL_TAPS; i++)
        energy += l->h[i][0] * l->h[i][0] + l->h[i][1] * l->h[i][1];
    for (int k = ROW_FIRST; k < ROW_END; k++) {
        float m[2];
        const float *y = l->y[index_of(k)];
        expect_symbol(l, (const float(*)[2])l->h, k, 0, CHANNEL_TAPS, m);
        float re = y[0] - m[0], im = y[1] - m[1];
        float im_z = y[1] * m[0] - y[0] * m[1], re_z = y[0] * m[0] + y[1] * m[1];
        left += re * re + im * im;
        across += im_z * im_z;
        along += re_z * re_z;
    }
    l->noise = (left + doubt * energy * rows) / (rows - 3.0f);
    if (l->noise < energy / ES_N0_MAX)
        l->noise = energy / ES_N0_MAX + 1e-30f;
    out->es_n0 = (float)burst_es_n0((double)energy, (double)l->noise);
    out->phase_err_rad = along > 0.0f ? sqrtf(across / along) : 0.0f;
}

/* Energy and noise before the filter, and how the noise is coloured. */
static void measure_raw(const struct lane *l, const struct prior_view *v, struct burst_soft *out,
                        float doubt)
{
    float left[ROW_END - ROW_FIRST][2], energy = 0.0f;
    bool same = v->whitener.idle; /* the MMSE channel is the better one, where it is of the raw */
    const float(*h)[2] = same ? (const float(*)[2])l->h : (const float(*)[2])out->tap;
    for (int k = ROW_FIRST; k < ROW_END; k++) {
        float m[2];
        expect_symbol(l, h, k, 0, CHANNEL_TAPS, m);
        left[k - ROW_FIRST][0] = l->raw[index_of(k)][0] - m[0];
        left[k - ROW_FIRST][1] = l->raw[index_of(k)][1] - m[1];
    }
    float dof = same ? 3.0f : (float)CHANNEL_TAPS;
    correlate((const float(*)[2])left, ROW_END - ROW_FIRST, dof, out->corr);
    /* what the doubtful symbols would have explained is no noise of its own colour */
    for (int d = 0; d <= WHITEN_ORDER; d++) {
        for (int i = d; i < CHANNEL_TAPS; i++) {
            float re = h[i][0] * h[i - d][0] + h[i][1] * h[i - d][1];
            float im = h[i][1] * h[i - d][0] - h[i][0] * h[i - d][1];
            out->corr[d][0] += doubt * re;
            out->corr[d][1] += doubt * im;
            if (d == 0)
                energy += re;
        }
    }
    if (!same)
        energy -= out->corr[0][0] * (float)CHANNEL_TAPS / (float)GSM_BURST_BITS;
    out->energy = energy > 0.0f ? energy : 0.0f;
    out->noise = out->corr[0][0] + 1e-30f;
}

/* Echoes that the trellis does not hold. */
static void cancel_outside(struct lane *l, const struct prior_view *v)
{
    for (int k = -2; k < GSM_BURST_BITS + 8; k++) {
        float lo[2], hi[2];
        expect_symbol(l, (const float(*)[2])l->h, k, 0, v->first_tap, lo);
        expect_symbol(l, (const float(*)[2])l->h, k, v->first_tap + v->n_taps, CHANNEL_TAPS, hi);
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

/* Both passes over lanes 0..n-1, which have their raw symbols and share one view. */
static void run_lanes(struct equalizer *e, const struct prior_view *v, int n, struct burst_soft *out)
{
    for (int j = 0; j < n; j++) {
        struct lane *l = &e->lane[j];
        whitener_run(&v->whitener, (const float(*)[2])l->raw, EQUALIZER_SYMS, l->y);
        estimate_training(l, v);
    }
    trellis_run(e, v, n);
    for (int j = 0; j < n; j++) {
        struct lane *l = &e->lane[j];
        take_soft_symbols(&e->trellis, j, l);
        fit_ramp(l, v, &out[j]);
        estimate_all(l, v, &out[j]);
        float doubt = mean_doubt(l);
        measure_filtered(l, &out[j], doubt);
        measure_raw(l, v, &out[j], doubt);
        cancel_outside(l, v);
    }
    trellis_run(e, v, n);
    for (int j = 0; j < n; j++)
        take_soft_bits(&e->trellis, j, &out[j]);
}

static void load_lane(struct lane *l, const struct burst_in *in)
{
    l->known = training_known(in->kind, in->tsc);
    l->kind = in->kind;
    memcpy(l->raw, in->y, sizeof(l->raw));
}

void equalizer_run(struct equalizer *e, const struct channel_prior *prior,
                   const struct burst_in *in, int n, struct burst_soft *out)
{
    if (n < 1 || n > EQUALIZER_BATCH)
        return;
    if (prior->n_learned > 0) {
        prior_view_learned(&e->view, prior);
        for (int j = 0; j < n; j++)
            load_lane(&e->lane[j], &in[j]);
        run_lanes(e, &e->view, n, out);
        return;
    }
    for (int j = 0; j < n; j++) {
        load_lane(&e->lane[0], &in[j]);
        view_fresh(&e->lane[0], &e->view);
        run_lanes(e, &e->view, 1, &out[j]);
    }
}

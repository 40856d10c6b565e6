/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/equalizer_prior.h"

#include <math.h>
#include <string.h>

/* Memory of the prior in bursts: a quarter of a second of one carrier. */
#define LEARN_BURSTS 48
/* Shortest and longest trellis, in taps. */
#define TAPS_MIN 3
/* Energy that the trellis may leave out, as a share of the signal or of the noise: 0.02 of either
 * costs below 0.1 dB, and soft cancellation takes most of it out again. */
#define LEFT_OUT_OF_SIGNAL 0.02f
#define LEFT_OUT_OF_NOISE  0.03f
/* Residual frequency of a burst, 1 sigma: 300 Hz for a cell just found, never below 5. */
#define RAMP_VAR_FIRST 1.2e-6f
#define RAMP_VAR_LEAST 3.4e-10f
/* Noise below this share of the signal (18 dB) is mostly what the linear model leaves: nothing to
 * whiten. */
#define WHITEN_NOISE_LEAST 0.016f

/* Power by delay before anything is known: GMSK pulse, half a symbol of timing error, echoes. */
static const float first_power[CHANNEL_TAPS] = {0.002f, 0.02f, 0.2f,  1.0f,  0.4f,   0.1f,
                                                0.05f,  0.04f, 0.03f, 0.01f, 0.003f, 0.002f};

void channel_prior_init(struct channel_prior *p)
{
    memset(p, 0, sizeof(*p));
    p->ramp_var = RAMP_VAR_FIRST;
}

/* The first shape at a given energy. */
static void shape_cov(float energy, prior_matrix cov)
{
    float sum = 0.0f;
    memset(cov, 0, sizeof(float) * CHANNEL_TAPS * CHANNEL_TAPS * 2);
    for (int i = 0; i < CHANNEL_TAPS; i++)
        sum += first_power[i];
    for (int i = 0; i < CHANNEL_TAPS; i++)
        cov[i][i][0] = first_power[i] * energy / sum;
}

void channel_prior_learn(struct channel_prior *p, const struct burst_soft *b)
{
    if (p->n_learned == 0) {
        /* the first burst gives the scale */
        shape_cov(b->energy, p->cov);
        memcpy(p->corr, b->corr, sizeof(p->corr));
    }
    float n = (float)p->n_learned + 2.0f;
    float w = n < LEARN_BURSTS ? 1.0f / n : 1.0f / LEARN_BURSTS;
    for (int i = 0; i < CHANNEL_TAPS; i++) {
        for (int k = 0; k < CHANNEL_TAPS; k++) {
            const float *a = b->tap[i], *c = b->tap[k];
            float re = a[0] * c[0] + a[1] * c[1], im = a[1] * c[0] - a[0] * c[1];
            p->cov[i][k][0] += w * (re - p->cov[i][k][0]);
            p->cov[i][k][1] += w * (im - p->cov[i][k][1]);
        }
    }
    for (int i = 0; i <= WHITEN_ORDER; i++)
        for (int k = 0; k < 2; k++)
            p->corr[i][k] += w * (b->corr[i][k] - p->corr[i][k]);
    float excess = b->ramp_sym * b->ramp_sym - b->ramp_var;
    p->ramp_var += w * (excess - p->ramp_var);
    if (p->ramp_var < RAMP_VAR_LEAST)
        p->ramp_var = RAMP_VAR_LEAST;
    p->n_learned++;
}

static float tap_power(float cov, float noise)
{
    float v = cov - noise / (float)GSM_BURST_BITS;
    return v > 0.0f ? v : 0.0f;
}

void channel_prior_delay(const struct channel_prior *p, float *ret_mean_sym, float *ret_spread_sym)
{
    float total = 0.0f, sum = 0.0f, sum2 = 0.0f;
    for (int i = 0; i < CHANNEL_TAPS; i++) {
        float power = tap_power(p->cov[i][i][0], p->corr[0][0]), delay = (float)(i + CHANNEL_FIRST);
        total += power;
        sum += power * delay;
        sum2 += power * delay * delay;
    }
    float mean = total > 0.0f ? sum / total : 0.0f;
    float var = total > 0.0f ? sum2 / total - mean * mean : 0.0f;
    *ret_mean_sym = mean;
    *ret_spread_sym = var > 0.0f ? sqrtf(var) : 0.0f;
}

/* The shortest window that leaves little outside, at its best place. */
static void choose_window(struct prior_view *v)
{
    float power[CHANNEL_TAPS], total = 0.0f;
    for (int i = 0; i < CHANNEL_TAPS; i++)
        total += power[i] = tap_power(v->cov[i][i][0], v->noise);
    float allowed = LEFT_OUT_OF_SIGNAL * total;
    if (allowed < LEFT_OUT_OF_NOISE * v->noise)
        allowed = LEFT_OUT_OF_NOISE * v->noise;
    for (int n = TAPS_MIN; n <= PRIOR_TAPS_MAX; n++) {
        float best = -1.0f;
        v->first_tap = 2;
        v->n_taps = n;
        for (int i = 0; i + n <= CHANNEL_TAPS; i++) {
            float sum = 0.0f;
            for (int k = 0; k < n; k++)
                sum += power[i + k];
            if (sum > best * 1.0001f) {
                best = sum;
                v->first_tap = i;
            }
        }
        if (total - best <= allowed)
            return;
    }
}

/* cov behind the filter: T cov T^H with T[i][k] = w[i - k]. */
static void whiten_cov(const struct whitener *f, const prior_matrix in, prior_matrix out)
{
    static const prior_matrix zero;
    prior_matrix half;
    memcpy(half, zero, sizeof(half));
    memcpy(out, zero, sizeof(half));
    for (int i = 0; i < CHANNEL_TAPS; i++) {
        for (int k = 0; k < CHANNEL_TAPS; k++) {
            for (int q = 0; q <= WHITEN_ORDER && q <= i; q++) {
                const float *w = f->w[q], *c = in[i - q][k];
                half[i][k][0] += w[0] * c[0] - w[1] * c[1];
                half[i][k][1] += w[0] * c[1] + w[1] * c[0];
            }
        }
    }
    for (int i = 0; i < CHANNEL_TAPS; i++) {
        for (int k = 0; k < CHANNEL_TAPS; k++) {
            for (int q = 0; q <= WHITEN_ORDER && q <= k; q++) {
                const float *w = f->w[q], *c = half[i][k - q];
                out[i][k][0] += w[0] * c[0] + w[1] * c[1];
                out[i][k][1] += w[0] * c[1] - w[1] * c[0];
            }
        }
    }
}

static void fill_shrink(struct prior_view *v)
{
    const float(*cov)[CHANNEL_TAPS][2] = (const float(*)[CHANNEL_TAPS][2])v->cov;
    int lo = v->first_tap, hi = lo + v->n_taps;
    float reach = (float)(v->n_taps - 1);
    prior_shrink(cov, 0, CHANNEL_TAPS, v->noise / (float)GSM_BURST_BITS, v->shrink_all);
    prior_shrink(cov, lo, hi, v->noise / ((float)TRAINING_SYNC_BITS - reach), v->shrink_sync);
    prior_shrink(cov, lo, hi, v->noise / ((float)TRAINING_NORMAL_BITS + 2.0f - reach),
                 v->shrink_normal);
}

void prior_view_learned(struct prior_view *v, const struct channel_prior *p)
{
    float energy = 0.0f;
    for (int i = 0; i < CHANNEL_TAPS; i++)
        energy += p->cov[i][i][0];
    if (p->corr[0][0] > WHITEN_NOISE_LEAST * energy)
        whitener_init(&v->whitener, p->corr);
    else
        whitener_init_idle(&v->whitener);
    v->fresh = false;
    v->ramp_var = p->ramp_var;
    v->noise = p->corr[0][0] * v->whitener.gain;
    if (v->whitener.idle)
        memcpy(v->cov, p->cov, sizeof(v->cov));
    else
        whiten_cov(&v->whitener, p->cov, v->cov);
    choose_window(v);
    fill_shrink(v);
}

void prior_view_fresh(struct prior_view *v, const struct whitener *f, float energy, float noise)
{
    prior_matrix shape;
    v->fresh = true;
    v->whitener = *f;
    v->ramp_var = RAMP_VAR_FIRST;
    v->noise = noise * f->gain;
    shape_cov(energy, shape);
    whiten_cov(f, (const float(*)[CHANNEL_TAPS][2])shape, v->cov);
    v->first_tap = 2;
    v->n_taps = 5;
    if (!f->idle)
        choose_window(v);
    fill_shrink(v);
}

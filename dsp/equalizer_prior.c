/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "dsp/equalizer.h"

/* Memory of the prior in bursts: a quarter of a second of one carrier. */
#define LEARN_BURSTS 48
/* Shortest and longest trellis, in taps. */
#define TAPS_MIN 3
#define TAPS_MAX 6
/* Energy that the trellis may leave out, as a share of the signal or of the noise: 0.02 of either
 * costs below 0.1 dB, and soft cancellation takes most of it out again. */
#define LEFT_OUT_OF_SIGNAL 0.02f
#define LEFT_OUT_OF_NOISE 0.03f
/* Residual frequency of a burst, 1 sigma: 300 Hz for a cell just found, never below 5. */
#define RAMP_VAR_FIRST 1.2e-6f
#define RAMP_VAR_LEAST 3.4e-10f

/* Power by delay before anything is known: the GMSK pulse, half a symbol of timing error, echoes. */
static const float first_power[CHANNEL_TAPS] = {0.002f, 0.02f, 0.2f,  1.0f,  0.4f,   0.1f,
                                                0.05f,  0.04f, 0.03f, 0.01f, 0.003f, 0.002f};

void channel_prior_init(struct channel_prior *p)
{
    memset(p, 0, sizeof(*p));
    for (int i = 0; i < CHANNEL_TAPS; i++)
        p->cov[i][i][0] = first_power[i];
    p->ramp_var = RAMP_VAR_FIRST;
    p->first_tap = 2;
    p->n_taps = 5;
}

static float tap_power(const struct channel_prior *p, int i)
{
    float v = p->cov[i][i][0] - p->noise / (float)GSM_BURST_BITS;
    return v > 0.0f ? v : 0.0f;
}

/* The shortest window that leaves little outside, at its best place. */
static void choose_window(struct channel_prior *p)
{
    float power[CHANNEL_TAPS], total = 0.0f;
    for (int i = 0; i < CHANNEL_TAPS; i++)
        total += power[i] = tap_power(p, i);
    float allowed = LEFT_OUT_OF_SIGNAL * total;
    if (allowed < LEFT_OUT_OF_NOISE * p->noise)
        allowed = LEFT_OUT_OF_NOISE * p->noise;
    for (int n = TAPS_MIN; n <= TAPS_MAX; n++) {
        float best = -1.0f;
        int first = 2;
        for (int i = 0; i + n <= CHANNEL_TAPS; i++) {
            float sum = 0.0f;
            for (int k = 0; k < n; k++)
                sum += power[i + k];
            if (sum > best * 1.0001f) {
                best = sum;
                first = i;
            }
        }
        p->first_tap = first;
        p->n_taps = n;
        if (total - best <= allowed)
            return;
    }
}

/* The first burst gives the scale: what was known by shape only becomes absolute. */
static void scale_to(struct channel_prior *p, const struct burst_soft *b)
{
    float sum = 0.0f;
    for (int i = 0; i < CHANNEL_TAPS; i++)
        sum += first_power[i];
    for (int i = 0; i < CHANNEL_TAPS; i++)
        p->cov[i][i][0] = first_power[i] * b->energy / sum;
    p->noise = b->noise;
}

void channel_prior_learn(struct channel_prior *p, const struct burst_soft *b)
{
    if (p->n_learned == 0)
        scale_to(p, b);
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
    p->noise += w * (b->noise - p->noise);
    float excess = b->ramp_sym * b->ramp_sym - b->ramp_var;
    p->ramp_var += w * (excess - p->ramp_var);
    if (p->ramp_var < RAMP_VAR_LEAST)
        p->ramp_var = RAMP_VAR_LEAST;
    p->n_learned++;
    choose_window(p);
}

void channel_prior_shift(struct channel_prior *p, int sym)
{
    struct channel_prior old = *p;
    memset(p->cov, 0, sizeof(p->cov));
    for (int i = 0; i < CHANNEL_TAPS; i++) {
        int from_i = i + sym;
        for (int k = 0; k < CHANNEL_TAPS; k++) {
            int from_k = k + sym;
            if (from_i < 0 || from_i >= CHANNEL_TAPS || from_k < 0 || from_k >= CHANNEL_TAPS)
                continue;
            memcpy(p->cov[i][k], old.cov[from_i][from_k], sizeof(p->cov[i][k]));
        }
    }
    choose_window(p);
}

void channel_prior_delay(const struct channel_prior *p, float *ret_mean_sym, float *ret_spread_sym)
{
    float total = 0.0f, sum = 0.0f, sum2 = 0.0f;
    for (int i = 0; i < CHANNEL_TAPS; i++) {
        float power = tap_power(p, i), delay = (float)(i + CHANNEL_FIRST);
        total += power;
        sum += power * delay;
        sum2 += power * delay * delay;
    }
    float mean = total > 0.0f ? sum / total : 0.0f;
    float var = total > 0.0f ? sum2 / total - mean * mean : 0.0f;
    *ret_mean_sym = mean;
    *ret_spread_sym = var > 0.0f ? sqrtf(var) : 0.0f;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/equalizer.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/detmath.h"
#include "dsp/equalizer_prior.h"
#include "dsp/lanes.h"

/* |LLR| 20 is sure: clipping between 8 and 40 costs nothing (simulation). */
#define LLR_FULL 20.0f
/* GMSK sampled where its eye is open carries 0.38 dB more power than on average over a symbol
 * (measured, noise-free carrier of known power). */
#define EYE_GAIN 1.0914
/* What the linear model leaves unexplained of a noise-free burst, as a share of its energy
 * (measured -21.2 dB; the Laurent model alone -23.8). */
#define MODEL_ERROR 0.0075
/* turns^2 to radians^2 */
#define TURN2 39.478f

struct equalizer {
    struct lanes lanes;
    struct prior_view view;
    const struct lanes_set *set;
};

int equalizer_create(struct equalizer **ret)
{
    struct equalizer *e = NULL;
    if (posix_memalign((void **)&e, 64, sizeof(*e)) != 0)
        return -ENOMEM;
    memset(e, 0, sizeof(*e));
    e->set = lanes_get();
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

static void load_lane(struct lanes *l, int j, const struct burst_in *in)
{
    const int8_t *known = training_known(in->kind, in->tsc);
    int first = training_first(in->kind), count = training_count(in->kind);
    float power = 0.0f;
    for (int i = 0; i < EQUALIZER_SYMS; i++) {
        l->raw_re[CHANNEL_TAPS + i][j] = in->y[i][0];
        l->raw_im[CHANNEL_TAPS + i][j] = in->y[i][1];
    }
    for (int k = 0; k < GSM_BURST_BITS; k++) {
        const float *y = in->y[k + EQUALIZER_LEAD];
        bool in_run = k >= first && k < first + count;
        l->known[k + LANES_LEAD][j] = (float)known[k];
        l->training[k + LANES_LEAD][j] = in_run ? (float)known[k] : 0.0f;
        power += y[0] * y[0] + y[1] * y[1];
    }
    l->power[j] = power / (float)GSM_BURST_BITS;
}

/* Rows whose taps all lie on the run of known symbols around the training sequence. */
static void set_rows(struct lanes *l, int j, enum burst_kind kind, const struct prior_view *v)
{
    int m0 = v->first_tap + CHANNEL_FIRST;
    int row = training_first(kind) + m0 + v->n_taps - 1;
    int end = training_first(kind) + training_count(kind) + m0;
    for (int i = 0; i < LANES_SYMS; i++)
        l->rows[i][j] = i - LANES_LEAD >= row && i - LANES_LEAD < end ? 1.0f : 0.0f;
    l->n_rows[j] = (float)(end - row);
}

static void take_corr(const struct lanes *l, int j, float scale, float ret[WHITEN_ORDER + 1][2])
{
    for (int d = 0; d <= WHITEN_ORDER; d++) {
        ret[d][0] = l->corr_re[d][j] * scale;
        ret[d][1] = l->corr_im[d][j] * scale;
    }
}

/* A burst of a transmitter not met before, in every lane: its own training rows say how the noise
 * is coloured. */
static void view_fresh(struct equalizer *e, enum burst_kind kind)
{
    struct lanes *l = &e->lanes;
    struct prior_view *v = &e->view;
    struct whitener whitener;
    float corr[WHITEN_ORDER + 1][2];
    whitener_init_idle(&whitener);
    prior_view_fresh(v, &whitener, l->power[0], 0.1f * l->power[0] + 1e-30f);
    for (int j = 0; j < LANES; j++)
        set_rows(l, j, kind, v);
    e->set->whiten(l, &whitener);
    e->set->estimate_training(l, v);
    take_corr(l, 0, 1.0f / (l->n_rows[0] - (float)v->n_taps), corr);
    whitener_init(&whitener, (const float(*)[2])corr);
    prior_view_fresh(v, &whitener, l->power[0], corr[0][0] + 1e-30f);
}

/* Residual frequency from the phase between the two halves of the burst, and the part of it that
 * is likely true. */
static float fit_ramp(const struct lanes *l, int j, const struct prior_view *v,
                      struct burst_soft *out)
{
    const float distance = (float)(GSM_BURST_BITS / 2);
    float re = l->half_re[1][j] * l->half_re[0][j] + l->half_im[1][j] * l->half_im[0][j];
    float im = l->half_im[1][j] * l->half_re[0][j] - l->half_re[1][j] * l->half_im[0][j];
    float es_n0 = l->ramp_energy[j] / (float)GSM_BURST_BITS / l->noise[j];
    out->ramp_sym = (float)det_phase((double)im, (double)re) / distance;
    /* 1 / (74^3 SNR) rad^2: the half-split estimator, 1.25 dB above the Cramer-Rao bound */
    out->ramp_var = 1.0f / (distance * distance * distance * (es_n0 + 1e-3f) * TURN2);
    return out->ramp_sym * v->ramp_var / (v->ramp_var + out->ramp_var);
}

static void take_measures(const struct lanes *l, int j, struct burst_soft *out)
{
    for (int i = 0; i < CHANNEL_TAPS; i++) {
        out->tap[i][0] = l->ls_re[i][j];
        out->tap[i][1] = l->ls_im[i][j];
    }
    take_corr(l, j, 1.0f, out->corr);
    out->energy = l->energy[j];
    out->noise = l->corr_re[0][j] + 1e-30f;
    out->es = l->h_energy[j];
    out->n0 = l->noise[j];
    out->es_n0 = (float)burst_es_n0((double)l->h_energy[j], (double)l->noise[j]);
    out->phase_err_rad = l->along[j] > 0.0f ? sqrtf(l->across[j] / l->along[j]) : 0.0f;
}

static void take_soft_bits(const struct lanes *l, int j, struct burst_soft *out)
{
    for (int k = 0; k < GSM_BURST_BITS; k++) {
        float v = l->llr[k][j] * (127.0f / LLR_FULL);
        v = v > 127.0f ? 127.0f : v < -127.0f ? -127.0f : v;
        out->soft[k] = (int8_t)(v < 0.0f ? v - 0.5f : v + 0.5f);
    }
}

/* Both passes over the loaded lanes, which share one view; the first n are wanted. */
static void run_lanes(struct equalizer *e, const enum burst_kind *kind, int n,
                      struct burst_soft *out)
{
    struct lanes *l = &e->lanes;
    const struct prior_view *v = &e->view;
    float ramp[LANES] = {0};
    for (int j = 0; j < LANES; j++)
        set_rows(l, j, kind[j], v);
    e->set->whiten(l, &v->whitener);
    e->set->estimate_training(l, v);
    e->set->trellis(l, v);
    e->set->soften(l, v);
    for (int j = 0; j < n; j++)
        ramp[j] = fit_ramp(l, j, v, &out[j]);
    e->set->refine(l, v, ramp);
    for (int j = 0; j < n; j++)
        take_measures(l, j, &out[j]);
    e->set->trellis(l, v);
    for (int j = 0; j < n; j++)
        take_soft_bits(l, j, &out[j]);
}

void equalizer_run(struct equalizer *e, const struct channel_prior *prior,
                   const struct burst_in *in, int n, struct burst_soft *out)
{
    bool fresh = prior->n_learned == 0;
    if (n < 1 || n > EQUALIZER_BATCH)
        return;
    /* empty lanes repeat the first burst; a transmitter not met before gives its bursts one by
     * one, because each has a view of its own */
    for (int i = 0; i < (fresh ? n : 1); i++) {
        enum burst_kind kind[LANES];
        int wanted = fresh ? 1 : n;
        for (int j = 0; j < LANES; j++) {
            const struct burst_in *b = &in[j < wanted ? i + j : i];
            load_lane(&e->lanes, j, b);
            kind[j] = b->kind;
        }
        if (fresh)
            view_fresh(e, kind[0]);
        else
            prior_view_learned(&e->view, prior);
        run_lanes(e, kind, wanted, out + i);
    }
}

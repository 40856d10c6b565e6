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

/* GMSK sampled where its eye is open carries 0.38 dB more power than on average over a symbol
 * (measured, noise-free carrier of known power). */
#define EYE_GAIN 1.0914
/* What the linear model leaves unexplained of a noise-free burst, as a share of its energy
 * (measured -21.2 dB; the Laurent model alone -23.8). */
#define MODEL_ERROR 0.0075
/* turns^2 to radians^2 */
#define TURN2 39.478f

/* What a lane's known symbols and rows were filled for. */
struct lane_kind {
    bool filled;
    enum burst_kind kind;
    int tsc, first_tap, n_taps;
};

struct equalizer {
    struct lanes lanes;
    struct lane_kind lane[LANES];
    int8_t soft[LANES][GSM_BURST_BITS];
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

static void fill_known(struct lanes *l, int j, enum burst_kind kind, int tsc)
{
    const int8_t *known = training_known(kind, tsc);
    int first = training_first(kind), count = training_count(kind);
    for (int k = 0; k < GSM_BURST_BITS; k++) {
        bool in_run = k >= first && k < first + count;
        l->known[k + LANES_LEAD][j] = (float)known[k];
        l->training[k + LANES_LEAD][j] = in_run ? (float)known[k] : 0.0f;
    }
}

/* Rows whose taps all lie on the run of known symbols around the training sequence. */
static int row_first(enum burst_kind kind, const struct prior_view *v)
{
    return training_first(kind) + v->first_tap + CHANNEL_FIRST + v->n_taps - 1;
}

static int row_end(enum burst_kind kind, const struct prior_view *v)
{
    return training_first(kind) + training_count(kind) + v->first_tap + CHANNEL_FIRST;
}

static void fill_rows(struct lanes *l, int j, int first, int end)
{
    for (int i = 0; i < LANES_SYMS; i++)
        l->rows[i][j] = i - LANES_LEAD >= first && i - LANES_LEAD < end ? 1.0f : 0.0f;
    l->n_rows[j] = (float)(end - first);
}

/* What is known of each lane's burst; most are as in the batch before. */
static void set_known(struct equalizer *e, const struct burst_in *const in[LANES])
{
    struct lanes *l = &e->lanes;
    const struct prior_view *v = &e->view;
    l->first_row = GSM_BURST_BITS;
    l->end_row = 0;
    for (int j = 0; j < LANES; j++) {
        struct lane_kind *is = &e->lane[j];
        enum burst_kind kind = in[j]->kind;
        int first = row_first(kind, v), end = row_end(kind, v);
        bool same = is->filled && is->kind == kind;
        if (!same || is->tsc != in[j]->tsc)
            fill_known(l, j, kind, in[j]->tsc);
        if (!same || is->first_tap != v->first_tap || is->n_taps != v->n_taps)
            fill_rows(l, j, first, end);
        *is = (struct lane_kind){true, kind, in[j]->tsc, v->first_tap, v->n_taps};
        l->first_row = first < l->first_row ? first : l->first_row;
        l->end_row = end > l->end_row ? end : l->end_row;
    }
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
static void view_fresh(struct equalizer *e, const struct burst_in *const in[LANES])
{
    struct lanes *l = &e->lanes;
    struct prior_view *v = &e->view;
    struct whitener whitener;
    float corr[WHITEN_ORDER + 1][2];
    whitener_init_idle(&whitener);
    prior_view_fresh(v, &whitener, l->power[0], 0.1f * l->power[0] + 1e-30f);
    set_known(e, in);
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

/* Both passes over the loaded lanes, which share one view; the first n are wanted. Where every soft
 * bit stands at its limit after the first, the second could not say more. */
static void run_lanes(struct equalizer *e, const struct burst_in *const in[LANES], int n,
                      struct burst_soft *out)
{
    struct lanes *l = &e->lanes;
    const struct prior_view *v = &e->view;
    float ramp[LANES] = {0};
    set_known(e, in);
    e->set->whiten(l, &v->whitener);
    e->set->estimate_training(l, v);
    e->set->trellis(l, v);
    bool sure = e->set->edge->all_sure(l, n);
    e->set->soften(l, v);
    for (int j = 0; j < n; j++)
        ramp[j] = fit_ramp(l, j, v, &out[j]);
    e->set->refine(l, v, ramp);
    for (int j = 0; j < n; j++)
        take_measures(l, j, &out[j]);
    if (!sure) {
        e->set->cancel_echoes(l, v);
        e->set->trellis(l, v);
    }
    e->set->edge->take_soft(l, e->soft);
    for (int j = 0; j < n; j++)
        memcpy(out[j].soft, e->soft[j], sizeof(out[j].soft));
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
        const struct burst_in *lane[LANES];
        int wanted = fresh ? 1 : n;
        for (int j = 0; j < LANES; j++)
            lane[j] = &in[j < wanted ? i + j : i];
        e->set->edge->load(&e->lanes, lane);
        if (fresh)
            view_fresh(e, lane);
        else
            prior_view_learned(&e->view, prior);
        run_lanes(e, lane, wanted, out + i);
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* equalizer - symbols of up to 8 bursts of one transmitter to soft bits.
 *
 * in   derotated symbols of burst_cut around each burst; what is known of the transmitter's
 *      channel from its earlier bursts (channel_prior)
 * out  148 soft bits a burst, its channel, noise, residual frequency; an updated prior
 * ref  docs/receiver.md; max-log-MAP after Bahl, Cocke, Jelinek, Raviv 1974;
 *      Es/N0 = energy per symbol / noise density
 * cost see bench_receiver
 * thread one object per worker; a prior belongs to one transmitter
 *
 * First pass: channel from the training bits with the prior (MMSE), max-log-MAP. Second pass:
 * channel, noise and phase ramp again from all 148 soft symbols (one step of expectation
 * maximisation), echoes outside the trellis taken out with the soft symbols, max-log-MAP again.
 * Noise that a neighbour colours is made white first (dsp/whiten.h).
 */
#ifndef DSP_EQUALIZER_H
#define DSP_EQUALIZER_H

#include <stdint.h>

#include "dsp/training.h"
#include "dsp/whiten.h"
#include "gsm_const.h"

/* Channel taps looked at: delays -3 .. +8 symbols. */
#define CHANNEL_TAPS  12
#define CHANNEL_FIRST (-3)
/* Symbols needed before bit 0 and after bit 147: delays, and the whitening filter's start. */
#define EQUALIZER_LEAD  (4 + WHITEN_ORDER)
#define EQUALIZER_SYMS  (GSM_BURST_BITS + EQUALIZER_LEAD + 12)
#define EQUALIZER_BATCH 8

/* What earlier bursts taught about one transmitter's channel. */
struct channel_prior {
    uint32_t n_learned;                       /* bursts */
    float cov[CHANNEL_TAPS][CHANNEL_TAPS][2]; /* mean of h h^H */
    float corr[WHITEN_ORDER + 1][2];          /* autocorrelation of the noise; [0] is its power */
    float ramp_var; /* variance of the residual frequency, (turns per symbol)^2 */
};

/* soft: libosmocore's convention, +127 sure zero, -127 sure one. */
struct burst_soft {
    int8_t soft[GSM_BURST_BITS];
    float tap[CHANNEL_TAPS][2];      /* least squares over the whole burst */
    float corr[WHITEN_ORDER + 1][2]; /* of what the taps leave unexplained */
    float energy;                    /* of the taps: Es, in units of burst_cut */
    float noise; /* what is not the signal, in the same units, neighbours included */
    float es;    /* energy and noise as the trellis has them: neighbours turned down */
    float n0;
    float es_n0;         /* their ratio, calibrated */
    float ramp_sym;      /* residual frequency in turns per symbol, measured in this burst */
    float ramp_var;      /* its variance by the Cramer-Rao bound */
    float phase_err_rad; /* rms phase error after the ramp is taken out, noise included */
};

struct burst_in {
    enum burst_kind kind;
    int tsc;
    float y[EQUALIZER_SYMS][2]; /* symbols -EQUALIZER_LEAD .. */
};

/* Es / N0 as a ratio from a burst's (or a sum of bursts') energy and noise, and the carrier's power
 * (full scale 1) from its energy: see the constants in equalizer.c for what is calibrated out. */
double burst_es_n0(double energy, double noise);
double burst_power(double energy, double samples_per_sym);

struct equalizer;

int equalizer_create(struct equalizer **ret);
void equalizer_destroy(struct equalizer *e);

/* A prior for a transmitter of which nothing is known. */
void channel_prior_init(struct channel_prior *p);
/* Adds one burst's channel and noise. */
void channel_prior_learn(struct channel_prior *p, const struct burst_soft *b);
/* Mean delay of the taps in symbols against delay 0, and its spread (rms, symbols). */
void channel_prior_delay(const struct channel_prior *p, float *ret_mean_sym, float *ret_spread_sym);

/* n 1..EQUALIZER_BATCH. */
void equalizer_run(struct equalizer *e, const struct channel_prior *prior,
                   const struct burst_in *in, int n, struct burst_soft *out);

#endif

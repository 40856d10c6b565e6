/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lanes - the equaliser's arithmetic on eight bursts side by side.
 *
 * Every value is a lane_row: one number per burst, so that one instruction works on all eight and
 * every instruction set gives the same bits. Symbol k of a burst stands at index k + LANES_LEAD.
 *
 * ref  docs/receiver.md says what each step is for
 * thread one struct lanes per worker
 */
#ifndef DSP_LANES_H
#define DSP_LANES_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/equalizer.h"
#include "dsp/equalizer_prior.h"

#define LANES      EQUALIZER_BATCH
#define LANES_LEAD (EQUALIZER_LEAD + CHANNEL_TAPS)
/* Symbols with room for every delay on both sides. */
#define LANES_SYMS (EQUALIZER_SYMS + 2 * CHANNEL_TAPS)
/* Steps of the trellis: the burst and what the channel's memory adds. */
#define LANES_STEPS  (GSM_BURST_BITS + PRIOR_TAPS_MAX)
#define LANES_STATES (1 << (PRIOR_TAPS_MAX - 1))

/* Eight floats that + - * / work on at once (vector extension of gcc and clang). */
typedef float lane_row __attribute__((vector_size(4 * LANES)));

struct lanes {
    /* in */
    lane_row raw_re[LANES_SYMS], raw_im[LANES_SYMS];
    lane_row known[LANES_SYMS];    /* +1, -1; 0 where data or nothing */
    lane_row training[LANES_SYMS]; /* known, but only the long run around the training sequence */
    lane_row rows[LANES_SYMS];     /* 1 where training reaches through all taps of the window */
    lane_row n_rows;
    int first_row, end_row; /* no lane has a row before or from there on */
    /* on the way */
    lane_row y_re[LANES_SYMS], y_im[LANES_SYMS]; /* behind the whitening filter */
    lane_row sym[LANES_SYMS];                    /* soft symbols -1 .. 1 */
    lane_row model_re[LANES_SYMS], model_im[LANES_SYMS];
    lane_row h_re[CHANNEL_TAPS], h_im[CHANNEL_TAPS];   /* channel behind the filter */
    lane_row ls_re[CHANNEL_TAPS], ls_im[CHANNEL_TAPS]; /* before it, least squares */
    lane_row noise;                                    /* behind the filter */
    lane_row power;                                    /* mean of |raw|^2 over the burst */
    lane_row gram[CHANNEL_TAPS][CHANNEL_TAPS];
    lane_row b_re[CHANNEL_TAPS], b_im[CHANNEL_TAPS];
    /* out */
    lane_row llr[LANES_STEPS];
    lane_row half_re[2], half_im[2], ramp_energy; /* for the phase ramp */
    lane_row corr_re[WHITEN_ORDER + 1], corr_im[WHITEN_ORDER + 1];
    lane_row energy, h_energy, across, along;
    /* trellis */
    lane_row expect_re[LANES_STATES], expect_im[LANES_STATES], expect_energy[LANES_STATES];
    lane_row alpha[LANES_STEPS + 1][LANES_STATES];
};

/* Into the lanes and out of them. */
struct lanes_edge {
    /* raw and power of eight bursts */
    void (*load)(struct lanes *l, const struct burst_in *const in[LANES]);
    /* soft bits from llr */
    void (*take_soft)(const struct lanes *l, int8_t ret[LANES][GSM_BURST_BITS]);
    /* every soft bit of lanes 0..n-1 is at its limit */
    bool (*all_sure)(const struct lanes *l, int n);
};

/* One row of functions per instruction set. */
struct lanes_set {
    const char *name;
    /* y = raw through the filter */
    void (*whiten)(struct lanes *l, const struct whitener *f);
    /* h, noise from the training rows; residual correlation into corr (for a fresh burst) */
    void (*estimate_training)(struct lanes *l, const struct prior_view *v);
    /* llr from y, h, noise and known */
    void (*trellis)(struct lanes *l, const struct prior_view *v);
    /* sym from llr; correlation of the two halves of the burst with the model */
    void (*soften)(struct lanes *l, const struct prior_view *v);
    /* raw and then y turned by -ramp turns per symbol; h and ls from all symbols; noise, energy,
     * correlation of what is left */
    void (*refine)(struct lanes *l, const struct prior_view *v, const float ramp_sym[LANES]);
    /* echoes outside the window taken out of y */
    void (*cancel_echoes)(struct lanes *l, const struct prior_view *v);
    const struct lanes_edge *edge;
};

/* i-th set that this processor has, plain first; NULL past the last. The last is the best. */
const struct lanes_set *lanes_at(size_t i);
const struct lanes_set *lanes_get(void);

#endif

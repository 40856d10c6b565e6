/* SPDX-License-Identifier: GPL-3.0-or-later */
/* equalizer_prior - what a channel_prior says to one batch: behind the whitening filter, with the
 * window of taps that the trellis holds.
 *
 * thread plain values; inside dsp only
 */
#ifndef DSP_EQUALIZER_PRIOR_H
#define DSP_EQUALIZER_PRIOR_H

#include <stdbool.h>

#include "dsp/equalizer.h"
#include "dsp/whiten.h"

struct prior_view {
    bool fresh; /* nothing learned yet: shape only */
    struct whitener whitener;
    float cov[CHANNEL_TAPS][CHANNEL_TAPS][2];
    float noise;
    float ramp_var;
    int first_tap; /* of the trellis, as index 0..11 */
    int n_taps;    /* of the trellis, 3..6 */
};

void prior_view_learned(struct prior_view *v, const struct channel_prior *p);
/* For a transmitter just met: energy and noise of this burst before the filter. */
void prior_view_fresh(struct prior_view *v, const struct whitener *f, float energy, float noise);

void prior_view_window(struct prior_view *v);
void prior_view_shape(float energy, float cov[CHANNEL_TAPS][CHANNEL_TAPS][2]);

#endif

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

#define PRIOR_TAPS_MAX 6

/* Complex, [row][column][re, im]. */
typedef float prior_matrix[CHANNEL_TAPS][CHANNEL_TAPS][2];

struct prior_view {
    bool fresh; /* nothing learned yet: shape only */
    struct whitener whitener;
    prior_matrix cov;
    float noise;
    float ramp_var;
    int first_tap; /* of the trellis, as index 0..11 */
    int n_taps;    /* of the trellis, 3..6 */
    /* linear MMSE from least squares: R (R + noise / rows)^-1, for all taps from a whole burst, and
     * for the window's taps from the training rows of either kind of burst */
    prior_matrix shrink_all, shrink_sync, shrink_normal;
};

void prior_view_learned(struct prior_view *v, const struct channel_prior *p);
/* For a transmitter just met: energy and noise of this burst before the filter. */
void prior_view_fresh(struct prior_view *v, const struct whitener *f, float energy, float noise);

/* ret = cov (cov + c I)^-1 for taps lo..hi-1, the rest 0. */
void prior_shrink(const prior_matrix cov, int lo, int hi, float c, prior_matrix ret);

#endif

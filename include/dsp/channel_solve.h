/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_solve - the small linear systems of channel estimation.
 *
 * in   normal equations: gram = A^T A (real), b = A^T y (complex) for n taps
 * out  taps
 * ref  linear MMSE: h = R (G R + s^2 I)^-1 b, which needs no inverse of the prior R
 * cost 12 taps about 3 us
 * thread pure functions
 */
#ifndef DSP_CHANNEL_SOLVE_H
#define DSP_CHANNEL_SOLVE_H

#include "dsp/equalizer_prior.h"

struct channel_normal {
    int n;
    double gram[CHANNEL_TAPS][CHANNEL_TAPS];
    double b[CHANNEL_TAPS][2];
};

/* With the prior's covariance of taps first .. first+n-1; noise > 0. */
void channel_solve(const struct channel_normal *eq, const struct prior_view *p, int first,
                   float noise, float ret[][2]);

/* Least squares, no prior. */
void channel_solve_plain(const struct channel_normal *eq, float ret[][2]);

#endif

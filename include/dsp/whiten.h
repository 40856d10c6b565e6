/* SPDX-License-Identifier: GPL-3.0-or-later */
/* whiten - a short filter that makes coloured noise white: linear prediction.
 *
 * in   autocorrelation of the noise at one sample a symbol, lags 0..WHITEN_ORDER
 * out  prediction error filter, first coefficient 1
 * ref  Levinson-Durbin; a neighbour 200 kHz away fills one edge of the band, and the filter
 *      turns that edge down
 * cost nothing
 * thread pure functions
 */
#ifndef DSP_WHITEN_H
#define DSP_WHITEN_H

#include <stdbool.h>

#define WHITEN_ORDER 5

struct whitener {
    bool idle; /* nothing to gain: the filter is 1 */
    float w[WHITEN_ORDER + 1][2];
    float gain; /* noise power behind the filter / before it, 0..1 */
};

/* idle when less than 0.3 dB is to be gained or the correlation makes no sense. */
void whitener_init(struct whitener *f, const float corr[WHITEN_ORDER + 1][2]);
void whitener_init_idle(struct whitener *f);

/* out[i] = sum w[p] in[i - p]; the first WHITEN_ORDER values see zeros before the start. */
void whitener_run(const struct whitener *f, const float (*in)[2], int n, float (*out)[2]);

#endif

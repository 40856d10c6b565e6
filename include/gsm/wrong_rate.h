/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wrong_rate - tells from the distance between FCCH bursts that the stated rate cannot be true.
 *
 * in   FCCH hits in order of time
 * out  the rate at which they would be 10 and 11 frames apart
 * ref  3GPP TS 45.002 clause 7
 * thread plain value
 */
#ifndef GSM_WRONG_RATE_H
#define GSM_WRONG_RATE_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/fcch.h"

#define WRONG_RATE_CHANNELS 256
#define WRONG_RATE_SAMPLES  128

struct wrong_rate {
    double last_samp[WRONG_RATE_CHANNELS]; /* of a pure tone, 0: none */
    float ratio[WRONG_RATE_SAMPLES];       /* distance / 10 frames, where near 1 */
    float eleven[WRONG_RATE_SAMPLES];      /* distance / 11 frames, where near 1 */
    size_t n, n_eleven;
};

void wrong_rate_push(struct wrong_rate *w, const struct fcch_hit *hit, double rate_hz);
/* 0 when the distances do not agree on another rate: from 0.07 % on, from 0.005 % on when the cells
 * drift away from the receiver (churn). In whole kHz where a crystal may explain the rest. */
double wrong_rate_find(const struct wrong_rate *w, double rate_hz, bool churn);

#endif

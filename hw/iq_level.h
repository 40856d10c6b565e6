/* SPDX-License-Identifier: GPL-3.0-or-later */
/* iq_level - how strong and how clipped a run of samples is.
 *
 * thread pure functions
 */
#ifndef HW_IQ_LEVEL_H
#define HW_IQ_LEVEL_H

#include <stddef.h>
#include <stdint.h>

#include "core/iq_block.h"

#define IQ_LEVEL_BINS 32

/* Sums over n_samp samples: power relative to a full-scale carrier (1 = 0 dBFS), and components at
 * an end of their scale. cost one pass */
struct iq_level {
    double power_sum;
    uint64_t n_samp, n_clipped;
};

void iq_level_add(struct iq_level *l, const void *data, size_t n_samp, enum iq_format format);

/* Power of the noise in the whole window, in units of the cu8 grid squared (I and Q together), if
 * it were everywhere as in the weakest of the inner 24 of 32 channels. Quantisation alone gives
 * 1/6. cost about 0.3 ms for 8192 samples */
double iq_level_floor_cu8(const uint8_t *data, size_t n_samp);

#endif

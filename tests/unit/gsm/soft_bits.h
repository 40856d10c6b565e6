/* SPDX-License-Identifier: GPL-3.0-or-later */
/* soft_bits - bursts as soft bits: clean, noisy, from a recorded list. For tests. */
#ifndef TESTS_UNIT_GSM_SOFT_BITS_H
#define TESTS_UNIT_GSM_SOFT_BITS_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "gsm_const.h"
#include "unit/gsm/hex.h"

/* +127 sure zero, -127 sure one. */
static inline void soft_of_bits(const uint8_t bits[GSM_BURST_BITS], int8_t ret[GSM_BURST_BITS])
{
    for (int i = 0; i < GSM_BURST_BITS; i++)
        ret[i] = bits[i] ? -127 : 127;
}

/* Antipodal signal of the given Es/N0 (ratio) in Gaussian noise: LLR 4 Es/N0 x, as sure as the
 * equaliser writes it (127 at LLR 20). */
static inline void soft_add_noise(uint64_t *seed, double es_n0, int8_t soft[GSM_BURST_BITS])
{
    double sigma = sqrt(0.5 / es_n0);
    for (int i = 0; i < GSM_BURST_BITS; i++) {
        double u = ((double)(hex_random(seed) >> 11) + 0.5) / 9007199254740992.0;
        double v = (double)(hex_random(seed) >> 11) / 9007199254740992.0;
        double n = sigma * sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
        double llr = 4.0 * es_n0 * ((soft[i] > 0 ? 1.0 : -1.0) + n) * 127.0 / 20.0;
        soft[i] = (int8_t)(llr > 127.0 ? 127.0 : llr < -127.0 ? -127.0 : llr);
    }
}

/* One line `FN TN bits148` of bursts.txt; false for notes. */
static inline int soft_read_line(const char *line, unsigned *fn, unsigned *tn,
                                 uint8_t bits[GSM_BURST_BITS])
{
    char text[GSM_BURST_BITS + 1];
    if (sscanf(line, "%u %u %148[01]", fn, tn, text) != 3)
        return 0;
    for (int i = 0; i < GSM_BURST_BITS; i++)
        bits[i] = text[i] == '1';
    return 1;
}

#endif

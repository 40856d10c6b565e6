/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/xcch.h"

#include <osmocom/coding/gsm0503_coding.h>
#include <osmocom/core/bits.h>
#include <string.h>

/* Data and stealing bits around the training sequence: 57 + 1, 1 + 57. */
#define HALF_BITS   58
#define HALF_FIRST  3
#define HALF_SECOND 87

enum xcch_result xcch_decode(const int8_t soft[4][GSM_BURST_BITS], struct xcch_block *ret)
{
    sbit_t bits[4 * 2 * HALF_BITS];
    for (int b = 0; b < 4; b++) {
        memcpy(bits + 2 * b * HALF_BITS, soft[b] + HALF_FIRST, HALF_BITS);
        memcpy(bits + (2 * b + 1) * HALF_BITS, soft[b] + HALF_SECOND, HALF_BITS);
    }
    int n_errors = 0, n_bits = 0;
    if (gsm0503_xcch_decode(ret->l2, bits, &n_errors, &n_bits) != 0)
        return XCCH_BAD_CRC;
    ret->bit_errors = n_errors;
    return XCCH_OK;
}

void xcch_warm_up(void)
{
    static const int8_t soft[4][GSM_BURST_BITS];
    struct xcch_block block;
    (void)xcch_decode(soft, &block);
}

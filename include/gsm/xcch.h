/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xcch - four bursts of BCCH or CCCH to 23 octets.
 *
 * in   soft bits of four bursts, in order
 * out  octets (identities still in them: gsm/paging.h is the next step), bit errors
 * ref  3GPP TS 45.003 4.1, 4.4
 * cost 3.4 us a block that decodes
 * thread pure after xcch_warm_up
 */
#ifndef GSM_XCCH_H
#define GSM_XCCH_H

#include <stdint.h>

#include "gsm_const.h"

enum xcch_result { XCCH_OK = 0, XCCH_BAD_CRC };

struct xcch_block {
    uint8_t l2[GSM_L2_OCT];
    int bit_errors; /* of GSM_XCCH_BITS */
};

enum xcch_result xcch_decode(const int8_t soft[4][GSM_BURST_BITS], struct xcch_block *ret);
void xcch_warm_up(void);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xcch - four bursts of BCCH or CCCH to 23 octets.
 *
 * in   soft bits of four bursts, in order; or the sum of several transmissions of one block
 * out  octets (identities still in them: gsm/paging.h is the next step), bit errors
 * ref  3GPP TS 45.003 4.1, 4.4; list Viterbi after Soong and Huang 1991 (best path first, then
 *      paths that leave it at one more place, in order of likelihood)
 * cost 3.4 us a block that decodes; the list about 100 us, only after the CRC has failed
 * thread pure after xcch_warm_up
 *
 * The CRC has 40 bits: of 64 wrong candidates one passes with probability 6e-11.
 */
#ifndef GSM_XCCH_H
#define GSM_XCCH_H

#include <stdint.h>

#include "gsm_const.h"

enum xcch_result { XCCH_OK = 0, XCCH_BAD_CRC };

/* Candidates that the list decoder offers to the CRC. */
#define XCCH_LIST 64

struct xcch_block {
    uint8_t l2[GSM_L2_OCT];
    int bit_errors; /* of GSM_XCCH_BITS */
};

/* Coded bits of one block, or sums of several transmissions of it; positive is 0. */
struct xcch_coded {
    int16_t bit[GSM_XCCH_BITS];
};

enum xcch_result xcch_decode(const int8_t soft[4][GSM_BURST_BITS], struct xcch_block *ret);

/* Deinterleaves, for adding and for the list. */
void xcch_coded_of(const int8_t soft[4][GSM_BURST_BITS], struct xcch_coded *ret);
void xcch_coded_add(struct xcch_coded *sum, const struct xcch_coded *more);
/* The n (1..XCCH_LIST) best paths in turn until one passes the CRC. |bit| up to 16000. */
enum xcch_result xcch_decode_list(const struct xcch_coded *coded, int n, struct xcch_block *ret);
/* How well coded bits fit a block: sum of the bits in its favour minus those against, over the sum
 * of all; 1 without any error. */
double xcch_fit(const struct xcch_coded *coded, const uint8_t l2[GSM_L2_OCT]);

/* The four bursts that carry a block, with training sequence tsc (0..7): +1 for bit 0, -1 for 1. */
void xcch_symbols(const uint8_t l2[GSM_L2_OCT], int tsc, int8_t ret[4][GSM_BURST_BITS]);

void xcch_warm_up(void);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sch - soft bits of a synchronisation burst to BSIC and frame number.
 *
 * in   148 soft bits
 * out  BSIC, frame number, how far the received bits are from the code word
 * ref  3GPP TS 45.003 4.7, TS 44.018 9.1.30
 * cost 0.5 us
 * thread pure after sch_warm_up
 *
 * The CRC has 10 bits: one noise burst in a thousand passes. A pass alone is no cell.
 */
#ifndef GSM_SCH_H
#define GSM_SCH_H

#include <stdint.h>

#include "gsm_const.h"

enum sch_result { SCH_OK = 0, SCH_BAD_CRC, SCH_INSANE };

struct sch_info {
    int bsic;       /* 0..63 */
    uint32_t fn;    /* 0..GSM_HYPERFRAME-1, an SCH frame of the 51-multiframe */
    int bit_errors; /* of 78, by re-encoding */
};

enum sch_result sch_decode(const int8_t soft[GSM_BURST_BITS], struct sch_info *ret);
/* How well soft bits fit the SCH of this BSIC and frame number: -1..1, 1 without an error; noise
 * gives 0 with a standard deviation of 0.14. */
double sch_fit(const int8_t soft[GSM_BURST_BITS], int bsic, uint32_t fn);
/* The whole burst that carries them: +1 for bit 0, -1 for bit 1. */
void sch_symbols(int bsic, uint32_t fn, int8_t ret[GSM_BURST_BITS]);
const char *sch_result_name(enum sch_result r);

/* Call once before threads start: the library's Viterbi decoder initialises itself lazily. */
void sch_warm_up(void);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mframe - what each frame of timeslot 0 of a C0 carrier holds.
 *
 * ref  3GPP TS 45.002 clause 7, tables 3 and 4; 6.3.1.3 for TC
 * thread pure functions
 */
#ifndef GSM_MFRAME_H
#define GSM_MFRAME_H

#include <stdint.h>

#include "gsm_const.h"

enum mframe_kind {
    MFRAME_IDLE = 0,
    MFRAME_FCCH,
    MFRAME_SCH,
    MFRAME_BCCH,
    MFRAME_CCCH,             /* CCCH in every configuration */
    MFRAME_CCCH_OR_DEDICATED /* CCCH, or SDCCH and SACCH in a combined cell */
};

struct mframe_slot {
    enum mframe_kind kind;
    int burst; /* 0..3 within the block, for BCCH and CCCH */
};

struct mframe_slot mframe_find(uint32_t fn);

/* TC = (FN / 51) mod 8 */
int mframe_tc(uint32_t fn);

/* fn + delta frames modulo the hyperframe; shortest signed distance b - a. */
uint32_t mframe_add(uint32_t fn, int64_t delta);
int32_t mframe_distance(uint32_t a, uint32_t b);

#endif

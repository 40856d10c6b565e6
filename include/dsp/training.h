/* SPDX-License-Identifier: GPL-3.0-or-later */
/* training - what is known of a burst before it is received: tail, training and stealing bits.
 *
 * ref  3GPP TS 45.002 5.2.3 (normal burst, Table 5.2.3a), 5.2.5 (synchronisation burst)
 * thread constant tables
 */
#ifndef DSP_TRAINING_H
#define DSP_TRAINING_H

#include <stdint.h>

#include "gsm_const.h"

enum burst_kind { BURST_NORMAL = 0, BURST_SYNC };

/* 26 bits in a normal burst from bit 61, 64 in a synchronisation burst from bit 42. */
#define TRAINING_NORMAL_FIRST 61
#define TRAINING_NORMAL_BITS  26
#define TRAINING_SYNC_FIRST   42
#define TRAINING_SYNC_BITS    64

/* Known symbols of a burst: +1 for bit 0, -1 for bit 1, 0 where the data are. Normal bursts of
 * BCCH and CCCH also have both stealing bits set. tsc 0..7 (ignored for BURST_SYNC). */
const int8_t *training_known(enum burst_kind kind, int tsc);

/* First symbol and length of the longest run of known symbols inside the burst. */
int training_first(enum burst_kind kind);
int training_count(enum burst_kind kind);

#endif

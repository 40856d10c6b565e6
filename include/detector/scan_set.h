/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scan_set - has a cell said all that it has to say?
 *
 * in   blocks of BCCH and CCCH with their frame numbers
 * out  whether the set of system information is complete, and how long the rest will take
 * ref  3GPP TS 45.002 6.3.1.3 (which message comes at which TC), TS 44.018 9.1.32, 10.5.2.34
 * thread plain value
 *
 * Complete is: SI2, SI3, SI4, the turn of SI1 (TC 0), and what these announce (SI2bis, SI2ter,
 * every instance of SI2quater, SI13). A cell that announces what it never sends is complete when
 * every turn of the cycle was heard.
 */
#ifndef DETECTOR_SCAN_SET_H
#define DETECTOR_SCAN_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "gsm/si.h"

struct scan_set {
    uint32_t seen;        /* bit of enum si_type */
    uint32_t announced;   /* bit of enum si_type */
    uint32_t on_ext;      /* of announced: to come on BCCH Ext */
    uint8_t tc;           /* turns of BCCH Norm that were decoded, bit TC */
    uint8_t tc_ext;       /* turns of BCCH Ext, whatever they held */
    uint16_t quater;      /* instances of SI2quater, bit index */
    uint8_t quater_count; /* index of the last one, 0 while none was seen */
};

/* Adds one decoded block; fn is that of its first burst. Blocks of other frames do nothing. */
void scan_set_add(struct scan_set *s, const uint8_t l2[GSM_L2_OCT], uint32_t fn);
bool scan_set_complete(const struct scan_set *s);
/* Seconds from frame fn until the last missing turn will have passed, 0 when complete. */
double scan_set_wait_s(const struct scan_set *s, uint32_t fn);

#endif

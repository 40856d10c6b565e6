/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blank - identities of a CCCH block out, as every output of the program must show it.
 *
 * Written from docs/formats.md "Identities" apart from gsm/paging.c, so that each checks the other.
 *
 * ref  3GPP TS 44.018 9.1.18-9.1.24, 10.5.2.16; TS 24.008 10.5.1.4
 * thread pure function
 */
#ifndef SYNTH_BLANK_H
#define SYNTH_BLANK_H

#include <stdint.h>

#include "gsm_const.h"

void blank_identities(uint8_t l2[GSM_L2_OCT]);

#endif

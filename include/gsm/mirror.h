/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mirror - tells a burst from its mirror image: I and Q swapped, or not of the same size.
 *
 * in   channel taps of a burst, or their mean products
 * out  whether the spectrum lies where a mirror image has it
 * ref  3GPP TS 45.004 clause 2
 * cost some 50 multiplications; the channel 700
 * thread pure function
 *
 * The mirror image of GMSK is GMSK again, with the same bits, its carrier 135.4 kHz lower: half the
 * symbol rate turns every second symbol round. So images decode, with good CRCs, on a channel where
 * nobody sends. But their spectrum lies around that carrier plus 135.4 kHz: below the carrier there
 * is nothing, and the taps look like a channel that turns every symbol round, which no echoes do.
 */
#ifndef GSM_MIRROR_H
#define GSM_MIRROR_H

#include <stdbool.h>

#include "dsp/equalizer.h"

bool mirror_image(const struct burst_soft *b);
/* The same of what many bursts taught. */
bool mirror_channel(const struct channel_prior *p);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rival - a burst and the other GMSK signal on its carrier, told apart: joint detection.
 *
 * in   symbols of one burst as for the equaliser, and what that made of it
 * out  soft bits, channel and noise as if the rival were not there
 * ref  docs/receiver.md; joint maximum-likelihood detection of two users after Ranta, Hottinen and
 *      Honkasalo 1995; the rival's place, training and content are not known nor asked for
 * cost 0.15 to 0.35 ms a burst: only for bursts that rival_likely() has picked
 * thread one object per worker
 *
 * GMSK is, derotated, a row of real numbers through a short channel. So is the rival, whatever its
 * timing: its channel holds the fraction of a symbol. A trellis over the last bits of both tells
 * them apart as long as their sums differ, and both channels are learned from its own decisions.
 * Nothing of the rival is kept: its symbols serve to subtract it.
 */
#ifndef DSP_RIVAL_H
#define DSP_RIVAL_H

#include <stdbool.h>

#include "dsp/equalizer.h"

/* Es/N0 (ratio, 6 dB) from which on a burst is good enough as it is. */
#define RIVAL_ES_N0_MAX 4.0f

struct rival;

int rival_create(struct rival **ret);
void rival_destroy(struct rival *r);

/* How much of what the equaliser left unexplained has one phase, modulo a half turn, as a GMSK
 * signal on this very carrier has: 0..1; noise and neighbours give 0.25. */
float rival_share(const struct burst_in *in, const struct burst_soft *b);
/* Is a rival worth looking for: the burst is poor, and the share high? */
bool rival_likely(const struct burst_in *in, const struct burst_soft *b);

/* Writes what the burst is with the rival taken out. */
void rival_run(struct rival *r, const struct burst_in *in, struct burst_soft *ret);
/* Was there a rival: is so much less left unexplained than the equaliser left? */
bool rival_better(const struct burst_soft *alone, const struct burst_soft *before);

#endif

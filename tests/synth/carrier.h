/* SPDX-License-Identifier: GPL-3.0-or-later */
/* carrier - one cell as it arrives at the receiver: bursts, clocks, path.
 *
 * in   a cell of the scenario
 * out  complex samples, added to what is there; truth lines
 * ref  3GPP TS 45.010 5 (one source for carrier and timebase)
 * cost about 4 ns a sample and path
 * thread one object, one caller
 */
#ifndef SYNTH_CARRIER_H
#define SYNTH_CARRIER_H

#include <stddef.h>
#include <stdint.h>

#include "scenario.h"
#include "truth.h"

struct carrier;

/* Samples that share one step of clock and channel; add calls hold a multiple of it,
 * but the last. */
size_t carrier_segment_samp(const struct scenario *s);

/* 0 or -errno with a sentence. s stays borrowed. */
int carrier_create(struct carrier **ret, const struct scenario *s, int i_cell, char *err,
                   size_t err_cap);
void carrier_destroy(struct carrier *c);
uint32_t carrier_first_fn(const struct carrier *c);

/* Adds the next n samples. */
void carrier_add(struct carrier *c, float *iq, size_t n, struct truth *truth);

#endif

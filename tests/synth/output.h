/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output - what a receiver adds to the air: noise, DC, imbalance, quantisation; and the file.
 *
 * in   interleaved I and Q, full scale 1.0
 * out  cu8 (0 is 127.5), cs8, cs16, cf32, little-endian
 * thread one object, one caller
 */
#ifndef SYNTH_OUTPUT_H
#define SYNTH_OUTPUT_H

#include <stdio.h>

#include "rng.h"
#include "scenario.h"

struct output {
    const struct scenario *s;
    FILE *f;
    struct rng noise;
    float sigma;
    uint64_t n_samp, n_clipped;
    uint8_t *octets; /* of one chunk */
};

/* 0, -ENOMEM. cap_samp is the longest chunk. */
int output_init(struct output *o, const struct scenario *s, FILE *f, size_t cap_samp);
void output_clear(struct output *o);
/* Adds the receiver to n samples in place and writes them. 0 or -errno. */
int output_write(struct output *o, float *iq, size_t n);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* air - a whole city of invented cells, of which a receiver hears a window at a time.
 *
 * in   a scenario as of docs/synth.md with any number of cells anywhere; frame numbers run on from
 *      time 0, whatever is listened to
 * out  complex samples, full scale 1, noise of the antenna included
 * thread one object, one caller
 */
#ifndef STANDIN_AIR_H
#define STANDIN_AIR_H

#include <stddef.h>
#include <stdint.h>

#define AIR_CHUNK_SAMP 16384

struct air;

/* path NULL: noise only. 0, or negative errno with a sentence. */
int air_open(struct air **ret, const char *path, char *err, size_t err_cap);
void air_close(struct air *a);

/* What is heard from sample samp of the stream on, by an oscillator that believes to be at
 * center_hz. */
int air_tune(struct air *a, double center_hz, double rate_hz, uint64_t samp, char *err,
             size_t err_cap);
/* The next AIR_CHUNK_SAMP samples. */
void air_fill(struct air *a, float *iq);

#endif

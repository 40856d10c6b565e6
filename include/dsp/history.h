/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history - the last seconds of the wide stream, as the source gave them.
 *
 * in   runs of samples in one format
 * out  any stretch of them as complex float, full scale 1.0, mean of each stretch of
 *      block_samp samples taken out (the dongle's DC)
 * cost 0.1-0.5 ns per sample pushed or read; memory cap_samp in the source's format
 * thread push from one thread; read from any number between two pushes
 *
 * Keeping the raw form lets a carrier that is found late be decoded from its first burst on, and
 * costs 2 octets a sample for a dongle.
 */
#ifndef DSP_HISTORY_H
#define DSP_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "core/iq_block.h"

struct history_stats {
    uint64_t n_clipped; /* samples with a component at the format's limit */
    uint64_t n_bad;     /* NaN or infinite, or beyond 1e6: taken as zero */
    double power;       /* mean of |x|^2 over all samples, DC included */
};

struct history;

/* Keeps the last cap_samp samples (rounded up to whole blocks). 0, -EINVAL, -ENOMEM. */
int history_create(struct history **ret, enum iq_format format, size_t block_samp, size_t cap_samp);
void history_destroy(struct history *h);

/* Appends exactly one block of block_samp samples, or a shorter last one. */
void history_push(struct history *h, const void *data, size_t n_samp);

/* The same piece by piece, without a copy on the way: where the next samples of the block go (at
 * most *ret_n_samp of them); so many were written there; how many are there by now; the block is
 * full, or the last one. The samples count as kept from history_end_block() on; meanwhile the
 * oldest block is gone. */
void *history_space(struct history *h, size_t *ret_n_samp);
void history_put(struct history *h, size_t n_samp);
size_t history_n_put(const struct history *h);
void history_end_block(struct history *h);

/* Samples first <= i < end are there. */
uint64_t history_first(const struct history *h);
uint64_t history_end(const struct history *h);

/* Writes n_samp complex values (interleaved) from sample `from` on; zero where nothing is kept. */
void history_read(const struct history *h, int64_t from, size_t n_samp, float *out);

/* The same as whole numbers, real and imaginary parts apart, |value| <= PLANAR_PEAK >> drop_bits;
 * times what is returned (0 < it) they are full scale 1.0. The steps follow the loudest sample of
 * the blocks: 90 dB below it, or 1/64 of a step of an 8-bit source. */
#define PLANAR_PEAK 16320
float history_read_planar(const struct history *h, int64_t from, size_t n_samp, int drop_bits,
                          int16_t *re, int16_t *im);

void history_get_stats(const struct history *h, struct history_stats *ret);

#endif

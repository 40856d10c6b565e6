/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rng - random numbers of our own, so that one seed gives one recording on every machine.
 *
 * out  64-bit words (xoshiro256**, Blackman and Vigna 2018), uniform, normal (ziggurat,
 *      Marsaglia and Tsang 2000, with 256 layers)
 * cost 1-3 ns a number
 * thread one struct per caller; the tables are made by rng_tables_init before any thread starts
 */
#ifndef SYNTH_RNG_H
#define SYNTH_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng {
    uint64_t s[4];
};

/* Starts the stream called name of a seed: streams of different names are independent, so that
 * more noise or another cell never changes what one cell sends. */
void rng_init(struct rng *r, uint64_t seed, const char *name);

uint64_t rng_next(struct rng *r);
/* 0 <= result < 1 */
double rng_unit(struct rng *r);
/* 0 <= result < n, n > 0 */
uint32_t rng_below(struct rng *r, uint32_t n);
/* Mean 1 */
double rng_exponential(struct rng *r);

/* Fills the tables of rng_add_normal; call once. */
void rng_tables_init(void);
/* Adds n normal numbers of standard deviation sigma to x. */
void rng_add_normal(struct rng *r, float *x, size_t n, float sigma);

#endif

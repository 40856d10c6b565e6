/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kernels - the few inner loops that cost time, one source compiled per instruction set.
 *
 * Every set gives the same bits: no fused multiply-add, fixed order of sums, bursts side by side
 * in lanes. A test compares the sets.
 *
 * thread pure functions; kernels_get may be called from anywhere
 */
#ifndef DSP_KERNELS_H
#define DSP_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* Bursts that the equaliser runs side by side. */
#define KERNEL_LANES 8
/* Symbols the trellis walks: 148 of the burst and what the channel's memory adds. */
#define KERNEL_STEPS_MAX 160
#define KERNEL_STATES_MAX 32
/* Rotations that the mixer applies from a table between two exact ones. */
#define KERNEL_MIX_RUN 16

/* One batch of the max-log-MAP. Arrays are [..][KERNEL_LANES], all lanes computed. */
struct kernel_trellis {
    int n_steps;  /* <= KERNEL_STEPS_MAX */
    int n_states; /* 4, 8, 16 or 32 = 2^(taps - 1) */
    /* received symbols, scaled by 2 / noise power */
    float re[KERNEL_STEPS_MAX][KERNEL_LANES];
    float im[KERNEL_STEPS_MAX][KERNEL_LANES];
    /* what was known beforehand: log P(bit 0) - log P(bit 1), +-KERNEL_SURE for known bits */
    float prior[KERNEL_STEPS_MAX][KERNEL_LANES];
    /* expected symbol and its energy / noise power for each of n_states combinations of the
     * newest bit 0 and the last taps - 1 bits; combinations with newest bit 1 are the negatives */
    float expect_re[KERNEL_STATES_MAX][KERNEL_LANES];
    float expect_im[KERNEL_STATES_MAX][KERNEL_LANES];
    float energy[KERNEL_STATES_MAX][KERNEL_LANES];
    /* out: log P(bit 0) - log P(bit 1) */
    float llr[KERNEL_STEPS_MAX][KERNEL_LANES];
    /* scratch */
    float alpha[KERNEL_STEPS_MAX + 1][KERNEL_STATES_MAX][KERNEL_LANES];
};
#define KERNEL_SURE 1e5f

struct kernels {
    const char *name; /* "plain", "avx2", "avx512" */
    /* out[i] = in[i] * scale + add[i & 1], over n values (2 per sample) */
    void (*convert_u8)(const uint8_t *in, size_t n, float scale, const float add[2], float *out);
    void (*convert_s8)(const int8_t *in, size_t n, float scale, const float add[2], float *out);
    void (*convert_s16)(const int16_t *in, size_t n, float scale, const float add[2], float *out);
    void (*convert_f32)(const float *in, size_t n, float scale, const float add[2], float *out);
    /* x *= table[i] * base over one run of KERNEL_MIX_RUN complex samples */
    void (*mix)(float *x, const float table[2 * KERNEL_MIX_RUN], float base_re, float base_im);
    /* sum of x[i] * g[i], complex x interleaved, each real tap doubled in g; n a multiple of 8 */
    void (*dot)(const float *x, const float *g, size_t n, float ret[2]);
    void (*trellis)(struct kernel_trellis *t);
};

/* The best set that this processor has; i-th set that it has (NULL past the last), plain first. */
const struct kernels *kernels_get(void);
const struct kernels *kernels_at(size_t i);

#endif

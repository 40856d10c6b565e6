/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kernels - the few inner loops that cost time, one source compiled per instruction set.
 *
 * Every set gives the same bits: no fused multiply-add, fixed order of sums. A test compares the
 * sets. The equaliser's loops stand in dsp/lanes.h.
 *
 * thread pure functions; kernels_get may be called from anywhere
 */
#ifndef DSP_KERNELS_H
#define DSP_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* Rotations that the mixer applies from a table between two exact ones. */
#define KERNEL_MIX_RUN 16

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
    /* ret[i] = |x[i]|^2 for n complex values */
    void (*power)(const float *x, size_t n, float *ret);
    float (*sum)(const float *x, size_t n);
    /* largest x[i] + x[i + 1], i < n; reads n + 1 values */
    float (*peak_pair)(const float *x, size_t n);
};

/* The best set that this processor has; i-th set that it has (NULL past the last), plain first. */
const struct kernels *kernels_get(void);
const struct kernels *kernels_at(size_t i);

#endif

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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Samples that kernels.mix turns by one table, from one exact rotation to the next. */
#define KERNEL_MIX_RUN 32
/* Taps of a filter come in multiples of this. */
#define KERNEL_TAPS_STEP 16
/* Bins of a spectrum that kernels.stand_out takes for one side of a tone. */
#define KERNEL_SIDE 12

/* A filter at n_phases places between two samples. No sum of |sample * tap| of one phase may reach
 * 2^31. */
struct kernel_taps {
    const int16_t *taps; /* [n_phases][n_taps] */
    size_t n_taps;       /* a multiple of KERNEL_TAPS_STEP */
    uint64_t n_phases;
};

/* Sums over samples as the source gave them: exact for the whole-number formats. */
struct kernel_sums {
    double i, q, power; /* sum of I, of Q, of I^2 + Q^2 */
    double peak;        /* largest |I| or |Q|; 0 for the 8-bit formats, where nobody asks */
    uint64_t n_clipped; /* samples with a component at the format's limit */
};

struct kernels {
    const char *name; /* "plain", "avx2", "avx512" */
    /* out[i] = in[i] * scale + add[i & 1], over n values (2 per sample) */
    void (*convert_u8)(const uint8_t *in, size_t n, float scale, const float add[2], float *out);
    void (*convert_s8)(const int8_t *in, size_t n, float scale, const float add[2], float *out);
    void (*convert_s16)(const int16_t *in, size_t n, float scale, const float add[2], float *out);
    void (*convert_f32)(const float *in, size_t n, float scale, const float add[2], float *out);
    void (*sum_u8)(const uint8_t *in, size_t n_samp, struct kernel_sums *ret);
    void (*sum_s8)(const int8_t *in, size_t n_samp, struct kernel_sums *ret);
    void (*sum_s16)(const int16_t *in, size_t n_samp, struct kernel_sums *ret);
    void (*sum_f32)(const float *in, size_t n_samp, struct kernel_sums *ret);
    /* every |in[i]| < limit; not so when one is NaN */
    bool (*all_below)(const float *in, size_t n, float limit);
    /* re[i], im[i] = in[2 i], in[2 i + 1] * 2^shift + add, which must lie within int16_t */
    void (*planar_u8)(const uint8_t *in, size_t n, int shift, const int16_t add[2], int16_t *re,
                      int16_t *im);
    void (*planar_s8)(const int8_t *in, size_t n, int shift, const int16_t add[2], int16_t *re,
                      int16_t *im);
    /* The same times scale, to the nearest (even) whole number, which must lie within int16_t. */
    void (*planar_s16)(const int16_t *in, size_t n, float scale, const float add[2], int16_t *re,
                       int16_t *im);
    void (*planar_f32)(const float *in, size_t n, float scale, const float add[2], int16_t *re,
                       int16_t *im);
    /* Turns n_runs runs of KERNEL_MIX_RUN samples: sample k of run r by table[.][k] * base[r], all
     * in 1/32768 (re, im; |1| is 32767), products rounded to the nearest. |re|, |im| <= 16384. */
    void (*mix)(int16_t *re, int16_t *im, const int16_t table[2][KERNEL_MIX_RUN],
                const int16_t (*base)[2], size_t n_runs);
    /* ret[i] = sums of re and im times the taps of the nearest phase below place + i * step, which
     * are in samples * 2^32 */
    void (*filter)(const int16_t *re, const int16_t *im, const struct kernel_taps *g,
                   uint64_t place, uint64_t step, size_t n, int32_t (*ret)[2]);
    /* ret[i] = |x[i]|^2 for n complex values */
    void (*power)(const float *x, size_t n, float *ret);
    /* x[i] *= g[i] */
    void (*weigh)(float *x, const float *g, size_t n);
    /* ret = sum of x[i] * g[i], both complex; the real parts of g stand twice each in re, the
     * imaginary ones in im. n a multiple of 8 */
    void (*product)(const float *x, const float *re, const float *im, size_t n, float ret[2]);
    /* side[k] = power[k] + .. + power[k + KERNEL_SIDE - 1], k < n + 2; excess[k], KERNEL_SIDE <= k
     * < n, is above 0 where the pair k, k + 1 is more than `worth` of itself and twice the lesser
     * of the two sides of it. Reads n + 13 of power, writes n + 10 of excess. */
    void (*stand_out)(const float *power, size_t n, float worth, float *side, float *excess);
};

/* The best set that this processor has; i-th set that it has (NULL past the last), plain first. */
const struct kernels *kernels_get(void);
const struct kernels *kernels_at(size_t i);

#endif

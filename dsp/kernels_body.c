/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loops of dsp/kernels.h. Compiled once per instruction set: the build defines KERNELS_TABLE
 * (name of the table to define) and KERNELS_NAME (its text). */
#include "dsp/kernels.h"

#define LANES KERNEL_LANES

#define CONVERT(function, type)                                                                    \
    static void function(const type *in, size_t n, float scale, const float add[2], float *out)    \
    {                                                                                              \
        float a0 = add[0], a1 = add[1];                                                            \
        for (size_t i = 0; i + 1 < n; i += 2) {                                                    \
            out[i] = (float)in[i] * scale + a0;                                                    \
            out[i + 1] = (float)in[i + 1] * scale + a1;                                            \
        }                                                                                          \
    }
CONVERT(convert_u8, uint8_t)
CONVERT(convert_s8, int8_t)
CONVERT(convert_s16, int16_t)
CONVERT(convert_f32, float)

static void mix(float *x, const float table[2 * KERNEL_MIX_RUN], float base_re, float base_im)
{
    for (int i = 0; i < KERNEL_MIX_RUN; i++) {
        float tr = table[2 * i], ti = table[2 * i + 1];
        float r = tr * base_re - ti * base_im;
        float q = tr * base_im + ti * base_re;
        float xr = x[2 * i], xi = x[2 * i + 1];
        x[2 * i] = xr * r - xi * q;
        x[2 * i + 1] = xr * q + xi * r;
    }
}

/* 16 partial sums, so that every vector width adds in the same order. */
static void dot(const float *x, const float *g, size_t n, float ret[2])
{
    float acc[16] = {0};
    for (size_t i = 0; i < 2 * n; i += 16)
        for (int j = 0; j < 16; j++)
            acc[j] += x[i + (size_t)j] * g[i + (size_t)j];
    for (int j = 0; j < 2; j++)
        ret[j] = ((acc[j] + acc[j + 2]) + (acc[j + 4] + acc[j + 6])) +
                 ((acc[j + 8] + acc[j + 10]) + (acc[j + 12] + acc[j + 14]));
}

static inline float max2(float a, float b)
{
    return a > b ? a : b;
}

/* Metric of a step: correlation with the expected symbol. gamma0 is for newest bit 0 (combination
 * s), gamma1 for newest bit 1 (the negative of the mirrored combination). */
static inline void step_correlate(const struct kernel_trellis *t, int k, int n_states,
                                  float corr[][LANES])
{
    for (int s = 0; s < n_states; s++)
        for (int j = 0; j < LANES; j++)
            corr[s][j] = t->re[k][j] * t->expect_re[s][j] + t->im[k][j] * t->expect_im[s][j];
}

/* A state holds the last taps-1 bits, newest in bit 0. From state s with new bit b comes state
 * ((s << 1) | b) mod n. The expected symbol for history h (older bits, as a state) and new bit 0 is
 * expect[h]; for new bit 1 it is -expect[~h]. */
static inline void forward(struct kernel_trellis *t, int n)
{
    float corr[KERNEL_STATES_MAX][LANES];
    for (int s = 0; s < n; s++)
        for (int j = 0; j < LANES; j++)
            t->alpha[0][s][j] = 0.0f;
    for (int k = 0; k < t->n_steps; k++) {
        step_correlate(t, k, n, corr);
        for (int s = 0; s < n / 2; s++) {
            int hi = s + n / 2; /* the two pasts that lead to the same next states */
            for (int j = 0; j < LANES; j++) {
                float p = 0.5f * t->prior[k][j];
                float a0 = t->alpha[k][s][j], a1 = t->alpha[k][hi][j];
                float z0 = a0 + (corr[s][j] - t->energy[s][j]);
                float z1 = a1 + (corr[hi][j] - t->energy[hi][j]);
                float o0 = a0 + (-corr[n - 1 - s][j] - t->energy[n - 1 - s][j]);
                float o1 = a1 + (-corr[n - 1 - hi][j] - t->energy[n - 1 - hi][j]);
                t->alpha[k + 1][2 * s][j] = max2(z0, z1) + p;
                t->alpha[k + 1][2 * s + 1][j] = max2(o0, o1) - p;
            }
        }
        float base[LANES];
        for (int j = 0; j < LANES; j++)
            base[j] = t->alpha[k + 1][0][j];
        for (int s = 0; s < n; s++)
            for (int j = 0; j < LANES; j++)
                t->alpha[k + 1][s][j] -= base[j];
    }
}

static inline void backward(struct kernel_trellis *t, int n)
{
    float corr[KERNEL_STATES_MAX][LANES], beta[KERNEL_STATES_MAX][LANES];
    float next[KERNEL_STATES_MAX][LANES];
    for (int s = 0; s < n; s++)
        for (int j = 0; j < LANES; j++)
            beta[s][j] = 0.0f;
    for (int k = t->n_steps - 1; k >= 0; k--) {
        float best0[LANES], best1[LANES];
        for (int j = 0; j < LANES; j++)
            best0[j] = best1[j] = -1e30f;
        step_correlate(t, k, n, corr);
        for (int s = 0; s < n; s++) {
            int to = (2 * s) & (n - 1);
            for (int j = 0; j < LANES; j++) {
                float p = 0.5f * t->prior[k][j];
                float z = (corr[s][j] - t->energy[s][j]) + beta[to][j] + p;
                float o = (-corr[n - 1 - s][j] - t->energy[n - 1 - s][j]) + beta[to + 1][j] - p;
                float a = t->alpha[k][s][j];
                best0[j] = max2(best0[j], a + z);
                best1[j] = max2(best1[j], a + o);
                next[s][j] = max2(z, o);
            }
        }
        for (int j = 0; j < LANES; j++)
            t->llr[k][j] = best0[j] - best1[j];
        for (int s = 0; s < n; s++)
            for (int j = 0; j < LANES; j++)
                beta[s][j] = next[s][j] - next[0][j];
    }
}

/* One copy per number of states, so that the compiler knows the loop lengths. */
static void trellis(struct kernel_trellis *t)
{
    switch (t->n_states) {
    case 4:
        forward(t, 4);
        backward(t, 4);
        break;
    case 8:
        forward(t, 8);
        backward(t, 8);
        break;
    case 16:
        forward(t, 16);
        backward(t, 16);
        break;
    default:
        forward(t, 32);
        backward(t, 32);
        break;
    }
}

extern const struct kernels KERNELS_TABLE;
const struct kernels KERNELS_TABLE = {
    .name = KERNELS_NAME,
    .convert_u8 = convert_u8,
    .convert_s8 = convert_s8,
    .convert_s16 = convert_s16,
    .convert_f32 = convert_f32,
    .mix = mix,
    .dot = dot,
    .trellis = trellis,
};

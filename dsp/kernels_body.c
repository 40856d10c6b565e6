/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loops of dsp/kernels.h. Compiled once per instruction set: the build defines KERNELS_TABLE
 * (name of the table to define) and KERNELS_NAME (its text). */
#include <string.h>

#include "dsp/kernels.h"

/* Eight floats at once; sums go by lane first, so that every set adds in the same order. */
typedef float vec8 __attribute__((vector_size(32)));

static inline vec8 load8(const float *x)
{
    vec8 v;
    memcpy(&v, x, sizeof(v));
    return v;
}

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

/* Sixteen partial sums, even ones of the real part. */
static void dot(const float *x, const float *g, size_t n, float ret[2])
{
    vec8 a = {0}, b = {0};
    for (size_t i = 0; i < 2 * n; i += 16) {
        a += load8(x + i) * load8(g + i);
        b += load8(x + i + 8) * load8(g + i + 8);
    }
    a += b;
    ret[0] = (a[0] + a[2]) + (a[4] + a[6]);
    ret[1] = (a[1] + a[3]) + (a[5] + a[7]);
}

static void power(const float *x, size_t n, float *ret)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        vec8 a = load8(x + 2 * i), b = load8(x + 2 * i + 8);
        a *= a;
        b *= b;
        a = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14) +
            __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
        memcpy(ret + i, &a, sizeof(a));
    }
    for (; i < n; i++)
        ret[i] = x[2 * i] * x[2 * i] + x[2 * i + 1] * x[2 * i + 1];
}

static float sum(const float *x, size_t n)
{
    vec8 a = {0};
    float rest = 0.0f;
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        a += load8(x + i);
    for (; i < n; i++)
        rest += x[i];
    return ((a[0] + a[1]) + (a[2] + a[3])) + ((a[4] + a[5]) + (a[6] + a[7])) + rest;
}

static float peak_pair(const float *x, size_t n)
{
    float best[8] = {0}, top = 0.0f;
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t j = 0; j < 8; j++) {
            float pair = x[i + j] + x[i + j + 1];
            best[j] = best[j] > pair ? best[j] : pair;
        }
    for (; i < n; i++)
        top = top > x[i] + x[i + 1] ? top : x[i] + x[i + 1];
    for (size_t j = 0; j < 8; j++)
        top = top > best[j] ? top : best[j];
    return top;
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
    .power = power,
    .sum = sum,
    .peak_pair = peak_pair,
};

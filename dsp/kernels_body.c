/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loops of dsp/kernels.h. Compiled once per instruction set: the build defines KERNELS_TABLE
 * (name of the table to define) and KERNELS_NAME (its text). */
#include <string.h>

#ifdef __AVX2__
#include <immintrin.h>
#endif

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

/* Samples that 16-bit sums have room for. */
#define SUM_RUN 128

/* The two components of a sample lie in one 16-bit word. flip turns signed into unsigned. */
static inline void sum_octets(const uint8_t *in, size_t n_samp, unsigned flip,
                              struct kernel_sums *ret)
{
    uint64_t si = 0, sq = 0, sp = 0, sc = 0;
    for (size_t at = 0; at < n_samp; at += SUM_RUN) {
        uint16_t word[SUM_RUN], i16 = 0, q16 = 0, c16 = 0;
        int32_t p32 = 0;
        size_t n = n_samp - at < SUM_RUN ? n_samp - at : SUM_RUN;
        memcpy(word, in + 2 * at, 2 * n);
        for (size_t k = 0; k < n; k++) {
            int16_t a = (int16_t)((word[k] & 255u) ^ flip), b = (int16_t)((word[k] >> 8) ^ flip);
            i16 = (uint16_t)(i16 + a);
            q16 = (uint16_t)(q16 + b);
            c16 = (uint16_t)(c16 + ((a == 0) | (a == 255) | (b == 0) | (b == 255)));
            p32 += (int32_t)a * a + (int32_t)b * b;
        }
        si += i16;
        sq += q16;
        sc += c16;
        sp += (uint64_t)p32;
    }
    *ret = (struct kernel_sums){(double)si, (double)sq, (double)sp, 0.0, sc};
}

static void sum_u8(const uint8_t *in, size_t n_samp, struct kernel_sums *ret)
{
    sum_octets(in, n_samp, 0, ret);
}

/* As unsigned, moved by 128 and moved back. */
static void sum_s8(const int8_t *in, size_t n_samp, struct kernel_sums *ret)
{
    sum_octets((const uint8_t *)in, n_samp, 0x80, ret);
    ret->power += 2.0 * 16384.0 * (double)n_samp - 256.0 * (ret->i + ret->q);
    ret->i -= 128.0 * (double)n_samp;
    ret->q -= 128.0 * (double)n_samp;
}

static void sum_s16(const int16_t *in, size_t n_samp, struct kernel_sums *ret)
{
    int64_t si = 0, sq = 0;
    uint64_t sp = 0, sc = 0;
    int16_t hi = 0, lo = 0;
    for (size_t at = 0; at < n_samp; at += SUM_RUN) {
        int32_t i32 = 0, q32 = 0;
        uint32_t c32 = 0;
        size_t end = at + SUM_RUN < n_samp ? at + SUM_RUN : n_samp;
        for (size_t k = at; k < end; k++) {
            int16_t a = in[2 * k], b = in[2 * k + 1];
            i32 += a;
            q32 += b;
            sp += (uint32_t)(a * a) + (uint32_t)(b * b);
            c32 += (uint32_t)((a == INT16_MIN) | (a == INT16_MAX) | (b == INT16_MIN) |
                              (b == INT16_MAX));
            hi = a > hi ? a : hi;
            hi = b > hi ? b : hi;
            lo = a < lo ? a : lo;
            lo = b < lo ? b : lo;
        }
        si += i32;
        sq += q32;
        sc += c32;
    }
    double peak = hi > -lo ? hi : -lo;
    *ret = (struct kernel_sums){(double)si, (double)sq, (double)sp, peak, sc};
}

typedef double wide4 __attribute__((vector_size(32)));
typedef float half4 __attribute__((vector_size(16)));
typedef int32_t int8x32 __attribute__((vector_size(32)));
typedef int16_t int8x16 __attribute__((vector_size(16)));

static inline vec8 abs8(vec8 v)
{
    int8x32 bits;
    memcpy(&bits, &v, sizeof(v));
    bits &= 0x7fffffff;
    memcpy(&v, &bits, sizeof(v));
    return v;
}

static inline vec8 max8(vec8 a, vec8 b)
{
    int8x32 x, y, more = a > b;
    memcpy(&x, &a, sizeof(a));
    memcpy(&y, &b, sizeof(b));
    x = (x & more) | (y & ~more);
    memcpy(&a, &x, sizeof(a));
    return a;
}

static inline wide4 widen4(const float *x)
{
    half4 v;
    memcpy(&v, x, sizeof(v));
    return __builtin_convertvector(v, wide4);
}

/* Two samples at once in each of two sums; the rest as if it stood in the first. */
static void sum_f32(const float *in, size_t n_samp, struct kernel_sums *ret)
{
    wide4 s[2] = {{0}}, p[2] = {{0}};
    vec8 peak = {0};
    float most = 0.0f;
    size_t i = 0;
    for (; i + 8 <= 2 * n_samp; i += 8) {
        wide4 a = widen4(in + i), b = widen4(in + i + 4);
        peak = max8(abs8(load8(in + i)), peak);
        s[0] += a;
        s[1] += b;
        p[0] += a * a;
        p[1] += b * b;
    }
    for (int j = 0; i < 2 * n_samp; i++, j++) {
        double w = (double)in[i];
        float a = in[i] < 0.0f ? -in[i] : in[i];
        most = a > most ? a : most;
        s[0][j & 3] += w;
        p[0][j & 3] += w * w;
    }
    for (int j = 0; j < 8; j++)
        most = peak[j] > most ? peak[j] : most;
    s[0] += s[1];
    p[0] += p[1];
    *ret = (struct kernel_sums){.i = s[0][0] + s[0][2],
                                .q = s[0][1] + s[0][3],
                                .power = (p[0][0] + p[0][2]) + (p[0][1] + p[0][3]),
                                .peak = (double)most};
}

static bool all_below(const float *in, size_t n, float limit)
{
    int8x32 good = (int8x32){0} - 1;
    bool rest = true;
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        good &= abs8(load8(in + i)) < limit;
    for (; i < n; i++)
        rest &= in[i] < limit && in[i] > -limit;
    for (int j = 0; j < 8; j++)
        rest &= good[j] != 0;
    return rest;
}

/* Adding this moves the point so that a float's last bit is worth 1. */
#define ROUND_BIAS 12582912.0f

static inline int8x16 round8(vec8 v)
{
    int8x32 bits;
    v += ROUND_BIAS;
    memcpy(&bits, &v, sizeof(v));
    return __builtin_convertvector(bits, int8x16);
}

static inline int16_t round1(float v)
{
    int32_t bits;
    v += ROUND_BIAS;
    memcpy(&bits, &v, sizeof(v));
    return (int16_t)bits;
}

/* Eight samples at once: 16 numbers widened to float, parted, scaled, rounded. */
#define PLANAR(function, type, pack)                                                               \
    typedef type pack __attribute__((vector_size(8 * sizeof(type))));                              \
    static void function(const type *in, size_t n, float scale, const float add[2], int16_t *re,   \
                         int16_t *im)                                                              \
    {                                                                                              \
        size_t k = 0;                                                                              \
        for (; k + 8 <= n; k += 8) {                                                               \
            pack lo, hi;                                                                           \
            memcpy(&lo, in + 2 * k, sizeof(lo));                                                   \
            memcpy(&hi, in + 2 * k + 8, sizeof(hi));                                               \
            vec8 a = __builtin_convertvector(lo, vec8), b = __builtin_convertvector(hi, vec8);     \
            vec8 i = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);                     \
            vec8 q = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);                     \
            int8x16 x = round8(i * scale + add[0]), y = round8(q * scale + add[1]);                \
            memcpy(re + k, &x, sizeof(x));                                                         \
            memcpy(im + k, &y, sizeof(y));                                                         \
        }                                                                                          \
        for (; k < n; k++) {                                                                       \
            re[k] = round1((float)in[2 * k] * scale + add[0]);                                     \
            im[k] = round1((float)in[2 * k + 1] * scale + add[1]);                                 \
        }                                                                                          \
    }
PLANAR(planar_s16, int16_t, pack_s16)
PLANAR(planar_f32, float, pack_f32)

static inline void part_octets(const uint8_t *in, size_t n, unsigned flip, int shift,
                               const int16_t add[2], int16_t *re, int16_t *im)
{
    int16_t a = add[0], b = add[1];
    for (size_t k = 0; k < n; k++) {
        uint16_t word;
        memcpy(&word, in + 2 * k, sizeof(word));
        re[k] = (int16_t)((((word & 255u) ^ flip) << shift) + (unsigned)a);
        im[k] = (int16_t)((((unsigned)word >> 8 ^ flip) << shift) + (unsigned)b);
    }
}

static void planar_u8(const uint8_t *in, size_t n, int shift, const int16_t add[2], int16_t *re,
                      int16_t *im)
{
    part_octets(in, n, 0, shift, add, re, im);
}

/* As unsigned, moved by 128. */
static void planar_s8(const int8_t *in, size_t n, int shift, const int16_t add[2], int16_t *re,
                      int16_t *im)
{
    const int16_t moved[2] = {(int16_t)(add[0] - (128 << shift)),
                              (int16_t)(add[1] - (128 << shift))};
    part_octets((const uint8_t *)in, n, 0x80, shift, moved, re, im);
}

/* Whole numbers: every way to compute them gives the same, so these use what a processor has. */
#ifdef __AVX2__
typedef __m256i vec16;

static inline vec16 load16(const int16_t *x)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)x);
}

static inline void store16(int16_t *x, vec16 v)
{
    _mm256_storeu_si256((__m256i *)(void *)x, v);
}

/* Runs of KERNEL_TAPS_STEP. */
static inline void dot(const int16_t *re, const int16_t *im, const int16_t *g, size_t n,
                       int32_t ret[2])
{
    vec16 a = _mm256_setzero_si256(), b = a;
    for (size_t i = 0; i < n; i += 16) {
        vec16 tap = load16(g + i);
        a = _mm256_add_epi32(a, _mm256_madd_epi16(load16(re + i), tap));
        b = _mm256_add_epi32(b, _mm256_madd_epi16(load16(im + i), tap));
    }
    a = _mm256_hadd_epi32(a, b);
    __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
    sum = _mm_hadd_epi32(sum, sum);
    _mm_storel_epi64((__m128i *)(void *)ret, sum);
}

#define MUL16 _mm256_mulhrs_epi16
#define ADD16 _mm256_add_epi16
#define SUB16 _mm256_sub_epi16
static inline void mix_run(int16_t *re, int16_t *im, const int16_t table[2][KERNEL_MIX_RUN],
                           const int16_t base[2])
{
    vec16 br = _mm256_set1_epi16(base[0]), bi = _mm256_set1_epi16(base[1]);
    for (int k = 0; k < KERNEL_MIX_RUN; k += 16) {
        vec16 tr = load16(&table[0][k]), ti = load16(&table[1][k]);
        vec16 xr = load16(re + k), xi = load16(im + k);
        vec16 c = SUB16(MUL16(tr, br), MUL16(ti, bi)), s = ADD16(MUL16(tr, bi), MUL16(ti, br));
        store16(re + k, SUB16(MUL16(xr, c), MUL16(xi, s)));
        store16(im + k, ADD16(MUL16(xr, s), MUL16(xi, c)));
    }
}
#else
static inline void dot(const int16_t *re, const int16_t *im, const int16_t *g, size_t n,
                       int32_t ret[2])
{
    int32_t a = 0, b = 0;
    for (size_t i = 0; i < n; i++)
        a += (int32_t)re[i] * g[i];
    for (size_t i = 0; i < n; i++)
        b += (int32_t)im[i] * g[i];
    ret[0] = a;
    ret[1] = b;
}

/* a * b / 32768 to the nearest. */
static inline int16_t mul16(int16_t a, int16_t b)
{
    return (int16_t)(((int32_t)a * b + 16384) >> 15);
}

static inline void mix_run(int16_t *re, int16_t *im, const int16_t table[2][KERNEL_MIX_RUN],
                           const int16_t base[2])
{
    for (int k = 0; k < KERNEL_MIX_RUN; k++) {
        int16_t tr = table[0][k], ti = table[1][k], xr = re[k], xi = im[k];
        int16_t c = (int16_t)(mul16(tr, base[0]) - mul16(ti, base[1]));
        int16_t s = (int16_t)(mul16(tr, base[1]) + mul16(ti, base[0]));
        re[k] = (int16_t)(mul16(xr, c) - mul16(xi, s));
        im[k] = (int16_t)(mul16(xr, s) + mul16(xi, c));
    }
}
#endif

static void mix(int16_t *re, int16_t *im, const int16_t table[2][KERNEL_MIX_RUN],
                const int16_t (*base)[2], size_t n_runs)
{
    for (size_t r = 0; r < n_runs; r++)
        mix_run(re + r * KERNEL_MIX_RUN, im + r * KERNEL_MIX_RUN, table, base[r]);
}

static void filter(const int16_t *re, const int16_t *im, const struct kernel_taps *g,
                   uint64_t place, uint64_t step, size_t n, int32_t (*ret)[2])
{
    for (size_t i = 0; i < n; i++, place += step) {
        size_t lead = (size_t)(place >> 32);
        size_t phase = (size_t)(((place & UINT32_MAX) * g->n_phases) >> 32);
        dot(re + lead, im + lead, g->taps + phase * g->n_taps, g->n_taps, ret[i]);
    }
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

static void weigh(float *x, const float *g, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] *= g[i];
}

/* Sixteen partial sums a part, even ones of what stands before an even place. */
static void product(const float *x, const float *re, const float *im, size_t n, float ret[2])
{
    vec8 a = {0}, b = {0}, c = {0}, d = {0};
    for (size_t i = 0; i < 2 * n; i += 16) {
        vec8 lo = load8(x + i), hi = load8(x + i + 8);
        a += lo * load8(re + i);
        b += hi * load8(re + i + 8);
        c += lo * load8(im + i);
        d += hi * load8(im + i + 8);
    }
    a += b;
    c += d;
    ret[0] = ((a[0] + a[2]) + (a[4] + a[6])) - ((c[1] + c[3]) + (c[5] + c[7]));
    ret[1] = ((a[1] + a[3]) + (a[5] + a[7])) + ((c[0] + c[2]) + (c[4] + c[6]));
}

static void stand_out(const float *power, size_t n, float worth, float *side, float *excess)
{
    for (size_t k = 0; k < n + 10; k++)
        excess[k] = (power[k] + power[k + 1]) + (power[k + 2] + power[k + 3]);
    for (size_t k = 0; k < n + 2; k++)
        side[k] = (excess[k] + excess[k + 4]) + excess[k + 8];
    for (size_t k = KERNEL_SIDE; k < n; k++) {
        float below = side[k - KERNEL_SIDE], above = side[k + 2];
        float least = below < above ? below : above;
        excess[k] = (1.0f - worth) * (power[k] + power[k + 1]) - 2.0f * worth * least;
    }
}

extern const struct kernels KERNELS_TABLE;
const struct kernels KERNELS_TABLE = {
    .name = KERNELS_NAME,
    .convert_u8 = convert_u8,
    .convert_s8 = convert_s8,
    .convert_s16 = convert_s16,
    .convert_f32 = convert_f32,
    .sum_u8 = sum_u8,
    .sum_s8 = sum_s8,
    .sum_s16 = sum_s16,
    .sum_f32 = sum_f32,
    .all_below = all_below,
    .planar_u8 = planar_u8,
    .planar_s8 = planar_s8,
    .planar_s16 = planar_s16,
    .planar_f32 = planar_f32,
    .mix = mix,
    .filter = filter,
    .power = power,
    .weigh = weigh,
    .product = product,
    .stand_out = stand_out,
};

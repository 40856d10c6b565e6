/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rng.h"

#include <math.h>

#include "core/detmath.h"

#define LAYERS 256
/* Marsaglia and Tsang 2000, table for 256 layers: start of the tail, and area of each layer. */
static const double tail_start = 3.6541528853610088;
static const double layer_area = 0.00492867323399;
static float layer_x[LAYERS + 1], layer_y[LAYERS + 1];

static const double log2_e = 1.442695040888963407360;

static double det_ln(double x)
{
    return det_log2(x) / log2_e;
}

static double gauss(double x)
{
    return det_exp2(-0.5 * x * x * log2_e);
}

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void rng_init(struct rng *r, uint64_t seed, const char *name)
{
    uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */
    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * 0x100000001b3u;
    uint64_t state = seed ^ h;
    for (int i = 0; i < 4; i++)
        r->s[i] = splitmix(&state);
}

static inline uint64_t rotl(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

static inline uint64_t step(struct rng *r)
{
    uint64_t *s = r->s;
    uint64_t out = rotl(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return out;
}

uint64_t rng_next(struct rng *r)
{
    return step(r);
}

double rng_unit(struct rng *r)
{
    return (double)(step(r) >> 11) * 0x1p-53;
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
    return (uint32_t)(((step(r) >> 32) * n) >> 32);
}

double rng_exponential(struct rng *r)
{
    return -det_ln(1.0 - rng_unit(r));
}

void rng_tables_init(void)
{
    double x = tail_start;
    layer_x[0] = (float)(layer_area / gauss(x));
    layer_x[1] = (float)x;
    for (int i = 2; i < LAYERS; i++) {
        x = sqrt(-2.0 * det_ln(layer_area / x + gauss(x)));
        layer_x[i] = (float)x;
    }
    layer_x[LAYERS] = 0.0f;
    for (int i = 0; i <= LAYERS; i++)
        layer_y[i] = (float)gauss((double)layer_x[i]);
}

/* Beyond tail_start, and the wedges between a layer's box and the curve; 1 % of the calls. */
static float normal_rare(struct rng *r, uint32_t bits)
{
    for (;;) {
        unsigned i = bits & 255;
        float u = (float)((int32_t)bits >> 8) * 0x1p-23f;
        float x = u * layer_x[i];
        if (fabsf(x) < layer_x[i + 1])
            return x;
        if (i == 0) {
            double a, b;
            do {
                a = rng_exponential(r) / tail_start;
                b = rng_exponential(r);
            } while (2.0 * b < a * a);
            return (float)(u < 0.0f ? -(tail_start + a) : tail_start + a);
        }
        float y = layer_y[i] + (layer_y[i + 1] - layer_y[i]) * (float)rng_unit(r);
        if ((double)y < gauss((double)x))
            return x;
        bits = (uint32_t)(step(r) >> 32);
    }
}

static inline float normal(struct rng *r, uint32_t bits)
{
    unsigned i = bits & 255;
    float x = (float)((int32_t)bits >> 8) * 0x1p-23f * layer_x[i];
    return fabsf(x) < layer_x[i + 1] ? x : normal_rare(r, bits);
}

void rng_add_normal(struct rng *r, float *x, size_t n, float sigma)
{
    struct rng local = *r;
    size_t i = 0;
    for (; i + 2 <= n; i += 2) {
        uint64_t w = step(&local);
        x[i] += sigma * normal(&local, (uint32_t)w);
        x[i + 1] += sigma * normal(&local, (uint32_t)(w >> 32));
    }
    if (i < n)
        x[i] += sigma * normal(&local, (uint32_t)step(&local));
    *r = local;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "iq_level.h"

#include <math.h>

/* Sums of whole numbers stay exact: 2^16 samples of 2 * 255^2 fit into 64 bits by far. */
static void add_cu8(struct iq_level *l, const uint8_t *x, size_t n_oct)
{
    uint64_t sum = 0, clipped = 0;
    for (size_t i = 0; i < n_oct; i++) {
        int twice = 2 * x[i] - 255;
        sum += (uint32_t)(twice * twice);
        clipped += x[i] == 0 || x[i] == 255;
    }
    l->power_sum += (double)sum / (255.0 * 255.0);
    l->n_clipped += clipped;
}

static void add_cs8(struct iq_level *l, const int8_t *x, size_t n_oct)
{
    uint64_t sum = 0, clipped = 0;
    for (size_t i = 0; i < n_oct; i++) {
        sum += (uint32_t)(x[i] * x[i]);
        clipped += x[i] == INT8_MIN || x[i] == INT8_MAX;
    }
    l->power_sum += (double)sum / (128.0 * 128.0);
    l->n_clipped += clipped;
}

static void add_cs16(struct iq_level *l, const int16_t *x, size_t n)
{
    uint64_t sum = 0, clipped = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (uint32_t)(x[i] * x[i]);
        clipped += x[i] == INT16_MIN || x[i] == INT16_MAX;
    }
    l->power_sum += (double)sum / (32768.0 * 32768.0);
    l->n_clipped += clipped;
}

static void add_cf32(struct iq_level *l, const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double v = (double)x[i];
        if (isfinite(v))
            l->power_sum += v * v;
        l->n_clipped += fabs(v) >= 1.0;
    }
}

void iq_level_add(struct iq_level *l, const void *data, size_t n_samp, enum iq_format format)
{
    switch (format) {
    case IQ_CU8:
        add_cu8(l, data, 2 * n_samp);
        break;
    case IQ_CS8:
        add_cs8(l, data, 2 * n_samp);
        break;
    case IQ_CS16:
        add_cs16(l, data, 2 * n_samp);
        break;
    case IQ_CF32:
        add_cf32(l, data, 2 * n_samp);
        break;
    case IQ_FORMAT_UNKNOWN:
        break;
    }
    l->n_samp += n_samp;
}

/* One turn in N steps, and the Hann window: its side lobes keep a strong carrier out of the empty
 * channels. */
struct turn {
    double co[IQ_LEVEL_BINS], si[IQ_LEVEL_BINS], hann[IQ_LEVEL_BINS];
};

static void make_turn(struct turn *t)
{
    for (int i = 0; i < IQ_LEVEL_BINS; i++) {
        t->co[i] = cos(6.283185307179586 * i / IQ_LEVEL_BINS);
        t->si[i] = sin(6.283185307179586 * i / IQ_LEVEL_BINS);
        t->hann[i] = 0.5 - 0.5 * t->co[i];
    }
}

/* Power of each channel of one stretch, by the definition of the transform. */
static void add_bins(double power[IQ_LEVEL_BINS], const struct turn *t, const uint8_t *x)
{
    enum { N = IQ_LEVEL_BINS };
    double re[N], im[N];
    for (int i = 0; i < N; i++) {
        re[i] = t->hann[i] * (x[2 * i] - 127.5);
        im[i] = t->hann[i] * (x[2 * i + 1] - 127.5);
    }
    for (int k = 0; k < N; k++) {
        double a = 0, b = 0;
        for (int i = 0; i < N; i++) {
            int j = i * k % N;
            a += re[i] * t->co[j] + im[i] * t->si[j];
            b += im[i] * t->co[j] - re[i] * t->si[j];
        }
        power[k] += a * a + b * b;
    }
}

double iq_level_floor_cu8(const uint8_t *data, size_t n_samp)
{
    double power[IQ_LEVEL_BINS] = {0}, least = INFINITY;
    size_t n_stretches = n_samp / IQ_LEVEL_BINS;
    struct turn turn;
    if (n_stretches == 0)
        return 0;
    make_turn(&turn);
    for (size_t i = 0; i < n_stretches; i++)
        add_bins(power, &turn, data + 2 * IQ_LEVEL_BINS * i);
    for (int k = 0; k < IQ_LEVEL_BINS; k++) {
        int away = k < IQ_LEVEL_BINS / 2 ? k : IQ_LEVEL_BINS - k;
        if (away >= 2 && away <= 13 && power[k] < least) /* not the spike at 0, not the edges */
            least = power[k];
    }
    /* white noise of power P gives P * sum(w^2) = P * 3/8 N a channel */
    return least / (double)n_stretches / (0.375 * IQ_LEVEL_BINS);
}

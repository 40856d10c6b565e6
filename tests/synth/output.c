/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/detmath.h"
#include "gsm_const.h"

int output_init(struct output *o, const struct scenario *s, FILE *f, size_t cap_samp)
{
    memset(o, 0, sizeof(*o));
    o->s = s;
    o->f = f;
    rng_init(&o->noise, s->seed, "noise");
    if (isfinite(s->noise_dbfs)) {
        /* noise_dbfs is power in one symbol rate; half of what the whole band holds in I */
        double power = det_from_db(s->noise_dbfs) * s->rate_hz / GSM_SYMBOL_RATE_HZ;
        o->sigma = (float)sqrt(0.5 * power);
    }
    o->octets = malloc(cap_samp * 2 * sizeof(float));
    return o->octets ? 0 : -ENOMEM;
}

void output_clear(struct output *o)
{
    free(o->octets);
    memset(o, 0, sizeof(*o));
}

/* I stays; Q is seen by a mixer of another gain, not quite at a right angle. */
static void impair(const struct scenario *s, float *iq, size_t n)
{
    double c, si, gain = sqrt(det_from_db(s->iq_gain_db));
    det_sincos(s->iq_phase_deg / 360.0, &c, &si);
    float a = (float)(gain * c), b = (float)(gain * si);
    float dc_i = (float)s->dc_i, dc_q = (float)s->dc_q;
    for (size_t k = 0; k < n; k++) {
        float i = iq[2 * k], q = iq[2 * k + 1];
        iq[2 * k] = i + dc_i;
        iq[2 * k + 1] = a * q + b * i + dc_q;
    }
}

static inline int quantise(float x, float scale, float zero, float lo, float hi, uint64_t *clipped)
{
    float v = floorf(x * scale + zero + 0.5f);
    if (v < lo || v > hi) {
        ++*clipped;
        v = v < lo ? lo : hi;
    }
    return (int)v;
}

static size_t to_octets(struct output *o, const float *x, size_t n)
{
    uint64_t clipped = 0;
    int16_t *wide = (int16_t *)(void *)o->octets;
    size_t size = 1;
    switch (o->s->format) {
    case FORMAT_CU8:
        for (size_t i = 0; i < n; i++)
            o->octets[i] = (uint8_t)quantise(x[i], 127.5f, 127.5f, 0.0f, 255.0f, &clipped);
        break;
    case FORMAT_CS8:
        for (size_t i = 0; i < n; i++)
            o->octets[i] = (uint8_t)quantise(x[i], 128.0f, 0.0f, -128.0f, 127.0f, &clipped);
        break;
    case FORMAT_CS16:
        for (size_t i = 0; i < n; i++)
            wide[i] = (int16_t)quantise(x[i], 32768.0f, 0.0f, -32768.0f, 32767.0f, &clipped);
        size = 2;
        break;
    case FORMAT_CF32:
        memcpy(o->octets, x, n * sizeof(float));
        size = 4;
        break;
    }
    o->n_clipped += clipped;
    return n * size;
}

int output_write(struct output *o, float *iq, size_t n)
{
    if (o->sigma > 0.0f)
        rng_add_normal(&o->noise, iq, 2 * n, o->sigma);
    impair(o->s, iq, n);
    size_t n_oct = to_octets(o, iq, 2 * n);
    o->n_samp += n;
    if (fwrite(o->octets, 1, n_oct, o->f) != n_oct)
        return errno ? -errno : -EIO;
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gmsk_wave - a GMSK burst from the formulas of 3GPP TS 45.004 2, noise, and a history to hold
 * them. Shares nothing with the program nor with tests/synth. For tests.
 */
#ifndef TESTS_UNIT_DSP_GMSK_WAVE_H
#define TESTS_UNIT_DSP_GMSK_WAVE_H

#include <complex.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "dsp/history.h"
#include "dsp/training.h"
#include "gsm_const.h"
#include "unit/gsm/hex.h"

#define WAVE_TWO_PI 6.283185307179586476925

/* CMPLX is missing with clang 14, and I is a float. */
static inline double complex wave_complex(double re, double im)
{
    const double part[2] = {re, im};
    double complex z;
    memcpy(&z, part, sizeof(z));
    return z;
}

/* Point of the unit circle. */
static inline double complex wave_turn(double turns)
{
    return wave_complex(cos(WAVE_TWO_PI * turns), sin(WAVE_TWO_PI * turns));
}

static inline double wave_uniform(uint64_t *seed)
{
    return ((double)(hex_random(seed) >> 11) + 0.5) / 9007199254740992.0;
}

/* Complex Gaussian of variance 1. */
static inline double complex wave_noise(uint64_t *seed)
{
    double r = sqrt(-log(wave_uniform(seed)));
    return r * wave_turn(wave_uniform(seed));
}

/* Integral of the frequency pulse: 0 long before, 1 long after its middle. BT 0.3, t in symbols. */
static inline double wave_pulse(double t)
{
    const double a = WAVE_TWO_PI * 0.3 / sqrt(log(2.0));
    double sum = 0.0;
    for (int k = 0; k < 2; k++) {
        double x = a * (t + (k ? -0.5 : 0.5));
        double g = x * 0.5 * erfc(-x / sqrt(2.0)) + exp(-0.5 * x * x) / sqrt(WAVE_TWO_PI);
        sum += k ? -g : g;
    }
    return sum / a;
}

/* Random data around what is known of the burst. */
static inline void wave_bits(uint64_t *seed, enum burst_kind kind, int tsc,
                             uint8_t bits[GSM_BURST_BITS])
{
    const int8_t *known = training_known(kind, tsc);
    for (int i = 0; i < GSM_BURST_BITS; i++)
        bits[i] = known[i] ? known[i] < 0 : (uint8_t)(hex_random(seed) & 1);
}

/* Carrier of amplitude 1, t_sym after the start of bit 0, with eight bits of 1 before and after the
 * burst and nothing (least of all a constant) beyond; the phase pulse of bit i is strongest half a
 * symbol after the start of that bit. */
static inline double complex wave_at(const uint8_t bits[GSM_BURST_BITS], double t_sym)
{
    double turns = 0.0;
    int previous = 1;
    if (t_sym < -8.0 || t_sym > GSM_BURST_BITS + 8.0)
        return 0.0;
    for (int i = -12; i < GSM_BURST_BITS + 12; i++) {
        int bit = i < 0 || i >= GSM_BURST_BITS ? 1 : bits[i];
        double late = t_sym - i - 0.5;
        double pulse = late > 5.0 ? 1.0 : late < -5.0 ? 0.0 : wave_pulse(late);
        turns += (bit == previous ? 0.25 : -0.25) * pulse;
        previous = bit;
    }
    return wave_turn(turns);
}

/* A history of one block of complex floats. */
static inline struct history *wave_history(const double complex *x, size_t n)
{
    struct history *h = NULL;
    float *f = calloc(2 * n, sizeof(*f));
    if (!f || history_create(&h, IQ_CF32, n, n) != 0)
        abort();
    for (size_t i = 0; i < n; i++) {
        f[2 * i] = (float)creal(x[i]);
        f[2 * i + 1] = (float)cimag(x[i]);
    }
    history_push(h, f, n);
    free(f);
    return h;
}

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gmsk.h"

#include <math.h>

#include "core/detmath.h"

/* The pulse is cut to five symbols: what is left out is below 4e-6 of a quarter turn. */
#define HALF_WIDTH_SYM 2.5
#define STEPS          128 /* table steps a symbol; linear between them, wrong by less than 1e-5 rad */
#define FINE           8 /* integration steps a table step */
#define N_FINE         (STEPS * FINE)
#define SPAN_SYM       5
#define COS_BITS       10

static double pulse[SPAN_SYM * STEPS + 1]; /* q(t), t = -2.5 .. 2.5 symbols: 0 .. 1 */
static int32_t curve[32][STEPS + 1];       /* 2^-32 turns; pattern of the five bits in reach */
static float cos_table[1 << COS_BITS], sin_table[1 << COS_BITS];

/* Gaussian of TS 45.004 2.4, BT = 0.3, T = 1. */
static double gaussian(double t)
{
    const double ln2 = 0.6931471805599453094, two_pi = 6.283185307179586476925;
    double sigma = sqrt(ln2) / (two_pi * 0.3);
    double x = t / sigma;
    return det_exp2(-0.5 * x * x / ln2) / (sigma * sqrt(two_pi));
}

static void pulse_init(void)
{
    /* h integrated once, then over one symbol, then once more: trapezoids, 1024 a symbol */
    enum { n = (SPAN_SYM + 1) * N_FINE };
    static double step_response[n + 1];
    double dt = 1.0 / N_FINE, start = -HALF_WIDTH_SYM - 0.5;
    for (int i = 1; i <= n; i++)
        step_response[i] = step_response[i - 1] +
                           0.5 * dt * (gaussian(start + (i - 1) * dt) + gaussian(start + i * dt));
    double sum = 0.0, before = step_response[N_FINE] - step_response[0];
    for (int i = 1; i <= SPAN_SYM * N_FINE; i++) {
        double now = step_response[i + N_FINE] - step_response[i];
        sum += 0.5 * dt * (before + now);
        before = now;
        if (i % FINE == 0)
            pulse[i / FINE] = sum;
    }
    for (int i = 0; i <= SPAN_SYM * STEPS; i++)
        pulse[i] /= sum;
}

void gmsk_tables_init(void)
{
    pulse_init();
    for (int pattern = 0; pattern < 32; pattern++) {
        for (int i = 0; i <= STEPS; i++) {
            double quarter = 0.0;
            for (int j = 0; j < SPAN_SYM; j++)
                quarter +=
                    ((pattern >> j) & 1 ? 1.0 : -1.0) * pulse[i + (SPAN_SYM - 1 - j) * STEPS];
            /* five quarter turns do not fit an int32: keep the angle modulo one turn, and let
             * the difference of neighbours wrap as unsigned */
            curve[pattern][i] = (int32_t)(uint32_t)(int64_t)floor(quarter * 0x1p30 + 0.5);
        }
    }
    for (int i = 0; i < 1 << COS_BITS; i++) {
        double c, s;
        det_sincos((double)i / (1 << COS_BITS), &c, &s);
        cos_table[i] = (float)c;
        sin_table[i] = (float)s;
    }
}

static inline void fast_sincos(uint32_t angle, float *c, float *s)
{
    const uint32_t half = 1u << (31 - COS_BITS);
    uint32_t i = (angle + half) >> (32 - COS_BITS);
    float d = (float)(int32_t)(angle - (i << (32 - COS_BITS))) * 1.46291807926715968e-9f;
    i &= (1u << COS_BITS) - 1;
    float ct = cos_table[i], st = sin_table[i], cd = 1.0f - 0.5f * d * d;
    *c = ct * cd - st * d;
    *s = st * cd + ct * d;
}

void gmsk_sincos(uint32_t angle, float *ret_cos, float *ret_sin)
{
    fast_sincos(angle, ret_cos, ret_sin);
}

void gmsk_slot_init(struct gmsk_slot *slot, const uint8_t *bits, uint8_t start_quarter)
{
    unsigned before = 1; /* TS 45.004 2.2: ones before the first bit */
    unsigned quarter = start_quarter;
    slot->start_quarter = start_quarter & 3;
    for (int i = 0; i < GMSK_SLOT_BITS; i++) {
        unsigned bit = i < 148 ? bits[i] & 1u : 1u;
        slot->sym[i] = bit ^ before ? -1 : 1;
        before = bit;
    }
    for (int i = 0; i < GMSK_SLOT_BITS; i++) {
        unsigned pattern = 0;
        if (i >= 3)
            quarter += (unsigned)(int)slot->sym[i - 3];
        for (int j = 0; j < SPAN_SYM; j++)
            if (i + j - 2 >= 0 && i + j - 2 < GMSK_SLOT_BITS && slot->sym[i + j - 2] > 0)
                pattern |= 1u << j;
        slot->code[i] = (uint8_t)((quarter & 3) << 5 | pattern);
    }
    for (int i = GMSK_SLOT_BITS - 3; i < GMSK_SLOT_BITS; i++)
        quarter += (unsigned)(int)slot->sym[i];
    slot->end_quarter = quarter & 3;
}

/* q(t): 0 before, 1 after the pulse */
static double pulse_at(double t)
{
    double x = (t + HALF_WIDTH_SYM) * STEPS;
    if (x <= 0.0)
        return 0.0;
    if (x >= SPAN_SYM * STEPS)
        return 1.0;
    int i = (int)x;
    return pulse[i] + (x - i) * (pulse[i + 1] - pulse[i]);
}

double gmsk_phase(const struct gmsk_window *w, double offset_sym)
{
    double quarter = w->cur->start_quarter;
    for (int i = GMSK_SLOT_BITS - 3; i < GMSK_SLOT_BITS; i++)
        quarter += w->prev->sym[i] * (pulse_at(offset_sym + 156.25 - i) - 1.0);
    for (int i = 0; i < GMSK_SLOT_BITS && i < offset_sym + HALF_WIDTH_SYM; i++)
        quarter += w->cur->sym[i] * pulse_at(offset_sym - i);
    for (int i = 0; i < 3; i++)
        quarter += w->next->sym[i] * pulse_at(offset_sym - 156.25 - i);
    double turns = 0.25 * quarter;
    return turns - floor(turns);
}

/* As gmsk_phase, where pulses of two slots overlap: only those in reach are added up. */
static uint32_t edge_angle(const struct gmsk_window *w, double offset_sym)
{
    double quarter;
    if (offset_sym < 78.0) {
        quarter = w->cur->start_quarter;
        for (int i = GMSK_SLOT_BITS - 3; i < GMSK_SLOT_BITS; i++)
            quarter += w->prev->sym[i] * (pulse_at(offset_sym + 156.25 - i) - 1.0);
        for (int i = 0; i < 5; i++)
            quarter += w->cur->sym[i] * pulse_at(offset_sym - i);
    } else {
        quarter = w->cur->end_quarter;
        for (int i = GMSK_SLOT_BITS - 6; i < GMSK_SLOT_BITS; i++)
            quarter += w->cur->sym[i] * (pulse_at(offset_sym - i) - 1.0);
        for (int i = 0; i < 3; i++)
            quarter += w->next->sym[i] * pulse_at(offset_sym - 156.25 - i);
    }
    return (uint32_t)(int64_t)floor(quarter * 0x1p30 + 0.5);
}

struct cursor {
    uint64_t angle;
    float gain_i, gain_q;
};

static inline void put(struct cursor *at, const struct gmsk_path *path, uint32_t modulation,
                       float *iq)
{
    float c, s;
    fast_sincos(modulation + (uint32_t)(at->angle >> 32), &c, &s);
    iq[0] += at->gain_i * c - at->gain_q * s;
    iq[1] += at->gain_i * s + at->gain_q * c;
    at->angle += (uint64_t)path->angle_step;
    at->gain_i += path->gain_step_i;
    at->gain_q += path->gain_step_q;
}

/* Inside a burst all pulses sit on one raster: the phase is a look-up. */
static void add_middle(const struct gmsk_slot *slot, double offset_sym,
                       const struct gmsk_path *path, struct cursor *at, float *iq, size_t n)
{
    uint64_t place = (uint64_t)((offset_sym + 0.5) * 0x1p48);
    uint64_t step = (uint64_t)(path->step_sym * 0x1p48);
    struct cursor here = *at;
    for (size_t i = 0; i < n; i++) {
        unsigned code = slot->code[place >> 48];
        const int32_t *row = &curve[code & 31][(place >> 41) & (STEPS - 1)];
        int64_t rise = (int32_t)((uint32_t)row[1] - (uint32_t)row[0]);
        int64_t fraction = (int64_t)((place >> 25) & 0xffff);
        uint32_t modulation = (uint32_t)row[0] + (uint32_t)((rise * fraction) >> 16);
        put(&here, path, modulation + ((uint32_t)(code >> 5) << 30), iq + 2 * i);
        place += step;
    }
    *at = here;
}

/* How many of n samples lie before limit_sym. */
static size_t count_until(double offset_sym, double limit_sym, double step_sym, size_t n)
{
    double left = ceil((limit_sym - offset_sym) / step_sym);
    if (left <= 0.0)
        return 0;
    return left < (double)n ? (size_t)left : n;
}

void gmsk_add(const struct gmsk_window *w, double offset_sym, const struct gmsk_path *path,
              float *iq, size_t n)
{
    const double first_sym = 1.5, last_sym = 153.5; /* all five pulses inside the slot */
    struct cursor at = {path->angle, path->gain_i, path->gain_q};
    size_t done = 0;
    while (done < n) {
        double here = offset_sym + (double)done * path->step_sym;
        if (here >= first_sym && here < last_sym) {
            size_t run = count_until(here, last_sym, path->step_sym, n - done);
            add_middle(w->cur, here, path, &at, iq + 2 * done, run);
            done += run;
            continue;
        }
        put(&at, path, edge_angle(w, here), iq + 2 * done);
        done++;
    }
}

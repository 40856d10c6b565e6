/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gmsk.h"

#include <math.h>

#include "core/detmath.h"

/* The pulse is cut to five symbols: what is left out is below 4e-6 of a quarter turn. */
#define HALF_WIDTH_SYM 2.5
#define STEPS          128 /* table steps a symbol; lines between, within 1e-5 rad */
#define FINE           8   /* integration steps a table step */
#define N_FINE         (STEPS * FINE)
#define SPAN_SYM       5
#define RUN            64 /* samples of one pass over the angles */

static double pulse[SPAN_SYM * STEPS + 1]; /* q(t), t = -2.5 .. 2.5 symbols: 0 .. 1 */
static int32_t curve[32][STEPS + 1];       /* 2^-32 turns; pattern of the five bits in reach */

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
}

/* Taylor series on an eighth of a turn each way: wrong by less than 4e-7. Plain arithmetic without
 * a branch, so that a loop around it becomes SIMD. */
static inline void fast_sincos(uint32_t angle, float *c, float *s)
{
    uint32_t quarter = (angle + 0x20000000u) >> 30;
    float x = (float)(int32_t)(angle - (quarter << 30)) * 1.46291807926715968e-9f; /* 2 pi / 2^32 */
    float x2 = x * x;
    float sine = x + x * x2 * (-1.0f / 6 + x2 * (1.0f / 120 - x2 * (1.0f / 5040)));
    float cosine = 1.0f + x2 * (-0.5f + x2 * (1.0f / 24 - x2 * (1.0f / 720 - x2 * (1.0f / 40320))));
    float c0 = quarter & 1 ? sine : cosine, s0 = quarter & 1 ? cosine : sine;
    *c = (quarter + 1) & 2 ? -c0 : c0;
    *s = quarter & 2 ? -s0 : s0;
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

/* Inside a burst all pulses sit on one raster: the phase is a look-up. */
static void look_up(const struct gmsk_slot *slot, double offset_sym, double step_sym,
                    uint32_t *angle, size_t n)
{
    uint64_t place = (uint64_t)((offset_sym + 0.5) * 0x1p48);
    uint64_t step = (uint64_t)(step_sym * 0x1p48);
    for (size_t i = 0; i < n; i++, place += step) {
        unsigned code = slot->code[place >> 48];
        const int32_t *row = &curve[code & 31][(place >> 41) & (STEPS - 1)];
        int64_t rise = (int32_t)((uint32_t)row[1] - (uint32_t)row[0]);
        int64_t fraction = (int64_t)((place >> 25) & 0xffff);
        uint32_t modulation = (uint32_t)row[0] + (uint32_t)((rise * fraction) >> 16);
        angle[i] = modulation + ((uint32_t)(code >> 5) << 30);
    }
}

/* How many of n samples lie before limit_sym. */
static size_t count_until(double offset_sym, double limit_sym, double step_sym, size_t n)
{
    double left = ceil((limit_sym - offset_sym) / step_sym);
    if (left <= 0.0)
        return 0;
    return left < (double)n ? (size_t)left : n;
}

/* Angles of the modulation for n samples from offset_sym on. */
static void modulate(const struct gmsk_window *w, double offset_sym, double step_sym,
                     uint32_t *angle, size_t n)
{
    const double first_sym = 1.5, last_sym = 153.5; /* all five pulses inside the slot */
    size_t done = 0;
    while (done < n) {
        double here = offset_sym + (double)done * step_sym;
        if (here >= first_sym && here < last_sym) {
            size_t run = count_until(here, last_sym, step_sym, n - done);
            look_up(w->cur, here, step_sym, angle + done, run);
            done += run;
        } else {
            angle[done++] = edge_angle(w, here);
        }
    }
}

static void add_run(const uint32_t *restrict angle, const struct gmsk_path *path, size_t first,
                    float *restrict iq, int n)
{
    float gain_i = path->gain_i + path->gain_step_i * (float)first;
    float gain_q = path->gain_q + path->gain_step_q * (float)first;
    float step_i = path->gain_step_i, step_q = path->gain_step_q;
    for (int i = 0; i < n; i++) {
        float c, s, gi = gain_i + step_i * (float)i, gq = gain_q + step_q * (float)i;
        fast_sincos(angle[i], &c, &s);
        iq[2 * i] += gi * c - gq * s;
        iq[2 * i + 1] += gi * s + gq * c;
    }
}

void gmsk_add(const struct gmsk_window *w, double offset_sym, const struct gmsk_path *path,
              float *iq, size_t n)
{
    uint32_t angle[RUN];
    uint64_t carrier = path->angle;
    for (size_t done = 0; done < n; done += RUN) {
        size_t run = n - done < RUN ? n - done : RUN;
        modulate(w, offset_sym + (double)done * path->step_sym, path->step_sym, angle, run);
        for (size_t i = 0; i < run; i++, carrier += (uint64_t)path->angle_step)
            angle[i] += (uint32_t)(carrier >> 32);
        add_run(angle, path, done, iq + 2 * done, (int)run);
    }
}

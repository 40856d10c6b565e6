/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/cell_clock.h"

#include <math.h>

#include "core/detmath.h"
#include "gsm/mframe.h"
#include "gsm_const.h"

/* After the correlation with the SCH: a third of a symbol, 0.3 ppm of rate, 300 Hz. */
#define FIRST_TIME_SYM  0.35
#define FIRST_SLOPE_PPM 0.3
#define FIRST_OFFSET_HZ 300.0
/* What may change by itself in one frame: rate 1 ppm a minute, and as much again for echoes that
 * come and go; frequency by the Doppler of a car. */
#define DRIFT_SYM2_PER_FRAME  4e-12
#define WANDER_SYM2_PER_FRAME 4e-6
#define WANDER_HZ2_PER_FRAME  0.02

void cell_clock_init(struct cell_clock *c, double rate_hz, uint32_t fn,
                     const struct burst_place *place, double carrier_hz, double nominal_hz)
{
    double ppm = (place->offset_hz - nominal_hz) / carrier_hz * 1e6;
    double slope = FIRST_SLOPE_PPM * 1e-6 * GSM_FRAME_SYM;
    *c = (struct cell_clock){
        .rate_hz = rate_hz,
        .fn_zero = fn,
        .samp = place->start_samp,
        .frame_samp = rate_hz * GSM_FRAME_S * (1.0 - ppm * 1e-6),
        .offset_hz = place->offset_hz,
        .time_var = FIRST_TIME_SYM * FIRST_TIME_SYM,
        .slope_var = slope * slope,
        .offset_var = FIRST_OFFSET_HZ * FIRST_OFFSET_HZ,
    };
}

struct burst_place cell_clock_place(const struct cell_clock *c, int64_t frame)
{
    return (struct burst_place){
        .start_samp = c->samp + (double)(frame - c->frame) * c->frame_samp,
        .sym_samp = c->frame_samp / GSM_FRAME_SYM,
        .offset_hz = c->offset_hz,
    };
}

uint32_t cell_clock_fn(const struct cell_clock *c, int64_t frame)
{
    return mframe_add(c->fn_zero, frame);
}

double cell_clock_frame_at(const struct cell_clock *c, double samp)
{
    return (double)c->frame + (samp - c->samp) / c->frame_samp;
}

double cell_clock_epoch(const struct cell_clock *c)
{
    double fn = (double)cell_clock_fn(c, c->frame) - c->samp / c->frame_samp;
    fn -= floor(fn / GSM_HYPERFRAME) * GSM_HYPERFRAME;
    return fn < GSM_HYPERFRAME ? fn : 0.0;
}

/* Moves the anchor to another frame: the errors of time and rate mix. */
static void clock_advance(struct cell_clock *c, int64_t frame)
{
    double n = (double)(frame - c->frame), a = fabs(n);
    c->samp += n * c->frame_samp;
    c->frame = frame;
    c->time_var += 2.0 * n * c->cross + n * n * c->slope_var + a * WANDER_SYM2_PER_FRAME;
    c->cross += n * c->slope_var;
    c->slope_var += a * DRIFT_SYM2_PER_FRAME;
    c->offset_var += a * WANDER_HZ2_PER_FRAME;
}

void cell_clock_move(struct cell_clock *c, double late_sym)
{
    c->samp += late_sym * c->frame_samp / GSM_FRAME_SYM;
    c->time_var = FIRST_TIME_SYM * FIRST_TIME_SYM;
    c->cross = 0.0;
}

void cell_clock_learn(struct cell_clock *c, int64_t frame, double late_sym, double late_var,
                      double off_hz, double off_var)
{
    clock_advance(c, frame);
    double sum = c->time_var + late_var;
    double gain_t = c->time_var / sum, gain_s = c->cross / sum;
    double sym_samp = c->frame_samp / GSM_FRAME_SYM;
    c->samp += gain_t * late_sym * sym_samp;
    c->frame_samp += gain_s * late_sym * sym_samp;
    c->slope_var -= gain_s * c->cross;
    c->cross -= gain_t * c->cross;
    c->time_var -= gain_t * c->time_var;

    double gain_f = c->offset_var / (c->offset_var + off_var);
    c->offset_hz += gain_f * off_hz;
    c->offset_var -= gain_f * c->offset_var;
}

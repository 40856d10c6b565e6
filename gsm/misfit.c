/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/misfit.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "gsm_const.h"

/* Tones that come and go within the history; more say nothing more. */
#define RUNS_MAX 4096
/* Runs of one tone: this close in frequency. */
#define SAME_TONE_HZ 5e3
/* Distances agree within this share; 10 and 11 frames are a tenth apart. */
#define SAME_DISTANCE 0.02
/* An FCCH is on for 148 of the 12500 symbols to the next; windows blur both ends. */
#define ON_SHARE    (148.0 / 12500.0)
#define ON_LEAST    0.6
#define ON_MOST     1.7
#define TENS_MIN    4
#define ELEVENS_MIN 1
#define SHARE_MIN   0.7
/* A crystal is not that bad: the rate is another one. */
#define RATE_OFF 0.0015
/* A rate this close to whole kHz is meant to be that. */
#define RATE_ROUND 0.0003
/* Where the tone stands and how long frames last name the same crystal within this. */
#define PPM_AGREE 35.0
#define PPM_MAX   170.0

struct pattern {
    size_t n;         /* distances that fit */
    double frame;     /* samples */
    double offset_hz; /* of the tone */
};

static int by_time(const void *a, const void *b)
{
    const struct tone_run *x = a, *y = b;
    return (x->start_samp > y->start_samp) - (x->start_samp < y->start_samp);
}

static bool near(double value, double wanted)
{
    return fabs(value / wanted - 1.0) < SAME_DISTANCE;
}

/* Slope of time over frames, least squares; frames counted from the distances. */
static double frame_of(const double *start, size_t n, double ten)
{
    double sum_f = 0, sum_t = 0, sum_ff = 0, sum_ft = 0, frames = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            frames += floor(10.0 * (start[i] - start[i - 1]) / ten + 0.5);
        double t = start[i] - start[0];
        sum_f += frames;
        sum_t += t;
        sum_ff += frames * frames;
        sum_ft += frames * t;
    }
    double count = (double)n;
    return (count * sum_ft - sum_f * sum_t) / (count * sum_ff - sum_f * sum_f);
}

/* Do the runs that share the tone of run `seed` come like FCCH bursts? */
static struct pattern pattern_of(const struct tone_run *run, size_t n, size_t seed)
{
    struct pattern ret = {0};
    double start[256], sum_hz = 0.0, on = run[seed].n_samp;
    size_t m = 0;
    for (size_t i = seed; i < n && m < 256; i++) {
        if (fabs(run[i].offset_hz - run[seed].offset_hz) > SAME_TONE_HZ)
            continue;
        sum_hz += run[i].offset_hz;
        start[m++] = run[i].start_samp;
    }
    if (m < TENS_MIN + ELEVENS_MIN + 1)
        return ret;
    double ten = start[1] - start[0];
    size_t tens = 0, elevens = 0;
    for (size_t i = 1; i < m; i++) {
        tens += near(start[i] - start[i - 1], ten);
        elevens += near(start[i] - start[i - 1], 1.1 * ten);
    }
    if (tens < TENS_MIN || elevens < ELEVENS_MIN || elevens > tens / 2 ||
        (double)(tens + elevens) < SHARE_MIN * (double)(m - 1) || on < ON_LEAST * ON_SHARE * ten ||
        on > ON_MOST * ON_SHARE * ten)
        return ret;
    ret.n = tens + elevens;
    ret.frame = frame_of(start, m, ten);
    ret.offset_hz = sum_hz / (double)m;
    return ret;
}

/* The crystal that moves a carrier of the raster to where this one stands, nearest to what the
 * frame time says. */
static double crystal_of(double carrier_hz, double timed_ppm)
{
    double above = carrier_hz - GSM_RASTER_HZ * floor(carrier_hz / GSM_RASTER_HZ + 0.5);
    double step_ppm = 1e6 * GSM_RASTER_HZ / carrier_hz, ppm = -1e6 * above / carrier_hz;
    return ppm + step_ppm * floor((timed_ppm - ppm) / step_ppm + 0.5);
}

static struct misfit explain(const struct pattern *p, const struct misfit_stated *stated,
                             double timed_ppm)
{
    double carrier_hz = stated->center_hz + p->offset_hz - GSM_FCCH_TONE_HZ;
    double mirrored_hz = stated->center_hz - p->offset_hz - GSM_FCCH_TONE_HZ;
    double plain_ppm = crystal_of(carrier_hz, timed_ppm);
    double swapped_ppm = crystal_of(mirrored_hz, timed_ppm);
    double plain_off = fabs(plain_ppm - timed_ppm), swapped_off = fabs(swapped_ppm - timed_ppm);
    double above = carrier_hz - GSM_RASTER_HZ * floor(carrier_hz / GSM_RASTER_HZ + 0.5);
    bool beyond = 1e-6 * fabs(plain_ppm - stated->ppm) * carrier_hz > stated->reach_hz;
    bool plain = plain_off < PPM_AGREE && beyond && fabs(plain_ppm) < PPM_MAX;
    bool swapped = !stated->has_cells && swapped_off < PPM_AGREE && fabs(swapped_ppm) < PPM_MAX;
    if (plain && !(swapped && swapped_off < plain_off))
        return (struct misfit){.kind = MISFIT_CRYSTAL, .ppm = plain_ppm};
    if (swapped)
        return (struct misfit){.kind = MISFIT_SWAPPED};
    if (plain_off >= PPM_AGREE && fabs(above) > stated->reach_hz)
        return (struct misfit){.kind = MISFIT_CENTER, .center_off_hz = above};
    return (struct misfit){.kind = MISFIT_NONE};
}

static struct misfit explain_rate(double rate_hz)
{
    double whole = floor(rate_hz / 1e3 + 0.5) * 1e3;
    if (fabs(rate_hz / whole - 1.0) < RATE_ROUND)
        rate_hz = whole;
    return (struct misfit){.kind = MISFIT_RATE, .rate_hz = rate_hz};
}

struct misfit misfit_find(struct tone_run *run, size_t n, const struct misfit_stated *stated)
{
    struct pattern best = {0};
    qsort(run, n, sizeof(*run), by_time);
    for (size_t i = 0; i < n; i++) {
        struct pattern p = pattern_of(run, n, i);
        if (p.n > best.n)
            best = p;
    }
    if (best.n == 0)
        return (struct misfit){.kind = MISFIT_NONE};
    double ratio = best.frame / (stated->rate_hz * GSM_FRAME_S);
    if (fabs(ratio - 1.0) > RATE_OFF)
        return explain_rate(stated->rate_hz * ratio);
    return explain(&best, stated, 1e6 * (ratio - 1.0));
}

int misfit_look(const struct history *h, const struct misfit_stated *stated, struct misfit *ret)
{
    struct tone_run *run = calloc(RUNS_MAX, sizeof(*run));
    if (!run)
        return -ENOMEM;
    long n = tone_runs_find(h, stated->rate_hz, (int64_t)history_first(h), (int64_t)history_end(h),
                            run, RUNS_MAX);
    if (n >= 0)
        *ret = misfit_find(run, (size_t)n, stated);
    free(run);
    return n < 0 ? (int)n : 0;
}

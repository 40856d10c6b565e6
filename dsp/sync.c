/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/sync.h"

#include <math.h>
#include <stdbool.h>

#include "core/detmath.h"
#include "dsp/training.h"

#define FIRST (TRAINING_SYNC_FIRST - SYNC_REACH_SYM)
#define COUNT (TRAINING_SYNC_BITS + 2 * SYNC_REACH_SYM + 1)
#define LAGS  (2 * SYNC_REACH_SYM + 1)
/* Half symbols around a peak that belong to it. */
#define NEAR 3

/* Correlation power of the training bits at one lag; the two halves are added after taking out
 * half of their phase difference, so that 1 kHz of error costs little. */
static double correlate(const float *y, const int8_t *known, double *ret_power)
{
    double half[2][2] = {{0.0, 0.0}, {0.0, 0.0}}, power = 0.0;
    for (int i = 0; i < TRAINING_SYNC_BITS; i++) {
        double a = (double)known[TRAINING_SYNC_FIRST + i];
        double re = (double)y[2 * i], im = (double)y[2 * i + 1];
        double *z = half[i >= TRAINING_SYNC_BITS / 2];
        z[0] += a * re;
        z[1] += a * im;
        power += re * re + im * im;
    }
    double m0 = sqrt(half[0][0] * half[0][0] + half[0][1] * half[0][1]);
    double m1 = sqrt(half[1][0] * half[1][0] + half[1][1] * half[1][1]);
    *ret_power = power;
    return (m0 + m1) * (m0 + m1);
}

/* Where the maximum lies between steps, from the amplitudes at it and on both sides. */
static double peak_of(const double corr[2 * LAGS], int at)
{
    if (at <= 0 || at >= 2 * LAGS - 1)
        return at;
    double a = sqrt(corr[at - 1]), b = sqrt(corr[at]), c = sqrt(corr[at + 1]);
    double bend = a - 2.0 * b + c;
    return bend < 0.0 ? at + 0.5 * (a - c) / bend : at;
}

void sync_list(const struct burst_filter *f, struct burst_scratch *s, const struct history *h,
               const struct burst_place *expected, int n, struct sync_peak *ret)
{
    const int8_t *known = training_known(BURST_SYNC, 0);
    float y[2][2 * COUNT];
    double corr[2 * LAGS], share[2 * LAGS];
    bool taken[2 * LAGS] = {false};
    for (int p = 0; p < 2; p++) {
        struct burst_place at = *expected;
        at.start_samp += 0.5 * p * at.sym_samp;
        burst_cut(f, s, h, &at, FIRST, COUNT, y[p]);
        for (int lag = 0; lag < LAGS; lag++) {
            double power, c = correlate(y[p] + 2 * lag, known, &power);
            corr[2 * lag + p] = c;
            share[2 * lag + p] = power > 0.0 ? c / (TRAINING_SYNC_BITS * power) : 0.0;
        }
    }
    for (int k = 0; k < n; k++) {
        int best = -1;
        for (int i = 0; i < 2 * LAGS; i++)
            if (!taken[i] && (best < 0 || corr[i] > corr[best]))
                best = i;
        ret[k] = (struct sync_peak){.place = *expected};
        if (best < 0)
            continue;
        ret[k].place.start_samp +=
            (0.5 * peak_of(corr, best) - SYNC_REACH_SYM) * expected->sym_samp;
        ret[k].share = share[best];
        for (int i = best - NEAR; i <= best + NEAR; i++)
            if (i >= 0 && i < 2 * LAGS)
                taken[i] = true;
    }
}

double sync_find(const struct burst_filter *f, struct burst_scratch *s, const struct history *h,
                 const struct burst_place *expected, struct burst_place *ret)
{
    struct sync_peak peak;
    sync_list(f, s, h, expected, 1, &peak);
    *ret = peak.place;
    return peak.share;
}

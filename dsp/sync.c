/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/sync.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "dsp/training.h"
#include "dsp/whiten.h"

#define FIRST (TRAINING_SYNC_FIRST - SYNC_REACH_SYM - WHITEN_ORDER)
#define COUNT (WHITEN_ORDER + TRAINING_SYNC_BITS + 2 * SYNC_REACH_SYM + 1)
#define LAGS  (2 * SYNC_REACH_SYM + 1)
/* Half symbols beside a peak that belong to it. */
#define NEAR 3

/* Symbols of the stretch at both halves of a symbol, and what the training bits look like in it. */
struct stretch {
    float y[2][COUNT][2];
    double known[TRAINING_SYNC_BITS][2];
    double known_power;
};

/* Correlation power of the training bits at one lag; the two halves are added after taking out
 * half of their phase difference, so that 1 kHz of error costs little. */
static double correlate(const struct stretch *s, int p, int lag, double *ret_power)
{
    double half[2][2] = {{0.0, 0.0}, {0.0, 0.0}}, power = 0.0;
    for (int i = 0; i < TRAINING_SYNC_BITS; i++) {
        const float *y = s->y[p][WHITEN_ORDER + lag + i];
        const double *a = s->known[i];
        double re = (double)y[0], im = (double)y[1];
        double *z = half[i >= TRAINING_SYNC_BITS / 2];
        z[0] += a[0] * re + a[1] * im;
        z[1] += a[0] * im - a[1] * re;
        power += re * re + im * im;
    }
    double m0 = sqrt(half[0][0] * half[0][0] + half[0][1] * half[0][1]);
    double m1 = sqrt(half[1][0] * half[1][0] + half[1][1] * half[1][1]);
    *ret_power = power;
    return (m0 + m1) * (m0 + m1);
}

static void cut_stretch(const struct burst_filter *f, struct burst_scratch *scratch,
                        const struct history *h, const struct burst_place *expected,
                        struct stretch *s)
{
    const int8_t *known = training_known(BURST_SYNC, 0);
    for (int p = 0; p < 2; p++) {
        struct burst_place at = *expected;
        at.start_samp += 0.5 * p * at.sym_samp;
        burst_cut(f, scratch, h, &at, FIRST, COUNT, &s->y[p][0][0]);
    }
    for (int i = 0; i < TRAINING_SYNC_BITS; i++) {
        s->known[i][0] = (double)known[TRAINING_SYNC_FIRST + i];
        s->known[i][1] = 0.0;
    }
    s->known_power = TRAINING_SYNC_BITS;
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

/* The n strongest lags. */
static void find_peaks(const struct stretch *s, const struct burst_place *expected, int n,
                       struct sync_peak *ret)
{
    double corr[2 * LAGS], share[2 * LAGS];
    bool taken[2 * LAGS] = {false};
    for (int p = 0; p < 2; p++) {
        for (int lag = 0; lag < LAGS; lag++) {
            double power, c = correlate(s, p, lag, &power);
            corr[2 * lag + p] = c;
            share[2 * lag + p] = power > 0.0 ? c / (s->known_power * power) : 0.0;
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

void sync_list(const struct burst_filter *f, struct burst_scratch *scratch, const struct history *h,
               const struct burst_place *expected, int n, struct sync_peak *ret)
{
    struct stretch s;
    cut_stretch(f, scratch, h, expected, &s);
    find_peaks(&s, expected, n, ret);
}

double sync_find(const struct burst_filter *f, struct burst_scratch *scratch,
                 const struct history *h, const struct burst_place *expected,
                 struct burst_place *ret)
{
    struct sync_peak peak;
    sync_list(f, scratch, h, expected, 1, &peak);
    *ret = peak.place;
    return peak.share;
}

/* Autocorrelation of the stretch, both halves of the symbol together. */
static void measure_corr(const struct stretch *s, float corr[WHITEN_ORDER + 1][2])
{
    for (int d = 0; d <= WHITEN_ORDER; d++) {
        double re = 0.0, im = 0.0;
        for (int p = 0; p < 2; p++) {
            for (int i = d; i < COUNT; i++) {
                const float *a = s->y[p][i], *b = s->y[p][i - d];
                re += (double)(a[0] * b[0] + a[1] * b[1]);
                im += (double)(a[1] * b[0] - a[0] * b[1]);
            }
        }
        corr[d][0] = (float)(re / (2 * COUNT));
        corr[d][1] = (float)(im / (2 * COUNT));
    }
}

/* Sends the stretch and the training bits through the filter. */
static void whiten_stretch(const struct whitener *w, struct stretch *s)
{
    float in[COUNT][2], out[COUNT][2];
    for (int p = 0; p < 2; p++) {
        memcpy(in, s->y[p], sizeof(in));
        whitener_run(w, (const float(*)[2])in, COUNT, s->y[p]);
    }
    for (int i = 0; i < TRAINING_SYNC_BITS; i++) {
        in[i][0] = (float)s->known[i][0];
        in[i][1] = 0.0f;
    }
    whitener_run(w, (const float(*)[2])in, TRAINING_SYNC_BITS, out);
    s->known_power = 0.0;
    for (int i = 0; i < TRAINING_SYNC_BITS; i++) {
        for (int k = 0; k < 2; k++) {
            s->known[i][k] = (double)out[i][k];
            s->known_power += s->known[i][k] * s->known[i][k];
        }
    }
}

double sync_find_white(const struct burst_filter *f, struct burst_scratch *scratch,
                       const struct history *h, const struct burst_place *expected,
                       struct burst_place *ret)
{
    struct stretch s;
    struct whitener w;
    float corr[WHITEN_ORDER + 1][2];
    *ret = *expected;
    cut_stretch(f, scratch, h, expected, &s);
    measure_corr(&s, corr);
    whitener_init(&w, (const float(*)[2])corr);
    if (w.idle)
        return 0.0;
    struct sync_peak peak;
    whiten_stretch(&w, &s);
    find_peaks(&s, expected, 1, &peak);
    *ret = peak.place;
    return peak.share;
}

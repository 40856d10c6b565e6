/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/wrong_rate.h"

#include <math.h>
#include <stdbool.h>

#include "gsm_const.h"

/* Only tones that are surely FCCH bursts. */
#define PURITY_SURE 0.45
/* A rate further off than this shows as no GSM at all. */
#define RATIO_REACH 0.045
/* Distances agree when within this of each other: 10 symbols in 10 frames are 0.0008. */
#define RATIO_AGREE 0.0012
/* Closer than this it is a crystal, or the error of 10 symbols in 10 frames. */
#define RATIO_CRYSTAL 0.0007
/* No such doubt when cells are lost over and over. */
#define RATIO_CHURN 0.00005
/* A rate this close to whole kHz is meant to be that. */
#define RATIO_ROUND 0.00008
#define AGREE_MIN   4
/* After four distances of 10 frames comes one of 11: a tone that is keyed at one pace is no cell.
 * Some are not heard. */
#define TENS_PER_ELEVEN 20

void wrong_rate_push(struct wrong_rate *w, const struct fcch_hit *hit, double rate_hz)
{
    if (hit->purity < PURITY_SURE || hit->channel >= WRONG_RATE_CHANNELS)
        return;
    double frame = rate_hz * GSM_FRAME_S, *last = &w->last_samp[hit->channel];
    double distance = (hit->start_samp - *last) / frame;
    bool first = *last <= 0.0;
    *last = hit->start_samp;
    if (first || w->n == WRONG_RATE_SAMPLES)
        return;
    double ratio = distance / 10.0;
    if (fabs(ratio - 1.0) < RATIO_REACH)
        w->ratio[w->n++] = (float)ratio;
    ratio = distance / 11.0;
    if (fabs(ratio - 1.0) < RATIO_REACH && w->n_eleven < WRONG_RATE_SAMPLES)
        w->eleven[w->n_eleven++] = (float)ratio;
}

static size_t elevens_near(const struct wrong_rate *w, double ratio)
{
    size_t n = 0;
    for (size_t i = 0; i < w->n_eleven; i++)
        n += fabs((double)w->eleven[i] - ratio) < RATIO_AGREE;
    return n;
}

double wrong_rate_find(const struct wrong_rate *w, double rate_hz, bool churn)
{
    size_t best = 0;
    double best_ratio = 1.0;
    for (size_t i = 0; i < w->n; i++) {
        double sum = 0.0;
        size_t n = 0;
        for (size_t k = 0; k < w->n; k++) {
            if (fabs((double)(w->ratio[k] - w->ratio[i])) > RATIO_AGREE)
                continue;
            sum += (double)w->ratio[k];
            n++;
        }
        if (n > best) {
            best = n;
            best_ratio = sum / (double)n;
        }
    }
    /* most of all distances must say the same */
    double least = churn ? RATIO_CHURN : RATIO_CRYSTAL;
    if (best < AGREE_MIN || 2 * best < w->n || fabs(best_ratio - 1.0) < least)
        return 0.0;
    if (TENS_PER_ELEVEN * elevens_near(w, best_ratio) < best)
        return 0.0;
    double found = rate_hz * best_ratio, whole = floor(found / 1e3 + 0.5) * 1e3;
    if (fabs(found / whole - 1.0) < RATIO_ROUND)
        found = whole;
    return fabs(found / rate_hz - 1.0) > 1e-9 ? found : 0.0;
}

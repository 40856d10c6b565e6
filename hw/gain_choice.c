/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gain_choice.h"

#include <math.h>

/* Four times the noise of the grid: it then adds less than 1 dB to the noise figure. */
#define FLOOR_GOAL (4 * GAIN_FLOOR_QUIET)
/* Several carriers together are nearly normally distributed: at 38 steps r.m.s. a component is
 * beyond 127.5 in one sample of a thousand (3.3 sigma). Half of that power leaves room. */
#define POWER_MAX  (2 * 38.0 * 38.0)
#define POWER_GOAL (POWER_MAX / 2)

static double ratio(int tenth_db)
{
    return pow(10, tenth_db / 100.0);
}

size_t gain_choose(const int *gains, size_t n_gains, size_t i, const struct gain_measure *m)
{
    if (n_gains == 0)
        return i;
    if (m->clipped_ratio > GAIN_CLIPPED_MAX) {
        size_t k = i;
        /* what is clipped looks weaker than it is: one step lower in any case */
        while (k > 0 && (k == i || m->power * ratio(gains[k] - gains[i]) > POWER_GOAL))
            k--;
        return k;
    }
    double noise = m->floor - GAIN_FLOOR_QUIET; /* the antenna's own */
    if (noise >= FLOOR_GOAL)
        return i;
    size_t k = i;
    while (k + 1 < n_gains && m->power * ratio(gains[k + 1] - gains[i]) <= POWER_GOAL &&
           (k == i || noise * ratio(gains[k] - gains[i]) < FLOOR_GOAL))
        k++;
    return k;
}

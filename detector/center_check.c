/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detector/center_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gsm_const.h"

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A fast crystal of either side moves the carrier one way and the length of a frame the other, by
 * the same ratio: what their sum leaves was stated wrongly. */
static double clock_error_hz(const struct rule_cell *cells, size_t n, double *ppm, double *ret_ppm)
{
    size_t n_ppm = 0;
    double sum_hz = 0.0;
    for (size_t i = 0; i < n; i++) {
        const struct cell_state *s = cells[i].state;
        double hz = arfcn_downlink_hz(s->channel);
        if (!isfinite(s->offset_hz) || !isfinite(s->clock_ppm) || hz <= 0.0 ||
            s->n_sch < CENTER_SCH_MIN || s->clock_se_ppm > CENTER_CLOCK_SE_PPM)
            continue;
        ppm[n_ppm++] = 1e6 * s->offset_hz / hz + s->clock_ppm;
        sum_hz += hz;
    }
    *ret_ppm = (double)NAN;
    if (n_ppm == 0)
        return 0.0;
    qsort(ppm, n_ppm, sizeof *ppm, compare_double);
    double median = n_ppm % 2 ? ppm[n_ppm / 2] : (ppm[n_ppm / 2 - 1] + ppm[n_ppm / 2]) / 2.0;
    *ret_ppm = median;
    if (fabs(median) <= CENTER_CLOCK_PPM)
        return 0.0;
    double error_hz = median * 1e-6 * sum_hz / (double)n_ppm;
    return round(error_hz / CENTER_ROUND_HZ) * CENTER_ROUND_HZ;
}

/* Raster steps from where a list has this CGI to where the cell stands; 0 when any list has it
 * here, NAN when none says a place in this band. */
static double steps_from_list(const struct rule_cell *c)
{
    struct arfcn at = c->state->channel;
    double steps = (double)NAN;
    for (size_t i = 0; i < c->known.n_cell; i++) {
        int number = c->known.cell[i].arfcn;
        struct arfcn want = {arfcn_band_of(number, at.band == ARFCN_PCS1900), number};
        if (number < 0 || !rule_same_band(want.band, at.band))
            continue;
        double now = round((arfcn_downlink_hz(at) - arfcn_downlink_hz(want)) / GSM_RASTER_HZ);
        if (isnan(steps) || fabs(now) < 0.5)
            steps = now;
    }
    return steps;
}

/* The shift that more than half of the listed cells have in common, in raster steps; 0: none. A
 * copy of a CGI that was heard before has no vote. */
static double common_shift(const struct rule_cell *cells, size_t n, double *steps,
                           struct center_check *ret)
{
    for (size_t i = 0; i < n; i++) {
        double now = cells[i].repeats_cgi ? (double)NAN : steps_from_list(&cells[i]);
        if (isnan(now))
            continue;
        ret->n_in_place += fabs(now) < 0.5;
        steps[ret->n_listed++] = now;
    }
    if (ret->n_listed == 0)
        return 0.0;
    qsort(steps, ret->n_listed, sizeof *steps, compare_double);
    double middle = steps[ret->n_listed / 2]; /* a value of more than half is the middle one */
    size_t n_shifted = 0;
    for (size_t i = 0; i < ret->n_listed; i++)
        n_shifted += fabs(steps[i] - middle) < 0.5;
    bool common = 2 * n_shifted > ret->n_listed && n_shifted >= CENTER_LISTED_MIN &&
                  n_shifted > CENTER_LISTED_OVER * ret->n_in_place;
    return common ? middle : 0.0;
}

void center_check_run(const struct rule_cell *cells, size_t n, double *scratch,
                      struct center_check *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->clock_hz = clock_error_hz(cells, n, scratch, &ret->clock_ppm);
    ret->listed_hz = common_shift(cells, n, scratch, ret) * GSM_RASTER_HZ;
    ret->error_hz = ret->clock_hz + ret->listed_hz;
    bool in_place = ret->n_in_place >= CENTER_LISTED_MIN && 2 * ret->n_in_place > ret->n_listed;
    ret->sure = fabs(ret->listed_hz) > 0.0 || in_place;
    /* Off by less than a quarter step and where the lists have them: the numbers are right. */
    bool harmless = in_place && fabs(ret->clock_hz) < GSM_RASTER_HZ / 4.0;
    ret->doubt = fabs(ret->listed_hz) > 0.0 || (fabs(ret->clock_hz) > 0.0 && !harmless);
}

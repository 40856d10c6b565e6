/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_resolve: carriers from channel numbers, and one consistent set of levels. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/detmath.h"
#include "gsm_const.h"
#include "scenario.h"

/* Written again rather than taken from gsm/arfcn.c, which is tested with what this makes. */
static const struct band {
    const char *name;
    int lo, hi, first; /* first: number that sits at base */
    double base_hz;
} bands[] = {
    {"P900", 1, 124, 0, 935.0e6},         {"E900", 0, 0, 0, 935.0e6},
    {"E900", 975, 1023, 1024, 935.0e6},   {"R900", 955, 974, 1024, 935.0e6},
    {"GSM850", 128, 251, 128, 869.2e6},   {"DCS1800", 512, 885, 512, 1805.2e6},
    {"PCS1900", 512, 810, 512, 1930.2e6},
};

static int resolve_carrier(struct cell_config *c)
{
    for (size_t i = 0; i < sizeof(bands) / sizeof(bands[0]); i++) {
        const struct band *b = &bands[i];
        if (c->arfcn < b->lo || c->arfcn > b->hi)
            continue;
        if (c->band[0] != '\0' && strcasecmp(c->band, b->name) != 0)
            continue;
        snprintf(c->band, sizeof(c->band), "%s", b->name);
        c->carrier_hz = b->base_hz + GSM_RASTER_HZ * (c->arfcn - b->first);
        return 0;
    }
    return -EINVAL;
}

static double noise_sigma_of(double noise_dbfs, double rate_hz)
{
    double density = det_from_db(noise_dbfs) / GSM_SYMBOL_RATE_HZ;
    return isinf(noise_dbfs) ? 0.0 : sqrt(0.5 * density * rate_hz);
}

static double amplitude_of(const struct cell_config *c, double noise_dbfs)
{
    double dbfs = isnan(c->level_dbfs) ? noise_dbfs + c->esn0_db : c->level_dbfs;
    return isinf(dbfs) ? 0.0 : sqrt(det_from_db(dbfs));
}

/* Largest component to expect: all carriers in phase, and noise at 4.5 sigma. */
static double peak_of(const struct scenario *s, double noise_dbfs)
{
    double dc = fmax(fabs(s->dc_i), fabs(s->dc_q));
    double sum = 4.5 * noise_sigma_of(noise_dbfs, s->rate_hz) + dc;
    for (int i = 0; i < s->n_cells; i++)
        sum += amplitude_of(&s->cell[i], noise_dbfs);
    return sum;
}

static double choose_noise_dbfs(const struct scenario *s)
{
    double lo = -250.0, hi = 60.0;
    for (int i = 0; i < 60; i++) {
        double mid = 0.5 * (lo + hi);
        if (peak_of(s, mid) > s->peak)
            hi = mid;
        else
            lo = mid;
    }
    return det_round(lo, 1e-4);
}

/* noise_esn0_db moves the noise, or all cells that are given relative to it. */
static void apply_shift(struct scenario *s)
{
    if (isnan(s->noise_esn0_db) || s->n_cells == 0)
        return;
    const struct cell_config *first = &s->cell[0];
    if (isnan(first->esn0_db)) {
        s->noise_dbfs = first->level_dbfs - s->noise_esn0_db;
        return;
    }
    double shift = s->noise_esn0_db - first->esn0_db;
    for (int i = 0; i < s->n_cells; i++)
        s->cell[i].esn0_db += shift;
}

static int check_cell(const struct scenario *s, struct cell_config *c, char *err, size_t err_cap)
{
    if (resolve_carrier(c) != 0) {
        snprintf(err, err_cap, "cell %s: ARFCN %d is not of band '%s'; set arfcn (and band)",
                 c->name, c->arfcn, c->band);
        return -EINVAL;
    }
    if (fabs(c->carrier_hz - s->center_hz) > 0.5 * s->rate_hz) {
        snprintf(err, err_cap, "cell %s: carrier %.1f kHz lies outside the recording; move center",
                 c->name, c->carrier_hz * 1e-3);
        return -EINVAL;
    }
    if (isnan(c->esn0_db) && isnan(c->level_dbfs)) {
        snprintf(err, err_cap, "cell %s: set esn0_db or level_dbfs", c->name);
        return -EINVAL;
    }
    if (isinf(s->noise_dbfs) && isnan(c->level_dbfs)) {
        snprintf(err, err_cap, "cell %s: esn0_db needs noise; set level_dbfs", c->name);
        return -EINVAL;
    }
    if (c->bsic < 0 || (c->combined && c->si.bs_ag_blks_res > 2)) {
        snprintf(err, err_cap, "cell %s: a combined cell has bs_ag_blks_res 0..2", c->name);
        return -EINVAL;
    }
    return 0;
}

int scenario_resolve(struct scenario *s, char *err, size_t err_cap)
{
    if (isfinite(s->dc_dbfs)) {
        s->dc_i = sqrt(det_from_db(s->dc_dbfs)) * 0.8;
        s->dc_q = sqrt(det_from_db(s->dc_dbfs)) * -0.6;
    }
    apply_shift(s);
    for (int i = 0; i < s->n_cells; i++) {
        int rc = check_cell(s, &s->cell[i], err, err_cap);
        if (rc != 0)
            return rc;
    }
    if (isnan(s->noise_dbfs))
        s->noise_dbfs = choose_noise_dbfs(s);
    for (int i = 0; i < s->n_cells; i++)
        if (isnan(s->cell[i].level_dbfs))
            s->cell[i].level_dbfs = s->noise_dbfs + s->cell[i].esn0_db;
    return 0;
}

double scenario_esn0_db(const struct scenario *s, const struct cell_config *cell)
{
    return cell->level_dbfs - s->noise_dbfs;
}

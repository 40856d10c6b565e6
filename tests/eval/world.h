/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world - a made-up country: operators, sites, sectors, location areas, neighbour plans.
 *
 * Parameters are drawn from the statistics of the reference scans (docs/accuracy.md), oddities
 * included: repulsive offsets, micro cells, cells without GPRS, areas of one cell, lists that are
 * out of date. Places and operators are apart, so that figures can be split by either.
 *
 * thread plain values, one caller
 */
#ifndef EVAL_WORLD_H
#define EVAL_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cells/broadcast.h"
#include "rng.h"

#define WORLD_OPERATORS 4
#define WORLD_CELLS_CAP 4000
#define WORLD_MCC       "262"

/* One honest sector. */
struct world_cell {
    struct scene_cell says;
    int op;            /* 0..3; 4: rail; 5: private */
    double x_km, y_km; /* of the site */
    double azimuth_deg;
    double loss_db;       /* extra: indoor, micro */
    double ppm;           /* of its own oscillator */
    double pages_hz;      /* identities a second in its location area */
    double assigns_hz;    /* answered channel requests a second */
    double updates_ratio; /* of them location updates */
    bool unlisted;        /* no neighbour names it: 15 of 328, Freiburg 2012 */
    bool listed;          /* in the operator's list */
    bool crowd;           /* in the crowd-sourced list */
    bool retuned;         /* the list has another channel */
};

struct world {
    struct world_cell *cell;
    size_t n;
    double size_km;
};

struct world_config {
    double size_km;
    double spacing_km; /* of the sites of one operator */
    bool border;       /* location areas so small that every place sees several */
    bool rail;
    uint64_t seed;
};

int world_create(struct world *ret, const struct world_config *cfg);
void world_clear(struct world *w);

/* Level of a cell at a place, dBm, without fading; shadowing is a property of cell and place. */
double world_level_dbm(const struct world_cell *c, double x_km, double y_km, uint64_t seed);
/* Digits of an operator: "01" ... */
const char *world_mnc(int op);
/* Writes the operators' cells as CSV; source: 0 operator's list, 1 crowd's. 0 or -errno. */
int world_write_csv(const struct world *w, const char *path, int source);
/* And the allocations. */
int world_write_allocations(const char *path);

#endif

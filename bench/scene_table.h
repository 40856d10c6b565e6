/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scene_table - what bench_sensitivity sends: one row a scene, rows of docs/receiver.md.
 *
 * thread plain values
 */
#ifndef BENCH_SCENE_TABLE_H
#define BENCH_SCENE_TABLE_H

#include <stdbool.h>

#define SCENE_POINT_CAP 16
#define SCENE_END       (-999.0)

struct scene {
    const char *name;
    const char *what;  /* one line for people */
    const char *file;  /* scenario, below the source folder */
    const char *set;   /* keys set for this scene, "key=value key=value" */
    const char *sweep; /* key that takes the Es/N0 of a point */
    double duration_s;
    int n_seeds;
    bool every_cell; /* a line for each cell, not only for the first */
    bool moved;      /* start frame and delay of the first cell drawn from the seed */
    double esn0_db[SCENE_POINT_CAP]; /* ends with SCENE_END */
};

/* NULL behind the last row. */
const struct scene *scene_at(int i);
const struct scene *scene_find(const char *name);

#endif

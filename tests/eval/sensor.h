/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sensor - what a receiver at a place hears of the world: reports into a detector.
 *
 * Block level: which cells are audible, how many blocks of each are read, whom they page, what
 * they answer, where their carriers are. The receiver itself is measured elsewhere, from samples
 * (docs/receiver.md); here its block errors come from the Es/N0 by the curve measured there.
 *
 * thread one object, one caller
 */
#ifndef EVAL_SENSOR_H
#define EVAL_SENSOR_H

#include "attack.h"
#include "detector/detector.h"

#define SENSOR_AUDIBLE_CAP 200

enum sensor_mode { SENSOR_WATCH, SENSOR_SURVEY };

struct sensor {
    const struct world *world;
    const struct attack *attack; /* NULL: nobody attacks */
    double attack_from_s;
    enum sensor_mode mode;
    double x_km, y_km, speed_km_s, heading_rad;
    int arfcn_lo; /* of the window that is watched: 11 channels */
    double receiver_ppm;
    double noise_dbm;
    uint64_t seed;
    struct rng rng;
    double train_from_s, train_to_s; /* phones register in the whole area meanwhile; < 0: never */
    int train_op;
};

/* Cells that stand out of noise and interference at a time, strongest first. */
size_t sensor_audible(const struct sensor *s, double at_s, size_t ret[SENSOR_AUDIBLE_CAP]);
/* Pushes what is heard from at_s on for step_s. 0 or -errno. */
int sensor_run(struct sensor *s, struct detector *d, double at_s, double step_s);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attack - pseudo base stations of five classes of care, as SMS blasters use them.
 *
 *   A  factory settings of OpenBTS or OsmoBSC
 *   B  the victim network's identity, the rest as shipped
 *   C  a copy of a neighbour's system information with a location area of its own
 *   D  a copy octet for octet, on the original's channel
 *   E  the same, and it pages whom the network pages
 *
 * thread plain values, one caller
 */
#ifndef EVAL_ATTACK_H
#define EVAL_ATTACK_H

#include "world.h"

#define ATTACK_CARRIERS 3

enum attack_class { ATTACK_A, ATTACK_B, ATTACK_C, ATTACK_D, ATTACK_E, ATTACK_CLASSES };

struct attack {
    enum attack_class class;
    size_t n; /* carriers: a box may speak for several networks */
    struct scene_cell says[ATTACK_CARRIERS];
    size_t victim[ATTACK_CARRIERS]; /* index in the world */
    double ppm;
    double x_km, y_km;
    double level_dbm; /* at the sensor */
    double pages_hz;  /* of its own making; 0: none */
    bool relays;      /* pages what the victim's area pages */
    double assigns_hz, updates_ratio;
    double cycle_s; /* new location area every so often; 0: never */
};

/* One box near a place, its victims among the cells that are audible there (indices, strongest
 * first). */
void attack_create(struct attack *ret, enum attack_class class, const struct world *w,
                   const size_t *audible, size_t n_audible, struct rng *r);
/* What carrier i says at a time. */
struct scene_cell attack_says(const struct attack *a, size_t i, double at_s);
const char *attack_name(enum attack_class class);

#endif

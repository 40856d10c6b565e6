/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trial - one sensor for a while, with or without a pseudo base station, and what came of it.
 *
 * thread one call at a time
 */
#ifndef EVAL_TRIAL_H
#define EVAL_TRIAL_H

#include "sensor.h"

#define TRIAL_GROUPS_CAP 16
#define TRIAL_CELLS_CAP  600
#define TRIAL_RULES_CAP  RULES_CAP

enum trial_lists { TRIAL_NO_LIST, TRIAL_CROWD_LIST, TRIAL_OPERATOR_LIST, TRIAL_LISTS };

struct trial_config {
    const struct world *world;
    struct known_cells *known; /* as lists says; NULL for none */
    enum sensor_mode mode;
    int class; /* enum attack_class; -1: nobody attacks */
    double duration_s;
    double speed_km_h;
    uint64_t seed;
};

/* The worst that was said of one cell. */
struct trial_cell {
    uint64_t tx;
    bool pseudo;
    enum verdict verdict;
    double score_db;
    double group_db[TRIAL_GROUPS_CAP]; /* capped sums at that score, in the order of the caps */
    bool fired[TRIAL_RULES_CAP], asked[TRIAL_RULES_CAP];
    double suspicious_s, probable_s; /* first time; NAN: never */
};

struct trial_result {
    struct trial_cell cell[TRIAL_CELLS_CAP];
    size_t n;
    bool attacked; /* false: no cell was audible here, so nobody to attack */
};

int trial_run(const struct trial_config *cfg, struct trial_result *ret);
const char *trial_lists_name(enum trial_lists lists);

#endif

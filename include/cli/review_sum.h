/* SPDX-License-Identifier: GPL-3.0-or-later */
/* review_sum - a stored score taken apart again, so that a person can add it up.
 *
 * The parts come from the findings in the log and the caps of this program. Where this program's
 * caps are not those of the run (another rule set), the rest shows it.
 *
 * thread main thread
 */
#ifndef CLI_REVIEW_SUM_H
#define CLI_REVIEW_SUM_H

#include "detector/review.h"

#define REVIEW_GROUPS_CAP 32

struct review_group {
    char name[4]; /* "AT" */
    double sum_db, cap_db, counted_db;
};

struct review_sum {
    double prior_db;
    size_t n;
    struct review_group group[REVIEW_GROUPS_CAP]; /* in the order of the heaviest finding */
    double rest_db; /* score - prior - groups: the evidence for the cell (EN-04) */
};

int review_sum_run(struct review_sum *ret, const struct review_cell *c, struct store *s, char *err,
                   size_t err_cap);

#endif

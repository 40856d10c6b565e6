/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/review_sum.h"

#include <math.h>
#include <string.h>

#include "detector/score.h"

static int add_finding(void *ctx, const struct review_finding *f)
{
    struct review_sum *sum = ctx;
    size_t i = 0;
    if (f->weight_db <= 0) /* what speaks for the cell has no cap; it is the rest */
        return 0;
    while (i < sum->n && strncmp(sum->group[i].name, f->rule, 2) != 0)
        i++;
    if (i == REVIEW_GROUPS_CAP)
        return 0;
    struct review_group *g = &sum->group[i];
    if (i == sum->n) {
        memcpy(g->name, f->rule, 2);
        g->cap_db = score_cap_db(g->name);
        sum->n++;
    }
    g->sum_db += f->weight_db;
    g->counted_db = fmin(g->sum_db, g->cap_db);
    return 0;
}

int review_sum_run(struct review_sum *ret, const struct review_cell *c, struct store *s, char *err,
                   size_t err_cap)
{
    *ret = (struct review_sum){.prior_db = SCORE_PRIOR_DB};
    int rc = review_list_findings(s, c->run_id, c->cell_id, add_finding, ret, err, err_cap);
    double sum_db = ret->prior_db;
    for (size_t i = 0; i < ret->n; i++)
        sum_db += ret->group[i].counted_db;
    ret->rest_db = rint((c->score_db - sum_db) * 100.0) / 100.0;
    return rc;
}

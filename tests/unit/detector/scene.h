/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scene - cells, what the databases say about each, and the rules run on them. */
#ifndef TESTS_SCENE_H
#define TESTS_SCENE_H

#include "cells/broadcast.h"
#include "detector/cell_table.h"
#include "detector/rules.h"

#define SCENE_CELLS 40

/* A scene: cells and what the databases say about each. */
struct scene {
    struct cell_table *table;
    struct rule_known known[SCENE_CELLS];
    struct rule_cell view[SCENE_CELLS];
};

static inline void scene_init(struct scene *s)
{
    memset(s, 0, sizeof *s);
    assert_int_equal(cell_table_create(&s->table), 0);
    for (size_t i = 0; i < SCENE_CELLS; i++)
        s->known[i].lac_listed = -1;
}

static inline void scene_clear(struct scene *s)
{
    cell_table_destroy(s->table);
}

static inline void scene_push(struct scene *s, const struct scene_cell *c)
{
    struct cell_report rep = scene_report(c);
    assert_int_equal(cell_table_push(s->table, &rep), 0);
}

/* Adds operator cells 0..n-1 of the network, each in one report. */
static inline void scene_push_network(struct scene *s, int n)
{
    for (int i = 0; i < n; i++) {
        struct scene_cell c = scene_operator(i);
        scene_push(s, &c);
    }
}

/* The operator's own list is in and has this CGI on this channel. */
static inline void scene_list(struct scene *s, size_t i, const struct scene_cell *c)
{
    struct rule_known *k = &s->known[i];
    k->has_known = true;
    k->network.listed_cells = k->network.operator_list = true;
    k->network.n_cells = 500;
    k->lac_listed = 1;
    k->cell[0] = (struct known_cell){
        .source = KNOWN_OPERATOR, .lac = c->lac, .ci = c->ci, .arfcn = c->arfcn, .bsic = c->bsic};
    k->n_cell = 1;
}

/* The operator's own list is in, and nothing of this cell stands in it. */
static inline void scene_unlist(struct scene *s, size_t i)
{
    struct rule_known *k = &s->known[i];
    k->has_known = true;
    k->network.listed_cells = k->network.operator_list = true;
    k->network.n_cells = 500;
    k->lac_listed = 0;
    k->n_cell = 0;
}

static inline struct rule_context scene_context(struct scene *s, size_t i)
{
    size_t n = cell_table_count(s->table);
    assert_in_range(n, 1, SCENE_CELLS);
    for (size_t k = 0; k < n; k++)
        rule_cell_init(&s->view[k], cell_table_get(s->table, k), &s->known[k]);
    rules_prepare(s->view, n);
    return (struct rule_context){s->view, n, i};
}

static inline size_t scene_rule(const char *id)
{
    for (size_t k = 0; k < rules_count(); k++) {
        if (strcmp(rules_get(k)->id, id) == 0)
            return k;
    }
    fail_msg("no rule %s", id);
    return 0;
}

/* Runs one rule on cell i. */
static inline struct rule_result scene_run(struct scene *s, size_t i, const char *id)
{
    struct rule_result r;
    struct rule_context ctx = scene_context(s, i);
    rules_run(scene_rule(id), &ctx, &r);
    return r;
}

#define assert_near(a, b, eps) assert_true(fabs((a) - (b)) <= (eps))

/* Fails with the reason when the rule answered otherwise. */
#define scene_expect(result, want)                                                                 \
    do {                                                                                           \
        const struct rule_result scene_r_ = (result);                                              \
        if (scene_r_.outcome != (want))                                                            \
            fail_msg("%s, but wanted %s (%s%s)", rule_outcome_name(scene_r_.outcome),              \
                     rule_outcome_name(want), scene_r_.reason ? scene_r_.reason : "",              \
                     scene_r_.finding.text);                                                       \
    } while (0)

#endif

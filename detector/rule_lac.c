/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules on location areas: LA-01, LA-02, LA-03. */
#include <string.h>

#include "detector/rules.h"

enum { LA01_NOT_LISTED, LA01_LONELY };

/* How many other cells of the network were heard, and how many share the location area. A second
 * transmitter of the same CGI proves nothing. */
static size_t count_company(const struct rule_context *ctx, size_t *ret_sharing)
{
    const struct rule_cell *c = rule_own(ctx);
    size_t n = 0;
    *ret_sharing = 0;
    for (size_t i = 0; i < ctx->n; i++) {
        const struct rule_cell *o = &ctx->cells[i];
        if (i == ctx->i || !rule_same_network(c, o) || rule_same_cgi(c, o))
            continue;
        n++;
        *ret_sharing += o->lac == c->lac;
    }
    return n;
}

static void fire_la01(const struct rule_cell *c, struct rule_result *ret, size_t weight,
                      size_t n_others)
{
    rule_fire(ret, weight);
    rule_observed(ret, "LAC %d", c->lac);
    if (weight == LA01_NOT_LISTED) {
        rule_expected(ret, "a location area of the list (%llu known cells)",
                      (unsigned long long)c->known.network.n_cells);
        rule_text(ret,
                  "No cell in the list of %s-%s (%llu cells) uses LAC %d; a location area of its "
                  "own makes every phone register again.",
                  c->mcc, c->mnc, (unsigned long long)c->known.network.n_cells, c->lac);
    } else {
        rule_expected(ret, "a location area that some of %zu other cells share", n_others);
        rule_text(ret, "None of %zu other cells of %s-%s heard here uses LAC %d.", n_others, c->mcc,
                  c->mnc, c->lac);
    }
    rule_evidence(ret, c->seen[SI_3] ? c->seen[SI_3] : c->seen[SI_4]);
}

void rule_la01_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct rule_cell *c = rule_own(ctx);
    const struct rule_known *k = &c->known;
    size_t n_sharing = 0;
    size_t n_others = count_company(ctx, &n_sharing);
    bool complete = k->network.operator_list || k->network.regulator_list;
    bool lonely =
        n_sharing == 0 && n_others >= RULE_PEERS_MIN && !(complete && rule_is_confirmed(c));
    if (!c->has_lai)
        rule_skip(ret, "neither SI3 nor SI4 was received twice without errors");
    else if (complete && k->lac_listed == 0)
        fire_la01(c, ret, LA01_NOT_LISTED, n_others);
    else if (lonely)
        fire_la01(c, ret, LA01_LONELY, n_others);
    else if (n_sharing > 0 || complete || k->lac_listed == 1)
        rule_pass(ret);
    else
        rule_skip(ret,
                  "no list of the network's location areas, and fewer than 3 other cells of it");
}

/* Runs of one location area, with the cell identity left aside. */
struct lac_run {
    const struct cell_lai_run *first;
    double last_s;
    uint32_t n_clean;
};

static bool same_area(const struct cell_lai_run *a, const struct cell_lai_run *b)
{
    return a->lac == b->lac && strcmp(a->mcc, b->mcc) == 0 && strcmp(a->mnc, b->mnc) == 0;
}

static size_t collect_runs(const struct cell_state *s, struct lac_run *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_lai; i++) {
        if (n > 0 && same_area(ret[n - 1].first, &s->lai[i])) {
            ret[n - 1].last_s = s->lai[i].last_s;
            ret[n - 1].n_clean += s->lai[i].n_clean;
        } else {
            ret[n++] = (struct lac_run){&s->lai[i], s->lai[i].last_s, s->lai[i].n_clean};
        }
    }
    return n;
}

/* A B A with a short B: blocks of a second transmitter on the same channel were taken for ours. */
static bool alternates(const struct lac_run *run, size_t n)
{
    for (size_t i = 1; i + 1 < n; i++) {
        if (same_area(run[i - 1].first, run[i + 1].first) &&
            run[i].last_s - run[i].first->first_s < RULE_LAC_MIXED_S)
            return true;
    }
    return false;
}

/* The finding rests on the first message of either run. */
static void rest_on(struct rule_result *ret, const struct cell_lai_run *from, double last_s,
                    const struct cell_lai_run *to)
{
    struct finding *f = &ret->finding;
    f->first_s = from->first_s;
    f->last_s = last_s;
    f->fn_first = from->fn_first;
    f->fn_last = to->fn_last;
    f->n_oct_messages = 2;
    memcpy(f->l2[0], from->l2, GSM_L2_OCT);
    memcpy(f->l2[1], to->l2, GSM_L2_OCT);
}

static void fire_la02(const struct cell_lai_run *from, const struct cell_lai_run *to, size_t n,
                      struct rule_result *ret)
{
    rule_fire(ret, 0);
    rule_observed(ret, "LAC %d, then LAC %d (%zu location areas in all)", from->lac, to->lac, n);
    rule_expected(ret, "one location area for one transmitter");
    rule_text(ret,
              "One transmitter, by its frame-number clock, announced LAC %d and %.1f s later LAC "
              "%d: a new location area makes every phone register again.",
              from->lac, to->first_s - from->last_s, to->lac);
    rest_on(ret, from, to->last_s, to);
}

/* The first lasting change of the location area, or -1. */
static int find_change(const struct lac_run *run, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        bool settled = run[i].last_s - run[i].first->first_s >= RULE_LAC_LAST_S;
        if (settled && run[i].n_clean >= RULE_SI_MIN_CLEAN &&
            run[i - 1].n_clean >= RULE_SI_MIN_CLEAN)
            return (int)i;
    }
    return -1;
}

/* A re-planning moves a good part of a network's cells at once; a box moves alone. */
static bool network_moves(const struct rule_context *ctx)
{
    size_t n = 0, n_moved = 0;
    for (size_t i = 0; i < ctx->n; i++) {
        struct lac_run run[CELL_LAI_CAP];
        if (!rule_same_network(rule_own(ctx), &ctx->cells[i]))
            continue;
        n++;
        n_moved += find_change(run, collect_runs(ctx->cells[i].state, run)) >= 0;
    }
    return n >= RULE_GUARD_CELLS_MIN && (double)n_moved >= RULE_GUARD_RATIO * (double)n;
}

void rule_la02_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct cell_state *s = rule_own(ctx)->state;
    struct lac_run run[CELL_LAI_CAP];
    size_t n = collect_runs(s, run);
    int change = find_change(run, n);
    if (!s->fn_known)
        rule_skip(ret,
                  "without frame numbers two transmitters on one channel cannot be told apart");
    else if (n == 0 || !rule_own(ctx)->seen[SI_3])
        rule_skip(ret, RULE_REASON_NO_SI3);
    else if (alternates(run, n))
        rule_skip(ret, "location areas alternate within seconds: two transmitters may be mixed");
    else if (change < 0)
        rule_pass(ret);
    else if (network_moves(ctx))
        rule_skip(ret, "30 % or more of the network's cells moved: a change of the network");
    else
        fire_la02(run[change - 1].first, run[change].first, n, ret);
}

/* How many areas the transmitter used within RULE_CYCLE_S, received as often as a rule wants, and
 * the runs of the first and the last of them. */
static size_t count_areas(const struct lac_run *run, size_t n, size_t *ret_from, size_t *ret_to)
{
    size_t most = 0;
    for (size_t i = 0; i < n; i++) {
        size_t n_areas = 0, to = i;
        for (size_t k = i; k < n && run[k].first->first_s - run[i].first->first_s <= RULE_CYCLE_S;
             k++) {
            bool is_new = run[k].n_clean >= RULE_SI_MIN_CLEAN;
            for (size_t j = i; j < k && is_new; j++)
                is_new =
                    run[j].n_clean < RULE_SI_MIN_CLEAN || !same_area(run[j].first, run[k].first);
            if (is_new)
                to = k;
            n_areas += is_new;
        }
        if (n_areas > most) {
            most = n_areas;
            *ret_from = i;
            *ret_to = to;
        }
    }
    return most;
}

void rule_la03_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct cell_state *s = rule_own(ctx)->state;
    struct lac_run run[CELL_LAI_CAP];
    size_t from = 0, to = 0, n = collect_runs(s, run);
    size_t n_areas = count_areas(run, n, &from, &to);
    if (!s->fn_known)
        rule_skip(ret,
                  "without frame numbers two transmitters on one channel cannot be told apart");
    else if (n == 0 || !rule_own(ctx)->seen[SI_3])
        rule_skip(ret, RULE_REASON_NO_SI3);
    else if (alternates(run, n))
        rule_skip(ret, "location areas alternate within seconds: two transmitters may be mixed");
    else if (n_areas < RULE_CYCLE_AREAS && s->observed_s < RULE_CYCLE_MIN_S)
        rule_skip(ret, "the cell was heard for less than 10 minutes");
    else if (n_areas < RULE_CYCLE_AREAS)
        rule_pass(ret);
    else {
        rule_fire(ret, 0);
        rule_observed(ret, "%zu location areas within %.0f s", n_areas,
                      run[to].first->first_s - run[from].first->first_s);
        rule_expected(ret, "one location area for one transmitter");
        rule_text(ret,
                  "One transmitter, by its frame-number clock, went through %zu location areas "
                  "within %.0f s (LAC %d first, LAC %d last): each new one makes the phones that "
                  "were already served register again.",
                  n_areas, run[to].first->first_s - run[from].first->first_s, run[from].first->lac,
                  run[to].first->lac);
        rest_on(ret, run[from].first, run[to].last_s, run[to].first);
    }
}

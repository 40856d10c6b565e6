/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { OP_RAIL = WORLD_OPERATORS, OP_PRIVATE };

/* What an operator sets alike, and where its carriers lie. */
static const struct plan {
    const char *mnc;
    int arfcn_lo, arfcn_hi; /* P-GSM */
    int lac, t3212, access_min, max_retrans_code, tx_integer;
    int ag_blks, pa_mfrms, ccch_conf, rlt, pwrc, dtx, ncc[2], ncc_permitted, re;
    double pages_hz;
} PLANS[WORLD_OPERATORS] = {
    {"01", 1, 30, 21013, 30, 4, 2, 9, 3, 6, 0, 36, 1, 1, {3, 7}, 0x88, 1, 9.0},
    {"02", 32, 61, 793, 10, 4, 2, 14, 1, 6, 0, 24, 0, 1, {3, 7}, 0x88, 1, 60.0},
    {"03", 63, 90, 588, 120, 3, 2, 5, 1, 7, 1, 28, 0, 0, {3, 3}, 0x08, 0, 6.5},
    {"07", 92, 121, 50945, 40, 5, 2, 14, 2, 5, 0, 32, 1, 1, {7, 7}, 0x80, 1, 10.0},
};

const char *world_mnc(int op)
{
    return op == OP_RAIL ? "10" : op == OP_PRIVATE ? "23" : PLANS[op].mnc;
}

static bool chance(struct rng *r, double p)
{
    return rng_unit(r) < p;
}

static double normal(struct rng *r, double sigma)
{
    float x = 0.0f;
    rng_add_normal(r, &x, 1, (float)sigma);
    return (double)x;
}

/* Oddities that the reference scans show, about as often. */
static void add_oddities(struct scene_cell *c, int op, struct rng *r)
{
    if (op == 1 && chance(r, 0.036)) { /* repulsive: 80 dB with penalty time 31 */
        c->selection = true;
        c->cro_db = 80;
        c->penalty_time = 31;
    } else if (op >= 2 && chance(r, 0.4)) {
        c->selection = true;
        c->cro_db = op == 2 && chance(r, 0.3) ? 12 : 18;
        c->penalty_time = c->cro_db == 12 ? 0 : 31;
    } else if (chance(r, 0.01)) { /* a micro cell that is meant to be preferred */
        c->selection = true;
        c->cro_db = 2 * (int)(5 + rng_below(r, 11));
    }
    if (op == 1)
        c->ncc_permitted = chance(r, 0.3) ? 0xc8 : 0x88;
    if (op == 0 && chance(r, 0.05))
        c->rxlev_access_min = chance(r, 0.5) ? 2 : 12;
    if (op == 1 && chance(r, 0.04))
        c->rxlev_access_min = chance(r, 0.5) ? 8 : 0;
    if (op == 2 && chance(r, 0.3))
        c->radio_link_timeout = 40;
    if (op == 2 && chance(r, 0.4))
        c->tx_integer = 9;
    if (op == 2 && chance(r, 0.1))
        c->ccch_conf = 0;
    if (chance(r, 8.0 / 284.0)) { /* differs from the others in two fields */
        c->max_retrans_code = (c->max_retrans_code + 1) % 4;
        c->bs_ag_blks_res = (c->bs_ag_blks_res + 1) % 4;
    }
    if (chance(r, 1.0 / 284.0))
        c->gprs = false;
    if (chance(r, 1.0 / 284.0))
        c->barred = 1;
}

static void fill_broadcast(struct scene_cell *c, int op, struct rng *r)
{
    const struct plan *p = &PLANS[op];
    *c = scene_operator(0);
    c->mcc = WORLD_MCC;
    c->mnc = p->mnc;
    c->t3212 = p->t3212;
    c->rxlev_access_min = p->access_min;
    c->max_retrans_code = p->max_retrans_code;
    c->tx_integer = p->tx_integer;
    c->bs_ag_blks_res = p->ag_blks;
    c->bs_pa_mfrms = p->pa_mfrms;
    c->ccch_conf = p->ccch_conf;
    c->radio_link_timeout = p->rlt;
    c->pwrc = p->pwrc;
    c->dtx = p->dtx;
    c->ncc_permitted = p->ncc_permitted;
    c->re = p->re;
    c->bsic = p->ncc[rng_below(r, 2)] * 8 + (int)rng_below(r, 8);
    c->n_ba = 0;
    add_oddities(c, op, r);
}

static void fill_rail(struct scene_cell *c, struct rng *r)
{
    *c = scene_operator(0);
    c->mcc = WORLD_MCC;
    c->mnc = "10";
    c->lac = 6052;
    c->t3212 = 60;
    c->crh_db = 4;
    c->rxlev_access_min = 7;
    c->txpwr = 2;
    c->max_retrans_code = 1;
    c->tx_integer = chance(r, 0.5) ? 10 : 14;
    c->bs_ag_blks_res = 1 + (int)rng_below(r, 2);
    c->bs_pa_mfrms = 2;
    c->radio_link_timeout = 20;
    c->dtx = 0;
    c->gprs = false;
    c->si2quater = chance(r, 0.5);
    c->ncc_permitted = 0x80;
    c->bsic = 56 + (int)rng_below(r, 8);
    c->n_ba = 0;
}

static double distance_km(double ax, double ay, double bx, double by)
{
    return hypot(ax - bx, ay - by);
}

/* The carrier of the plan whose nearest user so far is farthest away, of a few tried. */
static int choose_arfcn(const struct world *w, const struct world_cell *c, int op, struct rng *r)
{
    int best = -1;
    double best_km = -1.0;
    for (int k = 0; k < 10; k++) {
        int span = op < WORLD_OPERATORS ? PLANS[op].arfcn_hi - PLANS[op].arfcn_lo + 1 : 19;
        int a =
            (op < WORLD_OPERATORS ? PLANS[op].arfcn_lo : 955) + (int)rng_below(r, (uint32_t)span);
        double least = 1e9;
        for (size_t i = 0; i < w->n; i++) {
            const struct world_cell *o = &w->cell[i];
            if (abs(o->says.arfcn - a) <= 1)
                least = fmin(least, distance_km(o->x_km, o->y_km, c->x_km, c->y_km));
        }
        if (least > best_km) {
            best_km = least;
            best = a;
        }
    }
    return best;
}

/* Location areas are squares; at a border they are small. */
static int area_of(const struct world_config *cfg, const struct world_cell *c)
{
    double side_km = cfg->border ? 2.5 * cfg->spacing_km : 5.5 * cfg->spacing_km;
    int nx = (int)floor(c->x_km / side_km), ny = (int)floor(c->y_km / side_km);
    return (nx * 7 + ny) % 64;
}

static void add_cell(struct world *w, const struct world_config *cfg, const struct world_cell *site,
                     int sector, struct rng *r)
{
    if (w->n == WORLD_CELLS_CAP)
        return;
    struct world_cell *c = &w->cell[w->n];
    *c = *site;
    if (c->op == OP_RAIL)
        fill_rail(&c->says, r);
    else
        fill_broadcast(&c->says, c->op, r);
    struct scene_cell *s = &c->says;
    s->arfcn = choose_arfcn(w, c, c->op, r);
    s->tx = w->n + 1;
    if (c->op != OP_RAIL)
        s->lac = PLANS[c->op].lac + area_of(cfg, c);
    s->ci = 1000 + (int)w->n * 3 % 60000 + sector;
    s->epoch_frames =
        site->says.epoch_frames + (chance(r, 0.5) ? GSM_HYPERFRAME * rng_unit(r) : 0.0);
    s->epoch_frames = fmod(s->epoch_frames, GSM_HYPERFRAME);
    c->azimuth_deg = 120.0 * sector + site->azimuth_deg;
    c->ppm = normal(r, chance(r, 0.03) ? 0.06 : 0.015);
    c->loss_db = chance(r, 0.05) ? 15.0 : 0.0;
    c->unlisted = chance(r, 0.045);
    c->listed = !chance(r, 0.01);
    c->retuned = c->listed && chance(r, 0.003);
    c->crowd = chance(r, 0.5);
    w->n++;
}

static void add_sites(struct world *w, const struct world_config *cfg, int op, double spacing_km,
                      struct rng *r)
{
    for (double y = spacing_km / 2; y < cfg->size_km; y += spacing_km) {
        for (double x = spacing_km / 2; x < cfg->size_km; x += spacing_km) {
            struct world_cell site = {.op = op};
            site.x_km = x + (rng_unit(r) - 0.5) * spacing_km;
            site.y_km = y + (rng_unit(r) - 0.5) * spacing_km;
            site.azimuth_deg = 360.0 * rng_unit(r);
            site.says.epoch_frames = GSM_HYPERFRAME * rng_unit(r);
            site.pages_hz = op < WORLD_OPERATORS ? PLANS[op].pages_hz : 0.05;
            site.assigns_hz = op < WORLD_OPERATORS ? 0.1 + 1.2 * rng_unit(r) : 0.02;
            site.updates_ratio = 0.2 + 0.3 * rng_unit(r);
            int n_sectors = chance(r, 0.14) ? 1 : 3;
            for (int k = 0; k < n_sectors; k++)
                add_cell(w, cfg, &site, k, r);
        }
    }
}

struct near_cell {
    double km;
    int arfcn;
};

static int compare_near(const void *pa, const void *pb)
{
    const struct near_cell *a = pa, *b = pb;
    return (a->km > b->km) - (a->km < b->km);
}

/* The nearest 4 to 26 cells of the network, 13 as a rule; one relation in eight is missing. */
static void plan_neighbours(struct world *w, size_t i, struct rng *r)
{
    static struct near_cell near[WORLD_CELLS_CAP];
    struct world_cell *c = &w->cell[i];
    size_t n = 0;
    for (size_t k = 0; k < w->n; k++) {
        const struct world_cell *o = &w->cell[k];
        if (k != i && o->op == c->op && !o->unlisted && o->says.arfcn != c->says.arfcn)
            near[n++] = (struct near_cell){
                distance_km(c->x_km, c->y_km, o->x_km, o->y_km) + 0.2 * rng_unit(r), o->says.arfcn};
    }
    qsort(near, n, sizeof near[0], compare_near);
    size_t want = c->op == OP_RAIL ? 2 + rng_below(r, 3) : 9 + rng_below(r, 9);
    for (size_t k = 0; k < n && c->says.n_ba < want && c->says.n_ba < SCENE_BA_CAP; k++) {
        bool there = chance(r, 0.12);
        for (size_t j = 0; j < c->says.n_ba; j++)
            there = there || c->says.ba[j] == near[k].arfcn;
        if (!there && near[k].arfcn <= 124)
            c->says.ba[c->says.n_ba++] = near[k].arfcn;
    }
}

int world_create(struct world *ret, const struct world_config *cfg)
{
    struct rng r;
    rng_tables_init();
    rng_init(&r, cfg->seed, "world");
    *ret = (struct world){.size_km = cfg->size_km};
    ret->cell = calloc(WORLD_CELLS_CAP, sizeof *ret->cell);
    if (!ret->cell)
        return -ENOMEM;
    for (int op = 0; op < WORLD_OPERATORS; op++)
        add_sites(ret, cfg, op, cfg->spacing_km, &r);
    if (cfg->rail)
        add_sites(ret, cfg, OP_RAIL, 3.0 * cfg->spacing_km, &r);
    for (size_t i = 0; i < ret->n; i++)
        plan_neighbours(ret, i, &r);
    return 0;
}

void world_clear(struct world *w)
{
    free(w->cell);
    *w = (struct world){0};
}

double world_level_dbm(const struct world_cell *c, double x_km, double y_km, uint64_t seed)
{
    struct rng r;
    double km = fmax(0.05, distance_km(c->x_km, c->y_km, x_km, y_km));
    double bearing = atan2(y_km - c->y_km, x_km - c->x_km) * 57.29577951308232;
    double off_deg = remainder(bearing - c->azimuth_deg, 360.0);
    double pattern_db = fmin(25.0, 12.0 * (off_deg / 65.0) * (off_deg / 65.0));
    /* the same shadow for a cell within a square of 100 m */
    rng_init(&r,
             seed ^ (c->says.tx * 0x9e3779b97f4a7c15u) ^
                 ((uint64_t)floor(x_km * 10.0) << 20 ^ (uint64_t)floor(y_km * 10.0)),
             "shadow");
    return -47.0 - 37.0 * log10(km / 0.1) - pattern_db - c->loss_db + normal(&r, 7.0);
}

int world_write_csv(const struct world *w, const char *path, int source)
{
    FILE *f = fopen(path, "w");
    if (!f)
        return -errno;
    fprintf(f, "mcc,mnc,lac,ci,arfcn,bsic,lat,lon\n");
    for (size_t i = 0; i < w->n; i++) {
        const struct world_cell *c = &w->cell[i];
        const struct scene_cell *s = &c->says;
        if (c->op >= WORLD_OPERATORS || (source == 0 ? !c->listed : !c->crowd))
            continue;
        fprintf(f, "%s,%s,%d,%d,", s->mcc, s->mnc, s->lac, s->ci);
        if (source == 0)
            fprintf(f, "%d,%d,", c->retuned ? s->arfcn ^ 1 : s->arfcn, s->bsic);
        else
            fprintf(f, ",,");
        fprintf(f, "%.6f,%.6f\n", 48.0 + c->y_km / 111.2, 7.8 + c->x_km / 74.4);
    }
    return fclose(f) == 0 ? 0 : -errno;
}

int world_write_allocations(const char *path)
{
    FILE *f = fopen(path, "w");
    if (!f)
        return -errno;
    fprintf(f, "mcc,mnc,operator,band,arfcn_lo,arfcn_hi,valid_from,valid_to\n");
    for (int op = 0; op < WORLD_OPERATORS; op++)
        fprintf(f, "%s,%s,operator %s,P900,%d,%d,,\n", WORLD_MCC, PLANS[op].mnc, PLANS[op].mnc,
                PLANS[op].arfcn_lo, PLANS[op].arfcn_hi);
    fprintf(f, "%s,10,rail,R900,955,973,,\n", WORLD_MCC);
    return fclose(f) == 0 ? 0 : -errno;
}

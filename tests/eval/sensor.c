/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensor.h"

#include <math.h>
#include <stdlib.h>

#define WINDOW_CHANNELS 11
#define DWELL_S         1.94
#define SURVEY_S        25.0 /* a pass over the band */
#define SNR_READABLE_DB (-2.0)
#define KEY_S           300.0

struct heard {
    size_t i;
    double level_dbm;
};

static int compare_heard(const void *pa, const void *pb)
{
    const struct heard *a = pa, *b = pb;
    if (a->level_dbm < b->level_dbm || a->level_dbm > b->level_dbm)
        return a->level_dbm < b->level_dbm ? 1 : -1;
    return (a->i > b->i) - (a->i < b->i);
}

/* A stronger cell on the same channel drowns what is more than 6 dB below. */
static bool drowned(const struct sensor *s, double at_s, const struct heard *list, size_t n,
                    size_t k)
{
    const struct world_cell *c = &s->world->cell[list[k].i];
    for (size_t j = 0; j < n; j++) {
        const struct world_cell *o = &s->world->cell[list[j].i];
        if (j != k && o->says.arfcn == c->says.arfcn && list[j].level_dbm > list[k].level_dbm + 6.0)
            return true;
    }
    for (size_t j = 0; s->attack && at_s >= s->attack_from_s && j < s->attack->n; j++) {
        if (s->attack->says[j].arfcn == c->says.arfcn &&
            s->attack->level_dbm > list[k].level_dbm + 6.0)
            return true;
    }
    return false;
}

size_t sensor_audible(const struct sensor *s, double at_s, size_t ret[SENSOR_AUDIBLE_CAP])
{
    static struct heard list[WORLD_CELLS_CAP];
    size_t n = 0, n_ret = 0;
    for (size_t i = 0; i < s->world->n; i++) {
        double level = world_level_dbm(&s->world->cell[i], s->x_km, s->y_km, s->seed);
        if (level > s->noise_dbm + SNR_READABLE_DB)
            list[n++] = (struct heard){i, level};
    }
    qsort(list, n, sizeof list[0], compare_heard);
    for (size_t k = 0; k < n && n_ret < SENSOR_AUDIBLE_CAP; k++) {
        if (!drowned(s, at_s, list, n, k))
            ret[n_ret++] = list[k].i;
    }
    return n_ret;
}

static uint32_t draw_count(struct rng *r, double mean)
{
    double left = exp(-fmin(mean, 50.0)), p = 1.0;
    uint32_t n = 0;
    if (mean > 50.0)
        return (uint32_t)lround(mean);
    while ((p *= rng_unit(r)) > left)
        n++;
    return n;
}

static uint32_t mix(uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t x = a * 0x9e3779b97f4a7c15u + b * 0xbf58476d1ce4e5b9u + c * 0x94d049bb133111ebu;
    x ^= x >> 29;
    x *= 0xbf58476d1ce4e5b9u;
    return (uint32_t)(x >> 32);
}

/* Whom an area pages from a time on: the same on all its cells, but for those blocks that were not
 * read. Operator 2 pages half of its subscribers by last known cell. */
static void page(struct sensor *s, struct scene_cell *c, uint64_t area, uint64_t own, double hz,
                 double at_s, double step_s, double p_block)
{
    uint64_t slot = (uint64_t)llround(at_s * 1000.0);
    struct rng same;
    rng_init(&same, area * 1000003u + slot, "paging");
    uint32_t n = draw_count(&same, hz * step_s);
    for (uint32_t k = 0; k < n; k++) {
        bool by_cell = own && k % 2 == 0;
        if (rng_unit(&s->rng) > p_block)
            continue;
        c->n_paged++;
        if (c->n_tag < PAGING_TAG_CAP)
            c->tag[c->n_tag++] = mix(by_cell ? own : area, slot, k);
    }
}

static double block_success(double snr_db)
{
    return 1.0 / (1.0 + exp(-2.5 * (snr_db + 1.4)));
}

/* What is common to honest and other cells: what of it was read. */
static int push(struct sensor *s, struct detector *d, struct scene_cell *c, double level_dbm,
                double ppm, double at_s, double step_s)
{
    double snr_db = fmin(level_dbm - s->noise_dbm, 45.0);
    double p = block_success(snr_db - (s->speed_km_s > 0.0 ? 4.0 : 0.0));
    uint32_t n_ccch = (uint32_t)(38.0 * step_s);
    c->n_ccch = (uint32_t)lround(p * n_ccch);
    c->n_ccch_failed = n_ccch - c->n_ccch;
    c->first_s = at_s;
    c->last_s = at_s + step_s;
    c->n_times = 0;
    for (int k = 0; k < (int)(step_s / 1.883 + 0.5); k++)
        c->n_times += rng_unit(&s->rng) < p;
    c->n_sch = (uint32_t)lround(21.0 * step_s * p);
    float noise = 0.0f;
    c->offset_se_ppm =
        0.012 / sqrt(fmax(1.0, c->n_sch)) * pow(10.0, -fmin(snr_db, 20.0) / 20.0) * 10;
    rng_add_normal(&s->rng, &noise, 1, (float)c->offset_se_ppm);
    c->offset_ppm = s->receiver_ppm + ppm + (double)noise;
    if (s->speed_km_s > 0.0)
        c->offset_ppm += 0.05 * (rng_unit(&s->rng) - 0.5);
    if (c->n_sch == 0)
        return 0;
    c->no_si2 = c->no_si3 = c->no_si4 = c->n_times == 0;
    struct cell_report rep = scene_report(c);
    rep.level_dbm = (double)NAN;
    rep.level_dbfs = level_dbm - s->noise_dbm - 60.0;
    rep.snr_db = snr_db;
    rep.n_bcch = 4 * (uint32_t)c->n_times;
    rep.paging.tag_epoch = (uint32_t)(at_s / KEY_S);
    return detector_push(d, &rep);
}

static bool in_train(const struct sensor *s, int op, double at_s)
{
    return op == s->train_op && at_s >= s->train_from_s && at_s < s->train_to_s;
}

static int hear_cell(struct sensor *s, struct detector *d, size_t i, double at_s, double step_s)
{
    const struct world_cell *w = &s->world->cell[i];
    struct scene_cell c = w->says;
    double level = world_level_dbm(w, s->x_km, s->y_km, s->seed);
    double p = block_success(level - s->noise_dbm);
    bool train = in_train(s, w->op, at_s);
    c.fn_known = true;
    c.no_si2 = w->op >= WORLD_OPERATORS; /* its neighbours do not fit the bit map */
    uint64_t area = (uint64_t)(w->op * 65536 + c.lac);
    page(s, &c, area, w->op == 2 ? 1000000000u + i : 0, w->pages_hz, at_s, step_s, p);
    c.n_assigned = draw_count(&s->rng, (train ? 3.0 : w->assigns_hz) * step_s * p);
    for (uint32_t k = 0; k < c.n_assigned; k++)
        c.n_registering += rng_unit(&s->rng) < (train ? 0.92 : w->updates_ratio);
    return push(s, d, &c, level, w->ppm, at_s, step_s);
}

static int hear_attack(struct sensor *s, struct detector *d, size_t i, double at_s, double step_s)
{
    const struct attack *a = s->attack;
    const struct world_cell *victim = &s->world->cell[a->victim[i]];
    struct scene_cell c = attack_says(a, i, at_s);
    if (a->relays)
        page(s, &c, (uint64_t)(victim->op * 65536 + victim->says.lac), 0, victim->pages_hz, at_s,
             step_s, 0.9);
    else
        page(s, &c, 77777777u + i, 0, a->pages_hz, at_s, step_s, 1.0);
    c.n_assigned = draw_count(&s->rng, a->assigns_hz * step_s);
    for (uint32_t k = 0; k < c.n_assigned; k++)
        c.n_registering += rng_unit(&s->rng) < a->updates_ratio;
    return push(s, d, &c, a->level_dbm, a->ppm, at_s, step_s);
}

/* A survey comes by once a pass, for one dwell, each window at its own time of the pass. */
static bool in_view(const struct sensor *s, int arfcn, double at_s, double step_s, double *ret_at_s,
                    double *ret_step_s)
{
    *ret_at_s = at_s;
    *ret_step_s = step_s;
    if (s->mode == SENSOR_WATCH)
        return arfcn >= s->arfcn_lo && arfcn < s->arfcn_lo + WINDOW_CHANNELS;
    int window = arfcn > 900 ? 11 : (arfcn - 1) / WINDOW_CHANNELS;
    double due_s = window * (SURVEY_S / 12.0);
    double pass_s = floor(at_s / SURVEY_S) * SURVEY_S;
    *ret_at_s = pass_s + due_s;
    *ret_step_s = DWELL_S;
    return *ret_at_s >= at_s && *ret_at_s < at_s + step_s;
}

int sensor_run(struct sensor *s, struct detector *d, double at_s, double step_s)
{
    size_t audible[SENSOR_AUDIBLE_CAP];
    double from_s, for_s;
    int rc = 0;
    size_t n = sensor_audible(s, at_s, audible);
    for (size_t k = 0; k < n && rc == 0; k++) {
        if (in_view(s, s->world->cell[audible[k]].says.arfcn, at_s, step_s, &from_s, &for_s))
            rc = hear_cell(s, d, audible[k], from_s, for_s);
    }
    bool attacked = s->attack && at_s >= s->attack_from_s;
    for (size_t i = 0; attacked && i < s->attack->n && rc == 0; i++) {
        if (in_view(s, s->attack->says[i].arfcn, at_s, step_s, &from_s, &for_s))
            rc = hear_attack(s, d, i, from_s, for_s);
    }
    s->x_km += s->speed_km_s * step_s * cos(s->heading_rad);
    s->y_km += s->speed_km_s * step_s * sin(s->heading_rad);
    return rc;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trial.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/utc.h"
#include "detector/rules.h"
#include "detector/score.h"

#define STEP_S  5.0
#define QUIET_S 60.0 /* before a box goes on the air */

const char *trial_lists_name(enum trial_lists lists)
{
    static const char *const names[TRIAL_LISTS] = {"none", "crowd", "operator"};
    return names[lists];
}

static struct trial_cell *find_cell(struct trial_result *r, uint64_t tx)
{
    for (size_t i = 0; i < r->n; i++) {
        if (r->cell[i].tx == tx)
            return &r->cell[i];
    }
    if (r->n == TRIAL_CELLS_CAP)
        return NULL;
    struct trial_cell *c = &r->cell[r->n++];
    *c = (struct trial_cell){.tx = tx, .pseudo = tx >= 1000000, .score_db = -1e9};
    c->suspicious_s = c->probable_s = (double)NAN;
    return c;
}

static void sum_groups(const struct judged_cell *j, struct trial_cell *c)
{
    const char *group = NULL;
    double cap_db = 0.0;
    for (size_t g = 0; g < TRIAL_GROUPS_CAP && score_cap_get(g, &group, &cap_db); g++) {
        c->group_db[g] = 0.0;
        for (size_t i = 0; i < j->n_findings; i++) {
            if (strncmp(j->findings[i].rule, group, 2) == 0)
                c->group_db[g] += j->findings[i].weight_db;
        }
        c->group_db[g] = fmin(c->group_db[g], cap_db);
    }
}

static void note_rules(const struct judged_cell *j, struct trial_cell *c)
{
    for (size_t k = 0; k < rules_count(); k++) {
        const char *id = rules_get(k)->id;
        bool asked = true;
        for (size_t i = 0; i < j->n_not_evaluable; i++)
            asked = asked && strcmp(j->not_evaluable[i], id) != 0;
        c->asked[k] = c->asked[k] || asked;
        for (size_t i = 0; i < j->n_findings; i++)
            c->fired[k] = c->fired[k] || strcmp(j->findings[i].rule, id) == 0;
    }
}

static void judge(struct detector *d, double at_s, struct trial_result *ret)
{
    const struct judged_cell *cells = NULL;
    size_t n = detector_judge(d, &cells);
    for (size_t i = 0; i < n; i++) {
        struct trial_cell *c = find_cell(ret, cells[i].tx);
        if (!c)
            continue;
        if (cells[i].verdict >= VERDICT_SUSPICIOUS && isnan(c->suspicious_s))
            c->suspicious_s = at_s;
        if (cells[i].verdict >= VERDICT_PROBABLE && isnan(c->probable_s))
            c->probable_s = at_s;
        if (cells[i].verdict > c->verdict)
            c->verdict = cells[i].verdict;
        note_rules(&cells[i], c);
        if (cells[i].score_db >= c->score_db) {
            c->score_db = cells[i].score_db;
            sum_groups(&cells[i], c);
        }
    }
}

/* Often at first, then every minute. */
static bool is_due(double at_s, double duration_s)
{
    static const double early_s[] = {10, 15, 20, 30, 45};
    for (size_t i = 0; i < sizeof early_s / sizeof early_s[0]; i++) {
        if (fabs(at_s - early_s[i]) < STEP_S / 2)
            return true;
    }
    return fmod(at_s, 60.0) < STEP_S / 2 || at_s > duration_s - STEP_S / 2;
}

static void place(struct sensor *s, const struct trial_config *cfg)
{
    double margin = 0.2 * cfg->world->size_km, inner = cfg->world->size_km - 2.0 * margin;
    s->x_km = margin + inner * rng_unit(&s->rng);
    s->y_km = margin + inner * rng_unit(&s->rng);
    s->speed_km_s = cfg->speed_km_h / 3600.0;
    s->heading_rad = atan2(cfg->world->size_km / 2 - s->y_km, cfg->world->size_km / 2 - s->x_km);
    s->receiver_ppm = 60.0 * (rng_unit(&s->rng) - 0.5);
    s->train_from_s = rng_unit(&s->rng) < 0.3 ? 0.7 * cfg->duration_s * rng_unit(&s->rng) : -1.0;
    s->train_to_s = s->train_from_s < 0.0 ? -1.0 : s->train_from_s + 90.0;
    s->train_op = (int)rng_below(&s->rng, WORLD_OPERATORS);
}

/* The window is laid around the box, or else around one of the strong cells. */
static void aim(struct sensor *s, const size_t *audible, size_t n)
{
    int arfcn =
        s->attack ? s->attack->says[0].arfcn
        : n > 0   ? s->world->cell[audible[rng_below(&s->rng, n < 8 ? (uint32_t)n : 8)]].says.arfcn
                  : 60;
    s->arfcn_lo = arfcn - (int)rng_below(&s->rng, 11);
    if (s->arfcn_lo < 1 && arfcn < 900)
        s->arfcn_lo = 1;
}

int trial_run(const struct trial_config *cfg, struct trial_result *ret)
{
    struct sensor s = {.world = cfg->world, .mode = cfg->mode, .noise_dbm = -113.0};
    struct attack attack;
    struct detector *d = NULL;
    struct detector_config dc = {.known = cfg->known, .start_utc_us = UTC_UNKNOWN};
    size_t audible[SENSOR_AUDIBLE_CAP];
    s.seed = cfg->seed;
    rng_init(&s.rng, cfg->seed, "sensor");
    place(&s, cfg);
    memset(ret, 0, sizeof *ret);
    size_t n = sensor_audible(&s, 0.0, audible);
    if (cfg->class >= 0 && n > 0) {
        attack_create(&attack, (enum attack_class)cfg->class, cfg->world, audible, n, &s.rng);
        s.attack = &attack;
        s.attack_from_s = QUIET_S;
        ret->attacked = true;
    }
    aim(&s, audible, n);
    int rc = detector_create(&d, &dc);
    for (double at_s = 0.0; at_s < s.attack_from_s + cfg->duration_s && rc == 0; at_s += STEP_S) {
        double on_air_s = at_s + STEP_S - s.attack_from_s;
        rc = sensor_run(&s, d, at_s, STEP_S);
        if (rc == 0 && on_air_s > 0.0 && is_due(on_air_s, cfg->duration_s))
            judge(d, on_air_s, ret);
    }
    detector_destroy(d);
    return rc;
}

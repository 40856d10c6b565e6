/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cellwarden-eval - how often the rules are right, in made-up countries.
 *
 * Prints JSON Lines: one object a condition. --quick runs few trials and holds them to bounds.
 */
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "detector/known_import.h"
#include "detector/rules.h"
#include "detector/score.h"
#include "trial.h"

#define ATTACK_S    600.0
#define WATCH_S     7200.0
#define DRIVE_S     3600.0
#define DRIVE_DAY_H 8.0
#define SCORE_BINS  40 /* of 5 dB from -100 */
#define PLACES      4
#define TIMES_CAP   4000

static const struct place {
    const char *name;
    struct world_config world;
} PLACE[PLACES] = {
    {"city", {.size_km = 9.0, .spacing_km = 0.9, .seed = 11}},
    {"border", {.size_km = 14.0, .spacing_km = 1.6, .border = true, .seed = 12}},
    {"country", {.size_km = 40.0, .spacing_km = 4.5, .seed = 13}},
    {"rail", {.size_km = 20.0, .spacing_km = 2.5, .rail = true, .seed = 14}},
};

struct eval {
    struct world world[PLACES];
    struct known_cells *known[PLACES][TRIAL_LISTS];
    char dir[64];
    struct trial_result result;
    size_t n_attack, n_watch, n_drive; /* trials a condition */
    bool check;
    const char *classes; /* letters; "" for honest networks only */
    int lists;           /* only these; -1: all */
    bool failed;
};

/* ---- databases ---------------------------------------------------------------------------- */

static int import(struct eval *e, const char *csv, const char *db, enum known_kind kind,
                  enum known_source source)
{
    struct known_import_result result;
    char err[400];
    struct known_import_config cfg = {
        .kind = kind, .source = source, .path = csv, .known_path = db, .now_utc_us = 1};
    int rc = known_import_run(&cfg, &result, err, sizeof err);
    if (rc < 0)
        fprintf(stderr, "eval: %s\n", err);
    (void)e;
    return rc;
}

static int open_lists(struct eval *e, size_t p)
{
    char csv[96], alloc[96], db[96], err[400];
    int rc = 0;
    snprintf(csv, sizeof csv, "%s/cells.csv", e->dir);
    snprintf(alloc, sizeof alloc, "%s/alloc.csv", e->dir);
    rc = world_write_allocations(alloc);
    for (int lists = TRIAL_CROWD_LIST; lists < TRIAL_LISTS && rc == 0; lists++) {
        bool operator= lists == TRIAL_OPERATOR_LIST;
        snprintf(db, sizeof db, "%s/known-%zu-%d.db", e->dir, p, lists);
        rc = world_write_csv(&e->world[p], csv, operator? 0 : 1);
        if (rc == 0)
            rc = import(e, csv, db, KNOWN_KIND_CELLS, operator? KNOWN_OPERATOR : KNOWN_CROWD);
        if (rc == 0)
            rc = import(e, alloc, db, KNOWN_KIND_ALLOCATIONS, KNOWN_REGULATOR);
        if (rc == 0)
            rc = known_cells_open(&e->known[p][lists], db, err, sizeof err);
    }
    return rc;
}

static int open_eval(struct eval *e)
{
    snprintf(e->dir, sizeof e->dir, "/tmp/cellwarden-eval-XXXXXX");
    if (!mkdtemp(e->dir))
        return -errno;
    for (size_t p = 0; p < PLACES; p++) {
        int rc = world_create(&e->world[p], &PLACE[p].world);
        if (rc == 0)
            rc = open_lists(e, p);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static void close_eval(struct eval *e)
{
    char command[96];
    for (size_t p = 0; p < PLACES; p++) {
        world_clear(&e->world[p]);
        for (int lists = 0; lists < TRIAL_LISTS; lists++)
            known_cells_close(e->known[p][lists]);
    }
    snprintf(command, sizeof command, "rm -rf '%s'", e->dir);
    if (e->dir[0] && system(command) != 0)
        fprintf(stderr, "eval: %s stays\n", e->dir);
}

/* ---- counting ----------------------------------------------------------------------------- */

/* Wilson's interval of 95 %. */
static void wilson(size_t k, size_t n, double *ret_lo, double *ret_hi)
{
    double z = 1.96, p = n ? (double)k / (double)n : 0.0, m = n ? (double)n : 1.0;
    double middle = (p + z * z / (2 * m)) / (1 + z * z / m);
    double half = z / (1 + z * z / m) * sqrt(p * (1 - p) / m + z * z / (4 * m * m));
    *ret_lo = n ? fmax(0.0, middle - half) : 0.0;
    *ret_hi = n ? fmin(1.0, middle + half) : 1.0;
}

struct tally {
    size_t n, suspicious, probable, n_times, n_flag_times;
    double time_s[TIMES_CAP], flag_time_s[TIMES_CAP];
    size_t without[TRIAL_GROUPS_CAP]; /* still probable without a group */
    size_t pseudo_bin[SCORE_BINS], honest_bin[SCORE_BINS];
    size_t n_honest, honest_suspicious, honest_probable;
    size_t honest_asked[TRIAL_RULES_CAP], honest_fired[TRIAL_RULES_CAP];
    size_t pseudo_asked[TRIAL_RULES_CAP], pseudo_fired[TRIAL_RULES_CAP];
    double hours;
};

static size_t bin_of(double score_db)
{
    double bin = floor((score_db + 100.0) / 5.0);
    return bin < 0.0 ? 0 : bin >= SCORE_BINS ? SCORE_BINS - 1 : (size_t)bin;
}

static void add_cell(struct tally *t, const struct trial_cell *c)
{
    size_t *bin = c->pseudo ? t->pseudo_bin : t->honest_bin;
    bin[bin_of(c->score_db)]++;
    for (size_t k = 0; k < rules_count(); k++) {
        (c->pseudo ? t->pseudo_asked : t->honest_asked)[k] += c->asked[k];
        (c->pseudo ? t->pseudo_fired : t->honest_fired)[k] += c->fired[k];
    }
    if (c->pseudo)
        return;
    t->n_honest++;
    t->honest_suspicious += c->verdict >= VERDICT_SUSPICIOUS;
    t->honest_probable += c->verdict >= VERDICT_PROBABLE;
}

/* A box is found when one of its carriers is. */
static void add_trial(struct tally *t, const struct trial_result *r)
{
    double best_db = -1e9, probable_s = (double)NAN, suspicious_s = (double)NAN;
    const struct trial_cell *best = NULL;
    for (size_t i = 0; i < r->n; i++) {
        const struct trial_cell *c = &r->cell[i];
        add_cell(t, c);
        if (!c->pseudo)
            continue;
        if (!isnan(c->suspicious_s) && !(c->suspicious_s >= suspicious_s))
            suspicious_s = c->suspicious_s;
        if (!isnan(c->probable_s) && !(c->probable_s >= probable_s))
            probable_s = c->probable_s;
        if (c->score_db > best_db) {
            best_db = c->score_db;
            best = c;
        }
    }
    if (!r->attacked)
        return;
    t->n++;
    t->suspicious += isnan(suspicious_s) ? 0 : 1;
    t->probable += isnan(probable_s) ? 0 : 1;
    if (!isnan(probable_s) && t->n_times < TIMES_CAP)
        t->time_s[t->n_times++] = probable_s;
    if (!isnan(suspicious_s) && t->n_flag_times < TIMES_CAP)
        t->flag_time_s[t->n_flag_times++] = suspicious_s;
    for (size_t g = 0; g < TRIAL_GROUPS_CAP; g++)
        t->without[g] += best && best_db - best->group_db[g] >= SCORE_PROBABLE_DB ? 1 : 0;
}

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static json_t *ratio(size_t k, size_t n)
{
    double lo, hi;
    wilson(k, n, &lo, &hi);
    return json_pack("{s:I,s:I,s:f,s:f,s:f}", "hits", (json_int_t)k, "of", (json_int_t)n, "ratio",
                     n ? (double)k / (double)n : 0.0, "from", lo, "to", hi);
}

static json_t *bins(const size_t *bin)
{
    json_t *a = json_array();
    for (size_t i = 0; i < SCORE_BINS; i++)
        json_array_append_new(a, json_integer((json_int_t)bin[i]));
    return a;
}

/* Of all boxes, those never found at the end; null when it is one of them. */
static json_t *median_json(const double *time_s, size_t n_times, size_t n)
{
    return n > 0 && n / 2 < n_times ? json_real(time_s[n / 2]) : json_null();
}

static json_t *times_json(const double *time_s, size_t n)
{
    json_t *a = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(a, json_real(time_s[i]));
    return a;
}

static void print(json_t *o)
{
    char *text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(5));
    puts(text ? text : "{}");
    free(text);
    json_decref(o);
    fflush(stdout);
}

static json_t *rules_json(const struct tally *t, bool pseudo)
{
    json_t *o = json_object();
    for (size_t k = 0; k < rules_count(); k++) {
        size_t asked = pseudo ? t->pseudo_asked[k] : t->honest_asked[k];
        size_t fired = pseudo ? t->pseudo_fired[k] : t->honest_fired[k];
        json_object_set_new(o, rules_get(k)->id,
                            json_pack("[I,I]", (json_int_t)fired, (json_int_t)asked));
    }
    return o;
}

static json_t *without_json(const struct tally *t)
{
    json_t *o = json_object();
    const char *group = NULL;
    double cap_db = 0.0;
    for (size_t g = 0; g < TRIAL_GROUPS_CAP && score_cap_get(g, &group, &cap_db); g++)
        json_object_set_new(o, group, json_real(t->n ? (double)t->without[g] / (double)t->n : 0.0));
    return o;
}

/* ---- conditions --------------------------------------------------------------------------- */

static int run_trials(struct eval *e, struct tally *t, int class, size_t place,
                      enum trial_lists lists, enum sensor_mode mode, double duration_s,
                      double speed_km_h, size_t n)
{
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        struct trial_config cfg = {.world = &e->world[place],
                                   .known = e->known[place][lists],
                                   .mode = mode,
                                   .class = class,
                                   .duration_s = duration_s,
                                   .speed_km_h = speed_km_h,
                                   .seed = 1000 * (place + 1) + i};
        rc = trial_run(&cfg, &e->result);
        add_trial(t, &e->result);
        t->hours += duration_s / 3600.0;
    }
    return rc;
}

static const char *mode_name(enum sensor_mode mode)
{
    return mode == SENSOR_WATCH ? "watch" : "survey";
}

/* What a quick run must reach; few trials, so with room. The seeds are fixed: the figures move
 * only when the rules or the generator do. */
static void hold_to_bounds(struct eval *e, enum attack_class class, enum trial_lists lists,
                           enum sensor_mode mode, const struct tally *t)
{
    static const double least[ATTACK_CLASSES] = {0.95, 0.95, 0.95, 0.70, 0.50};
    double found = t->n ? (double)t->suspicious / (double)t->n : 0.0;
    if (!e->check || lists != TRIAL_OPERATOR_LIST || mode != SENSOR_WATCH)
        return;
    if (found < least[class] || t->honest_probable > 0) {
        fprintf(stderr,
                "eval: class %s: %.2f found, at least %.2f wanted; %zu honest cells blamed\n",
                attack_name(class), found, least[class], t->honest_probable);
        e->failed = true;
    }
}

static int run_attack(struct eval *e, enum attack_class class, enum trial_lists lists,
                      enum sensor_mode mode)
{
    static struct tally t;
    json_t *by_place = json_object();
    memset(&t, 0, sizeof t);
    int rc = 0;
    for (size_t p = 0; p < PLACES && rc == 0; p++) {
        size_t n = t.n, n_suspicious = t.suspicious;
        rc = run_trials(e, &t, (int)class, p, lists, mode, ATTACK_S, 0.0, e->n_attack);
        json_object_set_new(by_place, PLACE[p].name, ratio(t.suspicious - n_suspicious, t.n - n));
    }
    qsort(t.time_s, t.n_times, sizeof t.time_s[0], compare_double);
    qsort(t.flag_time_s, t.n_flag_times, sizeof t.flag_time_s[0], compare_double);
    hold_to_bounds(e, class, lists, mode, &t);
    print(json_pack("{s:s,s:s,s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "type",
                    "attack", "class", attack_name(class), "lists", trial_lists_name(lists), "mode",
                    mode_name(mode), "suspicious", ratio(t.suspicious, t.n), "probable",
                    ratio(t.probable, t.n), "median_s", median_json(t.time_s, t.n_times, t.n),
                    "flag_times_s", times_json(t.flag_time_s, t.n_flag_times), "by_place", by_place,
                    "honest_suspicious", ratio(t.honest_suspicious, t.n_honest), "honest_probable",
                    ratio(t.honest_probable, t.n_honest), "probable_without", without_json(&t),
                    "score_bins", bins(t.pseudo_bin), "honest_bins", bins(t.honest_bin), "rules",
                    rules_json(&t, true)));
    return rc;
}

static int run_honest(struct eval *e, enum trial_lists lists, enum sensor_mode mode,
                      double speed_km_h, double duration_s, size_t n, struct tally *t)
{
    int rc = 0;
    memset(t, 0, sizeof *t);
    for (size_t p = 0; p < PLACES && rc == 0; p++)
        rc = run_trials(e, t, -1, p, lists, mode, duration_s, speed_km_h, n);
    if (e->check && t->honest_probable > 0) {
        fprintf(stderr, "eval: %zu honest cells probable or worse\n", t->honest_probable);
        e->failed = true;
    }
    double day_h = speed_km_h > 0.0 ? DRIVE_DAY_H : 24.0;
    print(json_pack("{s:s,s:s,s:s,s:s,s:f,s:I,s:f,s:f,s:o,s:o,s:o,s:o}", "type", "honest", "lists",
                    trial_lists_name(lists), "mode", mode_name(mode), "what",
                    speed_km_h > 0.0 ? "drive" : "fixed", "hours", t->hours, "cells",
                    (json_int_t)t->n_honest, "probable_a_day",
                    (double)t->honest_probable * day_h / t->hours, "suspicious_a_day",
                    (double)t->honest_suspicious * day_h / t->hours, "suspicious",
                    ratio(t->honest_suspicious, t->n_honest), "probable",
                    ratio(t->honest_probable, t->n_honest), "score_bins", bins(t->honest_bin),
                    "rules", rules_json(t, false)));
    return rc;
}

static int run_all(struct eval *e)
{
    static struct tally t;
    int rc = 0;
    for (int lists = 0; lists < TRIAL_LISTS && rc == 0; lists++) {
        if (e->lists >= 0 && lists != e->lists)
            continue;
        for (int mode = 0; mode < 2 && rc == 0; mode++) {
            for (int class = 0; class < ATTACK_CLASSES && rc == 0; class ++) {
                if (strstr(e->classes, attack_name((enum attack_class) class)))
                    rc = run_attack(e, (enum attack_class) class, (enum trial_lists)lists,
                                    (enum sensor_mode)mode);
            }
            if (rc == 0 && e->n_watch > 0)
                rc = run_honest(e, (enum trial_lists)lists, (enum sensor_mode)mode, 0.0,
                                e->check ? ATTACK_S : WATCH_S, e->n_watch, &t);
        }
        if (rc == 0 && e->n_drive > 0)
            rc = run_honest(e, (enum trial_lists)lists, SENSOR_SURVEY, 35.0,
                            e->check ? ATTACK_S : DRIVE_S, e->n_drive, &t);
    }
    return rc;
}

int main(int argc, char **argv)
{
    static struct eval e;
    static const struct option options[] = {
        {"quick", no_argument, NULL, 'q'},        {"trials", required_argument, NULL, 't'},
        {"honest", required_argument, NULL, 'h'}, {"classes", required_argument, NULL, 'c'},
        {"lists", required_argument, NULL, 'l'},  {0}};
    int n = 50, n_honest = -1;
    e.classes = "ABCDE";
    e.lists = -1;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'q') {
            e.check = true;
            e.lists = TRIAL_OPERATOR_LIST;
            n = 1;
        } else if (c == 't')
            n = atoi(optarg);
        else if (c == 'h')
            n_honest = atoi(optarg);
        else if (c == 'c')
            e.classes = optarg;
        else if (c == 'l')
            e.lists = atoi(optarg);
        else
            return 2;
    }
    if (n < 1 || n > 1000) {
        fprintf(stderr, "eval: --trials wants 1 to 1000 a place and condition\n");
        return 2;
    }
    e.n_attack = (size_t)n;
    e.n_watch = e.n_drive = (size_t)(n_honest >= 0 ? n_honest : (n + 9) / 10);
    int rc = open_eval(&e);
    if (rc == 0)
        rc = run_all(&e);
    close_eval(&e);
    if (rc < 0)
        fprintf(stderr, "eval: %s\n", strerror(-rc));
    return rc < 0 || e.failed;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "air.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "carrier.h"
#include "core/detmath.h"
#include "gmsk.h"
#include "gsm_const.h"
#include "rng.h"
#include "scenario.h"
#include "truth.h"

#define CELLS_CAP        128
#define TEXT_CAP         8192
#define FRAME_SYM        (8 * 156.25)
#define DEFAULT_NOISE_DB -50.0

struct air {
    struct scenario head; /* its global keys; no cells */
    struct cell_config cell[CELLS_CAP];
    int n_cells;
    struct scenario in_view;
    struct carrier *carrier[SCENARIO_CELL_CAP];
    struct rng noise;
    float sigma;
    struct truth truth;
};

/* Channel number to Hz: resolved alone, in whichever band it lies. */
static int find_carrier(struct scenario *one)
{
    static const double middle_hz[] = {881e6, 942e6, 1842e6, 1960e6};
    char err[256];
    for (size_t i = 0; i < sizeof(middle_hz) / sizeof(middle_hz[0]); i++) {
        one->center_hz = middle_hz[i];
        one->rate_hz = 100e6;
        one->noise_dbfs = -100;
        if (scenario_resolve(one, err, sizeof(err)) == 0)
            return 0;
    }
    return -EINVAL;
}

/* One block of the file: the head, or the head and one cell. */
static int read_block(struct air *a, const char *head, const char *block, char *err, size_t cap)
{
    struct scenario *one = calloc(1, sizeof(*one));
    char *text = NULL;
    int rc = -ENOMEM;
    if (one && asprintf(&text, "%s%s", head, block) > 0) {
        FILE *f = fmemopen(text, strlen(text), "r");
        scenario_init(one);
        rc = f ? scenario_parse(one, f, "air", err, cap) : -ENOMEM;
        if (f)
            fclose(f);
    }
    if (rc == 0 && one->n_cells == 0) {
        a->head = *one;
    } else if (rc == 0 && a->n_cells < CELLS_CAP) {
        struct cell_config *c = &one->cell[0];
        double esn0_db = c->esn0_db, level_dbfs = c->level_dbfs;
        rc = find_carrier(one);
        if (rc != 0)
            snprintf(err, cap, "cell %s: its channel is not known", c->name);
        c->esn0_db = esn0_db;
        c->level_dbfs = level_dbfs;
        a->cell[a->n_cells++] = *c;
    }
    free(text);
    free(one);
    return rc;
}

static int read_file(struct air *a, FILE *f, char *err, size_t cap)
{
    static const char *const nothing = "";
    char head[TEXT_CAP] = "", block[TEXT_CAP] = "", line[1024];
    bool in_cell = false;
    int rc = 0;
    while (rc == 0 && fgets(line, sizeof(line), f)) {
        bool begins = strncmp(line, "cell ", 5) == 0;
        if (begins) {
            rc = in_cell ? read_block(a, head, block, err, cap) : 0;
            block[0] = '\0';
            in_cell = true;
        }
        char *into = in_cell ? block : head;
        if (strlen(into) + strlen(line) + 1 > TEXT_CAP)
            return -E2BIG;
        strcat(into, line);
    }
    if (rc == 0 && in_cell)
        rc = read_block(a, head, block, err, cap);
    return rc == 0 ? read_block(a, head, nothing, err, cap) : rc;
}

int air_open(struct air **ret, const char *path, char *err, size_t err_cap)
{
    struct air *a = calloc(1, sizeof(*a));
    if (!a)
        return -ENOMEM;
    rng_tables_init();
    gmsk_tables_init();
    scenario_init(&a->head);
    int rc = 0;
    if (path) {
        FILE *f = fopen(path, "r");
        rc = f ? read_file(a, f, err, err_cap) : -errno;
        if (f)
            fclose(f);
        else
            snprintf(err, err_cap, "cannot open '%s': %s", path, strerror(-rc));
    }
    if (!isfinite(a->head.noise_dbfs))
        a->head.noise_dbfs = DEFAULT_NOISE_DB;
    if (rc != 0) {
        air_close(a);
        return rc;
    }
    *ret = a;
    return 0;
}

static void forget(struct air *a)
{
    for (int i = 0; i < SCENARIO_CELL_CAP; i++) {
        carrier_destroy(a->carrier[i]);
        a->carrier[i] = NULL;
    }
}

void air_close(struct air *a)
{
    if (!a)
        return;
    forget(a);
    free(a);
}

/* The cell as it will be t seconds later, as if the scenario began then. */
static void move_on(struct cell_config *c, double t_s)
{
    c->ppm += c->drift_ppm_per_min * t_s / 60;
    double sym = t_s * GSM_SYMBOL_RATE_HZ * (1 + 1e-6 * c->ppm) - c->delay_sym;
    double frames = floor(sym / FRAME_SYM);
    c->delay_sym = frames * FRAME_SYM - sym;
    c->start_fn = fmod(c->start_fn + frames, GSM_HYPERFRAME);
    if (c->start_fn < 0)
        c->start_fn += GSM_HYPERFRAME;
    for (int i = 0; i < c->n_on; i++)
        c->on_s[i] -= t_s;
    for (int i = 0; i < c->n_off; i++)
        c->off_s[i] -= t_s;
    for (int i = 0; i < c->n_changes; i++)
        c->change[i].at_s -= t_s;
}

int air_tune(struct air *a, double center_hz, double rate_hz, uint64_t samp, char *err,
             size_t err_cap)
{
    struct scenario *s = &a->in_view;
    double rx = 1 + 1e-6 * a->head.receiver_ppm;
    double t_s = (double)samp / (rate_hz * rx);
    forget(a);
    *s = a->head;
    s->rate_hz = rate_hz;
    s->center_hz = center_hz;
    s->duration_s = 1;
    s->seed += samp; /* other identities are paged than when it was listened to before */
    for (int i = 0; i < a->n_cells && s->n_cells < SCENARIO_CELL_CAP; i++) {
        if (fabs(a->cell[i].carrier_hz - center_hz) >= 0.5 * rate_hz - 100e3)
            continue;
        s->cell[s->n_cells] = a->cell[i];
        move_on(&s->cell[s->n_cells++], t_s);
    }
    int rc = scenario_resolve(s, err, err_cap);
    for (int i = 0; rc == 0 && i < s->n_cells; i++)
        rc = carrier_create(&a->carrier[i], s, i, err, err_cap);
    rng_init(&a->noise, s->seed, "noise");
    double power = det_from_db(s->noise_dbfs) * rate_hz / GSM_SYMBOL_RATE_HZ;
    a->sigma = (float)sqrt(0.5 * power);
    return rc;
}

void air_fill(struct air *a, float *iq)
{
    memset(iq, 0, sizeof(*iq) * 2 * AIR_CHUNK_SAMP);
    for (int i = 0; i < SCENARIO_CELL_CAP && a->carrier[i]; i++)
        carrier_add(a->carrier[i], iq, AIR_CHUNK_SAMP, &a->truth);
    rng_add_normal(&a->noise, iq, (size_t)2 * AIR_CHUNK_SAMP, a->sigma);
}

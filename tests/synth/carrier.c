/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "carrier.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "content.h"
#include "core/detmath.h"
#include "fading.h"
#include "gmsk.h"
#include "rng.h"

#define RING         8 /* slots in reach: delays of 20 us, one before, one after, and a segment */
#define WANDER_WAVES 3

struct sent_slot {
    int64_t number; /* 0: the slot of TN0 of the first frame */
    struct gmsk_slot bits;
    struct content_burst burst;
    bool on;
    double start_samp;
};

struct carrier {
    const struct scenario *s;
    const struct cell_config *cfg;
    struct content *content;
    uint32_t first_fn;
    double amplitude;
    struct fading fading;
    size_t segment_samp;
    uint64_t n_samp;   /* done */
    int64_t slot;      /* at n_samp */
    double offset_sym; /* in that slot, 0 .. 156.25 */
    uint64_t angle;    /* carrier, 2^-64 turns */
    double wander_hz[WANDER_WAVES], wander_phase[WANDER_WAVES];
    int64_t next_slot; /* first one not prepared */
    struct sent_slot ring[RING];
    struct content_burst block; /* of which bursts are on their way */
    double block_samp;
    int n_block;
};

size_t carrier_segment_samp(const struct scenario *s)
{
    return s->rate_hz >= 2e6 ? 128 : 64;
}

static struct sent_slot *slot_at(struct carrier *c, int64_t number)
{
    return &c->ring[(uint64_t)number % RING];
}

static void wander_init(struct carrier *c)
{
    struct rng r;
    char name[80];
    snprintf(name, sizeof(name), "wander %s", c->cfg->name);
    rng_init(&r, c->s->seed, name);
    c->angle = rng_next(&r);
    for (int i = 0; i < WANDER_WAVES; i++) {
        c->wander_hz[i] = 0.05 + 0.25 * rng_unit(&r); /* periods of 3 to 20 s */
        c->wander_phase[i] = rng_unit(&r);
    }
}

int carrier_create(struct carrier **ret, const struct scenario *s, int i_cell, char *err,
                   size_t err_cap)
{
    struct carrier *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->s = s;
    c->cfg = &s->cell[i_cell];
    c->segment_samp = carrier_segment_samp(s);
    int rc = fading_init(&c->fading, c->cfg->fading, c->cfg->carrier_hz,
                         (double)c->segment_samp / s->rate_hz, s->seed, c->cfg->name);
    if (rc != 0) {
        snprintf(err, err_cap, "cell %s: fading '%s' is not known (none, TU50, HT100, RA250, EQ50)",
                 c->cfg->name, c->cfg->fading);
        goto fail;
    }
    rc = content_create(&c->content, s, c->cfg, err, err_cap);
    if (rc != 0)
        goto fail;
    wander_init(c);
    c->first_fn = content_first_fn(c->content);
    c->amplitude = sqrt(det_from_db(c->cfg->level_dbfs));
    c->slot = (int64_t)floor(-c->cfg->delay_sym / GSM_SLOT_SYM);
    c->offset_sym = -c->cfg->delay_sym - (double)c->slot * GSM_SLOT_SYM;
    c->next_slot = c->slot - 2;
    *ret = c;
    return 0;
fail:
    carrier_destroy(c);
    return rc;
}

void carrier_destroy(struct carrier *c)
{
    if (!c)
        return;
    content_destroy(c->content);
    free(c);
}

uint32_t carrier_first_fn(const struct carrier *c)
{
    return c->first_fn;
}

/* On from each on_s to the next off_s; without on_s on from the start. */
static bool is_on(const struct cell_config *cfg, double time_s)
{
    double last_on = cfg->n_on > 0 ? -(double)INFINITY : -1e30, last_off = -(double)INFINITY;
    for (int i = 0; i < cfg->n_on; i++)
        if (cfg->on_s[i] <= time_s)
            last_on = fmax(last_on, cfg->on_s[i]);
    for (int i = 0; i < cfg->n_off; i++)
        if (cfg->off_s[i] <= time_s)
            last_off = fmax(last_off, cfg->off_s[i]);
    return last_on > last_off;
}

static void prepare_slot(struct carrier *c, double step_sym)
{
    int64_t number = c->next_slot++;
    struct sent_slot *now = slot_at(c, number);
    const struct sent_slot *before = slot_at(c, number - 1);
    uint8_t bits[GSM_BURST_BITS];
    int64_t frame = number >= 0 ? number / 8 : -((7 - number) / 8);
    int tn = (int)(number - 8 * frame);
    int64_t fn = ((int64_t)c->first_fn + frame) % GSM_HYPERFRAME;
    if (fn < 0)
        fn += GSM_HYPERFRAME;
    double ahead_sym = (double)(number - c->slot) * GSM_SLOT_SYM - c->offset_sym;
    double samp = (double)c->n_samp + ahead_sym / step_sym;
    content_next(c->content, (uint32_t)fn, tn, samp / c->s->rate_hz, bits, &now->burst);
    gmsk_slot_init(&now->bits, bits, before->bits.end_quarter);
    now->number = number;
    now->start_samp = samp;
    now->on = is_on(c->cfg, samp / c->s->rate_hz);
}

/* A burst left the air: SCH lines at once, block lines after the fourth. */
static void slot_done(struct carrier *c, const struct sent_slot *slot, struct truth *truth)
{
    const struct content_burst *b = &slot->burst;
    if (b->kind == CONTENT_OTHER)
        return;
    bool whole = slot->on && slot->start_samp >= 0.0;
    if (b->kind == CONTENT_SCH) {
        if (whole)
            truth_event(truth, c->s, c->cfg, b, slot->start_samp);
        return;
    }
    if (b->i_burst == 0) {
        c->block = *b;
        c->block_samp = slot->start_samp;
        c->n_block = 0;
    }
    c->n_block = whole && b->i_burst == c->n_block ? c->n_block + 1 : -1;
    if (c->n_block == 4)
        truth_event(truth, c->s, c->cfg, &c->block, c->block_samp);
}

/* Exact start of every slot that begins in this segment, and truth of those that end in it. */
static void track_slots(struct carrier *c, double step_sym, size_t n, struct truth *truth)
{
    double end_sym = c->offset_sym + (double)n * step_sym;
    for (int64_t k = 0;; k++) {
        double start_sym = (double)k * GSM_SLOT_SYM;
        if (start_sym >= end_sym)
            break;
        struct sent_slot *slot = slot_at(c, c->slot + k);
        if (start_sym >= c->offset_sym)
            slot->start_samp = (double)c->n_samp + (start_sym - c->offset_sym) / step_sym;
        double last_sym = start_sym + GSM_BURST_BITS;
        if (last_sym > c->offset_sym && last_sym <= end_sym)
            slot_done(c, slot, truth);
    }
}

static void add_path(struct carrier *c, const struct fading_path *now, double next_i, double next_q,
                     double step_sym, int64_t angle_step, float *iq, size_t n)
{
    double a = c->amplitude, per = 1.0 / (double)c->segment_samp;
    struct gmsk_path path = {
        .step_sym = step_sym,
        .angle = c->angle,
        .angle_step = angle_step,
        .gain_i = (float)(a * now->gain_i),
        .gain_q = (float)(a * now->gain_q),
        .gain_step_i = (float)(a * (next_i - now->gain_i) * per),
        .gain_step_q = (float)(a * (next_q - now->gain_q) * per),
    };
    int64_t number = c->slot;
    double offset = c->offset_sym - now->delay_sym;
    while (offset < 0.0) {
        offset += GSM_SLOT_SYM;
        number--;
    }
    for (size_t done = 0; done < n; number++) {
        struct gmsk_window w = {&slot_at(c, number - 1)->bits, &slot_at(c, number)->bits,
                                &slot_at(c, number + 1)->bits};
        double left = ceil((GSM_SLOT_SYM - offset) / step_sym);
        size_t run = left < (double)(n - done) ? (size_t)left : n - done;
        if (slot_at(c, number)->on)
            gmsk_add(&w, offset, &path, iq + 2 * done, run);
        path.angle += (uint64_t)angle_step * run;
        path.gain_i += path.gain_step_i * (float)run;
        path.gain_q += path.gain_step_q * (float)run;
        offset += (double)run * step_sym - GSM_SLOT_SYM;
        done += run;
    }
}

static double transmitter_ppm(const struct carrier *c, double time_s)
{
    double ppm = c->cfg->ppm + c->cfg->drift_ppm_per_min * time_s / 60.0;
    for (int i = 0; c->cfg->wander_ppm > 0.0 && i < WANDER_WAVES; i++) {
        double co, si;
        det_sincos(c->wander_hz[i] * time_s + c->wander_phase[i], &co, &si);
        ppm += c->cfg->wander_ppm * sqrt(2.0 / WANDER_WAVES) * co;
    }
    return ppm;
}

static void add_segment(struct carrier *c, float *iq, size_t n, struct truth *truth)
{
    const struct scenario *s = c->s;
    double time_s = ((double)c->n_samp + 0.5 * (double)n) / s->rate_hz;
    double rx = 1.0 + 1e-6 * (s->receiver_ppm + s->receiver_drift_ppm_per_min * time_s / 60.0);
    double tx = 1.0 + 1e-6 * transmitter_ppm(c, time_s);
    double dt_s = 1.0 / (s->rate_hz * rx); /* a fast crystal samples faster */
    double step_sym = GSM_SYMBOL_RATE_HZ * tx * dt_s;
    double carrier_hz = c->cfg->carrier_hz * (tx + 1e-6 * c->cfg->carrier_ppm);
    double turns = (carrier_hz - s->center_hz * rx) * dt_s;
    int64_t angle_step = (int64_t)((turns - floor(turns + 0.5)) * 0x1p64);
    double end_sym = c->offset_sym + (double)n * step_sym;
    int64_t last = c->slot + (int64_t)(end_sym / GSM_SLOT_SYM) + 1;
    while (c->next_slot <= last)
        prepare_slot(c, step_sym);
    track_slots(c, step_sym, n, truth);
    struct fading before = c->fading;
    fading_advance(&c->fading);
    for (int i = 0; i < before.n_paths; i++)
        add_path(c, &before.path[i], c->fading.path[i].gain_i, c->fading.path[i].gain_q, step_sym,
                 angle_step, iq, n);
    c->angle += (uint64_t)angle_step * n;
    c->n_samp += n;
    int64_t slots = (int64_t)(end_sym / GSM_SLOT_SYM);
    c->slot += slots;
    c->offset_sym = end_sym - (double)slots * GSM_SLOT_SYM;
}

void carrier_add(struct carrier *c, float *iq, size_t n, struct truth *truth)
{
    for (size_t done = 0; done < n; done += c->segment_samp) {
        size_t run = n - done < c->segment_samp ? n - done : c->segment_samp;
        add_segment(c, iq + 2 * done, run, truth);
    }
}

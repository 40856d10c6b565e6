/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "survey_sim.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gsm_const.h"
#include "scenario.h"
#include "si_encode.h"
#include "spawn.h"

#define EVENTS_CAP  40000
#define DWELL_MAX_S 6.0
/* A receiver follows a new cell for a multiframe before it decodes what came earlier. */
#define BACKLOG_S (GSM_MULTIFRAME * GSM_FRAME_S)
#define SLOT_S    (GSM_FRAME_S / 8)

/* ---- what decodes ------------------------------------------------------------------------- */

struct curve_point {
    double es_n0_db, lost;
};
/* Limits of a receiver that knows the channel (white noise, TU50; block and SCH). */
static const struct curve_point curve_table[2][2][3] = {
    {{{-1.32, 0.5}, {-0.09, 0.1}, {1.05, 0.01}}, {{-3.28, 0.5}, {-1.35, 0.1}, {0.18, 0.01}}},
    {{{0.18, 0.5}, {4.48, 0.1}, {7.90, 0.01}}, {{0.6, 0.5}, {5.81, 0.1}, {11.68, 0.01}}},
};

static double logit(double p)
{
    return log(p / (1 - p));
}

/* Between the points, and beyond them, the odds change evenly with the Es/N0. */
double sim_success(double es_n0_db, bool fading, bool sch)
{
    const struct curve_point *c = curve_table[fading][sch];
    int k = es_n0_db > c[1].es_n0_db;
    double slope = (logit(c[k + 1].lost) - logit(c[k].lost)) / (c[k + 1].es_n0_db - c[k].es_n0_db);
    double at = logit(c[k].lost) + slope * (es_n0_db - c[k].es_n0_db);
    return 1 / (1 + exp(at));
}

/* ---- the city ----------------------------------------------------------------------------- */

static const char *const profile_text[] = {
    "gprs 1\n",
    "gprs 0\n",
    "gprs 1\nneighbours2ter 600 610 620\n",
    "gprs 1\nneighbours2bis 100 101 102\nneighbours2ter 600 610\nsi2quater_earfcn 1300 1444\n",
    "gprs 1\nsi2quater_earfcn 1300 6300\n",
    "gprs 1\nsi13_ext 1\nneighbours2ter 700 702\n",
};
#define N_PROFILES (sizeof profile_text / sizeof profile_text[0])
static struct city_profile profile_table[N_PROFILES];

static enum raw_si turn_of(const bool sent[RAW_SI_COUNT], bool si13_ext, int turn)
{
    static const enum raw_si fixed[8] = {RAW_SI1,      RAW_SI2,      RAW_SI3, RAW_SI4,
                                         RAW_SI_COUNT, RAW_SI_COUNT, RAW_SI3, RAW_SI4};
    enum raw_si list[4];
    int n = 0, tc = turn % 8;
    bool many = sent[RAW_SI2BIS] || sent[RAW_SI2TER];
    if (fixed[tc] != RAW_SI_COUNT)
        return fixed[tc];
    if (tc == 5)
        return sent[RAW_SI2BIS]      ? RAW_SI2BIS
               : sent[RAW_SI2TER]    ? RAW_SI2TER
               : sent[RAW_SI2QUATER] ? RAW_SI2QUATER
                                     : RAW_SI2;
    if (sent[RAW_SI13] && !si13_ext)
        list[n++] = RAW_SI13;
    if (sent[RAW_SI2BIS] && sent[RAW_SI2TER])
        list[n++] = RAW_SI2TER;
    if (many && sent[RAW_SI2QUATER])
        list[n++] = RAW_SI2QUATER;
    return n > 0 ? list[turn / 8 % n] : RAW_SI2;
}

static void make_profile(struct city_profile *p, const char *more)
{
    static struct scenario s;
    char text[600], err[200];
    (void)snprintf(text, sizeof text,
                   "cell A\narfcn 30\nbsic 1\nmcc 999\nmnc 70\ncell_allocation 30\n"
                   "neighbours 28 36 44\n%s",
                   more);
    FILE *f = fmemopen(text, strlen(text), "r");
    scenario_init(&s);
    if (!f || scenario_parse(&s, f, "profile", err, sizeof err) < 0)
        bench_fail("a profile of the model city cannot be read: %s", f ? err : "no memory");
    (void)fclose(f);
    const struct si_fields *si = &s.cell[0].si;
    uint8_t l2[RAW_SI_COUNT][GSM_L2_OCT];
    bool sent[RAW_SI_COUNT];
    for (int i = 0; i < RAW_SI_COUNT; i++)
        sent[i] = si_encode(si, (enum raw_si)i, false, l2[i]) > 0;
    for (int turn = 0; turn < SIM_TURNS; turn++) {
        enum raw_si which = turn_of(sent, si->si13_ext != 0, turn);
        if (!sent[which])
            which = RAW_SI2;
        p->turn[0][turn].sent = true;
        memcpy(p->turn[0][turn].l2, l2[which], GSM_L2_OCT);
        if (turn % 8 == 0 && si->si13_ext != 0 && sent[RAW_SI13]) {
            p->turn[1][turn].sent = true;
            memcpy(p->turn[1][turn].l2, l2[RAW_SI13], GSM_L2_OCT);
        }
    }
}

void survey_sim_prepare(void)
{
    for (size_t i = 0; i < N_PROFILES; i++)
        make_profile(&profile_table[i], profile_text[i]);
}

/* Channels on which cells may stand: all of the bands, or those of some windows. */
static size_t city_channels(const struct city_config *cfg, struct rng *r, struct arfcn *ret)
{
    struct arfcn all[SCAN_CHANNELS_CAP];
    size_t n_all = arfcn_list(0, 1e12, cfg->band_mask, all, SCAN_CHANNELS_CAP), n = 0;
    size_t per = (size_t)(cfg->cluster_hz / GSM_RASTER_HZ);
    if (cfg->n_clusters == 0) {
        memcpy(ret, all, n_all * sizeof *ret);
        return n_all;
    }
    size_t n_slots = n_all / per;
    for (size_t i = 0, left = cfg->n_clusters; i < n_slots && left > 0; i++) {
        if (rng_below(r, (uint32_t)(n_slots - i)) >= left)
            continue;
        left--;
        memcpy(ret + n, all + i * per, per * sizeof *ret);
        n += per;
    }
    return n;
}

void city_make(struct city *c, const struct city_config *cfg, uint64_t seed)
{
    struct rng r;
    struct arfcn list[SCAN_CHANNELS_CAP];
    rng_init(&r, seed, "city");
    size_t n = city_channels(cfg, &r, list);
    memset(c, 0, sizeof *c);
    for (size_t i = 0; i < cfg->n_cells && i < CITY_CELLS_CAP && n > 0; i++) {
        struct city_cell *cell = &c->cell[c->n_cells++];
        /* every window of a cluster holds one at least; the rest anywhere */
        size_t at = i < cfg->n_clusters
                        ? i * (n / cfg->n_clusters) + rng_below(&r, (uint32_t)(n / cfg->n_clusters))
                        : rng_below(&r, (uint32_t)n);
        cell->channel = list[at];
        cell->hz = arfcn_downlink_hz(list[at]);
        cell->bsic = (int)rng_below(&r, 64);
        cell->es_n0_db = rng_unit(&r) < 0.1 ? -3 + 7 * rng_unit(&r) : 4 + 34 * rng_unit(&r);
        if (isfinite(cfg->es_n0_db))
            cell->es_n0_db = cfg->es_n0_db;
        cell->fading = rng_unit(&r) < cfg->fading_ratio;
        cell->epoch_frames = rng_unit(&r) * GSM_HYPERFRAME;
        cell->profile = (int)rng_below(&r, N_PROFILES);
        cell->audible = sim_success(cell->es_n0_db, cell->fading, false) >= 0.5;
        cell->found_s = cell->complete_s = -1;
        cell->rank = 1; /* found to be normal */
    }
}

/* ---- the air during one dwell ------------------------------------------------------------- */

struct sim_event {
    double end_s;     /* the last burst of it */
    double visible_s; /* when the receiver says so, if it is not stopped before */
    size_t cell;
    uint32_t fn;
    const uint8_t *l2; /* NULL: SCH */
};

struct sim {
    const struct sim_config *cfg;
    struct city *city;
    struct scan_plan *plan;
    struct rng rng;
    struct sim_event *event;
    size_t n_events, next;
    double now_s, began_s;
    double searched_s[SCAN_CHANNELS_CAP];
};

static double chunk_end(const struct sim *s, double at_s)
{
    return s->began_s + ceil((at_s - s->began_s) / s->cfg->chunk_s) * s->cfg->chunk_s;
}

static void add_event(struct sim *s, const struct sim_event *e)
{
    if (s->n_events == EVENTS_CAP)
        bench_fail("more happens in a dwell than the simulation has room for");
    s->event[s->n_events++] = *e;
}

static bool chance(struct sim *s, double p)
{
    return rng_unit(&s->rng) < p;
}

/* First frame of the cell whose timeslot 0 begins at or after the time, and when. */
static uint32_t frame_after(const struct city_cell *c, double at_s, double *ret_s)
{
    double frames = c->epoch_frames + at_s / GSM_FRAME_S, first = ceil(frames);
    *ret_s = at_s + (first - frames) * GSM_FRAME_S;
    return (uint32_t)fmod(first, GSM_HYPERFRAME);
}

/* SCH of a dwell; *ret_second: when the cell is followed, INFINITY: never. Returns when it was
 * found: its first SCH behind an FCCH that was heard whole. */
static double add_sch(struct sim *s, size_t i, double end_s, double *ret_second)
{
    const struct city_cell *c = &s->city->cell[i];
    double at_s, found = (double)INFINITY;
    double p = sim_success(c->es_n0_db, c->fading, true);
    uint32_t fn = frame_after(c, s->began_s, &at_s);
    bool fcch = false;
    *ret_second = (double)INFINITY;
    for (; at_s + SLOT_S <= end_s; at_s += GSM_FRAME_S, fn = (fn + 1) % GSM_HYPERFRAME) {
        uint32_t t3 = fn % GSM_MULTIFRAME;
        if (t3 % 10 == 1 && t3 < 50 && (fcch || isfinite(found)) && chance(s, p)) {
            if (isinf(found))
                found = at_s + SLOT_S;
            else if (isinf(*ret_second))
                *ret_second = at_s + SLOT_S;
            add_event(s, &(struct sim_event){at_s + SLOT_S, 0, i, fn, NULL});
        }
        fcch = t3 % 10 == 0 && t3 < 50;
    }
    return found;
}

static void add_blocks(struct sim *s, size_t i, double end_s)
{
    const struct city_cell *c = &s->city->cell[i];
    double at_s, p = sim_success(c->es_n0_db, c->fading, false);
    uint32_t fn = frame_after(c, s->began_s, &at_s);
    for (; at_s + 3 * GSM_FRAME_S + SLOT_S <= end_s;
         at_s += GSM_FRAME_S, fn = (fn + 1) % GSM_HYPERFRAME) {
        uint32_t t3 = fn % GSM_MULTIFRAME, turn = fn / GSM_MULTIFRAME % SIM_TURNS;
        int ext = t3 == 6;
        static const uint8_t paging[GSM_L2_OCT] = {0x15, 0x06, 0x21, 0x00, 0x01, 0xf0};
        if ((t3 != 2 && t3 != 6) || !chance(s, p))
            continue;
        const struct city_profile *profile = &profile_table[c->profile];
        add_event(s, &(struct sim_event){at_s + 3 * GSM_FRAME_S + SLOT_S, 0, i, fn,
                                         profile->turn[ext][turn].sent ? profile->turn[ext][turn].l2
                                                                       : paging});
    }
}

static int compare_events(const void *a, const void *b)
{
    const struct sim_event *x = a, *y = b;
    if (x->visible_s < y->visible_s || x->visible_s > y->visible_s)
        return x->visible_s < y->visible_s ? -1 : 1;
    if (x->cell != y->cell)
        return x->cell < y->cell ? -1 : 1;
    return (x->end_s > y->end_s) - (x->end_s < y->end_s);
}

/* All that can be heard if the dwell goes on to its end. */
static void begin_dwell(struct sim *s)
{
    const struct scan_dwell *d = &s->plan->dwell;
    double lo = s->plan->channel[d->first].hz - 1,
           hi = s->plan->channel[d->first + d->n - 1].hz + 1;
    double end_s = s->began_s + DWELL_MAX_S;
    s->n_events = s->next = 0;
    for (size_t i = 0; i < s->city->n_cells; i++) {
        struct city_cell *c = &s->city->cell[i];
        if (c->hz < lo || c->hz > hi)
            continue;
        double second;
        size_t from = s->n_events;
        double found = add_sch(s, i, end_s, &second);
        if (isinf(found)) {
            s->n_events = from;
            continue;
        }
        add_blocks(s, i, end_s);
        for (size_t k = from; k < s->n_events; k++) {
            struct sim_event *e = &s->event[k];
            double known = fmax(e->end_s, second);
            if (e->end_s < found + BACKLOG_S && e->l2)
                known = fmax(known, found + BACKLOG_S);
            e->visible_s = chunk_end(s, known);
        }
    }
    if (s->n_events > 0)
        qsort(s->event, s->n_events, sizeof *s->event, compare_events);
}

static void tell(struct sim *s, const struct sim_event *e)
{
    struct city_cell *c = &s->city->cell[e->cell];
    struct scan_sight sight = {.channel = c->channel,
                               .bsic = c->bsic,
                               .fn = e->fn,
                               .at_s = e->end_s - (e->l2 ? 3 * GSM_FRAME_S : 0) - SLOT_S,
                               .snr_db = c->es_n0_db,
                               .l2 = e->l2};
    scan_plan_saw(s->plan, &sight, s->now_s);
    scan_plan_judged(s->plan, c->channel, c->bsic, c->rank);
    if (!c->found)
        c->found_s = s->now_s;
    c->found = true;
    if (c->complete_s >= 0)
        return;
    for (size_t i = 0; i < s->plan->n_cells; i++) {
        const struct scan_cell *p = &s->plan->cell[i];
        if (p->bsic == c->bsic && arfcn_compare(p->channel, c->channel) == 0 &&
            scan_set_complete(&p->set))
            c->complete_s = s->now_s;
    }
}

static void tell_visible(struct sim *s)
{
    for (; s->next < s->n_events && s->event[s->next].visible_s <= s->now_s; s->next++)
        tell(s, &s->event[s->next]);
}

/* The receiver is stopped: what it had complete comes out. A cell needs one SCH for that. */
static void tell_rest(struct sim *s)
{
    size_t last = (size_t)-1;
    for (size_t i = 0; i < s->n_events; i++) {
        if (s->event[i].end_s > s->now_s)
            continue;
        if (i >= s->next)
            tell(s, &s->event[i]);
        if (s->event[i].cell != last)
            s->city->cell[s->event[i].cell].n_visits++;
        last = s->event[i].cell;
    }
    s->n_events = s->next = 0;
}

/* ---- the run ------------------------------------------------------------------------------ */

static void note_gaps(struct sim *s, struct sim_result *ret)
{
    for (size_t i = 0; i < s->plan->n_channels; i++) {
        const struct scan_channel *ch = &s->plan->channel[i];
        if (ch->left_out != SCAN_MISS_NONE)
            continue;
        double gap = (ch->last_s >= 0 ? ch->last_s : s->now_s) - s->searched_s[i];
        if (ch->last_s < 0 || ch->last_s > s->searched_s[i]) {
            ret->longest_gap_s = fmax(ret->longest_gap_s, gap);
            if (ch->last_s >= 0)
                s->searched_s[i] = ch->last_s;
        }
    }
}

static size_t count_complete(const struct city *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_cells; i++)
        n += c->cell[i].audible && c->cell[i].complete_s >= 0;
    return n;
}

static bool all_tried(const struct scan_plan *p)
{
    for (size_t i = 0; i < p->n_channels; i++) {
        if (p->channel[i].left_out == SCAN_MISS_NONE && p->channel[i].n_tries == 0)
            return false;
    }
    return true;
}

static bool all_read_once(const struct scan_plan *p)
{
    for (size_t i = 0; i < p->n_cells; i++) {
        if (!scan_set_complete(&p->cell[i].set) && p->cell[i].n_reads == 0 &&
            p->cell[i].n_absences == 0)
            return false;
    }
    return true;
}

/* Marks the passes when the plan asks for another window. */
static void note_passes(struct sim *s, struct sim_result *ret)
{
    if (ret->search_s <= 0 && all_tried(s->plan))
        ret->search_s = s->now_s;
    if (ret->first_s <= 0 && ret->search_s > 0 && all_read_once(s->plan)) {
        ret->first_s = s->now_s;
        ret->n_complete_first = count_complete(s->city);
        ret->n_windows_read = s->plan->n_reads;
    }
    note_gaps(s, ret);
}

static void tune(struct sim *s, const struct scan_step *step)
{
    s->now_s += s->cfg->settle_s + s->cfg->jitter_s * rng_unit(&s->rng);
    scan_plan_tuned(s->plan, step, step->center_hz + 300 * (rng_unit(&s->rng) - 0.5), s->now_s);
    s->began_s = s->now_s;
    if (s->cfg->gap_s > 0 && rng_below(&s->rng, 8) == 0) {
        s->now_s += s->cfg->gap_s;
        s->began_s = s->now_s;
        scan_plan_heard(s->plan, 0, s->cfg->gap_s, s->now_s);
    }
    begin_dwell(s);
}

void survey_sim_run(struct scan_plan *plan, const struct scan_plan_config *cfg, struct city *city,
                    const struct sim_config *sim, uint64_t seed, struct sim_result *ret)
{
    static struct sim_event events[EVENTS_CAP];
    struct sim s = {.cfg = sim, .city = city, .plan = plan, .event = events};
    struct scan_step step;
    rng_init(&s.rng, seed, "survey");
    memset(ret, 0, sizeof *ret);
    if (scan_plan_init(plan, cfg) < 0)
        bench_fail("the plan was asked for something it cannot do");
    while (!(sim->until_s > 0) || s.now_s < sim->until_s) {
        step = scan_plan_next(plan, s.now_s);
        if (step.action == SCAN_STAY) {
            s.now_s += sim->block_s;
            scan_plan_heard(plan, sim->block_s, 0, s.now_s);
            tell_visible(&s);
            continue;
        }
        tell_rest(&s);
        scan_plan_leave(plan, s.now_s);
        note_passes(&s, ret);
        step = scan_plan_next(plan, s.now_s);
        if (step.action == SCAN_DONE)
            break;
        tune(&s, &step);
    }
    ret->end_s = s.now_s;
    if (!(ret->first_s > 0))
        ret->first_s = s.now_s;
    ret->n_dwells = plan->n_dwells;
    ret->n_searches = plan->n_searches;
    ret->n_reads = plan->n_reads;
    ret->n_watches = plan->n_watches;
    ret->n_complete = count_complete(city);
    for (size_t i = 0; i < city->n_cells; i++) {
        ret->n_audible += city->cell[i].audible;
        ret->n_found += city->cell[i].audible && city->cell[i].found;
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detector/scan_plan.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gsm_const.h"

/* Times that a window is tuned to when nothing comes from it. */
#define TRIES 2
/* From the last burst of a block to the word that it decoded: a chunk of the receiver. */
#define LATENCY_S 0.13
/* A cell that is known and says nothing for so long of a dwell is not there any more. A receiver
 * follows a new cell for a multiframe before it decodes what came earlier. */
#define ABSENT_S 0.6
/* Visits without it, then it is forgotten. */
#define ABSENCES 3
/* A dwell goes on for a cell only when so much of its BCCH decodes. */
#define MIN_SUCCESS 0.3
/* Samples come in blocks: a dwell ends up to so much late. */
#define OVERRUN_S 0.15
/* A dwell in which no samples come is given up. */
#define STALL_S 5.0

/* ---- the dwell ---------------------------------------------------------------------------- */

static bool in_view(const struct scan_plan *p, const struct scan_cell *c)
{
    const struct scan_dwell *d = &p->dwell;
    return d->n > 0 && c->hz >= p->channel[d->first].hz - 1 &&
           c->hz <= p->channel[d->first + d->n - 1].hz + 1;
}

static bool heard_now(const struct scan_plan *p, const struct scan_cell *c)
{
    return c->last_s >= p->dwell.began_s;
}

/* It has said all, but some of it only once, and that was too little for a verdict. */
static bool is_unjudged(const struct scan_cell *c)
{
    return c->judged && c->rank == 0;
}

/* Still worth waiting for within the time that every dwell gets. A first visit ends with the set,
 * one for a verdict takes the whole cycle. */
static bool is_awaited(const struct scan_plan *p, const struct scan_cell *c)
{
    if (!in_view(p, c))
        return false;
    if (scan_set_complete(&c->set) && (c->n_reads == 0 || !is_unjudged(c)))
        return false;
    return heard_now(p, c) || (c->n_absences < ABSENCES && p->dwell.heard_s < ABSENT_S);
}

/* Seconds until the set could be complete, counted from what the receiver has told so far. */
static double wait_s(const struct scan_cell *c, double now_s)
{
    double frames = (now_s - LATENCY_S - c->fn_s) / GSM_FRAME_S;
    double fn = fmod(c->fn + floor(frames), GSM_HYPERFRAME);
    return scan_set_wait_s(&c->set, (uint32_t)(fn < 0 ? fn + GSM_HYPERFRAME : fn)) -
           (frames - floor(frames)) * GSM_FRAME_S;
}

/* Worth a longer dwell: it decodes, will be done in time, and the time has been saved up. */
static bool earns_more(const struct scan_plan *p, const struct scan_cell *c, double now_s)
{
    const struct scan_dwell *d = &p->dwell;
    double expected = d->heard_s / (GSM_MULTIFRAME * GSM_FRAME_S);
    if (!heard_now(p, c) || c->n_blocks < MIN_SUCCESS * expected)
        return false;
    if (scan_set_complete(&c->set))
        return false;
    double end_s = d->heard_s + wait_s(c, now_s);
    double saved = p->cfg.extend_ratio * (p->read_s + d->heard_s) - p->extended_s;
    return end_s <= p->cfg.read_cap_s && end_s - p->cfg.read_s <= saved;
}

/* Seconds of signal for which the dwell goes on; 0: it is over. */
static double reading_left_s(const struct scan_plan *p, double now_s)
{
    const struct scan_dwell *d = &p->dwell;
    double notice = fmin(p->cfg.notice_s, p->cfg.read_s), longest = 0;
    if (d->heard_s < notice)
        return notice - d->heard_s;
    for (size_t i = 0; i < p->n_cells; i++) {
        const struct scan_cell *c = &p->cell[i];
        if (!is_awaited(p, c))
            continue;
        if (d->heard_s < p->cfg.read_s)
            return p->cfg.read_s - d->heard_s;
        if (earns_more(p, c, now_s))
            longest = fmax(longest, fmax(wait_s(c, now_s), 1e-3));
    }
    return longest;
}

static double dwell_left_s(const struct scan_plan *p, double now_s)
{
    const struct scan_dwell *d = &p->dwell;
    if (d->active && p->cfg.mode == SCAN_STAND)
        return p->cfg.watch_s;
    if (!d->active || now_s - d->began_s > d->heard_s + STALL_S)
        return 0;
    switch (d->purpose) {
    case SCAN_SEARCH:
        return fmax(0, p->cfg.search_s - d->heard_s);
    case SCAN_READ:
        return reading_left_s(p, now_s);
    case SCAN_WATCH:
        break;
    }
    return fmax(0, p->cfg.watch_s - d->heard_s);
}

/* ---- where next --------------------------------------------------------------------------- */

/* When its longest-neglected channel was tried last; -INFINITY: never. */
static double window_age_from(const struct scan_plan *p, const struct scan_window *w)
{
    double oldest = (double)INFINITY;
    for (size_t i = w->first; i < w->first + w->n; i++) {
        const struct scan_channel *ch = &p->channel[i];
        if (ch->left_out == SCAN_MISS_NONE)
            oldest = fmin(oldest, ch->n_tries > 0 ? ch->tried_s : -(double)INFINITY);
    }
    return oldest;
}

/* The window of the grid that was left alone longest. */
static double oldest_window(const struct scan_plan *p, struct scan_step *ret)
{
    double oldest = (double)INFINITY;
    for (size_t i = 0; i < p->n_windows; i++) {
        double from = window_age_from(p, &p->window[i]);
        if (from < oldest) {
            oldest = from;
            ret->center_hz = p->window[i].center_hz;
        }
    }
    ret->action = SCAN_TUNE;
    ret->purpose = SCAN_SEARCH;
    ret->dwell_s = p->cfg.search_s;
    return oldest;
}

static double round_s(const struct scan_plan *p)
{
    return (double)p->n_windows * (p->cfg.search_s + p->cfg.settle_s + OVERRUN_S);
}

/* A revisit interval that searching alone would fill is not kept: known cells need time, too. */
static double revisit_s(const struct scan_plan *p)
{
    return fmax(p->cfg.revisit_s, 2 * round_s(p));
}

double scan_plan_bound_s(const struct scan_plan *p)
{
    double dwell = fmax(p->cfg.read_cap_s, p->cfg.watch_s);
    return revisit_s(p) + dwell + p->cfg.settle_s + OVERRUN_S + round_s(p);
}

static bool next_search(const struct scan_plan *p, double now_s, struct scan_step *ret)
{
    if (p->n_windows == 0)
        return false;
    double from = oldest_window(p, ret);
    bool never = isinf(from);
    if (never && p->cfg.mode == SCAN_ONE_PASS) {
        ret->purpose = SCAN_READ;
        ret->dwell_s = p->cfg.read_s;
    }
    return never || (p->cfg.watch && now_s - from >= revisit_s(p));
}

/* A window from which nothing came is tried once more. */
static bool next_retry(const struct scan_plan *p, struct scan_step *ret)
{
    for (size_t i = 0; i < p->n_windows; i++) {
        const struct scan_window *w = &p->window[i];
        for (size_t k = w->first; k < w->first + w->n; k++) {
            const struct scan_channel *ch = &p->channel[k];
            if (ch->left_out != SCAN_MISS_NONE || ch->last_s >= 0 || ch->n_tries >= TRIES)
                continue;
            *ret = (struct scan_step){SCAN_TUNE, SCAN_SEARCH, w->center_hz, p->cfg.search_s};
            return true;
        }
    }
    return false;
}

/* ---- windows over the cells ---- */

static bool needs_reading(const struct scan_plan *p, const struct scan_cell *c, double now_s)
{
    (void)now_s;
    return (!scan_set_complete(&c->set) || is_unjudged(c)) && c->n_reads < p->cfg.reads &&
           c->n_absences < ABSENCES;
}

static bool is_known(const struct scan_plan *p, const struct scan_cell *c, double now_s)
{
    (void)p;
    (void)now_s;
    return c->n_absences < ABSENCES;
}

/* What nobody has looked at yet comes first, then the suspicious, then the strong. */
static double reading_weight(const struct scan_plan *p, const struct scan_cell *c, double now_s)
{
    (void)now_s;
    double first = c->n_reads == 0 ? 1e6 : 0;
    (void)p;
    return first + 1e3 * c->rank + fmax(0, c->snr_db);
}

/* Grows with the time since the last visit, the faster the more there is to fear. A receiver hears
 * a strong cell as its phones do. */
static double watching_weight(const struct scan_plan *p, const struct scan_cell *c, double now_s)
{
    (void)p;
    static const double by_rank[] = {1, 1, 3, 8, 12, 16};
    int last = (int)(sizeof by_rank / sizeof by_rank[0]) - 1;
    int rank = c->rank < 0 ? 0 : c->rank > last ? last : c->rank;
    double strength = 1 + fmin(fmax(c->snr_db, 0), 30) / 10;
    return by_rank[rank] * strength * fmax(0, now_s - c->last_s);
}

static int compare_hz(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef bool scan_wanted(const struct scan_plan *p, const struct scan_cell *c, double now_s);
typedef double scan_weight(const struct scan_plan *p, const struct scan_cell *c, double now_s);

/* The heaviest cell of those wanted whose carrier lies in lo_hz..hi_hz. */
static double heaviest(const struct scan_plan *p, double lo_hz, double hi_hz, double now_s,
                       scan_wanted *wanted, scan_weight *weight)
{
    double ret = -1;
    for (size_t i = 0; i < p->n_cells; i++) {
        const struct scan_cell *c = &p->cell[i];
        if (c->hz >= lo_hz && c->hz <= hi_hz && wanted(p, c, now_s))
            ret = fmax(ret, weight(p, c, now_s));
    }
    return ret;
}

/* Of the fewest windows that hold the wanted cells, the one with the heaviest. */
static bool best_window(const struct scan_plan *p, double now_s, scan_wanted *wanted,
                        scan_weight *weight, struct scan_step *ret)
{
    double hz[SCAN_CELLS_CAP], best = -1;
    struct scan_window window[SCAN_WINDOWS_CAP];
    size_t n = 0;
    for (size_t i = 0; i < p->n_cells; i++) {
        if (wanted(p, &p->cell[i], now_s))
            hz[n++] = p->cell[i].hz;
    }
    if (n == 0)
        return false;
    qsort(hz, n, sizeof hz[0], compare_hz);
    size_t n_windows = scan_cover(&p->cfg.tuner, hz, n, window, SCAN_WINDOWS_CAP);
    for (size_t i = 0; i < n_windows && i < SCAN_WINDOWS_CAP; i++) {
        const struct scan_window *w = &window[i];
        double heavy =
            heaviest(p, hz[w->first] - 1, hz[w->first + w->n - 1] + 1, now_s, wanted, weight);
        if (heavy > best) {
            best = heavy;
            ret->center_hz = w->center_hz;
        }
    }
    return best >= 0;
}

static bool next_read(const struct scan_plan *p, double now_s, struct scan_step *ret)
{
    ret->purpose = SCAN_READ;
    ret->dwell_s = p->cfg.read_s;
    return p->cfg.mode != SCAN_SEARCH_ONLY &&
           best_window(p, now_s, needs_reading, reading_weight, ret);
}

static bool next_watch(const struct scan_plan *p, double now_s, struct scan_step *ret)
{
    if (!p->cfg.watch || p->n_windows == 0)
        return false;
    ret->purpose = SCAN_WATCH;
    ret->dwell_s = p->cfg.watch_s;
    if (!best_window(p, now_s, is_known, watching_weight, ret))
        (void)oldest_window(p, ret);
    return true;
}

struct scan_step scan_plan_next(const struct scan_plan *p, double now_s)
{
    struct scan_step step = {.action = SCAN_STAY, .purpose = p->dwell.purpose};
    step.dwell_s = dwell_left_s(p, now_s);
    if (step.dwell_s > 0)
        return step;
    step.action = SCAN_TUNE;
    if (p->cfg.mode == SCAN_STAND && p->n_windows > 0)
        return (struct scan_step){SCAN_TUNE, SCAN_WATCH, p->window[0].center_hz, p->cfg.watch_s};
    if (next_search(p, now_s, &step) || next_read(p, now_s, &step) || next_retry(p, &step) ||
        next_watch(p, now_s, &step))
        return step;
    step.action = SCAN_DONE;
    return step;
}

/* ---- what happened ------------------------------------------------------------------------ */

static void close_channels(struct scan_plan *p, double now_s)
{
    const struct scan_dwell *d = &p->dwell;
    bool enough = d->heard_s > 0.98 * fmin(p->cfg.search_s, p->cfg.notice_s);
    for (size_t i = d->first; i < d->first + d->n; i++) {
        struct scan_channel *ch = &p->channel[i];
        ch->n_tries++;
        ch->tried_s = now_s;
        ch->tune_failed = false;
        if (ch->left_out != SCAN_MISS_NONE || !enough)
            continue;
        if (ch->first_s < 0)
            ch->first_s = d->began_s;
        ch->last_s = now_s;
    }
}

static void close_cells(struct scan_plan *p)
{
    for (size_t i = 0; i < p->n_cells; i++) {
        struct scan_cell *c = &p->cell[i];
        if (!in_view(p, c))
            continue;
        if (heard_now(p, c))
            c->n_absences = 0;
        else
            c->n_absences++;
        c->n_blocks = 0;
        if (p->dwell.purpose != SCAN_SEARCH)
            c->n_reads++;
    }
}

void scan_plan_leave(struct scan_plan *p, double now_s)
{
    struct scan_dwell *d = &p->dwell;
    if (!d->active)
        return;
    close_channels(p, now_s);
    if (d->heard_s >= p->cfg.search_s / 2)
        close_cells(p);
    if (d->purpose == SCAN_READ) {
        p->read_s += d->heard_s;
        p->extended_s += fmax(0, d->heard_s - p->cfg.read_s);
    }
    d->active = false;
}

void scan_plan_tuned(struct scan_plan *p, const struct scan_step *step, double center_hz,
                     double now_s)
{
    scan_plan_leave(p, now_s);
    /* an oscillator is never quite where it was asked to be; the channels in view are the same */
    double reach = p->cfg.tuner.reach_hz, center = step->center_hz;
    if (fabs(center_hz - center) > GSM_RASTER_HZ / 10)
        center = center_hz;
    p->dwell = (struct scan_dwell){.active = true, .purpose = step->purpose, .began_s = now_s};
    p->dwell.n = scan_plan_channels(p, center - reach, center + reach, &p->dwell.first);
    p->n_dwells++;
    p->n_searches += step->purpose == SCAN_SEARCH;
    p->n_reads += step->purpose == SCAN_READ;
    p->n_watches += step->purpose == SCAN_WATCH;
}

void scan_plan_tune_failed(struct scan_plan *p, const struct scan_step *step, double now_s)
{
    double reach = p->cfg.tuner.reach_hz;
    size_t first,
        n = scan_plan_channels(p, step->center_hz - reach, step->center_hz + reach, &first);
    scan_plan_leave(p, now_s);
    for (size_t i = first; i < first + n; i++) {
        p->channel[i].n_tries++;
        p->channel[i].tried_s = now_s;
        p->channel[i].tune_failed = true;
    }
    for (size_t i = 0; i < p->n_cells; i++) {
        struct scan_cell *c = &p->cell[i];
        if (fabs(c->hz - step->center_hz) > reach + 1)
            continue;
        c->n_reads++;
        c->n_absences++;
    }
}

void scan_plan_heard(struct scan_plan *p, double signal_s, double lost_s, double now_s)
{
    struct scan_dwell *d = &p->dwell;
    (void)now_s;
    if (!d->active)
        return;
    d->heard_s += signal_s;
    d->lost_s += lost_s;
    for (size_t i = d->first; i < d->first + d->n; i++) {
        if (p->channel[i].left_out != SCAN_MISS_NONE)
            continue;
        p->channel[i].heard_s += signal_s;
        p->channel[i].lost_s += lost_s;
    }
}

/* A full list gives up what was heard longest ago, but nothing that is suspected. */
static struct scan_cell *make_room(struct scan_plan *p)
{
    if (p->n_cells < SCAN_CELLS_CAP)
        return &p->cell[p->n_cells++];
    struct scan_cell *oldest = &p->cell[0];
    for (size_t i = 1; i < p->n_cells; i++) {
        struct scan_cell *c = &p->cell[i];
        if (c->rank < oldest->rank || (c->rank == oldest->rank && c->last_s < oldest->last_s))
            oldest = c;
    }
    return oldest;
}

static struct scan_cell *find_cell(struct scan_plan *p, struct arfcn channel, int bsic)
{
    for (size_t i = 0; i < p->n_cells; i++) {
        if (p->cell[i].bsic == bsic && arfcn_compare(p->cell[i].channel, channel) == 0)
            return &p->cell[i];
    }
    return NULL;
}

void scan_plan_saw(struct scan_plan *p, const struct scan_sight *s, double now_s)
{
    double hz = arfcn_downlink_hz(s->channel);
    struct scan_cell *c = find_cell(p, s->channel, s->bsic);
    if (!(hz > 0))
        return;
    if (!c) {
        c = make_room(p);
        *c = (struct scan_cell){.channel = s->channel, .hz = hz, .bsic = s->bsic};
    }
    c->fn = s->fn;
    c->fn_s = s->at_s;
    c->last_s = now_s;
    c->n_absences = 0;
    if (isfinite(s->snr_db))
        c->snr_db = s->snr_db;
    if (!s->l2)
        return;
    if (s->fn % GSM_MULTIFRAME < 6)
        c->n_blocks++;
    scan_set_add(&c->set, s->l2, s->fn);
}

void scan_plan_judged(struct scan_plan *p, struct arfcn channel, int bsic, int rank)
{
    struct scan_cell *c = find_cell(p, channel, bsic);
    if (!c)
        return;
    c->judged = true;
    c->rank = rank;
}

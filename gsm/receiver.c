/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/receiver.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/detmath.h"
#include "core/pool.h"
#include "dsp/fcch.h"
#include "dsp/history.h"
#include "gsm/acquire.h"
#include "gsm/cell_rx.h"
#include "gsm/event_queue.h"
#include "gsm/misfit.h"
#include "gsm/sch.h"
#include "gsm/wrong_rate.h"
#include "gsm/xcch.h"
#include "gsm_const.h"

/* Work is done in chunks of this much signal, whatever the size of the blocks that come in. */
#define CHUNK_S 0.12
/* Kept behind the present: a cell found this late still loses nothing from its start. Where that
 * takes more than HISTORY_OCT, less is kept, but never less than what a new carrier needs to be
 * seen (SCAN_EVERY) and to teach its channel for a multiframe. */
#define HISTORY_S       1.5
#define HISTORY_LEAST_S 1.0
#define HISTORY_OCT     50e6
/* A carrier this close to the edge of the band is still cut whole enough to decode. */
#define EDGE_HZ      45e3
#define CHANNELS_MAX 256
#define HITS_MAX     1024
/* FCCH bursts come every 46 to 51 ms: a chunk holds two of every cell. Every chunk is searched at
 * the start and after a cell was lost; then one chunk in SCAN_EVERY, so that a new carrier is seen
 * within half a second. While there is no cell at all every chunk is searched for SCAN_ALONE_S: one
 * SCH in thirty decodes at Es/N0 -6 dB, so each counts. After that one in SCAN_EVERY_ALONE. */
#define SCAN_FULL_S      1.5
#define SCAN_EVERY       4
#define SCAN_ALONE_S     10.0
#define SCAN_EVERY_ALONE 2
/* So many candidates of a channel that came to nothing speak against one more. */
#define GIVEN_UP_MANY 2
/* Without a cell by then, and at the end, it is asked what is wrong. */
#define MISFIT_AT_S 1.5
/* A cell that is found this far from its channel may be one of the next. */
#define MISFIT_OFF_HZ 55e3
/* FCCH windows that one task computes. */
#define SCAN_TASK_HOPS 32

struct receiver {
    struct receiver_config cfg;
    uint8_t *key_seed;
    struct arfcn only[CHANNELS_MAX];
    struct channel channel[CHANNELS_MAX];
    size_t n_channels;
    struct pool *pool;
    struct history *history;
    struct burst_filter *filter;
    struct fcch *fcch;
    struct cell_rx_config cell_cfg;
    struct cell_rx_work *work;
    int n_work;
    struct acquire *acquire;
    struct event_queue *queue;
    struct wrong_rate wrong_rate;
    size_t chunk_samp, oct;
    int64_t scan_from;
    uint64_t n_chunks, scan_all_until; /* in chunks */
    struct fcch_hit hit[HITS_MAX];     /* whose SCH is not in the history yet */
    size_t n_hits;
    struct cell_rx **cell;
    uint64_t *cell_tx; /* 0: not told to the world yet */
    size_t n_cells, cap_cells;
    uint64_t n_tx;
    bool carrier_seen[CHANNELS_MAX];
    uint32_t n_given_up[CHANNELS_MAX]; /* candidates that came to nothing */
    double *offset_ppm;                /* of every transmitter */
    size_t n_offsets, cap_offsets;
    struct receiver_stats stats;
    size_t n_scan_hops;
};

/* Channels of the bands in view, or those asked for. */
static int find_channels(struct receiver *r, char *err, size_t err_cap)
{
    const struct receiver_config *cfg = &r->cfg;
    struct arfcn list[CHANNELS_MAX];
    double reach = cfg->rate_hz / 2.0 - EDGE_HZ;
    size_t n = arfcn_list(cfg->center_hz - reach, cfg->center_hz + reach, cfg->band_mask, list,
                          CHANNELS_MAX);
    for (size_t i = 0; i < n && i < CHANNELS_MAX; i++) {
        bool wanted = cfg->n_only == 0;
        for (size_t k = 0; k < cfg->n_only; k++)
            wanted |= arfcn_compare(list[i], cfg->only[k]) == 0;
        if (!wanted)
            continue;
        double carrier = arfcn_downlink_hz(list[i]);
        r->channel[r->n_channels++] = (struct channel){
            .arfcn = list[i],
            .carrier_hz = carrier,
            .nominal_hz = carrier - cfg->center_hz - cfg->ppm * 1e-6 * carrier,
        };
    }
    r->stats.n_channels = (uint32_t)r->n_channels;
    if (r->n_channels > 0)
        return 0;
    snprintf(err, err_cap,
             "no GSM channel of the wanted bands lies in view of %.1f kHz around %.4f MHz: check "
             "--freq, --rate, --bands and --arfcn",
             cfg->rate_hz / 1e3, cfg->center_hz / 1e6);
    return -EINVAL;
}

static int create_work(struct receiver *r)
{
    r->work = calloc((size_t)r->cfg.jobs, sizeof(*r->work));
    if (!r->work)
        return -ENOMEM;
    r->n_work = r->cfg.jobs;
    for (int i = 0; i < r->n_work; i++) {
        int err = burst_scratch_create(&r->work[i].scratch, r->filter);
        if (!err)
            err = equalizer_create(&r->work[i].equalizer);
        if (!err)
            err = rival_create(&r->work[i].rival);
        if (err)
            return err;
    }
    return 0;
}

/* Seconds of signal that are kept. */
static double history_s(const struct receiver_config *cfg)
{
    double s = HISTORY_OCT / ((double)iq_format_oct(cfg->format) * cfg->rate_hz);
    return s > HISTORY_S ? HISTORY_S : s < HISTORY_LEAST_S ? HISTORY_LEAST_S : s;
}

static int create_parts(struct receiver *r)
{
    const struct receiver_config *cfg = &r->cfg;
    double nominal[CHANNELS_MAX];
    for (size_t i = 0; i < r->n_channels; i++)
        nominal[i] = r->channel[i].nominal_hz;
    r->chunk_samp = (size_t)(CHUNK_S * cfg->rate_hz);
    r->oct = iq_format_oct(cfg->format);
    r->scan_all_until = (uint64_t)(SCAN_FULL_S / CHUNK_S);
    int err = pool_create(&r->pool, cfg->jobs);
    if (!err)
        err = history_create(&r->history, cfg->format, r->chunk_samp,
                             (size_t)(history_s(cfg) * cfg->rate_hz));
    if (!err)
        err = burst_filter_create(&r->filter, cfg->rate_hz);
    if (!err)
        err = fcch_create(&r->fcch, cfg->rate_hz, nominal, r->n_channels, cfg->jobs);
    if (!err)
        err = create_work(r);
    if (!err)
        err = event_queue_create(&r->queue);
    r->cell_cfg = (struct cell_rx_config){
        .history = r->history,
        .filter = r->filter,
        .rate_hz = cfg->rate_hz * (1.0 + cfg->ppm * 1e-6), /* the crystal samples, too */
        .key_seed = r->key_seed,
        .n_key_seed_oct = cfg->n_key_seed_oct,
    };
    return err ? err : acquire_create(&r->acquire, &r->cell_cfg);
}

int receiver_create(struct receiver **ret, const struct receiver_config *cfg, char *err,
                    size_t err_cap)
{
    if (!(cfg->rate_hz >= 300e3 && cfg->rate_hz <= 20e6)) {
        snprintf(err, err_cap,
                 "a rate of %.6g Hz cannot be used: give one between 300 kHz and 20 MHz",
                 cfg->rate_hz);
        return -EINVAL;
    }
    if (cfg->jobs < 1 || cfg->n_only > CHANNELS_MAX || iq_format_oct(cfg->format) == 0) {
        snprintf(err, err_cap, "the receiver was asked for something it cannot do");
        return -EINVAL;
    }
    struct receiver *r = calloc(1, sizeof(*r));
    if (!r)
        return -ENOMEM;
    r->cfg = *cfg;
    if (cfg->n_only)
        memcpy(r->only, cfg->only, cfg->n_only * sizeof(*cfg->only));
    r->cfg.only = r->only;
    r->key_seed = calloc(cfg->n_key_seed_oct + 1, 1);
    int rc = r->key_seed ? find_channels(r, err, err_cap) : -ENOMEM;
    if (!rc) {
        if (cfg->n_key_seed_oct)
            memcpy(r->key_seed, cfg->key_seed, cfg->n_key_seed_oct);
        sch_warm_up();
        xcch_warm_up();
        rc = create_parts(r);
        if (rc)
            snprintf(err, err_cap, "the receiver could not start: %s", strerror(-rc));
    }
    if (rc) {
        receiver_destroy(r);
        return rc;
    }
    *ret = r;
    return 0;
}

void receiver_destroy(struct receiver *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->n_cells; i++)
        cell_rx_destroy(r->cell[i]);
    for (int i = 0; i < r->n_work; i++) {
        burst_scratch_destroy(r->work[i].scratch);
        equalizer_destroy(r->work[i].equalizer);
        rival_destroy(r->work[i].rival);
    }
    acquire_destroy(r->acquire);
    event_queue_destroy(r->queue);
    fcch_destroy(r->fcch);
    burst_filter_destroy(r->filter);
    history_destroy(r->history);
    pool_destroy(r->pool);
    free(r->work);
    free(r->cell);
    free(r->cell_tx);
    free(r->offset_ppm);
    free(r->key_seed);
    free(r);
}

static void scan_task(void *ctx, size_t i, int worker)
{
    struct receiver *r = ctx;
    fcch_scan_run(r->fcch, r->history, i * SCAN_TASK_HOPS, SCAN_TASK_HOPS, worker);
}

/* One chunk in how many is searched now? */
static uint64_t scan_every(const struct receiver *r)
{
    if (r->n_chunks < r->scan_all_until)
        return 1;
    if (r->n_cells > 0)
        return SCAN_EVERY;
    return r->n_chunks < r->scan_all_until + (uint64_t)(SCAN_ALONE_S / CHUNK_S) ? 1
                                                                                : SCAN_EVERY_ALONE;
}

/* Looks through the newest samples; what is found waits for its SCH. */
static void scan(struct receiver *r)
{
    int64_t end = (int64_t)history_end(r->history);
    uint64_t every = scan_every(r);
    bool calm = every > 1 && r->n_cells > 0;
    if (r->n_chunks % every != 0)
        return;
    /* what the last scan left for want of a margin belongs to this one */
    int64_t start = end - (int64_t)r->chunk_samp -
                    (int64_t)(fcch_margin_samp(r->fcch) + fcch_window_samp(r->fcch));
    if (r->scan_from < start)
        r->scan_from = start;
    size_t hops = fcch_scan_begin(r->fcch, r->scan_from, end, calm ? FCCH_CLEAR : FCCH_WEAK);
    if (hops == 0)
        return;
    pool_run(r->pool, (hops + SCAN_TASK_HOPS - 1) / SCAN_TASK_HOPS, scan_task, r);
    size_t n = fcch_scan_hits(r->fcch, r->hit + r->n_hits, HITS_MAX - r->n_hits);
    for (size_t i = 0; i < n; i++)
        wrong_rate_push(&r->wrong_rate, &r->hit[r->n_hits + i], r->cfg.rate_hz);
    r->n_hits += n;
    r->stats.n_fcch_hits += n;
    r->scan_from += (int64_t)(hops * fcch_window_samp(r->fcch));
}

static int add_cell(struct receiver *r, const struct cell_rx_found *found)
{
    if (r->n_cells == r->cap_cells) {
        size_t cap = r->cap_cells ? 2 * r->cap_cells : 32;
        struct cell_rx **cell = realloc(r->cell, cap * sizeof(*cell));
        if (!cell)
            return -ENOMEM;
        r->cell = cell;
        uint64_t *tx = realloc(r->cell_tx, cap * sizeof(*tx));
        if (!tx)
            return -ENOMEM;
        r->cell_tx = tx;
        r->cap_cells = cap;
    }
    int err = cell_rx_create(&r->cell[r->n_cells], &r->cell_cfg, found);
    if (err)
        return err;
    r->cell_tx[r->n_cells++] = 0;
    return 0;
}

static bool explained(const struct receiver *r, const struct fcch_hit *hit)
{
    for (size_t i = 0; i < r->n_cells; i++) {
        if (arfcn_compare(cell_rx_channel(r->cell[i]), r->channel[hit->channel].arfcn) == 0 &&
            cell_rx_explains(r->cell[i], hit->start_samp, hit->offset_hz))
            return true;
    }
    return false;
}

/* What was found may be a copy of a stronger cell, or that cell itself after a copy of it. */
static bool is_copy(struct receiver *r, const struct cell_rx_found *found)
{
    for (size_t i = 0; i < r->n_cells; i++) {
        if (!cell_rx_is_copy(r->cell[i], found))
            continue;
        if (cell_rx_power(r->cell[i]) >= found->power)
            return true;
        cell_rx_give_up(r->cell[i]);
    }
    return false;
}

/* Tries each FCCH that no known cell explains and whose SCH is there. */
static int acquire_hits(struct receiver *r, bool at_end)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->n_hits; i++) {
        struct fcch_hit hit = r->hit[i];
        struct cell_rx_found found;
        switch (explained(r, &hit)
                    ? ACQUIRE_NONE
                    : acquire_run(r->acquire, &hit, &r->channel[hit.channel], &found)) {
        case ACQUIRE_WAIT:
            if (!at_end)
                r->hit[kept++] = hit;
            break;
        case ACQUIRE_NONE:
            break;
        case ACQUIRE_FOUND: {
            int err = is_copy(r, &found) ? 0 : add_cell(r, &found);
            if (err)
                return err;
            break;
        }
        }
    }
    r->n_hits = kept;
    return 0;
}

struct run_ctx {
    struct receiver *r;
    bool at_end;
};

static void cell_task(void *ctx, size_t i, int worker)
{
    struct run_ctx *run = ctx;
    cell_rx_run(run->r->cell[i], &run->r->work[worker], run->at_end);
}

/* One of the first n cells that goes on as cell i: samples are missing. It hands on its number. */
static bool take_over(struct receiver *r, size_t n, size_t i)
{
    for (size_t k = 0; k < n; k++) {
        if (r->cell_tx[k] == 0 || !cell_rx_goes_on(r->cell[k], r->cell[i]))
            continue;
        r->cell_tx[i] = r->cell_tx[k];
        cell_rx_give_up(r->cell[k]);
        r->stats.n_slips++;
        return true;
    }
    return false;
}

/* A candidate became a cell: it gets its number and is counted. */
static int introduce(struct receiver *r, size_t i)
{
    if (r->n_offsets == r->cap_offsets) {
        size_t cap = r->cap_offsets ? 2 * r->cap_offsets : 32;
        double *more = realloc(r->offset_ppm, cap * sizeof(*more));
        if (!more)
            return -ENOMEM;
        r->offset_ppm = more;
        r->cap_offsets = cap;
    }
    struct arfcn ch = cell_rx_channel(r->cell[i]);
    r->offset_ppm[r->n_offsets++] = cell_rx_offset_hz(r->cell[i]) / arfcn_downlink_hz(ch) * 1e6;
    r->cell_tx[i] = ++r->n_tx;
    r->stats.n_transmitters++;
    for (size_t k = 0; k < r->n_channels; k++) {
        if (arfcn_compare(r->channel[k].arfcn, ch) != 0 || r->carrier_seen[k])
            continue;
        r->carrier_seen[k] = true;
        r->stats.n_carriers++;
    }
    return 0;
}

static void add_counts(struct receiver *r, const struct cell_rx *c)
{
    struct cell_rx_counts n;
    cell_rx_get_counts(c, &n);
    r->stats.n_sch += n.n_sch;
    r->stats.n_sch_failed += n.n_sch_failed;
    r->stats.n_blocks += n.n_blocks;
    r->stats.n_blocks_failed += n.n_blocks_failed;
    r->stats.n_blocks_repaired += n.n_blocks_repaired;
}

static size_t channel_of(const struct receiver *r, const struct cell_rx *c)
{
    size_t k = 0;
    while (k + 1 < r->n_channels && arfcn_compare(r->channel[k].arfcn, cell_rx_channel(c)) != 0)
        k++;
    return k;
}

/* Where the signal ends, one SCH makes a cell: not on a channel on which others led nowhere. At a
 * wrong rate one decodes now and then. */
static bool is_doubtful(const struct receiver *r, const struct cell_rx *c)
{
    struct cell_rx_counts n;
    cell_rx_get_counts(c, &n);
    return n.n_sch + n.n_blocks < 2 && r->n_given_up[channel_of(r, c)] >= GIVEN_UP_MANY;
}

/* Takes what the cells have to say, in the order of the cell list, and lets go of lost ones. */
static int collect(struct receiver *r, bool at_end)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->n_cells; i++) {
        struct cell_rx *c = r->cell[i];
        const struct gsm_event *events;
        const struct cell_report *reports;
        if (r->cell_tx[i] == 0 && ((at_end && is_doubtful(r, c)) ||
                                   (cell_rx_state(c) == CELL_TRACKED && cell_rx_is_mirrored(c))))
            cell_rx_give_up(c);
        enum cell_rx_state state = cell_rx_state(c);
        if (state == CELL_TRACKED && r->cell_tx[i] == 0 && !take_over(r, kept, i)) {
            int err = introduce(r, i);
            if (err)
                return err;
        }
        if (r->cell_tx[i] != 0) {
            size_t n = cell_rx_events(c, &events);
            int err = event_queue_push_events(r->queue, events, n);
            n = cell_rx_reports(c, &reports);
            if (!err)
                err = event_queue_push_reports(r->queue, reports, n, r->cell_tx[i]);
            if (err)
                return err;
            cell_rx_clear_lists(c);
        }
        if (state == CELL_LOST) {
            if (r->cell_tx[i] != 0)
                add_counts(r, c);
            else
                r->n_given_up[channel_of(r, c)]++;
            r->scan_all_until = r->n_chunks + (uint64_t)(SCAN_FULL_S / CHUNK_S);
            cell_rx_destroy(c);
            continue;
        }
        r->cell[kept] = c;
        r->cell_tx[kept++] = r->cell_tx[i];
    }
    r->n_cells = kept;
    return 0;
}

/* No event before this sample can come any more: a cell found from now on has the history for its
 * backlog; candidates hold theirs back, and blocks wait for SI3. */
static double settled_samp(const struct receiver *r)
{
    double settled = (double)history_first(r->history);
    for (size_t i = 0; i < r->n_cells; i++)
        settled = fmin(settled, cell_rx_oldest_samp(r->cell[i]));
    return settled;
}

static bool is_far_off(const struct receiver *r)
{
    for (size_t i = 0; i < r->n_cells; i++)
        if (fabs(cell_rx_offset_hz(r->cell[i])) > MISFIT_OFF_HZ)
            return true;
    return false;
}

/* Is there GSM that does not fit what was said of the recording? Asked while there is no cell, or
 * one far off. */
static int look_for_misfit(struct receiver *r, bool at_end)
{
    bool due = r->n_chunks == (uint64_t)(MISFIT_AT_S / CHUNK_S);
    bool far_off = is_far_off(r);
    if (r->stats.misfit.kind != MISFIT_NONE || !(due || at_end) || (r->n_tx > 0 && !far_off))
        return 0;
    struct misfit_stated stated = {
        .rate_hz = r->cfg.rate_hz,
        .center_hz = r->cfg.center_hz,
        .ppm = r->cfg.ppm,
        .reach_hz = r->n_tx > 0 ? GSM_RASTER_HZ / 2.0 : FCCH_REACH_HZ - 3e3,
        .has_cells = r->n_tx > 0,
    };
    return misfit_look(r->history, &stated, &r->stats.misfit);
}

static int run_chunk(struct receiver *r, bool at_end)
{
    if (history_n_put(r->history) > 0) {
        r->stats.n_samp += history_n_put(r->history);
        history_end_block(r->history);
        scan(r);
        r->n_chunks++;
    }
    int err = acquire_hits(r, at_end);
    if (err)
        return err;
    struct run_ctx run = {r, at_end};
    pool_run(r->pool, r->n_cells, cell_task, &run);
    err = collect(r, at_end);
    if (!err)
        err = look_for_misfit(r, at_end);
    if (err)
        return err;
    event_queue_emit(r->queue, at_end || r->cfg.live ? (double)INFINITY : settled_samp(r),
                     r->cfg.on_event, r->cfg.on_report, r->cfg.ctx);
    return 0;
}

int receiver_push(struct receiver *r, const struct iq_block *block)
{
    const uint8_t *at = block->data;
    size_t left = block->n_samp;
    if (block->format != r->cfg.format)
        return -EINVAL;
    r->stats.n_gaps += block->gap;
    while (left > 0) {
        size_t room;
        void *space = history_space(r->history, &room);
        size_t n = room < left ? room : left;
        memcpy(space, at, n * r->oct);
        history_put(r->history, n);
        at += n * r->oct;
        left -= n;
        if (n < room)
            break;
        int err = run_chunk(r, false);
        if (err)
            return err;
    }
    return 0;
}

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int receiver_finish(struct receiver *r)
{
    int err = run_chunk(r, true);
    if (err)
        return err;
    for (size_t i = 0; i < r->n_cells; i++)
        if (r->cell_tx[i] != 0)
            add_counts(r, r->cell[i]);
    return 0;
}

void receiver_get_stats(const struct receiver *r, struct receiver_stats *ret)
{
    struct history_stats h;
    history_get_stats(r->history, &h);
    *ret = r->stats;
    ret->n_clipped = h.n_clipped;
    ret->n_bad = h.n_bad;
    ret->mean_power_dbfs = det_db(h.power);
    ret->ppm_estimate = (double)NAN;
    if (r->n_offsets > 0) {
        qsort(r->offset_ppm, r->n_offsets, sizeof(*r->offset_ppm), compare_double);
        ret->ppm_estimate = r->offset_ppm[r->n_offsets / 2];
    }
    /* one cell found again and again drifts away each time: then a smaller error counts, too */
    bool churn = r->n_tx > 4 * (uint64_t)r->stats.n_carriers;
    ret->looks_like_rate_hz = wrong_rate_find(&r->wrong_rate, r->cfg.rate_hz, churn);
    if (ret->looks_like_rate_hz > 0.0 || (r->n_tx > 0 && ret->misfit.kind != MISFIT_CRYSTAL))
        ret->misfit = (struct misfit){.kind = MISFIT_NONE};
}

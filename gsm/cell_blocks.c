/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/cell_blocks.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/detmath.h"
#include "dsp/gauge.h"
#include "gsm/cell_sums.h"
#include "gsm/mframe.h"
#include "gsm/paging.h"
#include "gsm/sch.h"
#include "gsm/si.h"
#include "gsm/si_combine.h"
#include "gsm/xcch.h"

/* Blocks that may wait for SI3: six a multiframe, over two SI cycles. */
#define WAITING_CAP 96
/* Below Es/N0 -6 dB (as a ratio) no list finds a block. */
#define REPAIR_ES_N0 0.25
/* Below -9 dB the bursts say too little to be worth adding. */
#define COMBINE_ES_N0 0.126
/* Paging tags are made with a new key every 5 minutes of signal. */
#define KEY_SPAN_S 300.0

/* Four bursts on their way to a block. */
struct gathering {
    uint32_t fn;
    double samp;
    struct cell_burst_stat stat[4];
    unsigned have; /* bit per burst */
    int8_t soft[4][GSM_BURST_BITS];
};

struct cell_blocks {
    struct arfcn channel;
    int bsic;
    double rate_hz, nominal_hz;
    const uint8_t *key_seed;
    size_t n_key_seed_oct;
    struct paging_key key;
    bool key_ready;
    int neci;      /* -1 unknown */
    int ccch_conf; /* -1 unknown */
    struct gathering now;
    struct cell_measured measured[4]; /* of the block being gathered: where it was expected */
    float y[4][EQUALIZER_SYMS][2];    /* its symbols; only of the BCCH, 2 us a burst is enough */
    bool have_y;
    struct gathering waiting[WAITING_CAP];
    size_t n_waiting;
    struct cell_sums sums;
    struct si_combine *combine;
    struct gsm_event *events;
    size_t n_events, cap_events;
    struct cell_report *reports;
    size_t n_reports, cap_reports;
    uint64_t tx;
    struct cell_rx_counts counts;
};

int cell_blocks_create(struct cell_blocks **ret, struct arfcn channel, int bsic, double rate_hz,
                       double nominal_hz, const uint8_t *key_seed, size_t n_key_seed_oct)
{
    struct cell_blocks *b = calloc(1, sizeof(*b));
    if (!b)
        return -ENOMEM;
    b->channel = channel;
    b->bsic = bsic;
    b->rate_hz = rate_hz;
    b->nominal_hz = nominal_hz;
    b->key_seed = key_seed;
    b->n_key_seed_oct = n_key_seed_oct;
    b->neci = -1;
    b->ccch_conf = -1;
    cell_sums_init(&b->sums, channel, bsic);
    int err = si_combine_create(&b->combine);
    if (err) {
        free(b);
        return err;
    }
    *ret = b;
    return 0;
}

void cell_blocks_destroy(struct cell_blocks *b)
{
    if (!b)
        return;
    si_combine_destroy(b->combine);
    free(b->events);
    free(b->reports);
    free(b);
}

/* Room for one more; lists grow to their working size in the first second and stay. */
static struct gsm_event *next_event(struct cell_blocks *b)
{
    if (b->n_events == b->cap_events) {
        size_t cap = b->cap_events ? 2 * b->cap_events : 64;
        struct gsm_event *more = realloc(b->events, cap * sizeof(*more));
        if (!more)
            return NULL;
        b->events = more;
        b->cap_events = cap;
    }
    struct gsm_event *e = &b->events[b->n_events++];
    memset(e, 0, sizeof(*e));
    e->channel = b->channel;
    e->bsic = b->bsic;
    e->combined = 1;
    return e;
}

static struct cell_burst_stat burst_stat(const struct cell_blocks *b, const struct cell_burst *at)
{
    double ramp_hz = (double)at->soft->ramp_sym * at->sym_hz;
    return cell_burst_stat_of(at->soft, at->offset_hz + ramp_hz - b->nominal_hz, at->sym_hz);
}

static void update_key(struct cell_blocks *b, double at_s)
{
    uint32_t epoch = at_s > 0.0 ? (uint32_t)(at_s / KEY_SPAN_S) : 0;
    if (b->key_ready && b->key.epoch == epoch)
        return;
    paging_key_derive(b->key_seed, b->n_key_seed_oct, epoch, &b->key);
    b->key_ready = true;
}

static struct cell_measured expected_at(const struct cell_blocks *b, const struct cell_burst *at)
{
    return (struct cell_measured){
        .offset_hz = at->offset_hz - b->nominal_hz,
        .sym_hz = at->sym_hz,
        .at_sym = at->samp / b->rate_hz * GSM_SYMBOL_RATE_HZ,
        .fn = at->fn,
    };
}

/* Now that its bits are known. */
static void measure(struct cell_measured *m, const float y[EQUALIZER_SYMS][2],
                    const int8_t sym[GSM_BURST_BITS])
{
    gauge_run(y, sym, &m->gauge);
    m->offset_hz += m->gauge.ramp_sym * m->sym_hz;
}

/* Returns false when there are no symbols to measure. */
static bool measure_sch(struct cell_blocks *b, const struct cell_burst *at, bool ok,
                        struct cell_measured *ret)
{
    int8_t sym[GSM_BURST_BITS];
    if (!at->y)
        return false;
    if (!ok) {
        cell_sums_add_lost(&b->sums, gauge_total(at->y), 1);
        return false;
    }
    *ret = expected_at(b, at);
    sch_symbols(b->bsic, at->fn, sym);
    measure(ret, at->y, sym);
    cell_sums_add_measured(&b->sums, ret, 1);
    return true;
}

static void measure_lost(struct cell_blocks *b)
{
    for (int i = 0; b->have_y && i < 4; i++)
        cell_sums_add_lost(&b->sums, gauge_total((const float(*)[2])b->y[i]), 1);
}

static void measure_block(struct cell_blocks *b, const uint8_t l2[GSM_L2_OCT])
{
    int8_t sym[4][GSM_BURST_BITS];
    xcch_symbols(l2, b->bsic & 7, sym);
    for (int i = 0; i < 4; i++)
        measure(&b->measured[i], (const float(*)[2])b->y[i], sym[i]);
    cell_sums_add_measured(&b->sums, b->measured, 4);
}

void cell_blocks_push_sch(struct cell_blocks *b, const struct cell_burst *at, enum cell_sch got)
{
    struct cell_burst_stat stat = burst_stat(b, at);
    struct cell_measured m;
    bool ok = got == CELL_SCH_DECODED, measured = measure_sch(b, at, ok, &m);
    if (ok)
        cell_sums_add_burst(&b->sums, &stat);
    cell_sums_count_sch(&b->sums, ok, at->fn, at->samp / b->rate_hz);
    b->counts.n_sch += ok;
    b->counts.n_sch_failed += !ok;
    struct gsm_event *e = got == CELL_SCH_NONE ? NULL : next_event(b);
    if (!e)
        return;
    e->kind = GSM_EVENT_SCH;
    e->fn = at->fn;
    e->samp = at->samp;
    e->offset_hz = measured ? m.offset_hz : stat.offset_hz;
    e->snr_db =
        det_db(measured ? gauge_es_n0(m.gauge.energy, m.gauge.noise) : (double)at->soft->es_n0);
    e->assumed = !ok;
}

/* Does it look like a message of the CCCH? Asked only where an SDCCH might be: pseudo length,
 * radio resources, a message type of 44.018 9.1 that goes on the CCCH. */
static bool looks_like_ccch(const uint8_t *l2)
{
    if ((l2[0] & 3) != 1 || l2[1] != 0x06)
        return false;
    switch (l2[2]) {
    case 0x21: /* paging request 1, 2, 3 */
    case 0x22:
    case 0x24:
    case 0x3f: /* immediate assignment, extended, reject */
    case 0x39:
    case 0x3a:
        return true;
    }
    return false;
}

static void take_si(struct cell_blocks *b, const uint8_t *l2, uint32_t fn, double at_s,
                    bool repaired)
{
    struct si_message si;
    if (si_parse(l2, GSM_L2_OCT, &si) != SI_OK)
        return;
    cell_sums_add_si(&b->sums, l2, fn, at_s, repaired);
    if (si.type == SI_3) {
        b->ccch_conf = si.u.si3.ccch_conf;
        b->neci = si.u.si3.selection.neci;
    } else if (si.type == SI_4) {
        b->neci = si.u.si4.selection.neci;
    }
}

static double gathering_es_n0(const struct gathering *g)
{
    double es = 0.0, n0 = 0.0;
    for (int i = 0; i < 4; i++) {
        es += g->stat[i].es;
        n0 += g->stat[i].n0;
    }
    return burst_es_n0(es, n0);
}

/* What one block came to. */
struct decoded {
    struct xcch_block block;
    bool repaired;
    int combined;
    uint32_t fns[GSM_EVENT_FNS];
};

/* Best path; then the likeliest ones behind it, when there was a burst at all; then, on the BCCH,
 * together with earlier transmissions of the same message. */
static bool decode_block(struct cell_blocks *b, const struct gathering *g, bool bcch,
                         struct decoded *ret)
{
    struct xcch_coded coded;
    struct si_combined sum;
    ret->repaired = false;
    ret->combined = 1;
    if (xcch_decode(g->soft, &ret->block) == XCCH_OK)
        return true;
    double es_n0 = gathering_es_n0(g);
    xcch_coded_of(g->soft, &coded);
    if (es_n0 >= REPAIR_ES_N0 && xcch_decode_list(&coded, XCCH_LIST, &ret->block) == XCCH_OK) {
        ret->repaired = true;
        return true;
    }
    if (!bcch || es_n0 < COMBINE_ES_N0 || !si_combine_push(b->combine, g->fn, &coded, &sum))
        return false;
    ret->block = sum.block;
    ret->repaired = sum.repaired;
    ret->combined = sum.n;
    memcpy(ret->fns, sum.fn, sizeof(ret->fns));
    return true;
}

static void tell_block(struct cell_blocks *b, const struct gathering *g, const struct decoded *d,
                       enum gsm_event_kind kind)
{
    double offset_hz = 0.0;
    for (int i = 0; i < 4; i++) {
        cell_sums_add_burst(&b->sums, &g->stat[i]);
        offset_hz += g->stat[i].offset_hz / 4.0;
    }
    b->counts.n_blocks_repaired += d->repaired;
    struct gsm_event *e = next_event(b);
    if (!e)
        return;
    e->kind = kind;
    e->fn = g->fn;
    e->samp = g->samp;
    e->offset_hz = offset_hz;
    e->snr_db = det_db(gathering_es_n0(g));
    memcpy(e->l2, d->block.l2, GSM_L2_OCT);
    e->bit_errors = d->block.bit_errors;
    e->repaired = d->repaired;
    e->combined = d->combined;
    memcpy(e->fns, d->fns, sizeof(e->fns));
}

/* One gathered block: decode, blank, count, tell. unsure: it may be an SDCCH. */
static bool finish_block(struct cell_blocks *b, const struct gathering *g, bool unsure)
{
    struct decoded d = {.combined = 1};
    bool in_bcch = mframe_find(g->fn).kind == MFRAME_BCCH;
    double at_s = g->samp / b->rate_hz;
    if (unsure) {
        if (xcch_decode(g->soft, &d.block) != XCCH_OK || !looks_like_ccch(d.block.l2))
            return false;
    } else if (!decode_block(b, g, in_bcch, &d)) {
        cell_sums_fail_block(&b->sums, in_bcch);
        if (in_bcch)
            measure_lost(b);
        return false;
    }
    if (in_bcch) {
        si_combine_clear(b->combine, g->fn);
        if (b->have_y)
            measure_block(b, d.block.l2);
    }
    bool is_si = si_type_of(d.block.l2, GSM_L2_OCT) != SI_UNKNOWN;
    update_key(b, at_s);
    if (is_si)
        take_si(b, d.block.l2, g->fn, at_s, d.repaired);
    else
        paging_blank(d.block.l2, &b->key, b->neci, &b->sums.report.paging, &b->sums.report.assign);
    cell_sums_count_block(&b->sums, in_bcch || is_si, g->fn, at_s);
    tell_block(b, g, &d, in_bcch || is_si ? GSM_EVENT_BCCH : GSM_EVENT_CCCH);
    return true;
}

/* SI3 has spoken, or there is nothing more to wait for. */
static void settle_waiting(struct cell_blocks *b)
{
    for (size_t i = 0; b->ccch_conf != 1 && i < b->n_waiting; i++)
        (void)finish_block(b, &b->waiting[i], b->ccch_conf < 0);
    b->n_waiting = 0;
}

static bool end_gathering(struct cell_blocks *b, enum mframe_kind kind)
{
    if (kind == MFRAME_CCCH_OR_DEDICATED && b->ccch_conf < 0) {
        if (b->n_waiting == WAITING_CAP)
            settle_waiting(b);
        b->waiting[b->n_waiting++] = b->now;
        return false;
    }
    if (kind == MFRAME_CCCH_OR_DEDICATED && b->ccch_conf == 1)
        return false;
    bool ok = finish_block(b, &b->now, false);
    if (b->ccch_conf >= 0)
        settle_waiting(b);
    return ok;
}

bool cell_blocks_push(struct cell_blocks *b, const struct cell_burst *at)
{
    struct mframe_slot slot = mframe_find(at->fn);
    struct gathering *g = &b->now;
    if (slot.burst == 0) {
        g->have = 0;
        g->fn = at->fn;
        g->samp = at->samp;
    }
    if (g->have + 1 != 1u << slot.burst || mframe_add(g->fn, slot.burst) != at->fn) {
        g->have = 0;
        return false;
    }
    g->have |= 1u << slot.burst;
    g->stat[slot.burst] = burst_stat(b, at);
    b->have_y = at->y && slot.kind == MFRAME_BCCH;
    if (b->have_y) {
        b->measured[slot.burst] = expected_at(b, at);
        memcpy(b->y[slot.burst], at->y, sizeof(b->y[0]));
    }
    memcpy(g->soft[slot.burst], at->soft->soft, GSM_BURST_BITS);
    if (slot.burst < 3)
        return false;
    g->have = 0;
    return end_gathering(b, slot.kind);
}

bool cell_blocks_combined(const struct cell_blocks *b)
{
    return b->ccch_conf == 1;
}

void cell_blocks_begin_backlog(struct cell_blocks *b)
{
    b->now.have = 0;
    cell_sums_begin_backlog(&b->sums);
}

void cell_blocks_end_backlog(struct cell_blocks *b)
{
    b->now.have = 0;
}

void cell_blocks_flush(struct cell_blocks *b, const struct cell_clock *clock,
                       double delay_spread_us, bool at_end)
{
    if (at_end)
        settle_waiting(b);
    if (!cell_sums_any(&b->sums))
        return;
    if (b->n_reports == b->cap_reports) {
        size_t cap = b->cap_reports ? 2 * b->cap_reports : 4;
        struct cell_report *more = realloc(b->reports, cap * sizeof(*more));
        if (!more)
            return;
        b->reports = more;
        b->cap_reports = cap;
    }
    struct cell_report *rep = &b->reports[b->n_reports++];
    double sps = b->rate_hz / GSM_SYMBOL_RATE_HZ;
    cell_sums_finish(&b->sums, sps, rep);
    rep->tx = b->tx;
    rep->fn_epoch_frames = cell_clock_epoch(clock);
    if (isnan(rep->delay_spread_us))
        rep->delay_spread_us = delay_spread_us;
    b->counts.n_blocks += rep->n_bcch + rep->n_ccch;
    b->counts.n_blocks_failed += rep->n_bcch_failed + rep->n_ccch_failed;
}

double cell_blocks_oldest_samp(const struct cell_blocks *b)
{
    double oldest = (double)INFINITY;
    for (size_t i = 0; i < b->n_waiting; i++)
        oldest = fmin(oldest, b->waiting[i].samp);
    for (size_t i = 0; i < b->n_events; i++)
        oldest = fmin(oldest, b->events[i].samp);
    return oldest;
}

size_t cell_blocks_events(const struct cell_blocks *b, const struct gsm_event **ret)
{
    *ret = b->events;
    return b->n_events;
}

size_t cell_blocks_reports(const struct cell_blocks *b, const struct cell_report **ret)
{
    *ret = b->reports;
    return b->n_reports;
}

void cell_blocks_clear_events(struct cell_blocks *b)
{
    b->n_events = 0;
}

void cell_blocks_clear_reports(struct cell_blocks *b)
{
    b->n_reports = 0;
}

void cell_blocks_set_tx(struct cell_blocks *b, uint64_t tx)
{
    b->tx = tx;
}

void cell_blocks_get_counts(const struct cell_blocks *b, struct cell_rx_counts *ret)
{
    *ret = b->counts;
}

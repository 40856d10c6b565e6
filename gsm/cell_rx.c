/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/cell_rx.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/sync.h"
#include "gsm/cell_blocks.h"
#include "gsm/cell_clock.h"
#include "gsm/mframe.h"
#include "gsm/mirror.h"

/* Frames without any success after which a transmitter is taken for gone. */
#define CANDIDATE_FRAMES (2 * GSM_MULTIFRAME + 12)
#define LOST_FRAMES      GSM_SI_CYCLE
/* A single SCH is enough when it is this clean: at 6 dB with at most 3 of 78 coded bits wrong. A
 * noise burst that passes its 10-bit CRC has more (measured, test_sch). */
#define CLEAN_ERRORS 3
#define CLEAN_ES_N0  4.0
/* The next SCH is due after 10 frames, or 11. */
#define NEXT_SCH_FRAMES 11
/* Frames followed forward before the backlog is done with what they taught. */
#define BACKLOG_AFTER_FRAMES GSM_MULTIFRAME
/* An SCH that fits its expected content this well was sent: noise does so once in 5000. */
#define SCH_FIT 0.5
/* Beside the SCH that decoded, so many that fit make a cell. */
#define FITS_ENOUGH 3
/* A copy of a cell stands at most this far away, at the same time within this. */
#define COPY_REACH_HZ 410e3
#define COPY_SYM      4.0
/* Carrier and image are seen at places whose sum is known within this. */
#define IMAGE_HZ 3000.0
/* A place is given up for one this far away where the training bits explain so much of the power;
 * noise reaches 0.1 over all lags, a burst at -4 dB 0.25. So many SCH in a row must have failed:
 * one may be a fade. */
#define MOVE_MISSED 2
#define MOVE_SYM    1.5
#define MOVE_SHARE  0.2
/* An FCCH that comes this close to the predicted one is explained by the cell. */
#define EXPLAIN_SYM 40.0
/* Its SCH fail: only what check_place() can mend is still the cell's own. */
#define EXPLAIN_MISSED_SYM 16.0
#define EXPLAIN_HZ  3000.0
/* What goes on with another clock does so within this time, its carrier within 0.1 ppm. */
#define GOES_ON_S  1.2
#define GOES_ON_HZ 90.0
/* Below this Es/N0 (ratio) decisions are too poor to learn from. */
#define LEARN_ES_N0 0.3f
/* Share of the tries of late that were worth it, mean over so many, beyond which the carrier is
 * known to be shared. */
#define RIVALRY_SURE   0.5f
#define RIVALRY_BURSTS 8.0f
/* Timing noise of one burst that no average removes: echoes that fade. */
#define TIMING_VAR_SYM2 0.01

struct cell_rx {
    const struct cell_rx_config *cfg;
    struct arfcn channel;
    double nominal_hz, carrier_hz;
    double power; /* when it was found */
    int bsic;
    enum cell_rx_state state;
    bool clean_start;
    struct cell_clock clock;
    struct channel_prior prior;
    struct cell_blocks *blocks;
    int64_t next;    /* frame index to do next, going forward from 0 */
    int64_t last_ok; /* frame index of the last success */
    bool backlog_done;
    int n_sch_missed;               /* in a row: is there a stronger path elsewhere? */
    int n_fits;                     /* SCH that did not decode but fit what they should say */
    float rivalry;                  /* share of the last tries against a rival that paid */
    int n_ok;                       /* SCH and blocks that agreed since it was found */
    int64_t frame[EQUALIZER_BATCH]; /* of the batch being filled */
    struct burst_place place[EQUALIZER_BATCH];
};

int cell_rx_create(struct cell_rx **ret, const struct cell_rx_config *cfg,
                   const struct cell_rx_found *found)
{
    struct cell_rx *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->cfg = cfg;
    c->channel = found->channel;
    c->nominal_hz = found->nominal_hz;
    c->carrier_hz = found->carrier_hz;
    c->power = found->power;
    c->bsic = found->sch.bsic;
    c->clean_start = found->sch.bit_errors <= CLEAN_ERRORS && found->es_n0 >= CLEAN_ES_N0;
    cell_clock_init(&c->clock, cfg->rate_hz, found->sch.fn, &found->place, found->carrier_hz,
                    found->nominal_hz);
    c->prior = found->prior;
    int err = cell_blocks_create(&c->blocks, found->channel, found->sch.bsic, cfg->rate_hz,
                                 found->nominal_hz, cfg->key_seed, cfg->n_key_seed_oct);
    if (err) {
        free(c);
        return err;
    }
    *ret = c;
    return 0;
}

void cell_rx_destroy(struct cell_rx *c)
{
    if (!c)
        return;
    cell_blocks_destroy(c->blocks);
    free(c);
}

static bool frame_wanted(const struct cell_rx *c, int64_t frame)
{
    switch (mframe_find(cell_clock_fn(&c->clock, frame)).kind) {
    case MFRAME_SCH:
    case MFRAME_BCCH:
    case MFRAME_CCCH:
        return true;
    case MFRAME_CCCH_OR_DEDICATED:
        return !cell_blocks_combined(c->blocks);
    case MFRAME_IDLE:
    case MFRAME_FCCH:
        break;
    }
    return false;
}

static void cut_burst(const struct cell_rx *c, struct cell_rx_work *w, int64_t frame, int slot)
{
    struct burst_in *in = &w->in[slot];
    bool sch = mframe_find(cell_clock_fn(&c->clock, frame)).kind == MFRAME_SCH;
    struct burst_place at = cell_clock_place(&c->clock, frame);
    in->kind = sch ? BURST_SYNC : BURST_NORMAL;
    in->tsc = c->bsic & 7;
    burst_cut(c->cfg->filter, w->scratch, c->cfg->history, &at, -EQUALIZER_LEAD, EQUALIZER_SYMS,
              &in->y[0][0]);
}

/* An SCH with the expected content, or not. Another cell's SCH in this place is no success. */
static bool take_sch(struct cell_rx *c, const struct cell_burst *at)
{
    struct sch_info sch;
    enum cell_sch got = CELL_SCH_NONE;
    if (sch_decode(at->soft->soft, &sch) == SCH_OK && sch.fn == at->fn && sch.bsic == c->bsic)
        got = CELL_SCH_DECODED;
    else if (sch_fit(at->soft->soft, c->bsic, at->fn) >= SCH_FIT)
        got = CELL_SCH_FITS;
    cell_blocks_push_sch(c->blocks, at, got);
    c->n_sch_missed = got == CELL_SCH_DECODED ? 0 : c->n_sch_missed + 1;
    c->n_fits += got == CELL_SCH_FITS;
    c->n_ok += got == CELL_SCH_DECODED;
    return got != CELL_SCH_NONE;
}

static void take_burst(struct cell_rx *c, const struct cell_rx_work *w, int slot)
{
    int64_t frame = c->frame[slot];
    struct cell_burst at = {
        .fn = cell_clock_fn(&c->clock, frame),
        .samp = c->place[slot].start_samp,
        .offset_hz = c->place[slot].offset_hz,
        .sym_hz = c->cfg->rate_hz / c->place[slot].sym_samp,
        .soft = &w->out[slot],
        .y = (const float(*)[2])w->in[slot].y,
    };
    bool heard;
    if (w->in[slot].kind == BURST_SYNC) {
        heard = take_sch(c, &at);
    } else {
        heard = cell_blocks_push(c->blocks, &at);
        c->n_ok += heard;
    }
    if (heard && frame > c->last_ok)
        c->last_ok = frame;
}

/* How late a burst's channel lies: centre of its taps' power, noise taken out. */
static double burst_delay(const struct burst_soft *b, double *ret_weight)
{
    double sum = 0.0, total = 0.0, floor_power = (double)b->noise / GSM_BURST_BITS;
    for (int i = 1; i < CHANNEL_TAPS - 4; i++) {
        double p = (double)(b->tap[i][0] * b->tap[i][0] + b->tap[i][1] * b->tap[i][1]);
        p = p > floor_power ? p - floor_power : 0.0;
        sum += p * (i + CHANNEL_FIRST);
        total += p;
    }
    *ret_weight = total;
    return total > 0.0 ? sum / total : 0.0;
}

/* What the batch says about clock, frequency and channel. */
static void learn_batch(struct cell_rx *c, const struct cell_rx_work *w, int n)
{
    double late = 0.0, late_weight = 0.0, off = 0.0, off_weight = 0.0, es_n0 = 0.0;
    int used = 0;
    for (int i = 0; i < n; i++) {
        const struct burst_soft *b = &w->out[i];
        if (!(b->es_n0 > LEARN_ES_N0))
            continue;
        double weight, delay = burst_delay(b, &weight);
        double sym_hz = c->cfg->rate_hz / c->place[i].sym_samp;
        double moved = c->place[i].offset_hz - c->clock.offset_hz;
        double var = (double)b->ramp_var * sym_hz * sym_hz;
        late += weight * delay;
        late_weight += weight;
        off += ((double)b->ramp_sym * sym_hz + moved) / var;
        off_weight += 1.0 / var;
        es_n0 += (double)b->es_n0;
        used++;
        channel_prior_learn(&c->prior, b);
    }
    if (used == 0 || late_weight <= 0.0)
        return;
    double late_var = (TIMING_VAR_SYM2 + 0.5 / (es_n0 / used)) / used;
    double ramp_floor = (double)c->prior.ramp_var * 7.3e10 / used; /* (turns/symbol)^2 to Hz^2 */
    cell_clock_learn(&c->clock, c->frame[n - 1], late / late_weight, late_var, off / off_weight,
                     1.0 / off_weight + ramp_floor);
}

/* Bursts on which another cell of the same carrier lies. Once one was found, poor bursts
 * are tried without asking for signs. */
static void beat_rivals(struct cell_rx *c, struct cell_rx_work *w, int n)
{
    for (int i = 0; i < n; i++) {
        struct burst_soft alone;
        bool ask = c->rivalry < RIVALRY_SURE;
        if (w->out[i].es_n0 >= RIVAL_ES_N0_MAX || (ask && !rival_likely(&w->in[i], &w->out[i])))
            continue;
        rival_run(w->rival, &w->in[i], &alone);
        bool better = rival_better(&alone, &w->out[i]);
        c->rivalry += ((better ? 1.0f : 0.0f) - c->rivalry) / RIVALRY_BURSTS;
        if (better)
            w->out[i] = alone;
    }
}

static void run_batch(struct cell_rx *c, struct cell_rx_work *w, int n)
{
    if (n == 0)
        return;
    equalizer_run(w->equalizer, &c->prior, w->in, n, w->out);
    beat_rivals(c, w, n);
    for (int i = 0; i < n; i++)
        take_burst(c, w, i);
    learn_batch(c, w, n);
}

static void flush_report(struct cell_rx *c, bool at_end)
{
    float mean, spread;
    channel_prior_delay(&c->prior, &mean, &spread);
    cell_blocks_flush(c->blocks, &c->clock, (double)spread / GSM_SYMBOL_RATE_HZ * 1e6, at_end);
}

/* A cell that was found on a late echo while its first path faded has its bursts symbols away from
 * where it looks. The second SCH that fails in a row asks where its training bits really are. */
static void check_place(struct cell_rx *c, struct cell_rx_work *w, int64_t frame)
{
    struct burst_place expected = cell_clock_place(&c->clock, frame), place;
    double share = sync_find(c->cfg->filter, w->scratch, c->cfg->history, &expected, &place);
    double late_sym = (place.start_samp - expected.start_samp) / expected.sym_samp;
    if (share < MOVE_SHARE || fabs(late_sym) < MOVE_SYM)
        return;
    cell_clock_move(&c->clock, late_sym);
    channel_prior_init(&c->prior);
}

/* Frames from..to-1 that lie within the history; stops at the first that is not there yet. Returns
 * the frame to go on with. */
static int64_t run_frames(struct cell_rx *c, struct cell_rx_work *w, int64_t from, int64_t to)
{
    double end = (double)history_end(c->cfg->history);
    double margin = (EQUALIZER_SYMS + 12) * c->clock.frame_samp / GSM_FRAME_SYM;
    int n = 0;
    int64_t f = from;
    for (; f < to; f++) {
        struct burst_place at = cell_clock_place(&c->clock, f);
        if (at.start_samp + margin > end)
            break;
        if (!frame_wanted(c, f))
            continue;
        if (c->n_sch_missed >= MOVE_MISSED &&
            mframe_find(cell_clock_fn(&c->clock, f)).kind == MFRAME_SCH) {
            run_batch(c, w, n);
            n = 0;
            check_place(c, w, f);
            at = cell_clock_place(&c->clock, f);
        }
        c->frame[n] = f;
        c->place[n] = at;
        cut_burst(c, w, f, n++);
        if (n == EQUALIZER_BATCH) {
            run_batch(c, w, n);
            n = 0;
        }
    }
    run_batch(c, w, n);
    return f;
}

/* What came before the cell was found, as far back as the history goes. */
static void run_backlog(struct cell_rx *c, struct cell_rx_work *w)
{
    struct cell_clock now = c->clock;
    double first = (double)history_first(c->cfg->history);
    int64_t from = (int64_t)ceil(cell_clock_frame_at(&c->clock, first - 0.02 * now.frame_samp));
    c->backlog_done = true;
    if (from >= 0)
        return;
    int64_t last_ok = c->last_ok;
    cell_blocks_begin_backlog(c->blocks);
    (void)run_frames(c, w, from, 0);
    cell_blocks_end_backlog(c->blocks);
    c->last_ok = last_ok;
    c->clock = now;
}

/* Where the signal ends before the next SCH was due, a clean one has to do. Elsewhere it has not:
 * at a wrong sample rate single bursts still decode, and each would be a cell of its own. */
static bool is_enough(const struct cell_rx *c, bool at_end)
{
    return c->n_ok >= 2 || (c->n_ok >= 1 && c->n_fits >= FITS_ENOUGH) ||
           (at_end && c->clean_start && c->n_ok == 1 && c->next - c->last_ok <= NEXT_SCH_FRAMES);
}

static void judge_state(struct cell_rx *c, bool at_end)
{
    int64_t silent = c->next - c->last_ok;
    if (c->state == CELL_CANDIDATE && is_enough(c, at_end))
        c->state = CELL_TRACKED;
    else if (c->state == CELL_CANDIDATE && silent > CANDIDATE_FRAMES)
        c->state = CELL_LOST;
    else if (c->state == CELL_TRACKED && silent > LOST_FRAMES)
        c->state = CELL_LOST;
}

/* Frames to run before something else is due: the end of the SI cycle and, until the backlog is
 * done, the next FCCH: there no block is half gathered. */
static int64_t next_stop(const struct cell_rx *c)
{
    uint32_t fn = cell_clock_fn(&c->clock, c->next);
    if (c->backlog_done)
        return c->next + GSM_SI_CYCLE - (int64_t)(fn % GSM_SI_CYCLE);
    int64_t f = c->next + 1;
    while (mframe_find(cell_clock_fn(&c->clock, f)).kind != MFRAME_FCCH)
        f++;
    return f;
}

void cell_rx_run(struct cell_rx *c, struct cell_rx_work *w, bool at_end)
{
    for (bool more = true; more && c->state != CELL_LOST;) {
        int64_t to = next_stop(c);
        c->next = run_frames(c, w, c->next, to);
        more = c->next == to;
        judge_state(c, at_end && !more);
        bool learned = c->next >= BACKLOG_AFTER_FRAMES && more;
        if (!c->backlog_done && c->state == CELL_TRACKED && (learned || at_end))
            run_backlog(c, w);
        if (more && c->backlog_done && cell_clock_fn(&c->clock, c->next) % GSM_SI_CYCLE == 0)
            flush_report(c, false);
    }
    if (at_end && c->state == CELL_CANDIDATE)
        c->state = CELL_LOST;
    if (at_end || c->state == CELL_LOST)
        flush_report(c, true);
}

enum cell_rx_state cell_rx_state(const struct cell_rx *c)
{
    return c->state;
}

struct arfcn cell_rx_channel(const struct cell_rx *c)
{
    return c->channel;
}

void cell_rx_set_tx(struct cell_rx *c, uint64_t tx)
{
    cell_blocks_set_tx(c->blocks, tx);
}

bool cell_rx_explains(const struct cell_rx *c, double fcch_samp, double offset_hz)
{
    if (c->state == CELL_LOST || fabs(offset_hz - c->clock.offset_hz) > EXPLAIN_HZ)
        return false;
    double at = cell_clock_frame_at(&c->clock, fcch_samp);
    double whole = floor(at + 0.5);
    double reach_sym = c->n_sch_missed > MOVE_MISSED ? EXPLAIN_MISSED_SYM : EXPLAIN_SYM;
    if (fabs(at - whole) * GSM_FRAME_SYM > reach_sym)
        return false;
    return mframe_find(cell_clock_fn(&c->clock, (int64_t)whole)).kind == MFRAME_FCCH;
}

/* An I/Q receiver that is not balanced puts a mirror image of each carrier on the other side of its
 * centre. Mirrored GMSK is GMSK with the same bits again, half a symbol rate lower. */
static bool is_image(const struct cell_rx *c, double offset_hz)
{
    return fabs(offset_hz + c->clock.offset_hz + 2.0 * GSM_FCCH_TONE_HZ) < IMAGE_HZ;
}

bool cell_rx_is_copy(const struct cell_rx *c, const struct cell_rx_found *found)
{
    double apart_hz = fabs(c->carrier_hz - found->carrier_hz);
    bool beside = apart_hz >= 1.0 && apart_hz <= COPY_REACH_HZ;
    if (c->state == CELL_LOST || c->bsic != found->sch.bsic ||
        !(beside || is_image(c, found->place.offset_hz)))
        return false;
    int64_t frame = mframe_distance(c->clock.fn_zero, found->sch.fn);
    struct burst_place at = cell_clock_place(&c->clock, frame);
    return fabs(at.start_samp - found->place.start_samp) < COPY_SYM * at.sym_samp;
}

bool cell_rx_is_mirrored(const struct cell_rx *c)
{
    return mirror_channel(&c->prior);
}

bool cell_rx_goes_on(const struct cell_rx *c, const struct cell_rx *later)
{
    if (c->state != CELL_TRACKED || c->bsic != later->bsic ||
        arfcn_compare(c->channel, later->channel) != 0 ||
        fabs(c->clock.offset_hz - later->clock.offset_hz) > GOES_ON_HZ)
        return false;
    double silent_samp = cell_clock_place(&c->clock, c->last_ok).start_samp;
    double first_samp = cell_clock_place(&later->clock, 0).start_samp;
    return first_samp > silent_samp && first_samp - silent_samp < GOES_ON_S * c->cfg->rate_hz;
}

double cell_rx_power(const struct cell_rx *c)
{
    return c->power;
}

void cell_rx_give_up(struct cell_rx *c)
{
    c->state = CELL_LOST;
}

double cell_rx_offset_hz(const struct cell_rx *c)
{
    return c->clock.offset_hz - c->nominal_hz;
}

double cell_rx_oldest_samp(const struct cell_rx *c)
{
    return cell_blocks_oldest_samp(c->blocks);
}

size_t cell_rx_events(const struct cell_rx *c, const struct gsm_event **ret)
{
    return cell_blocks_events(c->blocks, ret);
}

size_t cell_rx_reports(const struct cell_rx *c, const struct cell_report **ret)
{
    return cell_blocks_reports(c->blocks, ret);
}

void cell_rx_clear_lists(struct cell_rx *c)
{
    cell_blocks_clear_events(c->blocks);
    cell_blocks_clear_reports(c->blocks);
}

void cell_rx_get_counts(const struct cell_rx *c, struct cell_rx_counts *ret)
{
    cell_blocks_get_counts(c->blocks, ret);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detector/cell_table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/detmath.h"
#include "gsm_const.h"

struct cell_table {
    struct cell_state **cell; /* pointers: a cell_state is large and keeps its place */
    size_t n, cap;
};

enum { MEAN_DBFS, MEAN_DBM, MEAN_SNR, MEAN_PHASE, MEAN_DELAY };
/* No report is believed to know the clock better than this. */
#define CLOCK_SE_LEAST_PPM 0.0005
/* A tap that is not there. */
#define TAP_LEAST_DB (-99.0)

int cell_table_create(struct cell_table **ret)
{
    struct cell_table *t = calloc(1, sizeof *t);
    if (!t)
        return -ENOMEM;
    *ret = t;
    return 0;
}

void cell_table_destroy(struct cell_table *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->n; i++) {
        free(t->cell[i]->si);
        free(t->cell[i]);
    }
    free(t->cell);
    free(t);
}

size_t cell_table_count(const struct cell_table *t)
{
    return t->n;
}

const struct cell_state *cell_table_get(const struct cell_table *t, size_t i)
{
    return i < t->n ? t->cell[i] : NULL;
}

bool cell_epoch_equal(double a_frames, double b_frames, double elapsed_s)
{
    double gap = fabs(fmod(a_frames - b_frames, GSM_HYPERFRAME));
    if (gap > GSM_HYPERFRAME / 2.0)
        gap = GSM_HYPERFRAME - gap;
    double drift = CELL_EPOCH_TOLERANCE_PPM * 1e-6 * fabs(elapsed_s) / GSM_FRAME_S;
    return gap <= CELL_EPOCH_TOLERANCE_FRAMES + drift;
}

/* Clock of the cell fits the report's; without frame numbers there is nothing to compare. */
static bool clock_fits(const struct cell_state *c, const struct cell_report *rep)
{
    if (!c->fn_known || !rep->fn_known)
        return c->fn_known == rep->fn_known;
    return cell_epoch_equal(c->epoch_last_frames, rep->fn_epoch_frames,
                            rep->last_s - c->epoch_last_s);
}

static bool same_channel(const struct cell_state *c, const struct cell_report *rep)
{
    return arfcn_compare(c->channel, rep->channel) == 0 && c->bsic == rep->bsic;
}

/* The receiver gives one tx to what goes on where samples are missing, with another clock. A
 * transmitter that was lost and found again has a new tx but the same clock. Two that are on the
 * air at one time are two, whatever their clocks. */
static struct cell_state *find_cell(const struct cell_table *t, const struct cell_report *rep)
{
    for (size_t i = 0; i < t->n; i++) {
        struct cell_state *c = t->cell[i];
        if (c->tx == rep->tx && same_channel(c, rep) &&
            (clock_fits(c, rep) || rep->first_s > c->last_s - CELL_OVERLAP_S))
            return c;
    }
    for (size_t i = 0; i < t->n && rep->fn_known; i++) {
        struct cell_state *c = t->cell[i];
        if (c->fn_known && same_channel(c, rep) && clock_fits(c, rep) &&
            rep->first_s > c->last_s - CELL_OVERLAP_S)
            return c;
    }
    return NULL;
}

static struct cell_state *add_cell(struct cell_table *t, const struct cell_report *rep)
{
    if (t->n == t->cap) {
        size_t cap = t->cap ? 2 * t->cap : 16;
        struct cell_state **grown = realloc(t->cell, cap * sizeof(struct cell_state *));
        if (!grown)
            return NULL;
        t->cell = grown;
        t->cap = cap;
    }
    struct cell_state *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->tx = rep->tx;
    c->channel = rep->channel;
    c->bsic = rep->bsic;
    c->first_s = rep->first_s;
    c->last_s = rep->last_s;
    c->fn_known = rep->fn_known;
    c->fn_first = rep->fn_first;
    c->fn_epoch_frames = rep->fn_epoch_frames;
    c->level_dbfs = c->level_dbm = c->snr_db = c->offset_hz = c->offset_se_hz = (double)NAN;
    c->carrier.offset_hz = c->carrier.offset_se_hz = (double)NAN;
    c->clock_ppm = c->clock_se_ppm = c->phase_error_deg = c->delay_spread_us = (double)NAN;
    for (int i = 0; i < CELL_REPORT_TAPS; i++)
        c->taps_db[i] = (double)NAN;
    for (size_t i = 0; i < CELL_PAGING_WINDOW_CAP; i++)
        c->paging_window[i].number = -1;
    t->cell[t->n++] = c;
    return c;
}

static void mean_add(struct cell_mean *mean, double value, double weight, double *ret)
{
    if (!isfinite(value))
        return;
    mean->sum += weight * value;
    mean->weight += weight;
    *ret = mean->sum / mean->weight;
}

/* The error of the mean: by the stated errors, or by the scatter of the values when they differ by
 * more than that (a crystal that wanders, a carrier that fades). */
static void measure_add(struct cell_measure *m, double value, double se, double weight, double *ret,
                        double *ret_se)
{
    if (!isfinite(value))
        return;
    m->n += 1.0;
    m->weight += weight;
    m->sum += weight * value;
    m->sum2 += weight * value * value;
    m->var += weight * weight * se * se;
    double mean = m->sum / m->weight, stated = m->var / (m->weight * m->weight), scatter = 0.0;
    if (m->n > 1.5)
        scatter = (m->sum2 / m->weight - mean * mean) / (m->n - 1.0);
    *ret = mean;
    *ret_se = isfinite(stated) ? sqrt(fmax(scatter, stated)) : (double)NAN;
}

/* Powers are averaged, not decibels. */
static void merge_taps(struct cell_state *c, const struct cell_report *rep, double weight)
{
    double power[CELL_REPORT_TAPS] = {0.0}, strongest = 0.0;
    for (int i = 0; i < CELL_REPORT_TAPS; i++) {
        mean_add(&c->tap[i], det_from_db(rep->taps_db[i]), weight, &power[i]);
        strongest = power[i] > strongest ? power[i] : strongest;
    }
    for (int i = 0; i < CELL_REPORT_TAPS && strongest > 0.0; i++) {
        double db = power[i] > 0.0 ? det_db(power[i] / strongest) : TAP_LEAST_DB;
        c->taps_db[i] = db > TAP_LEAST_DB ? db : TAP_LEAST_DB;
    }
}

static void merge_measures(struct cell_state *c, const struct cell_report *rep)
{
    double w = 1.0 + rep->n_sch;
    mean_add(&c->mean[MEAN_DBFS], rep->level_dbfs, w, &c->level_dbfs);
    mean_add(&c->mean[MEAN_DBM], rep->level_dbm, w, &c->level_dbm);
    mean_add(&c->mean[MEAN_SNR], rep->snr_db, w, &c->snr_db);
    mean_add(&c->mean[MEAN_PHASE], rep->phase_error_deg, w, &c->phase_error_deg);
    mean_add(&c->mean[MEAN_DELAY], rep->delay_spread_us, w, &c->delay_spread_us);
    if (isfinite(rep->offset_se_hz) && isfinite(rep->offset_hz))
        c->carrier = (struct cell_carrier){rep->offset_hz, rep->offset_se_hz, rep->first_s,
                                           rep->last_s, rep->n_sch};
    /* by time, so that cells stay comparable while the receiver's crystal drifts; a clock from a
     * short span is too poor for that */
    measure_add(&c->offset, rep->offset_hz, rep->offset_se_hz, w, &c->offset_hz, &c->offset_se_hz);
    double se = rep->clock_se_ppm > CLOCK_SE_LEAST_PPM ? rep->clock_se_ppm : CLOCK_SE_LEAST_PPM;
    measure_add(&c->clock, rep->clock_ppm, rep->clock_se_ppm, 1.0 / (se * se), &c->clock_ppm,
                &c->clock_se_ppm);
    if (isfinite(rep->taps_db[0]))
        merge_taps(c, rep, w);
}

static void merge_counts(struct cell_state *c, const struct cell_report *rep)
{
    c->n_sch += rep->n_sch;
    c->n_sch_failed += rep->n_sch_failed;
    c->n_bcch += rep->n_bcch;
    c->n_bcch_failed += rep->n_bcch_failed;
    c->n_ccch += rep->n_ccch;
    c->n_ccch_failed += rep->n_ccch_failed;
    c->n_reports++;
    c->observed_s += rep->last_s - rep->first_s;
    c->n_si_lost += rep->n_si_lost;
    paging_tally_add(&c->paging, &rep->paging);
    assign_tally_add(&c->assign, &rep->assign);
}

/* Into the ascending row of smallest tags, each once. */
static void merge_tag(struct cell_paging_window *w, uint32_t tag)
{
    uint32_t at = w->n_tag;
    while (at > 0 && w->tag[at - 1] > tag)
        at--;
    if ((at > 0 && w->tag[at - 1] == tag) || at == CELL_TAG_CAP)
        return;
    if (w->n_tag < CELL_TAG_CAP)
        w->n_tag++;
    memmove(w->tag + at + 1, w->tag + at, (w->n_tag - 1 - at) * sizeof w->tag[0]);
    w->tag[at] = tag;
}

static void merge_tags(struct cell_paging_window *w, const struct paging_tally *paging)
{
    uint32_t n = paging->n_tags < PAGING_TAG_CAP ? paging->n_tags : PAGING_TAG_CAP;
    if (n > 0 && w->n_tag == 0)
        w->tag_epoch = paging->tag_epoch;
    for (uint32_t i = 0; i < n && w->tag_epoch == paging->tag_epoch; i++)
        merge_tag(w, paging->tag[i]);
}

static void merge_paging_window(struct cell_state *c, const struct cell_report *rep)
{
    double middle_s = (rep->first_s + rep->last_s) / 2.0;
    int64_t number = (int64_t)floor(middle_s / CELL_PAGING_WINDOW_S);
    if (number < 0)
        return;
    struct cell_paging_window *w = &c->paging_window[number % CELL_PAGING_WINDOW_CAP];
    if (w->number > number) /* long past; a newer window lives here */
        return;
    if (w->number != number)
        *w = (struct cell_paging_window){.number = number};
    w->observed_s += rep->last_s - rep->first_s;
    w->n_identities += rep->paging.n_imsi + rep->paging.n_tmsi + rep->paging.n_other;
    w->n_ccch += rep->n_ccch;
    w->n_ccch_failed += rep->n_ccch_failed;
    w->n_request_reference += rep->assign.n_request_reference;
    w->n_location_update += rep->assign.n_location_update;
    merge_tags(w, &rep->paging);
}

static int compare_si(const struct cell_si_seen *a, const struct cell_si_seen *b)
{
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    if (a->first_s < b->first_s || a->first_s > b->first_s)
        return a->first_s < b->first_s ? -1 : 1;
    return memcmp(a->l2, b->l2, GSM_L2_OCT);
}

static void widen_si(struct cell_si_seen *sum, const struct cell_si_seen *more)
{
    sum->n_clean += more->n_clean;
    sum->n_repaired += more->n_repaired;
    sum->tc_mask |= more->tc_mask;
    if (more->first_s < sum->first_s) {
        sum->first_s = more->first_s;
        sum->fn_first = more->fn_first;
    }
    if (more->last_s >= sum->last_s) {
        sum->last_s = more->last_s;
        sum->fn_last = more->fn_last;
    }
}

static int merge_si(struct cell_state *c, const struct cell_si_seen *seen)
{
    for (size_t i = 0; i < c->n_si; i++) {
        if (c->si[i].type == seen->type && memcmp(c->si[i].l2, seen->l2, GSM_L2_OCT) == 0) {
            widen_si(&c->si[i], seen);
            return 0;
        }
    }
    if (c->n_si == CELL_SI_CAP) {
        c->n_si_lost++;
        return 0;
    }
    if (c->n_si == c->cap_si) {
        size_t cap = c->cap_si ? 2 * c->cap_si : 16;
        struct cell_si_seen *grown = realloc(c->si, cap * sizeof *grown);
        if (!grown)
            return -ENOMEM;
        c->si = grown;
        c->cap_si = cap;
    }
    size_t at = c->n_si++;
    while (at > 0 && compare_si(seen, &c->si[at - 1]) < 0) {
        c->si[at] = c->si[at - 1];
        at--;
    }
    c->si[at] = *seen;
    return 0;
}

static bool same_identity(const struct cell_lai_run *run, const struct si3 *si3)
{
    return strcmp(run->mcc, si3->lai.mcc) == 0 && strcmp(run->mnc, si3->lai.mnc) == 0 &&
           run->lac == si3->lai.lac && run->ci == si3->cell_identity;
}

static struct cell_lai_run *add_run(struct cell_state *c)
{
    if (c->n_lai == CELL_LAI_CAP) {
        memmove(c->lai, c->lai + 1, (CELL_LAI_CAP - 1) * sizeof c->lai[0]);
        c->n_lai--;
        c->n_lai_lost++;
    }
    return &c->lai[c->n_lai++];
}

static void merge_lai(struct cell_state *c, const struct cell_si_seen *seen)
{
    struct si_message msg;
    if (si_parse(seen->l2, GSM_L2_OCT, &msg) != SI_OK || msg.type != SI_3)
        return;
    const struct si3 *si3 = &msg.u.si3;
    struct cell_lai_run *run = c->n_lai ? &c->lai[c->n_lai - 1] : NULL;
    if (run && same_identity(run, si3)) {
        run->n_clean += seen->n_clean;
        run->last_s = seen->last_s;
        run->fn_last = seen->fn_last;
        return;
    }
    run = add_run(c);
    *run = (struct cell_lai_run){.lac = si3->lai.lac,
                                 .ci = si3->cell_identity,
                                 .first_s = seen->first_s,
                                 .last_s = seen->last_s,
                                 .fn_first = seen->fn_first,
                                 .fn_last = seen->fn_last,
                                 .n_clean = seen->n_clean};
    memcpy(run->mcc, si3->lai.mcc, sizeof run->mcc);
    memcpy(run->mnc, si3->lai.mnc, sizeof run->mnc);
    memcpy(run->l2, seen->l2, GSM_L2_OCT);
}

/* The SI3 contents of one span in the order they were first heard; repaired ones do not count. */
static void merge_lai_runs(struct cell_state *c, const struct cell_report *rep, uint32_t n_si)
{
    uint32_t order[CELL_REPORT_SI_CAP];
    size_t n = 0;
    for (uint32_t i = 0; i < n_si; i++) {
        if (rep->si[i].type != SI_3 || rep->si[i].n_clean == 0)
            continue;
        size_t at = n++;
        while (at > 0 && compare_si(&rep->si[i], &rep->si[order[at - 1]]) < 0) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    for (size_t i = 0; i < n; i++)
        merge_lai(c, &rep->si[order[i]]);
}

static void merge_times(struct cell_state *c, const struct cell_report *rep)
{
    if (rep->first_s < c->first_s) {
        c->first_s = rep->first_s;
        c->fn_first = rep->fn_first;
        c->fn_epoch_frames = rep->fn_epoch_frames;
    }
    if (rep->last_s >= c->last_s || c->n_reports == 0) {
        c->last_s = rep->last_s;
        c->fn_last = rep->fn_last;
        c->epoch_last_frames = rep->fn_epoch_frames;
        c->epoch_last_s = rep->last_s;
    }
}

int cell_table_push(struct cell_table *t, const struct cell_report *report)
{
    if (!isfinite(report->first_s) || !isfinite(report->last_s) ||
        report->last_s < report->first_s ||
        (report->fn_known && !isfinite(report->fn_epoch_frames)))
        return -EINVAL;
    struct cell_state *c = find_cell(t, report);
    if (!c)
        c = add_cell(t, report);
    if (!c)
        return -ENOMEM;
    uint32_t n_si = report->n_si < CELL_REPORT_SI_CAP ? report->n_si : CELL_REPORT_SI_CAP;
    for (uint32_t i = 0; i < n_si; i++) {
        int r = merge_si(c, &report->si[i]);
        if (r < 0)
            return r;
    }
    merge_lai_runs(c, report, n_si);
    merge_times(c, report);
    merge_measures(c, report);
    merge_paging_window(c, report);
    merge_counts(c, report);
    return 0;
}

const struct cell_si_seen *cell_state_find_si(const struct cell_state *c, enum si_type type,
                                              uint32_t min_clean)
{
    const struct cell_si_seen *best = NULL;
    for (size_t i = 0; i < c->n_si; i++) {
        const struct cell_si_seen *s = &c->si[i];
        if (s->type == type && s->n_clean >= min_clean && (!best || s->last_s > best->last_s))
            best = s;
    }
    return best;
}

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double cell_table_offset_ppm_rel(const struct cell_table *t, size_t i)
{
    const struct cell_state *own = cell_table_get(t, i);
    double own_hz = own ? arfcn_downlink_hz(own->channel) : 0.0;
    if (!own || !isfinite(own->offset_hz) || own_hz <= 0.0)
        return (double)NAN;
    double *ppm = malloc(t->n * sizeof *ppm);
    if (!ppm)
        return (double)NAN;
    size_t n = 0;
    for (size_t k = 0; k < t->n; k++) {
        const struct cell_state *c = t->cell[k];
        double hz = arfcn_downlink_hz(c->channel);
        if (k != i && isfinite(c->offset_hz) && hz > 0.0 && c->first_s <= own->last_s &&
            own->first_s <= c->last_s)
            ppm[n++] = 1e6 * c->offset_hz / hz;
    }
    double rel = (double)NAN;
    if (n >= 2) {
        qsort(ppm, n, sizeof *ppm, compare_double);
        double median = n % 2 ? ppm[n / 2] : (ppm[n / 2 - 1] + ppm[n / 2]) / 2.0;
        rel = 1e6 * own->offset_hz / own_hz - median;
    }
    free(ppm);
    return rel;
}

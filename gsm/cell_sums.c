/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/cell_sums.h"

#include <math.h>
#include <string.h>

#include "core/detmath.h"
#include "gsm/mframe.h"
#include "gsm_const.h"

#define DEGREES 57.29577951308232
/* What frequency and arrival of a burst vary by although no noise says so: Hz^2, symbols^2. */
#define OFFSET_VAR_LEAST 1.0
#define TIME_VAR_LEAST   1e-6
/* Arrival times needed for a line with an error of its own. */
#define LINE_LEAST 4.0
/* A tap this far below the strongest is none. */
#define TAP_LEAST_DB (-99.0)

static void clear_sums(struct cell_sums *s)
{
    s->any = false;
    s->n_bursts = s->energy = s->es = s->n0 = s->phase_err2 = 0.0;
    s->offset_sum = s->offset_weight = s->offset_sum2 = 0.0;
    memset(&s->measures, 0, sizeof(s->measures));
}

static void clear_report(struct cell_report *r, struct arfcn channel, int bsic)
{
    memset(r, 0, sizeof(*r));
    r->channel = channel;
    r->bsic = bsic;
    r->fn_known = true;
    r->level_dbm = NAN;
    r->level_dbfs = r->snr_db = r->offset_hz = r->offset_se_hz = NAN;
    r->clock_ppm = r->clock_se_ppm = r->phase_error_deg = r->delay_spread_us = NAN;
    for (int i = 0; i < CELL_REPORT_TAPS; i++)
        r->taps_db[i] = NAN;
}

void cell_sums_init(struct cell_sums *s, struct arfcn channel, int bsic)
{
    memset(s, 0, sizeof(*s));
    s->leading = true;
    clear_report(&s->report, channel, bsic);
}

void cell_sums_begin_backlog(struct cell_sums *s)
{
    s->leading = true;
    s->open_sch = s->open_bcch = s->open_ccch = 0;
    s->n_open = s->open_power = 0.0;
}

struct cell_burst_stat cell_burst_stat_of(const struct burst_soft *b, double offset_hz,
                                          double sym_hz)
{
    return (struct cell_burst_stat){
        .offset_hz = offset_hz,
        .offset_weight = 1.0 / ((double)b->ramp_var * sym_hz * sym_hz + 1e-6),
        .energy = (double)b->energy,
        .es = (double)b->es,
        .n0 = (double)b->n0,
        .phase_err2 = (double)(b->phase_err_rad * b->phase_err_rad),
    };
}

void cell_sums_add_burst(struct cell_sums *s, const struct cell_burst_stat *b)
{
    s->n_bursts += 1.0;
    s->energy += b->energy;
    s->es += b->es;
    s->n0 += b->n0;
    s->phase_err2 += b->phase_err2;
    s->offset_sum += b->offset_weight * b->offset_hz;
    s->offset_sum2 += b->offset_weight * b->offset_hz * b->offset_hz;
    s->offset_weight += b->offset_weight;
}

static void line_add(struct cell_line *l, uint32_t fn, double at_sym, double weight)
{
    if (l->n == 0.0) {
        l->fn = fn;
        l->at_sym = at_sym;
    }
    double x = mframe_distance(l->fn, fn), y = at_sym - l->at_sym - x * GSM_FRAME_SYM;
    l->n += 1.0;
    l->w += weight;
    l->x += weight * x;
    l->y += weight * y;
    l->xx += weight * x * x;
    l->xy += weight * x * y;
    l->yy += weight * y * y;
}

/* Slope, y a step of x, and its standard error, by the scatter around the line or, if that is less,
 * by the weights. */
static bool line_fit(const struct cell_line *l, double *ret_slope, double *ret_se)
{
    if (l->n < LINE_LEAST)
        return false;
    double mx = l->x / l->w, my = l->y / l->w;
    double xx = l->xx / l->w - mx * mx, xy = l->xy / l->w - mx * my, yy = l->yy / l->w - my * my;
    if (!(xx > 1.0))
        return false;
    double left = (yy - xy * xy / xx) * l->w / (l->n - 2.0);
    *ret_slope = xy / xx;
    *ret_se = sqrt((left > 1.0 ? left : 1.0) / (xx * l->w));
    return true;
}

static void add_figures(struct cell_measures *a, const struct gauge *g)
{
    a->n += 1.0;
    a->energy += g->energy;
    a->noise += g->noise;
    a->across += g->across;
    a->along += g->along;
    a->carrier4 += g->carrier4;
    for (int i = 0; i < CHANNEL_TAPS; i++)
        a->tap_power[i] += g->tap_power[i];
}

void cell_sums_add_measured(struct cell_sums *s, const struct cell_measured *m, int n)
{
    struct cell_measures *a = &s->measures;
    double offset = 0.0, weight = 0.0, late = 0.0, late_weight = 0.0;
    for (int i = 0; i < n; i++) {
        const struct gauge *g = &m[i].gauge;
        double w = 1.0 / (g->ramp_var * m[i].sym_hz * m[i].sym_hz + OFFSET_VAR_LEAST);
        double w_late = 1.0 / (g->delay_var + TIME_VAR_LEAST);
        add_figures(a, g);
        offset += w * m[i].offset_hz;
        weight += w;
        late += w_late * g->delay_sym;
        late_weight += w_late;
    }
    offset /= weight;
    a->n_groups += 1.0;
    a->offset += weight * offset;
    a->offset2 += weight * offset * offset;
    a->offset_weight += weight;
    line_add(&a->line, m[0].fn, m[0].at_sym + late / late_weight, late_weight);
}

void cell_sums_add_lost(struct cell_sums *s, double power, int n)
{
    s->n_open += n;
    s->open_power += power;
}

/* Something was received: the span grows, and open failures count. */
static void success(struct cell_sums *s, uint32_t fn, double at_s)
{
    struct cell_report *r = &s->report;
    if (!s->leading) {
        r->n_sch_failed += s->open_sch;
        r->n_bcch_failed += s->open_bcch;
        r->n_ccch_failed += s->open_ccch;
        s->measures.n_lost += s->n_open;
        s->measures.lost_power += s->open_power;
    }
    s->n_open = s->open_power = 0.0;
    s->leading = false;
    at_s = at_s > 0.0 ? at_s : 0.0; /* a burst may begin a fraction of a sample before the file */
    s->open_sch = s->open_bcch = s->open_ccch = 0;
    if (!s->any || at_s < r->first_s) {
        r->first_s = at_s;
        r->fn_first = fn;
    }
    if (!s->any || at_s > r->last_s) {
        r->last_s = at_s;
        r->fn_last = fn;
    }
    s->any = true;
}

void cell_sums_count_sch(struct cell_sums *s, bool ok, uint32_t fn, double at_s)
{
    if (!ok) {
        s->open_sch++;
        return;
    }
    success(s, fn, at_s);
    s->report.n_sch++;
}

void cell_sums_count_block(struct cell_sums *s, bool bcch, uint32_t fn, double at_s)
{
    success(s, fn, at_s);
    if (bcch)
        s->report.n_bcch++;
    else
        s->report.n_ccch++;
}

void cell_sums_fail_block(struct cell_sums *s, bool bcch)
{
    if (bcch)
        s->open_bcch++;
    else
        s->open_ccch++;
}

void cell_sums_add_si(struct cell_sums *s, const uint8_t *l2, uint32_t fn, double at_s,
                      bool repaired)
{
    cell_report_add_si(&s->report, l2, fn, at_s, repaired);
}

bool cell_sums_any(const struct cell_sums *s)
{
    return s->any;
}

/* Standard error of a weighted mean: by the weights, or by the spread where that is larger
 * (fading). */
static double mean_error(double mean, double sum2, double weight, double n)
{
    double by_model = 1.0 / weight, spread = sum2 / weight - mean * mean;
    double by_spread = n > 1.5 && spread > 0.0 ? spread / (n - 1.0) : 0.0;
    return sqrt(by_model > by_spread ? by_model : by_spread);
}

/* Nothing whose bits were all known: what the equaliser made of the bursts. */
static void finish_unmeasured(const struct cell_sums *s, double sps, struct cell_report *r)
{
    if (s->n_bursts <= 0.0)
        return;
    r->level_dbfs = det_db(burst_power(s->energy / s->n_bursts, sps));
    r->snr_db = det_db(burst_es_n0(s->es, s->n0));
    r->offset_hz = s->offset_sum / s->offset_weight;
    r->offset_se_hz = mean_error(r->offset_hz, s->offset_sum2, s->offset_weight, s->n_bursts);
    r->phase_error_deg = sqrt(s->phase_err2 / s->n_bursts) * DEGREES;
}

/* Always the same delays, so that reports can be averaged. */
static void finish_taps(const double tap_power[CHANNEL_TAPS], double ret_db[CELL_REPORT_TAPS])
{
    const double *power = tap_power + CELL_REPORT_TAPS_FIRST - GAUGE_FIRST;
    double strongest = 0.0;
    for (int i = 0; i < CELL_REPORT_TAPS; i++)
        strongest = power[i] > strongest ? power[i] : strongest;
    for (int i = 0; i < CELL_REPORT_TAPS; i++) {
        double db = power[i] > 0.0 ? det_db(power[i] / strongest) : TAP_LEAST_DB;
        ret_db[i] = db > TAP_LEAST_DB ? db : TAP_LEAST_DB;
    }
}

static void finish_measured(const struct cell_sums *s, double sps, struct cell_report *r)
{
    const struct cell_measures *a = &s->measures;
    double noise = a->noise / a->n;
    double faded =
        a->n_lost > 0.0 ? a->n_lost * gauge_energy(a->lost_power / a->n_lost, noise) : 0.0;
    double energy = (a->energy + (faded > 0.0 ? faded : 0.0)) / (a->n + a->n_lost);
    double slope, se;
    r->level_dbfs = det_db(gauge_power(energy, sps));
    r->snr_db = det_db(gauge_es_n0(energy, noise));
    r->offset_hz = a->offset / a->offset_weight;
    r->offset_se_hz = mean_error(r->offset_hz, a->offset2, a->offset_weight, a->n_groups);
    r->phase_error_deg = gauge_phase_error_rad(a->across, a->along, a->carrier4) * DEGREES;
    r->delay_spread_us = gauge_spread_sym(a->tap_power) / GSM_SYMBOL_RATE_HZ * 1e6;
    finish_taps(a->tap_power, r->taps_db);
    if (line_fit(&a->line, &slope, &se)) {
        r->clock_ppm = slope / GSM_FRAME_SYM * 1e6;
        r->clock_se_ppm = se / GSM_FRAME_SYM * 1e6;
    }
}

void cell_sums_finish(struct cell_sums *s, double sps, struct cell_report *ret)
{
    struct cell_report *r = &s->report;
    if (s->measures.n > 0.0)
        finish_measured(s, sps, r);
    else
        finish_unmeasured(s, sps, r);
    *ret = *r;
    clear_sums(s);
    clear_report(r, ret->channel, ret->bsic);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/cell_sums.h"

#include <math.h>
#include <string.h>

#include "core/detmath.h"

static void clear_sums(struct cell_sums *s)
{
    s->any = false;
    s->n_bursts = s->energy = s->es = s->n0 = s->phase_err2 = 0.0;
    s->offset_sum = s->offset_weight = s->offset_sum2 = 0.0;
}

static void clear_report(struct cell_report *r, struct arfcn channel, int bsic)
{
    memset(r, 0, sizeof(*r));
    r->channel = channel;
    r->bsic = bsic;
    r->fn_known = true;
    r->level_dbm = NAN;
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

/* Something was received: the span grows, and open failures count. */
static void success(struct cell_sums *s, uint32_t fn, double at_s)
{
    struct cell_report *r = &s->report;
    if (!s->leading) {
        r->n_sch_failed += s->open_sch;
        r->n_bcch_failed += s->open_bcch;
        r->n_ccch_failed += s->open_ccch;
    }
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

/* Standard error of the weighted mean: by the bursts' own variances, or by their spread where that
 * is larger (fading). */
static double offset_error(const struct cell_sums *s, double mean)
{
    double by_model = 1.0 / s->offset_weight;
    double spread = s->offset_sum2 / s->offset_weight - mean * mean;
    double by_spread = s->n_bursts > 1.5 && spread > 0.0 ? spread / (s->n_bursts - 1.0) : 0.0;
    return sqrt(by_model > by_spread ? by_model : by_spread);
}

void cell_sums_finish(struct cell_sums *s, double sps, struct cell_report *ret)
{
    struct cell_report *r = &s->report;
    double n = s->n_bursts > 0.0 ? s->n_bursts : 1.0;
    r->level_dbfs = det_db(burst_power(s->energy / n, sps));
    r->snr_db = s->n0 > 0.0 ? det_db(burst_es_n0(s->es, s->n0)) : (double)NAN;
    r->offset_hz = s->offset_weight > 0.0 ? s->offset_sum / s->offset_weight : (double)NAN;
    r->offset_se_hz = s->offset_weight > 0.0 ? offset_error(s, r->offset_hz) : (double)NAN;
    r->phase_error_deg = sqrt(s->phase_err2 / n) * 57.29577951308232;
    *ret = *r;
    clear_sums(s);
    clear_report(r, ret->channel, ret->bsic);
}

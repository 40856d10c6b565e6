/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules on the carrier frequency against the other cells': FP-01. */
#include <math.h>
#include <stdlib.h>

#include "detector/rules.h"

#define PEERS_CAP 64

/* Offset in ppm of what was heard without a break, so in one tuning of the receiver; NAN else. */
static double carrier_ppm(const struct cell_state *s, double *ret_se_ppm)
{
    double hz = arfcn_downlink_hz(s->channel), span_s = s->last_s - s->first_s;
    *ret_se_ppm = (double)NAN;
    if (hz <= 0.0 || !isfinite(s->offset_hz) || !isfinite(s->offset_se_hz) ||
        s->n_sch < RULE_CARRIER_SCH_MIN || s->observed_s < RULE_CARRIER_HEARD_RATIO * span_s)
        return (double)NAN;
    *ret_se_ppm = 1e6 * s->offset_se_hz / hz;
    return *ret_se_ppm <= RULE_CARRIER_SE_PPM ? 1e6 * s->offset_hz / hz : (double)NAN;
}

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *value, size_t n)
{
    qsort(value, n, sizeof *value, compare_double);
    return n % 2 ? value[n / 2] : (value[n / 2 - 1] + value[n / 2]) / 2.0;
}

static bool overlaps(const struct cell_state *a, const struct cell_state *b)
{
    return a->first_s <= b->last_s && b->first_s <= a->last_s;
}

static size_t collect_peers(const struct rule_cell *cells, size_t n, size_t i, bool confirmed,
                            double ppm[PEERS_CAP])
{
    size_t n_peers = 0;
    for (size_t k = 0; k < n && n_peers < PEERS_CAP; k++) {
        double se_ppm;
        double value = carrier_ppm(cells[k].state, &se_ppm);
        if (k != i && isfinite(value) && overlaps(cells[i].state, cells[k].state) &&
            (!confirmed || rule_is_confirmed(&cells[k])))
            ppm[n_peers++] = value;
    }
    return n_peers;
}

/* Others that do not agree among themselves are no measure. */
static double reference_ppm(double *ppm, size_t n)
{
    if (n < RULE_CARRIER_PEERS)
        return (double)NAN;
    double middle = median(ppm, n);
    for (size_t k = 0; k < n; k++)
        ppm[k] = fabs(ppm[k] - middle);
    return median(ppm, n) <= RULE_CARRIER_SPREAD_PPM ? middle : (double)NAN;
}

static void fill_cell(struct rule_cell *cells, size_t n, size_t i)
{
    struct rule_cell *c = &cells[i];
    double ppm[PEERS_CAP];
    double own = carrier_ppm(c->state, &c->carrier_se_ppm);
    c->carrier_ppm = (double)NAN;
    c->n_carrier_peers = 0;
    if (!isfinite(own))
        return;
    c->n_carrier_peers = collect_peers(cells, n, i, true, ppm);
    c->carrier_peers_confirmed = c->n_carrier_peers >= RULE_CARRIER_PEERS;
    if (!c->carrier_peers_confirmed)
        c->n_carrier_peers = collect_peers(cells, n, i, false, ppm);
    c->carrier_ppm = own - reference_ppm(ppm, c->n_carrier_peers);
}

void rule_carrier_fill(struct rule_cell *cells, size_t n)
{
    for (size_t i = 0; i < n; i++)
        fill_cell(cells, n, i);
}

void rule_fp01_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct rule_cell *c = rule_own(ctx);
    if (!isfinite(c->carrier_se_ppm)) {
        rule_skip(ret, "the carrier was not measured long enough in one tuning of the receiver");
        return;
    }
    if (!isfinite(c->carrier_ppm)) {
        rule_skip(ret, "fewer than 4 other carriers that agree were measured meanwhile");
        return;
    }
    double off_ppm = fabs(c->carrier_ppm);
    if (off_ppm <= RULE_CARRIER_LOW_PPM) {
        rule_pass(ret);
        return;
    }
    rule_fire(ret, off_ppm > RULE_CARRIER_HIGH_PPM ? 0 : 1);
    rule_observed(ret, "%+.2f ppm against the median of %zu %s cells, standard error %.3f",
                  c->carrier_ppm, c->n_carrier_peers,
                  c->carrier_peers_confirmed ? "listed" : "other", c->carrier_se_ppm);
    rule_expected(ret, "within 0.05 ppm (0.1 for a pico cell), 3GPP TS 45.010 5.1");
    rule_text(ret,
              "The carrier is %+.2f ppm away from where %zu %s cells agree that it should be; a "
              "base station holds 0.05 ppm, a radio without a good reference does not.",
              c->carrier_ppm, c->n_carrier_peers, c->carrier_peers_confirmed ? "listed" : "other");
}

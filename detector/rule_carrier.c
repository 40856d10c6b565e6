/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules on the carrier frequency against the other cells': FP-01. */
#include <math.h>
#include <stdlib.h>

#include "detector/rules.h"

#define PEERS_CAP 64

/* An offset that one tuning of the receiver gave. */
struct measure {
    double ppm, se_ppm; /* NAN: none, or none good enough */
    double first_s, last_s;
};

static struct measure measure(const struct cell_state *s, double offset_hz, double se_hz,
                              uint32_t n_sch, double first_s, double last_s)
{
    struct measure m = {(double)NAN, (double)NAN, first_s, last_s};
    double hz = arfcn_downlink_hz(s->channel);
    if (hz <= 0.0 || !isfinite(offset_hz) || !isfinite(se_hz) || n_sch < RULE_CARRIER_SCH_MIN ||
        1e6 * se_hz / hz > RULE_CARRIER_SE_PPM)
        return m;
    m.ppm = 1e6 * offset_hz / hz;
    m.se_ppm = 1e6 * se_hz / hz;
    return m;
}

/* Mean over all that was heard, when that was without a break. */
static struct measure measure_all(const struct cell_state *s)
{
    if (s->observed_s < RULE_CARRIER_HEARD_RATIO * (s->last_s - s->first_s))
        return (struct measure){(double)NAN, (double)NAN, s->first_s, s->last_s};
    return measure(s, s->offset_hz, s->offset_se_hz, s->n_sch, s->first_s, s->last_s);
}

static struct measure measure_latest(const struct cell_state *s)
{
    const struct cell_carrier *c = &s->carrier;
    return measure(s, c->offset_hz, c->offset_se_hz, c->n_sch, c->first_s, c->last_s);
}

static bool together(const struct measure *a, const struct measure *b)
{
    double both_s = fmin(a->last_s, b->last_s) - fmax(a->first_s, b->first_s);
    double least_s = fmin(a->last_s - a->first_s, b->last_s - b->first_s);
    return isfinite(a->ppm) && isfinite(b->ppm) && both_s >= 0.5 * least_s;
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

/* How far the cell is from each of the others measured in the same tuning at the same time. */
static size_t collect(const struct rule_cell *cells, size_t n, size_t i, bool confirmed,
                      double ppm[PEERS_CAP])
{
    struct measure all = measure_all(cells[i].state), latest = measure_latest(cells[i].state);
    size_t n_peers = 0;
    for (size_t k = 0; k < n && n_peers < PEERS_CAP; k++) {
        if (k == i || (confirmed && !rule_is_confirmed(&cells[k])))
            continue;
        struct measure peer = measure_all(cells[k].state);
        struct measure peer_latest = measure_latest(cells[k].state);
        if (together(&all, &peer))
            ppm[n_peers++] = all.ppm - peer.ppm;
        else if (together(&latest, &peer_latest))
            ppm[n_peers++] = latest.ppm - peer_latest.ppm;
    }
    return n_peers;
}

/* Others that do not agree among themselves are no measure. */
static double difference_ppm(double *ppm, size_t n)
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
    struct measure all = measure_all(c->state), latest = measure_latest(c->state);
    c->carrier_se_ppm = isfinite(all.se_ppm) ? all.se_ppm : latest.se_ppm;
    c->carrier_ppm = (double)NAN;
    c->n_carrier_peers = 0;
    if (!isfinite(c->carrier_se_ppm))
        return;
    c->n_carrier_peers = collect(cells, n, i, true, ppm);
    c->carrier_peers_confirmed = c->n_carrier_peers >= RULE_CARRIER_PEERS;
    if (!c->carrier_peers_confirmed)
        c->n_carrier_peers = collect(cells, n, i, false, ppm);
    c->carrier_ppm = difference_ppm(ppm, c->n_carrier_peers);
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
        rule_skip(ret, "fewer than 3 other carriers that agree were measured meanwhile");
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

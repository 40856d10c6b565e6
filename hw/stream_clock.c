/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stream_clock.h"

#include <float.h>
#include <math.h>

#define SPAN_NS 1000000000

void stream_clock_init(struct stream_clock *c, double rate_hz, int patience_s, double least_loss_s)
{
    *c = (struct stream_clock){
        .rate_hz = rate_hz, .n_patience = patience_s, .least_loss_s = least_loss_s};
}

void stream_clock_start(struct stream_clock *c, int64_t t_ns, uint64_t samp)
{
    c->start_ns = t_ns;
    c->first_samp = samp;
    c->base_ns = 0;
    c->min_ns = DBL_MAX;
    c->span_end_ns = t_ns + SPAN_NS;
    c->n_high = 0;
    c->has_base = false;
}

static double lateness_ns(const struct stream_clock *c, int64_t t_ns, uint64_t samp_end)
{
    double taken_ns = (double)(samp_end - c->first_samp) / c->rate_hz * 1e9;
    return (double)(t_ns - c->start_ns) - taken_ns;
}

/* A span is over: what its least lateness means. */
static uint64_t judge_span(struct stream_clock *c)
{
    double rise_ns = c->min_ns - c->base_ns;
    double creep_ns = SPAN_NS * CLOCK_CREEP_PPM * 1e-6;
    if (!c->has_base || rise_ns <= creep_ns) {
        c->base_ns = c->min_ns;
        c->has_base = true;
        c->n_high = 0;
        return 0;
    }
    c->base_ns += creep_ns;
    if (rise_ns < c->least_loss_s * 1e9) {
        c->n_high = 0;
        return 0;
    }
    if (c->n_high == 0 || c->min_ns < c->high_min_ns)
        c->high_min_ns = c->min_ns;
    if (++c->n_high < c->n_patience)
        return 0;
    c->n_high = 0;
    double lost_ns = c->high_min_ns - c->base_ns;
    return lost_ns > 0 ? (uint64_t)llrint(lost_ns * 1e-9 * c->rate_hz) : 0;
}

uint64_t stream_clock_push(struct stream_clock *c, int64_t t_ns, uint64_t samp_end)
{
    uint64_t n_lost = 0;
    double late_ns = lateness_ns(c, t_ns, samp_end);
    /* the lost are counted as come, which brings the lateness back to its base */
    if (late_ns < c->base_ns)
        c->base_ns = late_ns;
    if (late_ns < c->min_ns)
        c->min_ns = late_ns;
    if (t_ns >= c->span_end_ns) {
        n_lost = judge_span(c);
        c->min_ns = DBL_MAX;
        c->span_end_ns = t_ns + SPAN_NS;
    }
    return n_lost;
}

uint64_t stream_clock_samp(const struct stream_clock *c, int64_t t_ns)
{
    double taken_s = ((double)(t_ns - c->start_ns) - c->base_ns) * 1e-9;
    return taken_s > 0 ? c->first_samp + (uint64_t)llrint(taken_s * c->rate_hz) : c->first_samp;
}

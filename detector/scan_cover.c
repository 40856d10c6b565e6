/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detector/scan_cover.h"

#include <math.h>

#include "gsm_const.h"

/* A tenth of a hertz: sums of frequencies in double are far better than that. */
#define SLACK_HZ 0.1

static const struct scan_range anywhere = {0, 1e12};

static size_t range_count(const struct scan_tuner *t)
{
    return t->n_ranges ? t->n_ranges : 1;
}

static const struct scan_range *range_get(const struct scan_tuner *t, size_t i)
{
    return t->n_ranges ? &t->range[i] : &anywhere;
}

/* Highest centre from which the carrier is heard, or NAN. */
static double highest_center(const struct scan_tuner *t, double hz)
{
    double best = (double)NAN;
    for (size_t i = 0; i < range_count(t); i++) {
        const struct scan_range *r = range_get(t, i);
        double center = fmin(r->to_hz, hz + t->reach_hz);
        if (center >= r->from_hz && center >= hz - t->reach_hz)
            best = isnan(best) ? center : fmax(best, center);
    }
    return best;
}

bool scan_tuner_hears(const struct scan_tuner *t, double hz)
{
    return !isnan(highest_center(t, hz));
}

/* Where the middle of the carriers lo..hi is put within one range; NAN: nowhere. */
static double place_in(const struct scan_tuner *t, const struct scan_range *r, double lo, double hi)
{
    double from = fmax(r->from_hz, hi - t->reach_hz), to = fmin(r->to_hz, lo + t->reach_hz);
    if (from > to + SLACK_HZ)
        return (double)NAN;
    double middle = fmin(fmax((lo + hi) / 2, from), to);
    double between = lo + (floor((middle - lo) / GSM_RASTER_HZ) + 0.5) * GSM_RASTER_HZ;
    if (between >= from - SLACK_HZ && between <= to + SLACK_HZ)
        return between;
    return middle;
}

static double place(const struct scan_tuner *t, double lo, double hi, double highest)
{
    double best = highest, middle = (lo + hi) / 2;
    for (size_t i = 0; i < range_count(t); i++) {
        double center = place_in(t, range_get(t, i), lo, hi);
        if (!isnan(center) && fabs(center - middle) < fabs(best - middle))
            best = center;
    }
    return best;
}

/* Each window is put as high as the lowest carrier that is left allows; none of another covering
 * can reach further, so none has fewer. */
size_t scan_cover(const struct scan_tuner *t, const double *hz, size_t n, struct scan_window *ret,
                  size_t cap)
{
    size_t n_windows = 0;
    for (size_t i = 0; i < n;) {
        double highest = highest_center(t, hz[i]);
        if (isnan(highest)) {
            i++;
            continue;
        }
        size_t first = i;
        while (i < n && hz[i] <= highest + t->reach_hz + SLACK_HZ)
            i++;
        if (n_windows < cap)
            ret[n_windows] =
                (struct scan_window){place(t, hz[first], hz[i - 1], highest), first, i - first};
        n_windows++;
    }
    return n_windows;
}

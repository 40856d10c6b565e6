/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sync - finds a synchronisation burst near where it is expected.
 *
 * in   the history, a place that may be off by SYNC_REACH_SYM symbols and a few hundred Hz
 * out  the place to about a third of a symbol, and how well the 64 training bits fit
 * ref  3GPP TS 45.002 5.2.5
 * cost about 30 us
 * thread the caller's scratch
 */
#ifndef DSP_SYNC_H
#define DSP_SYNC_H

#include "dsp/burst.h"

#define SYNC_REACH_SYM 24

/* Returns the share of the power that the training bits explain, 0..1, and writes the place. */
double sync_find(const struct burst_filter *f, struct burst_scratch *s, const struct history *h,
                 const struct burst_place *expected, struct burst_place *ret);
/* The same behind a filter that makes the whole stretch white: finds a burst under a neighbour
 * whose slope is louder. 0 when the stretch is white as it is. */
double sync_find_white(const struct burst_filter *f, struct burst_scratch *s,
                       const struct history *h, const struct burst_place *expected,
                       struct burst_place *ret);

/* The n strongest places that are 2 symbols and more apart, strongest first: beside a stronger cell
 * on the same carrier the right one need not be the first. */
struct sync_peak {
    struct burst_place place;
    double share;
};
void sync_list(const struct burst_filter *f, struct burst_scratch *s, const struct history *h,
               const struct burst_place *expected, int n, struct sync_peak *ret);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* burst - cuts one burst of one carrier straight out of the wide stream, one value a symbol.
 *
 * in   the history of the wide stream (any rate), where the burst begins, its carrier's frequency
 * out  complex symbols behind a root-raised-cosine filter (roll-off 0.3), derotated: a symbol is
 *      the channel's answer to +1 for bit 0 and -1 for bit 1
 * ref  3GPP TS 45.004 2 (GMSK as a linear modulation: Laurent), TS 45.002 5.2
 * cost see bench_receiver; proportional to the input rate
 * thread the filter is constant and shared; one scratch per thread
 *
 * Only the bursts that carry something are cut, so no channel is ever computed as a whole: an
 * eighth of the time at most, for each carrier, at any rate and any offset from the raster.
 */
#ifndef DSP_BURST_H
#define DSP_BURST_H

#include <stddef.h>
#include <stdint.h>

#include "dsp/history.h"

/* Symbols before bit 0 and after bit 147 that burst_cut may be asked for. */
#define BURST_LEAD_SYM  40
#define BURST_TRAIL_SYM 40
#define BURST_CUT_MAX   240

/* A bit lasts from half a symbol before the middle of its phase pulse to half a symbol after it;
 * its linear (C0) pulse is strongest this many symbols after its start. TS 45.004 2.5 puts its
 * time reference into that middle, half a symbol later than the start here. */
#define BURST_PEAK_SYM 1.0

struct burst_filter;
struct burst_scratch;

/* rate_hz 270e3..25e6. 0, -EINVAL, -ENOMEM. */
int burst_filter_create(struct burst_filter **ret, double rate_hz);
void burst_filter_destroy(struct burst_filter *f);
int burst_scratch_create(struct burst_scratch **ret, const struct burst_filter *f);
void burst_scratch_destroy(struct burst_scratch *s);

/* Where a burst is. */
struct burst_place {
    double start_samp; /* start of bit 0 */
    double sym_samp;   /* samples per symbol */
    double offset_hz;  /* of the carrier from the centre of the wide stream */
};

/* Writes symbols first .. first+n-1 (complex, interleaved) of the burst; first >= -BURST_LEAD_SYM,
 * n <= BURST_CUT_MAX. A carrier of power P (full scale 1) gives symbols of mean power P * samples
 * per symbol; white noise of variance v per sample gives variance v. */
void burst_cut(const struct burst_filter *f, struct burst_scratch *s, const struct history *h,
               const struct burst_place *at, int first, int n, float *out);

#endif

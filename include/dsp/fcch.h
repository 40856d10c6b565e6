/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fcch - looks for frequency-correction bursts of every channel of the wide stream at once.
 *
 * in   the history of the wide stream; the channels in view
 * out  hits: where, at which frequency, how pure a tone
 * ref  3GPP TS 45.002 5.2.4: 148 symbols of a tone 67.7 kHz above the carrier
 * cost one FFT of 142 symbols each quarter of that, whatever the number of channels
 * thread fcch_scan_run: tasks over disjoint hops may run in parallel, one work area each
 */
#ifndef DSP_FCCH_H
#define DSP_FCCH_H

#include <stddef.h>
#include <stdint.h>

#include "dsp/history.h"

/* A tone is looked for within this of where the channel's carrier would put it. */
#define FCCH_REACH_HZ 79e3 /* 75 kHz and two bins of a window */

struct fcch_hit {
    size_t channel;    /* index as given to fcch_create */
    double start_samp; /* of bit 0; within about 10 symbols */
    double offset_hz;  /* of the carrier from the centre of the stream; within about 200 Hz */
    double purity;     /* share of the channel's power that is in the tone, 0..1 */
};

struct fcch;

/* carrier_hz: offsets of the n channels from the centre. */
int fcch_create(struct fcch **ret, double rate_hz, const double *carrier_hz, size_t n, int jobs);
void fcch_destroy(struct fcch *f);

/* Samples that one window takes, and from one window to the next. */
size_t fcch_window_samp(const struct fcch *f);
size_t fcch_hop_samp(const struct fcch *f);

/* Begins a scan of windows starting at from, from + hop, ...; returns how many there are up to
 * `end`. At most fcch_hops_max of them. */
size_t fcch_scan_begin(struct fcch *f, int64_t from, int64_t end);
size_t fcch_hops_max(const struct fcch *f);
/* Computes windows first .. first+n-1 of the scan. */
void fcch_scan_run(struct fcch *f, const struct history *h, size_t first, size_t n, int worker);
/* Picks the hits of the scan, in order of channel and time. The first and last two windows only
 * serve as neighbours, so scans should overlap by four hops. */
size_t fcch_scan_hits(struct fcch *f, struct fcch_hit *ret, size_t cap);

#endif

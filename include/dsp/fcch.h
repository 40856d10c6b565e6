/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fcch - looks for frequency-correction bursts of every channel of the wide stream at once.
 *
 * in   the history of the wide stream; the channels in view
 * out  hits: where, at which frequency, how pure a tone
 * ref  3GPP TS 45.002 5.2.4: 148 symbols of a tone 67.7 kHz above the carrier
 * cost one FFT of 74 symbols each 74 symbols, whatever the number of channels; a closer look
 *      (dsp/tone.h) at what stands out of the spectrum around it
 * thread fcch_scan_run: tasks over disjoint windows may run in parallel, one work area each
 */
#ifndef DSP_FCCH_H
#define DSP_FCCH_H

#include <stddef.h>
#include <stdint.h>

#include "dsp/history.h"

/* A tone is looked for within this of where the channel's carrier would put it. */
#define FCCH_REACH_HZ 79e3 /* 75 kHz and a bin of a window */

struct fcch_hit {
    size_t channel;    /* index as given to fcch_create */
    double start_samp; /* of bit 0; within about 2 symbols at 3 dB, 6 at -6 dB */
    double offset_hz;  /* of the carrier from the centre of the stream; within 50 Hz at 3 dB */
    double purity;     /* share of the power within 25 kHz of the tone that is the tone, 0..1 */
};

struct fcch;

/* carrier_hz: offsets of the n channels from the centre. */
int fcch_create(struct fcch **ret, double rate_hz, const double *carrier_hz, size_t n, int jobs);
void fcch_destroy(struct fcch *f);

/* Samples that one window takes: the next one begins there. */
size_t fcch_window_samp(const struct fcch *f);
/* Samples that must follow a window: the burst may end there. */
size_t fcch_margin_samp(const struct fcch *f);

/* How far down a scan goes: to Es/N0 -6 dB, or to 0 dB at a third of the cost where cells are on
 * the air. */
enum fcch_depth { FCCH_WEAK = 0, FCCH_CLEAR };

/* Begins a scan of windows starting at from, from + window, ...; returns how many there are whose
 * margin ends before `end`. At most fcch_hops_max of them. */
size_t fcch_scan_begin(struct fcch *f, int64_t from, int64_t end, enum fcch_depth depth);
size_t fcch_hops_max(const struct fcch *f);
/* Computes windows first .. first+n-1 of the scan. */
void fcch_scan_run(struct fcch *f, const struct history *h, size_t first, size_t n, int worker);
/* Picks the hits of the scan, in order of channel and time. */
size_t fcch_scan_hits(struct fcch *f, struct fcch_hit *ret, size_t cap);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tone_runs - pure tones that come and go, anywhere in the wide stream.
 *
 * in   a stretch of the history, at whatever rate it really was taken
 * out  runs: when each began, how long it stayed, its frequency
 * cost one FFT of about 48 symbols every 24; some 20 ms a second of signal at 2.4 MS/s
 * thread pure function; allocates, so not for every block
 *
 * Unlike dsp/fcch it expects no length, no place and no frequency: it is asked only when a
 * recording seems to hold no cell, to see why.
 */
#ifndef DSP_TONE_RUNS_H
#define DSP_TONE_RUNS_H

#include <stddef.h>
#include <stdint.h>

#include "dsp/history.h"

struct tone_run {
    double start_samp; /* within about 12 symbols */
    double n_samp;     /* within about 24 symbols */
    double offset_hz;  /* from the centre of the stream, within about 500 Hz */
};

/* Runs of at least two windows that began and ended within from .. end-1, in the order of their
 * ends; at most cap. Returns their number or -ENOMEM. */
long tone_runs_find(const struct history *h, double rate_hz, int64_t from, int64_t end,
                    struct tone_run *ret, size_t cap);

#endif

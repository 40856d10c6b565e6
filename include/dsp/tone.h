/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tone - is what looks like a tone in one window really a burst of 148 symbols of tone?
 *
 * in   the history of the wide stream, where and at which frequency to look
 * out  where the burst begins, its frequency, what share of the power around it is the tone
 * ref  3GPP TS 45.002 5.2.4; maximum likelihood over place and frequency
 * cost about 8 us at 2.4 MS/s, proportional to the rate
 * thread the object is constant; one scratch per thread
 *
 * The signal is brought down to 68 kHz around the tone under Hann windows of 8 symbols, whose side
 * lobes keep a carrier 40 dB stronger and 400 kHz away out. No FFT: the same bits on every machine.
 */
#ifndef DSP_TONE_H
#define DSP_TONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dsp/history.h"

/* Symbols of signal wanted before and after the window in which a tone was seen. */
#define TONE_MARGIN_SYM 102

struct tone_burst {
    double start_samp; /* of bit 0; within about 2 symbols */
    double tone_hz;    /* from the centre of the stream */
    double purity;     /* 0..1: 0.57 at Es/N0 -6 dB in white noise */
};

struct tone;
struct tone_scratch;

/* window_samp: length of the window in which a tone is seen first, at most 74 symbols. */
int tone_create(struct tone **ret, double rate_hz, size_t window_samp);
void tone_destroy(struct tone *t);
int tone_scratch_create(struct tone_scratch **ret, const struct tone *t);
void tone_scratch_destroy(struct tone_scratch *s);

/* A tone near tone_hz, within 3 kHz, was seen in the window that starts at `from`. False: it does
 * not begin and end as a burst does. */
bool tone_find(const struct tone *t, struct tone_scratch *s, const struct history *h, int64_t from,
               double tone_hz, struct tone_burst *ret);

#endif

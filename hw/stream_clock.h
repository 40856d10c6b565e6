/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stream_clock - which sample is being taken now, and how many never came.
 *
 * A receiver sends no time. Samples can only come late, never early, so the earliest arrival of a
 * span tells where the stream stands against the monotonic clock. A lateness that stays is a loss;
 * one that goes away was a busy computer. The crystal may be off by CLOCK_CREEP_PPM.
 *
 * in   time of arrival in ns, index of the sample behind the last that came
 * out  number of samples lost, rarely not 0
 * cost some additions a transfer
 * thread plain value
 */
#ifndef HW_STREAM_CLOCK_H
#define HW_STREAM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_CREEP_PPM 300.0 /* cheap crystals are within 100, computers within 100 */

struct stream_clock {
    double rate_hz;
    int64_t start_ns; /* lateness is counted from here and first_samp */
    uint64_t first_samp;
    double base_ns;     /* lateness of a sample that comes at once */
    double min_ns;      /* least lateness of the span under way */
    double high_min_ns; /* least lateness of the spans above base */
    int64_t span_end_ns;
    int n_high, n_patience; /* spans above base, and how many of them are a loss */
    double least_loss_s;    /* shorter ones are not told from jitter */
    bool has_base;
};

/* patience: seconds for which a lateness must stay to be a loss. */
void stream_clock_init(struct stream_clock *c, double rate_hz, int patience_s, double least_loss_s);
/* The stream begins, or begins again, with sample samp at about t_ns. */
void stream_clock_start(struct stream_clock *c, int64_t t_ns, uint64_t samp);
/* Samples up to samp_end have come at t_ns. Returns how many were lost before; the caller counts
 * them as if they had come (adds them to its index). */
uint64_t stream_clock_push(struct stream_clock *c, int64_t t_ns, uint64_t samp_end);
/* Index of the sample taken at t_ns. */
uint64_t stream_clock_samp(const struct stream_clock *c, int64_t t_ns);

#endif

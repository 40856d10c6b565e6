/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cell_clock - when each frame of one transmitter begins, and on which frequency.
 *
 * in   timing and frequency errors measured on its bursts
 * out  the place of timeslot 0 of any frame, in samples; carrier offset
 * ref  TS 45.010 5.1; a two-state Kalman filter (time, rate) and a one-state one (frequency)
 * cost nothing
 * thread plain value
 *
 * Carrier and symbols of a base station come from one crystal, and so do the receiver's tuning and
 * sampling: the carrier's offset tells the length of a frame before anything was measured.
 */
#ifndef GSM_CELL_CLOCK_H
#define GSM_CELL_CLOCK_H

#include <stdint.h>

#include "dsp/burst.h"

struct cell_clock {
    double rate_hz;
    uint32_t fn_zero;                  /* frame number of frame index 0 */
    int64_t frame;                     /* the frame that samp belongs to */
    double samp;                       /* where bit 0 of its timeslot 0 starts */
    double frame_samp;                 /* samples a frame */
    double offset_hz;                  /* carrier from the centre of the stream */
    double time_var, cross, slope_var; /* symbols^2, symbols^2/frame, (symbols/frame)^2 */
    double offset_var;                 /* Hz^2 */
};

/* place: of the SCH whose frame number is fn. carrier_hz: nominal carrier (absolute);
 * nominal_hz: its nominal offset from the centre. */
void cell_clock_init(struct cell_clock *c, double rate_hz, uint32_t fn,
                     const struct burst_place *place, double carrier_hz, double nominal_hz);

/* Where timeslot 0 of the frame with this index is (index 0 = the SCH of init). */
struct burst_place cell_clock_place(const struct cell_clock *c, int64_t frame);
uint32_t cell_clock_fn(const struct cell_clock *c, int64_t frame);
/* Frame index (fractional) at a sample. */
double cell_clock_frame_at(const struct cell_clock *c, double samp);
/* Frame number at sample 0, 0 <= x < GSM_HYPERFRAME. */
double cell_clock_epoch(const struct cell_clock *c);

/* The transmitter was found this many symbols later than predicted, for good. */
void cell_clock_move(struct cell_clock *c, double late_sym);

/* late_sym: bursts around `frame` came this much later than predicted, with this variance;
 * off_hz: their carrier was this much higher than predicted. Keeps frame_samp within reason. */
void cell_clock_learn(struct cell_clock *c, int64_t frame, double late_sym, double late_var,
                      double off_hz, double off_var);

#endif

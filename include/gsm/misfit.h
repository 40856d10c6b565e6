/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misfit - why a recording that holds GSM gives no cell: another rate, I and Q swapped, a crystal
 * or a centre frequency further off than is searched.
 *
 * in   pure tones that come and go (dsp/tone_runs.h)
 * out  what would make FCCH bursts of them
 * ref  3GPP TS 45.002 clause 7: FCCH in frames 0, 10, 20, 30, 40 of 51, of 148 symbols; TS 45.005
 *      clause 2: carriers at multiples of 200 kHz
 * thread pure functions
 *
 * The pattern of four distances of 10 frames and one of 11 tells the rate whatever it is. At the
 * right rate the frame time tells the crystal's error to some 10 ppm, which picks one of the
 * explanations of where the tone stands: carriers are 200 kHz apart, and a mirrored tone stands
 * 135 kHz below its place.
 */
#ifndef GSM_MISFIT_H
#define GSM_MISFIT_H

#include <stdbool.h>
#include <stddef.h>

#include "dsp/tone_runs.h"

enum misfit_kind {
    MISFIT_NONE = 0,
    MISFIT_RATE,    /* rate_hz */
    MISFIT_SWAPPED, /* I and Q: the spectrum is mirrored */
    MISFIT_CRYSTAL, /* ppm */
    MISFIT_CENTER   /* center_off_hz */
};

struct misfit {
    enum misfit_kind kind;
    double rate_hz;       /* rate that was meant */
    double ppm;           /* error of the receiver's crystal, as --ppm takes it */
    double center_off_hz; /* carriers stand this much above the raster, -100..100 kHz */
};

/* As stated. A carrier within reach_hz of where a channel should be needs no explanation. With
 * cells that were read nothing is mirrored. Around -34, 72 and -140 ppm at 945 MHz (where the
 * mirrored tone stands on the plain one's place) only that tells the two apart. */
struct misfit_stated {
    double rate_hz, center_hz, ppm, reach_hz;
    bool has_cells;
};

/* Reorders run. */
struct misfit misfit_find(struct tone_run *run, size_t n, const struct misfit_stated *stated);
/* The same for what the history holds: 0 or -ENOMEM. About 20 ms a second of signal at 2.4 MS/s. */
int misfit_look(const struct history *h, const struct misfit_stated *stated, struct misfit *ret);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* center_check - are the channel numbers right, or was the centre frequency stated wrongly?
 *
 * in   all cells heard, with what the lists say about each
 * out  by how much the stated centre is off, and whether channel numbers can be believed
 * ref  docs/rules.md "Channel numbers"; TS 45.010 5.1: carrier and clock from one source
 * cost n^2 comparisons
 * thread pure functions on values
 */
#ifndef DETECTOR_CENTER_CHECK_H
#define DETECTOR_CENTER_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "detector/rules.h"

/* A base station takes carrier and clock from one source (0.05 ppm), a receiver samples and tunes
 * with one crystal, so the errors of carrier and clock are equal. A receiver that tunes with
 * another crystal than it samples with: 10 ppm is what a compensated or trimmed one is off, and
 * half as much again is room for measuring. */
#define CENTER_CLOCK_PPM 15.0
/* What the clock of a short recording is good for. */
#define CENTER_ROUND_HZ 10e3
/* Synchronisation bursts behind a clock that counts, half a second; and its standard error, which
 * leaves five of them below CENTER_CLOCK_PPM. */
#define CENTER_SCH_MIN      10
#define CENTER_CLOCK_SE_PPM 3.0
/* Listed cells that have to be shifted alike, and how many times as many as stand in place. */
#define CENTER_LISTED_MIN  2
#define CENTER_LISTED_OVER 4

struct center_check {
    bool doubt;        /* channel numbers are not to be believed */
    bool sure;         /* listed cells say which whole steps error_hz has */
    double error_hz;   /* stated minus true centre; 0: nothing is wrong */
    double clock_ppm;  /* median of carrier offset plus clock; NAN: no cell with IQ */
    double clock_hz;   /* part that carrier against clock shows; within half a raster step */
    double listed_hz;  /* part that the lists show: whole raster steps */
    size_t n_listed;   /* cells that a list knows with an ARFCN in the band where they stand */
    size_t n_in_place; /* of these: on the ARFCN that the list says */
};

/* scratch: room for n values. Cells without IQ measurements say nothing of the clock. */
void center_check_run(const struct rule_cell *cells, size_t n, double *scratch,
                      struct center_check *ret);

#endif

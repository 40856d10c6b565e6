/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scan_cover - the fewest windows of a tuner in which a set of carriers can be heard.
 *
 * in   carriers in Hz, ascending; how wide a window is, where it can be put
 * out  centre frequencies, ascending, and which carriers lie in each
 * cost linear in carriers and windows
 * thread pure functions
 */
#ifndef DETECTOR_SCAN_COVER_H
#define DETECTOR_SCAN_COVER_H

#include <stdbool.h>
#include <stddef.h>

#define SCAN_RANGE_CAP 4

/* Where the centre may be, both ends included. */
struct scan_range {
    double from_hz, to_hz;
};

struct scan_tuner {
    double reach_hz; /* carriers up to this far from the centre are heard */
    size_t n_ranges; /* ascending, not overlapping; 0: anywhere */
    struct scan_range range[SCAN_RANGE_CAP];
};

struct scan_window {
    double center_hz;
    size_t first, n; /* of the carriers */
};

/* Can a carrier be heard at all? */
bool scan_tuner_hears(const struct scan_tuner *t, double hz);

/* Writes at most cap windows; returns how many are needed. No covering of the carriers has fewer.
 * Carriers that the tuner cannot hear are in none. The centre is put as near to the middle of its
 * carriers as a place half-way between two channels allows, where a receiver's own tone at its
 * centre hurts least. */
size_t scan_cover(const struct scan_tuner *t, const double *hz, size_t n, struct scan_window *ret,
                  size_t cap);

#endif

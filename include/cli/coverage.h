/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coverage - which parts of the GSM bands were listened to, and why not the others.
 *
 * in   what of each channel is known: heard for so long, or a reason
 * out  rows by band and frequency; neighbouring channels with the same answer are one row
 * thread plain value
 */
#ifndef CLI_COVERAGE_H
#define CLI_COVERAGE_H

#include <stddef.h>

#include "detector/store.h"
#include "gsm/arfcn.h"

#define COVERAGE_CHANNELS_CAP 1024

struct coverage {
    struct store_coverage *rows; /* owned */
    size_t n, cap;
    size_t n_heard;  /* channels */
    double *heard_s; /* of a capture: seconds heard by band and number, -1 for none */
    double *first_s;
};

/* A stretch of IQ: the wanted channels whose carrier lies in the window, n_channels of them as the
 * receiver counted, were heard for so long. Windows add up. */
int coverage_add_window(struct coverage *c, double rate_hz, double center_hz, unsigned band_mask,
                        const struct arfcn *only, size_t n_only, size_t n_channels,
                        double signal_s);
/* Rows of all windows that were added. */
int coverage_from_windows(struct coverage *c, unsigned band_mask, const struct arfcn *only,
                          size_t n_only);
/* Both, for one window. */
int coverage_from_window(struct coverage *c, double rate_hz, double center_hz, unsigned band_mask,
                         const struct arfcn *only, size_t n_only, size_t n_channels,
                         double signal_s);

/* A capture: channels that frames came from, told one by one. */
int coverage_add_frame(struct coverage *c, struct arfcn channel, double at_s);
int coverage_from_frames(struct coverage *c, double signal_s);

void coverage_clear(struct coverage *c);

#endif

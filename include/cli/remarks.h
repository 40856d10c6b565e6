/* SPDX-License-Identifier: GPL-3.0-or-later */
/* remarks - sentences about the quality of a recording: what a careful reader must know of it.
 *
 * thread plain value
 */
#ifndef CLI_REMARKS_H
#define CLI_REMARKS_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/recording.h"
#include "gsm/receiver.h"

#define REMARKS_CAP     16
#define REMARK_TEXT_CAP 300

struct remarks {
    size_t n;
    const char *list[REMARKS_CAP];
    char text[REMARKS_CAP][REMARK_TEXT_CAP];
};

/* Adds what the samples show: NaN, clipping, gaps, another rate. */
void remarks_add_stats(struct remarks *r, const struct receiver_stats *stats, double rate_hz);
/* Adds what the capture holds beside downlink frames. */
void remarks_add_counts(struct remarks *r, const struct gsmtap_counts *counts);
/* Adds what carriers, clocks and lists say of the centre frequency; error: stated minus true,
 * nothing is added when 0. sure: whole steps of 200 kHz are in it. */
void remarks_add_center(struct remarks *r, double error_hz, bool sure, double center_hz);
/* Adds the notes of the recording itself. */
void remarks_add_notes(struct remarks *r, const struct recording *recording);
__attribute__((format(printf, 2, 3))) void remarks_add(struct remarks *r, const char *fmt, ...);

#endif

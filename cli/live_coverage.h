/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live_coverage - what of the GSM bands a survey listened to, as rows and as a sentence; private to
 * cli. */
#ifndef CLI_LIVE_COVERAGE_H
#define CLI_LIVE_COVERAGE_H

#include "cli/coverage.h"
#include "detector/scan_plan.h"

/* Replaces the rows. Channels side by side with the same answer are one row; of those that were
 * heard for about as long, the shortest time stands. 0 or -ENOMEM. */
int live_coverage_rows(struct coverage *c, const struct scan_plan *p);
/* One paragraph: heard, without a cell, not heard and why, lost. */
void live_coverage_text(const struct scan_plan *p, double lost_s, char *ret, size_t cap);
/* Every channel that was asked for was heard. */
bool live_coverage_complete(const struct scan_plan *p);

#endif

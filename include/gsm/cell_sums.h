/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cell_sums - the running sums behind one cell_report.
 *
 * Failures count only once something after them succeeds: what a transmitter did not send, before
 * it came on the air or after it went off, is no failure.
 *
 * thread plain value
 */
#ifndef GSM_CELL_SUMS_H
#define GSM_CELL_SUMS_H

#include <stdbool.h>
#include <stdint.h>

#include "dsp/equalizer.h"
#include "gsm/cell_report.h"

/* What one burst adds to the sums. */
struct cell_burst_stat {
    double offset_hz, offset_weight; /* weight: 1 / variance */
    double energy, es, n0, phase_err2;
};

struct cell_burst_stat cell_burst_stat_of(const struct burst_soft *b, double offset_hz,
                                          double sym_hz);

struct cell_sums {
    struct cell_report report; /* counts and SI gather here */
    bool any;
    bool leading; /* nothing has succeeded yet: failures before it are not counted */
    double n_bursts, energy, es, n0, phase_err2;
    double offset_sum, offset_weight, offset_sum2;
    uint32_t open_sch, open_bcch, open_ccch; /* failures since the last success */
};

void cell_sums_init(struct cell_sums *s, struct arfcn channel, int bsic);
void cell_sums_begin_backlog(struct cell_sums *s);
/* Only bursts of what decoded are added: noise before and after is no property of the cell. */
void cell_sums_add_burst(struct cell_sums *s, const struct cell_burst_stat *b);
void cell_sums_count_sch(struct cell_sums *s, bool ok, uint32_t fn, double at_s);
void cell_sums_count_block(struct cell_sums *s, bool bcch, uint32_t fn, double at_s);
void cell_sums_fail_block(struct cell_sums *s, bool bcch);
void cell_sums_add_si(struct cell_sums *s, const uint8_t *l2, uint32_t fn, double at_s,
                      bool repaired);
bool cell_sums_any(const struct cell_sums *s);
/* Writes the report and starts the next. sps: samples per symbol, for the level. */
void cell_sums_finish(struct cell_sums *s, double sps, struct cell_report *ret);

#endif

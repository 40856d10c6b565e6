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
#include "dsp/gauge.h"
#include "gsm/cell_report.h"

/* What one burst adds to the sums. */
struct cell_burst_stat {
    double offset_hz, offset_weight; /* weight: 1 / variance */
    double energy, es, n0, phase_err2;
};

struct cell_burst_stat cell_burst_stat_of(const struct burst_soft *b, double offset_hz,
                                          double sym_hz);

/* A burst all of whose bits are known, measured, and where it had been expected. */
struct cell_measured {
    struct gauge gauge;
    double offset_hz; /* its carrier minus nominal: predicted and ramp */
    double sym_hz;    /* symbol rate when it was cut */
    double at_sym;    /* where it was expected: samples over nominal samples a symbol */
    uint32_t fn;
};

/* Straight line through arrival times: frames since the first against symbols late. */
struct cell_line {
    uint32_t fn;
    double at_sym, n, w, x, y, xx, xy, yy;
};

/* Sums over measured bursts. */
struct cell_measures {
    double n, energy, noise, across, along, carrier4;
    double tap_power[CHANNEL_TAPS];
    double n_groups, offset, offset_weight, offset2;
    struct cell_line line;
    double n_lost, lost_power; /* bursts of what was sent but did not decode: total power */
};

struct cell_sums {
    struct cell_report report; /* counts and SI gather here */
    bool any;
    bool leading; /* nothing has succeeded yet: failures before it are not counted */
    double n_bursts, energy, es, n0, phase_err2;
    double offset_sum, offset_weight, offset_sum2;
    struct cell_measures measures;
    uint32_t open_sch, open_bcch, open_ccch; /* failures since the last success */
    double n_open, open_power;
};

void cell_sums_init(struct cell_sums *s, struct arfcn channel, int bsic);
void cell_sums_begin_backlog(struct cell_sums *s);
/* Only bursts of what decoded are added: noise before and after is no property of the cell. */
void cell_sums_add_burst(struct cell_sums *s, const struct cell_burst_stat *b);
/* The n bursts (1..4) of one SCH or block, as one: they fade together. With any the figures
 * of the report come from them alone. */
void cell_sums_add_measured(struct cell_sums *s, const struct cell_measured *m, int n);
/* Total power (noise included) of n bursts of what did not decode: a fade is part of the mean. */
void cell_sums_add_lost(struct cell_sums *s, double power, int n);
void cell_sums_count_sch(struct cell_sums *s, bool ok, uint32_t fn, double at_s);
void cell_sums_count_block(struct cell_sums *s, bool bcch, uint32_t fn, double at_s);
void cell_sums_fail_block(struct cell_sums *s, bool bcch);
void cell_sums_add_si(struct cell_sums *s, const uint8_t *l2, uint32_t fn, double at_s,
                      bool repaired);
bool cell_sums_any(const struct cell_sums *s);
/* Writes the report and starts the next. sps: nominal samples per symbol. */
void cell_sums_finish(struct cell_sums *s, double sps, struct cell_report *ret);

#endif

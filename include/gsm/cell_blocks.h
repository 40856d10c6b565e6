/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cell_blocks - gathers bursts to blocks, blocks to events and reports, for one transmitter.
 *
 * in   soft bits burst by burst, SCH results
 * out  lists of events and of reports (one per SI cycle)
 * ref  3GPP TS 45.002 clause 7, TS 44.018
 * cost 5 us a block
 * thread one object, one thread at a time
 *
 * The blocks of frames 22..49 of the multiframe are CCCH or, in a combined cell, SDCCH and SACCH,
 * which are nobody's business here. Until SI3 has said which, they wait undecoded.
 */
#ifndef GSM_CELL_BLOCKS_H
#define GSM_CELL_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include "dsp/equalizer.h"
#include "gsm/cell_clock.h"
#include "gsm/cell_report.h"
#include "gsm/cell_rx.h"
#include "gsm/gsm_event.h"

struct cell_blocks;

int cell_blocks_create(struct cell_blocks **ret, struct arfcn channel, int bsic, double rate_hz,
                       double nominal_hz, const uint8_t *key_seed, size_t n_key_seed_oct);
void cell_blocks_destroy(struct cell_blocks *b);

/* One burst and where it was. */
struct cell_burst {
    uint32_t fn;
    double samp;
    double offset_hz; /* from the centre, as predicted when it was cut */
    double sym_hz;    /* symbol rate, to turn the ramp into Hz */
    const struct burst_soft *soft;
    const float (*y)[2]; /* EQUALIZER_SYMS symbols, to measure once its bits are known; or NULL */
};

/* An SCH in its place: decoded with the expected content, or at least fitting it (told as assumed,
 * not counted as decoded), or neither. */
enum cell_sch { CELL_SCH_NONE = 0, CELL_SCH_FITS, CELL_SCH_DECODED };
void cell_blocks_push_sch(struct cell_blocks *b, const struct cell_burst *at, enum cell_sch got);
/* A burst of BCCH or CCCH. Returns true when it completed a block that decoded. */
bool cell_blocks_push(struct cell_blocks *b, const struct cell_burst *at);
/* SDCCH and SACCH of a combined cell need not even be cut. */
bool cell_blocks_combined(const struct cell_blocks *b);

/* The next bursts are older than those before: what is half gathered is dropped, and failures
 * before the first success are not counted (the cell may not have been on the air). */
void cell_blocks_begin_backlog(struct cell_blocks *b);
/* The backlog is done. */
void cell_blocks_end_backlog(struct cell_blocks *b);

/* Ends the report of the running SI cycle; at_end also decides what is still waiting. */
void cell_blocks_flush(struct cell_blocks *b, const struct cell_clock *clock,
                       double delay_spread_us, bool at_end);

/* Start of the oldest block that still waits undecoded, or has become an event that was not taken;
 * INFINITY without one. */
double cell_blocks_oldest_samp(const struct cell_blocks *b);

size_t cell_blocks_events(const struct cell_blocks *b, const struct gsm_event **ret);
size_t cell_blocks_reports(const struct cell_blocks *b, const struct cell_report **ret);
void cell_blocks_clear_events(struct cell_blocks *b);
void cell_blocks_clear_reports(struct cell_blocks *b);
void cell_blocks_set_tx(struct cell_blocks *b, uint64_t tx);
void cell_blocks_get_counts(const struct cell_blocks *b, struct cell_rx_counts *ret);

#endif

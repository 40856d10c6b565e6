/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cell_rx - the receiver of one transmitter, from its first SCH to its last block.
 *
 * in   the history of the wide stream; an SCH that decoded
 * out  events and reports in lists of its own, drained by gsm/receiver.c
 * ref  3GPP TS 45.002 clause 7; style of states below
 * cost about 15 us a burst at 2.4 MS/s
 * thread one cell on one worker at a time; work areas belong to workers
 *
 *            second SCH agrees, or a block; a clean SCH if the signal ends
 *   CANDIDATE ------------------------------------------------> TRACKED
 *       | nothing for 2 multiframes                                | nothing for 8 multiframes
 *       v                                                          v
 *     LOST (never reported)                                      LOST (last report sent)
 *
 * A cell is first followed forward; when it has learned the channel for a multiframe, the bursts
 * from before it was found are decoded too (backlog), so that no complete block is lost.
 */
#ifndef GSM_CELL_RX_H
#define GSM_CELL_RX_H

#include <stdbool.h>
#include <stdint.h>

#include "dsp/burst.h"
#include "dsp/equalizer.h"
#include "dsp/history.h"
#include "dsp/rival.h"
#include "gsm/arfcn.h"
#include "gsm/cell_report.h"
#include "gsm/gsm_event.h"
#include "gsm/sch.h"

enum cell_rx_state { CELL_CANDIDATE = 0, CELL_TRACKED, CELL_LOST };

/* What a worker needs to run any cell. */
struct cell_rx_work {
    struct burst_scratch *scratch;
    struct equalizer *equalizer;
    struct rival *rival;
    struct burst_in in[EQUALIZER_BATCH];
    struct burst_soft out[EQUALIZER_BATCH];
};

/* What all cells of a receiver share; constant while it runs. */
struct cell_rx_config {
    const struct history *history;
    const struct burst_filter *filter;
    double rate_hz;
    const uint8_t *key_seed;
    size_t n_key_seed_oct;
};

struct cell_rx_found {
    struct arfcn channel;
    double carrier_hz;        /* nominal, absolute */
    double nominal_hz;        /* nominal offset from the centre, --ppm taken into account */
    struct burst_place place; /* of the SCH */
    struct sch_info sch;
    double es_n0;               /* ratio */
    double power;               /* of the carrier, full scale 1 */
    struct channel_prior prior; /* taught by the SCH */
};

struct cell_rx;

int cell_rx_create(struct cell_rx **ret, const struct cell_rx_config *cfg,
                   const struct cell_rx_found *found);
void cell_rx_destroy(struct cell_rx *c);

/* Runs the cell as far as the history reaches; at_end: no more samples will come. */
void cell_rx_run(struct cell_rx *c, struct cell_rx_work *w, bool at_end);

enum cell_rx_state cell_rx_state(const struct cell_rx *c);
struct arfcn cell_rx_channel(const struct cell_rx *c);
void cell_rx_set_tx(struct cell_rx *c, uint64_t tx);

/* Is an FCCH that seems to start at this sample with this carrier offset one of this cell's? */
bool cell_rx_explains(const struct cell_rx *c, double fcch_samp, double offset_hz);

/* Is what was found this cell again: same BSIC, same frame number at the same time, another channel
 * at most 400 kHz away, or the mirror image? No two transmitters are like that, but a receiver
 * driven into its limits makes copies of a strong one beside it, one that is not balanced an image.
 */
bool cell_rx_is_copy(const struct cell_rx *c, const struct cell_rx_found *found);
/* Power of the carrier when it was found; gives a cell up without a report. */
double cell_rx_power(const struct cell_rx *c);
void cell_rx_give_up(struct cell_rx *c);

/* Is it the mirror image of a cell (gsm/mirror.h)? */
bool cell_rx_is_mirrored(const struct cell_rx *c);

/* Does `later` go on where c fell silent: same channel, BSIC and carrier, another clock? So it is
 * when samples are missing from a recording. */
bool cell_rx_goes_on(const struct cell_rx *c, const struct cell_rx *later);

/* Carrier as received minus nominal, Hz. */
double cell_rx_offset_hz(const struct cell_rx *c);

/* Lists since the last clear; borrowed until the next run or clear. Reports are held back until
 * the backlog is done, events are not. Empty for a candidate. */
/* No event that is still to come starts before this sample, but those of a backlog, which the
 * history bounds. */
double cell_rx_oldest_samp(const struct cell_rx *c);
size_t cell_rx_events(const struct cell_rx *c, const struct gsm_event **ret);
size_t cell_rx_reports(const struct cell_rx *c, const struct cell_report **ret);
void cell_rx_clear_lists(struct cell_rx *c);

struct cell_rx_counts {
    uint64_t n_sch, n_sch_failed, n_blocks, n_blocks_failed, n_blocks_repaired;
};
void cell_rx_get_counts(const struct cell_rx *c, struct cell_rx_counts *ret);

#endif

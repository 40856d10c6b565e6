/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gsmtap_cells - GSMTAP frames to events and cell reports: what cell_rx does for IQ.
 *
 * in   frames in time order (values, no pcap here)
 * out  gsm_event per block (blanked) and cell_report per transmitter and span
 * cost small
 * thread one object, one thread
 *
 * A capture has no BSIC and often no frame number. A transmitter is then told by its ARFCN and by
 * the CGI of its SI3 or SI4: another CGI on the same ARFCN is another transmitter. What came
 * before the first SI3 or SI4 since the scan came to the ARFCN is of the one that follows; what
 * never sees one is of the only transmitter there, or a transmitter without a name.
 */
#ifndef GSM_GSMTAP_CELLS_H
#define GSM_GSMTAP_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gsm/cell_report.h"
#include "gsm/gsm_event.h"

struct gsmtap_cells_frame {
    struct arfcn channel;
    uint32_t fn;
    double at_s;      /* seconds since the first packet */
    double level_dbm; /* NAN: not said */
    bool is_bcch;     /* else CCCH, PCH or AGCH */
    const uint8_t *l2;
    size_t n_oct;
};

struct gsmtap_cells;

int gsmtap_cells_create(struct gsmtap_cells **ret, const uint8_t *key_seed, size_t n_seed_oct);
void gsmtap_cells_destroy(struct gsmtap_cells *c);
/* Takes one frame; writes the blanked event. 0; -EINVAL for a frame of the wrong size, without a
 * channel of ours or without a time; -ENOSPC beyond 16384 transmitters or 131072 reports; -ENOMEM.
 * Frames refused are counted, and the next may be pushed. ret->samp is the time in seconds, since a
 * capture has no samples; offset_hz and snr_db are NAN, bit_errors is -1. */
int gsmtap_cells_push(struct gsmtap_cells *c, const struct gsmtap_cells_frame *frame,
                      struct gsm_event *ret);
/* Frames refused so far. */
uint64_t gsmtap_cells_count_refused(const struct gsmtap_cells *c);
/* At the end: reports, ascending by channel then time; borrowed until destroy. Push no more. */
size_t gsmtap_cells_finish(struct gsmtap_cells *c, const struct cell_report **ret);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gsmtap_cells - GSMTAP frames to events and cell reports: what cell_rx does for IQ.
 *
 * in   frames in time order (values, no pcap here)
 * out  gsm_event per block (blanked) and cell_report per transmitter and span
 * cost small
 * thread one object, one thread
 *
 * A capture has no BSIC and often no frame number. A transmitter is then told by its ARFCN and by
 * the CGI of its SI3 or SI4: another CGI on the same ARFCN is another transmitter.
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
    double at_s;          /* seconds since the first packet */
    double level_dbm;     /* NAN: not said */
    bool is_bcch;         /* else CCCH, PCH or AGCH */
    const uint8_t *l2;
    size_t n_oct;
};

struct gsmtap_cells;

int gsmtap_cells_create(struct gsmtap_cells **ret, const uint8_t *key_seed, size_t n_seed_oct);
void gsmtap_cells_destroy(struct gsmtap_cells *c);
/* Takes one frame; writes the blanked event. 0, or -EINVAL for a frame of the wrong size (counted). */
int gsmtap_cells_push(struct gsmtap_cells *c, const struct gsmtap_cells_frame *frame,
                      struct gsm_event *ret);
/* At the end: reports, ascending by channel then time; borrowed until destroy. */
size_t gsmtap_cells_finish(struct gsmtap_cells *c, const struct cell_report **ret);

#endif

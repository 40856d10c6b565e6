/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A capture of frames: each 32 octets of input are channel, time step, flags and a block. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "gsm/gsmtap_cells.h"

#define RECORD_OCT 32

static void check_reports(const struct cell_report *r, size_t n, size_t n_pushed)
{
    size_t n_blocks = 0;
    for (size_t i = 0; i < n; i++) {
        assert(r[i].tx != 0);
        assert(r[i].first_s <= r[i].last_s);
        assert(r[i].n_si <= CELL_REPORT_SI_CAP);
        assert(i == 0 || arfcn_compare(r[i - 1].channel, r[i].channel) <= 0);
        n_blocks += r[i].n_bcch + r[i].n_ccch;
    }
    assert(n_blocks == n_pushed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gsmtap_cells *c = NULL;
    struct gsm_event event;
    const struct cell_report *reports = NULL;
    double at_s = 0.0;
    size_t n_pushed = 0;
    if (gsmtap_cells_create(&c, data, size < 8 ? size : 8) != 0) {
        return 0;
    }
    for (; size >= RECORD_OCT; size -= RECORD_OCT, data += RECORD_OCT) {
        int number = (data[0] << 8 | data[1]) & 2047;
        at_s += (data[2] - 16) * 0.1;
        struct gsmtap_cells_frame frame = {
            .channel = {arfcn_band_of(number, data[3] & 1), number},
            .fn = (uint32_t)data[4] << 24 | (uint32_t)(data[5] << 16 | data[6] << 8 | data[7]),
            .at_s = data[3] & 8 ? at_s * 1e300 : at_s,
            .level_dbm = data[3] & 2 ? nan("") : -data[2],
            .is_bcch = (data[3] & 4) != 0,
            .l2 = data + 9,
            .n_oct = data[3] & 16 ? data[8] % (GSM_L2_OCT + 1u) : GSM_L2_OCT};
        n_pushed += gsmtap_cells_push(c, &frame, &event) == 0;
    }
    size_t n = gsmtap_cells_finish(c, &reports);
    check_reports(reports, n, n_pushed);
    gsmtap_cells_destroy(c);
    return 0;
}

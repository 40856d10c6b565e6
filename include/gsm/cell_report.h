/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cell_report - what one transmitter said and how it was heard during one span of signal.
 *
 * The value that crosses from the receiver to the detector: no pointers, no identities.
 * A receiver emits one per SI cycle (8 multiframes, 1.883 s) of a transmitter it tracks, and a
 * last one when it loses it or the signal ends. Reports of one transmitter share tx.
 *
 * thread plain value
 */
#ifndef GSM_CELL_REPORT_H
#define GSM_CELL_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "gsm/arfcn.h"
#include "gsm/paging.h"
#include "gsm/si.h"
#include "gsm_const.h"

#define CELL_REPORT_SI_CAP 24
/* Delays of the channel told: so many symbols (3.7 us each) from the centre of power. */
#define CELL_REPORT_TAPS_FIRST (-2)
#define CELL_REPORT_TAPS       6

/* One distinct content of a BCCH message in this span. */
struct cell_si_seen {
    enum si_type type;
    uint8_t l2[GSM_L2_OCT];
    uint32_t n_clean;    /* receptions that decoded without list or Fire decoding */
    uint32_t n_repaired; /* the others */
    uint32_t fn_first;
    uint32_t fn_last;
    double first_s; /* seconds of signal */
    double last_s;
    uint8_t tc_mask; /* bit tc: seen at TC = (FN / 51) mod 8 */
};

struct cell_report {
    /* who */
    uint64_t tx; /* number of the transmitter within this run: one clock, one place */
    struct arfcn channel;
    int bsic; /* 0..63, -1 when the source does not say (GSMTAP) */
    /* when, in seconds of signal since the first sample of the recording */
    double first_s;
    double last_s;
    bool fn_known; /* false for GSMTAP without frame numbers */
    uint32_t fn_first;
    uint32_t fn_last;
    double fn_epoch_frames; /* frame number at second 0 of signal, 0 <= x < GSM_HYPERFRAME */
    /* how it was heard; NAN where the source does not say */
    double level_dbfs;
    double level_dbm;       /* GSMTAP only */
    double snr_db;          /* Es/N0: mean carrier over mean of everything else */
    double offset_hz;       /* carrier received minus nominal, after --ppm; positive = high */
    double offset_se_hz;    /* standard error of offset_hz */
    double clock_ppm;       /* length of a frame against the sample clock, by arrival times alone:
                               positive = frames come too slowly */
    double clock_se_ppm;    /* standard error of clock_ppm */
    double phase_error_deg; /* rms, less what noise explains */
    double delay_spread_us; /* rms, of the channel alone */
    double
        taps_db[CELL_REPORT_TAPS]; /* mean power at six delays in a row, strongest 0; -99: none */
    uint32_t n_sch;                /* SCH decoded by themselves */
    uint32_t n_sch_failed;
    uint32_t n_bcch;
    uint32_t n_bcch_failed;
    uint32_t n_ccch;
    uint32_t n_ccch_failed;
    /* what it said */
    uint32_t n_si;
    uint32_t n_si_lost; /* distinct contents beyond the capacity */
    struct cell_si_seen si[CELL_REPORT_SI_CAP];
    struct paging_tally paging;
    struct assign_tally assign;
};

/* Adds one received message to the report: to the entry of equal octets, or a new one. */
void cell_report_add_si(struct cell_report *rep, const uint8_t *l2, uint32_t fn, double at_s,
                        bool repaired);

#endif

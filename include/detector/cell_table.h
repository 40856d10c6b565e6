/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cell_table - what every transmitter heard so far has said, and how it was heard.
 *
 * in   cell_report values in time order
 * out  one cell_state per transmitter: channel + BSIC + frame-number clock, never ARFCN alone
 * ref  TS 45.002 4.3.3 (frame number), TS 45.010 5.1 (clock of a base station)
 * cost a linear search over the cells per report; memory grows with distinct SI contents, which
 *      are capped per cell
 * thread one object, one thread
 *
 * Two transmitters that announce one CGI stay two cells, also on one ARFCN: their frame-number
 * clocks differ. A transmitter that changes its identity stays one cell.
 */
#ifndef DETECTOR_CELL_TABLE_H
#define DETECTOR_CELL_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gsm/arfcn.h"
#include "gsm/cell_report.h"
#include "gsm/paging.h"

/* Frame-number clocks of two spans belong to one transmitter within these: receivers' crystals
 * are off by up to 100 ppm, and a span's epoch is good to a frame or two. */
#define CELL_EPOCH_TOLERANCE_FRAMES 2.0
#define CELL_EPOCH_TOLERANCE_PPM    100.0
/* Spans of different tx that overlap longer than this are two transmitters at one time. */
#define CELL_OVERLAP_S 0.5
/* Distinct SI contents kept per cell; an honest cell has about 10, with handover of BA lists 30. */
#define CELL_SI_CAP 256
/* Runs of one location identity kept per cell. */
#define CELL_LAI_CAP 32
/* Paging is counted per window of signal. */
#define CELL_PAGING_WINDOW_S   30.0
#define CELL_PAGING_WINDOW_CAP 8
/* Paged identities of a window are compared by the smallest of their keyed tags. */
#define CELL_TAG_CAP 96

/* Consecutive receptions of SI3 with one location area and cell identity. */
struct cell_lai_run {
    char mcc[4];
    char mnc[4];
    int lac;
    int ci;
    double first_s, last_s;
    uint32_t fn_first, fn_last;
    uint32_t n_clean;
    uint8_t l2[GSM_L2_OCT]; /* the first message of the run */
};

/* Common control channel of one window; number is floor(time / CELL_PAGING_WINDOW_S), -1 for an
 * unused one. The tags are the CELL_TAG_CAP smallest distinct ones of one key, ascending: a sample
 * of the identities that is the same sample on every cell (k minimum values). */
struct cell_paging_window {
    int64_t number;
    double observed_s;
    uint32_t n_identities; /* IMSI + TMSI + others, not messages */
    uint32_t n_ccch, n_ccch_failed;
    uint32_t n_request_reference, n_location_update; /* of immediate assignments */
    uint32_t tag_epoch;
    uint32_t n_tag;
    uint32_t tag[CELL_TAG_CAP];
};

/* Carrier in the latest report that measured it: within one tuning of the receiver. */
struct cell_carrier {
    double offset_hz, offset_se_hz; /* NAN: never measured */
    double first_s, last_s;
    uint32_t n_sch;
};

struct cell_mean {
    double sum, weight;
};

/* Mean of values that state their own standard errors. */
struct cell_measure {
    double n, weight, sum, sum2, var; /* var: of weight^2 * error^2 */
};

struct cell_state {
    uint64_t tx; /* of the first report */
    struct arfcn channel;
    int bsic; /* -1: not known */
    double first_s, last_s;
    bool fn_known;
    uint32_t fn_first, fn_last;
    double fn_epoch_frames;   /* frame number at second 0 of signal, from the first report */
    double epoch_last_frames; /* from the latest report; drifts with the receiver's crystal */
    double epoch_last_s;
    /* means weighted by SCH count, the clock by its error; NAN while nobody said */
    double level_dbfs, level_dbm, snr_db, offset_hz, offset_se_hz;
    struct cell_carrier carrier;
    double clock_ppm, clock_se_ppm, phase_error_deg, delay_spread_us;
    double taps_db[CELL_REPORT_TAPS];
    struct cell_mean mean[5], tap[CELL_REPORT_TAPS];
    struct cell_measure offset, clock;
    uint32_t n_sch, n_sch_failed, n_bcch, n_bcch_failed, n_ccch, n_ccch_failed;
    uint32_t n_reports;
    double observed_s; /* sum of the spans */
    /* distinct contents in order of type, then first_s, then octets; owned by the table */
    struct cell_si_seen *si;
    size_t n_si, cap_si;
    uint32_t n_si_lost;
    struct cell_lai_run lai[CELL_LAI_CAP]; /* oldest first */
    size_t n_lai;
    uint32_t n_lai_lost; /* runs that were pushed out */
    struct paging_tally paging;
    struct assign_tally assign;
    struct cell_paging_window paging_window[CELL_PAGING_WINDOW_CAP]; /* by number modulo cap */
};

struct cell_table;

/* 0 or -ENOMEM. */
int cell_table_create(struct cell_table **ret);
void cell_table_destroy(struct cell_table *t);
/* Merges a report into its cell, or a new one. 0, -ENOMEM, or -EINVAL for a report whose times
 * are not numbers or run backwards. */
int cell_table_push(struct cell_table *t, const struct cell_report *report);
/* Cells in order of first appearance; a cell keeps its index. Borrowed until the next push. */
size_t cell_table_count(const struct cell_table *t);
const struct cell_state *cell_table_get(const struct cell_table *t, size_t i);

/* Latest content of a type: received at least min_clean times without repair; the one heard last
 * wins. With min_clean 0 also repaired ones. NULL when there is none. */
const struct cell_si_seen *cell_state_find_si(const struct cell_state *c, enum si_type type,
                                              uint32_t min_clean);
/* Carrier offset against the median of the other cells heard at overlapping times, in ppm; NAN
 * with fewer than 3 cells in all. */
double cell_table_offset_ppm_rel(const struct cell_table *t, size_t i);
/* True when the two frame-number epochs can belong to one clock after elapsed_s. */
bool cell_epoch_equal(double a_frames, double b_frames, double elapsed_s);

#endif

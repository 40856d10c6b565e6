/* SPDX-License-Identifier: GPL-3.0-or-later */
/* survey_sim - a model city and a virtual tuner, to see what a survey plan makes of them.
 *
 * The cells have a frame clock of any phase, an Es/N0, a channel that fades or not, and one of
 * several schedules of system information. Blocks and SCH decode by chance, as often as docs/
 * receiver.md says a receiver gets them. The tuner settles, loses a little more at times, and
 * hands on samples in blocks; the receiver works in chunks and takes its time to follow a cell.
 *
 * thread plain values, one caller
 */
#ifndef BENCH_SURVEY_SIM_H
#define BENCH_SURVEY_SIM_H

#include "detector/scan_plan.h"
#include "rng.h"

#define CITY_CELLS_CAP 600
#define SIM_TURNS      24 /* three cycles of 8 TC */

/* What BCCH Norm (0) and Ext (1) say in three cycles. */
struct city_profile {
    struct {
        bool sent;
        uint8_t l2[GSM_L2_OCT];
    } turn[2][SIM_TURNS];
};

struct city_cell {
    struct arfcn channel;
    double hz;
    int bsic;
    double es_n0_db;
    bool fading;         /* TU50 instead of white noise alone */
    double epoch_frames; /* frame number at time 0 */
    int profile;
    int rank; /* of the verdict the detector will have */
    /* what became of it */
    bool audible; /* at least half of its blocks decode */
    bool found;
    double found_s, complete_s; /* -1: never */
    uint32_t n_visits;
};

struct city {
    struct city_cell cell[CITY_CELLS_CAP];
    size_t n_cells;
};

struct city_config {
    unsigned band_mask;
    size_t n_cells;    /* spread over the bands' channels */
    size_t n_clusters; /* 0: anywhere; else only in so many windows of 2.2 MHz */
    double cluster_hz;
    size_t n_fixed_es; /* unused cells keep the drawn Es/N0 */
    double es_n0_db;   /* NAN: drawn, 4 to 38 dB, a tenth down to -3 dB */
    double fading_ratio;
};

struct sim_config {
    double settle_s;
    double jitter_s; /* settling takes up to this much longer */
    double gap_s;    /* lost at the beginning of one dwell in eight */
    double block_s;  /* samples come in blocks of this length */
    double chunk_s;  /* the receiver works in chunks */
    double until_s;  /* watching ends here */
};

struct sim_result {
    double first_s;  /* every window tried, every cell found read once */
    double search_s; /* every window tried */
    double end_s;    /* the plan said so */
    uint32_t n_dwells, n_searches, n_reads, n_watches;
    size_t n_audible, n_found, n_complete; /* of the audible ones, at the end */
    size_t n_complete_first;               /* at first_s */
    size_t n_windows_read;                 /* visits for reading up to first_s */
    double longest_gap_s;                  /* between two searches of one channel, up to until_s */
};

/* Messages of the schedules; once per program. */
void survey_sim_prepare(void);
void city_make(struct city *c, const struct city_config *cfg, uint64_t seed);
/* Runs the plan to its end. The city's cells tell afterwards what became of each. */
void survey_sim_run(struct scan_plan *plan, const struct scan_plan_config *cfg, struct city *city,
                    const struct sim_config *sim, uint64_t seed, struct sim_result *ret);

/* Share of blocks, or SCH, that decode. */
double sim_success(double es_n0_db, bool fading, bool sch);

#endif

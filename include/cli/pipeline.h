/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pipeline - a recording through every stage: source, receiver, detector, store.
 *
 * in   a recording and the databases
 * out  calls on a sink: what is read, each decoded block, and the judged outcome
 * ref  docs/tour.md
 * cost that of its stages
 * thread main thread; the receiver keeps workers, the digest a thread
 */
#ifndef CLI_PIPELINE_H
#define CLI_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detector/detector.h"
#include "detector/store.h"
#include "gsm/gsm_event.h"
#include "gsm/receiver.h"
#include "hw/gsmtap_file.h"
#include "hw/iq_source.h"

/* All that is known when a recording has been heard and judged. Borrowed during the call. */
struct pipeline_outcome {
    struct store_run run;
    struct iq_source_info info;
    bool from_gsmtap;
    bool known_absent; /* judged without a known-cell database */
    uint8_t space[16]; /* namespace of the ids */
    const struct judged_cell *cells;
    size_t n_cells;
    size_t n_flagged;
    size_t n_carriers;
    uint64_t n_blocks, n_blocks_failed;
    struct receiver_stats stats; /* zero for a capture */
    struct gsmtap_counts counts; /* zero for IQ */
    const char *const *remarks;  /* sentences about the quality of the recording */
    size_t n_remarks;
    double cpu_s, wall_s;
    uint64_t n_dropped;        /* live: samples lost */
    const char *coverage_text; /* live: one sentence; NULL */
};

/* Who is told; one row of functions per kind of output. */
struct pipeline_sink {
    void (*begin)(void *ctx, const struct pipeline_outcome *so_far);
    void (*event)(void *ctx, const struct gsm_event *event, const struct pipeline_outcome *so_far);
    void (*progress)(void *ctx, uint64_t n_samp, uint64_t n_samp_total, double signal_s);
    void (*end)(void *ctx, const struct pipeline_outcome *outcome);
    void *ctx;
};

struct pipeline_config {
    const char *command;          /* "replay" */
    struct iq_source_config said; /* path and what the user said of it */
    bool gsmtap;
    bool blocks;  /* events are wanted */
    bool damaged; /* judge samples that are not what their metadata was written for */
    double ppm;
    unsigned band_mask;
    const struct arfcn *only;
    size_t n_only;
    const char *bands_text, *arfcn_text; /* as given, NULL: not given; part of the run's id */
    bool has_position;
    double position_deg[2]; /* latitude, longitude of the receiver */
    int jobs;
    struct known_cells *known; /* NULL: none */
    struct local_db *local;    /* NULL: none */
    const char *log_path;      /* NULL: no log */
    struct store **log;        /* *log NULL: made once the recording can be read; the caller's */
    const struct pipeline_sink *sink;
};

/* Runs one recording to its end, or to the signal that asks to stop: what was heard by then is
 * judged and written too. Returns 0 or negative errno with a sentence in err; *ret_flagged and
 * *ret_interrupted tell what the exit code needs. */
int pipeline_run(const struct pipeline_config *cfg, size_t *ret_flagged, bool *ret_interrupted,
                 char *err, size_t err_cap);

#endif

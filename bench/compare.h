/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare - what was sent against what the program says, block by block.
 *
 * in   the truth of cellwarden-synth and the lines of cellwarden replay --json --blocks
 * out  counts of one cell
 * ref  docs/synth.md (truth), docs/formats.md (lines)
 * thread one caller
 */
#ifndef BENCH_COMPARE_H
#define BENCH_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#define COMPARE_CELL_CAP 32

/* Sums over the runs of one point; all counts are of one cell. */
struct tally {
    int n_runs;
    long sent, decoded; /* BCCH and CCCH blocks whole in the file; read from one transmission */
    long repaired;      /* of those, by list or Fire decoding */
    long combined;      /* more, read only from several transmissions added */
    long sch_sent, sch_decoded, sch_assumed;
    long lost_at_start;                  /* blocks sent before the first decoded one */
    long runs_silent;                    /* runs in which nothing of the cell was decoded */
    long cgi_read;                       /* runs whose cell line has the right MCC, MNC, LAC, CI */
    long n_cell_lines;                   /* cell lines with its channel and BSIC */
    double snr_sum_db, snr_square;       /* cell line less truth */
    double offset_sum_hz, offset_square; /* cell line less truth */
    long n_relative;
    double relative_square; /* offset_ppm_rel less truth */
    long n_timed;
    double late_sum_sym, late_square; /* SCH places less truth */
};

/* What belongs to no cell of the truth. */
struct strays {
    long wrong_blocks; /* octets that were not sent, or a block where none was */
    long wrong_repaired;
    long wrong_sch;
    long edge_blocks; /* blocks that lie only partly in the file */
    long false_cells; /* cell lines of no cell of the truth */
};

struct truth_set;

/* Reads the truth of one run. */
struct truth_set *truth_set_read(const char *path);
void truth_set_destroy(struct truth_set *t);
int truth_set_cells(const struct truth_set *t);
const char *truth_set_cell_name(const struct truth_set *t, int i_cell);

/* Reads what the program wrote about that run and adds to tally[0 .. cells). */
void compare_run(struct truth_set *t, const char *lines_path, struct tally *tally,
                 struct strays *strays);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live_cells - what has been told of each cell, so that only news are told; private to cli.
 *
 * in   all cells as judged now
 * out  news, one call a cell that has some; ids and which rows the log lacks
 * cost linear in cells and what they say
 * thread one object, one caller
 */
#ifndef CLI_LIVE_CELLS_H
#define CLI_LIVE_CELLS_H

#include "cli/live_pipeline.h"

#define LIVE_SI_CAP 256

struct live_track {
    uint64_t tx;
    struct arfcn channel;
    int bsic;
    unsigned round;
    char id[DIGEST_UUID_CAP];
    bool told, told_identity, flagged;
    enum verdict verdict;
    uint32_t si[LIVE_SI_CAP]; /* hashes of those told */
    size_t n_si;
    char rule[RULES_CAP][RULE_ID_CAP];
    size_t n_rules;
    /* as it stands in the log */
    bool logged;
    enum verdict logged_verdict;
    size_t logged_rules, logged_si;
    double logged_s, logged_last_s;
};

struct live_cells {
    struct live_track *list;
    size_t n, cap;
    struct store_live_cell *rows; /* in the order of the cells judged last */
    size_t *track_of;             /* same order */
    size_t n_rows, cap_rows;
    unsigned round;
};

/* Calls news for each cell that has some. 0 or -ENOMEM. */
int live_cells_update(struct live_cells *t, const uint8_t space[16],
                      const struct judged_cell *cells, size_t n,
                      void (*news)(void *ctx, const struct live_news *news), void *ctx);
/* Marks the rows that the log should get: of cells with another verdict, other reasons, what they
 * said, or heard on for long; all that were heard since, when final. Returns their number. */
size_t live_cells_mark(struct live_cells *t, const struct judged_cell *cells, double now_s,
                       bool final);
/* The marked rows were written. */
void live_cells_logged(struct live_cells *t, const struct judged_cell *cells, double now_s);
void live_cells_clear(struct live_cells *t);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bounds - between which shares of lost blocks a build must stay; bench/bounds.txt.
 *
 * Two-sided: a receiver that got better must be measured anew, or the next loss goes unseen.
 */
#ifndef BENCH_BOUNDS_H
#define BENCH_BOUNDS_H

#include "compare.h"

#define BOUNDS_CAP 32

struct bound {
    char scene[32];
    double esn0_db;
    int n_seeds;
    double duration_s;
    double fer_lo, fer_hi;         /* blocks */
    double sch_fer_lo, sch_fer_hi; /* SCH */
};

/* Reads the file; ends the program with a sentence when a line is wrong. Returns the number. */
int bounds_read(const char *path, struct bound *ret);
/* 1 and a sentence on stderr when a share lies outside, or a wrong block or cell came out. */
int bounds_check(const struct bound *b, const struct tally *y, const struct strays *z);
/* Prints the line with bounds around what was measured, for a new file. */
void bounds_print(const struct bound *b, const struct tally *y);

#endif

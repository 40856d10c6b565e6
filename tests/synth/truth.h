/* SPDX-License-Identifier: GPL-3.0-or-later */
/* truth - what was sent, as JSON Lines.
 *
 * thread one object, one caller
 */
#ifndef SYNTH_TRUTH_H
#define SYNTH_TRUTH_H

#include <stdio.h>

#include "content.h"
#include "scenario.h"

struct truth {
    FILE *f; /* NULL: nothing is written */
    uint64_t n_sch, n_blocks;
};

void truth_scenario(struct truth *t, const struct scenario *s);
void truth_cell(struct truth *t, const struct scenario *s, const struct cell_config *cell,
                uint32_t first_fn);
/* A bit is said to last from half a symbol before the middle of its phase pulse to half a symbol
 * after it, as the program counts (dsp/burst.h); TS 45.004 2.5 has its time reference in that
 * middle. */
#define TRUTH_EARLY_SYM 0.5

/* samp: time reference of TS 45.004 2.5 of the (first) burst, in samples of the output. */
void truth_event(struct truth *t, const struct scenario *s, const struct cell_config *cell,
                 const struct content_burst *sent, double samp);

#endif

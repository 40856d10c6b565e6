/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_text - an outcome for a person: a table of cells, and why each flagged one is flagged.
 *
 * thread main thread
 */
#ifndef CLI_REPORT_TEXT_H
#define CLI_REPORT_TEXT_H

#include <stdio.h>

#include "cli/pipeline.h"

struct report_text {
    FILE *out;
    bool colour;
    bool verbose;
};

void report_text_begin(struct report_text *r, const struct pipeline_outcome *o);
void report_text_event(struct report_text *r, const struct gsm_event *e,
                       const struct pipeline_outcome *o);
/* Why one cell is flagged. */
void report_text_flagged(struct report_text *r, const struct judged_cell *c);
void report_text_end(struct report_text *r, const struct pipeline_outcome *o);

#endif

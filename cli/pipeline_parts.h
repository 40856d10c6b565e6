/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pipeline_parts - the plumbing of pipeline.c; private to cli. */
#ifndef CLI_PIPELINE_PARTS_H
#define CLI_PIPELINE_PARTS_H

#include "cli/coverage.h"
#include "cli/pipeline.h"
#include "cli/recording.h"
#include "cli/remarks.h"
#include "cli/span_receiver.h"
#include "gsm/gsmtap_cells.h"

struct pipeline {
    const struct pipeline_config *cfg;
    char *err;
    size_t err_cap;
    int error; /* of a callback */
    struct recording *recording;
    struct span_receiver *receiver;
    struct gsmtap_cells *cells;
    struct detector *detector;
    struct coverage coverage;
    struct remarks remarks;
    int64_t first_frame_us, last_frame_us;
    uint64_t n_read; /* samples */
    double cpu_from_s, wall_from_s;
    char *options; /* owned; what out.run.options points to */
    struct pipeline_outcome out;
};

int pipeline_open_recording(struct pipeline *p);
int pipeline_open_receiver(struct pipeline *p, void (*on_event)(void *, const struct gsm_event *),
                           void (*on_report)(void *, const struct cell_report *));
int pipeline_open_gsmtap(struct pipeline *p);
/* True when the frame was a block of a cell and *ret is written. */
bool pipeline_push_frame(struct pipeline *p, const struct gsmtap_frame *frame,
                         struct gsm_event *ret);
/* n_samp more were heard. */
void pipeline_progress(struct pipeline *p, size_t n_samp);
int pipeline_sum_up(struct pipeline *p);
/* After the judgement: a remark when it shows that the centre frequency was stated wrongly. */
void pipeline_check_center(struct pipeline *p);
void pipeline_count_flagged(struct pipeline *p);
int pipeline_write_log(struct pipeline *p);
void pipeline_clear(struct pipeline *p);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page to read first: one recording through every stage, one line a stage.
 *
 *   recording --> receiver ----> detector ---> store
 *   (hw)          (dsp, gsm)     (detector)    (detector)
 *   samples       cell_report    judged_cell   rows
 *
 * A GSMTAP capture goes the same way; gsmtap_cells stands where the receiver stands.
 */
#include "cli/pipeline.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "pipeline_parts.h"

/* A decoded block: only shown. */
static void take_event(void *ctx, const struct gsm_event *event)
{
    struct pipeline *p = ctx;
    p->cfg->sink->event(p->cfg->sink->ctx, event, &p->out);
}

/* What one transmitter said in one span: to the detector. */
static void take_report(void *ctx, const struct cell_report *report)
{
    struct pipeline *p = ctx;
    int rc = detector_push(p->detector, report);
    if (rc < 0)
        p->error = rc;
}

static int hear_iq(struct pipeline *p)
{
    struct iq_block block;
    int rc = pipeline_open_receiver(p, take_event, take_report);
    while (rc >= 0 && (rc = recording_next_block(p->recording, &block, p->err, p->err_cap)) > 0) {
        rc = span_receiver_push(p->receiver, &block);
        pipeline_progress(p, block.n_samp);
    }
    return rc < 0 ? rc : span_receiver_finish(p->receiver);
}

static int hear_gsmtap(struct pipeline *p)
{
    struct gsmtap_frame frame;
    struct gsm_event event;
    const struct cell_report *reports;
    int rc = pipeline_open_gsmtap(p);
    while (rc >= 0 && (rc = recording_next_frame(p->recording, &frame, p->err, p->err_cap)) > 0) {
        if (pipeline_push_frame(p, &frame, &event) && p->cfg->blocks)
            take_event(p, &event);
    }
    size_t n = rc < 0 ? 0 : gsmtap_cells_finish(p->cells, &reports);
    for (size_t i = 0; i < n; i++)
        take_report(p, &reports[i]);
    return rc;
}

static int run_stages(struct pipeline *p)
{
    int rc = pipeline_open_recording(p); /* hw: where octets come from */
    if (rc == 0)
        rc = p->out.from_gsmtap ? hear_gsmtap(p) : hear_iq(p); /* dsp, gsm: what cells say */
    if (rc == 0)
        rc = p->error;
    if (rc == 0)
        rc = pipeline_sum_up(p); /* digest, counters, coverage */
    if (rc < 0)
        return rc;
    p->out.n_cells = detector_judge(p->detector, &p->out.cells); /* detector: what to think of it */
    pipeline_check_center(p);
    pipeline_count_flagged(p);
    rc = pipeline_write_log(p);                    /* detector: rows */
    p->cfg->sink->end(p->cfg->sink->ctx, &p->out); /* cli: lines and sentences */
    return rc;
}

int pipeline_run(const struct pipeline_config *cfg, size_t *ret_flagged, bool *ret_interrupted,
                 char *err, size_t err_cap)
{
    struct pipeline p = {.cfg = cfg, .err = err, .err_cap = err_cap};
    err[0] = '\0';
    int rc = run_stages(&p);
    if (rc < 0 && err[0] == '\0')
        (void)snprintf(err, err_cap, "%s", strerror(-rc));
    *ret_flagged = p.out.n_flagged;
    *ret_interrupted = p.out.run.interrupted;
    pipeline_clear(&p);
    return rc;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A receiver through every stage; read cli/pipeline.c first, this is the same with a tuner:
 *
 *        where next? how long?
 *      +--------- survey plan <----------------------+ what was seen, and what to think of it
 *      v          (detector)                         |
 *   source -------> receiver ---> detector ---> cells that have news ---> rows, lines, table
 *   (hw)            (dsp, gsm)    (detector)     (cli)                     (detector, cli)
 */
#include "cli/live_pipeline.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/stop.h"
#include "live_coverage.h"
#include "live_parts.h"

/* One turn: a block of samples, or another window. */
static int take_step(struct live *l)
{
    struct scan_step step = scan_plan_next(l->plan, live_now_s(l));
    switch (step.action) {
    case SCAN_STAY:
        return live_hear(l); /* hw, dsp, gsm: samples to reports */
    case SCAN_TUNE:
        return live_retune(l, &step);
    case SCAN_DONE:
        break;
    }
    l->ended = true;
    return 0;
}

/* What was heard is judged and written, whatever ended it. */
static int run_stages(struct live *l)
{
    int rc = live_open(l);
    if (rc < 0)
        return rc;
    while (rc == 0 && !l->ended && stop_signal() == 0) {
        rc = take_step(l);
        if (rc == 0)
            rc = live_judge(l); /* detector: what to think of it; rows and lines */
        live_answer_signals(l);
    }
    int rc_close = live_close(l);
    return rc < 0 ? rc : rc_close;
}

int live_pipeline_run(const struct live_config *cfg, struct live_end *ret, char *err,
                      size_t err_cap)
{
    static struct live l; /* coverage and remarks are large */
    memset(&l, 0, sizeof l);
    l.cfg = cfg;
    l.err = err;
    l.err_cap = err_cap;
    err[0] = '\0';
    int rc = run_stages(&l);
    if (rc < 0 && err[0] == '\0')
        (void)snprintf(err, err_cap, "%s", strerror(-rc));
    *ret = (struct live_end){.n_flagged = l.out.n_flagged,
                             .device_lost = l.device_lost,
                             .incomplete = l.plan && !live_coverage_complete(l.plan),
                             .log_failed = l.n_log_failures > 0};
    live_clear(&l);
    return rc;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of a session: in segments, each one transaction. What cannot be written now is written
 * later, and listening goes on meanwhile. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/stop.h"
#include "core/clock_map.h"
#include "live_coverage.h"
#include "live_parts.h"

/* A power cut costs so much of what is no alert. */
#define BATCH_S    5.0
#define COVERAGE_S 300.0

int live_log_open(struct live *l)
{
    if (!l->cfg->log_path)
        return 0;
    return store_open(&l->log, l->cfg->log_path, l->err, l->err_cap);
}

static void say_failure(struct live *l, const char *why)
{
    /* once is news; that it goes on is a number at the foot of the table */
    if (l->n_log_failures++ > 0)
        return;
    char text[700];
    (void)snprintf(text, sizeof text, "%s; listening goes on, rows are kept and tried again", why);
    l->cfg->sink->trouble(l->cfg->sink->ctx, text);
}

static int open_again(struct live *l, char *err, size_t err_cap)
{
    if (l->log)
        return 0;
    return store_open(&l->log, l->cfg->log_path, err, err_cap);
}

static void write_segment(struct live *l, double clock_s, bool with_coverage)
{
    char err[600] = "";
    struct store_run *run = &l->out.run;
    live_take_position(l);
    run->live_cells = l->cells.rows;
    run->n_coverage = 0;
    if (with_coverage && live_coverage_rows(&l->coverage, l->plan) == 0) {
        run->coverage = l->coverage.rows;
        run->n_coverage = l->coverage.n;
    }
    int rc = open_again(l, err, sizeof err);
    if (rc == 0)
        rc = store_write_run(l->log, run, l->out.cells, l->cells.n_rows, NULL, err, sizeof err);
    if (rc < 0) {
        say_failure(l, err[0] ? err : strerror(-rc));
        return;
    }
    if (l->n_log_failures > 0)
        live_note(l, "the log is written again");
    l->n_log_failures = 0;
    run->segment++;
    l->urgent = false;
    int64_t t_ns, utc_us;
    clock_now(&t_ns, &utc_us);
    notify_commit(&l->notify, t_ns);
    live_cells_logged(&l->cells, l->out.cells, clock_s);
    if (with_coverage)
        l->coverage_clock_s = clock_s;
}

void live_log_write(struct live *l, bool final)
{
    double clock_s = live_clock_s();
    if (!l->cfg->log_path || (!final && !l->urgent && clock_s - l->logged_clock_s < BATCH_S))
        return;
    /* what failed a moment ago is not tried a hundred times a second */
    if (!final && l->n_log_failures > 0 && clock_s - l->logged_clock_s < 1.0)
        return;
    size_t n = live_cells_mark(&l->cells, l->out.cells, clock_s, final);
    bool coverage = final || clock_s - l->coverage_clock_s > COVERAGE_S;
    if (n > 0 || coverage)
        write_segment(l, clock_s, coverage);
    l->logged_clock_s = clock_s;
}

void live_log_reopen(struct live *l)
{
    if (!l->cfg->log_path)
        return;
    store_close(l->log);
    l->log = NULL;
    char err[600] = "";
    if (open_again(l, err, sizeof err) < 0)
        say_failure(l, err);
    else
        live_note(l, "the log '%s' was opened again", l->cfg->log_path);
    /* a new file must tell the whole story */
    for (size_t i = 0; i < l->cells.n; i++)
        l->cells.list[i].logged = false;
    l->coverage_clock_s = -COVERAGE_S;
}

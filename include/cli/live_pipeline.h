/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live_pipeline - a receiver through every stage, for as long as it is wanted: source, survey plan,
 * receiver, detector, store. The same stages as in pipeline.h, with a tuner in front.
 *
 * in   a source that can be tuned, what to listen to, the databases
 * out  calls on a sink: cells as they appear or change, alerts the moment they arise; rows
 * ref  docs/field.md, docs/survey.md
 * cost that of its stages; memory does not grow with time, only with cells
 * thread main thread; the source keeps a capture thread, the receiver its workers
 */
#ifndef CLI_LIVE_PIPELINE_H
#define CLI_LIVE_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/pipeline.h"
#include "detector/scan_plan.h"
#include "hw/live_source.h"

/* What is known at this moment. Borrowed during the call. */
struct live_view {
    const struct pipeline_outcome *out; /* cells as judged last; coverage only at the end */
    const struct store_live_cell *ids;  /* one a cell, same order */
    const struct scan_plan *plan;
    const struct live_source_info *info;
    struct live_source_stats stats;
    double center_hz, gain_db; /* where it is tuned to */
    double now_s;              /* on the axis of first_s and last_s */
    double lag_s;              /* signal that waits to be decoded */
    uint64_t n_log_failures;
};

/* A cell that has something new. */
struct live_news {
    const struct judged_cell *cell;
    const char *id;
    bool appeared, changed; /* changed: verdict or identity */
    bool alert;             /* it is flagged, and was not, or not as badly */
    size_t n_si, n_findings;
    const struct cell_si_seen *si[16]; /* not told before */
    const struct finding *findings[16];
};

struct live_sink {
    void (*begin)(void *ctx, const struct live_view *view);
    void (*event)(void *ctx, const struct gsm_event *event, const struct live_view *view);
    void (*news)(void *ctx, const struct live_news *news, const struct live_view *view);
    void (*refresh)(void *ctx, const struct live_view *view); /* several times a second */
    void (*status)(void *ctx, const struct live_view *view);  /* somebody asks */
    void (*note)(void *ctx, const char *sentence);            /* worth knowing */
    void (*trouble)(void *ctx, const char *sentence);         /* worth knowing also when quiet */
    void (*end)(void *ctx, const struct live_view *view);
    void *ctx;
};

struct live_config {
    const char *command;
    struct live_source_config source;
    enum scan_mode mode;
    bool watch;
    double center_hz; /* SCAN_STAND: 0 chosen from the channels */
    double revisit_s; /* 0: the plan's own */
    double for_s;     /* ends after so much signal; 0: never */
    bool blocks;
    double ppm;
    bool ppm_said;
    unsigned band_mask;
    const struct arfcn *only;
    size_t n_only;
    const char *bands_text, *arfcn_text;
    const char *position; /* as of hw/position.h; NULL: not known */
    int jobs;
    struct known_cells *known;
    struct local_db *local;
    const char *log_path;   /* NULL: no log */
    const char *state_path; /* where ppm of receivers are kept; NULL: nowhere */
    const struct live_sink *sink;
};

struct live_end {
    size_t n_flagged;
    bool device_lost;
    bool incomplete; /* not every channel of the GSM bands that were asked for was heard */
    bool log_failed;
};

/* Runs until the plan is done, the source ends or is lost, or a signal asks to stop; what was heard
 * by then is judged and written in every case. 0 or negative errno with a sentence. */
int live_pipeline_run(const struct live_config *cfg, struct live_end *ret, char *err,
                      size_t err_cap);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live_parts - the plumbing of live_pipeline.c; private to cli. */
#ifndef CLI_LIVE_PARTS_H
#define CLI_LIVE_PARTS_H

#include "cli/coverage.h"
#include "cli/live_pipeline.h"
#include "cli/remarks.h"
#include "cli/span_receiver.h"
#include "core/notify.h"
#include "hw/position.h"
#include "live_cells.h"

struct live {
    const struct live_config *cfg;
    char *err;
    size_t err_cap;
    int error; /* of a callback */

    struct live_source *source;
    struct live_source_info info;
    struct live_tuning tuning;
    struct position *position; /* NULL: not asked for */
    size_t n_notes;            /* of the source, told already */
    struct scan_plan *plan;
    struct span_receiver *receiver;
    struct detector *detector;
    struct live_cells cells;
    struct store *log;

    uint8_t key_seed[DIGEST_OCT];
    uint64_t next_samp;   /* that should come next */
    bool any_samp, ended; /* ended: the source, or the plan */
    bool device_lost;
    double last_block_s; /* end of the last block, seconds of signal */
    double last_block_clock_s, begin_clock_s, begin_cpu_s;
    bool new_reports;
    double refreshed_clock_s;
    struct notify notify; /* the system's manager of services, if it started us */
    double status_clock_s;

    double logged_clock_s, coverage_clock_s; /* last segment, last one with coverage */
    bool urgent;                             /* an alert waits for its row */
    uint64_t n_log_failures;
    double ppm; /* in use */
    double saved_clock_s;

    struct coverage coverage;
    struct remarks remarks;
    char *options;
    char coverage_text[1200];
    char clock_text[64];
    char receiver_text[160];
    char position_text[160];
    struct pipeline_outcome out;
};

double live_clock_s(void);
/* Seconds of signal; goes on while nothing comes. */
double live_now_s(const struct live *l);
void live_view_fill(struct live *l, struct live_view *ret);
__attribute__((format(printf, 2, 3))) void live_note(struct live *l, const char *fmt, ...);

/* live_parts.c: in the order in which they are used. */
int live_open(struct live *l);
int live_retune(struct live *l, const struct scan_step *step);
int live_hear(struct live *l);
/* After every call that may have brought reports, before anything looks at cells. */
int live_judge(struct live *l);
void live_answer_signals(struct live *l);
int live_close(struct live *l);
void live_clear(struct live *l);

/* Where the antenna is now, for the next rows. */
void live_take_position(struct live *l);

/* live_log.c */
int live_log_open(struct live *l);
/* Writes what has news, when it is time; final: everything. */
void live_log_write(struct live *l, bool final);
void live_log_reopen(struct live *l);

/* live_ppm.c: what crystals of receivers were found to be off by. */
bool live_ppm_load(const char *path, const char *serial, double *ret);
int live_ppm_save(const char *path, const char *serial, double ppm, size_t n_cells);
/* Median over the cells, relative to what was used; NAN with fewer than three. */
double live_ppm_estimate(const struct judged_cell *cells, size_t n);

#endif

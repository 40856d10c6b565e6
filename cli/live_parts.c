/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live_parts.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "build_info.h"
#include "cli/stop.h"
#include "core/clock_map.h"
#include "core/utc.h"
#include "live_coverage.h"
#include "live_table.h"

#define WAIT_MS   200
#define REFRESH_S 0.25
#define SILENT_S  0.5 /* then time goes on by the clock */
#define PPM_S     600.0
#define STATUS_S  10.0
/* Rows are written every 5 minutes at least; later than this the log is as good as dead. */
#define COMMIT_MAX_S 400.0
/* Two channels side by side: half a channel belongs to each end of what can be used. */
#define EDGE_HZ 100e3

static int64_t now_ns(void)
{
    int64_t t_ns, utc_us;
    clock_now(&t_ns, &utc_us);
    return t_ns;
}

static double clock_of(clockid_t id)
{
    struct timespec ts = {0};
    (void)clock_gettime(id, &ts);
    return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

double live_clock_s(void)
{
    return clock_of(CLOCK_MONOTONIC);
}

double live_now_s(const struct live *l)
{
    double silent_s = live_clock_s() - l->last_block_clock_s;
    return l->last_block_s + (l->any_samp && silent_s > SILENT_S ? silent_s : 0);
}

void live_note(struct live *l, const char *fmt, ...)
{
    char text[700];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    l->cfg->sink->note(l->cfg->sink->ctx, text);
}

static void tell_notes(struct live *l)
{
    const char *note;
    while (l->source && (note = live_source_note(l->source, l->n_notes)) != NULL) {
        live_note(l, "%s", note);
        l->n_notes++;
    }
}

/* ---- opening ------------------------------------------------------------------------------ */

static int plan_survey(struct live *l)
{
    const struct live_config *cfg = l->cfg;
    struct scan_plan_config plan = {.band_mask = cfg->band_mask,
                                    .only = cfg->only,
                                    .n_only = cfg->n_only,
                                    .mode = cfg->mode,
                                    .watch = cfg->watch,
                                    .revisit_s = cfg->revisit_s,
                                    .settle_s = l->info.settle_s};
    plan.tuner.reach_hz = l->info.usable_hz / 2 - EDGE_HZ;
    for (size_t i = 0; i < l->info.n_ranges && i < SCAN_RANGE_CAP; i++)
        plan.tuner.range[plan.tuner.n_ranges++] =
            (struct scan_range){l->info.ranges[i].from_hz, l->info.ranges[i].to_hz};
    if (cfg->center_hz > 0) {
        plan.tuner.n_ranges = 1;
        plan.tuner.range[0] = (struct scan_range){cfg->center_hz, cfg->center_hz};
    }
    int n = scan_plan_init(l->plan, &plan);
    /* a survey of what the tuner cannot hear is done at once, and says so */
    if (n == 1 || (n >= 0 && cfg->mode != SCAN_STAND))
        return 0;
    if (n > 1)
        (void)snprintf(l->err, l->err_cap,
                       "these channels do not fit into one window of %.1f MHz: name fewer with "
                       "--arfcn, say one with --freq, or use scan --watch",
                       l->info.usable_hz / 1e6);
    else
        (void)snprintf(l->err, l->err_cap,
                       "%s can hear no channel of what was asked for: see --bands, --arfcn and "
                       "--freq",
                       l->info.name);
    return -EINVAL;
}

/* A session has no octets to be named by: receiver, time and chance name it. */
static int name_session(struct live *l)
{
    char text[400];
    uint8_t chance[16] = {0};
    int64_t t_ns, utc_us;
    if (getrandom(l->key_seed, sizeof l->key_seed, 0) != (ssize_t)sizeof l->key_seed ||
        getrandom(chance, sizeof chance, 0) != (ssize_t)sizeof chance)
        return -errno;
    clock_now(&t_ns, &utc_us);
    int n = snprintf(text, sizeof text, "live/%s/%s/%lld/", l->info.name, l->info.serial,
                     (long long)utc_us);
    for (size_t i = 0; i < sizeof chance; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "%02x", chance[i]);
    int rc = digest_run(text, strlen(text), l->out.run.recording_sha256);
    digest_uuid_space(l->out.run.recording_sha256, l->out.space);
    return rc;
}

static int format_options(struct live *l)
{
    const struct live_config *cfg = l->cfg;
    int n = asprintf(&l->options, "%s%s%s%s", cfg->bands_text ? " --bands " : "",
                     cfg->bands_text ? cfg->bands_text : "", cfg->arfcn_text ? " --arfcn " : "",
                     cfg->arfcn_text ? cfg->arfcn_text : "");
    if (n < 0)
        l->options = NULL;
    return n < 0 ? -ENOMEM : 0;
}

static void begin_run(struct live *l)
{
    const struct live_config *cfg = l->cfg;
    struct store_run *run = &l->out.run;
    struct clock_quality clock;
    clock_quality_get(&clock);
    clock_quality_format(&clock, l->clock_text);
    (void)snprintf(l->receiver_text, sizeof l->receiver_text, "%s%s%s", l->info.name,
                   l->info.serial[0] ? " " : "", l->info.serial);
    run->command = cfg->command;
    run->version = BUILD_VERSION;
    run->path = cfg->source.spec;
    run->format = iq_format_name(l->info.format);
    run->rate_hz = l->info.rate_hz;
    run->center_hz = cfg->mode == SCAN_STAND ? l->plan->window[0].center_hz : 0;
    run->start_utc_us = UTC_UNKNOWN;
    run->ppm = l->ppm;
    run->options = l->options[0] ? l->options + 1 : l->options;
    run->live = true;
    run->receiver = l->info.tunable ? l->receiver_text : NULL;
    run->gain_db = (double)NAN;
    run->clock_quality = l->info.tunable ? l->clock_text : NULL;
    detector_rules_digest(run->rules_sha256);
    if (cfg->known)
        known_cells_digest(cfg->known, run->known_sha256);
    if (cfg->local)
        local_db_digest(cfg->local, run->local_sha256);
    l->out.known_absent = cfg->known == NULL;
    l->out.info.rate_hz = l->info.rate_hz;
    l->out.info.format = l->info.format;
    l->out.info.start_utc_us = UTC_UNKNOWN;
    l->out.stats.ppm_estimate = (double)NAN;
}

/* It asks lists for what holds today; a file's date nobody knows. */
static int create_detector(struct live *l)
{
    int64_t t_ns, utc_us = UTC_UNKNOWN;
    if (l->info.tunable)
        clock_now(&t_ns, &utc_us);
    const struct detector_config detector = {
        .known = l->cfg->known, .local = l->cfg->local, .start_utc_us = utc_us};
    return detector_create(&l->detector, &detector);
}

static void choose_ppm(struct live *l)
{
    const struct live_config *cfg = l->cfg;
    l->ppm = cfg->ppm;
    if (cfg->ppm_said || !cfg->state_path || !l->info.serial[0])
        return;
    if (live_ppm_load(cfg->state_path, l->info.serial, &l->ppm))
        live_note(l, "crystal of %s: %+.2f ppm, as learned before", l->info.serial, l->ppm);
}

void live_take_position(struct live *l)
{
    struct position_fix fix;
    struct store_run *run = &l->out.run;
    if (!l->position)
        return;
    position_get(l->position, &fix);
    position_format(&fix, l->position_text, sizeof l->position_text);
    run->has_position = fix.valid;
    run->position_deg[0] = fix.lat_deg;
    run->position_deg[1] = fix.lon_deg;
    run->position_quality = l->position_text;
}

static int open_position(struct live *l)
{
    if (!l->cfg->position)
        return 0;
    stop_block();
    int rc = position_open(&l->position, l->cfg->position, l->err, l->err_cap);
    stop_unblock();
    return rc;
}

int live_open(struct live *l)
{
    l->begin_clock_s = l->last_block_clock_s = live_clock_s();
    l->logged_clock_s = l->coverage_clock_s = l->saved_clock_s = l->begin_clock_s;
    l->begin_cpu_s = clock_of(CLOCK_PROCESS_CPUTIME_ID);
    l->plan = calloc(1, sizeof *l->plan);
    if (!l->plan)
        return -ENOMEM;
    stop_block();
    int rc = live_source_open(&l->source, &l->cfg->source, l->err, l->err_cap);
    stop_unblock();
    if (rc < 0)
        return rc;
    live_source_info(l->source, &l->info);
    tell_notes(l);
    choose_ppm(l);
    rc = plan_survey(l);
    if (rc == 0)
        rc = name_session(l);
    if (rc == 0)
        rc = format_options(l);
    if (rc == 0)
        rc = open_position(l);
    if (rc < 0)
        return rc;
    begin_run(l);
    live_take_position(l);
    rc = create_detector(l);
    if (rc == 0)
        rc = live_log_open(l);
    struct live_view view;
    live_view_fill(l, &view);
    if (rc == 0)
        l->cfg->sink->begin(l->cfg->sink->ctx, &view);
    notify_init(&l->notify, l->cfg->log_path ? COMMIT_MAX_S : 0, now_ns());
    return rc;
}

/* ---- what the stages say ------------------------------------------------------------------ */

static void take_event(void *ctx, const struct gsm_event *e)
{
    struct live *l = ctx;
    struct scan_sight sight = {.channel = e->channel,
                               .bsic = e->bsic,
                               .fn = e->fn,
                               .at_s = e->samp / l->info.rate_hz,
                               .snr_db = e->snr_db,
                               .l2 = e->kind == GSM_EVENT_SCH ? NULL : e->l2};
    if (!e->assumed)
        scan_plan_saw(l->plan, &sight, live_now_s(l));
    if (!l->cfg->blocks)
        return;
    struct live_view view;
    live_view_fill(l, &view);
    l->cfg->sink->event(l->cfg->sink->ctx, e, &view);
}

static void take_report(void *ctx, const struct cell_report *report)
{
    struct live *l = ctx;
    int rc = detector_push(l->detector, report);
    if (rc < 0)
        l->error = rc;
    l->new_reports = true;
}

static void take_news(void *ctx, const struct live_news *news)
{
    struct live *l = ctx;
    struct live_view view;
    live_view_fill(l, &view);
    l->urgent |= news->alert;
    l->cfg->sink->news(l->cfg->sink->ctx, news, &view);
}

void live_view_fill(struct live *l, struct live_view *ret)
{
    *ret = (struct live_view){.out = &l->out,
                              .ids = l->cells.rows,
                              .plan = l->plan,
                              .info = &l->info,
                              .center_hz = l->tuning.center_hz,
                              .gain_db = l->tuning.gain_db,
                              .now_s = live_now_s(l),
                              .n_log_failures = l->n_log_failures};
    if (!l->source)
        return;
    live_source_get_stats(l->source, &ret->stats);
    uint64_t waits = ret->stats.n_samp > l->next_samp ? ret->stats.n_samp - l->next_samp : 0;
    ret->lag_s = l->info.tunable && l->any_samp ? (double)waits / l->info.rate_hz : 0;
}

/* ---- hearing ------------------------------------------------------------------------------ */

static int create_receiver(struct live *l, double center_hz)
{
    const struct live_config *cfg = l->cfg;
    struct span_receiver_config span = {.receiver = {.format = l->info.format,
                                                     .rate_hz = l->info.rate_hz,
                                                     .center_hz = center_hz,
                                                     .ppm = l->ppm,
                                                     .band_mask = cfg->band_mask,
                                                     .only = cfg->n_only > 0 ? cfg->only : NULL,
                                                     .n_only = cfg->n_only,
                                                     .jobs = cfg->jobs,
                                                     .live = true,
                                                     .key_seed = l->key_seed,
                                                     .n_key_seed_oct = sizeof l->key_seed,
                                                     .on_event = take_event,
                                                     .on_report = take_report,
                                                     .ctx = l}};
    return span_receiver_create(&l->receiver, &span, l->err, l->err_cap);
}

static int lose_device(struct live *l)
{
    l->device_lost = l->ended = true;
    return 0;
}

/* The dwell is brought to its end before the plan is asked where to go: what came out of it in the
 * last moment counts. */
static int end_dwell(struct live *l)
{
    int rc = l->receiver ? span_receiver_end_span(l->receiver) : 0;
    scan_plan_leave(l->plan, live_now_s(l));
    if (rc == 0)
        rc = live_judge(l);
    return rc;
}

int live_retune(struct live *l, const struct scan_step *asked)
{
    struct live_tuning tuning;
    struct scan_step step = *asked;
    if (l->plan->dwell.active) {
        int rc = end_dwell(l);
        if (rc < 0)
            return rc;
        step = scan_plan_next(l->plan, live_now_s(l));
        if (step.action != SCAN_TUNE) {
            l->ended = step.action == SCAN_DONE;
            return 0;
        }
    }
    int rc = live_source_tune(l->source, step.center_hz, &tuning, l->err, l->err_cap);
    tell_notes(l);
    if (rc == -EINTR)
        return 0;
    if (rc == -ERANGE || rc == -EIO) {
        l->cfg->sink->trouble(l->cfg->sink->ctx, l->err);
        scan_plan_tune_failed(l->plan, &step, live_now_s(l));
        l->ended = l->cfg->mode == SCAN_STAND;
        return 0;
    }
    if (rc == -ENODEV)
        return lose_device(l);
    if (rc < 0)
        return rc;
    l->tuning = tuning;
    l->out.run.gain_db = tuning.gain_db;
    l->any_samp = false;
    scan_plan_tuned(l->plan, &step, tuning.center_hz, l->last_block_s);
    return l->receiver ? 0 : create_receiver(l, tuning.center_hz);
}

/* Dated by the first sample that comes: the counter of samples is the clock from then on. */
static void date_session(struct live *l, const struct iq_block *b)
{
    int64_t t_ns, utc_us;
    if (l->out.run.start_utc_us != UTC_UNKNOWN || !l->info.tunable)
        return;
    clock_now(&t_ns, &utc_us);
    double begin_s = (double)(b->samp + b->n_samp) / l->info.rate_hz;
    l->out.run.start_utc_us = l->out.info.start_utc_us = utc_us - (int64_t)llround(begin_s * 1e6);
}

/* The first block of a dwell moves the plan's clock to where its samples are. */
static void take_block(struct live *l, const struct iq_block *b)
{
    double rate = l->info.rate_hz, lost_s = 0;
    if (!l->any_samp)
        l->plan->dwell.began_s = (double)b->samp / rate;
    else if (b->samp > l->next_samp)
        lost_s = (double)(b->samp - l->next_samp) / rate;
    l->any_samp = true;
    l->next_samp = b->samp + b->n_samp;
    l->last_block_s = (double)l->next_samp / rate;
    l->last_block_clock_s = live_clock_s();
    l->out.run.n_samp += b->n_samp;
    l->out.run.signal_s += (double)b->n_samp / rate;
    scan_plan_heard(l->plan, (double)b->n_samp / rate, lost_s, l->last_block_s);
}

int live_hear(struct live *l)
{
    struct iq_block block;
    int rc = live_source_next(l->source, WAIT_MS, &block, l->err, l->err_cap);
    if (rc == -EINTR || rc == LIVE_TIMEOUT)
        return 0;
    tell_notes(l);
    if (rc == -ENODATA) {
        l->ended = true;
        return 0;
    }
    if (rc == -ENODEV)
        return lose_device(l);
    if (rc < 0)
        return rc;
    date_session(l, &block);
    if (l->out.run.n_samp == 0)
        notify_ready("listening");
    notify_samples(&l->notify, now_ns());
    take_block(l, &block);
    rc = span_receiver_push(l->receiver, &block);
    if (l->cfg->for_s > 0 && l->out.run.signal_s >= l->cfg->for_s)
        l->ended = true;
    return rc < 0 ? rc : l->error;
}

/* ---- judging ------------------------------------------------------------------------------ */

static void learn_ppm(struct live *l, bool now)
{
    double clock_s = live_clock_s();
    if (!l->cfg->state_path || !l->info.serial[0] || (!now && clock_s - l->saved_clock_s < PPM_S))
        return;
    l->saved_clock_s = clock_s;
    double off = live_ppm_estimate(l->out.cells, l->out.n_cells);
    if (!isfinite(off))
        return;
    int rc = live_ppm_save(l->cfg->state_path, l->info.serial, l->ppm - off, l->out.n_cells);
    if (rc < 0)
        live_note(l, "cannot keep the ppm of this receiver in '%s': %s", l->cfg->state_path,
                  strerror(-rc));
    else if (now)
        live_note(l, "crystal of %s: %+.2f ppm, kept for the next time", l->info.serial,
                  l->ppm - off);
}

static void count_cells(struct live *l)
{
    l->out.n_flagged = l->out.n_carriers = 0;
    for (size_t i = 0; i < l->out.n_cells; i++) {
        const struct judged_cell *c = &l->out.cells[i];
        bool flagged = judged_cell_flagged(c);
        int rank = flagged || c->verdict < VERDICT_SUSPICIOUS ? (int)c->verdict : VERDICT_NORMAL;
        l->out.n_flagged += flagged;
        l->out.n_carriers += i == 0 || arfcn_compare(c->channel, l->out.cells[i - 1].channel) != 0;
        scan_plan_judged(l->plan, c->channel, c->bsic, rank);
    }
}

static void refresh(struct live *l, double clock_s)
{
    char text[600];
    struct live_view view;
    l->refreshed_clock_s = clock_s;
    live_view_fill(l, &view);
    l->cfg->sink->refresh(l->cfg->sink->ctx, &view);
    (void)notify_tick(&l->notify, now_ns());
    if (clock_s - l->status_clock_s < STATUS_S)
        return;
    l->status_clock_s = clock_s;
    live_status_format(&view, text, sizeof text);
    notify_status(text);
}

int live_judge(struct live *l)
{
    double clock_s = live_clock_s();
    int rc = l->error;
    /* at once: what was judged before is not valid any more when a report came */
    if (rc == 0 && l->new_reports) {
        l->new_reports = false;
        l->out.n_cells = detector_judge(l->detector, &l->out.cells);
        count_cells(l);
        rc = live_cells_update(&l->cells, l->out.space, l->out.cells, l->out.n_cells, take_news, l);
        if (rc < 0)
            l->out.n_cells = l->cells.n_rows = 0;
    }
    if (rc < 0)
        return rc;
    live_log_write(l, false);
    learn_ppm(l, false);
    if (clock_s - l->refreshed_clock_s >= REFRESH_S)
        refresh(l, clock_s);
    return 0;
}

void live_answer_signals(struct live *l)
{
    if (stop_reopen_asked())
        live_log_reopen(l);
    if (stop_status_asked()) {
        struct live_view view;
        live_view_fill(l, &view);
        l->cfg->sink->status(l->cfg->sink->ctx, &view);
    }
}

/* ---- closing ------------------------------------------------------------------------------ */

static void sum_up(struct live *l)
{
    struct pipeline_outcome *out = &l->out;
    struct live_source_stats stats;
    live_source_get_stats(l->source, &stats);
    out->n_dropped = stats.n_dropped;
    if (l->receiver)
        span_receiver_get_stats(l->receiver, &out->stats);
    out->n_blocks = out->stats.n_blocks;
    out->n_blocks_failed = out->stats.n_blocks_failed;
    out->stats.n_gaps = 0; /* every retune is one; what was lost is told by itself */
    remarks_add_stats(&l->remarks, &out->stats, l->info.rate_hz);
    if (stats.n_pll_failures > 0)
        remarks_add(&l->remarks, "%llu times the oscillator did not lock at once",
                    (unsigned long long)stats.n_pll_failures);
    if (stats.n_overflows > 0)
        remarks_add(&l->remarks,
                    "%llu times decoding was too slow and samples were dropped: use fewer "
                    "channels, a lower --rate, or a faster machine",
                    (unsigned long long)stats.n_overflows);
    out->remarks = l->remarks.list;
    out->n_remarks = l->remarks.n;
    live_coverage_text(l->plan, (double)stats.n_dropped / l->info.rate_hz, l->coverage_text,
                       sizeof l->coverage_text);
    out->coverage_text = l->coverage_text;
    out->cpu_s = clock_of(CLOCK_PROCESS_CPUTIME_ID) - l->begin_cpu_s;
    out->wall_s = live_clock_s() - l->begin_clock_s;
    out->run.interrupted = false;
}

int live_close(struct live *l)
{
    struct live_view view;
    notify_stopping();
    int rc = l->receiver ? span_receiver_end_span(l->receiver) : 0;
    scan_plan_leave(l->plan, live_now_s(l));
    if (rc == 0)
        rc = live_judge(l);
    if (rc < 0)
        return rc;
    sum_up(l);
    live_log_write(l, true);
    learn_ppm(l, true);
    rc = live_coverage_rows(&l->coverage, l->plan);
    l->out.run.coverage = l->coverage.rows;
    l->out.run.n_coverage = l->coverage.n;
    l->out.run.interrupted = stop_signal() != 0;
    live_view_fill(l, &view);
    l->cfg->sink->end(l->cfg->sink->ctx, &view);
    return rc;
}

void live_clear(struct live *l)
{
    live_source_close(l->source);
    position_close(l->position);
    span_receiver_destroy(l->receiver);
    detector_destroy(l->detector);
    store_close(l->log);
    live_cells_clear(&l->cells);
    coverage_clear(&l->coverage);
    free(l->plan);
    free(l->options);
}

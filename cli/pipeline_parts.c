/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pipeline_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "build_info.h"
#include "cli/channel_list.h"
#include "cli/stop.h"
#include "core/utc.h"

/* Channels of gsmtap.h that a cell's own blocks come on. */
enum { TAP_BCCH = 1, TAP_CCCH = 2, TAP_AGCH = 4, TAP_PCH = 5 };

static double clock_s(clockid_t id)
{
    struct timespec ts = {0};
    (void)clock_gettime(id, &ts);
    return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

/* What was asked for beside what stands in the run's own columns: it makes another run of it. */
static int format_options(struct pipeline *p)
{
    const struct pipeline_config *cfg = p->cfg;
    char position[64] = "", meta[DIGEST_HEX_CAP + 16] = "", hex[DIGEST_HEX_CAP];
    if (cfg->has_position)
        (void)snprintf(position, sizeof position, " --position %.7f,%.7f", cfg->position_deg[0],
                       cfg->position_deg[1]);
    if (p->out.info.has_meta) {
        digest_format(p->out.info.meta_sha256, hex);
        (void)snprintf(meta, sizeof meta, " (sigmf-meta %s)", hex);
    }
    int n = asprintf(&p->options, "%s%s%s%s%s%s", cfg->bands_text ? " --bands " : "",
                     cfg->bands_text ? cfg->bands_text : "", cfg->arfcn_text ? " --arfcn " : "",
                     cfg->arfcn_text ? cfg->arfcn_text : "", position, meta);
    if (n < 0)
        p->options = NULL;
    else
        p->out.run.options = p->options + (n > 0);
    return n < 0 ? -ENOMEM : 0;
}

/* What is known of the run before its first sample. */
static void begin_outcome(struct pipeline *p)
{
    const struct pipeline_config *cfg = p->cfg;
    struct pipeline_outcome *out = &p->out;
    recording_info(p->recording, &out->info);
    out->from_gsmtap = recording_is_gsmtap(p->recording);
    out->known_absent = cfg->known == NULL;
    out->run.command = cfg->command;
    out->run.version = BUILD_VERSION;
    out->run.path = cfg->said.path;
    out->run.format = recording_format(p->recording);
    out->run.rate_hz = out->info.rate_hz;
    out->run.center_hz = out->info.center_hz;
    out->run.start_utc_us = out->info.start_utc_us;
    out->run.ppm = cfg->ppm;
    bool written = out->info.has_position && !cfg->has_position;
    out->run.has_position = cfg->has_position || written;
    memcpy(out->run.position_deg, written ? out->info.position_deg : cfg->position_deg,
           sizeof out->run.position_deg);
    detector_rules_digest(out->run.rules_sha256);
    if (cfg->known)
        known_cells_digest(cfg->known, out->run.known_sha256);
    if (cfg->local)
        local_db_digest(cfg->local, out->run.local_sha256);
}

int pipeline_open_recording(struct pipeline *p)
{
    p->cpu_from_s = clock_s(CLOCK_PROCESS_CPUTIME_ID);
    p->wall_from_s = clock_s(CLOCK_MONOTONIC);
    int rc = recording_open(&p->recording, &p->cfg->said, p->cfg->gsmtap, p->err, p->err_cap);
    if (rc < 0)
        return rc;
    begin_outcome(p);
    rc = format_options(p);
    if (rc < 0)
        return rc;
    struct detector_config detector = {.known = p->cfg->known,
                                       .local = p->cfg->local,
                                       .start_utc_us = p->out.run.start_utc_us,
                                       .from_gsmtap = p->out.from_gsmtap};
    return detector_create(&p->detector, &detector);
}

/* Before the first sample is decoded: a log that cannot be written must not cost the work. */
static int open_log(struct pipeline *p)
{
    const struct pipeline_config *cfg = p->cfg;
    if (!cfg->log_path || *cfg->log)
        return 0;
    return store_open(cfg->log, cfg->log_path, p->err, p->err_cap);
}

/* A stretch of the recording was heard, or could not be. */
static void take_span(void *ctx, const struct span *span)
{
    struct pipeline *p = ctx;
    const struct pipeline_config *cfg = p->cfg;
    if (span->n_channels == 0)
        remarks_add(&p->remarks,
                    "%.1f s at %.4f MHz were not listened to: no GSM channel of the wanted bands "
                    "lies in view there",
                    span->heard_s, span->center_hz / 1e6);
    int rc = coverage_add_window(&p->coverage, p->out.info.rate_hz, span->center_hz, cfg->band_mask,
                                 cfg->only, cfg->n_only, span->n_channels, span->heard_s);
    if (rc < 0)
        p->error = rc;
}

int pipeline_open_receiver(struct pipeline *p, void (*on_event)(void *, const struct gsm_event *),
                           void (*on_report)(void *, const struct cell_report *))
{
    const struct pipeline_config *cfg = p->cfg;
    uint8_t seed[DIGEST_OCT];
    recording_key_seed(p->recording, seed);
    struct span_receiver_config spans = {.on_span = take_span};
    spans.receiver = (struct receiver_config){.format = p->out.info.format,
                                              .rate_hz = p->out.info.rate_hz,
                                              .center_hz = p->out.info.center_hz,
                                              .ppm = cfg->ppm,
                                              .band_mask = cfg->band_mask,
                                              .only = cfg->n_only > 0 ? cfg->only : NULL,
                                              .n_only = cfg->n_only,
                                              .jobs = cfg->jobs,
                                              .key_seed = seed,
                                              .n_key_seed_oct = sizeof seed,
                                              .on_event = cfg->blocks ? on_event : NULL,
                                              .on_report = on_report,
                                              .ctx = p};
    int rc = span_receiver_create(&p->receiver, &spans, p->err, p->err_cap);
    if (rc == 0)
        rc = open_log(p);
    if (rc == 0)
        cfg->sink->begin(cfg->sink->ctx, &p->out);
    return rc;
}

int pipeline_open_gsmtap(struct pipeline *p)
{
    uint8_t seed[DIGEST_OCT];
    recording_key_seed(p->recording, seed);
    p->first_frame_us = UTC_UNKNOWN;
    int rc = gsmtap_cells_create(&p->cells, seed, sizeof seed);
    if (rc == 0)
        rc = open_log(p);
    if (rc == 0)
        p->cfg->sink->begin(p->cfg->sink->ctx, &p->out);
    return rc;
}

static bool wanted(const struct pipeline_config *cfg, struct arfcn channel)
{
    return (cfg->band_mask & ARFCN_BAND_BIT((unsigned)channel.band)) != 0 &&
           channel_wanted(channel, cfg->only, cfg->n_only);
}

/* Frames of the dedicated channels carry conversations: they are not looked at. */
static bool is_common_channel(const struct gsmtap_frame *frame)
{
    if (frame->acch)
        return false;
    return frame->channel_type == TAP_BCCH || frame->channel_type == TAP_CCCH ||
           frame->channel_type == TAP_AGCH || frame->channel_type == TAP_PCH;
}

bool pipeline_push_frame(struct pipeline *p, const struct gsmtap_frame *frame,
                         struct gsm_event *ret)
{
    struct arfcn channel = {arfcn_band_of(frame->arfcn, frame->pcs), frame->arfcn};
    if (p->first_frame_us == UTC_UNKNOWN)
        p->first_frame_us = p->last_frame_us = frame->time_us;
    if (frame->time_us > p->last_frame_us)
        p->last_frame_us = frame->time_us;
    if (!is_common_channel(frame) || channel.band == ARFCN_BAND_UNKNOWN || !wanted(p->cfg, channel))
        return false;
    struct gsmtap_cells_frame in = {
        .channel = channel,
        .fn = frame->fn,
        .at_s = fmax(0, (double)(frame->time_us - p->first_frame_us) / 1e6),
        /* 0 is what programs write that measured nothing. */
        .level_dbm = frame->signal_dbm < 0 ? frame->signal_dbm : (double)NAN,
        .is_bcch = frame->channel_type == TAP_BCCH,
        .l2 = frame->octets,
        .n_oct = frame->n_oct};
    if (gsmtap_cells_push(p->cells, &in, ret) < 0) {
        p->out.n_blocks_failed++;
        return false;
    }
    p->out.n_blocks++;
    int rc = coverage_add_frame(&p->coverage, channel, in.at_s);
    if (rc < 0)
        p->error = rc;
    return rc == 0;
}

void pipeline_progress(struct pipeline *p, size_t n_samp)
{
    p->n_read += n_samp;
    p->cfg->sink->progress(p->cfg->sink->ctx, p->n_read, p->out.info.n_samp_total,
                           (double)p->n_read / p->out.info.rate_hz);
}

static void remark_on_samples(struct pipeline *p)
{
    struct receiver_stats stats = p->out.stats;
    if (recording_is_constant(p->recording) && stats.n_bad == 0) {
        remarks_add(&p->remarks, "every sample is the same: this recording holds no signal at all");
        stats.n_clipped = 0; /* as true as it is beside the point */
    }
    remarks_add_stats(&p->remarks, &stats, p->out.info.rate_hz);
}

static int sum_up_iq(struct pipeline *p)
{
    struct pipeline_outcome *out = &p->out;
    span_receiver_get_stats(p->receiver, &out->stats);
    out->run.n_samp = out->stats.n_samp;
    out->run.signal_s = (double)out->stats.n_samp / out->info.rate_hz;
    out->n_carriers = out->stats.n_carriers;
    out->n_blocks = out->stats.n_blocks;
    out->n_blocks_failed = out->stats.n_blocks_failed;
    remark_on_samples(p);
    return coverage_from_windows(&p->coverage, p->cfg->band_mask, p->cfg->only, p->cfg->n_only);
}

static int sum_up_gsmtap(struct pipeline *p)
{
    struct pipeline_outcome *out = &p->out;
    recording_counts(p->recording, &out->counts);
    if (out->n_blocks == 0) {
        (void)snprintf(
            p->err, p->err_cap,
            "'%s' holds no GSMTAP frame of a cell's broadcast or common channel: %" PRIu64
            " packet%s, %" PRIu64 " of them GSMTAP downlink frames",
            out->run.path, out->counts.n_packets, out->counts.n_packets == 1 ? "" : "s",
            out->counts.n_frames);
        return -ENODATA;
    }
    out->run.signal_s = (double)(p->last_frame_us - p->first_frame_us) / 1e6;
    remarks_add_counts(&p->remarks, &out->counts);
    int rc = coverage_from_frames(&p->coverage, out->run.signal_s);
    out->n_carriers = p->coverage.n_heard;
    return rc;
}

/* Samples that are not what their metadata was written for are an error, or a remark. */
static int check_recording(struct pipeline *p)
{
    char why[300] = "";
    int rc = recording_check(p->recording, why, sizeof why);
    if (rc == -EBADMSG && p->cfg->damaged) {
        remarks_add(&p->remarks, "judged though damaged: %s", why);
        return 0;
    }
    if (rc == -EBADMSG)
        (void)snprintf(p->err, p->err_cap, "'%s': %s; say --damaged to judge it all the same",
                       p->cfg->said.path, why);
    return rc;
}

int pipeline_sum_up(struct pipeline *p)
{
    struct pipeline_outcome *out = &p->out;
    out->run.interrupted = recording_interrupted(p->recording);
    int rc = out->from_gsmtap ? sum_up_gsmtap(p) : sum_up_iq(p);
    if (rc < 0)
        return rc;
    remarks_add_notes(&p->remarks, p->recording);
    out->remarks = p->remarks.list;
    out->n_remarks = p->remarks.n;
    out->run.coverage = p->coverage.rows;
    out->run.n_coverage = p->coverage.n;
    rc = check_recording(p);
    if (rc < 0)
        return rc;
    out->n_remarks = p->remarks.n;
    rc = recording_digest(p->recording, out->run.recording_sha256);
    digest_uuid_space(out->run.recording_sha256, out->space);
    return rc;
}

void pipeline_check_center(struct pipeline *p)
{
    bool sure = false;
    double error_hz = detector_center_error_hz(p->detector, &sure);
    remarks_add_center(&p->remarks, error_hz, sure, p->out.info.center_hz);
    p->out.n_remarks = p->remarks.n;
}

void pipeline_count_flagged(struct pipeline *p)
{
    for (size_t i = 0; i < p->out.n_cells; i++)
        p->out.n_flagged += judged_cell_flagged(&p->out.cells[i]);
    p->out.cpu_s = clock_s(CLOCK_PROCESS_CPUTIME_ID) - p->cpu_from_s;
    p->out.wall_s = clock_s(CLOCK_MONOTONIC) - p->wall_from_s;
}

int pipeline_write_log(struct pipeline *p)
{
    if (!p->cfg->log_path)
        return 0;
    return store_write_run(*p->cfg->log, &p->out.run, p->out.cells, p->out.n_cells, NULL, p->err,
                           p->err_cap);
}

void pipeline_clear(struct pipeline *p)
{
    span_receiver_destroy(p->receiver);
    gsmtap_cells_destroy(p->cells);
    detector_destroy(p->detector);
    recording_close(p->recording);
    coverage_clear(&p->coverage);
    free(p->options);
}

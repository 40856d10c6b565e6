/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cellwarden record - samples from a receiver to SigMF recordings. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build_info.h"
#include "cli/channel_list.h"
#include "cli/commands.h"
#include "cli/json_parts.h"
#include "cli/plain_text.h"
#include "cli/record_files.h"
#include "cli/record_trigger.h"
#include "cli/stop.h"
#include "core/clock_map.h"
#include "core/utc.h"
#include "hw/live_source.h"
#include "hw/pre_ring.h"

#define WAIT_MS   500
#define TUNES_CAP 64
/* A triggered recording goes on for so long, unless --for says otherwise. */
#define TRIGGERED_S 60.0
#define QUEUE_OCT   (UINT64_C(32) << 20)
#define JOBS_MAX    64

static const char default_known[] = "known.db", default_local[] = "local.db";
static const char no_database[] = "none";
static const char default_source[] = "rtlsdr";

/* What the options say. */
static struct {
    const char *freq, *out, *position, *known, *local, *bands, *arfcn;
    double rate_hz, gain_db, ppm, for_s, pre_s, dwell_s, size_oct, age_s, retain_s, speed;
    int on, keep, jobs;
    bool bias_tee, json, quiet;
} opt = {.known = default_known,
         .local = default_local,
         .gain_db = (double)NAN,
         .ppm = (double)NAN,
         .pre_s = 10,
         .dwell_s = 10,
         .retain_s = 30 * 86400.0,
         .speed = 1,
         .on = -1};

static const char *const on_choices[] = {"flagged", NULL};

/* clang-format off */
static const struct opt_row rows[] = {
    {"freq", 0, OPT_TEXT, &opt.freq, "HZ,...", "centre frequency to tune to, for example 936.2MHz; several are visited in turn", 0, 0, NULL},
    {"dwell", 0, OPT_SECONDS, &opt.dwell_s, "TIME", "how long to stay on each of several frequencies; default 10s", 0.1, 86400, NULL},
    {"rate", 0, OPT_NUMBER, &opt.rate_hz, "HZ", "sample rate; default 2.4M", 225e3, 20e6, NULL},
    {"gain", 0, OPT_NUMBER, &opt.gain_db, "DB", "gain of the tuner; chosen by measuring when not given", -10, 60, NULL},
    {"bias-tee", 0, OPT_FLAG, &opt.bias_tee, NULL, "feed the antenna's amplifier; switched off again at the end", 0, 0, NULL},
    {"out", 'o', OPT_TEXT, &opt.out, "STEM", "name without ending, or a folder with / at its end; default made of time and frequency", 0, 0, NULL},
    {"for", 0, OPT_SECONDS, &opt.for_s, "TIME", "stop after so much signal, for example 10m; with --on: how long a recording goes on after its trigger, default 60s", 0.01, 1e8, NULL},
    {"size", 0, OPT_NUMBER, &opt.size_oct, "OCTETS", "begin another recording after so many octets, for example 2G", 1e5, 1e15, NULL},
    {"age", 0, OPT_SECONDS, &opt.age_s, "TIME", "begin another recording after so much signal, for example 1h", 0.1, 1e8, NULL},
    {"keep", 0, OPT_INT, &opt.keep, "N", "keep only the newest N recordings of this run", 1, 100000, NULL},
    {"on", 0, OPT_CHOICE, &opt.on, "flagged", "listen as monitor does, and record only when a cell is flagged", 0, 0, on_choices},
    {"pre", 0, OPT_SECONDS, &opt.pre_s, "TIME", "with --on: begin so long before the trigger; default 10s", 0, 600, NULL},
    {"position", 0, OPT_TEXT, &opt.position, "PLACE", "where the antenna is: LAT,LON in degrees, gpsd or gpsd:HOST:PORT", 0, 0, NULL},
    {"ppm", 0, OPT_NUMBER, &opt.ppm, "X", "error of the receiver's crystal: positive when it runs fast and carriers appear low", -500, 500, NULL},
    {"retain", 0, OPT_SECONDS, &opt.retain_s, "TIME", "write into the metadata when the recording is to be deleted, 0: no date; default 30d", 0, 1e10, NULL},
    {"bands", 0, OPT_TEXT, &opt.bands, "NAMES", "with --on: listen to these bands only", 0, 0, NULL},
    {"arfcn", 0, OPT_TEXT, &opt.arfcn, "LIST", "with --on: listen to these channels only, for example 30,512,pcs:512", 0, 0, NULL},
    {"known", 0, OPT_TEXT, &opt.known, "PATH", "with --on: known-cell database, none to judge without; default known.db", 0, 0, NULL},
    {"local", 0, OPT_TEXT, &opt.local, "PATH", "with --on: decisions of this organisation, none to judge without; default local.db", 0, 0, NULL},
    {"jobs", 'j', OPT_INT, &opt.jobs, "N", "with --on: worker threads, default one per processor", 1, JOBS_MAX, NULL},
    {"speed", 0, OPT_NUMBER, &opt.speed, "X", "file: only, times real time; 0: as fast as it can be read", 0, 1000, NULL},
    {"json", 0, OPT_FLAG, &opt.json, NULL, "print JSON Lines instead of text", 0, 0, NULL},
    {"quiet", 'q', OPT_FLAG, &opt.quiet, NULL, "no notes, errors only", 0, 0, NULL},
};
/* clang-format on */

static const struct opt_command command = {
    .name = "record",
    .operands = "[SOURCE]",
    .summary = "Record samples as SigMF, always or when a cell is flagged",
    .details =
        "SOURCE is rtlsdr (default), rtlsdr:INDEX, rtlsdr:serial=S, rtl_tcp:HOST:PORT or "
        "file:PATH. Samples are kept as the receiver gives them, with one segment per tuning and "
        "gap and the SHA-512 of all. NAME.sigmf-meta appears when a recording is complete; a full "
        "disk or Ctrl-C completes it. A recording holds other people's paging: keep it no longer "
        "than needed.",
    .example = "cellwarden record --freq 936.2MHz --for 10m --out street\n"
               "cellwarden record --freq 936.2MHz,942MHz --dwell 30s --size 2G --keep 10 "
               "rtl_tcp:10.0.0.7:1234\n"
               "cellwarden record --on flagged --pre 10s --for 60s --freq 936.2MHz --out cases/",
    .rows = rows,
    .n_rows = sizeof rows / sizeof rows[0],
    .min_operands = 0,
    .max_operands = 1,
};

struct record {
    struct live_source *source;
    struct live_source_info info;
    char hardware[160];
    struct live_tuning tuning;
    double tune_hz[TUNES_CAP];
    size_t n_tunes, i_tune;
    uint64_t retune_at; /* sample; 0: at the first block */
    struct clock_map clock;
    struct position *position;
    struct record_files *files;
    struct pre_ring *pre;
    struct channel_list channels;
    struct known_cells *known;
    struct local_db *local;
    struct record_trigger *trigger; /* NULL: always */
    uint64_t n_samp;                /* heard */
    uint64_t end_samp;              /* of a triggered recording; 0: none is on */
    size_t n_recordings, n_notes;
    char *err;
    size_t err_cap;
};

/* ---- what is told ------------------------------------------------------------------------- */

static void tell_done(void *ctx, const struct sigmf_written *w, double rate_hz)
{
    struct record *r = ctx;
    double signal_s = (double)w->n_samp / rate_hz;
    r->n_recordings++;
    if (opt.json) {
        json_put_line(stdout,
                      json_pack("{s:s, s:o, s:I, s:f, s:I, s:I, s:b}", "type", "recording", "path",
                                plain_text_json(w->meta_path), "samples", (json_int_t)w->n_samp,
                                "signal_s", rint(signal_s * 1e6) / 1e6, "segments",
                                (json_int_t)w->n_segments, "dropped_samples",
                                (json_int_t)w->n_dropped, "disk_full", w->stopped != 0));
        (void)fflush(stdout);
        return;
    }
    plain_text_put(stdout, w->meta_path);
    (void)printf(": %.1f s, %zu segment%s", signal_s, w->n_segments, w->n_segments == 1 ? "" : "s");
    if (w->n_dropped > 0)
        (void)printf(", %llu samples dropped because the disk was too slow",
                     (unsigned long long)w->n_dropped);
    (void)puts("");
    (void)fflush(stdout);
}

static void tell_flagged(void *ctx, const struct judged_cell *c)
{
    char key[CELL_KEY_CAP];
    (void)ctx;
    judged_cell_key(c, key);
    if (opt.json)
        json_put_line(stdout, json_pack("{s:s, s:s, s:s, s:f, s:f}", "type", "trigger", "cell_key",
                                        key, "verdict", verdict_name(c->verdict), "score_db",
                                        rint(c->score_db * 100) / 100, "first_seen_s",
                                        rint(c->first_s * 1e6) / 1e6));
    command_note("%s is flagged (%s, %.1f dB): recording", key, verdict_name(c->verdict),
                 c->score_db);
}

static void tell_notes(struct record *r)
{
    const char *note;
    while ((note = live_source_note(r->source, r->n_notes)) != NULL) {
        command_note("%s", note);
        r->n_notes++;
    }
}

/* ---- options ------------------------------------------------------------------------------ */

static int usage(const char *text)
{
    (void)command_error("%s", text);
    return COMMAND_USAGE;
}

/* "936.2MHz,942M" */
static int take_freqs(struct record *r)
{
    char word[40];
    for (const char *p = opt.freq; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL) {
        (void)snprintf(word, sizeof word, "%.*s", (int)strcspn(p, ","), p);
        if (r->n_tunes == TUNES_CAP)
            return usage("--freq names more than 64 frequencies");
        double *hz = &r->tune_hz[r->n_tunes++];
        if (opt_number(word, hz) < 0 || !(*hz >= 1e6 && *hz <= 1e11))
            return usage("--freq is no list of frequencies: write for example --freq 936.2MHz or "
                         "--freq 936.2M,942M");
    }
    return COMMAND_DONE;
}

static int take_options(struct record *r)
{
    int rc = take_freqs(r);
    if (rc != COMMAND_DONE)
        return rc;
    if (opt.on >= 0 && r->n_tunes > 1)
        return usage("--on listens to one frequency: leave out the others of --freq");
    if (opt.on < 0 && (opt.bands || opt.arfcn))
        return usage("--bands and --arfcn say what --on flagged listens to: add it");
    if (channel_list_parse(&r->channels, opt.bands, opt.arfcn, r->err, r->err_cap) < 0 ||
        position_open(&r->position, opt.position ? opt.position : "none", r->err, r->err_cap) < 0)
        return usage(r->err);
    return COMMAND_DONE;
}

static int open_database_files(struct record *r)
{
    int rc = strcmp(opt.known, no_database) != 0
                 ? known_cells_open(&r->known, opt.known, r->err, r->err_cap)
                 : 0;
    if (rc == -ENOENT) {
        command_note("no known-cell database '%s': judging without it", opt.known);
        rc = 0;
    }
    if (rc == 0 && strcmp(opt.local, no_database) != 0)
        rc = local_db_open(&r->local, opt.local, r->err, r->err_cap);
    return rc == -ENOENT ? 0 : rc;
}

/* ---- start -------------------------------------------------------------------------------- */

static int tune(struct record *r)
{
    int rc = live_source_tune(r->source, r->tune_hz[r->i_tune], &r->tuning, r->err, r->err_cap);
    r->i_tune = (r->i_tune + 1) % r->n_tunes;
    tell_notes(r);
    return rc;
}

static int open_source(struct record *r, const char *spec)
{
    struct live_source_config cfg = {.spec = spec,
                                     .rate_hz = opt.rate_hz,
                                     .gain_db = opt.gain_db,
                                     .bias_tee = opt.bias_tee,
                                     .file_speed = opt.speed};
    stop_block();
    int rc = live_source_open(&r->source, &cfg, r->err, r->err_cap);
    stop_unblock();
    if (rc < 0)
        return rc;
    live_source_info(r->source, &r->info);
    tell_notes(r);
    clock_map_init(&r->clock, r->info.rate_hz);
    if (r->info.tunable && r->n_tunes == 0) {
        (void)snprintf(r->err, r->err_cap,
                       "say which frequency to tune to: --freq 936.2MHz, for example");
        return -EINVAL;
    }
    if (!r->info.tunable && r->n_tunes > 0) {
        (void)snprintf(r->err, r->err_cap, "a file cannot be tuned: leave out --freq");
        return -EINVAL;
    }
    if (!r->info.tunable)
        r->tune_hz[r->n_tunes++] = r->info.ranges[0].from_hz;
    return tune(r);
}

static int open_files(struct record *r)
{
    (void)snprintf(r->hardware, sizeof r->hardware, "%s%s%s", r->info.name,
                   r->info.serial[0] ? ", serial " : "", r->info.serial);
    double pre_oct =
        opt.on >= 0 ? opt.pre_s * r->info.rate_hz * (double)iq_format_oct(r->info.format) : 0;
    struct record_files_config cfg = {
        .out = opt.out,
        .writer = {.format = r->info.format,
                   .rate_hz = r->info.rate_hz,
                   .hardware = r->hardware,
                   .recorder = "cellwarden " BUILD_VERSION,
                   .description =
                       opt.on >= 0 ? "GSM downlink around a flagged cell" : "GSM downlink",
                   .ppm = opt.ppm,
                   .queue_oct = (size_t)(QUEUE_OCT + 2 * pre_oct),
                   .wait = !r->info.tunable},
        .age_s = opt.age_s,
        .size_oct = opt.size_oct,
        .keep = opt.keep,
        .retain_s = opt.retain_s,
        .position = r->position,
        .done = tell_done,
        .ctx = r};
    return record_files_create(&r->files, &cfg);
}

static int open_trigger(struct record *r)
{
    int64_t t_ns, utc_us;
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    if (opt.on < 0)
        return 0;
    clock_now(&t_ns, &utc_us);
    int rc = open_database_files(r);
    if (rc < 0)
        return rc;
    struct record_trigger_config cfg = {
        .receiver = {.format = r->info.format,
                     .rate_hz = r->info.rate_hz,
                     .center_hz = r->tuning.center_hz,
                     .ppm = isfinite(opt.ppm) ? opt.ppm : 0,
                     .band_mask = r->channels.band_mask,
                     .only = r->channels.n > 0 ? r->channels.list : NULL,
                     .n_only = r->channels.n,
                     .jobs = opt.jobs > 0      ? opt.jobs
                             : cpus > JOBS_MAX ? JOBS_MAX
                             : cpus > 0        ? (int)cpus
                                               : 1,
                     .live = true},
        .known = r->known,
        .local = r->local,
        .start_utc_us = r->info.tunable ? utc_us : UTC_UNKNOWN,
        .on_flagged = tell_flagged,
        .ctx = r};
    rc = record_trigger_create(&r->trigger, &cfg, r->err, r->err_cap);
    if (rc == 0)
        rc = pre_ring_create(&r->pre, r->info.format, r->info.rate_hz, opt.pre_s);
    return rc;
}

static void close_all(struct record *r)
{
    record_trigger_destroy(r->trigger);
    record_files_destroy(r->files);
    pre_ring_destroy(r->pre);
    live_source_close(r->source);
    position_close(r->position);
    known_cells_close(r->known);
    local_db_close(r->local);
    channel_list_clear(&r->channels);
}

/* ---- signal ------------------------------------------------------------------------------- */

static int push_files(void *ctx, const struct iq_block *block, const struct sigmf_stamp *stamp)
{
    struct record *r = ctx;
    return record_files_push(r->files, block, stamp, r->err, r->err_cap);
}

static int take_annotation(void *ctx, const struct sigmf_annotation *a)
{
    struct record *r = ctx;
    return record_files_annotate(r->files, a);
}

static int finish_files(struct record *r)
{
    if (r->trigger && record_files_is_open(r->files))
        (void)record_trigger_annotate(r->trigger, take_annotation, r);
    r->end_samp = 0;
    return record_files_finish(r->files, r->err, r->err_cap);
}

/* One block of a run that records only around flagged cells. */
static int push_triggered(struct record *r, const struct iq_block *block,
                          const struct sigmf_stamp *stamp)
{
    size_t n_new = 0;
    uint64_t end = block->samp + block->n_samp;
    int rc = 0;
    if (r->end_samp > 0)
        rc = push_files(r, block, stamp);
    else
        pre_ring_push(r->pre, block, stamp);
    int heard = record_trigger_push(r->trigger, block, &n_new);
    if (heard < 0) {
        (void)snprintf(r->err, r->err_cap, "cannot listen on: %s", strerror(-heard));
        return heard;
    }
    if (rc == 0 && n_new > 0) {
        bool begins = r->end_samp == 0;
        r->end_samp = end + (uint64_t)((opt.for_s > 0 ? opt.for_s : TRIGGERED_S) * r->info.rate_hz);
        rc = begins ? pre_ring_drain(r->pre, push_files, r) : 0;
    } else if (rc == 0 && r->end_samp > 0 && end >= r->end_samp) {
        rc = finish_files(r);
    }
    return rc;
}

/* 0: go on; 1: all is recorded; negative: an error. */
static int push_block(struct record *r, struct iq_block *block)
{
    int64_t t_ns, utc_us;
    clock_now(&t_ns, &utc_us);
    if (clock_map_push(&r->clock, block->samp + block->n_samp, block->gap, t_ns, utc_us) ==
        CLOCK_MAP_STEPPED)
        command_note("the clock of this machine was set by %.1f s: times after that are others",
                     (double)r->clock.last_step_us / 1e6);
    struct sigmf_stamp stamp = {.utc_us = r->info.tunable ? clock_map_utc_us(&r->clock, block->samp)
                                                          : UTC_UNKNOWN,
                                .gain_db = r->tuning.gain_db};
    double left = opt.for_s * r->info.rate_hz - (double)r->n_samp;
    if (!r->trigger && opt.for_s > 0 && (double)block->n_samp > left)
        block->n_samp = (size_t)fmax(0, left);
    r->n_samp += block->n_samp;
    int rc = r->trigger ? push_triggered(r, block, &stamp) : push_files(r, block, &stamp);
    if (rc != 0)
        return rc > 0 ? -ENOSPC : rc;
    /* the rate may be no whole number: less than a sample is missing */
    return !r->trigger && opt.for_s > 0 && (double)r->n_samp + 1 > opt.for_s * r->info.rate_hz;
}

static int retune_when_due(struct record *r, const struct iq_block *block)
{
    uint64_t end = block->samp + block->n_samp;
    if (r->n_tunes < 2)
        return 0;
    if (r->retune_at == 0)
        r->retune_at = block->samp + (uint64_t)(opt.dwell_s * r->info.rate_hz);
    if (end < r->retune_at)
        return 0;
    r->retune_at = 0;
    return tune(r);
}

static int hear(struct record *r)
{
    struct iq_block block;
    int rc = 0;
    while (rc == 0 && stop_signal() == 0) {
        rc = live_source_next(r->source, WAIT_MS, &block, r->err, r->err_cap);
        tell_notes(r);
        if (rc == LIVE_TIMEOUT || rc == -EINTR) {
            rc = 0;
            continue;
        }
        if (rc > 0)
            rc = push_block(r, &block);
        if (rc == 0)
            rc = retune_when_due(r, &block);
    }
    return rc == -ENODATA ? 0 : rc;
}

static int run(struct record *r, const char *source)
{
    int rc = open_source(r, source);
    if (rc == 0)
        rc = open_files(r);
    if (rc == 0)
        rc = open_trigger(r);
    if (rc == 0)
        rc = hear(r);
    int end = 0;
    char why[400] = "";
    if (r->files) {
        char *err = r->err;
        r->err = why;
        end = finish_files(r);
        r->err = err;
    }
    if (rc < 0 && r->err[0] == '\0')
        (void)snprintf(r->err, r->err_cap, "%s", strerror(-rc));
    if (rc < 0 && stop_signal() == 0)
        (void)command_error("%s", r->err);
    if (end != 0)
        (void)command_error("%s", why);
    if (rc == -ENODEV)
        return COMMAND_DEVICE_LOST;
    return rc < 0 || end != 0 ? COMMAND_ERROR : COMMAND_DONE;
}

int cmd_record(int argc, char **argv)
{
    char err[600] = "";
    struct record r = {.err = err, .err_cap = 400};
    int n_operands, rc;
    if (!command_parse(&command, argc, argv, &n_operands, &rc))
        return rc;
    command_set_quiet(opt.quiet);
    rc = take_options(&r);
    if (rc == COMMAND_DONE) {
        stop_install();
        rc = run(&r, n_operands > 0 ? argv[1] : default_source);
        if (rc == COMMAND_DONE && r.n_recordings == 0 && stop_signal() == 0)
            command_note(r.trigger ? "no cell was flagged: nothing was recorded; this is no "
                                     "all-clear"
                                   : "nothing was recorded: the source gave no samples");
        rc = command_end(rc);
    }
    close_all(&r);
    return stop_signal() != 0 && rc == COMMAND_DONE ? COMMAND_SIGNAL + stop_signal() : rc;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cellwarden replay - recordings through the whole pipeline. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/channel_list.h"
#include "cli/commands.h"
#include "cli/json_lines.h"
#include "cli/pipeline.h"
#include "cli/progress.h"
#include "cli/report_text.h"
#include "cli/stop.h"
#include "core/utc.h"

#define JOBS_MAX 256

/* Paths that nobody named. What is not there is done without, and said: in passing where nobody
 * named it, also under --quiet where somebody did. No local database is nothing to speak of. */
static const char default_known[] = "known.db", default_local[] = "local.db";
static const char default_log[] = "cellwarden.db";
/* What --known and --local take for: no database. */
static const char no_database[] = "none";

/* What the options say. */
static struct {
    const char *db, *known, *local;
    const char *start, *position, *bands, *arfcn;
    double rate_hz, center_hz, ppm;
    int format; /* index into format_choices, -1: not said */
    int jobs;
    int verbose;
    bool json, quiet, blocks, exit_code, no_db, damaged;
} opt = {.db = default_log, .known = default_known, .local = default_local, .format = -1};

static const char *const format_choices[] = {"cu8", "cs8",   "cs16",  "cf32", "gsmtap",
                                             "wav", "sigmf", "sdriq", NULL};

/* clang-format off */
static const struct opt_row rows[] = {
    {"rate", 0, OPT_NUMBER, &opt.rate_hz, "HZ", "sample rate of the recording, for example 2.4M", 300e3, 20e6, NULL},
    {"freq", 0, OPT_NUMBER, &opt.center_hz, "HZ", "centre frequency of the recording, for example 936.2MHz", 1e6, 1e11, NULL},
    {"format", 0, OPT_CHOICE, &opt.format, "NAME", "cu8, cs8, cs16 or cf32 for raw samples, wav, sigmf, sdriq or gsmtap; guessed from name and content when not given", 0, 0, format_choices},
    {"start", 0, OPT_TEXT, &opt.start, "UTC", "when the recording began, for example 2026-11-22T15:24:38Z", 0, 0, NULL},
    {"position", 0, OPT_TEXT, &opt.position, "LAT,LON", "where it was made, in degrees, for example 48.1,7.85", 0, 0, NULL},
    {"ppm", 0, OPT_NUMBER, &opt.ppm, "X", "error of the receiver's crystal: positive when it runs fast and carriers appear low", -500, 500, NULL},
    {"bands", 0, OPT_TEXT, &opt.bands, "NAMES", "look at these bands only: P900,E900,R900,GSM850,DCS1800,PCS1900", 0, 0, NULL},
    {"arfcn", 0, OPT_TEXT, &opt.arfcn, "LIST", "look at these channels only, for example 30,512,pcs:512", 0, 0, NULL},
    {"db", 0, OPT_TEXT, &opt.db, "PATH", "the log, made when it is missing; default cellwarden.db", 0, 0, NULL},
    {"no-db", 0, OPT_FLAG, &opt.no_db, NULL, "write no log", 0, 0, NULL},
    {"known", 0, OPT_TEXT, &opt.known, "PATH", "known-cell database, none to judge without; default known.db; judged without when it is missing", 0, 0, NULL},
    {"local", 0, OPT_TEXT, &opt.local, "PATH", "decisions of this organisation, none to judge without; default local.db when it is there", 0, 0, NULL},
    {"damaged", 0, OPT_FLAG, &opt.damaged, NULL, "judge samples whose SHA-512 is not that of their SigMF metadata, and remark on it", 0, 0, NULL},
    {"blocks", 0, OPT_FLAG, &opt.blocks, NULL, "print every decoded SCH and block as well, identities blanked", 0, 0, NULL},
    {"json", 0, OPT_FLAG, &opt.json, NULL, "print JSON Lines instead of text", 0, 0, NULL},
    {"exit-code", 0, OPT_FLAG, &opt.exit_code, NULL, "end with status 3 when a cell is flagged", 0, 0, NULL},
    {"jobs", 'j', OPT_INT, &opt.jobs, "N", "worker threads, default one per processor; the result does not depend on it", 1, JOBS_MAX, NULL},
    {"quiet", 'q', OPT_FLAG, &opt.quiet, NULL, "no progress bar and no notes, errors only", 0, 0, NULL},
    {"verbose", 'v', OPT_COUNT, &opt.verbose, NULL, "say how much of the signal each stage got through", 0, 0, NULL},
};
/* clang-format on */

static const struct opt_command command = {
    .name = "replay",
    .operands = "FILE...",
    .summary = "Decode recordings, judge every cell in them and write the log",
    .details =
        "FILE holds raw IQ samples, WAV (RIFF, RF64, BW64), SigMF (either file of a pair, or an "
        "archive), sdriq, or GSMTAP in pcap or pcapng; - is standard input. Sample rate and centre "
        "frequency come from the options, the header or metadata, or the file name; what nobody "
        "said on the command line is printed with where it is from. "
        "The same recording, databases and options give the same findings on every machine.",
    .example = "cellwarden replay --rate 2.4M --freq 936.2MHz street.cu8\n"
               "cellwarden replay --json --blocks gsm_941.0MHz_500k.cfile\n"
               "cellwarden replay street.sigmf-meta HDSDR_20261122_152438Z_936200kHz_RF.wav\n"
               "rtl_sdr -f 936200000 -s 2400000 - | cellwarden replay --format cu8 --rate 2.4M "
               "--freq 936.2M -",
    .rows = rows,
    .n_rows = sizeof rows / sizeof rows[0],
    .min_operands = 1,
    .max_operands = -1,
};

/* What the options mean, checked, and the databases they name. */
struct replay {
    struct pipeline_config cfg;
    struct channel_list channels;
    struct store *log; /* NULL: none, or not made yet */
    struct json_lines json;
    struct report_text text;
};

/* ---- sink --------------------------------------------------------------------------------- */

static void sink_begin(void *ctx, const struct pipeline_outcome *o)
{
    struct replay *r = ctx;
    if (o->info.guess[0] && opt.json)
        command_note("%s: guessed %s", o->run.path, o->info.guess);
    if (opt.json)
        json_lines_begin(&r->json, o);
    else
        report_text_begin(&r->text, o);
    progress_start(o->run.path, !opt.quiet);
}

static void sink_event(void *ctx, const struct gsm_event *event, const struct pipeline_outcome *o)
{
    struct replay *r = ctx;
    progress_wipe();
    if (opt.json)
        json_lines_event(&r->json, event, o);
    else
        report_text_event(&r->text, event, o);
}

static void sink_progress(void *ctx, uint64_t n_samp, uint64_t n_samp_total, double signal_s)
{
    (void)ctx;
    progress_show(n_samp, n_samp_total, signal_s);
}

/* How much of the signal each stage got through, so that one sees where it is lost. */
static void note_stages(const struct pipeline_outcome *o)
{
    const struct receiver_stats *s = &o->stats;
    if (o->from_gsmtap) {
        command_note("%llu packets, %llu downlink frames, %llu uplink, %llu no GSMTAP, %llu not of "
                     "the air interface, %llu damaged",
                     (unsigned long long)o->counts.n_packets,
                     (unsigned long long)o->counts.n_frames, (unsigned long long)o->counts.n_uplink,
                     (unsigned long long)o->counts.n_not_gsmtap,
                     (unsigned long long)o->counts.n_not_um, (unsigned long long)o->counts.n_bad);
        return;
    }
    command_note("mean power %.1f dBFS; %u channels in view, %u with a carrier, %u transmitters",
                 s->mean_power_dbfs, s->n_channels, s->n_carriers, s->n_transmitters);
    command_note("%llu FCCH, %llu SCH and %llu failed, %llu blocks, %llu repaired, %llu failed",
                 (unsigned long long)s->n_fcch_hits, (unsigned long long)s->n_sch,
                 (unsigned long long)s->n_sch_failed, (unsigned long long)s->n_blocks,
                 (unsigned long long)s->n_blocks_repaired, (unsigned long long)s->n_blocks_failed);
    if (isfinite(s->ppm_estimate))
        command_note("carriers are %+.2f ppm off on the average: --ppm %.2f takes it out",
                     s->ppm_estimate, opt.ppm - s->ppm_estimate);
}

static void sink_end(void *ctx, const struct pipeline_outcome *o)
{
    struct replay *r = ctx;
    progress_wipe();
    if (opt.json)
        json_lines_end(&r->json, o);
    else
        report_text_end(&r->text, o);
    (void)fflush(stdout);
    for (size_t i = 0; i < o->n_remarks; i++)
        command_note("%s: %s", o->run.path, o->remarks[i]);
    if (opt.verbose > 0)
        note_stages(o);
    if (o->n_cells == 0 && opt.json)
        command_note("%s: no GSM cell was found; this is no all-clear", o->run.path);
}

/* ---- options ------------------------------------------------------------------------------ */

static int usage(const char *text)
{
    (void)command_error("%s", text);
    return COMMAND_USAGE;
}

static int take_options(struct replay *r, int n_files)
{
    char err[200];
    struct iq_source_config *said = &r->cfg.said;
    if (opt.no_db && opt.db != default_log)
        return usage("--no-db says to write no log and --db where to: leave out one of them");
    r->cfg.gsmtap = opt.format == 4;
    if (opt.format >= 0 && !r->cfg.gsmtap) {
        said->format = iq_format_find(format_choices[opt.format]);
        said->container = iq_container_find(format_choices[opt.format]);
    }
    said->rate_hz = opt.rate_hz;
    said->center_hz = opt.center_hz;
    said->start_utc_us = UTC_UNKNOWN;
    if (opt.start && utc_parse(opt.start, &said->start_utc_us) < 0)
        return usage("--start is no time: write for example --start 2026-11-22T15:24:38Z");
    if (opt.start && n_files > 1)
        return usage("--start holds for one recording: replay several files one by one");
    r->cfg.has_position = opt.position != NULL;
    if (opt.position &&
        known_place_parse(opt.position, &r->cfg.position_deg[0], &r->cfg.position_deg[1]) < 0)
        return usage("--position is no place: write for example --position 48.1,7.85");
    if (channel_list_parse(&r->channels, opt.bands, opt.arfcn, err, sizeof err) < 0)
        return usage(err);
    r->cfg.band_mask = r->channels.band_mask;
    r->cfg.only = r->channels.list;
    r->cfg.n_only = r->channels.n;
    r->cfg.ppm = opt.ppm;
    r->cfg.blocks = opt.blocks;
    r->cfg.damaged = opt.damaged;
    r->cfg.bands_text = opt.bands;
    r->cfg.arfcn_text = opt.arfcn;
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    r->cfg.jobs = opt.jobs > 0 ? opt.jobs : cpus > JOBS_MAX ? JOBS_MAX : cpus > 0 ? (int)cpus : 1;
    return COMMAND_DONE;
}

/* ---- databases ---------------------------------------------------------------------------- */

static int open_known(struct replay *r)
{
    char err[400] = "";
    if (strcmp(opt.known, no_database) == 0)
        return COMMAND_DONE;
    int rc = known_cells_open(&r->cfg.known, opt.known, err, sizeof err);
    if (rc == -ENOENT && opt.known == default_known)
        command_note("no known-cell database '%s': judging without it; fill one with cellwarden "
                     "import",
                     opt.known);
    else if (rc == -ENOENT)
        (void)command_error("there is no known-cell database '%s': judging without it", opt.known);
    else if (rc < 0)
        return command_error("%s", err);
    return COMMAND_DONE;
}

static int open_local(struct replay *r)
{
    char err[400] = "";
    if (strcmp(opt.local, no_database) == 0)
        return COMMAND_DONE;
    int rc = local_db_open(&r->cfg.local, opt.local, err, sizeof err);
    /* none yet: nothing was decided */
    if (rc < 0 && rc != -ENOENT)
        return command_error("%s", err);
    return COMMAND_DONE;
}

/* A log that is there is opened before anything is read; a new one is made by the first recording
 * that can be read, so that a mistyped name leaves nothing behind. */
static int open_log(struct replay *r)
{
    char err[400] = "";
    if (opt.no_db)
        return COMMAND_DONE;
    r->cfg.log_path = opt.db;
    r->cfg.log = &r->log;
    if (access(opt.db, F_OK) == 0 && store_open(&r->log, opt.db, err, sizeof err) < 0)
        return command_error("%s", err);
    return COMMAND_DONE;
}

static int open_databases(struct replay *r)
{
    int rc = open_known(r);
    if (rc == COMMAND_DONE)
        rc = open_local(r);
    return rc == COMMAND_DONE ? open_log(r) : rc;
}

static void close_databases(struct replay *r)
{
    known_cells_close(r->cfg.known);
    local_db_close(r->cfg.local);
    store_close(r->log);
}

/* ---- files -------------------------------------------------------------------------------- */

/* A command's exit code from several files: a signal first, then errors, then flags. */
static int replay_files(struct replay *r, int n_files, char **files)
{
    char err[600];
    size_t n_flagged = 0, flagged = 0;
    bool failed = false, interrupted = false;
    int rc;
    for (int i = 0; i < n_files && !interrupted && stop_signal() == 0; i++) {
        r->cfg.said.path = files[i];
        rc = pipeline_run(&r->cfg, &flagged, &interrupted, err, sizeof err);
        if (rc < 0 && stop_signal() == 0)
            failed = command_error("%s", err) != COMMAND_DONE;
        n_flagged += flagged;
    }
    rc = command_end(n_flagged > 0 && opt.exit_code ? COMMAND_FLAGGED : COMMAND_DONE);
    if (stop_signal() != 0)
        return COMMAND_SIGNAL + stop_signal();
    return failed ? COMMAND_ERROR : rc;
}

int cmd_replay(int argc, char **argv)
{
    struct replay r = {.json = {.out = stdout}, .text = {.out = stdout}};
    const struct pipeline_sink sink = {.begin = sink_begin,
                                       .event = sink_event,
                                       .progress = sink_progress,
                                       .end = sink_end,
                                       .ctx = &r};
    int n_files, rc;
    if (!command_parse(&command, argc, argv, &n_files, &rc))
        return rc;
    command_set_quiet(opt.quiet);
    const char *no_color = getenv("NO_COLOR");
    r.text.colour = isatty(STDOUT_FILENO) == 1 && !(no_color && no_color[0]);
    r.cfg.command = command.name;
    r.cfg.sink = &sink;
    rc = take_options(&r, n_files);
    if (rc == COMMAND_DONE)
        rc = open_databases(&r);
    if (rc == COMMAND_DONE) {
        stop_install();
        rc = replay_files(&r, n_files, argv + 1);
    }
    close_databases(&r);
    channel_list_clear(&r.channels);
    return rc;
}

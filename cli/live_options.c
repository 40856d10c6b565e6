/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live_options.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/stop.h"
#include "hw/position.h"

#define JOBS_MAX 64

static const char default_known[] = "known.db", default_local[] = "local.db";
static const char default_log[] = "cellwarden.db", default_state[] = "receivers";
static const char default_source[] = "rtlsdr";
static const char none[] = "none";
static const char *const plan_choices[] = {"two-pass", "one-pass", NULL};

struct live_options live_opt = {.db = default_log,
                                .known = default_known,
                                .local = default_local,
                                .state = default_state,
                                .gain_db = (double)NAN,
                                .ppm = (double)NAN,
                                .speed = 1};

enum { SCAN = 1, MONITOR = 2, BOTH = 3 };

/* clang-format off */
static const struct {
    int of;
    struct opt_row row;
} row_table[] = {
    {SCAN, {"bands", 0, OPT_TEXT, &live_opt.bands, "NAMES", "these bands only: P900,E900,R900,GSM850,DCS1800,PCS1900; default all", 0, 0, NULL}},
    {SCAN, {"once", 0, OPT_FLAG, &live_opt.once, NULL, "end when every band was heard once; the default", 0, 0, NULL}},
    {SCAN, {"watch", 0, OPT_FLAG, &live_opt.watch, NULL, "go on for ever: back to the suspicious and the strong, no band forgotten", 0, 0, NULL}},
    {SCAN, {"revisit", 0, OPT_NUMBER, &live_opt.revisit_s, "SECONDS", "with --watch: no channel is left longer than about this, default 60", 5, 86400, NULL}},
    {SCAN, {"plan", 0, OPT_CHOICE, &live_opt.plan, "NAME", "two-pass (default): find cells, then read them; one-pass: read window by window", 0, 0, plan_choices}},
    {MONITOR, {"freq", 0, OPT_NUMBER, &live_opt.freq_hz, "HZ", "centre frequency, for example 936.2MHz", 1e6, 1e11, NULL}},
    {BOTH, {"arfcn", 0, OPT_TEXT, &live_opt.arfcn, "LIST", "these channels only, for example 30,512,pcs:512", 0, 0, NULL}},
    {BOTH, {"for", 0, OPT_NUMBER, &live_opt.for_s, "SECONDS", "end after so many seconds of signal", 0.1, 1e9, NULL}},
    {BOTH, {"rate", 0, OPT_NUMBER, &live_opt.rate_hz, "HZ", "sample rate, default 2.4M", 300e3, 20e6, NULL}},
    {BOTH, {"gain", 0, OPT_NUMBER, &live_opt.gain_db, "DB", "gain of the tuner; chosen by listening when not given", -10, 100, NULL}},
    {BOTH, {"ppm", 0, OPT_NUMBER, &live_opt.ppm, "X", "error of the crystal, positive when it runs fast; else what was learned before", -500, 500, NULL}},
    {BOTH, {"bias-tee", 0, OPT_FLAG, &live_opt.bias_tee, NULL, "power for an amplifier at the antenna, switched off again at the end", 0, 0, NULL}},
    {BOTH, {"speed", 0, OPT_NUMBER, &live_opt.speed, "X", "file:PATH only: times real time, 0 as fast as it can be read; default 1", 0, 1000, NULL}},
    {BOTH, {"position", 0, OPT_TEXT, &live_opt.position, "WHERE", "of the antenna: degrees as 48.1,7.85, or gpsd, gpsd:HOST:PORT", 0, 0, NULL}},
    {BOTH, {"db", 0, OPT_TEXT, &live_opt.db, "PATH", "the log, made when it is missing; default cellwarden.db", 0, 0, NULL}},
    {BOTH, {"no-db", 0, OPT_FLAG, &live_opt.no_db, NULL, "write no log", 0, 0, NULL}},
    {BOTH, {"known", 0, OPT_TEXT, &live_opt.known, "PATH", "known-cell database, none to judge without; default known.db", 0, 0, NULL}},
    {BOTH, {"local", 0, OPT_TEXT, &live_opt.local, "PATH", "decisions of this organisation, none to judge without; default local.db when it is there", 0, 0, NULL}},
    {BOTH, {"state", 0, OPT_TEXT, &live_opt.state, "PATH", "where the ppm of receivers are kept, none for nowhere; default receivers in the state folder", 0, 0, NULL}},
    {BOTH, {"exec", 0, OPT_TEXT, &live_opt.exec, "PROGRAM", "run it for each alert, with the alert as JSON on its standard input", 0, 0, NULL}},
    {BOTH, {"bell", 0, OPT_FLAG, &live_opt.bell, NULL, "ring the terminal's bell at an alert", 0, 0, NULL}},
    {BOTH, {"blocks", 0, OPT_FLAG, &live_opt.blocks, NULL, "with --json: every decoded SCH and block as well, identities blanked", 0, 0, NULL}},
    {BOTH, {"json", 0, OPT_FLAG, &live_opt.json, NULL, "print JSON Lines instead of text", 0, 0, NULL}},
    {BOTH, {"exit-code", 0, OPT_FLAG, &live_opt.exit_code, NULL, "end with status 3 when a cell is flagged", 0, 0, NULL}},
    {BOTH, {"jobs", 'j', OPT_INT, &live_opt.jobs, "N", "worker threads, default one per processor", 1, JOBS_MAX, NULL}},
    {BOTH, {"quiet", 'q', OPT_FLAG, &live_opt.quiet, NULL, "no table and no notes; alerts and errors only", 0, 0, NULL}},
    {BOTH, {"verbose", 'v', OPT_COUNT, &live_opt.verbose, NULL, "say how much of the signal each stage got through", 0, 0, NULL}},
};
/* clang-format on */

const struct opt_row *live_options_rows(bool scan, size_t *ret_n)
{
    static struct opt_row rows[LIVE_ROWS_CAP];
    size_t n = 0;
    for (size_t i = 0; i < sizeof row_table / sizeof row_table[0] && n < LIVE_ROWS_CAP; i++) {
        if (row_table[i].of & (scan ? SCAN : MONITOR))
            rows[n++] = row_table[i].row;
    }
    *ret_n = n;
    return rows;
}

/* ---- what they mean ----------------------------------------------------------------------- */

static int usage(const char *text)
{
    (void)command_error("%s", text);
    return COMMAND_USAGE;
}

/* A folder that keeps what programs learn; the system's manager of services names its own. */
static const char *state_path(void)
{
    static char path[600];
    const char *state = getenv("STATE_DIRECTORY"), *xdg = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    if (strcmp(live_opt.state, none) == 0)
        return NULL;
    if (live_opt.state != default_state)
        return live_opt.state;
    int n = -1;
    if (state && state[0] == '/')
        n = snprintf(path, sizeof path, "%.*s/receivers", (int)strcspn(state, ":"), state);
    else if (xdg && xdg[0] == '/')
        n = snprintf(path, sizeof path, "%s/cellwarden/receivers", xdg);
    else if (home && home[0] == '/')
        n = snprintf(path, sizeof path, "%s/.local/state/cellwarden/receivers", home);
    return n > 0 && n < (int)sizeof path ? path : NULL;
}

static int take_options(struct live_config *cfg, struct channel_list *channels)
{
    char err[300];
    if (live_opt.no_db && live_opt.db != default_log)
        return usage("--no-db says to write no log and --db where to: leave out one of them");
    if (live_opt.once && live_opt.watch)
        return usage("--once and --watch contradict each other: leave out one of them");
    if (live_opt.revisit_s > 0 && !live_opt.watch)
        return usage("--revisit needs --watch");
    if (live_opt.blocks && !live_opt.json)
        return usage("--blocks needs --json");
    double degrees[2];
    if (live_opt.position && strncmp(live_opt.position, "gpsd", 4) != 0 &&
        strcmp(live_opt.position, none) != 0 &&
        position_parse(live_opt.position, &degrees[0], &degrees[1]) < 0)
        return usage("--position is no place: write for example --position 48.1,7.85, or gpsd");
    if (channel_list_parse(channels, live_opt.bands, live_opt.arfcn, err, sizeof err) < 0)
        return usage(err);
    if (cfg->mode == SCAN_STAND && !(live_opt.freq_hz > 0) && channels->n == 0 &&
        strncmp(cfg->source.spec, "file:", 5) != 0)
        return usage("say where to listen: --freq 936.2MHz or --arfcn 30,32; scan finds cells");
    cfg->position = live_opt.position;
    cfg->band_mask = channels->band_mask;
    cfg->only = channels->list;
    cfg->n_only = channels->n;
    cfg->bands_text = live_opt.bands;
    cfg->arfcn_text = live_opt.arfcn;
    cfg->center_hz = live_opt.freq_hz;
    cfg->revisit_s = live_opt.revisit_s;
    cfg->for_s = live_opt.for_s;
    cfg->blocks = live_opt.blocks;
    cfg->ppm_said = !isnan(live_opt.ppm);
    cfg->ppm = cfg->ppm_said ? live_opt.ppm : 0;
    cfg->source.rate_hz = live_opt.rate_hz;
    cfg->source.gain_db = live_opt.gain_db;
    cfg->source.bias_tee = live_opt.bias_tee;
    cfg->source.file_speed = live_opt.speed;
    cfg->source.wait_device = cfg->watch || cfg->mode == SCAN_STAND;
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    cfg->jobs = live_opt.jobs > 0 ? live_opt.jobs
                : cpus > JOBS_MAX ? JOBS_MAX
                : cpus > 0        ? (int)cpus
                                  : 1;
    cfg->log_path = live_opt.no_db ? NULL : live_opt.db;
    cfg->state_path = state_path();
    return COMMAND_DONE;
}

/* As in replay: what nobody named and is not there is done without, and said. */
static int open_databases(struct live_config *cfg)
{
    char err[400] = "";
    int rc = strcmp(live_opt.known, none) == 0
                 ? 0
                 : known_cells_open(&cfg->known, live_opt.known, err, sizeof err);
    if (rc == -ENOENT && live_opt.known == default_known)
        command_note("no known-cell database '%s': judging without it; fill one with cellwarden "
                     "import",
                     live_opt.known);
    else if (rc == -ENOENT)
        (void)command_error("there is no known-cell database '%s': judging without it",
                            live_opt.known);
    else if (rc < 0)
        return command_error("%s", err);
    rc = strcmp(live_opt.local, none) == 0
             ? 0
             : local_db_open(&cfg->local, live_opt.local, err, sizeof err);
    if (rc < 0 && rc != -ENOENT)
        return command_error("%s", err);
    return COMMAND_DONE;
}

/* A signal first, then errors, the device, flags, coverage. */
static int exit_of(const struct live_command *command, const struct live_end *result, int rc)
{
    if (rc < 0)
        return rc == -ENODEV ? COMMAND_DEVICE_LOST : COMMAND_ERROR;
    if (stop_signal() != 0)
        return COMMAND_SIGNAL + stop_signal();
    if (result->device_lost)
        return COMMAND_DEVICE_LOST;
    if (result->log_failed)
        return command_error("the log '%s' is not complete: it could not be written", live_opt.db);
    if (result->n_flagged > 0 && live_opt.exit_code)
        return COMMAND_FLAGGED;
    return result->incomplete && command->mode != SCAN_STAND ? COMMAND_INCOMPLETE : COMMAND_DONE;
}

static int listen(const struct live_command *command, struct live_config *cfg)
{
    char err[700];
    struct live_show *show;
    struct live_end result = {0};
    if (live_show_create(&show, &cfg->sink) < 0)
        return command_error("out of memory");
    stop_install_live();
    int rc = live_pipeline_run(cfg, &result, err, sizeof err);
    live_show_destroy(show);
    if (rc < 0 && stop_signal() == 0)
        (void)command_error("%s", err);
    else if (result.device_lost)
        (void)command_error("%s", err);
    int end = exit_of(command, &result, rc);
    int written = command_end(end);
    return stop_signal() != 0 ? COMMAND_SIGNAL + stop_signal() : written;
}

int live_command_run(const struct live_command *command, const char *source)
{
    struct channel_list channels = {0};
    struct live_config cfg = {.command = command->opt->name,
                              .source.spec = source ? source : default_source,
                              .mode = command->mode,
                              .watch = command->watch};
    command_set_quiet(live_opt.quiet);
    int rc = take_options(&cfg, &channels);
    if (rc == COMMAND_DONE)
        rc = open_databases(&cfg);
    if (rc == COMMAND_DONE)
        rc = listen(command, &cfg);
    known_cells_close(cfg.known);
    local_db_close(cfg.local);
    channel_list_clear(&channels);
    return rc;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_receiver - what hearing costs: CPU, memory and time to the first block, end to end.
 *
 * One JSON line a case. CPU is what the system charges the process (wait4), the least of several
 * runs, with one worker; it includes reading, the SHA-256 of the recording and judging. "realtime"
 * is seconds of signal over seconds of user CPU. The load of the machine stands beside it: sharing
 * caches and processors with other work makes the same instructions take longer.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/options.h"
#include "spawn.h"

#define CENTER_ARFCN 60
#define CENTER_HZ    947e6 /* ARFCN 60: 890 + 45 + 0.2 * 60 MHz */
#define LINE_OCT     65536

struct setup {
    const char *program, *synth, *source, *out, *grgsm, *only, *keep;
    int repeats;
    char folder[64];
    FILE *lines;
};

/* A recording to hear. file NULL: n_cells made up, spacing channels apart around the centre. */
struct bench_case {
    const char *name, *what, *file, *format;
    int n_cells, spacing;
    double rate_hz, center_hz, duration_s;
    bool piped; /* made while it is read, so that any length takes no room */
};

#define ONE  "tests/synth/scenarios/one.scn"
#define CITY "tests/synth/scenarios/city.scn"
#define R1   1083333.333333

static const struct bench_case table[] = {
    // clang-format off
    {"one", "one carrier, 1.0833 MS/s cf32", ONE, "cf32", 1, 0, R1, 945.2e6, 60, false},
    {"city", "the demonstration: seven cells, 2.4 MS/s cu8", CITY, "cu8", 7, 0, 2.4e6, 945.3e6, 30, false},
    {"cells-0", "2.4 MS/s cu8, no cell", NULL, "cu8", 0, 1, 2.4e6, CENTER_HZ, 30, false},
    {"cells-1", "2.4 MS/s cu8, 1 cell", NULL, "cu8", 1, 1, 2.4e6, CENTER_HZ, 30, false},
    {"cells-2", "2.4 MS/s cu8, 2 cells", NULL, "cu8", 2, 1, 2.4e6, CENTER_HZ, 30, false},
    {"cells-4", "2.4 MS/s cu8, 4 cells", NULL, "cu8", 4, 1, 2.4e6, CENTER_HZ, 30, false},
    {"cells-8", "2.4 MS/s cu8, 8 cells", NULL, "cu8", 8, 1, 2.4e6, CENTER_HZ, 30, false},
    {"cells-11", "2.4 MS/s cu8, 11 cells", NULL, "cu8", 11, 1, 2.4e6, CENTER_HZ, 30, false},
    {"rate-0.5", "0.5 MS/s cu8, 1 cell", NULL, "cu8", 1, 1, 0.5e6, CENTER_HZ, 30, false},
    {"rate-1", "1 MS/s cu8, 1 cell", NULL, "cu8", 1, 1, 1e6, CENTER_HZ, 30, false},
    {"rate-5", "5 MS/s cu8, 1 cell", NULL, "cu8", 1, 1, 5e6, CENTER_HZ, 15, false},
    {"rate-10", "10 MS/s cu8, 1 cell", NULL, "cu8", 1, 1, 10e6, CENTER_HZ, 8, false},
    {"rate-20", "20 MS/s cu8, 1 cell", NULL, "cu8", 1, 1, 20e6, CENTER_HZ, 4, false},
    {"rate-20x31", "20 MS/s cs16, 31 cells", NULL, "cs16", 31, 2, 20e6, CENTER_HZ, 3, false},
    {"length-10", "10 s, 1 cell, 2.4 MS/s from a pipe", NULL, "cu8", 1, 1, 2.4e6, CENTER_HZ, 10, true},
    {"length-60", "60 s", NULL, "cu8", 1, 1, 2.4e6, CENTER_HZ, 60, true},
    {"length-300", "300 s", NULL, "cu8", 1, 1, 2.4e6, CENTER_HZ, 300, true},
    {"rate-20x60", "20 MS/s cs16, 60 cells", NULL, "cs16", 60, 1, 20e6, CENTER_HZ, 3, false},
    {"length-city-300", "300 s of the demonstration", CITY, "cu8", 7, 0, 2.4e6, 945.3e6, 300, true},
    // clang-format on
};

static void make_scenario(const struct setup *u, const struct bench_case *c, char *ret, size_t cap)
{
    if (c->file) {
        (void)snprintf(ret, cap, "%s/%s", u->source, c->file);
        return;
    }
    (void)snprintf(ret, cap, "%s/case.scn", u->folder);
    FILE *f = fopen(ret, "w");
    if (!f)
        bench_fail("'%s' does not open", ret);
    (void)fprintf(f, "rate %.6f\ncenter %.1f\nformat %s\nseed 1\nreceiver_ppm 9\n", c->rate_hz,
                  c->center_hz, c->format);
    if (c->n_cells == 0)
        (void)fputs("noise_dbfs -45\nnoise_only\n", f);
    for (int i = 0; i < c->n_cells; i++) {
        int arfcn = CENTER_ARFCN + c->spacing * (i - c->n_cells / 2);
        (void)fprintf(
            f,
            "cell C%d\narfcn %d\nbsic %d\nesn0_db 20\nstart_fn %d\ndelay_sym %d.5\nci %d\n"
            "cell_allocation %d\nneighbours 20 40 80\npaging_per_s 4\nassign_per_s 1\n",
            i, arfcn, i * 2 % 64, 1000 + i * 170003 % 2700000, i * 113 % 1250, 2000 + i, arfcn);
    }
    if (fclose(f) != 0)
        bench_fail("'%s' could not be written", ret);
}

static void make_commands(const struct setup *u, const struct bench_case *c, const char *recording,
                          const char *extra, struct command *maker, struct command *reader)
{
    char scenario[512];
    make_scenario(u, c, scenario, sizeof(scenario));
    command_init(maker, u->synth);
    command_add(maker, "%s", scenario);
    command_add_words(maker, "--quiet --duration");
    command_add(maker, "%g", c->duration_s);
    command_add(maker, "-o");
    command_add(maker, "%s", recording);
    command_init(reader, u->program);
    command_add_words(reader, "replay --json --no-db --quiet --known none --local none --jobs 1"
                              " --bands P900 --format");
    command_add(reader, "%s", c->format);
    command_add(reader, "--rate");
    command_add(reader, "%.6f", c->rate_hz);
    command_add(reader, "--freq");
    command_add(reader, "%.1f", c->center_hz);
    command_add_words(reader, extra);
    command_add(reader, "%s", recording);
}

/* What the summary line says. */
static void read_summary(const char *path, json_t *line)
{
    char text[LINE_OCT];
    FILE *f = fopen(path, "r");
    while (f && fgets(text, sizeof(text), f)) {
        json_t *said = json_loads(text, 0, NULL);
        const char *type = said ? json_string_value(json_object_get(said, "type")) : NULL;
        if (type && strcmp(type, "summary") == 0) {
            json_object_set(line, "cells", json_object_get(said, "cells"));
            json_object_set(line, "blocks", json_object_get(said, "blocks"));
            json_object_set(line, "blocks_failed", json_object_get(said, "blocks_failed"));
        }
        json_decref(said);
    }
    if (f)
        (void)fclose(f);
}

static void put(const struct setup *u, json_t *line)
{
    if (!line)
        bench_fail("no memory");
    (void)json_dumpf(line, u->lines, JSON_COMPACT | JSON_REAL_PRECISION(6));
    (void)fputc('\n', u->lines);
    (void)fflush(u->lines);
    json_decref(line);
}

static void least(struct cost *best, const struct cost *cost, int i)
{
    long rss_kib = i && best->rss_kib > cost->rss_kib ? best->rss_kib : cost->rss_kib;
    if (i == 0 || cost->user_s < best->user_s)
        *best = *cost;
    best->rss_kib = rss_kib;
}

static void run_reader(struct command *reader, const char *out_path, struct cost *ret)
{
    int out = open(out_path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (out < 0)
        bench_fail("'%s': %s", out_path, strerror(errno));
    command_run(reader, -1, out, ret);
    (void)close(out);
    if (ret->status != 0)
        bench_fail("'%s' ended with status %d", command_line(reader), ret->status);
}

/* From the start of the process to the first block line, on a file that is there. */
static double first_block_s(struct command *reader)
{
    int fd[2];
    char text[LINE_OCT];
    struct cost cost;
    double first_s = (double)NAN;
    if (pipe2(fd, O_CLOEXEC) < 0)
        bench_fail("pipe: %s", strerror(errno));
    double started_s = clock_s();
    pid_t pid = command_start(reader, -1, fd[1]);
    (void)close(fd[1]);
    FILE *f = fdopen(fd[0], "r");
    while (f && fgets(text, sizeof(text), f)) {
        if (!isfinite(first_s) && strstr(text, "\"type\":\"block\""))
            first_s = clock_s() - started_s;
    }
    if (f)
        (void)fclose(f);
    command_wait(pid, started_s, &cost);
    return first_s;
}

static json_t *cost_json(const char *type, const char *name, double duration_s,
                         const struct cost *best)
{
    double load[1] = {0};
    (void)getloadavg(load, 1);
    return json_pack("{s:s,s:s,s:f,s:f,s:f,s:f,s:f,s:i,s:f}", "type", type, "case", name,
                     "signal_s", duration_s, "user_s", best->user_s, "system_s", best->system_s,
                     "wall_s", best->wall_s, "realtime", duration_s / best->user_s, "rss_kib",
                     (int)best->rss_kib, "load", load[0]);
}

static void say(const char *name, double duration_s, const struct cost *best)
{
    (void)fprintf(stderr, "%-16s %6.1f s of signal  %7.3f s CPU  %6.1f x real time  %6ld KiB\n",
                  name, duration_s, best->user_s, duration_s / best->user_s, best->rss_kib);
}

static void run_file(const struct setup *u, const struct bench_case *c, const char *recording,
                     struct cost *best, json_t **ret)
{
    struct command maker, reader;
    struct cost cost;
    char out_path[128];
    double first_s = (double)INFINITY;
    (void)snprintf(out_path, sizeof(out_path), "%s/out.jsonl", u->folder);
    make_commands(u, c, recording, NULL, &maker, &reader);
    command_run(&maker, -1, -1, &cost);
    if (cost.status != 0)
        bench_fail("'%s' ended with status %d", command_line(&maker), cost.status);
    for (int i = 0; i < u->repeats; i++) {
        run_reader(&reader, out_path, &cost);
        least(best, &cost, i);
    }
    *ret = cost_json("speed", c->name, c->duration_s, best);
    json_object_set_new(*ret, "command", json_string(command_line(&reader)));
    read_summary(out_path, *ret);
    make_commands(u, c, recording, "--blocks", &maker, &reader);
    for (int i = 0; i < u->repeats; i++)
        first_s = fmin(first_s, first_block_s(&reader));
    json_object_set_new(*ret, "first_block_s",
                        isfinite(first_s) ? json_real(first_s) : json_null());
}

static void run_pipe(const struct setup *u, const struct bench_case *c, struct cost *best,
                     json_t **ret)
{
    struct command maker, reader;
    struct cost made;
    char out_path[128];
    (void)snprintf(out_path, sizeof(out_path), "%s/out.jsonl", u->folder);
    make_commands(u, c, "-", NULL, &maker, &reader);
    command_pipe(&maker, &reader, out_path, &made, best);
    *ret = cost_json("speed", c->name, c->duration_s, best);
    json_object_set_new(*ret, "command", json_string(command_line(&reader)));
    read_summary(out_path, *ret);
}

/* The same file, the same number of runs: the other receiver's CPU, and the blocks it printed. */
static void run_grgsm(const struct setup *u, const struct bench_case *c, const char *recording,
                      const struct cost *ours)
{
    struct command other;
    struct cost cost, best = {0};
    char out_path[128], text[LINE_OCT];
    int n_blocks = 0;
    (void)snprintf(out_path, sizeof(out_path), "%s/grgsm.txt", u->folder);
    command_init(&other, "/usr/bin/python3");
    command_add(&other, "%s", u->grgsm);
    command_add_words(&other, "-m BCCH -t 0 -a 51 -v -s");
    command_add(&other, "%.0f", c->rate_hz);
    command_add(&other, "-c");
    command_add(&other, "%s", recording);
    for (int i = 0; i < u->repeats; i++) {
        run_reader(&other, out_path, &cost);
        least(&best, &cost, i);
    }
    FILE *f = fopen(out_path, "r");
    while (f && fgets(text, sizeof(text), f))
        n_blocks += strstr(text, ": ") != NULL;
    if (f)
        (void)fclose(f);
    double cpu_s = best.user_s + best.system_s, ours_s = ours->user_s + ours->system_s;
    json_t *line = cost_json("grgsm", c->name, c->duration_s, &best);
    json_object_set_new(line, "blocks", json_integer(n_blocks));
    json_object_set_new(line, "cpu_ratio", json_real(cpu_s / ours_s));
    put(u, line);
    (void)fprintf(stderr, "%-16s gr-gsm: %.2f s CPU, ours %.3f s: ratio %.1f\n", c->name, cpu_s,
                  ours_s, cpu_s / ours_s);
}

static void run_case(const struct setup *u, const struct bench_case *c)
{
    struct cost best = {0};
    char recording[128];
    json_t *line = NULL;
    (void)snprintf(recording, sizeof(recording), "%s/%s.%s", u->keep ? u->keep : u->folder, c->name,
                   c->format);
    if (c->piped)
        run_pipe(u, c, &best, &line);
    else
        run_file(u, c, recording, &best, &line);
    json_object_set_new(line, "what", json_string(c->what));
    json_object_set_new(line, "carriers", json_integer(c->n_cells));
    json_object_set_new(line, "rate_hz", json_real(c->rate_hz));
    put(u, line);
    say(c->name, c->duration_s, &best);
    if (u->grgsm && strcmp(c->name, "one") == 0)
        run_grgsm(u, c, recording, &best);
    if (!u->keep)
        (void)unlink(recording);
}

static void parse(struct setup *u, int argc, char **argv)
{
    const struct opt_row rows[] = {
        {.name = "program",
         .type = OPT_TEXT,
         .value = &u->program,
         .arg = "PATH",
         .help = "cellwarden; default: found on PATH"},
        {.name = "synth",
         .type = OPT_TEXT,
         .value = &u->synth,
         .arg = "PATH",
         .help = "cellwarden-synth; default: found on PATH"},
        {.name = "source",
         .type = OPT_TEXT,
         .value = &u->source,
         .arg = "FOLDER",
         .help = "source tree that holds the scenarios; default: here"},
        {.name = "out",
         .type = OPT_TEXT,
         .value = &u->out,
         .arg = "FILE",
         .help = "append JSON Lines to this file; default: standard output"},
        {.name = "case",
         .type = OPT_TEXT,
         .value = &u->only,
         .arg = "NAME",
         .help = "only cases whose name begins so; default: all"},
        {.name = "repeats",
         .type = OPT_INT,
         .value = &u->repeats,
         .arg = "N",
         .lo = 1,
         .hi = 100,
         .help = "runs a case, the least CPU counts; default 3"},
        {.name = "keep",
         .type = OPT_TEXT,
         .value = &u->keep,
         .arg = "FOLDER",
         .help = "keep the recordings here"},
        {.name = "grgsm",
         .type = OPT_TEXT,
         .value = &u->grgsm,
         .arg = "PATH",
         .help = "a working grgsm_decode to compare with; default: none"},
    };
    const struct opt_command cmd = {.name = "bench_receiver",
                                    .operands = "",
                                    .summary = "Measure CPU, memory and start of the receiver",
                                    .example = "  bench_receiver --case city --out speed.jsonl",
                                    .rows = rows,
                                    .n_rows = sizeof(rows) / sizeof(rows[0])};
    char err[256] = "";
    int n_operands = 0;
    int rc = opt_parse(&cmd, argc, argv, &n_operands, err, sizeof(err));
    if (rc < 0)
        bench_fail("%s", err);
    if (rc > 0)
        exit(0);
}

static void clean_up(const struct setup *u)
{
    static const char *const name[] = {"case.scn", "out.jsonl", "grgsm.txt"};
    char path[128];
    for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", u->folder, name[i]);
        (void)unlink(path);
    }
    (void)rmdir(u->folder);
}

int main(int argc, char **argv)
{
    struct setup u = {.program = "cellwarden",
                      .synth = "cellwarden-synth",
                      .source = ".",
                      .repeats = 3,
                      .folder = "/tmp/cellwarden-bench-XXXXXX",
                      .lines = stdout};
    parse(&u, argc, argv);
    if (u.out)
        u.lines = fopen(u.out, "a");
    if (!u.lines)
        bench_fail("'%s' does not open", u.out);
    if (!mkdtemp(u.folder))
        bench_fail("no folder for temporary files in /tmp");
    size_t n_only = u.only ? strlen(u.only) : 0;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (!u.only || strncmp(table[i].name, u.only, n_only) == 0)
            run_case(&u, &table[i]);
    }
    clean_up(&u);
    if (u.lines != stdout && fclose(u.lines) != 0)
        bench_fail("'%s' could not be written", u.out);
    return 0;
}

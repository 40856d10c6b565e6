/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_sensitivity - how weak, how disturbed a cell may be: generator | program against truth.
 *
 * One JSON line a point (scene, Es/N0, cell): seeds, command line, counts. The lines are read by
 * bench_report. Es/N0 = carrier power over noise power in 270.833 kHz; FER = share of the blocks
 * sent and whole in the file that were not decoded.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bounds.h"
#include "compare.h"
#include "core/options.h"
#include "gsm_const.h"
#include "scene_table.h"
#include "spawn.h"

struct setup {
    const char *program, *synth, *source, *scene, *out, *bounds, *replay_options;
    const char *receiver, *reader, *set; /* another receiver: its name, its command; more keys */
    bool quick, list, new_bounds;
    int seeds, first_seed;
    double duration_s, esn0_db;
    char folder[64];
    FILE *lines;
};

/* One point of one scene while its seeds run. */
struct point {
    const struct scene *scene;
    double esn0_db;
    int n_seeds, first_seed;
    double duration_s;
    struct tally tally[COMPARE_CELL_CAP];
    struct strays strays;
    char name[COMPARE_CELL_CAP][64];
    int n_cells;
    char command[2 * SPAWN_TEXT_CAP];
    double cpu_s;
    long rss_kib;
};

/* Same place for the same seed on every machine. */
static void add_place(struct command *maker, const char *cell, int seed)
{
    unsigned fn = (unsigned)seed * 104729u % GSM_HYPERFRAME;
    unsigned delay = (unsigned)seed * 7919u % 125000u; /* hundredths of a symbol, below a frame */
    command_add(maker, "--set");
    command_add(maker, "cell.%s.start_fn=%u", cell, fn);
    command_add(maker, "--set");
    command_add(maker, "cell.%s.delay_sym=%u.%02u", cell, delay / 100, delay % 100);
}

/* Value of a key of the recording in the scenario, with what the scene sets over it. */
static void scenario_value(const struct setup *u, const struct scene *s, const char *key, char *ret,
                           size_t cap)
{
    char path[512], line[512], word[64], value[64];
    const char *set = s->set;
    size_t n_key = strlen(key);
    (void)snprintf(path, sizeof(path), "%s/%s", u->source, s->file);
    FILE *f = fopen(path, "r");
    if (!f)
        bench_fail("'%s' does not open; give the source folder with --source", path);
    ret[0] = '\0';
    while (fgets(line, sizeof(line), f) && strncmp(line, "cell", 4) != 0) {
        if (sscanf(line, "%63s %63s", word, value) == 2 && strcmp(word, key) == 0)
            (void)snprintf(ret, cap, "%s", value);
    }
    (void)fclose(f);
    for (; set && *set; set += strcspn(set, " "), set += strspn(set, " ")) {
        if (strncmp(set, key, n_key) == 0 && set[n_key] == '=')
            (void)snprintf(ret, cap, "%.*s", (int)strcspn(set + n_key + 1, " "), set + n_key + 1);
    }
}

static double number_in(const char *text)
{
    double value = (double)NAN;
    char plain[64];
    (void)snprintf(plain, sizeof(plain), "%.*s", (int)strcspn(text, "S/"), text);
    if (opt_number(plain, &value) != 0)
        bench_fail("'%s' is no number", text);
    return value;
}

/* "key=value key=value" */
static void add_settings(struct command *maker, const char *set)
{
    for (; set && *set; set += strcspn(set, " "), set += strspn(set, " ")) {
        command_add(maker, "--set");
        command_add(maker, "%.*s", (int)strcspn(set, " "), set);
    }
}

static void make_commands(const struct setup *u, const struct point *p, int seed,
                          struct command *maker, struct command *reader)
{
    const struct scene *s = p->scene;
    char rate[64], center[64], format[64];
    scenario_value(u, s, "rate", rate, sizeof(rate));
    scenario_value(u, s, "center", center, sizeof(center));
    scenario_value(u, s, "format", format, sizeof(format));
    command_init(maker, u->synth);
    command_add(maker, "%s/%s", u->source, s->file);
    command_add_words(maker, "--quiet -o - --truth");
    command_add(maker, "%s/truth.jsonl", u->folder);
    command_add_words(maker, "--seed");
    command_add(maker, "%d", seed);
    command_add_words(maker, "--duration");
    command_add(maker, "%g", p->duration_s);
    add_settings(maker, s->set);
    add_settings(maker, u->set);
    if (s->sweep) {
        command_add(maker, "--set");
        command_add(maker, "%s=%g", s->sweep, p->esn0_db);
    }
    if (s->moved)
        add_place(maker, strcmp(s->file, "tests/synth/scenarios/adjacent.scn") ? "A" : "W", seed);
    if (u->reader) {
        command_init_words(reader, u->reader);
        return;
    }
    command_init(reader, u->program);
    command_add_words(reader, "replay --json --blocks --no-db --quiet --known none --local none"
                              " --jobs 1 --bands P900 --format");
    command_add(reader, "%s", format);
    command_add_words(reader, "--rate");
    command_add(reader, "%.6f", number_in(rate));
    command_add_words(reader, "--freq");
    command_add(reader, "%.1f", number_in(center));
    command_add_words(reader, u->replay_options);
    command_add(reader, "-");
}

static void run_seed(const struct setup *u, struct point *p, int seed)
{
    struct command maker, reader;
    struct cost made, read;
    char truth_path[128], lines_path[128], line[SPAWN_TEXT_CAP];
    (void)snprintf(truth_path, sizeof(truth_path), "%s/truth.jsonl", u->folder);
    (void)snprintf(lines_path, sizeof(lines_path), "%s/lines.jsonl", u->folder);
    make_commands(u, p, seed, &maker, &reader);
    command_pipe(&maker, &reader, lines_path, &made, &read);
    struct truth_set *t = truth_set_read(truth_path);
    compare_run(t, lines_path, p->tally, &p->strays);
    p->n_cells = truth_set_cells(t);
    for (int i = 0; i < p->n_cells; i++)
        (void)snprintf(p->name[i], sizeof(p->name[i]), "%s", truth_set_cell_name(t, i));
    truth_set_destroy(t);
    p->cpu_s += read.user_s + read.system_s;
    p->rss_kib = read.rss_kib > p->rss_kib ? read.rss_kib : p->rss_kib;
    if (seed == p->first_seed) {
        (void)snprintf(line, sizeof(line), "%s", command_line(&maker));
        (void)snprintf(p->command, sizeof(p->command), "%s | %s", line, command_line(&reader));
    }
}

static json_t *share_missed(long sent, long decoded)
{
    return sent > 0 ? json_real(1.0 - (double)decoded / (double)sent) : json_null();
}

static json_t *mean_of(double sum, long n)
{
    return n > 0 ? json_real(sum / (double)n) : json_null();
}

static json_t *root_mean(double square, long n)
{
    return n > 0 ? json_real(sqrt(square / (double)n)) : json_null();
}

static json_t *tally_json(const struct tally *y)
{
    return json_pack(
        "{s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "sent",
        (int)y->sent, "decoded", (int)y->decoded, "repaired", (int)y->repaired, "combined",
        (int)y->combined, "sch_sent", (int)y->sch_sent, "sch_decoded", (int)y->sch_decoded,
        "sch_assumed", (int)y->sch_assumed, "lost_at_start", (int)y->lost_at_start, "silent",
        (int)y->runs_silent, "cgi_read", (int)y->cgi_read, "cell_lines", (int)y->n_cell_lines,
        "fer", share_missed(y->sent, y->decoded), "sch_fer",
        share_missed(y->sch_sent, y->sch_decoded), "snr_error_db",
        mean_of(y->snr_sum_db, y->n_cell_lines), "snr_error_rms_db",
        root_mean(y->snr_square, y->n_cell_lines), "offset_error_hz",
        mean_of(y->offset_sum_hz, y->n_cell_lines), "offset_error_rms_hz",
        root_mean(y->offset_square, y->n_cell_lines), "relative_error_rms_ppm",
        root_mean(y->relative_square, y->n_relative), "late_sym",
        mean_of(y->late_sum_sym, y->n_timed), "late_rms_sym",
        root_mean(y->late_square, y->n_timed));
}

static void put_point(const struct setup *u, const struct point *p, int i_cell)
{
    const struct strays *z = &p->strays;
    json_t *line = json_pack(
        "{s:s,s:s,s:f,s:s,s:i,s:i,s:f,s:o,s:o,s:o,s:o,s:o,s:f,s:i,s:s}", "type", "point", "scene",
        p->scene->name, "esn0_db", p->esn0_db, "cell", p->n_cells ? p->name[i_cell] : "",
        "first_seed", p->first_seed, "seeds", p->n_seeds, "duration_s", p->duration_s,
        "wrong_blocks", json_integer(z->wrong_blocks), "wrong_repaired",
        json_integer(z->wrong_repaired), "wrong_sch", json_integer(z->wrong_sch), "edge_blocks",
        json_integer(z->edge_blocks), "false_cells", json_integer(z->false_cells), "cpu_s",
        p->cpu_s, "rss_kib", (int)p->rss_kib, "command", p->command);
    json_t *counts = tally_json(&p->tally[i_cell]);
    if (line && u->receiver)
        json_object_set_new(line, "receiver", json_string(u->receiver));
    if (!line || !counts)
        bench_fail("no memory");
    json_object_update(line, counts);
    json_decref(counts);
    (void)json_dumpf(line, u->lines, JSON_COMPACT | JSON_REAL_PRECISION(6));
    (void)fputc('\n', u->lines);
    (void)fflush(u->lines);
    json_decref(line);
}

static void say(const struct point *p, int i_cell)
{
    const struct tally *y = &p->tally[i_cell];
    const struct strays *z = &p->strays;
    (void)fprintf(stderr,
                  "%-16s %-4s %5.1f dB  blocks %6ld/%6ld  SCH %6ld/%6ld  start -%ld  silent %ld  "
                  "CGI %ld/%d  wrong %ld\n",
                  p->scene->name, p->n_cells ? p->name[i_cell] : "", p->esn0_db, y->decoded,
                  y->sent, y->sch_decoded, y->sch_sent, y->lost_at_start, y->runs_silent,
                  y->cgi_read, y->n_runs, z->wrong_blocks);
}

static void run_point(const struct setup *u, struct point *p)
{
    for (int i = 0; i < p->n_seeds; i++)
        run_seed(u, p, p->first_seed + i);
    for (int i = 0; i < (p->scene->every_cell ? p->n_cells : 1); i++) {
        put_point(u, p, i);
        say(p, i);
    }
}

static struct point *point_create(const struct scene *s, double esn0_db)
{
    struct point *p = calloc(1, sizeof(*p));
    if (!p)
        bench_fail("no memory");
    p->scene = s;
    p->esn0_db = esn0_db;
    p->first_seed = 1;
    p->n_seeds = s->n_seeds;
    p->duration_s = s->duration_s;
    return p;
}

static void run_scene(const struct setup *u, const struct scene *s)
{
    for (int i = 0; s->esn0_db[i] > SCENE_END; i++) {
        if (isfinite(u->esn0_db) && i > 0)
            break;
        struct point *p = point_create(s, isfinite(u->esn0_db) ? u->esn0_db : s->esn0_db[i]);
        p->first_seed = u->first_seed;
        if (u->seeds > 0)
            p->n_seeds = u->seeds;
        if (u->duration_s > 0)
            p->duration_s = u->duration_s;
        run_point(u, p);
        free(p);
    }
}

/* The few points of the bounds file; the exit status says whether all lie within. */
static int run_quick(const struct setup *u)
{
    struct bound bound[BOUNDS_CAP];
    int n = bounds_read(u->bounds, bound), n_bad = 0;
    for (int i = 0; i < n; i++) {
        const struct scene *s = scene_find(bound[i].scene);
        if (!s)
            bench_fail("'%s': no scene '%s'", u->bounds, bound[i].scene);
        struct point *p = point_create(s, bound[i].esn0_db);
        p->n_seeds = bound[i].n_seeds;
        p->duration_s = bound[i].duration_s;
        run_point(u, p);
        if (u->new_bounds)
            bounds_print(&bound[i], &p->tally[0]);
        else
            n_bad += bounds_check(&bound[i], &p->tally[0], &p->strays);
        free(p);
    }
    return n_bad ? 1 : 0;
}

static void put_head(const struct setup *u)
{
    char when[32];
    time_t now = time(NULL);
    double load[1] = {0};
    struct tm utc;
    (void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%MZ", gmtime_r(&now, &utc));
    (void)getloadavg(load, 1);
    json_t *line = json_pack("{s:s,s:s,s:s,s:f}", "type", "bench", "bench", "sensitivity", "utc",
                             when, "load", load[0]);
    (void)json_dumpf(line, u->lines, JSON_COMPACT | JSON_REAL_PRECISION(6));
    (void)fputc('\n', u->lines);
    json_decref(line);
}

static int list_scenes(void)
{
    for (int i = 0; scene_at(i); i++)
        printf("%-16s %s\n", scene_at(i)->name, scene_at(i)->what);
    return 0;
}

static void parse(struct setup *u, int argc, char **argv)
{
    const struct opt_row rows[] = {
        // clang-format off
        {"program", 0, OPT_TEXT, &u->program, "PATH", "cellwarden; default: found on PATH", 0, 0, NULL},
        {"synth", 0, OPT_TEXT, &u->synth, "PATH", "cellwarden-synth; default: found on PATH", 0, 0, NULL},
        {"source", 0, OPT_TEXT, &u->source, "FOLDER", "source tree with the scenarios; default: here", 0, 0, NULL},
        {"out", 0, OPT_TEXT, &u->out, "FILE", "append JSON Lines here; default: standard output", 0, 0, NULL},
        {"scene", 0, OPT_TEXT, &u->scene, "NAMES", "only these, separated by commas, or all; default: all", 0, 0, NULL},
        {"esn0", 0, OPT_NUMBER, &u->esn0_db, "DB", "one point instead of the scene's", -30, 60, NULL},
        {"seeds", 0, OPT_INT, &u->seeds, "N", "runs a point; default: the scene's", 1, 1000, NULL},
        {"first-seed", 0, OPT_INT, &u->first_seed, "N", "seed of the first run; default 1", 1, 1e6, NULL},
        {"duration", 0, OPT_NUMBER, &u->duration_s, "S", "seconds of signal a run; default: the scene's", 0.5, 1e5, NULL},
        {"replay-options", 0, OPT_TEXT, &u->replay_options, "WORDS", "handed to cellwarden replay as well", 0, 0, NULL},
        {"set", 0, OPT_TEXT, &u->set, "WORDS", "keys of the scenario set in every run", 0, 0, NULL},
        {"receiver", 0, OPT_TEXT, &u->receiver, "NAME", "name of another receiver, for its lines", 0, 0, NULL},
        {"reader", 0, OPT_TEXT, &u->reader, "WORDS", "its command: samples in, lines of replay --blocks out", 0, 0, NULL},
        {"quick", 0, OPT_FLAG, &u->quick, NULL, "run the points of the bounds file and compare", 0, 0, NULL},
        {"bounds", 0, OPT_TEXT, &u->bounds, "FILE", "points of --quick; default SOURCE/bench/bounds.txt", 0, 0, NULL},
        {"new-bounds", 0, OPT_FLAG, &u->new_bounds, NULL, "with --quick: print bounds around what comes out now", 0, 0, NULL},
        {"list", 0, OPT_FLAG, &u->list, NULL, "name the scenes", 0, 0, NULL},
        // clang-format on
    };
    const struct opt_command cmd = {.name = "bench_sensitivity",
                                    .operands = "",
                                    .summary = "Measure how weak a cell may be",
                                    .example =
                                        "  bench_sensitivity --scene awgn,tu50 --out p.jsonl",
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

static bool is_wanted(const struct setup *u, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = u->scene; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL) {
        if (strncmp(p, name, n) == 0 && (p[n] == ',' || p[n] == '\0'))
            return true;
    }
    return !u->scene || strcmp(u->scene, "all") == 0;
}

static int run_all(const struct setup *u)
{
    int n = 0;
    for (int i = 0; scene_at(i); i++) {
        if (is_wanted(u, scene_at(i)->name)) {
            run_scene(u, scene_at(i));
            n++;
        }
    }
    if (n == 0)
        bench_fail("no scene '%s'; --list names them", u->scene);
    return 0;
}

static void clean_up(const struct setup *u)
{
    char path[128];
    for (int i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof(path), "%s/%s.jsonl", u->folder, i ? "truth" : "lines");
        (void)unlink(path);
    }
    (void)rmdir(u->folder);
}

int main(int argc, char **argv)
{
    struct setup u = {.program = "cellwarden",
                      .synth = "cellwarden-synth",
                      .source = ".",
                      .first_seed = 1,
                      .esn0_db = (double)NAN,
                      .folder = "/tmp/cellwarden-bench-XXXXXX",
                      .lines = stdout};
    char bounds[512];
    parse(&u, argc, argv);
    if (u.list)
        return list_scenes();
    if (!u.bounds) {
        (void)snprintf(bounds, sizeof(bounds), "%s/bench/bounds.txt", u.source);
        u.bounds = bounds;
    }
    if (u.out)
        u.lines = fopen(u.out, "a");
    if (!u.lines)
        bench_fail("'%s' does not open", u.out);
    if (!mkdtemp(u.folder))
        bench_fail("no folder for temporary files in /tmp");
    put_head(&u);
    int status = u.quick ? run_quick(&u) : run_all(&u);
    clean_up(&u);
    if (u.lines != stdout && fclose(u.lines) != 0)
        bench_fail("'%s' could not be written", u.out);
    return status;
}

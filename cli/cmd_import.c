/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cellwarden import - lists of cells, allocations and exceptions into the databases. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/json_parts.h"
#include "cli/plain_text.h"
#include "detector/known_import.h"

static struct {
    const char *known, *local, *map, *name, *radio, *tmpdir;
    int kind, source;
    bool json, quiet;
} opt = {.known = "known.db", .local = "local.db", .radio = "GSM", .kind = -1, .source = -1};

/* In the order of enum known_kind and enum known_source. */
static const char *const kind_choices[] = {"cells", "allocations", "allow", NULL};
static const char *const source_choices[] = {"crowd", "regulator", "operator", NULL};

/* clang-format off */
static const struct opt_row rows[] = {
    {"kind", 0, OPT_CHOICE, &opt.kind, "KIND", "what the list holds: cells, allocations (which operator has which channels) or allow (cells that are strange and known to be harmless)", 0, 0, kind_choices},
    {"source", 0, OPT_CHOICE, &opt.source, "SOURCE", "who says so: operator, regulator or crowd; an operator's list counts as complete", 0, 0, source_choices},
    {"name", 0, OPT_TEXT, &opt.name, "NAME", "of this list: it then replaces the list of the same kind, source and name, and only that", 0, 0, NULL},
    {"map", 0, OPT_TEXT, &opt.map, "THEIR=OUR,...", "which of their columns is which of ours, for example cell_id=ci,la=lac", 0, 0, NULL},
    {"radio", 0, OPT_TEXT, &opt.radio, "NAME", "take rows of this radio only, any for all; default GSM", 0, 0, NULL},
    {"known", 0, OPT_TEXT, &opt.known, "PATH", "known-cell database to fill; default known.db", 0, 0, NULL},
    {"local", 0, OPT_TEXT, &opt.local, "PATH", "local database, where allow-lists go; default local.db", 0, 0, NULL},
    {"tmpdir", 0, OPT_TEXT, &opt.tmpdir, "DIR", "where sorting may need space, up to three times the result", 0, 0, NULL},
    {"json", 0, OPT_FLAG, &opt.json, NULL, "print the outcome as one JSON line", 0, 0, NULL},
    {"quiet", 'q', OPT_FLAG, &opt.quiet, NULL, "no progress and no notes, errors only", 0, 0, NULL},
};
/* clang-format on */

static const struct opt_command command = {
    .name = "import",
    .operands = "FILE",
    .summary = "Fill the known-cell database from a CSV file",
    .details =
        "FILE is CSV, also packed with gzip; - is standard input. Cells come as OpenCellID writes "
        "them (header optional) or with a header among mcc, mnc, lac, ci, arfcn, bsic, lat, lon, "
        "site, type, valid_from, valid_to. Rows that are no use are counted and the first ones "
        "shown; more than 1 in 100 refuses the list, and the database stays as it was. A list is "
        "taken as complete for the networks (MCC and MNC) that it names: what the same source said "
        "of them before is replaced, all else stays. So the lists of several operators can be "
        "imported one after the other, and each again when it changes.",

    .example = "cellwarden import --kind cells --source crowd 262.csv.gz\n"
               "cellwarden import --kind cells --source operator --map \"cell id=ci,la=lac\" "
               "plan.csv\n"
               "cellwarden import --kind allocations --source regulator frequencies.csv",
    .rows = rows,
    .n_rows = sizeof rows / sizeof rows[0],
    .min_operands = 1,
    .max_operands = 1,
};

static void show_progress(void *ctx, uint64_t n_rows, uint64_t n_oct, uint64_t n_oct_total)
{
    (void)ctx;
    if (n_oct_total > 0)
        fprintf(stderr, "\r%" PRIu64 " rows, %3.0f %%\033[K", n_rows,
                100.0 * (double)n_oct / (double)n_oct_total);
    else
        fprintf(stderr, "\r%" PRIu64 " rows\033[K", n_rows);
}

static void note_bad(const struct known_import_result *res)
{
    for (size_t i = 0; i < res->n_bad_listed; i++) {
        char why[4 * KNOWN_WHY_CAP];
        (void)plain_text_format(res->bad[i].why, why, sizeof why);
        command_note("line %" PRIu64 ": %s", res->bad[i].line, why);
    }
    if (res->n_bad > res->n_bad_listed)
        command_note("and %" PRIu64 " more of no use", res->n_bad - res->n_bad_listed);
}

static json_t *json_bad(const struct known_import_result *res)
{
    json_t *list = json_array();
    for (size_t i = 0; i < res->n_bad_listed; i++)
        (void)json_array_append_new(list,
                                    json_pack("{s:I,s:o}", "line", (json_int_t)res->bad[i].line,
                                              "why", plain_text_json(res->bad[i].why)));
    return list;
}

static void print_json(const struct known_import_config *cfg, const struct known_import_result *res)
{
    json_t *line = json_pack("{s:s,s:s,s:s,s:o,s:I,s:I,s:I,s:I,s:o}", "type", "import", "kind",
                             known_kind_name(cfg->kind), "source", known_source_name(cfg->source),
                             "path", plain_text_json(cfg->path), "rows", (json_int_t)res->n_good,
                             "bad", (json_int_t)res->n_bad, "skipped", (json_int_t)res->n_skipped,
                             "replaced", (json_int_t)res->n_replaced, "bad_lines", json_bad(res));
    json_put_line(stdout, line);
}

static void print_text(const struct known_import_config *cfg, const struct known_import_result *res)
{
    printf("%" PRIu64 " row%s taken", res->n_good, res->n_good == 1 ? "" : "s");
    if (res->n_bad > 0)
        printf(", %" PRIu64 " no use", res->n_bad);
    if (res->n_skipped > 0)
        printf(", %" PRIu64 " of another radio skipped", res->n_skipped);
    if (res->n_replaced > 0)
        printf("; %" PRIu64 " row%s there before replaced", res->n_replaced,
               res->n_replaced == 1 ? "" : "s");
    printf(": %s\n", cfg->kind == KNOWN_KIND_ALLOW ? cfg->local_path : cfg->known_path);
}

static int run(const char *path)
{
    struct known_import_result res;
    char err[800];
    bool bar = !opt.quiet && isatty(STDERR_FILENO) == 1;
    struct known_import_config cfg = {
        .kind = (enum known_kind)opt.kind,
        .source = (enum known_source)(opt.source + 1),
        .name = opt.name,
        .path = path,
        .map = opt.map,
        .radio = opt.radio,
        .known_path = opt.known,
        .local_path = opt.local,
        .now_utc_us = (int64_t)time(NULL) * 1000000,
        .progress = bar ? show_progress : NULL,
    };
    int rc = known_import_run(&cfg, &res, err, sizeof err);
    if (bar)
        (void)fputs("\r\033[K", stderr);
    note_bad(&res);
    if (rc < 0)
        return command_error("%s", err);
    if (opt.json)
        print_json(&cfg, &res);
    else
        print_text(&cfg, &res);
    return command_end(COMMAND_DONE);
}

int cmd_import(int argc, char **argv)
{
    int n_operands, ret;
    if (!command_parse(&command, argc, argv, &n_operands, &ret))
        return ret;
    command_set_quiet(opt.quiet);
    if (opt.kind < 0 || opt.source < 0) {
        (void)command_error("say what the list holds and who says so: --kind %s --source %s",
                            "cells|allocations|allow", "operator|regulator|crowd");
        return COMMAND_USAGE;
    }
    char err[400];
    if (opt.map && known_columns_check_map(opt.map, err, sizeof err) < 0) {
        (void)command_error("--%s", err);
        return COMMAND_USAGE;
    }
    if (opt.name && strlen(opt.name) >= sizeof((struct known_list *)NULL)->name) {
        (void)command_error("the --name has %zu octets: %zu are the most", strlen(opt.name),
                            sizeof((struct known_list *)NULL)->name - 1);
        return COMMAND_USAGE;
    }
    if (opt.tmpdir && access(opt.tmpdir, W_OK | X_OK) != 0)
        return command_error("cannot use --tmpdir \"%s\" for sorting: %s", opt.tmpdir,
                             strerror(errno));
    if (opt.tmpdir && setenv("SQLITE_TMPDIR", opt.tmpdir, 1) != 0)
        return command_error("cannot use \"%s\" for sorting", opt.tmpdir);
    return run(argv[1]);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cellwarden export - results for others. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "detector/export.h"

static struct {
    const char *db, *output;
    int view;
    bool quiet;
} opt = {.db = "cellwarden.db"};

static const char *const view_choices[] = {"flagged_cells", "cell_timeline", "review_queue",
                                           "coverage",      "cell_latest",   NULL};

/* clang-format off */
static const struct opt_row rows[] = {
    {"db", 0, OPT_TEXT, &opt.db, "PATH", "the log; default cellwarden.db", 0, 0, NULL},
    {"view", 0, OPT_CHOICE, &opt.view, "NAME", "flagged_cells, cell_timeline, review_queue, coverage or cell_latest; default flagged_cells", 0, 0, view_choices},
    {"output", 'o', OPT_TEXT, &opt.output, "PATH", "file to write; default standard output", 0, 0, NULL},
    {"quiet", 'q', OPT_FLAG, &opt.quiet, NULL, "no notes, errors only", 0, 0, NULL},
};
/* clang-format on */

static const struct opt_command command = {
    .name = "export",
    .operands = "csv",
    .summary = "Write flagged cells, or another view of the log, as CSV",
    .details = "CSV as in RFC 4180, UTF-8, with a header. A text that a spreadsheet would take for "
               "a formula gets a ' in front.",
    .example = "cellwarden export csv > flagged.csv\n"
               "cellwarden export csv --view coverage --output coverage.csv",
    .rows = rows,
    .n_rows = sizeof rows / sizeof rows[0],
    .min_operands = 1,
    .max_operands = 1,
};

static int write_csv(struct store *s, FILE *out)
{
    char err[800];
    size_t n_rows = 0;
    int rc = export_csv(s, view_choices[opt.view], out, &n_rows, err, sizeof err);
    if (rc < 0)
        return command_error("%s", err);
    command_note("%zu row%s of %s", n_rows, n_rows == 1 ? "" : "s", view_choices[opt.view]);
    return COMMAND_DONE;
}

static int run(void)
{
    char err[800];
    struct store *s = NULL;
    if (store_open_read(&s, opt.db, err, sizeof err) < 0)
        return command_error("%s", err);
    FILE *out = opt.output ? fopen(opt.output, "we") : stdout;
    int ret = out ? write_csv(s, out)
                  : command_error("cannot write \"%s\": %s", opt.output, strerror(errno));
    if (out && out != stdout && fclose(out) != 0 && ret == COMMAND_DONE)
        ret = command_error("cannot write \"%s\": %s", opt.output, strerror(errno));
    store_close(s);
    return ret;
}

int cmd_export(int argc, char **argv)
{
    int n_operands, ret;
    if (!command_parse(&command, argc, argv, &n_operands, &ret))
        return ret;
    command_set_quiet(opt.quiet);
    if (strcmp(argv[1], "csv") != 0) {
        (void)command_error("cannot export '%s': the format is csv", argv[1]);
        return COMMAND_USAGE;
    }
    return command_end(run());
}

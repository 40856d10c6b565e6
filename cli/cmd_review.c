/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cellwarden review - a person's work on flagged cells. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "cli/commands.h"
#include "cli/review_text.h"
#include "detector/local_db.h"

static struct {
    const char *db, *local, *note, *reviewer, *kind;
    bool json, all, open;
} opt = {.db = "cellwarden.db", .local = "local.db"};

/* clang-format off */
static const struct opt_row rows[] = {
    {"db", 0, OPT_TEXT, &opt.db, "PATH", "the log; default cellwarden.db", 0, 0, NULL},
    {"all", 0, OPT_FLAG, &opt.all, NULL, "list: every cell, also those that are not flagged", 0, 0, NULL},
    {"open", 0, OPT_FLAG, &opt.open, NULL, "list: only cells on which nobody has decided", 0, 0, NULL},
    {"note", 0, OPT_TEXT, &opt.note, "TEXT", "set: why", 0, 0, NULL},
    {"reviewer", 0, OPT_TEXT, &opt.reviewer, "NAME", "set: who decides", 0, 0, NULL},
    {"kind", 0, OPT_TEXT, &opt.kind, "KIND", "set explained: rail, private, event, \"mobile site\" or reviewed; default reviewed", 0, 0, NULL},
    {"local", 0, OPT_TEXT, &opt.local, "PATH", "set explained: local database for the allow-list entry; default local.db", 0, 0, NULL},
    {"json", 0, OPT_FLAG, &opt.json, NULL, "print JSON Lines", 0, 0, NULL},
};
/* clang-format on */

static const struct opt_command command = {
    .name = "review",
    .operands = "list|show|set|why [CELL [STATE]]",
    .summary = "List flagged cells, see why, and decide",
    .details =
        "CELL is a cell_id (8 letters of it are enough), a cell_key or MCC-MNC-LAC-CI. show prints "
        "the facts, every finding, the sum of the score and the raw messages; why does so for any "
        "cell and says which rules could not be asked. set CELL confirmed, dismissed, explained or "
        "open writes a decision, which holds when the cell comes back for the same reasons; "
        "explained also puts the cell on the allow-list of the local database.",
    .example = "cellwarden review list\n"
               "cellwarden review show 262-01-21014-6326/30/32\n"
               "cellwarden review set 262-01-21014-6326/30/32 confirmed --reviewer \"A. Meyer\" "
               "--note \"box found in a van\"\n"
               "cellwarden review set 262-10-1-23/955/8 explained --kind rail --reviewer \"A. "
               "Meyer\"",
    .rows = rows,
    .n_rows = sizeof rows / sizeof rows[0],
    .min_operands = 1,
    .max_operands = 3,
};

static int usage(const char *text)
{
    (void)command_error("%s: see cellwarden review --help", text);
    return COMMAND_USAGE;
}

/* ---- list ---- */

static int count_and_print(void *ctx, const struct review_cell *c)
{
    int *n = ctx;
    if (opt.json)
        review_json_cell(stdout, c, NULL);
    else
        review_text_row(stdout, c, *n == 0);
    ++*n;
    return 0;
}

static int list(struct store *s)
{
    char err[800];
    int n = 0;
    enum review_filter filter = opt.all ? REVIEW_ALL : opt.open ? REVIEW_QUEUE : REVIEW_FLAGGED;
    if (review_list(s, filter, count_and_print, &n, err, sizeof err) < 0)
        return command_error("%s", err);
    if (n == 0 && !opt.json)
        (void)puts(opt.all    ? "no cell was heard"
                   : opt.open ? "no flagged cell waits for a decision"
                              : "no cell is flagged");
    return COMMAND_DONE;
}

/* ---- show, why ---- */

struct show {
    struct store *store;
    int result;
};

static int show_cell(void *ctx, const struct review_cell *c)
{
    struct show *w = ctx;
    char err[800];
    int rc = opt.json ? review_json_cell(stdout, c, w->store)
                      : review_text_cell(stdout, c, w->store, err, sizeof err);
    w->result = rc < 0 ? command_error("%s", opt.json ? "cannot read the log" : err) : COMMAND_DONE;
    return 0;
}

static int show(struct store *s, const char *cell)
{
    char err[800];
    struct show w = {.store = s, .result = COMMAND_DONE};
    if (review_find(s, cell, show_cell, &w, err, sizeof err) < 0)
        return command_error("%s", err);
    return w.result;
}

/* ---- set ---- */

static int set(struct store *s, const char *cell, const char *word)
{
    struct timeval now;
    char err[800];
    struct review_order order = {
        .cell = cell,
        .note = opt.note,
        .reviewer = opt.reviewer,
        .kind = opt.kind,
        .local_path = opt.local,
    };
    if (review_state_find(word, &order.state) < 0)
        return usage("a decision is confirmed, dismissed, explained or open");
    if (opt.kind && order.state != REVIEW_EXPLAINED)
        return usage("--kind goes with explained only");
    if (opt.kind && !local_allow_kind_known(opt.kind))
        return usage("--kind is rail, private, event, \"mobile site\" or reviewed");
    if (!opt.reviewer)
        return usage("say who decides, with --reviewer NAME");
    (void)gettimeofday(&now, NULL);
    order.now_utc_us = (int64_t)now.tv_sec * 1000000 + now.tv_usec;
    if (review_set(s, &order, err, sizeof err) < 0)
        return command_error("%s", err);
    if (!opt.json && order.state == REVIEW_EXPLAINED)
        printf("explained; %s now allows the cell, it will not be flagged again\n", opt.local);
    else if (!opt.json)
        printf("%s\n", word);
    return opt.json ? show(s, cell) : COMMAND_DONE;
}

static int with_log(const char *verb, const char *cell, const char *word)
{
    char err[800];
    struct store *s = NULL;
    bool write = word != NULL;
    int rc = -ENOENT;
    /* set must not make an empty log where somebody mistyped a name */
    rc = store_open_read(&s, opt.db, err, sizeof err);
    if (rc == 0 && write) {
        store_close(s);
        s = NULL;
        rc = store_open(&s, opt.db, err, sizeof err);
    }
    if (rc < 0)
        return command_error("%s", err);
    int ret = strcmp(verb, "list") == 0 ? list(s) : write ? set(s, cell, word) : show(s, cell);
    store_close(s);
    return ret;
}

int cmd_review(int argc, char **argv)
{
    int n_operands, ret;
    if (!command_parse(&command, argc, argv, &n_operands, &ret))
        return ret;
    const char *verb = argv[1], *cell = n_operands > 1 ? argv[2] : NULL;
    const char *word = n_operands > 2 ? argv[3] : NULL;
    bool is_list = strcmp(verb, "list") == 0, is_set = strcmp(verb, "set") == 0;
    bool is_show = strcmp(verb, "show") == 0 || strcmp(verb, "why") == 0;
    if (!is_list && !is_set && !is_show)
        return usage("the word after review is list, show, set or why");
    if ((is_list && cell) || (is_show && (!cell || word)) || (is_set && !word))
        return usage(is_list   ? "list takes no cell"
                     : is_show ? "say which cell, and nothing else"
                               : "set needs a cell and a decision");
    ret = with_log(verb, cell, word);
    return command_end(ret);
}

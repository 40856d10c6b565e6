/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cellwarden known - ask the known-cell database, and add to what this organisation knows. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/json_parts.h"
#include "cli/plain_text.h"
#include "core/utc.h"
#include "detector/known_cells.h"
#include "detector/local_db.h"

#define FIND_CAP 500

static const char default_local[] = "local.db";

static struct {
    const char *known, *local, *near, *site, *type, *note;
    double radius_m;
    int limit, arfcn, bsic;
    bool json;
} opt = {.known = "known.db", .local = default_local, .radius_m = 2000, .arfcn = -1, .bsic = -1};

/* clang-format off */
static const struct opt_row rows[] = {
    {"near", 0, OPT_TEXT, &opt.near, "LAT,LON", "find: cells around a place, nearest first; add: where the cell stands", 0, 0, NULL},
    {"radius", 0, OPT_NUMBER, &opt.radius_m, "M", "find --near: how far, in metres; default 2000", 1, 1e6, NULL},
    {"limit", 0, OPT_INT, &opt.limit, "N", "list: stop after so many cells; default all", 1, 1e9, NULL},
    {"arfcn", 0, OPT_INT, &opt.arfcn, "N", "add: the cell's channel", 0, 1023, NULL},
    {"bsic", 0, OPT_INT, &opt.bsic, "N", "add: the cell's BSIC", 0, 63, NULL},
    {"site", 0, OPT_TEXT, &opt.site, "TEXT", "add: name of the site", 0, 0, NULL},
    {"type", 0, OPT_TEXT, &opt.type, "TEXT", "add: kind of cell", 0, 0, NULL},
    {"note", 0, OPT_TEXT, &opt.note, "TEXT", "add: why it is known", 0, 0, NULL},
    {"known", 0, OPT_TEXT, &opt.known, "PATH", "known-cell database; default known.db", 0, 0, NULL},
    {"local", 0, OPT_TEXT, &opt.local, "PATH", "local database; default local.db", 0, 0, NULL},
    {"json", 0, OPT_FLAG, &opt.json, NULL, "print JSON Lines", 0, 0, NULL},
};
/* clang-format on */

static const struct opt_command command = {
    .name = "known",
    .operands = "find|list|stat|add [CELL|NETWORK]",
    .summary = "Ask what is known of a cell, a place or a network",
    .details = "find CELL says what each source knows of MCC-MNC-LAC-CI; find --near lists cells "
               "around a place; list NETWORK prints every cell of MCC-MNC; stat says which lists "
               "are in and how many cells they hold; add CELL writes a cell to the local database.",
    .example = "cellwarden known find 262-01-21014-6326\n"
               "cellwarden known find --near 48.0,7.8 --radius 5000\n"
               "cellwarden known list 262-01 --limit 20\n"
               "cellwarden known stat\n"
               "cellwarden known add 262-01-21014-6326 --arfcn 30 --note \"new site, letter of "
               "2026-11-02\"",
    .rows = rows,
    .n_rows = sizeof rows / sizeof rows[0],
    .min_operands = 1,
    .max_operands = 2,
};

static int usage(const char *text)
{
    (void)command_error("%s: see cellwarden known --help", text);
    return COMMAND_USAGE;
}

/* ---- one cell ---- */

static void print_cell_json(const struct known_cell *c, const char *source, double distance_m)
{
    json_t *line = json_pack(
        "{s:s,s:s,s:s,s:s,s:i,s:i,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "type", "known", "source",
        source, "mcc", c->mcc, "mnc", c->mnc, "lac", c->lac, "ci", c->ci, "arfcn",
        json_int_or_null(c->arfcn >= 0, c->arfcn), "bsic", json_int_or_null(c->bsic >= 0, c->bsic),
        "lat", c->has_position ? json_real(c->lat_deg) : json_null(), "lon",
        c->has_position ? json_real(c->lon_deg) : json_null(), "range_m",
        c->range_m > 0 ? json_real(c->range_m) : json_null(), "site", plain_text_json(c->site),
        "cell_type", plain_text_json(c->type), "valid_from", json_utc(c->valid_from_us), "valid_to",
        json_utc(c->valid_to_us));
    if (c->note[0])
        (void)json_object_set_new(line, "note", plain_text_json(c->note));
    if (distance_m >= 0)
        (void)json_object_set_new(line, "distance_m", json_integer((json_int_t)distance_m));
    json_put_line(stdout, line);
}

static void print_cell_text(const struct known_cell *c, const char *source, double distance_m)
{
    printf("%s-%s-%d-%d  %-9s", c->mcc, c->mnc, c->lac, c->ci, source);
    if (c->arfcn >= 0)
        printf("  ARFCN %d", c->arfcn);
    if (c->bsic >= 0)
        printf("  BSIC %d", c->bsic);
    if (c->has_position)
        printf("  at %.5f,%.5f", c->lat_deg, c->lon_deg);
    if (c->range_m > 0)
        printf(" within %.0f m", c->range_m);
    if (distance_m >= 0)
        printf("  %.0f m away", distance_m);
    const char *const texts[] = {c->site, c->type};
    for (size_t i = 0; i < 2; i++) {
        if (texts[i][0])
            (void)fputs("  ", stdout);
        plain_text_put(stdout, texts[i]);
    }
    if (c->note[0]) {
        (void)fputs("  ", stdout);
        plain_text_put(stdout, c->note);
    }
    char from[UTC_TEXT_CAP], to[UTC_TEXT_CAP];
    utc_format(c->valid_from_us, from);
    utc_format(c->valid_to_us, to);
    if (from[0] || to[0])
        printf("  valid %s to %s", from[0] ? from : "ever", to[0] ? to : "now");
    (void)putchar('\n');
}

static void print_cell(const struct known_cell *c, const char *source, double distance_m)
{
    if (opt.json)
        print_cell_json(c, source, distance_m);
    else
        print_cell_text(c, source, distance_m);
}

/* ---- find ---- */

static int open_known(struct known_cells **ret)
{
    char err[800];
    int rc = known_cells_open(ret, opt.known, err, sizeof err);
    if (rc == -ENOENT)
        return command_error("there is no known-cell database \"%s\": fill it with cellwarden "
                             "import",
                             opt.known);
    return rc < 0 ? command_error("%s", err) : COMMAND_DONE;
}

/* Cells that this organisation added itself; none when there is no local database. */
static int find_added(const char *mcc, const char *mnc, int lac, int ci, struct known_cell *cell)
{
    char err[800];
    struct local_db *local = NULL;
    int rc = local_db_open(&local, opt.local, err, sizeof err);
    if (rc == -ENOENT && opt.local == default_local)
        return 0;
    if (rc < 0)
        return command_error("%s", err), -1;
    int n = local_db_find_cells(local, mcc, mnc, lac, ci, cell, FIND_CAP);
    local_db_close(local);
    return n;
}

static void say_not_known(struct known_cells *k, const char *mcc, const char *mnc, int lac)
{
    struct known_network net;
    if (known_cells_find_network(k, mcc, mnc, &net) < 0)
        return;
    if (!net.listed_cells) {
        printf("not known; no cell of %s-%s is known at all\n", mcc, mnc);
        return;
    }
    bool one = net.n_cells == 1;
    printf("not known; %" PRIu64 " other cell%s of %s-%s %s, and its LAC %d is %s\n", net.n_cells,
           one ? "" : "s", mcc, mnc, one ? "is" : "are", lac,
           known_cells_find_lac(k, mcc, mnc, lac) == 1 ? "used there" : "not used there");
}

static int find_cell(struct known_cells *k, const char *text)
{
    static struct known_cell cell[FIND_CAP];
    char mcc[4], mnc[4];
    int lac, ci;
    if (known_cgi_parse(text, mcc, mnc, &lac, &ci) < 0)
        return usage("a cell is written MCC-MNC-LAC-CI, for example 262-01-21014-6326");
    int n_added = find_added(mcc, mnc, lac, ci, cell);
    if (n_added < 0)
        return COMMAND_ERROR;
    for (int i = 0; i < n_added && i < FIND_CAP; i++)
        print_cell(&cell[i], "added", -1);
    int n = known_cells_find(k, mcc, mnc, lac, ci, cell, FIND_CAP);
    if (n < 0)
        return command_error("cannot read \"%s\"", opt.known);
    for (int i = 0; i < n && i < FIND_CAP; i++)
        print_cell(&cell[i], known_source_name(cell[i].source), -1);
    if (n + n_added == 0 && !opt.json)
        say_not_known(k, mcc, mnc, lac);
    return COMMAND_DONE;
}

static int find_near(struct known_cells *k)
{
    static struct known_cell cell[FIND_CAP];
    double lat_deg, lon_deg;
    if (known_place_parse(opt.near, &lat_deg, &lon_deg) < 0)
        return usage("a place is written LAT,LON in degrees, for example 48.0,7.8");
    int n = known_cells_find_near(k, lat_deg, lon_deg, opt.radius_m, cell, FIND_CAP);
    if (n < 0)
        return command_error("cannot read \"%s\"", opt.known);
    for (int i = 0; i < n && i < FIND_CAP; i++)
        print_cell(&cell[i], known_source_name(cell[i].source),
                   known_distance_m(lat_deg, lon_deg, cell[i].lat_deg, cell[i].lon_deg));
    if (n == 0 && !opt.json)
        printf("no cell is known within %.0f m\n", opt.radius_m);
    if (n > FIND_CAP)
        command_note("the nearest %d of %d cells; take a smaller --radius", FIND_CAP, n);
    return COMMAND_DONE;
}

/* ---- list and stat ---- */

static int list_cell(void *ctx, const struct known_cell *c)
{
    int *n = ctx;
    print_cell(c, known_source_name(c->source), -1);
    return ++*n == opt.limit;
}

static int list_network(struct known_cells *k, const char *text)
{
    char mcc[4] = "", mnc[4] = "";
    int n = 0, at = 0;
    if (text && (sscanf(text, "%3[0-9]-%3[0-9]%n", mcc, mnc, &at) != 2 || text[at]))
        return usage("a network is written MCC-MNC, for example 262-01");
    if (known_cells_list(k, mcc, mnc, list_cell, &n) < 0)
        return command_error("cannot read \"%s\"", opt.known);
    if (n == 0 && !opt.json)
        printf("no cell%s%s is known\n", text ? " of " : "", text ? text : "");
    return COMMAND_DONE;
}

static int stat_list(void *ctx, const struct known_list *list)
{
    (void)ctx;
    char when[UTC_TEXT_CAP];
    utc_format(list->imported_utc_us, when);
    if (opt.json) {
        json_t *line =
            json_pack("{s:s,s:s,s:s,s:o,s:o,s:I,s:I,s:I,s:o}", "type", "list", "kind",
                      known_kind_name(list->kind), "source", known_source_name(list->source),
                      "name", plain_text_json(list->name), "file", plain_text_json(list->file),
                      "rows", (json_int_t)list->n_rows, "bad", (json_int_t)list->n_bad, "skipped",
                      (json_int_t)list->n_skipped, "imported_at", json_utc(list->imported_utc_us));
        json_put_line(stdout, line);
        return 0;
    }
    printf("%-11s  %-9s  %9" PRIu64 " row%s  %s  ", known_kind_name(list->kind),
           known_source_name(list->source), list->n_rows, list->n_rows == 1 ? " " : "s", when);
    if (list->name[0]) {
        plain_text_put(stdout, list->name);
        (void)fputs(": ", stdout);
    }
    plain_text_put(stdout, list->file);
    (void)putchar('\n');
    return 0;
}

static int stat_network(void *ctx, const char *mcc, const char *mnc,
                        const uint64_t n_cells[KNOWN_OPERATOR + 1])
{
    struct known_cells *k = ctx;
    struct known_network net;
    char name[256] = "";
    if (known_cells_find_network(k, mcc, mnc, &net) == 0)
        (void)plain_text_format(net.operator_name, name, sizeof name);
    if (opt.json) {
        json_t *line = json_pack("{s:s,s:s,s:s,s:o,s:I,s:I,s:I}", "type", "network", "mcc", mcc,
                                 "mnc", mnc, "operator", plain_text_json(name), "operator_cells",
                                 (json_int_t)n_cells[KNOWN_OPERATOR], "regulator_cells",
                                 (json_int_t)n_cells[KNOWN_REGULATOR], "crowd_cells",
                                 (json_int_t)n_cells[KNOWN_CROWD]);
        json_put_line(stdout, line);
        return 0;
    }
    printf("%s-%-3s  operator %8" PRIu64 "  regulator %8" PRIu64 "  crowd %8" PRIu64 "  %s\n", mcc,
           mnc, n_cells[KNOWN_OPERATOR], n_cells[KNOWN_REGULATOR], n_cells[KNOWN_CROWD], name);
    return 0;
}

static int stat_all(struct known_cells *k)
{
    if (known_cells_list_imports(k, stat_list, NULL) < 0 ||
        known_cells_list_networks(k, stat_network, k) < 0)
        return command_error("cannot read \"%s\"", opt.known);
    return COMMAND_DONE;
}

/* ---- add ---- */

static int add_cell(const char *text)
{
    struct known_cell c = {.source = KNOWN_OPERATOR,
                           .arfcn = opt.arfcn,
                           .bsic = opt.bsic,
                           .valid_from_us = UTC_UNKNOWN,
                           .valid_to_us = UTC_UNKNOWN};
    char err[800];
    if (!text || known_cgi_parse(text, c.mcc, c.mnc, &c.lac, &c.ci) < 0)
        return usage("add needs a cell, MCC-MNC-LAC-CI");
    if (opt.near && known_place_parse(opt.near, &c.lat_deg, &c.lon_deg) < 0)
        return usage("a place is written LAT,LON in degrees, for example 48.0,7.8");
    c.has_position = opt.near != NULL;
    (void)snprintf(c.site, sizeof c.site, "%s", opt.site ? opt.site : "");
    (void)snprintf(c.type, sizeof c.type, "%s", opt.type ? opt.type : "");
    if (local_db_add_cell(opt.local, &c, opt.note ? opt.note : "", err, sizeof err) < 0)
        return command_error("%s", err);
    printf("%s-%s-%d-%d is in %s\n", c.mcc, c.mnc, c.lac, c.ci, opt.local);
    return COMMAND_DONE;
}

static int ask(const char *verb, const char *operand)
{
    struct known_cells *k = NULL;
    bool find = strcmp(verb, "find") == 0;
    if (find && !operand == !opt.near)
        return usage("find needs a cell or --near LAT,LON");
    int ret = open_known(&k);
    if (ret != COMMAND_DONE)
        return ret;
    if (find)
        ret = operand ? find_cell(k, operand) : find_near(k);
    else if (strcmp(verb, "list") == 0)
        ret = list_network(k, operand);
    else
        ret = stat_all(k);
    known_cells_close(k);
    return ret;
}

int cmd_known(int argc, char **argv)
{
    int n_operands, ret;
    if (!command_parse(&command, argc, argv, &n_operands, &ret))
        return ret;
    const char *verb = argv[1], *operand = n_operands > 1 ? argv[2] : NULL;
    if (strcmp(verb, "add") == 0)
        ret = add_cell(operand);
    else if (strcmp(verb, "find") == 0 || strcmp(verb, "list") == 0 || strcmp(verb, "stat") == 0)
        ret = ask(verb, operand);
    else
        return usage("the word after known is find, list, stat or add");
    return command_end(ret);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_survey - how long a survey takes in a model city, and what it finds.
 *
 * Runs the survey plan of the program against the model of survey_sim.h, many seeds a case, and
 * prints one JSON line a case; --svg and --doc write the picture and the table of docs/survey.md.
 * With --check the figures must keep to the bounds of the table: it is a test.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/options.h"
#include "gsm_const.h"
#include "spawn.h"
#include "survey_sim.h"

#define MARK_BEGIN "<!-- survey: written by bench_survey, do not edit -->"
#define MARK_END   "<!-- end of survey -->"
#define SEEDS_CAP  1000
#define P900       ARFCN_BAND_BIT(ARFCN_P900)
#define EGSM       (P900 | ARFCN_BAND_BIT(ARFCN_E900))
#define RGSM       (EGSM | ARFCN_BAND_BIT(ARFCN_R900))

enum limit_kind { LIMIT_ONE_PASS, LIMIT_TWO_PASS, LIMIT_SEARCH };

struct survey_case {
    const char *name, *what;
    enum limit_kind limit;
    double must_s;     /* mean must not be above; 0: must_ratio */
    double must_ratio; /* of the limit */
    struct city_config city;
    enum scan_mode mode;
    double watch_s; /* 0: to the end of the plan */
};

/* clang-format off */
static const struct survey_case case_table[] = {
    {"one-pass-clear", "P-GSM, one pass, a complete set in every hop; 40 cells at 20 dB", LIMIT_ONE_PASS, 0, 1.15,
     {P900, 40, 12, 2.0e6, 0, 20, 0}, SCAN_ONE_PASS, 0},
    {"one-pass-city", "the same; 60 cells of a city, half of them fading", LIMIT_ONE_PASS, 0, 1.15,
     {P900, 60, 12, 2.0e6, 0, (double)NAN, 0.5}, SCAN_ONE_PASS, 0},
    {"two-pass-clear", "P-GSM, two passes, cells in six windows; 30 cells at 20 dB", LIMIT_TWO_PASS, 15, 0,
     {P900, 30, 6, 2.0e6, 0, 20, 0}, SCAN_TWO_PASS, 0},
    {"two-pass-city", "the same; 30 cells of a city, half of them fading", LIMIT_TWO_PASS, 15, 0,
     {P900, 30, 6, 2.0e6, 0, (double)NAN, 0.5}, SCAN_TWO_PASS, 0},
    {"search-egsm", "E-GSM, FCCH and SCH only; 80 cells of a city", LIMIT_SEARCH, 2.5, 0,
     {EGSM, 80, 0, 0, 0, (double)NAN, 0.5}, SCAN_SEARCH_ONLY, 0},
    {"two-pass-egsm", "E-GSM and R-GSM, two passes; 90 cells of a city", LIMIT_TWO_PASS, 0, 0,
     {RGSM, 90, 0, 0, 0, (double)NAN, 0.5}, SCAN_TWO_PASS, 0},
    {"six-bands", "all six bands, two passes; 400 cells of a city", LIMIT_TWO_PASS, 0, 0,
     {ARFCN_ALL_BANDS, 400, 0, 0, 0, (double)NAN, 0.5}, SCAN_TWO_PASS, 0},
};
/* clang-format on */
#define N_CASES (sizeof case_table / sizeof case_table[0])

static struct {
    int seeds;
    const char *svg, *doc;
    bool check;
} opt = {.seeds = 200};

static const struct opt_row rows[] = {
    {"seeds", 0, OPT_INT, &opt.seeds, "N", "cities a case, default 200", 1, SEEDS_CAP, NULL},
    {"svg", 0, OPT_TEXT, &opt.svg, "PATH", "write the picture there", 0, 0, NULL},
    {"doc", 0, OPT_TEXT, &opt.doc, "PATH", "renew the table between the marks of a page", 0, 0,
     NULL},
    {"check", 0, OPT_FLAG, &opt.check, NULL, "fail when a figure is out of its bounds", 0, 0, NULL},
};
static const struct opt_command command = {
    .name = "bench_survey",
    .operands = "",
    .summary = "How long a survey takes in a model city",
    .example = "bench_survey --seeds 200 --svg docs/survey.svg --doc docs/survey.md",
    .rows = rows,
    .n_rows = sizeof rows / sizeof rows[0],
};

/* A dongle at 2.4 MS/s of which 2.2 MHz are used; blocks and chunks as the program has them. */
static const struct sim_config tuner = {
    .settle_s = 0.04, .gap_s = 0.004, .block_s = 32768 / 2.4e6, .chunk_s = 0.12};

/* ---- one case ----------------------------------------------------------------------------- */

struct spread {
    double mean, median, p95;
};

struct case_result {
    struct spread first_s, end_s, search_s, limit_s, windows;
    double found, complete_first, complete; /* shares of the audible cells */
    double first[SEEDS_CAP];
    int n;
};

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct spread spread_of(const double *value, int n)
{
    double sorted[SEEDS_CAP], sum = 0;
    memcpy(sorted, value, (size_t)n * sizeof *value);
    qsort(sorted, (size_t)n, sizeof *sorted, compare_double);
    for (int i = 0; i < n; i++)
        sum += sorted[i];
    int at = (int)ceil(0.95 * n) - 1;
    return (struct spread){sum / n, (sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted[at]};
}

/* What no plan can beat: an FCCH and its SCH 56.0 ms, all turns of a cycle 1.8975 s. */
static double limit_s(const struct survey_case *c, const struct scan_plan *p,
                      const struct city *city)
{
    double hz[CITY_CELLS_CAP];
    struct scan_window window[SCAN_WINDOWS_CAP];
    size_t n = 0;
    for (size_t i = 0; i < city->n_cells; i++) {
        if (city->cell[i].audible)
            hz[n++] = city->cell[i].hz;
    }
    if (n > 0)
        qsort(hz, n, sizeof *hz, compare_double);
    size_t occupied = scan_cover(&p->cfg.tuner, hz, n, window, SCAN_WINDOWS_CAP);
    double search = 0.056 + p->cfg.settle_s, read = 1.8975 + p->cfg.settle_s;
    double hops = (double)p->n_windows;
    switch (c->limit) {
    case LIMIT_ONE_PASS:
        return hops * read;
    case LIMIT_SEARCH:
        return hops * search;
    case LIMIT_TWO_PASS:
        break;
    }
    return hops * search + (double)occupied * read;
}

static void run_case(const struct survey_case *c, struct case_result *ret)
{
    static struct scan_plan plan;
    static struct city city;
    static double end[SEEDS_CAP], search[SEEDS_CAP], limit[SEEDS_CAP], windows[SEEDS_CAP];
    struct scan_plan_config cfg = {
        .band_mask = c->city.band_mask, .tuner.reach_hz = 1.0e6, .mode = c->mode};
    size_t n_audible = 0, n_found = 0, n_complete = 0, n_first = 0;
    memset(ret, 0, sizeof *ret);
    for (int seed = 0; seed < opt.seeds; seed++) {
        struct sim_result r;
        city_make(&city, &c->city, (uint64_t)seed + 1);
        survey_sim_run(&plan, &cfg, &city, &tuner, (uint64_t)seed + 1, &r);
        ret->first[seed] = r.first_s;
        end[seed] = r.end_s;
        search[seed] = r.search_s;
        windows[seed] = (double)r.n_windows_read;
        limit[seed] = limit_s(c, &plan, &city);
        n_audible += r.n_audible;
        n_found += r.n_found;
        n_complete += r.n_complete;
        n_first += r.n_complete_first;
    }
    ret->n = opt.seeds;
    ret->first_s = spread_of(ret->first, opt.seeds);
    ret->end_s = spread_of(end, opt.seeds);
    ret->search_s = spread_of(search, opt.seeds);
    ret->limit_s = spread_of(limit, opt.seeds);
    ret->windows = spread_of(windows, opt.seeds);
    double all = n_audible > 0 ? (double)n_audible : 1;
    ret->found = (double)n_found / all;
    ret->complete = (double)n_complete / all;
    ret->complete_first = (double)n_first / all;
}

static void print_case(const struct survey_case *c, const struct case_result *r)
{
    printf("{\"type\":\"survey\",\"case\":\"%s\",\"seeds\":%d,\"limit_s\":%.2f,\"mean_s\":%.2f,"
           "\"median_s\":%.2f,\"p95_s\":%.2f,\"ratio\":%.3f,\"search_s\":%.2f,\"end_mean_s\":%.2f,"
           "\"end_p95_s\":%.2f,\"windows_read\":%.1f,\"found_percent\":%.2f,"
           "\"complete_first_percent\":%.2f,\"complete_percent\":%.2f}\n",
           c->name, r->n, r->limit_s.mean, r->first_s.mean, r->first_s.median, r->first_s.p95,
           r->first_s.mean / r->limit_s.mean, r->search_s.mean, r->end_s.mean, r->end_s.p95,
           r->windows.mean, 100 * r->found, 100 * r->complete_first, 100 * r->complete);
    (void)fflush(stdout);
}

/* ---- bounds ------------------------------------------------------------------------------- */

static bool bad(const char *name, const char *what, double value, double bound)
{
    fprintf(stderr, "bench_survey: %s: %s is %.3f, the bound is %.3f\n", name, what, value, bound);
    return true;
}

/* Too good is as wrong as too slow: then the model forgot what costs time. */
static bool out_of_bounds(const struct survey_case *c, const struct case_result *r)
{
    bool ret = false;
    double must = c->must_s > 0 ? c->must_s : c->must_ratio * r->limit_s.mean;
    double least = c->limit == LIMIT_SEARCH ? 1.0 : 0.8;
    if (must > 0 && r->first_s.mean > must)
        ret = bad(c->name, "the mean time", r->first_s.mean, must);
    if (r->first_s.mean < least * r->limit_s.mean)
        ret = bad(c->name, "the mean time", r->first_s.mean, least * r->limit_s.mean);
    if (r->found < 0.97)
        ret = bad(c->name, "the share of cells found", r->found, 0.97);
    if (c->limit != LIMIT_SEARCH && r->complete < 0.93)
        ret = bad(c->name, "the share of complete sets", r->complete, 0.93);
    return ret;
}

/* ---- table and picture -------------------------------------------------------------------- */

static void put_table(FILE *f, const struct case_result *result)
{
    fprintf(f,
            "%s\n\nModel city, %d cities a case, settling 40 ms, 2.2 MHz of 2.4 used. Cells are "
            "those of which at least half the blocks decode.\n\n"
            "| what | limit | must | mean | median | 95 %% | found | complete | with revisits | "
            "until |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
            MARK_BEGIN, opt.seeds);
    for (size_t i = 0; i < N_CASES; i++) {
        const struct survey_case *c = &case_table[i];
        const struct case_result *r = &result[i];
        double must = c->must_s > 0 ? c->must_s : c->must_ratio * r->limit_s.mean;
        fprintf(f, "| %s | %.1f s | ", c->what, r->limit_s.mean);
        if (must > 0)
            fprintf(f, "%.1f s", must);
        else
            fputs("–", f);
        fprintf(f, " | **%.1f s** | %.1f s | %.1f s | %.1f %% | ", r->first_s.mean,
                r->first_s.median, r->first_s.p95, 100 * r->found);
        if (c->limit == LIMIT_SEARCH)
            fputs("– | – | – |\n", f);
        else
            fprintf(f, "%.1f %% | %.1f %% | %.1f s |\n", 100 * r->complete_first, 100 * r->complete,
                    r->end_s.mean);
    }
    fprintf(f, "\n%s", MARK_END);
}

/* Replaces what stands between the marks. */
static void renew_doc(const char *path, const struct case_result *result)
{
    static char text[200000];
    FILE *f = fopen(path, "r");
    if (!f)
        bench_fail("cannot read %s", path);
    size_t n = fread(text, 1, sizeof text - 1, f);
    (void)fclose(f);
    text[n] = '\0';
    char *begin = strstr(text, MARK_BEGIN), *end = begin ? strstr(begin, MARK_END) : NULL;
    if (!end)
        bench_fail("%s has no marks for the table", path);
    f = fopen(path, "w");
    if (!f)
        bench_fail("cannot write %s", path);
    fwrite(text, 1, (size_t)(begin - text), f);
    put_table(f, result);
    fputs(end + strlen(MARK_END), f);
    if (fclose(f) != 0)
        bench_fail("cannot write %s", path);
}

#define SVG_LEFT  150
#define SVG_WIDTH 560
#define SVG_ROW   46
#define SVG_TOP   34

/* A bar from the limit's foot to the mean, a mark for the limit, a whisker to the 95 % point. */
static void put_svg_case(FILE *f, size_t i, const struct case_result *r)
{
    const struct survey_case *c = &case_table[i];
    double top = SVG_TOP + SVG_ROW * (double)i;
    double scale = SVG_WIDTH / (1.6 * r->limit_s.mean);
    double must = c->must_s > 0 ? c->must_s : c->must_ratio * r->limit_s.mean;
    double p95 = fmin(r->first_s.p95 * scale, SVG_WIDTH),
           mean = fmin(r->first_s.mean * scale, SVG_WIDTH);
    fprintf(f, "<text x=\"%d\" y=\"%.0f\" text-anchor=\"end\">%s</text>\n", SVG_LEFT - 8, top + 18,
            c->name);
    fprintf(f, "<rect x=\"%d\" y=\"%.0f\" width=\"%.1f\" height=\"18\" fill=\"#4a78a8\"/>\n",
            SVG_LEFT, top + 4, mean);
    fprintf(f, "<path d=\"M%.1f %.0fH%.1f\" stroke=\"#222\"/>\n", SVG_LEFT + mean, top + 13,
            SVG_LEFT + p95);
    fprintf(f, "<path d=\"M%.1f %.0fv26\" stroke=\"#0a0\" stroke-width=\"2\"/>\n",
            SVG_LEFT + r->limit_s.mean * scale, top);
    if (must > 0 && must * scale < SVG_WIDTH)
        fprintf(f, "<path d=\"M%.1f %.0fv26\" stroke=\"#c00\" stroke-width=\"2\"/>\n",
                SVG_LEFT + must * scale, top);
    fprintf(f, "<text x=\"%.1f\" y=\"%.0f\">%.1f s</text>\n", SVG_LEFT + p95 + 6, top + 18,
            r->first_s.mean);
}

static void write_svg(const char *path, const struct case_result *result)
{
    FILE *f = fopen(path, "w");
    if (!f)
        bench_fail("cannot write %s", path);
    int height = SVG_TOP + SVG_ROW * (int)N_CASES + 10;
    fprintf(f,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
            "font-family=\"sans-serif\" font-size=\"13\">\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
            "<text x=\"%d\" y=\"20\">time of a survey: bar mean, line to 95 %%, green the limit, "
            "red what it must keep to</text>\n",
            SVG_LEFT + SVG_WIDTH + 70, height, SVG_LEFT - 140);
    for (size_t i = 0; i < N_CASES; i++)
        put_svg_case(f, i, &result[i]);
    fputs("</svg>\n", f);
    if (fclose(f) != 0)
        bench_fail("cannot write %s", path);
}

int main(int argc, char **argv)
{
    static struct case_result result[N_CASES];
    char err[300];
    int n_operands, rc = opt_parse(&command, argc, argv, &n_operands, err, sizeof err);
    if (rc != 0) {
        if (rc < 0)
            fprintf(stderr, "bench_survey: %s\n", err);
        return rc < 0 ? 2 : 0;
    }
    bool failed = false;
    survey_sim_prepare();
    for (size_t i = 0; i < N_CASES; i++) {
        run_case(&case_table[i], &result[i]);
        print_case(&case_table[i], &result[i]);
        failed |= opt.check && out_of_bounds(&case_table[i], &result[i]);
    }
    if (opt.svg)
        write_svg(opt.svg, result);
    if (opt.doc)
        renew_doc(opt.doc, result);
    return failed ? 1 : 0;
}

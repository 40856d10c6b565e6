/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live_table.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LINE_CAP    200
#define WIDTH       80
#define HEIGHT      24
#define EDGES_LINES 5 /* head, titles, foot */
#define ROWS_CAP    400

static const char *const verdict_colour[VERDICT_COUNT] = {
    [VERDICT_UNJUDGED] = "\033[2m",  [VERDICT_NORMAL] = "\033[32m",
    [VERDICT_WATCH] = "\033[36m",    [VERDICT_SUSPICIOUS] = "\033[33m",
    [VERDICT_PROBABLE] = "\033[31m", [VERDICT_CRITICAL] = "\033[1;31m",
};

struct sheet {
    struct live_table *t;
    int width, n_lines;
};

/* One line, cut at the width of the terminal; all of it is ASCII. */
__attribute__((format(printf, 3, 4))) static void put_line(struct sheet *s, const char *colour,
                                                           const char *fmt, ...)
{
    char text[LINE_CAP];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    bool on = s->t->colour && colour;
    fprintf(s->t->out, "%s%.*s%s\033[K\n", on ? colour : "", s->width - 1, text,
            on ? "\033[0m" : "");
    s->n_lines++;
}

static void number_text(char ret[16], int decimals, double value)
{
    if (isfinite(value))
        (void)snprintf(ret, 16, "%.*f", decimals, value);
    else
        (void)snprintf(ret, 16, "-");
}

static void int_text(char ret[16], bool known, int value)
{
    if (known)
        (void)snprintf(ret, 16, "%d", value);
    else
        (void)snprintf(ret, 16, "-");
}

static void put_cell(struct sheet *s, const struct judged_cell *c, double now_s)
{
    char bsic[16], lac[16], ci[16], level[16], snr[16], score[16];
    int_text(bsic, c->bsic >= 0, c->bsic);
    int_text(lac, c->has_lai, c->lac);
    int_text(ci, c->has_ci, c->ci);
    number_text(level, 1, c->level_dbfs);
    number_text(snr, 1, c->snr_db);
    number_text(score, 0, c->score_db);
    put_line(s, c->verdict < VERDICT_COUNT ? verdict_colour[c->verdict] : NULL,
             "%-7s %5d %4s  %3s %3s %5s %5s %6s %5s %5.0fs %5s  %s%s",
             arfcn_band_name(c->channel.band), c->channel.number, bsic, c->has_lai ? c->mcc : "-",
             c->has_lai ? c->mnc : "-", lac, ci, level, snr, fmax(0, now_s - c->last_s), score,
             verdict_name(c->verdict), c->allowed[0] ? " (allowed)" : "");
}

/* The worst first, then the strongest. */
static int compare_cells(const void *a, const void *b)
{
    const struct judged_cell *x = *(const struct judged_cell *const *)a;
    const struct judged_cell *y = *(const struct judged_cell *const *)b;
    if (judged_cell_flagged(x) != judged_cell_flagged(y))
        return judged_cell_flagged(y) ? 1 : -1;
    if (x->verdict != y->verdict)
        return x->verdict > y->verdict ? -1 : 1;
    double p = isfinite(x->level_dbfs) ? x->level_dbfs : -1e3;
    double q = isfinite(y->level_dbfs) ? y->level_dbfs : -1e3;
    if (p > q || p < q)
        return p > q ? -1 : 1;
    return arfcn_compare(x->channel, y->channel);
}

static size_t sort_cells(const struct live_view *v, const struct judged_cell **ret)
{
    size_t n = v->out->n_cells < ROWS_CAP ? v->out->n_cells : ROWS_CAP;
    for (size_t i = 0; i < n; i++)
        ret[i] = &v->out->cells[i];
    if (n > 0)
        qsort(ret, n, sizeof *ret, compare_cells);
    return n;
}

/* "P900 124/124, E900 44/50": channels heard of those asked for. */
static void coverage_words(const struct live_view *v, char *ret, size_t cap)
{
    size_t used = 0;
    ret[0] = '\0';
    for (int b = ARFCN_BAND_UNKNOWN + 1; b < ARFCN_BAND_COUNT; b++) {
        size_t n = 0, heard = 0, far = 0;
        for (size_t i = 0; i < v->plan->n_channels; i++) {
            enum scan_miss miss = scan_plan_miss(v->plan, i);
            if ((int)v->plan->channel[i].arfcn.band != b || miss == SCAN_MISS_BAND ||
                miss == SCAN_MISS_CHANNEL)
                continue;
            n++;
            heard += miss == SCAN_MISS_NONE;
            far += miss == SCAN_MISS_RANGE;
        }
        if (n == 0 || used >= cap)
            continue;
        const char *name = arfcn_band_name((enum arfcn_band)b), *comma = used ? ", " : "";
        used += (size_t)(far == n ? snprintf(ret + used, cap - used, "%s%s not", comma, name)
                                  : snprintf(ret + used, cap - used, "%s%s %zu/%zu", comma, name,
                                             heard, n));
    }
}

void live_status_format(const struct live_view *v, char *ret, size_t cap)
{
    char heard[160], gain[16];
    coverage_words(v, heard, sizeof heard);
    number_text(gain, 1, v->gain_db);
    (void)snprintf(ret, cap,
                   "%.0f s, %.3f MHz, %zu cells, %zu flagged; heard %s; %llu samples lost, gain %s "
                   "dB, %.2f %% clipped, %.1f s behind%s",
                   v->now_s, v->center_hz / 1e6, v->out->n_cells, v->out->n_flagged, heard,
                   (unsigned long long)v->stats.n_dropped, gain, 100 * v->stats.clipped_ratio,
                   v->lag_s, v->n_log_failures > 0 ? "; THE LOG CANNOT BE WRITTEN" : "");
}

static void terminal_size(const struct live_table *t, int *ret_width, int *ret_height)
{
    struct winsize size = {0};
    bool known = ioctl(fileno(t->out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    *ret_width = known && size.ws_col < LINE_CAP ? size.ws_col : known ? LINE_CAP : WIDTH;
    *ret_height = known && size.ws_row > 0 ? size.ws_row : HEIGHT;
}

static void put_foot(struct sheet *s, const struct live_view *v)
{
    char heard[160], gain[16];
    const char *dim = "\033[2m", *bad = "\033[1;31m";
    coverage_words(v, heard, sizeof heard);
    number_text(gain, 1, v->gain_db);
    put_line(s, dim, "heard %s", heard);
    put_line(s, v->stats.n_dropped > 0 || v->n_log_failures > 0 ? bad : dim,
             "%llu samples lost, gain %s dB, %.2f %% clipped, %.1f s behind%s",
             (unsigned long long)v->stats.n_dropped, gain, 100 * v->stats.clipped_ratio, v->lag_s,
             v->n_log_failures > 0 ? ", THE LOG CANNOT BE WRITTEN" : "");
}

void live_table_draw(struct live_table *t, const struct live_view *v)
{
    static const struct judged_cell *cell[ROWS_CAP];
    struct sheet s = {.t = t};
    int height;
    if (!t->on)
        return;
    terminal_size(t, &s.width, &height);
    size_t n = sort_cells(v, cell),
           room = height > EDGES_LINES + 2 ? (size_t)(height - EDGES_LINES) : 2;
    if (t->n_drawn > 0)
        fprintf(t->out, "\033[%dA", t->n_drawn);
    (void)fputs("\r", t->out);
    put_line(&s, "\033[1m", "%s %s: %.0f s, %.3f MHz (%s), %zu cell%s, %zu flagged",
             v->out->run.command, v->info->name, v->now_s, v->center_hz / 1e6,
             scan_purpose_name(v->plan->dwell.purpose), v->out->n_cells,
             v->out->n_cells == 1 ? "" : "s", v->out->n_flagged);
    put_line(&s, NULL, "%-7s %5s %4s  %3s %3s %5s %5s %6s %5s %6s %5s  %s", "band", "ARFCN", "BSIC",
             "MCC", "MNC", "LAC", "CI", "dBFS", "Es/N0", "ago", "score", "verdict");
    for (size_t i = 0; i < n && i < room; i++)
        put_cell(&s, cell[i], v->now_s);
    if (n > room)
        put_line(&s, NULL, "... and %zu more", n - room);
    put_foot(&s, v);
    (void)fputs("\033[J", t->out);
    t->n_drawn = s.n_lines;
    /* a terminal that was closed: what is heard goes to the log all the same */
    if (fflush(t->out) != 0) {
        t->on = false;
        clearerr(t->out);
    }
}

void live_table_wipe(struct live_table *t)
{
    if (t->on && t->n_drawn > 0)
        fprintf(t->out, "\033[%dA\r\033[J", t->n_drawn);
    t->n_drawn = 0;
}

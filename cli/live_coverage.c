/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live_coverage.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gsm_const.h"

/* Channels of one window were heard equally long, those in two windows longer: as long as the
 * shortest within this ratio is one answer. */
#define ALIKE_RATIO 1.5

static bool alike(const struct store_coverage *row, const struct scan_channel *ch, const char *why)
{
    if (row->band != ch->arfcn.band || strcmp(row->reason, why) != 0)
        return false;
    double lo = fmin(row->heard_s, ch->heard_s), hi = fmax(row->heard_s, ch->heard_s);
    return *why || hi <= ALIKE_RATIO * lo;
}

static int add_channel(struct coverage *c, const struct scan_channel *ch, const char *why)
{
    struct store_coverage *last = c->n > 0 ? &c->rows[c->n - 1] : NULL;
    if (last && alike(last, ch, why)) {
        last->to_hz = ch->hz + GSM_RASTER_HZ / 2;
        last->heard_s = fmin(last->heard_s, ch->heard_s);
        last->first_s = fmin(last->first_s, ch->first_s);
        last->last_s = fmax(last->last_s, ch->last_s);
        return 0;
    }
    if (c->n == c->cap) {
        size_t cap = c->cap ? 2 * c->cap : 64;
        struct store_coverage *rows = realloc(c->rows, cap * sizeof *rows);
        if (!rows)
            return -ENOMEM;
        c->rows = rows;
        c->cap = cap;
    }
    struct store_coverage *row = &c->rows[c->n++];
    *row = (struct store_coverage){.band = ch->arfcn.band,
                                   .from_hz = ch->hz - GSM_RASTER_HZ / 2,
                                   .to_hz = ch->hz + GSM_RASTER_HZ / 2,
                                   .heard_s = ch->heard_s};
    if (!*why) {
        row->first_s = ch->first_s;
        row->last_s = ch->last_s;
    }
    (void)snprintf(row->reason, sizeof row->reason, "%s", why);
    return 0;
}

int live_coverage_rows(struct coverage *c, const struct scan_plan *p)
{
    c->n = c->n_heard = 0;
    for (size_t i = 0; i < p->n_channels; i++) {
        enum scan_miss miss = scan_plan_miss(p, i);
        int rc = add_channel(c, &p->channel[i], scan_miss_text(miss));
        if (rc < 0)
            return rc;
        c->n_heard += miss == SCAN_MISS_NONE;
    }
    return 0;
}

bool live_coverage_complete(const struct scan_plan *p)
{
    for (size_t i = 0; i < p->n_channels; i++) {
        enum scan_miss miss = scan_plan_miss(p, i);
        if (miss != SCAN_MISS_NONE && miss != SCAN_MISS_BAND && miss != SCAN_MISS_CHANNEL)
            return false;
    }
    return true;
}

/* ---- the sentence ------------------------------------------------------------------------- */

struct words {
    char *text;
    size_t cap, n;
};

__attribute__((format(printf, 2, 3))) static void say(struct words *w, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(w->text + w->n, w->cap - w->n, fmt, ap);
    va_end(ap);
    w->n = n < 0 || (size_t)n >= w->cap - w->n ? w->cap - 1 : w->n + (size_t)n;
}

struct band_sum {
    size_t n, n_miss[SCAN_MISS_LATER + 1], n_cells;
    double least_s;
};

static struct band_sum sum_band(const struct scan_plan *p, enum arfcn_band band)
{
    struct band_sum sum = {.least_s = (double)INFINITY};
    for (size_t i = 0; i < p->n_channels; i++) {
        const struct scan_channel *ch = &p->channel[i];
        enum scan_miss miss = scan_plan_miss(p, i);
        if (ch->arfcn.band != band)
            continue;
        sum.n++;
        sum.n_miss[miss]++;
        if (miss == SCAN_MISS_NONE)
            sum.least_s = fmin(sum.least_s, ch->heard_s);
    }
    for (size_t i = 0; i < p->n_cells; i++)
        sum.n_cells += p->cell[i].channel.band == band;
    return sum;
}

static void say_heard(struct words *w, const struct scan_plan *p)
{
    const char *before = "Listened to ", *after = "nothing was listened to";
    for (int b = ARFCN_BAND_UNKNOWN + 1; b < ARFCN_BAND_COUNT; b++) {
        struct band_sum s = sum_band(p, (enum arfcn_band)b);
        size_t heard = s.n_miss[SCAN_MISS_NONE];
        if (heard == 0)
            continue;
        say(w, "%s%s (", before, arfcn_band_name((enum arfcn_band)b));
        if (heard < s.n)
            say(w, "%zu of %zu channels, ", heard, s.n);
        say(w, "%.2g s at least)", s.least_s);
        before = ", ";
        after = "";
    }
    say(w, "%s.", after);
}

/* Silence is said as such: it is no all-clear. */
static void say_silent(struct words *w, const struct scan_plan *p)
{
    const char *before = " No GSM heard on ", *after = "";
    for (int b = ARFCN_BAND_UNKNOWN + 1; b < ARFCN_BAND_COUNT; b++) {
        struct band_sum s = sum_band(p, (enum arfcn_band)b);
        if (s.n_miss[SCAN_MISS_NONE] == 0 || s.n_cells > 0)
            continue;
        say(w, "%s%s", before, arfcn_band_name((enum arfcn_band)b));
        before = ", ";
        after = ": this is no all-clear, a weak or a silent transmitter may be there.";
    }
    say(w, "%s", after);
}

/* The bands of one reason, as "E900, R900 (12 of 20 channels)". */
static bool say_bands(struct words *w, const struct scan_plan *p, enum scan_miss miss,
                      const char *before)
{
    bool any = false;
    for (int b = ARFCN_BAND_UNKNOWN + 1; b < ARFCN_BAND_COUNT; b++) {
        struct band_sum s = sum_band(p, (enum arfcn_band)b);
        if (s.n_miss[miss] == 0)
            continue;
        say(w, "%s%s", any ? ", " : before, arfcn_band_name((enum arfcn_band)b));
        if (s.n_miss[miss] < s.n)
            say(w, " (%zu of %zu channels)", s.n_miss[miss], s.n);
        any = true;
    }
    return any;
}

static void say_missed(struct words *w, const struct scan_plan *p)
{
    bool any = false;
    for (int miss = SCAN_MISS_LATER; miss >= SCAN_MISS_BAND; miss--) {
        if (!say_bands(w, p, (enum scan_miss)miss, any ? "; " : " NOT listened to: "))
            continue;
        say(w, " (%s)", scan_miss_text((enum scan_miss)miss));
        any = true;
    }
    say(w, "%s", any ? ". Nothing is said of these." : "");
}

void live_coverage_text(const struct scan_plan *p, double lost_s, char *ret, size_t cap)
{
    struct words w = {ret, cap, 0};
    ret[0] = '\0';
    say_heard(&w, p);
    say_silent(&w, p);
    say_missed(&w, p);
    if (lost_s > 0.0005)
        say(&w, " %.3g s of samples were lost.", lost_s);
}

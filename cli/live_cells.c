/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live_cells.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A cell whose messages only grow is written again after so long, one that merely goes on after
 * that. */
#define SI_ROWS_S 30.0
#define GO_ON_S   600.0

static uint32_t hash_of(const struct cell_si_seen *si)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < GSM_L2_OCT; i++)
        h = (h ^ si->l2[i]) * 16777619u;
    return h;
}

static int make_room(struct live_cells *t, size_t n_rows)
{
    if (t->n + n_rows > t->cap) {
        size_t cap = 2 * (t->n + n_rows) + 16;
        struct live_track *list = realloc(t->list, cap * sizeof *list);
        if (!list)
            return -ENOMEM;
        t->list = list;
        t->cap = cap;
    }
    if (n_rows > t->cap_rows) {
        size_t cap = 2 * n_rows + 16;
        struct store_live_cell *rows = realloc(t->rows, cap * sizeof *rows);
        if (!rows)
            return -ENOMEM;
        t->rows = rows;
        size_t *track_of = realloc(t->track_of, cap * sizeof *track_of);
        if (!track_of)
            return -ENOMEM;
        t->track_of = track_of;
        t->cap_rows = cap;
    }
    return 0;
}

/* A transmitter's number, channel and BSIC; should two cells share them, each takes its own. */
static size_t find_track(struct live_cells *t, const uint8_t space[16], const struct judged_cell *c)
{
    for (size_t i = 0; i < t->n; i++) {
        struct live_track *track = &t->list[i];
        if (track->tx == c->tx && track->bsic == c->bsic && track->round != t->round &&
            arfcn_compare(track->channel, c->channel) == 0) {
            track->round = t->round;
            return i;
        }
    }
    struct live_track *track = &t->list[t->n];
    memset(track, 0, sizeof *track);
    track->tx = c->tx;
    track->channel = c->channel;
    track->bsic = c->bsic;
    track->round = t->round;
    store_cell_id(space, c, track->id);
    return t->n++;
}

static void add_new_si(struct live_track *track, const struct judged_cell *c,
                       struct live_news *news)
{
    for (size_t i = 0; i < c->n_si && news->n_si < sizeof news->si / sizeof news->si[0]; i++) {
        uint32_t hash = hash_of(&c->si[i]);
        size_t k = 0;
        while (k < track->n_si && track->si[k] != hash)
            k++;
        if (k < track->n_si || track->n_si == LIVE_SI_CAP)
            continue;
        track->si[track->n_si++] = hash;
        news->si[news->n_si++] = &c->si[i];
    }
}

static void add_new_findings(struct live_track *track, const struct judged_cell *c,
                             struct live_news *news)
{
    size_t cap = sizeof news->findings / sizeof news->findings[0];
    for (size_t i = 0; i < c->n_findings && news->n_findings < cap; i++) {
        size_t k = 0;
        while (k < track->n_rules && strcmp(track->rule[k], c->findings[i].rule) != 0)
            k++;
        if (k < track->n_rules || track->n_rules == RULES_CAP)
            continue;
        memcpy(track->rule[track->n_rules++], c->findings[i].rule, RULE_ID_CAP);
        news->findings[news->n_findings++] = &c->findings[i];
    }
}

static bool tell(struct live_track *track, const struct judged_cell *c, struct live_news *ret)
{
    bool flagged = judged_cell_flagged(c), identity = c->has_lai && c->has_ci;
    *ret = (struct live_news){.cell = c, .id = track->id, .appeared = !track->told};
    ret->changed = track->told && (c->verdict != track->verdict || flagged != track->flagged ||
                                   identity != track->told_identity);
    ret->alert = flagged && (!track->flagged || c->verdict > track->verdict);
    add_new_si(track, c, ret);
    add_new_findings(track, c, ret);
    track->told = true;
    track->told_identity = identity;
    track->flagged = flagged;
    track->verdict = c->verdict;
    return ret->appeared || ret->changed || ret->n_si > 0 || ret->n_findings > 0;
}

int live_cells_update(struct live_cells *t, const uint8_t space[16],
                      const struct judged_cell *cells, size_t n,
                      void (*news)(void *ctx, const struct live_news *news), void *ctx)
{
    int rc = make_room(t, n);
    if (rc < 0)
        return rc;
    t->round++;
    t->n_rows = n;
    for (size_t i = 0; i < n; i++) {
        t->track_of[i] = find_track(t, space, &cells[i]);
        memcpy(t->rows[i].id, t->list[t->track_of[i]].id, sizeof t->rows[i].id);
        t->rows[i].write = false;
    }
    for (size_t i = 0; i < n; i++) {
        struct live_news one;
        if (tell(&t->list[t->track_of[i]], &cells[i], &one))
            news(ctx, &one);
    }
    return 0;
}

static bool wants_row(const struct live_track *t, const struct judged_cell *c, double now_s,
                      bool final)
{
    if (!t->logged || t->logged_verdict != c->verdict || t->logged_rules != c->n_findings)
        return true;
    if (c->last_s <= t->logged_last_s)
        return false;
    return final || now_s - t->logged_s > GO_ON_S ||
           (t->logged_si != c->n_si && now_s - t->logged_s > SI_ROWS_S);
}

size_t live_cells_mark(struct live_cells *t, const struct judged_cell *cells, double now_s,
                       bool final)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n_rows; i++) {
        t->rows[i].write = wants_row(&t->list[t->track_of[i]], &cells[i], now_s, final);
        n += t->rows[i].write;
    }
    return n;
}

void live_cells_logged(struct live_cells *t, const struct judged_cell *cells, double now_s)
{
    for (size_t i = 0; i < t->n_rows; i++) {
        struct live_track *track = &t->list[t->track_of[i]];
        if (!t->rows[i].write)
            continue;
        track->logged = true;
        track->logged_verdict = cells[i].verdict;
        track->logged_rules = cells[i].n_findings;
        track->logged_si = cells[i].n_si;
        track->logged_s = now_s;
        track->logged_last_s = cells[i].last_s;
        t->rows[i].write = false;
    }
}

void live_cells_clear(struct live_cells *t)
{
    free(t->list);
    free(t->rows);
    free(t->track_of);
    memset(t, 0, sizeof *t);
}

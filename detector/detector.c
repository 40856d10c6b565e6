/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detector/detector.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utc.h"
#include "detector/alert_text.h"
#include "detector/cell_table.h"
#include "detector/center_check.h"
#include "detector/rules.h"
#include "detector/score.h"

/* What the databases said about a cell, kept until the cell changes its identity. */
struct lookup {
    bool valid;
    bool has_lai, has_ci;
    char mcc[4], mnc[4];
    int lac, ci;
    struct rule_known known;
};

struct detector {
    struct detector_config cfg;
    struct cell_table *table;
    size_t cap;
    struct rule_cell *view; /* one per cell of the table, same index */
    struct lookup *lookup;
    struct judged_cell *judged; /* in order of output */
    struct rule_result *result; /* rules_count() */
    double *scratch;            /* one per cell of the table */
    struct center_check center;
    char doubt[RULE_REASON_CAP];
};

int detector_create(struct detector **ret, const struct detector_config *cfg)
{
    struct detector *d = calloc(1, sizeof *d);
    if (!d)
        return -ENOMEM;
    d->cfg = *cfg;
    d->result = calloc(rules_count(), sizeof *d->result);
    if (!d->result || cell_table_create(&d->table) < 0) {
        detector_destroy(d);
        return -ENOMEM;
    }
    *ret = d;
    return 0;
}

void detector_destroy(struct detector *d)
{
    if (!d)
        return;
    cell_table_destroy(d->table);
    free(d->view);
    free(d->lookup);
    free(d->judged);
    free(d->result);
    free(d->scratch);
    free(d);
}

static void *grow_zeroed(void *old, size_t n_old, size_t n_new, size_t n_oct)
{
    char *grown = realloc(old, n_new * n_oct);
    if (grown)
        memset(grown + n_old * n_oct, 0, (n_new - n_old) * n_oct);
    return grown;
}

/* Room for one more cell, so that a judgement needs no memory. */
static int reserve(struct detector *d)
{
    size_t need = cell_table_count(d->table);
    if (need <= d->cap)
        return 0;
    size_t cap = need < 16 ? 16 : 2 * need;
    struct rule_cell *view = grow_zeroed(d->view, d->cap, cap, sizeof *view);
    if (view)
        d->view = view;
    struct lookup *lookup = view ? grow_zeroed(d->lookup, d->cap, cap, sizeof *lookup) : NULL;
    if (lookup)
        d->lookup = lookup;
    struct judged_cell *judged =
        lookup ? grow_zeroed(d->judged, d->cap, cap, sizeof *judged) : NULL;
    if (judged)
        d->judged = judged;
    double *scratch = judged ? grow_zeroed(d->scratch, d->cap, cap, sizeof *scratch) : NULL;
    if (!scratch)
        return -ENOMEM;
    d->scratch = scratch;
    d->cap = cap;
    return 0;
}

int detector_push(struct detector *d, const struct cell_report *report)
{
    int r = cell_table_push(d->table, report);
    return r < 0 ? r : reserve(d);
}

static int64_t time_of(const struct detector *d, double at_s)
{
    if (d->cfg.start_utc_us == UTC_UNKNOWN)
        return UTC_UNKNOWN;
    return d->cfg.start_utc_us + (int64_t)llround(at_s * 1e6);
}

/* What nobody dated, holds always; when nobody knows when the recording was made, all holds. */
static bool is_valid_at(int64_t from_us, int64_t to_us, int64_t at_us)
{
    return at_us == UTC_UNKNOWN || ((from_us == UTC_UNKNOWN || from_us <= at_us) &&
                                    (to_us == UTC_UNKNOWN || at_us <= to_us));
}

static size_t at_most(int n, size_t cap)
{
    if (n < 0)
        return 0;
    return (size_t)n < cap ? (size_t)n : cap;
}

/* Allocations that held at that time. One beyond the capacity might cover the cell: then nothing
 * can be said. */
static void ask_allocations(struct detector *d, const struct rule_cell *c, int64_t at_us,
                            struct rule_known *ret)
{
    int n = known_cells_find_allocations(d->cfg.known, c->mcc, c->mnc, ret->allocation,
                                         RULE_ALLOCATION_CAP);
    if (n <= 0 || n > RULE_ALLOCATION_CAP)
        return;
    for (size_t i = 0; i < (size_t)n; i++) {
        const struct known_allocation *a = &ret->allocation[i];
        if (is_valid_at(a->valid_from_us, a->valid_to_us, at_us))
            ret->allocation[ret->n_allocation++] = *a;
    }
    ret->network.has_allocations = ret->n_allocation > 0;
    ret->network.allocations_expired = ret->n_allocation == 0;
}

/* Takes over the n found behind those that are there already, as far as they held at that time. */
static void keep_valid(struct rule_known *ret, int n, int64_t at_us)
{
    size_t from = ret->n_cell;
    size_t n_found = at_most(n, RULE_KNOWN_CELL_CAP - from);
    for (size_t i = from; i < from + n_found; i++) {
        const struct known_cell *k = &ret->cell[i];
        if (is_valid_at(k->valid_from_us, k->valid_to_us, at_us))
            ret->cell[ret->n_cell++] = *k;
    }
}

static void ask_known(struct detector *d, const struct rule_cell *c, int64_t at_us,
                      struct rule_known *ret)
{
    struct known_cells *db = d->cfg.known;
    if (known_cells_find_network(db, c->mcc, c->mnc, &ret->network) < 0)
        memset(&ret->network, 0, sizeof ret->network);
    ask_allocations(d, c, at_us, ret);
    if (ret->network.listed_cells)
        ret->lac_listed = known_cells_find_lac(db, c->mcc, c->mnc, c->lac);
    if (!c->has_ci)
        return;
    int n = known_cells_find(db, c->mcc, c->mnc, c->lac, c->ci, &ret->cell[ret->n_cell],
                             RULE_KNOWN_CELL_CAP - ret->n_cell);
    keep_valid(ret, n, at_us);
}

/* Cells that this organisation vouches for stand before those of the lists: its own word counts as
 * much as an operator's, is newer, and says nothing on whether a list is complete. */
static void ask_local(struct detector *d, const struct rule_cell *c, int64_t at_us,
                      struct rule_known *ret)
{
    if (!c->has_ci)
        return;
    int n = local_db_find_cells(d->cfg.local, c->mcc, c->mnc, c->lac, c->ci, ret->cell,
                                RULE_KNOWN_CELL_CAP / 2);
    keep_valid(ret, n < RULE_KNOWN_CELL_CAP / 2 ? n : RULE_KNOWN_CELL_CAP / 2, at_us);
}

static void ask_databases(struct detector *d, const struct rule_cell *c, struct rule_known *ret)
{
    int64_t at_us = time_of(d, c->state->first_s);
    ret->has_known = d->cfg.known != NULL;
    if (d->cfg.local && c->has_lai)
        ask_local(d, c, at_us, ret);
    bool vouched = ret->n_cell > 0;
    if (d->cfg.known && c->has_lai)
        ask_known(d, c, at_us, ret);
    if (vouched && ret->lac_listed == 0)
        ret->lac_listed = 1;
    ret->allowed =
        d->cfg.local && local_db_find_allow(d->cfg.local, c->mcc, c->mnc, c->lac, c->ci,
                                            c->state->channel.number, at_us, &ret->allow) > 0;
}

static bool lookup_fits(const struct lookup *l, const struct rule_cell *c)
{
    return l->valid && l->has_lai == c->has_lai && l->has_ci == c->has_ci && l->lac == c->lac &&
           l->ci == c->ci && strcmp(l->mcc, c->mcc) == 0 && strcmp(l->mnc, c->mnc) == 0;
}

static void look_up(struct detector *d, size_t i)
{
    struct lookup *l = &d->lookup[i];
    struct rule_cell *c = &d->view[i];
    if (!lookup_fits(l, c)) {
        *l = (struct lookup){.valid = true,
                             .has_lai = c->has_lai,
                             .has_ci = c->has_ci,
                             .lac = c->lac,
                             .ci = c->ci,
                             .known.lac_listed = -1};
        memcpy(l->mcc, c->mcc, sizeof l->mcc);
        memcpy(l->mnc, c->mnc, sizeof l->mnc);
        ask_databases(d, c, &l->known);
    }
    c->known = l->known;
}

/* Identity as printed: what rules rest on, else whatever was received at all. */
static void fill_identity(const struct rule_cell *c, struct judged_cell *ret)
{
    const struct cell_state *s = c->state;
    const struct cell_si_seen *si3 = c->seen[SI_3], *si4 = c->seen[SI_4];
    for (uint32_t min_clean = 2; !si3 && min_clean-- > 0;)
        si3 = cell_state_find_si(s, SI_3, min_clean);
    for (uint32_t min_clean = 2; !si4 && min_clean-- > 0;)
        si4 = cell_state_find_si(s, SI_4, min_clean);
    const struct si_lai *lai = NULL;
    struct si_message msg;
    ret->lac = ret->ci = -1;
    if (si3 && si_parse(si3->l2, GSM_L2_OCT, &msg) == SI_OK) {
        lai = &msg.u.si3.lai;
        ret->has_ci = true;
        ret->ci = msg.u.si3.cell_identity;
    } else if (si4 && si_parse(si4->l2, GSM_L2_OCT, &msg) == SI_OK) {
        lai = &msg.u.si4.lai;
    }
    if (!lai)
        return;
    ret->has_lai = true;
    memcpy(ret->mcc, lai->mcc, sizeof ret->mcc);
    memcpy(ret->mnc, lai->mnc, sizeof ret->mnc);
    ret->lac = lai->lac;
}

static void fill_measures(const struct detector *d, size_t i, struct judged_cell *ret)
{
    const struct cell_state *s = d->view[i].state;
    ret->tx = s->tx;
    ret->channel = s->channel;
    ret->bsic = s->bsic;
    ret->level_dbfs = s->level_dbfs;
    ret->level_dbm = s->level_dbm;
    ret->snr_db = s->snr_db;
    ret->offset_hz = s->offset_hz;
    ret->offset_ppm_rel = cell_table_offset_ppm_rel(d->table, i);
    ret->offset_se_hz = s->offset_se_hz;
    ret->clock_ppm = s->clock_ppm;
    ret->clock_se_ppm = s->clock_se_ppm;
    memcpy(ret->taps_db, s->taps_db, sizeof ret->taps_db);
    ret->phase_error_deg = s->phase_error_deg;
    ret->delay_spread_us = s->delay_spread_us;
    ret->first_s = s->first_s;
    ret->last_s = s->last_s;
    ret->fn_known = s->fn_known;
    ret->fn_epoch_frames = s->fn_epoch_frames;
    ret->n_sch = s->n_sch;
    ret->n_blocks = s->n_bcch + s->n_ccch;
    ret->n_blocks_failed = s->n_bcch_failed + s->n_ccch_failed;
    ret->si = s->si;
    ret->n_si = s->n_si;
}

/* The operator's own list has this CGI on this ARFCN and with this BSIC, both said. */
static bool matches_list(const struct rule_cell *c)
{
    for (size_t i = 0; i < c->known.n_cell; i++) {
        const struct known_cell *k = &c->known.cell[i];
        if (k->source == KNOWN_OPERATOR && k->arfcn == c->state->channel.number && k->bsic >= 0 &&
            k->bsic == c->state->bsic)
            return true;
    }
    return false;
}

static void take_results(const struct detector *d, struct judged_cell *ret)
{
    for (size_t i = 0; i < rules_count(); i++) {
        const struct rule_result *r = &d->result[i];
        if (r->outcome == RULE_FIRED && ret->n_findings < FINDINGS_CAP)
            ret->findings[ret->n_findings++] = r->finding;
        if (r->outcome != RULE_NOT_EVALUABLE || ret->n_not_evaluable == RULES_CAP)
            continue;
        memcpy(ret->not_evaluable[ret->n_not_evaluable], rules_get(i)->id, RULE_ID_CAP);
        ret->not_evaluable_reason[ret->n_not_evaluable] = r->reason;
        ret->n_not_evaluable++;
    }
}

static void judge_cell(struct detector *d, size_t n, size_t i, struct judged_cell *ret)
{
    const struct rule_cell *c = &d->view[i];
    struct rule_context ctx = {d->view, n, i};
    for (size_t k = 0; k < rules_count(); k++)
        rules_run(k, &ctx, &d->result[k]);
    struct score_input in = {d->result, matches_list(c), c->known.network.operator_list};
    struct score score;
    score_run(&in, &score);
    memset(ret, 0, sizeof *ret);
    fill_measures(d, i, ret);
    fill_identity(c, ret);
    ret->verdict = score.verdict;
    ret->score_db = score.score_db;
    ret->evaluable = score.evaluable;
    ret->rules_total = (int)rules_count();
    take_results(d, ret);
    if (c->known.allowed) {
        memcpy(ret->allowed, c->known.allow.kind, sizeof ret->allowed);
        memcpy(ret->allowed_note, c->known.allow.note, sizeof ret->allowed_note);
        if (ret->allowed[0] == '\0')
            snprintf(ret->allowed, sizeof ret->allowed, "reviewed");
    }
    if (ret->verdict >= VERDICT_SUSPICIOUS)
        alert_text_format(ret, &c->known, ret->alert_text, sizeof ret->alert_text);
}

static int compare_judged(const void *pa, const void *pb)
{
    const struct judged_cell *a = pa, *b = pb;
    int r = arfcn_compare(a->channel, b->channel);
    if (r != 0)
        return r;
    if (a->bsic != b->bsic)
        return a->bsic < b->bsic ? -1 : 1;
    if (a->first_s < b->first_s || a->first_s > b->first_s)
        return a->first_s < b->first_s ? -1 : 1;
    return (a->tx > b->tx) - (a->tx < b->tx);
}

/* Nobody stated a centre for a capture of frames: its channel numbers are what was captured. */
static void check_center(struct detector *d, size_t n)
{
    d->center = (struct center_check){0};
    if (d->cfg.from_gsmtap)
        return;
    center_check_run(d->view, n, d->scratch, &d->center);
    snprintf(d->doubt, sizeof d->doubt,
             "the stated centre frequency seems wrong by %.0f kHz, and channel numbers with it",
             fabs(d->center.error_hz) / 1e3);
    for (size_t i = 0; i < n && d->center.doubt; i++)
        d->view[i].channel_doubt = d->doubt;
}

double detector_center_error_hz(const struct detector *d, bool *ret_sure)
{
    *ret_sure = d->center.sure;
    return d->center.error_hz;
}

size_t detector_judge(struct detector *d, const struct judged_cell **ret)
{
    size_t n = cell_table_count(d->table);
    if (n > d->cap)
        n = d->cap;
    const struct rule_known nothing = {.lac_listed = -1};
    for (size_t i = 0; i < n; i++) {
        rule_cell_init(&d->view[i], cell_table_get(d->table, i), &nothing);
        look_up(d, i);
    }
    rules_prepare(d->view, n);
    check_center(d, n);
    for (size_t i = 0; i < n; i++)
        judge_cell(d, n, i, &d->judged[i]);
    if (n > 0)
        qsort(d->judged, n, sizeof *d->judged, compare_judged);
    *ret = d->judged;
    return n;
}

size_t detector_rule_count(void)
{
    return rules_count();
}

const char *detector_rule_id(size_t i)
{
    return i < rules_count() ? rules_get(i)->id : "";
}

const char *detector_rule_title(size_t i)
{
    return i < rules_count() ? rules_get(i)->title : "";
}

void detector_rules_digest(uint8_t ret[DIGEST_OCT])
{
    rules_digest(ret);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules on paging, from counts only: PG-01. */
#include <math.h>

#include "detector/rules.h"

/* A window that was heard long enough and decoded well enough to mean something. */
const struct cell_paging_window *rule_paging_window(const struct cell_state *s, int64_t number)
{
    const struct cell_paging_window *w = &s->paging_window[number % CELL_PAGING_WINDOW_CAP];
    uint32_t n = w->n_ccch + w->n_ccch_failed;
    if (w->number != number || w->observed_s < RULE_PAGING_WINDOW_S || n == 0 ||
        (double)w->n_ccch < RULE_PAGING_OK_RATIO * (double)n)
        return NULL;
    return w;
}

/* Identities per second that the least busy sibling pages in this window: paging goes to a whole
 * location area, so siblings of the same LAC come first. -1: nobody to compare with. */
static double sibling_rate_hz(const struct rule_context *ctx, int64_t number, bool same_lac)
{
    const struct rule_cell *c = rule_own(ctx);
    double least = -1.0;
    for (size_t i = 0; i < ctx->n; i++) {
        const struct rule_cell *o = &ctx->cells[i];
        if (i == ctx->i || !rule_same_network(c, o) || (same_lac && o->lac != c->lac))
            continue;
        const struct cell_paging_window *w = rule_paging_window(o->state, number);
        double rate = w ? w->n_identities / w->observed_s : -1.0;
        if (w && (least < 0.0 || rate < least))
            least = rate;
    }
    return least;
}

struct verdict_window {
    bool evaluable;
    bool silent;
    uint32_t n_identities;
    double expected;
};

static struct verdict_window judge_window(const struct rule_context *ctx, int64_t number)
{
    struct verdict_window v = {0};
    const struct cell_paging_window *w = rule_paging_window(rule_own(ctx)->state, number);
    double rate = sibling_rate_hz(ctx, number, true);
    if (rate < 0.0)
        rate = sibling_rate_hz(ctx, number, false);
    if (!w || rate < 0.0)
        return v;
    v.n_identities = w->n_identities;
    v.expected = rate * w->observed_s;
    v.evaluable = v.expected >= RULE_PAGING_EXPECTED;
    v.silent = v.evaluable && w->n_identities <= RULE_PAGING_SHARE_RATIO * v.expected;
    return v;
}

void rule_pg01_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct rule_cell *c = rule_own(ctx);
    if (!c->has_lai || c->state->last_s - c->state->first_s < RULE_PAGING_MIN_S) {
        rule_skip(ret, "the cell was heard for less than 60 s");
        return;
    }
    int64_t last = (int64_t)floor(c->state->last_s / CELL_PAGING_WINDOW_S);
    for (int64_t number = last; number >= 1 && number > last - (CELL_PAGING_WINDOW_CAP - 1);
         number--) {
        struct verdict_window now = judge_window(ctx, number);
        struct verdict_window before = judge_window(ctx, number - 1);
        if (!now.evaluable || !before.evaluable)
            continue;
        if (!now.silent || !before.silent) {
            rule_pass(ret);
            return;
        }
        uint32_t n = now.n_identities + before.n_identities;
        double expected = now.expected + before.expected;
        rule_fire(ret, 0);
        rule_observed(ret, "%u identities paged in two windows of %.0f s", n, CELL_PAGING_WINDOW_S);
        rule_expected(ret, "about %.0f, as the least busy cell of the network heard meanwhile",
                      expected);
        rule_text(ret,
                  "The cell paged %u identities in a time in which the least busy other cell of "
                  "%s-%s paged %.0f: it is not connected to the network's paging.",
                  n, c->mcc, c->mnc, expected);
        return;
    }
    rule_skip(ret, "no other cell of the network with readable, lively paging was heard meanwhile");
}

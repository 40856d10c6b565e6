/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules on the frame-number clock behind a key: TM-01, TM-03. */
#include <math.h>

#include "detector/rules.h"
#include "gsm_const.h"

/* Same CGI, channel and BSIC: what a copy would copy. */
static bool same_key(const struct rule_cell *a, const struct rule_cell *b)
{
    return rule_same_cgi(a, b) && arfcn_compare(a->state->channel, b->state->channel) == 0 &&
           a->state->bsic >= 0 && a->state->bsic == b->state->bsic && a->state->fn_known &&
           b->state->fn_known;
}

/* How far apart two clocks are, the shorter way round. */
static double clock_distance_frames(double a_frames, double b_frames)
{
    double gap = fabs(fmod(a_frames - b_frames, GSM_HYPERFRAME));
    return gap > GSM_HYPERFRAME / 2.0 ? GSM_HYPERFRAME - gap : gap;
}

static double both_s(const struct cell_state *a, const struct cell_state *b)
{
    return fmin(a->last_s, b->last_s) - fmax(a->first_s, b->first_s);
}

/* Samples that nobody said were lost shift all clocks alike. A cell that was heard on either side
 * of the change with one clock shows that none were. */
static bool another_ran_through(const struct rule_context *ctx, double from_s, double to_s)
{
    for (size_t i = 0; i < ctx->n; i++) {
        const struct cell_state *s = ctx->cells[i].state;
        if (i != ctx->i && s->fn_known && s->first_s < from_s && s->last_s > to_s &&
            s->last_s - s->first_s > to_s - from_s + RULE_CLOCK_BOTH_S)
            return true;
    }
    return false;
}

static void fire(struct rule_result *ret, size_t weight, const struct rule_cell *c,
                 const struct rule_cell *o)
{
    rule_fire(ret, weight);
    rule_evidence(ret, c->seen[SI_3]);
    rule_evidence(ret, o->seen[SI_3]);
}

void rule_tm01_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct rule_cell *c = rule_own(ctx);
    bool asked = false;
    for (size_t i = 0; i < ctx->n; i++) {
        const struct rule_cell *o = &ctx->cells[i];
        const struct cell_state *a = o->state, *b = c->state;
        if (i == ctx->i || !same_key(c, o) || a->first_s > b->first_s || both_s(a, b) > 0.0 ||
            !another_ran_through(ctx, a->last_s, b->first_s))
            continue;
        asked = true;
        double gap_s = b->first_s - a->last_s;
        double off = clock_distance_frames(a->epoch_last_frames, b->fn_epoch_frames);
        if (off <= RULE_CLOCK_FRAMES)
            continue;
        fire(ret, gap_s < RULE_CLOCK_GAP_S ? 0 : 1, c, o);
        rule_observed(ret, "frame clock %.0f frames away from before, after %.1f s", off, gap_s);
        rule_expected(ret, "one clock for one key, within %.0f frames", RULE_CLOCK_FRAMES);
        rule_text(ret,
                  "%.1f s after the cell with this CGI, ARFCN and BSIC fell silent, one with the "
                  "same names came up whose frame clock is %.0f frames away, while other cells' "
                  "clocks ran on: another transmitter, or a restart.",
                  gap_s, off);
        return;
    }
    if (asked)
        rule_pass(ret);
    else
        rule_skip(ret, "the key was heard with one clock only, and no earlier run says which it "
                       "should have");
}

void rule_tm03_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct rule_cell *c = rule_own(ctx);
    if (!c->has_ci || !c->state->fn_known || c->state->bsic < 0) {
        rule_skip(ret, c->has_ci ? "frame numbers and BSIC are not known" : RULE_REASON_NO_SI3);
        return;
    }
    for (size_t i = 0; i < ctx->n; i++) {
        const struct rule_cell *o = &ctx->cells[i];
        double together_s = both_s(c->state, o->state);
        double off = clock_distance_frames(c->state->fn_epoch_frames, o->state->fn_epoch_frames);
        if (i == ctx->i || !same_key(c, o) || together_s < RULE_CLOCK_BOTH_S ||
            off <= RULE_CLOCK_FRAMES)
            continue;
        fire(ret, 0, c, o);
        rule_observed(ret, "two frame clocks, %.0f frames apart, for %.1f s", off, together_s);
        rule_expected(ret, "one transmitter behind one CGI, ARFCN and BSIC");
        rule_text(ret,
                  "Two transmitters with the same CGI, ARFCN and BSIC were on the air together "
                  "for %.1f s, their frame clocks %.0f frames apart: one of them is a copy.",
                  together_s, off);
        return;
    }
    if (c->state->observed_s < RULE_CLOCK_MIN_S)
        rule_skip(ret, "the cell was heard for less than 60 s");
    else
        rule_pass(ret);
}

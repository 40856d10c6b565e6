/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules that link transmitters: EN-01, one transmitter for several networks. */
#include <math.h>
#include <string.h>

#include "detector/rules.h"
#include "gsm_const.h"

enum { EN01_CLOCK, EN01_CARRIER };

static bool heard_together(const struct cell_state *a, const struct cell_state *b)
{
    return fmin(a->last_s, b->last_s) - fmax(a->first_s, b->first_s) >= RULE_TWIN_BOTH_S;
}

/* Carriers of one box begin their frames together. */
static bool same_clock(const struct cell_state *a, const struct cell_state *b)
{
    if (!a->fn_known || !b->fn_known || !heard_together(a, b))
        return false;
    double gap = fabs(remainder(a->epoch_last_frames - b->epoch_last_frames, GSM_HYPERFRAME));
    double apart_s = fabs(a->epoch_last_s - b->epoch_last_s);
    return apart_s <= RULE_TWIN_APART_S &&
           gap <= RULE_TWIN_FRAMES + CELL_EPOCH_TOLERANCE_PPM * 1e-6 * apart_s / GSM_FRAME_S;
}

/* Off alike, where honest carriers agree. */
static bool same_odd_carrier(const struct rule_cell *a, const struct rule_cell *b)
{
    return heard_together(a->state, b->state) && isfinite(a->carrier_ppm) &&
           isfinite(b->carrier_ppm) && fabs(a->carrier_ppm) > RULE_CARRIER_LOW_PPM &&
           fabs(b->carrier_ppm) > RULE_CARRIER_LOW_PPM &&
           fabs(a->carrier_ppm - b->carrier_ppm) <= RULE_TWIN_PPM &&
           fmax(a->carrier_se_ppm, b->carrier_se_ppm) <= RULE_TWIN_PPM / 2.0;
}

/* A network whose own cells share one frame number is synchronised; so may be its neighbour's. */
static bool network_is_synchronised(const struct rule_context *ctx, const struct rule_cell *c)
{
    size_t n = 0;
    for (size_t i = 0; i < ctx->n; i++) {
        const struct rule_cell *o = &ctx->cells[i];
        n += o != c && rule_same_network(c, o) && !rule_same_cgi(c, o) &&
             same_clock(c->state, o->state);
    }
    return n >= 2;
}

static void fire(const struct rule_cell *c, const struct rule_cell *o, size_t weight,
                 struct rule_result *ret)
{
    rule_fire(ret, weight);
    if (weight == EN01_CLOCK) {
        rule_observed(ret, "the frame clock of %s-%s ARFCN %d", o->mcc, o->mnc,
                      o->state->channel.number);
        rule_expected(ret, "a frame clock of its own: two agree by chance once in ten million");
        rule_text(ret,
                  "This cell of %s-%s and the one of %s-%s on ARFCN %d count their frames "
                  "together, as carriers of one transmitter do: one box speaks for two networks.",
                  c->mcc, c->mnc, o->mcc, o->mnc, o->state->channel.number);
    } else {
        rule_observed(ret, "%+.3f ppm off, the cell of %s-%s on ARFCN %d %+.3f ppm", c->carrier_ppm,
                      o->mcc, o->mnc, o->state->channel.number, o->carrier_ppm);
        rule_expected(ret, "within 0.05 ppm of the others, each with a reference of its own");
        rule_text(ret,
                  "This cell of %s-%s and the one of %s-%s on ARFCN %d are off frequency by the "
                  "same %+.2f ppm while all others agree: one oscillator serves two networks.",
                  c->mcc, c->mnc, o->mcc, o->mnc, o->state->channel.number, c->carrier_ppm);
    }
    rule_evidence(ret, c->seen[SI_3]);
    rule_evidence(ret, o->seen[SI_3]);
}

void rule_en01_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct rule_cell *c = rule_own(ctx);
    size_t n_others = 0;
    if (!c->has_lai || !c->state->fn_known) {
        rule_skip(ret, c->has_lai ? "frame numbers are not known" : RULE_REASON_NO_SI3);
        return;
    }
    for (size_t i = 0; i < ctx->n; i++) {
        const struct rule_cell *o = &ctx->cells[i];
        if (!o->has_lai || rule_same_network(c, o) || !heard_together(c->state, o->state))
            continue;
        n_others++;
        bool shared = rule_is_confirmed(c) && rule_is_confirmed(o);
        bool clock = same_clock(c->state, o->state);
        if (clock && !shared &&
            (network_is_synchronised(ctx, c) || network_is_synchronised(ctx, o))) {
            rule_skip(ret, "the cells of one of the networks share one frame clock");
            return;
        }
        if (!shared && (clock || same_odd_carrier(c, o))) {
            fire(c, o, clock ? EN01_CLOCK : EN01_CARRIER, ret);
            return;
        }
    }
    if (n_others > 0)
        rule_pass(ret);
    else
        rule_skip(ret, "no cell of another network was heard meanwhile");
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules on how hard a cell pulls and how often it makes phones report: AT-01, AT-02. */
#include "detector/rules.h"

enum { AT01_ABOVE_40, AT01_ABOVE_30 };

static const struct si_selection_rest *selection_of(const struct rule_cell *c,
                                                    const struct cell_si_seen **ret_seen)
{
    const struct si_rest_3_4 *rest3 = &c->si[SI_3].u.si3.rest;
    const struct si_rest_3_4 *rest4 = &c->si[SI_4].u.si4.rest;
    bool has3 = c->seen[SI_3] && rest3->decoded;
    bool has4 = c->seen[SI_4] && rest4->decoded;
    if (!has3 && !has4)
        return NULL;
    /* Where they disagree (SI-02 says so) a phone may take either: the stronger pull counts. */
    bool use3 = has3 && (!has4 || rule_effective_cro_db(&rest3->selection) >=
                                      rule_effective_cro_db(&rest4->selection));
    *ret_seen = use3 ? c->seen[SI_3] : c->seen[SI_4];
    return use3 ? &rest3->selection : &rest4->selection;
}

/* Largest offset among cells of the network that the operator's list confirms; at least 30 dB. */
static int cro_limit_db(const struct rule_context *ctx)
{
    int limit = RULE_CRO_LOW_DB;
    for (size_t i = 0; i < ctx->n; i++) {
        const struct cell_si_seen *seen = NULL;
        const struct rule_cell *o = &ctx->cells[i];
        if (i == ctx->i || !rule_same_network(rule_own(ctx), o) || !rule_is_confirmed(o))
            continue;
        const struct si_selection_rest *s = selection_of(o, &seen);
        if (s && rule_effective_cro_db(s) > limit)
            limit = rule_effective_cro_db(s);
    }
    return limit;
}

void rule_at01_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct rule_cell *c = rule_own(ctx);
    const struct cell_si_seen *seen = NULL;
    const struct si_selection_rest *s = selection_of(c, &seen);
    if (!s) {
        rule_skip(ret, "no SI3 or SI4 with readable rest octets was received twice without errors");
        return;
    }
    int cro_db = rule_effective_cro_db(s);
    int limit_db = cro_limit_db(ctx);
    if (cro_db <= limit_db) {
        rule_pass(ret);
        return;
    }
    rule_fire(ret, cro_db > RULE_CRO_HIGH_DB ? AT01_ABOVE_40 : AT01_ABOVE_30);
    rule_observed(ret, "CELL_RESELECT_OFFSET +%d dB, PENALTY_TIME code %d", cro_db,
                  s->penalty_time_code);
    rule_expected(ret, "at most +%d dB", limit_db);
    rule_text(ret,
              "The cell makes itself %d dB more attractive than it is (CELL_RESELECT_OFFSET with "
              "penalty time %d s); no honest cell of the reference scans exceeds 12 dB, and %d dB "
              "is the limit used here.",
              cro_db, 20 * (s->penalty_time_code + 1), limit_db);
    rule_evidence(ret, seen);
}

/* T3212 of the other cells of the network; those that the operator's list confirms count alone
 * when there are any, for unlisted ones may belong to the same box. */
struct t3212_peers {
    size_t n;
    size_t n_confirmed;
    int min;
    int min_confirmed;
    bool some_never;
};

static struct t3212_peers find_peers(const struct rule_context *ctx)
{
    struct t3212_peers p = {.min = 256, .min_confirmed = 256};
    for (size_t i = 0; i < ctx->n; i++) {
        const struct rule_cell *o = &ctx->cells[i];
        if (i == ctx->i || !rule_same_network(rule_own(ctx), o) || !o->seen[SI_3] ||
            rule_same_cgi(rule_own(ctx), o))
            continue;
        int value = o->si[SI_3].u.si3.t3212_decihours;
        p.n++;
        if (value == 0)
            p.some_never = true;
        else if (value < p.min)
            p.min = value;
        if (rule_is_confirmed(o)) {
            p.n_confirmed++;
            if (value > 0 && value < p.min_confirmed)
                p.min_confirmed = value;
        }
    }
    return p;
}

static void fire_at02(const struct rule_cell *c, struct rule_result *ret, size_t weight, int value,
                      int usual)
{
    rule_fire(ret, weight);
    rule_observed(ret, value ? "T3212 = %d (%d min)" : "T3212 = %d (never: %d min)", value,
                  6 * value);
    if (usual > 0)
        rule_expected(ret, "at least %d min, half of what this network's other cells use",
                      3 * usual);
    else
        rule_expected(ret, "more than 6 min; operators of the reference scans use 1 to 12 h");
    if (value == 0)
        rule_text(ret,
                  "The cell asks for no periodic location update, while this network's other "
                  "cells ask for one every %d min or more.",
                  6 * usual);
    else
        rule_text(ret,
                  "Phones on this cell must report their location every %d minutes (T3212 = %d); "
                  "honest cells ask for it every hour or less often.",
                  6 * value, value);
    rule_evidence(ret, c->seen[SI_3]);
}

void rule_at02_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct rule_cell *c = rule_own(ctx);
    if (!c->seen[SI_3]) {
        rule_skip(ret, RULE_REASON_NO_SI3);
        return;
    }
    struct t3212_peers p = find_peers(ctx);
    int value = c->si[SI_3].u.si3.t3212_decihours;
    bool has_peers = p.n_confirmed > 0 || p.n >= RULE_PEERS_MIN;
    int usual = p.n_confirmed > 0 ? p.min_confirmed : p.min;
    if (!has_peers || usual > 255 || (value == 0 && p.some_never))
        usual = 0;
    if (value > 0 && value <= RULE_T3212_SHORT_DECIHOURS && (usual == 0 || value < usual))
        fire_at02(c, ret, 0, value, usual);
    else if (usual > 0 && 2 * value < usual)
        fire_at02(c, ret, 1, value, usual);
    else if (value == 0 && usual == 0 && !p.some_never)
        rule_skip(ret,
                  "the timer is off, and no other cells of the network show whether that is usual");
    else
        rule_pass(ret);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules on who a cell names as neighbour and who names it: NB-01, NB-02. */
#include <stdio.h>

#include "detector/rules.h"

static void add_neighbour(struct rule_cell *c, uint16_t arfcn)
{
    size_t cap = sizeof c->ba / sizeof c->ba[0];
    size_t at = 0;
    c->ba_has_own = c->ba_has_own || arfcn == c->state->channel.number;
    while (at < c->n_ba && c->ba[at] < arfcn)
        at++;
    if (arfcn == c->state->channel.number || c->n_ba == cap || (at < c->n_ba && c->ba[at] == arfcn))
        return;
    for (size_t i = c->n_ba; i > at; i--)
        c->ba[i] = c->ba[i - 1];
    c->ba[at] = arfcn;
    c->n_ba++;
}

static void add_list(struct rule_cell *c, const struct si_freq_list *list)
{
    for (size_t i = 0; i < list->n && i < SI_FREQ_CAP; i++)
        add_neighbour(c, list->arfcn[i]);
}

/* SI2bis is announced by EXT-IND of SI2, SI2ter by the indicator in SI3 (TS 44.018 3.2.2.1). */
void rule_ba_fill(struct rule_cell *c)
{
    if (c->seen[SI_2])
        add_list(c, &c->si[SI_2].u.si2.neighbours);
    if (c->seen[SI_2BIS])
        add_list(c, &c->si[SI_2BIS].u.si2.neighbours);
    if (c->seen[SI_2TER])
        add_list(c, &c->si[SI_2TER].u.si2ter.neighbours);
    const struct si_rest_3_4 *rest = &c->si[SI_3].u.si3.rest;
    bool bis = c->seen[SI_2] && (!c->si[SI_2].u.si2.ext_ind || c->seen[SI_2BIS]);
    bool ter = c->seen[SI_2TER] || (c->seen[SI_3] && rest->decoded && !rest->si2ter_indicator);
    c->ba_complete = bis && ter;
}

void rule_nb01_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct rule_cell *c = rule_own(ctx);
    if (c->n_ba > (c->channel_doubt ? 3 : 2)) {
        rule_pass(ret);
        return;
    }
    if (!c->ba_complete) {
        rule_skip(ret, "the neighbour list is not complete: SI2, or an announced SI2bis or SI2ter, "
                       "was not received twice");
        return;
    }
    /* Which one is the own carrier is then not known; an empty list is empty all the same. */
    if (c->channel_doubt && (c->n_ba > 0 || c->ba_has_own)) {
        rule_skip(ret, c->channel_doubt);
        return;
    }
    rule_fire(ret, c->n_ba == 0 ? 0 : 1);
    rule_observed(ret, "%zu neighbours", c->n_ba);
    rule_expected(ret, "4 to 26 neighbours, median 13");
    if (c->n_ba == 0)
        rule_text(ret, "The cell names no neighbour, so a phone that has joined it finds no way "
                       "out; every operator cell of the reference scans names at least 4.");
    else
        rule_text(ret,
                  "The cell names only %zu neighbour%s; every operator cell of the reference scans "
                  "names at least 4.",
                  c->n_ba, c->n_ba == 1 ? "" : "s");
    rule_evidence(ret, c->seen[SI_2]);
    rule_evidence(ret, c->seen[SI_2BIS]);
    rule_evidence(ret, c->seen[SI_2TER]);
    rule_evidence(ret, c->seen[SI_3]);
}

static bool lists(const struct rule_cell *c, int arfcn)
{
    for (size_t i = 0; i < c->n_ba; i++) {
        if (c->ba[i] == arfcn)
            return true;
    }
    return false;
}

void rule_nb02_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct rule_cell *c = rule_own(ctx);
    int own = c->state->channel.number;
    size_t n_listers = 0, n_listing = 0, used = 0;
    char asked[FINDING_VALUE_CAP] = "";
    for (size_t i = 0; i < ctx->n; i++) {
        const struct rule_cell *o = &ctx->cells[i];
        /* A cell on the same ARFCN never lists it: its own C0 is not part of its list. */
        if (i == ctx->i || !rule_same_network(c, o) || !o->ba_complete || o->n_ba == 0 ||
            o->state->channel.number == own)
            continue;
        n_listers++;
        n_listing += lists(o, own);
        int n = used < sizeof asked ? snprintf(asked + used, sizeof asked - used, "%s%d",
                                               used ? ", " : "", o->state->channel.number)
                                    : 0;
        used += n > 0 ? (size_t)n : 0;
    }
    if (!c->has_lai) {
        rule_skip(ret, "neither SI3 nor SI4 was received twice without errors");
    } else if (c->channel_doubt) {
        rule_skip(ret, c->channel_doubt);
    } else if (n_listing > 0) {
        rule_pass(ret);
    } else if (n_listers < RULE_PEERS_MIN) {
        rule_skip(ret, "fewer than 3 other cells of the network were heard with complete lists");
    } else {
        rule_fire(ret, n_listers >= RULE_LISTERS_MANY ? 1 : 0);
        rule_observed(ret, "listed by none of %zu cells, on ARFCN %.100s", n_listers, asked);
        rule_expected(ret, "listed by at least one cell of the network nearby");
        rule_text(ret,
                  "None of %zu other cells of %s-%s heard here lists ARFCN %d as a neighbour; a "
                  "planned cell is nearly always listed by some of them.",
                  n_listers, c->mcc, c->mnc, own);
        rule_evidence(ret, c->seen[SI_3]);
    }
}

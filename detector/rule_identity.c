/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules on who a cell says it is: ID-01, ID-02, ID-03, ID-05. */
#include <string.h>

#include "detector/rules.h"

static const struct cell_si_seen *identity_source(const struct rule_cell *c)
{
    return c->seen[SI_3] ? c->seen[SI_3] : c->seen[SI_4];
}

/* The operator or a regulator lists cells of this network, or somebody allotted it spectrum. */
static bool network_is_named(const struct rule_known *k)
{
    return k->network.has_allocations || k->network.operator_list || k->network.regulator_list;
}

static void fire_id01(const struct rule_cell *c, struct rule_result *ret, const char *why)
{
    rule_fire(ret, 0);
    rule_observed(ret, "%s-%s", c->mcc, c->mnc);
    rule_expected(ret, "%s", why);
    rule_text(ret, "The cell announces network %s-%s (LAC %d): %s.", c->mcc, c->mnc, c->lac, why);
    rule_evidence(ret, identity_source(c));
}

static bool has_digits_only(const char *text)
{
    return text[0] != '\0' && strspn(text, "0123456789") == strlen(text);
}

void rule_id01_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct rule_cell *c = rule_own(ctx);
    const struct rule_known *k = &c->known;
    bool typed =
        k->allowed && (strcmp(k->allow.kind, "rail") == 0 || strcmp(k->allow.kind, "private") == 0);
    if (!c->has_lai)
        rule_skip(ret, "neither SI3 nor SI4 was received twice without errors");
    else if (typed || network_is_named(k))
        rule_pass(ret);
    else if (!has_digits_only(c->mcc) || !has_digits_only(c->mnc))
        fire_id01(c, ret, "that is not a network code, its digits are not 0 to 9");
    else if (strcmp(c->mcc, "001") == 0)
        fire_id01(c, ret,
                  "country code 001 is reserved for tests, and no allocation table "
                  "names this network");
    else if (k->network.allocations_expired)
        fire_id01(c, ret, "its allocations in the table did not hold at the time of the recording");
    else if (k->network.country_allocations)
        fire_id01(c, ret, "the allocation table covers the country and does not name it");
    else
        rule_skip(ret, "no allocation table covers this country");
}

enum { ID02_OPERATOR, ID02_REGULATOR, ID02_CROWD };

static bool is_listed_by(const struct rule_known *k, enum known_source at_least)
{
    for (size_t i = 0; i < k->n_cell; i++) {
        if (k->cell[i].source >= at_least)
            return true;
    }
    return false;
}

void rule_id02_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct rule_cell *c = rule_own(ctx);
    const struct known_network *net = &c->known.network;
    if (!c->has_ci) {
        rule_skip(ret, RULE_REASON_NO_SI3);
        return;
    }
    if (!net->listed_cells && !net->operator_list && !net->regulator_list) {
        rule_skip(ret, "no list holds any cell of this network");
        return;
    }
    const char *list = "a crowd-sourced list";
    enum known_source at_least = KNOWN_CROWD;
    size_t weight = ID02_CROWD;
    if (net->operator_list) {
        list = "the operator's own list";
        at_least = KNOWN_OPERATOR;
        weight = ID02_OPERATOR;
    } else if (net->regulator_list) {
        list = "the regulator's list";
        at_least = KNOWN_REGULATOR;
        weight = ID02_REGULATOR;
    }
    if (is_listed_by(&c->known, at_least)) {
        rule_pass(ret);
        return;
    }
    rule_fire(ret, weight);
    rule_observed(ret, "%s-%s-%d-%d", c->mcc, c->mnc, c->lac, c->ci);
    rule_expected(ret, "a CGI of %s (%llu known cells of the network)", list,
                  (unsigned long long)net->n_cells);
    rule_text(ret, "CGI %s-%s-%d-%d is not in %s of this network (%llu known cells).", c->mcc,
              c->mnc, c->lac, c->ci, list, (unsigned long long)net->n_cells);
    rule_evidence(ret, c->seen[SI_3]);
}

/* The entry that says where this CGI should be; NULL when none says it. *ret_agrees tells whether
 * any entry fits: a list may hold an old and a new plan. */
static const struct known_cell *find_plan(const struct rule_cell *c, bool *ret_agrees)
{
    const struct known_cell *plan = NULL;
    *ret_agrees = false;
    for (size_t i = 0; i < c->known.n_cell; i++) {
        const struct known_cell *k = &c->known.cell[i];
        bool says = k->arfcn >= 0 || (k->bsic >= 0 && c->state->bsic >= 0);
        if (!says || k->source < KNOWN_REGULATOR)
            continue;
        if (!plan)
            plan = k;
        *ret_agrees = *ret_agrees || rule_channel_agrees(k, c->state);
    }
    return plan;
}

static const char *source_name(const struct known_cell *k)
{
    if (k->added)
        return "this organisation's own entry";
    switch (k->source) {
    case KNOWN_OPERATOR:
        return "the operator's list";
    case KNOWN_REGULATOR:
        return "the regulator's list";
    case KNOWN_CROWD:
        break;
    }
    return "a crowd-sourced list";
}

void rule_id03_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct rule_cell *c = rule_own(ctx);
    bool agrees = false;
    if (!c->has_ci) {
        rule_skip(ret, RULE_REASON_NO_SI3);
        return;
    }
    const struct known_cell *plan = find_plan(c, &agrees);
    if (!plan) {
        rule_skip(ret, "no list of an operator or regulator names ARFCN or BSIC of this CGI");
        return;
    }
    if (c->channel_doubt) {
        rule_skip(ret, c->channel_doubt);
        return;
    }
    if (agrees) {
        rule_pass(ret);
        return;
    }
    rule_fire(ret, 0);
    rule_observed(ret, "ARFCN %d BSIC %d", c->state->channel.number, c->state->bsic);
    rule_expected(ret, "ARFCN %d BSIC %d (%s; -1: not said)", plan->arfcn, plan->bsic,
                  source_name(plan));
    rule_text(ret,
              "CGI %s-%s-%d-%d is on ARFCN %d with BSIC %d, but %s has it on ARFCN %d, BSIC %d "
              "(-1: not said).",
              c->mcc, c->mnc, c->lac, c->ci, c->state->channel.number, c->state->bsic,
              source_name(plan), plan->arfcn, plan->bsic);
    rule_evidence(ret, c->seen[SI_3]);
}

static bool other_channel(const struct cell_state *a, const struct cell_state *b)
{
    return arfcn_compare(a->channel, b->channel) != 0 ||
           (a->bsic >= 0 && b->bsic >= 0 && a->bsic != b->bsic);
}

static bool alive_together(const struct cell_state *a, const struct cell_state *b)
{
    return a->first_s <= b->last_s + RULE_ALIVE_WITHIN_S &&
           b->first_s <= a->last_s + RULE_ALIVE_WITHIN_S;
}

/* An operator's list could tell the victim from the copy if channel numbers could be believed. */
static bool original_unclear(const struct rule_cell *c)
{
    bool listed = false;
    for (size_t i = 0; i < c->known.n_cell; i++)
        listed =
            listed || (c->known.cell[i].source == KNOWN_OPERATOR && c->known.cell[i].arfcn >= 0);
    return listed && c->channel_doubt;
}

/* The cell that the operator's list puts here is the victim of the copy, not the copy. */
static bool is_the_original(const struct rule_cell *c)
{
    for (size_t i = 0; i < c->known.n_cell; i++) {
        const struct known_cell *k = &c->known.cell[i];
        if (k->source == KNOWN_OPERATOR && k->arfcn >= 0 && rule_channel_agrees(k, c->state))
            return true;
    }
    return false;
}

static const struct rule_cell *find_twin(const struct rule_context *ctx)
{
    const struct rule_cell *c = rule_own(ctx);
    for (size_t i = 0; i < ctx->n; i++) {
        const struct rule_cell *o = &ctx->cells[i];
        if (i != ctx->i && rule_same_cgi(c, o) && other_channel(c->state, o->state) &&
            alive_together(c->state, o->state))
            return o;
    }
    return NULL;
}

void rule_id05_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct rule_cell *c = rule_own(ctx);
    if (!c->has_ci) {
        rule_skip(ret, RULE_REASON_NO_SI3);
        return;
    }
    const struct rule_cell *o = find_twin(ctx);
    if (o && original_unclear(c)) {
        rule_skip(ret, c->channel_doubt);
    } else if (o && !is_the_original(c)) {
        rule_fire(ret, 0);
        rule_observed(ret, "ARFCN %d BSIC %d and ARFCN %d BSIC %d", c->state->channel.number,
                      c->state->bsic, o->state->channel.number, o->state->bsic);
        rule_expected(ret, "one transmitter for CGI %s-%s-%d-%d", c->mcc, c->mnc, c->lac, c->ci);
        rule_text(ret,
                  "CGI %s-%s-%d-%d is announced by two transmitters within 10 minutes: here on "
                  "ARFCN %d, BSIC %d, and on ARFCN %d, BSIC %d.",
                  c->mcc, c->mnc, c->lac, c->ci, c->state->channel.number, c->state->bsic,
                  o->state->channel.number, o->state->bsic);
        rule_evidence(ret, c->seen[SI_3]);
        rule_evidence(ret, o->seen[SI_3]);
    } else {
        rule_pass(ret);
    }
}

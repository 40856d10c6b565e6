/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detector/rules.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char RULE_REASON_NO_SI3[] = "SI3 was not received twice without errors";
const char RULE_REASON_NO_DB[] = "no known-cell database covers this network";

/* Weights are decibans, 10 log10 of P(hit | pseudo) / P(hit | honest). "Freiburg 2012": eight
 * sweeps of four operators, 328 cell observations, 284 of them with SI3 and SI4. */
static const struct rule_row RULES[] = {
    {"ID-01",
     1,
     "network code without allocation",
     "SI3 or SI4; an allocation table that covers the country, else only the test network 001 is "
     "known",
     "a rail, private or event network that no allocation table or allow-list names yet",
     rule_id01_run,
     {{25.0, "test network, or unallocated code",
       "0 of 328 operator cells, Freiburg 2012; rail and private networks excepted"}}},
    {"ID-02",
     1,
     "CGI not in the list of cells",
     "SI3; a list of this network's cells",
     "a new or moved site, or a list older than the recording",
     rule_id02_run,
     {{20.0, "not in the operator's own list", "list taken as 99 % complete: 10 log10(1 / 0.01)"},
      {10.0, "not in the regulator's list", "list taken as 90 % complete: 10 log10(1 / 0.1)"},
      {3.0, "not in a crowd-sourced list",
       "such lists held 41 to 58 % of honest cells in one town"}}},
    {"ID-03",
     1,
     "known CGI on another channel",
     "SI3; a list that names ARFCN or BSIC of this CGI",
     "a retune night that the list does not know yet",
     rule_id03_run,
     {{20.0, "ARFCN or BSIC differ from the list",
       "53 of 53 cells met again after weeks kept both, Freiburg 2012"}}},
    {"ID-05",
     1,
     "one CGI from two transmitters",
     "SI3 of both",
     "a retune between two passes over the band",
     rule_id05_run,
     {{25.0, "same CGI on another ARFCN or BSIC", "0 of 214 CGIs, Freiburg 2012"}}},
    {"RF-01",
     1,
     "carrier outside the network's spectrum",
     "SI3 or SI4; allocations of this network",
     "spectrum traded or shared after the table was made",
     rule_rf01_run,
     {{25.0, "C0 in no allocation of the network", "0 of 328 operator cells, Freiburg 2012"}}},
    {"SI-01",
     1,
     "parameters unlike the operator's other cells",
     "SI2 and SI3; 2 cells of the network that the operator's list confirms, or 5 others",
     "another vendor's equipment, or a network-wide change in progress",
     rule_si01_run,
     {{3.0, "2 fields differ", "8 of 284 operator cells, Freiburg 2012, leave one sweep out"},
      {10.0, "3 or 4 fields differ", "0 of 284 operator cells, Freiburg 2012, leave one sweep out"},
      {22.0, "5 to 7 fields differ", "0 of 284; cells of another operator differ in 5 or more"},
      {35.0, "8 fields or more differ",
       "0 of 284; open-source base stations differ in 14 to 17 of 22"}}},
    {"SI-02",
     1,
     "SI3 contradicts SI4",
     "SI3 and SI4, each 3 times",
     "an update of the parameters that reached only one of the two messages",
     rule_si02_run,
     {{25.0, "a field that both carry differs", "0 of 291 SI3/SI4 pairs, Freiburg 2012"}}},
    {"SI-03",
     1,
     "default settings of open-source base stations",
     "SI2 and SI3; not counted for a cell that the operator's list confirms",
     "a private, rural or event network that runs the same software honestly",
     rule_si03_run,
     {{25.0, "three quarters of the defaults",
       "0 of 284 operator cells, Freiburg 2012; 2 of 2 laboratory cells"},
      {10.0, "half of the defaults",
       "0 of 284 operator cells, Freiburg 2012; weight by judgement"}}},
    {"AT-01",
     1,
     "reselection offset draws phones in",
     "SI3 or SI4 with rest octets",
     "a hierarchical micro cell with an unusually high offset",
     rule_at01_run,
     {{20.0, "effective offset above 40 dB",
       "0 of 284 operator cells, Freiburg 2012; their largest is 12 dB"},
      {10.0, "effective offset above 30 dB",
       "0 of 284 operator cells, Freiburg 2012; micro cells elsewhere use 10 to 30"}}},
    {"AT-02",
     1,
     "periodic location updates too often",
     "SI3; for values above 6 minutes also cells of the same network",
     "a test network, or an operator that shortens the timer on purpose",
     rule_at02_run,
     {{15.0, "6 minutes", "0 of 284 operator cells, Freiburg 2012; theirs are 1 to 12 hours"},
      {10.0, "less than half of the network's, or never",
       "each of 4 operators uses one value everywhere, Freiburg 2012"}}},
    {"NB-01",
     1,
     "no neighbours",
     "SI2, and SI2bis and SI2ter where the cell announces them",
     "an isolated cell: indoor, tunnel, island, rail",
     rule_nb01_run,
     {{20.0, "empty list", "0 of 328 operator cells, Freiburg 2012; smallest list 4, median 13"},
      {10.0, "one or two neighbours",
       "0 of 328 operator cells, Freiburg 2012; rail cells list 2 to 4"}}},
    {"NB-02",
     1,
     "no cell of the network lists it",
     "3 other cells of the network with complete lists",
     "a new cell, a one-way relation, or a site far from those heard",
     rule_nb02_run,
     {{8.0, "3 to 7 cells that could list it", "15 of 328 operator cells, Freiburg 2012"},
      {13.0, "8 cells or more that could list it",
       "15 of 328 operator cells, Freiburg 2012: 10 log10(0.8 / 0.046)"}}},
    {"LA-01",
     1,
     "location area that nobody else uses",
     "SI3 or SI4; a list of the network's location areas, or 3 other cells of the network",
     "the border of a location area, or one that was opened after the list was made",
     rule_la01_run,
     {{18.0, "not in the operator's or regulator's list",
       "a complete list names every location area; weight by judgement"},
      {6.0, "used by no other cell that was heard", "2 of 328 operator cells, Freiburg 2012"}}},
    {"LA-02",
     1,
     "location area changes on the air",
     "SI3 with frame numbers over more than one SI cycle",
     "a re-planning of the network, which moves many cells at once",
     rule_la02_run,
     {{25.0, "one transmitter, two location areas",
       "none known; 53 cells met again after weeks kept theirs, Freiburg 2012"}}},
    {"LA-03",
     1,
     "location areas are cycled through",
     "SI3 with frame numbers",
     "none known",
     rule_la03_run,
     {{35.0, "three location areas within an hour",
       "none known; 53 cells met again after weeks kept theirs, Freiburg 2012"}}},
    {"PG-01",
     1,
     "paging is silent",
     "60 s of signal, 90 % of the CCCH decoded, and a cell of the same network that pages",
     "a location area of its own with few subscribers, or paging by last known cell",
     rule_pg01_run,
     {{20.0, "silent in two windows",
       "honest cells page 65 to 776 identities in 10 s, a pseudo cell 0 in 60 s (thesis, Freiburg "
       "2012)"}}},
    {"PG-02",
     1,
     "pages other subscribers than its location area",
     "two windows of 30 s with 20 paged identities or more, and a cell of the same location area "
     "heard meanwhile",
     "paging by last known cell, or a location area that was divided",
     rule_pg02_run,
     {{20.0, "unlike the others, which page alike",
       "paging goes to the whole location area; weight by judgement"},
      {10.0, "unlike the only other cell", "either of the two may be the odd one; by judgement"}}},
    {"AG-01",
     1,
     "phones register and do nothing else",
     "30 immediate assignments read in four minutes",
     "the border of a location area, a train that arrives, a network that restarts",
     rule_ag01_run,
     {{25.0, "more than 80 % location updates",
       "assignments of honest cells mix calls, messages and data; weight by judgement"}}},
    {"FP-01",
     1,
     "carrier off the frequency of the others",
     "20 synchronisation bursts in one tuning, and 3 other carriers that agree",
     "a pico cell or repeater with a poor reference; a receiver that moves fast: 100 km/h are "
     "0.09 ppm",
     rule_fp01_run,
     {{30.0, "more than 0.5 ppm",
       "five times what TS 45.010 5.1 allows the worst base station; by judgement"},
      {10.0, "more than 0.2 ppm", "base stations hold 0.05 ppm, TS 45.010 5.1; by judgement"}}},
    {"TM-01",
     1,
     "the frame clock of a known key changed",
     "the key heard before with another clock, and another cell whose clock ran on meanwhile",
     "a base station that restarted",
     rule_tm01_run,
     {{20.0, "within 10 s", "a restart takes longer; by judgement"},
      {3.0, "after a longer silence", "a restart looks the same; by judgement"}}},
    {"TM-03",
     1,
     "two frame clocks behind one key",
     "SI3 of both with frame numbers and BSIC",
     "none known: one base station has one clock",
     rule_tm03_run,
     {{30.0, "two transmitters at one time", "0 of 214 CGIs, Freiburg 2012; none known"}}},
    {"EN-01",
     1,
     "one transmitter for several networks",
     "SI3 or SI4 with frame numbers, and a cell of another network heard meanwhile",
     "operators that share a site, unless their lists name both cells",
     rule_en01_run,
     {{25.0, "one frame clock", "two clocks agree by chance once in 10 million pairs"},
      {20.0, "one odd carrier offset",
       "0.02 ppm of a range of 2: once in 100 pairs of cells that are off already; by judgement"}}},
};

size_t rules_count(void)
{
    return sizeof RULES / sizeof RULES[0];
}

const struct rule_row *rules_get(size_t i)
{
    return i < rules_count() ? &RULES[i] : NULL;
}

const char *rule_outcome_name(enum rule_outcome outcome)
{
    switch (outcome) {
    case RULE_PASSED:
        return "passed";
    case RULE_FIRED:
        return "fired";
    case RULE_NOT_EVALUABLE:
        return "not evaluable";
    }
    return "?";
}

static void fill_identity(struct rule_cell *c)
{
    const struct si_lai *lai = NULL;
    if (c->seen[SI_3])
        lai = &c->si[SI_3].u.si3.lai;
    else if (c->seen[SI_4])
        lai = &c->si[SI_4].u.si4.lai;
    c->lac = c->ci = -1;
    if (lai) {
        c->has_lai = true;
        memcpy(c->mcc, lai->mcc, sizeof c->mcc);
        memcpy(c->mnc, lai->mnc, sizeof c->mnc);
        memcpy(&c->network, lai->mcc, 4);
        memcpy((char *)&c->network + 4, lai->mnc, 4);
        c->lac = lai->lac;
    }
    if (c->seen[SI_3]) {
        c->has_ci = true;
        c->ci = c->si[SI_3].u.si3.cell_identity;
    }
}

void rule_cell_init(struct rule_cell *ret, const struct cell_state *state,
                    const struct rule_known *known)
{
    memset(ret, 0, sizeof *ret);
    ret->state = state;
    ret->known = *known;
    for (int type = SI_1; type < SI_TYPE_COUNT; type++) {
        const struct cell_si_seen *s =
            cell_state_find_si(state, (enum si_type)type, RULE_SI_MIN_CLEAN);
        if (s && si_parse(s->l2, GSM_L2_OCT, &ret->si[type]) == SI_OK)
            ret->seen[type] = s;
    }
    fill_identity(ret);
    rule_ba_fill(ret);
    rule_profile_fill(ret);
}

void rules_prepare(struct rule_cell *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cells[i].repeats_cgi = false;
        for (size_t k = 0; k < i && !cells[i].repeats_cgi; k++)
            cells[i].repeats_cgi = rule_same_cgi(&cells[i], &cells[k]);
    }
    rule_carrier_fill(cells, n);
}

void rules_run(size_t i_rule, const struct rule_context *ctx, struct rule_result *ret)
{
    assert(i_rule < rules_count() && ctx->i < ctx->n);
    const struct rule_row *row = &RULES[i_rule];
    const struct cell_state *state = ctx->cells[ctx->i].state;
    memset(ret, 0, sizeof *ret);
    row->run(ctx, ret);
    if (ret->outcome != RULE_FIRED)
        return;
    assert(ret->weight < RULE_WEIGHT_CAP);
    struct finding *f = &ret->finding;
    memcpy(f->rule, row->id, sizeof f->rule);
    f->rule_version = row->version;
    f->weight_db = row->weight[ret->weight].weight_db;
    snprintf(f->statistics, sizeof f->statistics, "%s", row->weight[ret->weight].statistics);
    if (f->n_oct_messages == 0) {
        f->first_s = state->first_s;
        f->last_s = state->last_s;
        f->fn_first = state->fn_first;
        f->fn_last = state->fn_last;
    }
}

const struct rule_cell *rule_own(const struct rule_context *ctx)
{
    return &ctx->cells[ctx->i];
}

bool rule_same_network(const struct rule_cell *a, const struct rule_cell *b)
{
    return a->has_lai && b->has_lai && a->network == b->network;
}

bool rule_same_cgi(const struct rule_cell *a, const struct rule_cell *b)
{
    return rule_same_network(a, b) && a->has_ci && b->has_ci && a->lac == b->lac && a->ci == b->ci;
}

bool rule_channel_agrees(const struct known_cell *k, const struct cell_state *s)
{
    return (k->arfcn < 0 || k->arfcn == s->channel.number) &&
           (k->bsic < 0 || s->bsic < 0 || k->bsic == s->bsic);
}

bool rule_is_confirmed(const struct rule_cell *c)
{
    for (size_t i = 0; i < c->known.n_cell; i++) {
        const struct known_cell *k = &c->known.cell[i];
        if (k->source == KNOWN_OPERATOR && rule_channel_agrees(k, c->state))
            return true;
    }
    return false;
}

int rule_effective_cro_db(const struct si_selection_rest *s)
{
    if (!s->present)
        return 0;
    return s->penalty_time_code == 31 ? -s->cell_reselect_offset_db : s->cell_reselect_offset_db;
}

void rule_pass(struct rule_result *ret)
{
    ret->outcome = RULE_PASSED;
}

void rule_skip(struct rule_result *ret, const char *reason)
{
    ret->outcome = RULE_NOT_EVALUABLE;
    ret->reason = reason;
}

void rule_fire(struct rule_result *ret, size_t weight)
{
    ret->outcome = RULE_FIRED;
    ret->weight = weight;
}

void rule_observed(struct rule_result *ret, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(ret->finding.observed, sizeof ret->finding.observed, fmt, ap);
    va_end(ap);
}

void rule_expected(struct rule_result *ret, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(ret->finding.expected, sizeof ret->finding.expected, fmt, ap);
    va_end(ap);
}

void rule_text(struct rule_result *ret, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(ret->finding.text, sizeof ret->finding.text, fmt, ap);
    va_end(ap);
}

void rule_evidence(struct rule_result *ret, const struct cell_si_seen *seen)
{
    struct finding *f = &ret->finding;
    if (!seen || f->n_oct_messages >= sizeof f->l2 / sizeof f->l2[0])
        return;
    if (f->n_oct_messages == 0 || seen->first_s < f->first_s) {
        f->first_s = seen->first_s;
        f->fn_first = seen->fn_first;
    }
    if (f->n_oct_messages == 0 || seen->last_s > f->last_s) {
        f->last_s = seen->last_s;
        f->fn_last = seen->fn_last;
    }
    memcpy(f->l2[f->n_oct_messages++], seen->l2, GSM_L2_OCT);
}

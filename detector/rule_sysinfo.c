/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules on system information as a whole: SI-01, SI-02, SI-03. */
#include <stdio.h>
#include <string.h>

#include "detector/rules.h"

/* SI-01: the fields that an operator sets alike in all its cells of a region. */
enum profile_field {
    P_CCCH_CONF,
    P_BS_AG_BLKS_RES,
    P_BS_PA_MFRMS,
    P_ATT,
    P_MSCR,
    P_T3212,
    P_PWRC,
    P_DTX,
    P_RADIO_LINK_TIMEOUT,
    P_CRH,
    P_ACS,
    P_NECI,
    P_MAX_RETRANS,
    P_TX_INTEGER,
    P_RE,
    P_ACCESS_CONTROL,
    P_NCC_PERMITTED,
    P_ECSC,
    P_GPRS,
    P_SI2QUATER,
    P_RXLEV_ACCESS_MIN,
    P_NCC,
    P_COUNT
};
_Static_assert(P_COUNT == RULE_PROFILE_CAP, "profile fields");

static const char *const PROFILE_NAME[P_COUNT] = {"CCCH_CONF",
                                                  "BS_AG_BLKS_RES",
                                                  "BS_PA_MFRMS",
                                                  "ATT",
                                                  "MSCR",
                                                  "T3212",
                                                  "PWRC",
                                                  "DTX",
                                                  "RLT",
                                                  "CRH",
                                                  "ACS",
                                                  "NECI",
                                                  "MAX_RETRANS",
                                                  "TX_INTEGER",
                                                  "RE",
                                                  "AC",
                                                  "NCC_PERMITTED",
                                                  "ECSC",
                                                  "GPRS",
                                                  "SI2QUATER",
                                                  "RXLEV_ACCESS_MIN",
                                                  "NCC"};

static void fill_si3(const struct si3 *s, int *p)
{
    p[P_CCCH_CONF] = s->ccch_conf;
    p[P_BS_AG_BLKS_RES] = s->bs_ag_blks_res;
    p[P_BS_PA_MFRMS] = s->bs_pa_mfrms;
    p[P_ATT] = s->attach_detach;
    p[P_MSCR] = s->mscr;
    p[P_T3212] = s->t3212_decihours;
    p[P_PWRC] = s->pwrc;
    p[P_DTX] = s->dtx;
    p[P_RADIO_LINK_TIMEOUT] = s->radio_link_timeout;
    p[P_CRH] = s->selection.reselect_hysteresis_db;
    p[P_ACS] = s->selection.acs;
    p[P_NECI] = s->selection.neci;
    p[P_RXLEV_ACCESS_MIN] = s->selection.rxlev_access_min;
    p[P_MAX_RETRANS] = s->rach.max_retrans;
    p[P_TX_INTEGER] = s->rach.tx_integer_code;
    p[P_RE] = s->rach.reestablish_forbidden;
    p[P_ACCESS_CONTROL] = s->rach.access_control;
    if (s->rest.decoded) {
        p[P_ECSC] = s->rest.early_classmark_sending;
        p[P_GPRS] = s->rest.gprs.present;
        p[P_SI2QUATER] = s->rest.si2quater_indicator;
    }
}

void rule_profile_fill(struct rule_cell *c)
{
    for (size_t i = 0; i < P_COUNT; i++)
        c->profile[i] = -1;
    if (c->seen[SI_3])
        fill_si3(&c->si[SI_3].u.si3, c->profile);
    if (c->seen[SI_2])
        c->profile[P_NCC_PERMITTED] = c->si[SI_2].u.si2.ncc_permitted;
    if (c->state->bsic >= 0)
        c->profile[P_NCC] = c->state->bsic >> 3;
}

/* Peers of SI-01: those that the operator's list confirms; without enough of them all others of
 * the network, which then must be more. Two transmitters with one CGI count as one voice. */
#define PEERS_CAP 256
struct peers {
    bool confirmed_only;
    size_t n;
    const int *profile[PEERS_CAP];
};

static bool is_peer(const struct rule_context *ctx, size_t i, bool confirmed_only)
{
    const struct rule_cell *c = rule_own(ctx), *o = &ctx->cells[i];
    if (i == ctx->i || !o->seen[SI_3] || !rule_same_network(c, o) || rule_same_cgi(c, o))
        return false;
    return confirmed_only ? rule_is_confirmed(o) : !o->repeats_cgi;
}

static size_t collect_peers(const struct rule_context *ctx, bool confirmed_only, struct peers *ret)
{
    ret->n = 0;
    ret->confirmed_only = confirmed_only;
    for (size_t i = 0; i < ctx->n && ret->n < PEERS_CAP; i++) {
        if (is_peer(ctx, i, confirmed_only))
            ret->profile[ret->n++] = ctx->cells[i].profile;
    }
    return ret->n;
}

static bool find_peers(const struct rule_context *ctx, struct peers *ret)
{
    return collect_peers(ctx, true, ret) >= RULE_PEERS_CONFIRMED_MIN ||
           collect_peers(ctx, false, ret) >= RULE_PEERS_UNKNOWN_MIN;
}

static size_t count_value(const struct peers *p, size_t field, int value)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        n += p->profile[i][field] == value;
    return n;
}

/* The value that more than half of the peers share, if there is one (Boyer and Moore); else any. */
static int common_value(const struct peers *p, size_t field)
{
    int candidate = -1;
    size_t votes = 0;
    for (size_t i = 0; i < p->n; i++) {
        int value = p->profile[i][field];
        if (value < 0)
            continue;
        if (votes == 0)
            candidate = value;
        votes = value == candidate ? votes + 1 : votes - 1;
    }
    return candidate;
}

/* A field says something only where the peers agree; then a value they hardly use stands out. */
static bool field_differs(const struct peers *p, size_t field, int own, int *ret_usual)
{
    size_t n = p->n - count_value(p, field, -1);
    if (own < 0)
        return false;
    *ret_usual = common_value(p, field);
    size_t n_common = count_value(p, field, *ret_usual);
    size_t n_own = count_value(p, field, own);
    size_t needed = p->confirmed_only ? RULE_PEERS_CONFIRMED_MIN : RULE_PEERS_UNKNOWN_MIN;
    return n >= needed && (double)n_own < RULE_PROFILE_RARE_RATIO * (double)n &&
           (double)n_common >= RULE_PROFILE_AGREE_RATIO * (double)n;
}

static size_t put_field(char *ret, size_t cap, size_t used, size_t field, int value)
{
    int n = used < cap ? snprintf(ret + used, cap - used, "%s%s %d", used ? ", " : "",
                                  PROFILE_NAME[field], value)
                       : 0;
    return used + (n > 0 ? (size_t)n : 0);
}

void rule_si01_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct rule_cell *c = rule_own(ctx);
    struct peers p;
    if (!c->seen[SI_3]) {
        rule_skip(ret, RULE_REASON_NO_SI3);
        return;
    }
    if (!find_peers(ctx, &p)) {
        rule_skip(ret, "too few other cells of the network were heard to know its usual settings");
        return;
    }
    struct finding *f = &ret->finding;
    size_t n_differ = 0, seen = 0, want = 0;
    for (size_t field = 0; field < P_COUNT; field++) {
        int usual = -1;
        if (!field_differs(&p, field, c->profile[field], &usual))
            continue;
        n_differ++;
        seen = put_field(f->observed, sizeof f->observed, seen, field, c->profile[field]);
        want = put_field(f->expected, sizeof f->expected, want, field, usual);
    }
    if (n_differ < 2) {
        rule_pass(ret);
        return;
    }
    rule_fire(ret, n_differ >= 8 ? 3 : n_differ >= 5 ? 2 : n_differ >= 3 ? 1 : 0);
    rule_text(ret, "%zu of %d parameters differ from what %zu other cells of %s-%s%s agree on: %s.",
              n_differ, P_COUNT, p.n, c->mcc, c->mnc,
              p.confirmed_only ? ", confirmed by the operator's list," : "", f->observed);
    rule_evidence(ret, c->seen[SI_3]);
    rule_evidence(ret, c->seen[SI_2]);
}

/* SI-02: what SI3 and SI4 both carry. Returns the name of the first field that differs. */
static const char *find_contradiction(const struct si3 *a, const struct si4 *b)
{
    const struct si_rest_3_4 *ra = &a->rest, *rb = &b->rest;
    if (a->lai.lac != b->lai.lac || strcmp(a->lai.mcc, b->lai.mcc) != 0 ||
        strcmp(a->lai.mnc, b->lai.mnc) != 0)
        return "location area identification";
    if (a->selection.reselect_hysteresis_db != b->selection.reselect_hysteresis_db ||
        a->selection.ms_txpwr_max_cch != b->selection.ms_txpwr_max_cch ||
        a->selection.acs != b->selection.acs || a->selection.neci != b->selection.neci ||
        a->selection.rxlev_access_min != b->selection.rxlev_access_min)
        return "cell selection parameters";
    if (a->rach.max_retrans != b->rach.max_retrans ||
        a->rach.tx_integer_code != b->rach.tx_integer_code ||
        a->rach.cell_barred != b->rach.cell_barred ||
        a->rach.reestablish_forbidden != b->rach.reestablish_forbidden ||
        a->rach.access_control != b->rach.access_control)
        return "RACH control parameters";
    if (!ra->decoded || !rb->decoded)
        return NULL;
    if (ra->selection.present != rb->selection.present ||
        ra->selection.cell_bar_qualify != rb->selection.cell_bar_qualify ||
        ra->selection.cell_reselect_offset_db != rb->selection.cell_reselect_offset_db ||
        ra->selection.temporary_offset_db != rb->selection.temporary_offset_db ||
        ra->selection.penalty_time_code != rb->selection.penalty_time_code)
        return "optional selection parameters (CBQ, CRO, TO, PT)";
    if (ra->power_offset_present != rb->power_offset_present ||
        ra->power_offset_db != rb->power_offset_db)
        return "power offset";
    if (ra->gprs.present != rb->gprs.present || ra->gprs.ra_colour != rb->gprs.ra_colour)
        return "GPRS indicator";
    return NULL;
}

void rule_si02_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct rule_cell *c = rule_own(ctx);
    if (!c->seen[SI_3] || !c->seen[SI_4]) {
        rule_skip(ret, "SI3 and SI4 were not both received twice without errors");
        return;
    }
    const struct si3 *a = &c->si[SI_3].u.si3;
    const struct si4 *b = &c->si[SI_4].u.si4;
    const char *field = find_contradiction(a, b);
    if (!field) {
        rule_pass(ret);
        return;
    }
    if (c->seen[SI_3]->n_clean < RULE_SI02_MIN_CLEAN ||
        c->seen[SI_4]->n_clean < RULE_SI02_MIN_CLEAN) {
        rule_skip(ret,
                  "SI3 and SI4 differ, but an update may be under way: neither came 3 times yet");
        return;
    }
    rule_fire(ret, 0);
    rule_observed(ret, "%s: LAC %d and %d, CRO %d and %d dB", field, a->lai.lac, b->lai.lac,
                  rule_effective_cro_db(&a->rest.selection),
                  rule_effective_cro_db(&b->rest.selection));
    rule_expected(ret, "the same %s in SI3 and SI4", field);
    rule_text(ret,
              "SI3 and SI4 contradict each other in the %s; one network element writes both, "
              "so an honest cell repeats the same value.",
              field);
    rule_evidence(ret, c->seen[SI_3]);
    rule_evidence(ret, c->seen[SI_4]);
}

/* SI-03: values that a stack broadcasts when nobody configured it. */
struct stack_default {
    enum profile_field field;
    int value;
};
/* osmo-bsc gsm_bts_alloc(): 12 fields, older releases with MAX_RETRANS 7 and MSCR 0 */
static const struct stack_default OSMOBSC[] = {{P_MAX_RETRANS, 7},
                                               {P_TX_INTEGER, 9},
                                               {P_RE, 1},
                                               {P_ACCESS_CONTROL, 0x0400},
                                               {P_CRH, 4},
                                               {P_RXLEV_ACCESS_MIN, 0},
                                               {P_NCC_PERMITTED, 0xff},
                                               {P_RADIO_LINK_TIMEOUT, 32},
                                               {P_BS_PA_MFRMS, 5},
                                               {P_BS_AG_BLKS_RES, 1},
                                               {P_T3212, 5},
                                               {P_MSCR, 0}};
/* OpenBTS apps/GetConfigurationKeys.cpp; NCC_PERMITTED -1: the own NCC only */
static const struct stack_default OPENBTS[] = {{P_BS_PA_MFRMS, 2},
                                               {P_BS_AG_BLKS_RES, 2},
                                               {P_CCCH_CONF, 1},
                                               {P_NECI, 1},
                                               {P_DTX, 2},
                                               {P_PWRC, 0},
                                               {P_RADIO_LINK_TIMEOUT, 64},
                                               {P_CRH, 6},
                                               {P_RXLEV_ACCESS_MIN, 0},
                                               {P_MAX_RETRANS, 2},
                                               {P_TX_INTEGER, 14},
                                               {P_ACCESS_CONTROL, 0x0400},
                                               {P_T3212, 0},
                                               {P_NCC_PERMITTED, -1}};

static size_t count_defaults(const struct rule_cell *c, const struct stack_default *stack, size_t n,
                             char *ret_names, size_t cap)
{
    size_t n_match = 0, used = 0;
    ret_names[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        int want = stack[i].value;
        if (stack[i].field == P_NCC_PERMITTED && want < 0)
            want = c->profile[P_NCC] < 0 ? -2 : 1 << c->profile[P_NCC];
        if (c->profile[stack[i].field] != want)
            continue;
        n_match++;
        used = put_field(ret_names, cap, used, stack[i].field, want);
    }
    return n_match;
}

void rule_si03_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct rule_cell *c = rule_own(ctx);
    char osmo_names[FINDING_VALUE_CAP], open_names[FINDING_VALUE_CAP];
    if (!c->seen[SI_3] || !c->seen[SI_2]) {
        rule_skip(ret, "SI2 and SI3 were not both received twice without errors");
        return;
    }
    size_t n_osmo = sizeof OSMOBSC / sizeof OSMOBSC[0], n_open = sizeof OPENBTS / sizeof OPENBTS[0];
    size_t osmo = count_defaults(c, OSMOBSC, n_osmo, osmo_names, sizeof osmo_names);
    size_t open = count_defaults(c, OPENBTS, n_open, open_names, sizeof open_names);
    bool is_osmo = osmo * n_open >= open * n_osmo;
    size_t n_match = is_osmo ? osmo : open, n = is_osmo ? n_osmo : n_open;
    if (2 * n_match < n || rule_is_confirmed(c)) {
        rule_pass(ret);
        return;
    }
    rule_fire(ret, 4 * n_match >= 3 * n ? 0 : 1);
    rule_observed(ret, "%s", is_osmo ? osmo_names : open_names);
    rule_expected(ret,
                  "values that an operator has planned; the base station software %s ships "
                  "with these",
                  is_osmo ? "OsmoBSC" : "OpenBTS");
    rule_text(ret,
              "%zu of %zu checked parameters are the factory settings of the open-source base "
              "station software %s.",
              n_match, n, is_osmo ? "OsmoBSC" : "OpenBTS");
    rule_evidence(ret, c->seen[SI_3]);
    rule_evidence(ret, c->seen[SI_2]);
}

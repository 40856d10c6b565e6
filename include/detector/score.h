/* SPDX-License-Identifier: GPL-3.0-or-later */
/* score - results of the rules of one cell to a number in decibans and a verdict.
 *
 * in   one rule_result per rule of the table
 * out  score, verdict, how many rules could be asked
 * ref  docs/rules.md "Score": prior + hits, capped by group, + negative evidence
 * cost below 1 us
 * thread pure functions
 */
#ifndef DETECTOR_SCORE_H
#define DETECTOR_SCORE_H

#include <stdbool.h>
#include <stddef.h>

#include "detector/rules.h"
#include "detector/verdict.h"

/* One pseudo cell in 30 000 honest ones: 10 log10(1 / 31623). */
#define SCORE_PRIOR_DB        (-45.0)
#define SCORE_WATCH_DB        (-20.0)
#define SCORE_SUSPICIOUS_DB   0.0
#define SCORE_PROBABLE_DB     15.0
#define SCORE_CRITICAL_DB     30.0
#define SCORE_CRITICAL_GROUPS 3
#define SCORE_EVALUABLE_MIN   8

/* EN-04: what speaks for the cell. Base: the operator's own list has this CGI on this ARFCN and
 * with this BSIC. More where the cell also fits its network: parameters like the other cells'
 * (SI-01 asked and silent), listed as a neighbour by them (NB-02 asked and silent). */
#define SCORE_EN04_BASE_DB       (-20.0)
#define SCORE_EN04_PROFILE_DB    (-5.0)
#define SCORE_EN04_NEIGHBOURS_DB (-5.0)
/* A copy takes identity and channel with it for nothing: a match counts only while no hit of this
 * weight contradicts it. */
#define SCORE_EN04_CONTRADICTION_DB 10.0

struct score_input {
    const struct rule_result *result; /* rules_count() of them, in the order of the table */
    bool matches_list;                /* the operator's list has CGI, ARFCN and BSIC of the cell */
    bool operator_list;               /* an operator's list of this network is in */
};

struct score {
    double score_db; /* rounded to 0.01 */
    double en04_db;  /* 0 or negative, part of score_db */
    int evaluable;
    int groups;    /* groups with a hit */
    bool decisive; /* a hit among TM, FP, PG, AG, or ID-02 against the operator's own list */
    enum verdict verdict;
};

void score_run(const struct score_input *in, struct score *ret);
/* Upper limit of a group of rules ("AT"); 0 for a group nobody knows. */
double score_cap_db(const char *group);
/* Row i of the caps, for the digest of the rule set and the documentation; false past the end. */
bool score_cap_get(size_t i, const char **ret_group, double *ret_cap_db);

#endif

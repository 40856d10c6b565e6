/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detector/score.h"

#include <math.h>
#include <string.h>

struct group_cap {
    char group[3];
    double cap_db;
    bool decisive; /* a hit can carry the verdict critical */
};

/* Rules of one group share causes: together they never weigh more than this. */
static const struct group_cap CAPS[] = {
    {"ID", 40.0, false}, {"RF", 25.0, false}, {"SI", 45.0, false}, {"AT", 25.0, false},
    {"NB", 30.0, false}, {"LA", 40.0, false}, {"PG", 30.0, true},  {"AG", 25.0, true},
    {"CP", 10.0, false}, {"PW", 25.0, false}, {"FP", 30.0, true},  {"TM", 30.0, true},
    {"EN", 40.0, false},
};
#define N_CAPS (sizeof CAPS / sizeof CAPS[0])

bool score_cap_get(size_t i, const char **ret_group, double *ret_cap_db)
{
    if (i >= N_CAPS)
        return false;
    *ret_group = CAPS[i].group;
    *ret_cap_db = CAPS[i].cap_db;
    return true;
}

double score_cap_db(const char *group)
{
    for (size_t i = 0; i < N_CAPS; i++) {
        if (strncmp(CAPS[i].group, group, 2) == 0)
            return CAPS[i].cap_db;
    }
    return 0.0;
}

static bool has_group(const struct rule_result *r, const char *group)
{
    return r->outcome == RULE_FIRED && strncmp(r->finding.rule, group, 2) == 0;
}

static double add_hits(const struct score_input *in, struct score *ret)
{
    double sum_db = 0.0;
    for (size_t g = 0; g < N_CAPS; g++) {
        double group_db = 0.0;
        bool hit = false;
        for (size_t i = 0; i < rules_count(); i++) {
            if (!has_group(&in->result[i], CAPS[g].group))
                continue;
            hit = true;
            group_db += in->result[i].finding.weight_db;
        }
        ret->groups += hit;
        ret->decisive = ret->decisive || (hit && CAPS[g].decisive);
        sum_db += fmin(group_db, CAPS[g].cap_db);
    }
    return sum_db;
}

static bool passed(const struct score_input *in, const char *id)
{
    for (size_t i = 0; i < rules_count(); i++) {
        if (strcmp(rules_get(i)->id, id) == 0)
            return in->result[i].outcome == RULE_PASSED;
    }
    return false;
}

static double negative_evidence_db(const struct score_input *in)
{
    if (!in->matches_list)
        return 0.0;
    for (size_t i = 0; i < rules_count(); i++) {
        if (in->result[i].outcome == RULE_FIRED &&
            in->result[i].finding.weight_db >= SCORE_EN04_CONTRADICTION_DB)
            return 0.0;
    }
    double db = SCORE_EN04_BASE_DB;
    if (passed(in, "SI-01"))
        db += SCORE_EN04_PROFILE_DB;
    if (passed(in, "NB-02"))
        db += SCORE_EN04_NEIGHBOURS_DB;
    return db;
}

/* Too few rules asked never hides a hit: it only withholds the all-clear. */
static enum verdict verdict_of(const struct score_input *in, const struct score *s)
{
    if (s->score_db < SCORE_SUSPICIOUS_DB && s->evaluable < SCORE_EVALUABLE_MIN)
        return VERDICT_UNJUDGED;
    if (s->score_db < SCORE_WATCH_DB)
        return VERDICT_NORMAL;
    if (s->score_db < SCORE_SUSPICIOUS_DB)
        return VERDICT_WATCH;
    if (s->score_db < SCORE_PROBABLE_DB)
        return VERDICT_SUSPICIOUS;
    if (s->score_db >= SCORE_CRITICAL_DB && s->groups >= SCORE_CRITICAL_GROUPS && s->decisive &&
        in->operator_list)
        return VERDICT_CRITICAL;
    return VERDICT_PROBABLE;
}

void score_run(const struct score_input *in, struct score *ret)
{
    memset(ret, 0, sizeof *ret);
    for (size_t i = 0; i < rules_count(); i++) {
        const struct rule_result *r = &in->result[i];
        ret->evaluable += r->outcome != RULE_NOT_EVALUABLE;
        if (r->outcome == RULE_FIRED && in->operator_list && strcmp(r->finding.rule, "ID-02") == 0)
            ret->decisive = true;
    }
    double sum_db = SCORE_PRIOR_DB + add_hits(in, ret);
    ret->en04_db = negative_evidence_db(in);
    ret->score_db = round((sum_db + ret->en04_db) * 100.0) / 100.0;
    ret->verdict = verdict_of(in, ret);
}

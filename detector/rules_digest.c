/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rule set as one canonical text, and its hash: it stands in each run as "judged by this". */
#include <stdio.h>
#include <string.h>

#include "core/digest.h"
#include "detector/center_check.h"
#include "detector/rules.h"
#include "detector/score.h"

struct constant {
    const char *name;
    double value;
};

/* Every number that can change a finding or a verdict and is not a weight or a cap. */
static const struct constant CONSTANTS[] = {
    {"si_min_clean", RULE_SI_MIN_CLEAN},
    {"si02_min_clean", RULE_SI02_MIN_CLEAN},
    {"cro_low_db", RULE_CRO_LOW_DB},
    {"cro_high_db", RULE_CRO_HIGH_DB},
    {"t3212_short_decihours", RULE_T3212_SHORT_DECIHOURS},
    {"peers_min", RULE_PEERS_MIN},
    {"peers_confirmed_min", RULE_PEERS_CONFIRMED_MIN},
    {"peers_unknown_min", RULE_PEERS_UNKNOWN_MIN},
    {"listers_many", RULE_LISTERS_MANY},
    {"profile_rare_ratio", RULE_PROFILE_RARE_RATIO},
    {"profile_agree_ratio", RULE_PROFILE_AGREE_RATIO},
    {"alive_within_s", RULE_ALIVE_WITHIN_S},
    {"lac_mixed_s", RULE_LAC_MIXED_S},
    {"lac_last_s", RULE_LAC_LAST_S},
    {"guard_cells_min", RULE_GUARD_CELLS_MIN},
    {"guard_ratio", RULE_GUARD_RATIO},
    {"paging_min_s", RULE_PAGING_MIN_S},
    {"paging_window_s", RULE_PAGING_WINDOW_S},
    {"paging_ok_ratio", RULE_PAGING_OK_RATIO},
    {"paging_expected", RULE_PAGING_EXPECTED},
    {"paging_share_ratio", RULE_PAGING_SHARE_RATIO},
    {"tags_min", RULE_TAGS_MIN},
    {"tags_alike", RULE_TAGS_ALIKE},
    {"tags_unlike", RULE_TAGS_UNLIKE},
    {"churn_min", RULE_CHURN_MIN},
    {"churn_half_min", RULE_CHURN_HALF_MIN},
    {"churn_ratio", RULE_CHURN_RATIO},
    {"churn_busy_ratio", RULE_CHURN_BUSY_RATIO},
    {"cycle_areas", RULE_CYCLE_AREAS},
    {"cycle_s", RULE_CYCLE_S},
    {"cycle_min_s", RULE_CYCLE_MIN_S},
    {"carrier_se_ppm", RULE_CARRIER_SE_PPM},
    {"carrier_low_ppm", RULE_CARRIER_LOW_PPM},
    {"carrier_high_ppm", RULE_CARRIER_HIGH_PPM},
    {"carrier_spread_ppm", RULE_CARRIER_SPREAD_PPM},
    {"carrier_sch_min", RULE_CARRIER_SCH_MIN},
    {"carrier_peers", RULE_CARRIER_PEERS},
    {"carrier_heard_ratio", RULE_CARRIER_HEARD_RATIO},
    {"clock_frames", RULE_CLOCK_FRAMES},
    {"clock_gap_s", RULE_CLOCK_GAP_S},
    {"clock_both_s", RULE_CLOCK_BOTH_S},
    {"clock_min_s", RULE_CLOCK_MIN_S},
    {"twin_ppm", RULE_TWIN_PPM},
    {"twin_both_s", RULE_TWIN_BOTH_S},
    {"twin_frames", RULE_TWIN_FRAMES},
    {"twin_apart_s", RULE_TWIN_APART_S},
    {"center_clock_ppm", CENTER_CLOCK_PPM},
    {"center_clock_se_ppm", CENTER_CLOCK_SE_PPM},
    {"center_sch_min", CENTER_SCH_MIN},
    {"center_listed_min", CENTER_LISTED_MIN},
    {"center_listed_over", CENTER_LISTED_OVER},
    {"cell_epoch_tolerance_frames", CELL_EPOCH_TOLERANCE_FRAMES},
    {"cell_epoch_tolerance_ppm", CELL_EPOCH_TOLERANCE_PPM},
    {"cell_overlap_s", CELL_OVERLAP_S},
    {"cell_tag_cap", CELL_TAG_CAP},
    {"cell_paging_window_s", CELL_PAGING_WINDOW_S},
    {"prior_db", SCORE_PRIOR_DB},
    {"watch_db", SCORE_WATCH_DB},
    {"suspicious_db", SCORE_SUSPICIOUS_DB},
    {"probable_db", SCORE_PROBABLE_DB},
    {"critical_db", SCORE_CRITICAL_DB},
    {"critical_groups", SCORE_CRITICAL_GROUPS},
    {"evaluable_min", SCORE_EVALUABLE_MIN},
    {"en04_base_db", SCORE_EN04_BASE_DB},
    {"en04_profile_db", SCORE_EN04_PROFILE_DB},
    {"en04_neighbours_db", SCORE_EN04_NEIGHBOURS_DB},
    {"en04_contradiction_db", SCORE_EN04_CONTRADICTION_DB},
};

static void push_line(struct digest *d, const char *name, int version, double value)
{
    char line[64];
    int n = snprintf(line, sizeof line, "%s %d %.4f\n", name, version, value);
    (void)digest_push(d, line, n > 0 ? strlen(line) : 0);
}

void rules_digest(uint8_t ret[DIGEST_OCT])
{
    struct digest *d = NULL;
    memset(ret, 0, DIGEST_OCT);
    if (digest_create(&d) < 0)
        return;
    for (size_t i = 0; i < rules_count(); i++) {
        const struct rule_row *row = rules_get(i);
        for (size_t k = 0; k < RULE_WEIGHT_CAP && row->weight[k].when; k++)
            push_line(d, row->id, row->version, row->weight[k].weight_db);
    }
    const char *group = NULL;
    double cap_db = 0.0;
    for (size_t i = 0; score_cap_get(i, &group, &cap_db); i++)
        push_line(d, group, 0, cap_db);
    for (size_t i = 0; i < sizeof CONSTANTS / sizeof CONSTANTS[0]; i++)
        push_line(d, CONSTANTS[i].name, 0, CONSTANTS[i].value);
    (void)digest_get(d, ret);
    digest_destroy(d);
}

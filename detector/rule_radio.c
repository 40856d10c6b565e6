/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules on where and how a cell transmits: RF-01. */
#include <stdio.h>

#include "detector/rules.h"

static bool is_900(enum arfcn_band band)
{
    return band == ARFCN_P900 || band == ARFCN_E900 || band == ARFCN_R900;
}

bool rule_same_band(enum arfcn_band a, enum arfcn_band b)
{
    return a == b || (is_900(a) && is_900(b));
}

/* Tables write the 900 MHz ranges under any of the three names; their numbers are unique. A range
 * may run through 1023 to 0: 975..10. */
static bool allocation_covers(const struct known_allocation *a, struct arfcn ch)
{
    if (a->band != ARFCN_BAND_UNKNOWN && !rule_same_band(a->band, ch.band))
        return false;
    if (a->arfcn_lo <= a->arfcn_hi)
        return ch.number >= a->arfcn_lo && ch.number <= a->arfcn_hi;
    return ch.number >= a->arfcn_lo || ch.number <= a->arfcn_hi;
}

static void format_ranges(const struct rule_known *k, char *ret, size_t cap)
{
    size_t used = 0;
    ret[0] = '\0';
    for (size_t i = 0; i < k->n_allocation && used < cap; i++) {
        const struct known_allocation *a = &k->allocation[i];
        int n = snprintf(ret + used, cap - used, "%s%s %d-%d", i ? ", " : "",
                         arfcn_band_name(a->band), a->arfcn_lo, a->arfcn_hi);
        used += n > 0 ? (size_t)n : 0;
    }
}

void rule_rf01_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct rule_cell *c = rule_own(ctx);
    const struct rule_known *k = &c->known;
    if (!c->has_lai) {
        rule_skip(ret, "neither SI3 nor SI4 was received twice without errors");
        return;
    }
    if (k->n_allocation == 0) {
        rule_skip(ret, "no allocation table names this network's spectrum");
        return;
    }
    if (c->channel_doubt) {
        rule_skip(ret, c->channel_doubt);
        return;
    }
    for (size_t i = 0; i < k->n_allocation; i++) {
        if (allocation_covers(&k->allocation[i], c->state->channel)) {
            rule_pass(ret);
            return;
        }
    }
    char ranges[FINDING_VALUE_CAP];
    format_ranges(k, ranges, sizeof ranges);
    rule_fire(ret, 0);
    rule_observed(ret, "%s ARFCN %d", arfcn_band_name(c->state->channel.band),
                  c->state->channel.number);
    rule_expected(ret, "%s", ranges);
    rule_text(ret, "The C0 carrier %s ARFCN %d is outside the spectrum of %s-%s, which is %s.",
              arfcn_band_name(c->state->channel.band), c->state->channel.number, c->mcc, c->mnc,
              ranges);
    rule_evidence(ret, c->seen[SI_3] ? c->seen[SI_3] : c->seen[SI_4]);
}

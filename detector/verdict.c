/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detector/verdict.h"

#include <stdio.h>

const char *verdict_name(enum verdict v)
{
    switch (v) {
    case VERDICT_UNJUDGED:
        return "unjudged";
    case VERDICT_NORMAL:
        return "normal";
    case VERDICT_WATCH:
        return "watch";
    case VERDICT_SUSPICIOUS:
        return "suspicious";
    case VERDICT_PROBABLE:
        return "probable";
    case VERDICT_CRITICAL:
        return "critical";
    case VERDICT_COUNT:
        break;
    }
    return "?";
}

bool judged_cell_flagged(const struct judged_cell *c)
{
    return c->verdict >= VERDICT_SUSPICIOUS && c->allowed[0] == '\0';
}

static void format_number(bool known, int value, char ret[12])
{
    if (known)
        snprintf(ret, 12, "%d", value);
    else
        snprintf(ret, 12, "?");
}

void judged_cell_key(const struct judged_cell *c, char ret[CELL_KEY_CAP])
{
    char lac[12], ci[12], bsic[12];
    format_number(c->has_lai, c->lac, lac);
    format_number(c->has_ci, c->ci, ci);
    format_number(c->bsic >= 0, c->bsic, bsic);
    snprintf(ret, CELL_KEY_CAP, "%s-%s-%s-%s/%d/%s", c->has_lai ? c->mcc : "?",
             c->has_lai ? c->mnc : "?", lac, ci, c->channel.number, bsic);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/mframe.h"

struct mframe_slot mframe_find(uint32_t fn)
{
    int at = (int)(fn % GSM_MULTIFRAME), tenth = at % 10;
    if (at == GSM_MULTIFRAME - 1)
        return (struct mframe_slot){MFRAME_IDLE, 0};
    if (tenth == 0)
        return (struct mframe_slot){MFRAME_FCCH, 0};
    if (tenth == 1)
        return (struct mframe_slot){MFRAME_SCH, 0};
    int burst = (tenth - 2) % 4;
    if (at < 6)
        return (struct mframe_slot){MFRAME_BCCH, burst};
    return (struct mframe_slot){at < 20 ? MFRAME_CCCH : MFRAME_CCCH_OR_DEDICATED, burst};
}

int mframe_tc(uint32_t fn)
{
    return (int)(fn / GSM_MULTIFRAME % 8);
}

uint32_t mframe_add(uint32_t fn, int64_t delta)
{
    int64_t sum = ((int64_t)fn + delta) % GSM_HYPERFRAME;
    return (uint32_t)(sum < 0 ? sum + GSM_HYPERFRAME : sum);
}

int32_t mframe_distance(uint32_t a, uint32_t b)
{
    int64_t d = ((int64_t)b - (int64_t)a) % GSM_HYPERFRAME;
    if (d > GSM_HYPERFRAME / 2)
        d -= GSM_HYPERFRAME;
    if (d < -GSM_HYPERFRAME / 2)
        d += GSM_HYPERFRAME;
    return (int32_t)d;
}

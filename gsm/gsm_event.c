/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/gsm_event.h"

const char *gsm_event_channel_name(enum gsm_event_kind kind)
{
    switch (kind) {
    case GSM_EVENT_SCH:
        return "SCH";
    case GSM_EVENT_BCCH:
        return "BCCH";
    case GSM_EVENT_CCCH:
        return "CCCH";
    }
    return "?";
}

int gsm_event_compare(const struct gsm_event *a, const struct gsm_event *b)
{
    if (a->samp < b->samp) {
        return -1;
    }
    if (a->samp > b->samp) {
        return 1;
    }
    int by_channel = arfcn_compare(a->channel, b->channel);
    if (by_channel != 0) {
        return by_channel;
    }
    return (a->kind > b->kind) - (a->kind < b->kind);
}

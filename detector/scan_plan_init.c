/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a survey plan begins with, and what can be asked of it. */
#include "detector/scan_plan.h"

#include <errno.h>
#include <string.h>

#include "gsm_const.h"

#define SETTLE_S 0.04
/* TS 45.002 clause 7: FCCH and SCH come 10, 10, 10, 10 and 11 frames apart. A stretch that holds
 * two pairs of them whatever its phase: 23 frames of distance and burst, and one frame more. */
#define SEARCH_S (23.5 * GSM_FRAME_S)
#define NOTICE_S 0.3
/* One SI cycle and a block, whatever the phase. */
#define READ_S       ((GSM_SI_CYCLE + 3.5) * GSM_FRAME_S)
#define REVISIT_S    60.0
#define EXTEND_RATIO 0.1
#define READS        3
/* Beyond every band. */
#define FAR_HZ 1e12

static const char *const miss_text[] = {
    [SCAN_MISS_NONE] = "",
    [SCAN_MISS_BAND] = "band left out by --bands",
    [SCAN_MISS_CHANNEL] = "channel left out by --arfcn",
    [SCAN_MISS_RANGE] = "outside the range of the tuner",
    [SCAN_MISS_TUNE] = "the tuner could not be set there",
    [SCAN_MISS_LOST] = "tuned to, but too few samples came",
    [SCAN_MISS_LATER] = "its turn had not come",
};

const char *scan_miss_text(enum scan_miss miss)
{
    return miss_text[miss];
}

const char *scan_purpose_name(enum scan_purpose purpose)
{
    static const char *const name[] = {"search", "read", "watch"};
    return name[purpose];
}

/* ---- setting up --------------------------------------------------------------------------- */

static void set_default(double *value, double standard)
{
    if (!(*value > 0))
        *value = standard;
}

static void fill_defaults(struct scan_plan_config *c)
{
    set_default(&c->settle_s, SETTLE_S);
    set_default(&c->search_s, SEARCH_S);
    set_default(&c->notice_s, NOTICE_S);
    set_default(&c->read_s, READ_S);
    set_default(&c->read_cap_s, 2 * c->read_s);
    set_default(&c->watch_s, c->read_s);
    set_default(&c->revisit_s, REVISIT_S);
    set_default(&c->extend_ratio, EXTEND_RATIO);
    if (c->band_mask == 0)
        c->band_mask = ARFCN_ALL_BANDS;
    if (c->reads <= 0)
        c->reads = READS;
}

static bool asked_for(const struct scan_plan_config *cfg, struct arfcn channel)
{
    for (size_t i = 0; i < cfg->n_only; i++) {
        if (arfcn_compare(cfg->only[i], channel) == 0)
            return true;
    }
    return cfg->n_only == 0;
}

static enum scan_miss left_out(const struct scan_plan_config *cfg, struct arfcn channel, double hz)
{
    if (!(cfg->band_mask & ARFCN_BAND_BIT((unsigned)channel.band)))
        return SCAN_MISS_BAND;
    if (!asked_for(cfg, channel))
        return SCAN_MISS_CHANNEL;
    return scan_tuner_hears(&cfg->tuner, hz) ? SCAN_MISS_NONE : SCAN_MISS_RANGE;
}

static void list_channels(struct scan_plan *p)
{
    struct arfcn list[SCAN_CHANNELS_CAP];
    size_t n = arfcn_list(0, FAR_HZ, ARFCN_ALL_BANDS, list, SCAN_CHANNELS_CAP);
    p->n_channels = n < SCAN_CHANNELS_CAP ? n : SCAN_CHANNELS_CAP;
    for (size_t i = 0; i < p->n_channels; i++) {
        double hz = arfcn_downlink_hz(list[i]);
        p->channel[i] = (struct scan_channel){.arfcn = list[i],
                                              .hz = hz,
                                              .left_out = left_out(&p->cfg, list[i], hz),
                                              .first_s = -1,
                                              .last_s = -1};
    }
}

size_t scan_plan_channels(const struct scan_plan *p, double lo_hz, double hi_hz, size_t *ret_first)
{
    size_t first = 0, n = 0;
    while (first < p->n_channels && p->channel[first].hz < lo_hz - 1)
        first++;
    while (first + n < p->n_channels && p->channel[first + n].hz <= hi_hz + 1)
        n++;
    *ret_first = first;
    return n;
}

static size_t wanted_carriers(const struct scan_plan *p, double hz[SCAN_CHANNELS_CAP])
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_channels; i++) {
        if (p->channel[i].left_out == SCAN_MISS_NONE)
            hz[n++] = p->channel[i].hz;
    }
    return n;
}

int scan_plan_init(struct scan_plan *p, const struct scan_plan_config *cfg)
{
    double hz[SCAN_CHANNELS_CAP];
    if (!(cfg->tuner.reach_hz > 0) || cfg->tuner.n_ranges > SCAN_RANGE_CAP)
        return -EINVAL;
    memset(p, 0, sizeof *p);
    p->cfg = *cfg;
    fill_defaults(&p->cfg);
    list_channels(p);
    p->cfg.only = NULL;
    size_t n = wanted_carriers(p, hz);
    p->n_windows = scan_cover(&p->cfg.tuner, hz, n, p->window, SCAN_WINDOWS_CAP);
    if (p->n_windows > SCAN_WINDOWS_CAP)
        return -EINVAL;
    for (size_t i = 0; i < p->n_windows; i++) {
        struct scan_window *w = &p->window[i];
        w->n = scan_plan_channels(p, hz[w->first], hz[w->first + w->n - 1], &w->first);
    }
    return (int)p->n_windows;
}

/* ---- what is known ------------------------------------------------------------------------ */

enum scan_miss scan_plan_miss(const struct scan_plan *p, size_t i_channel)
{
    const struct scan_channel *ch = &p->channel[i_channel];
    if (ch->left_out != SCAN_MISS_NONE)
        return ch->left_out;
    if (ch->last_s >= 0)
        return SCAN_MISS_NONE;
    if (ch->n_tries == 0)
        return SCAN_MISS_LATER;
    return ch->tune_failed ? SCAN_MISS_TUNE : SCAN_MISS_LOST;
}

size_t scan_plan_complete(const struct scan_plan *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_cells; i++)
        n += scan_set_complete(&p->cell[i].set);
    return n;
}

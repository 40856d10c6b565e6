/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/coverage.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/channel_list.h"
#include "gsm_const.h"

#define SLOTS ((size_t)ARFCN_BAND_COUNT * COVERAGE_CHANNELS_CAP)
/* Beyond every band. */
#define FAR_HZ 1e12

static const char reason_window[] = "outside the recording's bandwidth";
static const char reason_bands[] = "band left out by --bands";
static const char reason_only[] = "channel left out by --arfcn";
static const char reason_frames[] = "no frame in the capture; what was listened to is not known";

/* A channel's row continues the one before when both say the same. */
static int add_channel(struct coverage *c, struct arfcn ch, double heard_s, const char *reason)
{
    double hz = arfcn_downlink_hz(ch);
    struct store_coverage *last = c->n > 0 ? &c->rows[c->n - 1] : NULL;
    if (last && last->band == ch.band && fabs(last->heard_s - heard_s) < 1e-9 &&
        strcmp(last->reason, reason) == 0) {
        last->to_hz = hz + GSM_RASTER_HZ / 2;
        return 0;
    }
    if (c->n == c->cap) {
        size_t cap = c->cap ? 2 * c->cap : 16;
        struct store_coverage *rows = realloc(c->rows, cap * sizeof *rows);
        if (!rows)
            return -ENOMEM;
        c->rows = rows;
        c->cap = cap;
    }
    struct store_coverage *row = &c->rows[c->n++];
    *row = (struct store_coverage){.band = ch.band,
                                   .from_hz = hz - GSM_RASTER_HZ / 2,
                                   .to_hz = hz + GSM_RASTER_HZ / 2,
                                   .heard_s = heard_s};
    (void)snprintf(row->reason, sizeof row->reason, "%s", reason);
    return 0;
}

static size_t band_channels(int band, struct arfcn *ret)
{
    size_t n = arfcn_list(0, FAR_HZ, ARFCN_BAND_BIT((unsigned)band), ret, COVERAGE_CHANNELS_CAP);
    return n < COVERAGE_CHANNELS_CAP ? n : COVERAGE_CHANNELS_CAP;
}

/* The receiver leaves out carriers at the very edge of the window and says how many channels it
 * looked at: the reach that gives this number is the one it used. */
static double find_reach(double rate_hz, double center_hz, unsigned band_mask,
                         const struct arfcn *only, size_t n_only, size_t n_channels)
{
    struct arfcn list[COVERAGE_CHANNELS_CAP];
    double reach = rate_hz / 2;
    for (int step = 0; reach > 0; step++) {
        reach = rate_hz / 2 - step * GSM_RASTER_HZ / 20;
        size_t n = arfcn_list(center_hz - reach, center_hz + reach, band_mask, list,
                              COVERAGE_CHANNELS_CAP);
        size_t n_wanted = 0;
        for (size_t i = 0; i < n && i < COVERAGE_CHANNELS_CAP; i++)
            n_wanted += channel_wanted(list[i], only, n_only);
        if (n_wanted <= n_channels)
            break;
    }
    return reach;
}

static size_t slot_of(struct arfcn ch)
{
    return (size_t)ch.band * COVERAGE_CHANNELS_CAP + (size_t)ch.number;
}

/* Room for what is known of each channel, none of it heard yet. */
static int need_slots(struct coverage *c)
{
    if (c->heard_s)
        return 0;
    c->heard_s = malloc(SLOTS * sizeof *c->heard_s);
    c->first_s = malloc(SLOTS * sizeof *c->first_s);
    if (!c->heard_s || !c->first_s)
        return -ENOMEM;
    for (size_t i = 0; i < SLOTS; i++)
        c->heard_s[i] = -1;
    return 0;
}

int coverage_add_window(struct coverage *c, double rate_hz, double center_hz, unsigned band_mask,
                        const struct arfcn *only, size_t n_only, size_t n_channels, double signal_s)
{
    struct arfcn list[COVERAGE_CHANNELS_CAP];
    int rc = need_slots(c);
    if (rc < 0)
        return rc;
    if (n_channels == 0)
        return 0;
    double reach = find_reach(rate_hz, center_hz, band_mask, only, n_only, n_channels);
    size_t n =
        arfcn_list(center_hz - reach, center_hz + reach, band_mask, list, COVERAGE_CHANNELS_CAP);
    for (size_t i = 0; i < n && i < COVERAGE_CHANNELS_CAP; i++) {
        double *heard_s = &c->heard_s[slot_of(list[i])];
        *heard_s = fmax(0, *heard_s) + signal_s;
    }
    return 0;
}

int coverage_from_windows(struct coverage *c, unsigned band_mask, const struct arfcn *only,
                          size_t n_only)
{
    struct arfcn list[COVERAGE_CHANNELS_CAP];
    for (int band = ARFCN_BAND_UNKNOWN + 1; band < ARFCN_BAND_COUNT; band++) {
        size_t n = band_channels(band, list);
        for (size_t i = 0; i < n; i++) {
            double heard_s = c->heard_s ? c->heard_s[slot_of(list[i])] : -1;
            const char *reason = "";
            if (!(band_mask & ARFCN_BAND_BIT((unsigned)band)))
                reason = reason_bands;
            else if (heard_s < 0)
                reason = reason_window;
            else if (!channel_wanted(list[i], only, n_only))
                reason = reason_only;
            int rc = add_channel(c, list[i], *reason ? 0.0 : heard_s, reason);
            if (rc < 0)
                return rc;
            c->n_heard += *reason == '\0';
        }
    }
    return 0;
}

int coverage_from_window(struct coverage *c, double rate_hz, double center_hz, unsigned band_mask,
                         const struct arfcn *only, size_t n_only, size_t n_channels,
                         double signal_s)
{
    int rc =
        coverage_add_window(c, rate_hz, center_hz, band_mask, only, n_only, n_channels, signal_s);
    return rc < 0 ? rc : coverage_from_windows(c, band_mask, only, n_only);
}

int coverage_add_frame(struct coverage *c, struct arfcn channel, double at_s)
{
    int rc = need_slots(c);
    if (rc < 0)
        return rc;
    size_t slot = slot_of(channel);
    if (c->heard_s[slot] < 0)
        c->first_s[slot] = at_s;
    c->heard_s[slot] = fmax(0, at_s - c->first_s[slot]);
    return 0;
}

int coverage_from_frames(struct coverage *c, double signal_s)
{
    struct arfcn list[COVERAGE_CHANNELS_CAP];
    for (int band = ARFCN_BAND_UNKNOWN + 1; band < ARFCN_BAND_COUNT; band++) {
        size_t n = band_channels(band, list);
        for (size_t i = 0; i < n; i++) {
            double heard_s = c->heard_s ? c->heard_s[slot_of(list[i])] : -1;
            bool heard = heard_s >= 0;
            int rc = add_channel(c, list[i], heard ? fmin(heard_s, signal_s) : 0,
                                 heard ? "" : reason_frames);
            if (rc < 0)
                return rc;
            c->n_heard += heard;
        }
    }
    return 0;
}

void coverage_clear(struct coverage *c)
{
    free(c->rows);
    free(c->heard_s);
    free(c->first_s);
    memset(c, 0, sizeof *c);
}

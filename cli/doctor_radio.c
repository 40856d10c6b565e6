/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the receiver itself shows: bands, losses, levels, and its crystal by the cells it hears. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/doctor.h"
#include "cli/stop.h"
#include "gsm/arfcn.h"
#include "gsm/receiver.h"

#define CHANNELS_CAP   1024
#define WINDOWS_CAP    64
#define WINDOW_STEP_HZ 2e6
#define LOOK_S         0.25 /* for the power of a window */
#define CELL_S         3.0  /* a cell repeats its FCCH 20 times a second */
#define N_BEST         4    /* windows in which cells are looked for */
#define WAIT_MS        500
#define QUIET_DBFS     (-45.0) /* 5 dB above the noise of the cu8 grid */
#define CLIPPED_MAX    0.001
#define PPM_USUAL      60.0

bool doctor_check_open(struct doctor *d)
{
    char err[400];
    int rc = live_source_open(&d->src, &d->config, err, sizeof err);
    struct doctor_result *r = doctor_begin(d, "receiver");
    if (rc < 0) {
        d->lost = rc == -ENODEV;
        doctor_say(d, r, DOCTOR_FAIL, "%s", err);
        return false;
    }
    live_source_info(d->src, &d->info);
    doctor_value(r, "rate_hz", d->info.rate_hz);
    doctor_say(d, r, DOCTOR_OK, "%s%s%s at %.6g MS/s", d->info.name,
               d->info.serial[0] ? ", serial " : "", d->info.serial, d->info.rate_hz / 1e6);
    return true;
}

/* Whether a channel is in the flat part of some window that can be tuned to. */
static bool in_reach(const struct live_source_info *info, double hz)
{
    for (size_t i = 0; i < info->n_ranges; i++) {
        if (hz >= info->ranges[i].from_hz - info->usable_hz / 2 &&
            hz <= info->ranges[i].to_hz + info->usable_hz / 2)
            return true;
    }
    return false;
}

static void add_word(char *list, size_t cap, const char *word)
{
    size_t used = strlen(list);
    (void)snprintf(list + used, cap - used, "%s%s", used ? ", " : "", word);
}

void doctor_check_bands(struct doctor *d)
{
    static struct arfcn channels[CHANNELS_CAP];
    char heard[120] = "", deaf[120] = "", part[200] = "", word[60];
    struct doctor_result *r = doctor_begin(d, "bands");
    for (int b = ARFCN_P900; b < ARFCN_BAND_COUNT; b++) {
        const char *name = arfcn_band_name((enum arfcn_band)b);
        size_t n = arfcn_list(0, 1e10, ARFCN_BAND_BIT(b), channels, CHANNELS_CAP), n_heard = 0;
        for (size_t i = 0; i < n && i < CHANNELS_CAP; i++)
            n_heard += in_reach(&d->info, arfcn_downlink_hz(channels[i]));
        (void)snprintf(word, sizeof word, "%zu of %zu channels of %s", n_heard, n, name);
        if (n_heard == n)
            add_word(heard, sizeof heard, name);
        else if (n_heard == 0)
            add_word(deaf, sizeof deaf, name);
        else
            add_word(part, sizeof part, word);
    }
    bool all = !deaf[0] && !part[0];
    const char *why = d->info.tunable
                          ? ": its tuner does not reach them. Nothing can be said of what "
                            "is there; an E4000 dongle reaches 1800 and 1900 MHz"
                          : ": a recording has one window";
    doctor_say(d, r, all || !d->info.tunable ? DOCTOR_OK : DOCTOR_WARN, "hears %s%s%s%s%s%s",
               heard[0]  ? heard
               : part[0] ? ""
                         : "no GSM band",
               heard[0] && part[0] ? ", " : "", part, deaf[0] ? "; cannot hear " : "", deaf,
               all ? "" : why);
}

/* A window each 2 MHz of the bands at 900, then 850, then 1800 and 1900 MHz, where reached. */
static size_t list_windows(const struct doctor *d, double *ret)
{
    static const struct live_range band[] = {
        {936e6, 960e6}, {926e6, 935e6}, {870e6, 894e6}, {1806e6, 1880e6}, {1931e6, 1990e6}};
    size_t n = 0;
    if (!d->info.tunable || d->center_hz > 0) {
        ret[0] = d->center_hz > 0 ? d->center_hz : d->info.ranges[0].from_hz;
        return 1;
    }
    for (size_t i = 0; i < sizeof band / sizeof band[0] && n < 13; i++) {
        for (double hz = band[i].from_hz; hz < band[i].to_hz && n < WINDOWS_CAP;
             hz += WINDOW_STEP_HZ) {
            for (size_t k = 0; k < d->info.n_ranges; k++) {
                if (hz >= d->info.ranges[k].from_hz && hz <= d->info.ranges[k].to_hz)
                    ret[n++] = hz;
            }
        }
    }
    return n;
}

static int say_lost(struct doctor *d, struct doctor_result *r, int rc, const char *err)
{
    d->lost = d->lost || rc == -ENODEV;
    if (rc != -EINTR)
        doctor_say(d, r, DOCTOR_FAIL, "%s", err);
    return rc;
}

/* Reads s seconds; samples go to rx when it is not NULL. -ENODATA (a file's end) is no failure. */
static int listen(struct doctor *d, double s, struct receiver *rx, uint64_t *ret_n_samp, char *err,
                  size_t err_cap)
{
    struct iq_block b;
    int rc = LIVE_BLOCK, n_quiet = 0;
    *ret_n_samp = 0;
    while ((double)*ret_n_samp < s * d->info.rate_hz) {
        if (stop_signal() != 0)
            return -EINTR;
        rc = live_source_next(d->src, WAIT_MS, &b, err, err_cap);
        if (rc == -ENODATA)
            return 0;
        if (rc < 0)
            return rc;
        n_quiet = rc == LIVE_TIMEOUT ? n_quiet + 1 : 0;
        if (n_quiet * WAIT_MS > 20000) {
            (void)snprintf(err, err_cap, "no samples come from the receiver");
            return -ENODEV;
        }
        if (rc == LIVE_TIMEOUT)
            continue;
        *ret_n_samp += b.n_samp;
        if (rx && (rc = receiver_push(rx, &b)) < 0)
            return rc;
    }
    return 0;
}

static void judge_losses(struct doctor *d, struct doctor_result *r,
                         const struct live_source_stats *s, uint64_t n_samp, uint64_t n_lost)
{
    double share = (double)n_lost / (double)(n_samp + n_lost + (n_samp == 0));
    doctor_value(r, "samples", (double)n_samp);
    doctor_value(r, "lost_samples", (double)n_lost);
    doctor_value(r, "stalls", (double)s->n_stalls);
    doctor_value(r, "pll_failures", (double)s->n_pll_failures);
    if (n_lost > 0 || s->n_stalls > 0)
        doctor_say(d, r, share > 0.01 || s->n_stalls > 0 ? DOCTOR_FAIL : DOCTOR_WARN,
                   "%.3g %% of the samples were lost, and nothing came for 2 s %llu times: %s",
                   100 * share, (unsigned long long)s->n_stalls,
                   d->spec.kind == LIVE_RTLTCP
                       ? "the network to the server is too slow or its dongle loses them; use "
                         "a wire, or run cellwarden there"
                       : "use a port of the computer itself, a short cable and no hub, end "
                         "other programs, keep the dongle cool");
    else if (s->n_pll_failures > 0)
        doctor_say(
            d, r, DOCTOR_WARN,
            "no sample was lost, but the oscillator did not lock at once %llu times: let the "
            "dongle cool down",
            (unsigned long long)s->n_pll_failures);
    else
        doctor_say(d, r, DOCTOR_OK, "no sample was lost in %.3g s",
                   (double)n_samp / d->info.rate_hz);
}

static void judge_level(struct doctor *d, const struct live_source_stats *s)
{
    struct doctor_result *r = doctor_begin(d, "level");
    bool has_gain = !isnan(d->tuning.gain_db);
    char gain[40] = "";
    if (has_gain)
        (void)snprintf(gain, sizeof gain, " at a gain of %.1f dB", d->tuning.gain_db);
    doctor_value(r, "noise_dbfs", s->noise_dbfs);
    doctor_value(r, "clipped_ratio", s->clipped_ratio);
    if (has_gain)
        doctor_value(r, "gain_db", d->tuning.gain_db);
    if (s->clipped_ratio > CLIPPED_MAX)
        doctor_say(
            d, r, DOCTOR_WARN,
            "%.2g %% of the values are at the end of the scale%s: lower --gain, use a smaller "
            "antenna or an attenuator, go away from the transmitter",
            100 * s->clipped_ratio, gain);
    else if (s->noise_dbfs < QUIET_DBFS)
        doctor_say(
            d, r, DOCTOR_WARN,
            "hardly more than the receiver's own noise is heard, %.1f dBFS%s: is the antenna "
            "connected, and is --gain high enough?",
            s->noise_dbfs, gain);
    else
        doctor_say(d, r, DOCTOR_OK, "quietest 0.1 s at %.1f dBFS, %.2g %% clipped%s", s->noise_dbfs,
                   100 * s->clipped_ratio, gain);
}

bool doctor_check_samples(struct doctor *d)
{
    char err[400];
    double windows[WINDOWS_CAP];
    struct live_source_stats before, after;
    uint64_t n_samp = 0;
    struct doctor_result *r = doctor_begin(d, "loss");
    size_t n = list_windows(d, windows);
    int rc = -ERANGE;
    (void)snprintf(err, sizeof err, "the tuner reaches no GSM band");
    if (n > 0)
        rc = live_source_tune(d->src, windows[0], &d->tuning, err, sizeof err);
    if (rc == 0) {
        live_source_get_stats(d->src, &before);
        rc = listen(d, d->seconds, NULL, &n_samp, err, sizeof err);
    }
    if (rc < 0) {
        (void)say_lost(d, r, rc, err);
        return false;
    }
    live_source_get_stats(d->src, &after);
    judge_losses(d, r, &after, n_samp, after.n_dropped - before.n_dropped);
    judge_level(d, &after);
    return true;
}

/* ---- the crystal -------------------------------------------------------------------------- */

struct window {
    double hz, power_db; /* at the antenna, to a constant */
};

static int stronger_first(const void *a, const void *b)
{
    const struct window *x = a, *y = b;
    return (x->power_db < y->power_db) - (x->power_db > y->power_db);
}

/* Where most is heard, strongest first; returns how many, or negative errno. */
static int survey(struct doctor *d, struct window *ret, char *err, size_t err_cap)
{
    double hz[WINDOWS_CAP];
    uint64_t n_samp;
    size_t n = list_windows(d, hz);
    for (size_t i = 0; n > 1 && i < n; i++) {
        struct live_source_stats s;
        int rc = live_source_tune(d->src, hz[i], &d->tuning, err, err_cap);
        if (rc == 0)
            rc = listen(d, LOOK_S, NULL, &n_samp, err, err_cap);
        if (rc < 0 && rc != -EIO)
            return rc;
        live_source_get_stats(d->src, &s);
        ret[i] = (struct window){hz[i], -300};
        if (rc == 0 && isfinite(s.noise_dbfs))
            ret[i].power_db = s.noise_dbfs - (isnan(d->tuning.gain_db) ? 0 : d->tuning.gain_db);
    }
    if (n == 1)
        ret[0] = (struct window){hz[0], 0};
    qsort(ret, n, sizeof ret[0], stronger_first);
    return (int)n;
}

static void drop_report(void *ctx, const struct cell_report *report)
{
    (void)ctx;
    (void)report;
}

static int hear_cells(struct doctor *d, double hz, struct receiver_stats *ret, char *err,
                      size_t err_cap)
{
    struct receiver *rx = NULL;
    uint64_t n_samp;
    int rc = live_source_tune(d->src, hz, &d->tuning, err, err_cap);
    struct receiver_config cfg = {.format = d->info.format,
                                  .rate_hz = d->info.rate_hz,
                                  .center_hz = d->tuning.center_hz,
                                  .band_mask = ARFCN_ALL_BANDS,
                                  .jobs = 1,
                                  .on_report = drop_report};
    if (rc == 0)
        rc = receiver_create(&rx, &cfg, err, err_cap);
    if (rc == 0)
        rc = listen(d, CELL_S, rx, &n_samp, err, err_cap);
    if (rc == 0)
        rc = receiver_finish(rx);
    if (rc == 0)
        receiver_get_stats(rx, ret);
    receiver_destroy(rx);
    return rc;
}

static void judge_crystal(struct doctor *d, struct doctor_result *r, const struct receiver_stats *s)
{
    double fast_ppm = -s->ppm_estimate; /* a fast crystal makes carriers appear low */
    doctor_value(r, "ppm", fast_ppm);
    doctor_value(r, "cells", s->n_carriers);
    doctor_value(r, "center_hz", d->tuning.center_hz);
    const char *few = s->n_carriers < 3 ? " (few cells: one that lies would show)" : "";
    if (fabs(fast_ppm) > PPM_USUAL)
        doctor_say(
            d, r, DOCTOR_WARN,
            "the crystal is %+.2f ppm off by %u cells%s, more than usual: use --ppm %.2f, or "
            "a dongle with a TCXO",
            fast_ppm, s->n_carriers, few, fast_ppm);
    else
        doctor_say(d, r, DOCTOR_OK,
                   "the crystal is %+.2f ppm off by %u cell%s near %.1f MHz%s: --ppm %.2f takes it "
                   "out",
                   fast_ppm, s->n_carriers, s->n_carriers == 1 ? "" : "s",
                   d->tuning.center_hz / 1e6, few, fast_ppm);
}

void doctor_check_crystal(struct doctor *d)
{
    char err[400] = "";
    struct window windows[WINDOWS_CAP];
    struct doctor_result *r = doctor_begin(d, "crystal");
    int n = survey(d, windows, err, sizeof err);
    if (n < 0) {
        (void)say_lost(d, r, n, err);
        return;
    }
    for (int i = 0; i < n && i < N_BEST; i++) {
        struct receiver_stats s = {0};
        int rc = hear_cells(d, windows[i].hz, &s, err, sizeof err);
        if (rc < 0 && rc != -EIO) {
            (void)say_lost(d, r, rc, err);
            return;
        }
        if (rc == 0 && s.n_carriers > 0 && isfinite(s.ppm_estimate)) {
            judge_crystal(d, r, &s);
            return;
        }
    }
    doctor_say(
        d, r, DOCTOR_WARN,
        "no GSM cell was heard in the %d strongest windows, so the crystal is not known: check "
        "the antenna, go outdoors; operators may have switched GSM off here",
        n < N_BEST ? n : N_BEST);
}

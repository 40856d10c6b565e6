/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/span_receiver.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/stop.h"
#include "core/digest.h"
#include "gsm_const.h"

/* A span's keys have numbers of their own, of which it needs one in 5 minutes. */
#define EPOCHS_A_SPAN 4096u
#define ARFCN_NUMBERS 1024

struct span_receiver {
    struct span_receiver_config cfg;
    uint8_t *seed; /* of the first span */
    struct receiver *receiver;
    struct receiver_stats done; /* of the spans before */
    uint32_t most_transmitters;
    uint32_t n_spans;
    double power_sum;
    bool carrier_seen[ARFCN_BAND_COUNT][ARFCN_NUMBERS];
    uint32_t n_carriers;
    double center_hz;
    uint64_t samp0; /* index of the span's first sample */
    uint64_t n_samp;
    uint32_t n_channels;
    bool ended; /* before its successor's first block came */
};

static void shift_event(void *ctx, const struct gsm_event *event)
{
    struct span_receiver *s = ctx;
    struct gsm_event e = *event;
    e.samp += (double)s->samp0;
    s->cfg.receiver.on_event(s->cfg.receiver.ctx, &e);
}

static void shift_report(void *ctx, const struct cell_report *report)
{
    struct span_receiver *s = ctx;
    struct cell_report r = *report;
    double from_s = (double)s->samp0 / s->cfg.receiver.rate_hz;
    unsigned band = (unsigned)r.channel.band, number = (unsigned)r.channel.number;
    if (band < ARFCN_BAND_COUNT && number < ARFCN_NUMBERS && !s->carrier_seen[band][number]) {
        s->carrier_seen[band][number] = true;
        s->n_carriers++;
    }
    r.tx += s->done.n_transmitters;
    r.first_s += from_s;
    r.last_s += from_s;
    for (uint32_t i = 0; i < r.n_si && i < CELL_REPORT_SI_CAP; i++) {
        r.si[i].first_s += from_s;
        r.si[i].last_s += from_s;
    }
    if (r.fn_known) {
        r.fn_epoch_frames = fmod(r.fn_epoch_frames - from_s / GSM_FRAME_S, GSM_HYPERFRAME);
        r.fn_epoch_frames += r.fn_epoch_frames < 0 ? GSM_HYPERFRAME : 0;
    }
    r.paging.tag_epoch += (s->n_spans - 1) * EPOCHS_A_SPAN;
    s->cfg.receiver.on_report(s->cfg.receiver.ctx, &r);
}

/* Keys of the tags of each span are its own, as they would be after five minutes. */
static int span_seed(const struct span_receiver *s, uint8_t ret[DIGEST_OCT])
{
    struct digest *d = NULL;
    uint32_t n = s->n_spans;
    int rc = digest_create(&d);
    if (rc == 0)
        rc = digest_push(d, s->seed, s->cfg.receiver.n_key_seed_oct);
    if (rc == 0)
        rc = digest_push(d, &n, sizeof n);
    if (rc == 0)
        rc = digest_get(d, ret);
    digest_destroy(d);
    return rc;
}

static int begin_span(struct span_receiver *s, double center_hz, uint64_t samp0, char *err,
                      size_t err_cap)
{
    uint8_t seed[DIGEST_OCT];
    struct receiver_config cfg = s->cfg.receiver;
    struct receiver_stats stats;
    cfg.center_hz = center_hz;
    cfg.on_event = cfg.on_event ? shift_event : NULL;
    cfg.on_report = shift_report;
    cfg.ctx = s;
    cfg.key_seed = s->seed;
    if (s->n_spans > 0) {
        int rc = span_seed(s, seed);
        if (rc < 0)
            return rc;
        cfg.key_seed = seed;
        cfg.n_key_seed_oct = sizeof seed;
    }
    s->n_spans++;
    s->center_hz = center_hz;
    s->samp0 = samp0;
    s->n_samp = 0;
    s->n_channels = 0;
    stop_block();
    int rc = receiver_create(&s->receiver, &cfg, err, err_cap);
    stop_unblock();
    if (rc < 0)
        return rc;
    receiver_get_stats(s->receiver, &stats);
    s->n_channels = stats.n_channels;
    return 0;
}

static void add_stats(struct span_receiver *s)
{
    struct receiver_stats now, *sum = &s->done;
    receiver_get_stats(s->receiver, &now);
    sum->n_samp += now.n_samp;
    sum->n_clipped += now.n_clipped;
    sum->n_bad += now.n_bad;
    sum->n_gaps += now.n_gaps;
    sum->n_slips += now.n_slips;
    if (now.misfit.kind != MISFIT_NONE)
        sum->misfit = now.misfit;
    sum->n_channels = now.n_channels > sum->n_channels ? now.n_channels : sum->n_channels;
    sum->n_transmitters += now.n_transmitters;
    sum->n_fcch_hits += now.n_fcch_hits;
    sum->n_sch += now.n_sch;
    sum->n_sch_failed += now.n_sch_failed;
    sum->n_blocks += now.n_blocks;
    sum->n_blocks_failed += now.n_blocks_failed;
    sum->n_blocks_repaired += now.n_blocks_repaired;
    s->power_sum += pow(10.0, now.mean_power_dbfs / 10.0) * (double)now.n_samp;
    if (!isfinite(sum->ppm_estimate) || now.n_transmitters > s->most_transmitters) {
        sum->ppm_estimate = now.ppm_estimate;
        s->most_transmitters = now.n_transmitters;
    }
    if (now.looks_like_rate_hz > 0)
        sum->looks_like_rate_hz = now.looks_like_rate_hz;
    /* one span: as the receiver has it, to the last bit */
    sum->mean_power_dbfs = s->n_spans == 1 || sum->n_samp == 0
                               ? now.mean_power_dbfs
                               : 10.0 * log10(s->power_sum / (double)sum->n_samp);
    sum->n_carriers = s->n_spans == 1 ? now.n_carriers : s->n_carriers;
}

static int end_span(struct span_receiver *s)
{
    int rc = 0;
    struct span span = {.center_hz = s->center_hz,
                        .from_s = (double)s->samp0 / s->cfg.receiver.rate_hz,
                        .heard_s = (double)s->n_samp / s->cfg.receiver.rate_hz,
                        .n_channels = s->n_channels};
    if (s->receiver) {
        rc = receiver_finish(s->receiver);
        add_stats(s);
        receiver_destroy(s->receiver);
        s->receiver = NULL;
    }
    if (s->cfg.on_span)
        s->cfg.on_span(s->cfg.receiver.ctx, &span);
    return rc;
}

int span_receiver_create(struct span_receiver **ret, const struct span_receiver_config *cfg,
                         char *err, size_t err_cap)
{
    struct span_receiver *s = calloc(1, sizeof *s);
    int rc = -ENOMEM;
    if (s) {
        s->cfg = *cfg;
        s->done.ppm_estimate = (double)NAN;
        s->seed = calloc(cfg->receiver.n_key_seed_oct + 1, 1);
    }
    if (s && s->seed) {
        if (cfg->receiver.n_key_seed_oct > 0)
            memcpy(s->seed, cfg->receiver.key_seed, cfg->receiver.n_key_seed_oct);
        rc = begin_span(s, cfg->receiver.center_hz, 0, err, err_cap);
    }
    if (rc < 0) {
        span_receiver_destroy(s);
        return rc;
    }
    *ret = s;
    return 0;
}

void span_receiver_destroy(struct span_receiver *s)
{
    if (!s)
        return;
    receiver_destroy(s->receiver);
    free(s->seed);
    free(s);
}

int span_receiver_push(struct span_receiver *s, const struct iq_block *block)
{
    char err[200];
    bool retuned = fabs(block->center_hz - s->center_hz) > 0;
    if (s->ended || retuned || (block->gap && s->n_samp > 0)) {
        struct iq_block first = *block;
        int rc = s->ended ? 0 : end_span(s);
        s->ended = false;
        if (rc == 0)
            rc = begin_span(s, block->center_hz, block->samp, err, sizeof err);
        if (rc == -EINVAL) /* no channel in view there: time goes on without ears */
            rc = 0;
        if (rc < 0)
            return rc;
        s->done.n_gaps += block->gap;
        first.gap = false;
        s->n_samp += first.n_samp;
        return s->receiver ? receiver_push(s->receiver, &first) : 0;
    }
    if (s->n_samp == 0)
        s->samp0 = block->samp;
    s->n_samp += block->n_samp;
    return s->receiver ? receiver_push(s->receiver, block) : 0;
}

int span_receiver_end_span(struct span_receiver *s)
{
    if (s->ended || s->n_samp == 0)
        return 0;
    s->ended = true;
    return end_span(s);
}

int span_receiver_finish(struct span_receiver *s)
{
    return s->ended ? 0 : end_span(s);
}

void span_receiver_get_stats(struct span_receiver *s, struct receiver_stats *ret)
{
    *ret = s->done;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/live_source.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live_kind.h"

#define DEFAULT_RATE_HZ 2.4e6
#define SPAN_S          0.1

static const struct live_kind *const kind_table[] = {
    [LIVE_RTLSDR] = &live_kind_rtlsdr,
    [LIVE_RTLTCP] = &live_kind_rtltcp,
    [LIVE_FILE] = &live_kind_file,
};

static void reset_level(struct live_source *src)
{
    src->level = src->span_level = (struct iq_level){0};
    src->noise_power = INFINITY;
}

/* What is there to begin with; the kind fills in the rest. */
static int prepare(struct live_source *src, const struct live_source_config *cfg, char *err,
                   size_t err_cap)
{
    if (strlen(cfg->spec) >= sizeof src->text) {
        (void)snprintf(err, err_cap, "the name of the source is too long");
        return -EINVAL;
    }
    memcpy(src->text, cfg->spec, strlen(cfg->spec) + 1);
    src->config = *cfg;
    src->config.spec = src->text;
    if (!(src->config.rate_hz > 0))
        src->config.rate_hz = DEFAULT_RATE_HZ;
    reset_level(src);
    return live_spec_parse(src->text, &src->spec, err, err_cap);
}

int live_source_open(struct live_source **ret, const struct live_source_config *cfg, char *err,
                     size_t err_cap)
{
    struct live_source *src = calloc(1, sizeof *src);
    if (!src) {
        (void)snprintf(err, err_cap, "out of memory");
        return -ENOMEM;
    }
    (void)pthread_mutex_init(&src->control, NULL);
    (void)pthread_mutex_init(&src->words, NULL);
    int rc = prepare(src, cfg, err, err_cap);
    if (rc == 0) {
        src->kind = kind_table[src->spec.kind];
        rc = src->kind->open(src, err, err_cap);
    }
    if (rc == 0 && !src->kind->next)
        rc = stream_start(src, err, err_cap);
    if (rc < 0) {
        live_source_close(src);
        return rc;
    }
    *ret = src;
    return 0;
}

void live_source_close(struct live_source *src)
{
    if (!src)
        return;
    stream_stop(src);
    if (src->kind)
        src->kind->close(src);
    ring_destroy(src->ring);
    (void)pthread_mutex_destroy(&src->control);
    (void)pthread_mutex_destroy(&src->words);
    free(src);
}

void live_source_info(const struct live_source *src, struct live_source_info *ret)
{
    *ret = src->info;
}

static void format_ranges(const struct live_source_info *info, char *ret, size_t cap)
{
    size_t used = 0;
    ret[0] = '\0';
    for (size_t i = 0; i < info->n_ranges && used < cap; i++)
        used += (size_t)snprintf(ret + used, cap - used, "%s%.6g to %.6g MHz", i ? " and " : "",
                                 info->ranges[i].from_hz / 1e6, info->ranges[i].to_hz / 1e6);
}

static int check_reach(const struct live_source *src, double hz, char *err, size_t err_cap)
{
    char ranges[160];
    if (isfinite(hz) && tuner_reaches(src->info.ranges, src->info.n_ranges, hz))
        return 0;
    format_ranges(&src->info, ranges, sizeof ranges);
    (void)snprintf(err, err_cap, "%s cannot be tuned to %.6g MHz: it reaches %s", src->info.name,
                   hz / 1e6, ranges[0] ? ranges : "nothing");
    return -ERANGE;
}

int live_source_tune(struct live_source *src, double center_hz, struct live_tuning *ret, char *err,
                     size_t err_cap)
{
    int rc = check_reach(src, center_hz, err, err_cap);
    if (rc < 0)
        return rc;
    if (src->held)
        ring_release(src->ring);
    src->held = false;
    if (src->info.tunable && (rc = stream_tune(src, center_hz, err, err_cap)) < 0)
        return rc;
    src->tuning.asked_hz = center_hz;
    src->tuned = src->first_after_tune = true;
    reset_level(src);
    *ret = src->tuning;
    return 0;
}

/* Clipping and noise of what the caller gets. */
static void count_level(struct live_source *src, const struct iq_block *b)
{
    iq_level_add(&src->span_level, b->data, b->n_samp, b->format);
    struct iq_level *span = &src->span_level;
    if ((double)span->n_samp < SPAN_S * src->info.rate_hz)
        return;
    src->level.n_samp += span->n_samp;
    src->level.n_clipped += span->n_clipped;
    double power = span->power_sum / (double)span->n_samp;
    if (power < src->noise_power)
        src->noise_power = power;
    *span = (struct iq_level){0};
}

/* The oldest slot that holds good samples, or NULL; those before are given back. */
static const struct ring_slot *good_slot(struct live_source *src)
{
    const struct ring_slot *s;
    while ((s = ring_peek(src->ring, 0)) &&
           (s->n_oct == 0 || s->samp + s->n_oct / 2 <= src->good_from_samp))
        ring_release(src->ring);
    return s;
}

static void take_slot(struct live_source *src, const struct ring_slot *s, struct iq_block *ret)
{
    uint64_t skip = s->samp < src->good_from_samp ? src->good_from_samp - s->samp : 0;
    *ret = (struct iq_block){.data = s->data + 2 * skip,
                             .n_samp = s->n_oct / 2 - skip,
                             .format = IQ_CU8,
                             .samp = s->samp + skip,
                             .rate_hz = src->info.rate_hz,
                             .center_hz = src->tuning.center_hz,
                             .gap = s->gap || src->first_after_tune};
    src->first_after_tune = false;
    src->held = true;
    count_level(src, ret);
}

static int say_lost(struct live_source *src, char *err, size_t err_cap)
{
    (void)pthread_mutex_lock(&src->words);
    (void)snprintf(err, err_cap, "%s",
                   src->lost_text[0] ? src->lost_text : "the receiver was lost");
    (void)pthread_mutex_unlock(&src->words);
    return -ENODEV;
}

static int stream_next(struct live_source *src, int timeout_ms, struct iq_block *ret, char *err,
                       size_t err_cap)
{
    int64_t until_ns = live_now_ns() + (int64_t)timeout_ms * 1000000;
    if (src->held)
        ring_release(src->ring);
    src->held = false;
    for (;;) {
        bool gone = atomic_load(&src->gone); /* before the look: what came before it is given */
        const struct ring_slot *s = good_slot(src);
        if (s) {
            take_slot(src, s, ret);
            return LIVE_BLOCK;
        }
        if (gone)
            return say_lost(src, err, err_cap);
        int64_t left_ns = until_ns - live_now_ns();
        if (timeout_ms >= 0 && left_ns <= 0)
            return LIVE_TIMEOUT;
        int rc = ring_wait(src->ring, timeout_ms < 0 ? -1 : (int)(left_ns / 1000000) + 1);
        if (rc < 0) {
            (void)snprintf(err, err_cap, "%s", strerror(-rc));
            return rc;
        }
    }
}

int live_source_next(struct live_source *src, int timeout_ms, struct iq_block *ret, char *err,
                     size_t err_cap)
{
    if (!src->tuned) {
        (void)snprintf(err, err_cap, "the receiver has not been tuned yet");
        return -EINVAL;
    }
    if (!src->kind->next)
        return stream_next(src, timeout_ms, ret, err, err_cap);
    int rc = src->kind->next(src, timeout_ms, ret, err, err_cap);
    if (rc == LIVE_BLOCK) {
        ret->gap = ret->gap || src->first_after_tune;
        src->first_after_tune = false;
        atomic_fetch_add(&src->n_samp, ret->n_samp);
        count_level(src, ret);
    }
    return rc;
}

void live_source_get_stats(const struct live_source *src, struct live_source_stats *ret)
{
    uint64_t n = src->level.n_samp, n_span = src->span_level.n_samp;
    uint64_t n_clipped = src->level.n_clipped + src->span_level.n_clipped;
    *ret = (struct live_source_stats){
        .n_samp = atomic_load(&src->n_samp),
        .n_dropped = atomic_load(&src->n_dropped),
        .n_overflows = atomic_load(&src->n_overflows),
        .n_stalls = atomic_load(&src->n_stalls),
        .n_reconnects = atomic_load(&src->n_reconnects),
        .n_pll_failures = atomic_load(&src->n_pll_failures),
        .clipped_ratio = n + n_span ? (double)n_clipped / (2.0 * (double)(n + n_span)) : 0,
        .noise_dbfs = isfinite(src->noise_power) && src->noise_power > 0
                          ? 10 * log10(src->noise_power)
                          : (double)NAN,
    };
}

const char *live_source_note(const struct live_source *src, size_t i)
{
    struct live_source *s = (struct live_source *)(uintptr_t)src; /* the lock is no part of it */
    (void)pthread_mutex_lock(&s->words);
    const char *note = i < s->n_notes ? s->note[i] : NULL;
    (void)pthread_mutex_unlock(&s->words);
    return note;
}

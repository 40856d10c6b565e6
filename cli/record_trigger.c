/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/record_trigger.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "cli/span_receiver.h"
#include "core/digest.h"
#include "detector/store.h"
#include "gsm_const.h"

#define JUDGE_S 1.0
/* Flagged cells remembered; more than these at one time trigger again. */
#define SEEN_CAP 1024

struct seen {
    struct arfcn channel;
    int bsic;
    double first_s;
};

struct record_trigger {
    struct record_trigger_config cfg;
    struct span_receiver *receiver;
    struct detector *detector;
    uint8_t space[16]; /* namespace of the ids of this session */
    int error;
    bool news;         /* a report came since the last judgement */
    uint64_t judge_at; /* sample */
    struct seen seen[SEEN_CAP];
    size_t n_seen;
};

static void take_report(void *ctx, const struct cell_report *report)
{
    struct record_trigger *t = ctx;
    int rc = detector_push(t->detector, report);
    t->news = true;
    if (rc < 0)
        t->error = rc;
}

int record_trigger_create(struct record_trigger **ret, const struct record_trigger_config *cfg,
                          char *err, size_t err_cap)
{
    uint8_t key[DIGEST_OCT], space[DIGEST_OCT];
    struct record_trigger *t = calloc(1, sizeof *t);
    int rc = t ? 0 : -ENOMEM;
    if (rc == 0 && (getrandom(key, sizeof key, 0) != sizeof key ||
                    getrandom(space, sizeof space, 0) != sizeof space))
        rc = -EIO;
    if (rc == 0) {
        struct detector_config detector = {
            .known = cfg->known, .local = cfg->local, .start_utc_us = cfg->start_utc_us};
        t->cfg = *cfg;
        digest_uuid_space(space, t->space);
        rc = detector_create(&t->detector, &detector);
    }
    if (rc < 0)
        (void)snprintf(err, err_cap, "cannot listen: %s", strerror(-rc));
    if (rc == 0) {
        struct span_receiver_config spans = {.receiver = cfg->receiver};
        spans.receiver.key_seed = key;
        spans.receiver.n_key_seed_oct = sizeof key;
        spans.receiver.on_event = NULL;
        spans.receiver.on_report = take_report;
        spans.receiver.ctx = t;
        rc = span_receiver_create(&t->receiver, &spans, err, err_cap);
    }
    if (rc < 0) {
        record_trigger_destroy(t);
        return rc;
    }
    *ret = t;
    return 0;
}

void record_trigger_destroy(struct record_trigger *t)
{
    if (!t)
        return;
    span_receiver_destroy(t->receiver);
    detector_destroy(t->detector);
    free(t);
}

/* True the first time. */
static bool is_new(struct record_trigger *t, const struct judged_cell *c)
{
    for (size_t i = 0; i < t->n_seen; i++) {
        const struct seen *s = &t->seen[i];
        if (arfcn_compare(s->channel, c->channel) == 0 && s->bsic == c->bsic &&
            fabs(s->first_s - c->first_s) < 1e-6)
            return false;
    }
    if (t->n_seen < SEEN_CAP)
        t->seen[t->n_seen++] = (struct seen){c->channel, c->bsic, c->first_s};
    return true;
}

static size_t judge(struct record_trigger *t)
{
    const struct judged_cell *cells;
    size_t n = detector_judge(t->detector, &cells), n_new = 0;
    for (size_t i = 0; i < n; i++) {
        if (!judged_cell_flagged(&cells[i]) || !is_new(t, &cells[i]))
            continue;
        t->cfg.on_flagged(t->cfg.ctx, &cells[i]);
        n_new++;
    }
    t->news = false;
    return n_new;
}

int record_trigger_push(struct record_trigger *t, const struct iq_block *block, size_t *ret_new)
{
    *ret_new = 0;
    int rc = span_receiver_push(t->receiver, block);
    if (rc == 0)
        rc = t->error;
    if (rc < 0)
        return rc;
    uint64_t end = block->samp + block->n_samp;
    if (t->news && end >= t->judge_at) {
        *ret_new = judge(t);
        t->judge_at = end + (uint64_t)(JUDGE_S * t->cfg.receiver.rate_hz);
    }
    return 0;
}

static void format_annotation(const struct record_trigger *t, const struct judged_cell *c,
                              struct sigmf_annotation *ret)
{
    double rate_hz = t->cfg.receiver.rate_hz, hz = arfcn_downlink_hz(c->channel);
    char key[CELL_KEY_CAP], id[DIGEST_UUID_CAP];
    judged_cell_key(c, key);
    store_cell_id(t->space, c, id);
    *ret = (struct sigmf_annotation){.samp = (uint64_t)fmax(0, c->first_s * rate_hz),
                                     .from_hz = hz - GSM_RASTER_HZ / 2,
                                     .to_hz = hz + GSM_RASTER_HZ / 2};
    ret->n_samp = (uint64_t)fmax(1, (c->last_s - c->first_s) * rate_hz);
    (void)snprintf(ret->label, sizeof ret->label, "%s", key);
    (void)snprintf(ret->uuid, sizeof ret->uuid, "%s", id);
    int n = snprintf(ret->comment, sizeof ret->comment, "%s, %.1f dB:", verdict_name(c->verdict),
                     c->score_db);
    for (size_t i = 0; i < c->n_findings && n > 0 && (size_t)n < sizeof ret->comment; i++)
        n +=
            snprintf(ret->comment + n, sizeof ret->comment - (size_t)n, " %s", c->findings[i].rule);
}

int record_trigger_annotate(struct record_trigger *t,
                            int (*take)(void *ctx, const struct sigmf_annotation *a), void *ctx)
{
    const struct judged_cell *cells;
    struct sigmf_annotation a;
    int rc = 0;
    size_t n = detector_judge(t->detector, &cells);
    for (size_t i = 0; i < n && rc == 0; i++) {
        if (!judged_cell_flagged(&cells[i]))
            continue;
        format_annotation(t, &cells[i], &a);
        rc = take(ctx, &a);
    }
    return rc;
}

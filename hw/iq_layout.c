/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/iq_layout.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/utc.h"

/* Two clocks that were read for two segments differ by less than this where the segments touch. */
#define TOUCH_S 0.02
/* A pause longer than this is no pause but a wrong clock. */
#define PAUSE_MAX_S (366 * 86400.0)

static const char *const container_names[] = {
    [IQ_CONTAINER_UNKNOWN] = "", [IQ_RAW] = "raw",     [IQ_WAV] = "wav",
    [IQ_SIGMF] = "sigmf",        [IQ_SDRIQ] = "sdriq",
};

const char *iq_container_name(enum iq_container container)
{
    return container_names[container];
}

enum iq_container iq_container_find(const char *name)
{
    for (size_t i = 1; i < sizeof container_names / sizeof container_names[0]; i++) {
        if (strcasecmp(container_names[i], name) == 0)
            return (enum iq_container)i;
    }
    return IQ_CONTAINER_UNKNOWN;
}

void iq_layout_clear(struct iq_layout *layout)
{
    free(layout->stretch);
    layout->stretch = NULL;
    layout->n = 0;
}

int iq_layout_raw(struct iq_layout *ret)
{
    *ret = (struct iq_layout){.container = IQ_RAW, .start_utc_us = UTC_UNKNOWN, .n = 1};
    ret->stretch = calloc(1, sizeof *ret->stretch);
    if (!ret->stretch)
        return -ENOMEM;
    ret->stretch[0].n_samp = IQ_TO_END;
    return 0;
}

/* ---- SigMF segments ----------------------------------------------------------------------- */

/* Samples from a to b in the time of the recording: from global_index, else from the clocks; -1
 * when nobody wrote it down or what was written runs backwards. n_samp: samples of a's segment. */
static int64_t distance(const struct sigmf_capture *a, const struct sigmf_capture *b,
                        uint64_t n_samp, double rate_hz)
{
    if (a->has_global_index && b->has_global_index)
        return b->global_index >= a->global_index + n_samp
                   ? (int64_t)(b->global_index - a->global_index)
                   : -1;
    if (a->utc_us == UTC_UNKNOWN || b->utc_us == UTC_UNKNOWN || !(rate_hz > 0))
        return -1;
    double elapsed_s = ((double)b->utc_us - (double)a->utc_us) / 1e6;
    double pause_s = elapsed_s - (double)n_samp / rate_hz;
    if (pause_s < -TOUCH_S || pause_s > PAUSE_MAX_S)
        return -1;
    return pause_s < TOUCH_S ? (int64_t)n_samp : (int64_t)llround(elapsed_s * rate_hz);
}

/* Whether segment b is only a mark in a stream that goes on. */
static bool goes_on(const struct sigmf_capture *a, const struct sigmf_capture *b, int64_t distance,
                    uint64_t n_samp, double from_hz, double to_hz)
{
    bool same_center = !(fabs(from_hz - to_hz) > 0);
    return same_center && a->has_global_index && b->has_global_index && distance == (int64_t)n_samp;
}

static void add_segment(struct iq_layout *ret, const struct sigmf_capture *before,
                        const struct sigmf_capture *c, struct iq_stretch next, double rate_hz)
{
    struct iq_stretch *last = ret->n > 0 ? &ret->stretch[ret->n - 1] : NULL;
    if (!(next.center_hz > 0) && last)
        next.center_hz = last->center_hz;
    if (last) {
        int64_t samp = distance(before, c, last->n_samp, rate_hz);
        next.gap = !goes_on(before, c, samp, last->n_samp, last->center_hz, next.center_hz);
        ret->gap_unknown |= samp < 0;
        next.samp = last->samp + (samp < 0 ? last->n_samp : (uint64_t)samp);
    }
    ret->stretch[ret->n++] = next;
}

static int add_segments(struct iq_layout *ret, const struct sigmf_meta *meta, uint64_t oct,
                        double rate_hz)
{
    const struct sigmf_capture *before = NULL;
    uint64_t header_oct = 0;
    ret->stretch = calloc(meta->n_captures + 1, sizeof *ret->stretch);
    if (!ret->stretch)
        return -ENOMEM;
    for (size_t i = 0; i < meta->n_captures; i++) {
        const struct sigmf_capture *c = &meta->capture[i];
        bool is_last = i + 1 == meta->n_captures;
        header_oct += c->header_oct;
        if (!is_last && c[1].sample_start == c->sample_start)
            continue;
        struct iq_stretch next = {.at_oct = header_oct + c->sample_start * oct,
                                  .n_samp =
                                      is_last ? IQ_TO_END : c[1].sample_start - c->sample_start,
                                  .center_hz = c->center_hz};
        add_segment(ret, before, c, next, rate_hz);
        before = c;
    }
    if (ret->n == 0)
        ret->stretch[ret->n++].n_samp = IQ_TO_END;
    return 0;
}

int iq_layout_sigmf(struct iq_layout *ret, const struct sigmf_meta *meta, enum iq_format format,
                    double rate_hz, const char *name, char *err, size_t err_cap)
{
    *ret = (struct iq_layout){.container = IQ_SIGMF,
                              .format = format,
                              .rate_hz = meta->rate_hz,
                              .start_utc_us = UTC_UNKNOWN,
                              .has_position = meta->has_position,
                              .trailing_oct = meta->trailing_oct};
    memcpy(ret->position_deg, meta->position_deg, sizeof ret->position_deg);
    if (meta->n_captures > 0)
        ret->start_utc_us = meta->capture[0].utc_us;
    int rc = add_segments(ret, meta, iq_format_oct(format), rate_hz);
    if (rc < 0) {
        (void)snprintf(err, err_cap, "'%s': out of memory", name);
        return rc;
    }
    if (ret->gap_unknown)
        (void)snprintf(ret->note, sizeof ret->note,
                       "its metadata does not say how far apart its segments were taken: a cell "
                       "heard in two of them may count as two");
    return 0;
}

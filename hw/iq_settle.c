/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of a recording before its first sample: the user's word, then the container's, then
 * the file name's, then the look of the samples. */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/utc.h"
#include "hw/input.h"
#include "source.h"

/* Who said it. */
enum origin { ORIGIN_SAID = 0, ORIGIN_CONTAINER, ORIGIN_NAME, ORIGIN_LOOK, ORIGIN_COUNT };

enum field { FIELD_FORMAT, FIELD_RATE, FIELD_CENTER, FIELD_START, FIELD_COUNT };

struct settle {
    struct iq_source *src;
    const struct iq_source_config *cfg;
    struct input *in;
    struct iq_layout *layout;
    enum origin origin[FIELD_COUNT];
    char *err;
    size_t err_cap;
};

__attribute__((format(printf, 2, 3))) static int refuse(struct settle *s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(s->err, s->err_cap, fmt, ap);
    va_end(ap);
    return -EINVAL;
}

/* ---- what is said of it ------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void add_text(struct iq_source_info *info,
                                                           const char *fmt, ...)
{
    size_t used = strlen(info->guess);
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(info->guess + used, sizeof info->guess - used, fmt, ap);
    va_end(ap);
}

static void add_field(struct iq_source_info *info, enum field field)
{
    char utc[UTC_TEXT_CAP];
    switch (field) {
    case FIELD_FORMAT:
        add_text(info, "format %s", iq_format_name(info->format));
        break;
    case FIELD_RATE:
        add_text(info, "rate %.10g kHz", info->rate_hz / 1e3);
        break;
    case FIELD_CENTER:
        add_text(info, "centre %.10g MHz", info->center_hz / 1e6);
        if (info->n_centers > 1)
            add_text(info, " and %zu more", info->n_centers - 1);
        break;
    case FIELD_START:
        utc_format(info->start_utc_us, utc);
        add_text(info, "start %s", utc);
        break;
    case FIELD_COUNT:
        break;
    }
}

/* "rate 500 kHz, centre 941 MHz from the file name, format cu8 from the look of the samples" */
static void say_origins(const struct settle *s)
{
    static const char *const wav = "the WAV header", *const sigmf = "the SigMF metadata",
                             *const sdriq = "the sdriq header";
    struct iq_source_info *info = &s->src->info;
    const char *from[ORIGIN_COUNT] = {[ORIGIN_CONTAINER] = info->container == IQ_WAV     ? wav
                                                           : info->container == IQ_SIGMF ? sigmf
                                                                                         : sdriq,
                                      [ORIGIN_NAME] = "the file name",
                                      [ORIGIN_LOOK] = "the look of the samples"};
    const bool known[FIELD_COUNT] = {info->format != IQ_FORMAT_UNKNOWN, info->rate_hz > 0,
                                     info->center_hz > 0, info->start_utc_us != UTC_UNKNOWN};
    info->guess[0] = '\0';
    for (int origin = ORIGIN_CONTAINER; origin < ORIGIN_COUNT; origin++) {
        size_t n = 0;
        for (int field = 0; field < FIELD_COUNT; field++) {
            if (!known[field] || s->origin[field] != (enum origin)origin)
                continue;
            if (info->guess[0])
                add_text(info, ", ");
            add_field(info, (enum field)field);
            n++;
        }
        if (n > 0)
            add_text(info, " from %s", from[origin]);
    }
}

/* ---- from least to most trusted ----------------------------------------------------------- */

static void take_name(struct settle *s)
{
    struct iq_source_info *info = &s->src->info;
    iq_name_guess(s->cfg->path, info);
    for (int field = 0; field < FIELD_COUNT; field++)
        s->origin[field] = ORIGIN_NAME;
}

static void take_layout(struct settle *s)
{
    struct iq_source_info *info = &s->src->info;
    const struct iq_layout *layout = s->layout;
    if (layout->format != IQ_FORMAT_UNKNOWN) {
        info->format = layout->format;
        s->origin[FIELD_FORMAT] = ORIGIN_CONTAINER;
    }
    if (layout->rate_hz > 0) {
        info->rate_hz = layout->rate_hz;
        s->origin[FIELD_RATE] = ORIGIN_CONTAINER;
    }
    if (layout->stretch[0].center_hz > 0) {
        info->center_hz = layout->stretch[0].center_hz;
        s->origin[FIELD_CENTER] = ORIGIN_CONTAINER;
    }
    if (layout->start_utc_us != UTC_UNKNOWN) {
        info->start_utc_us = layout->start_utc_us;
        s->origin[FIELD_START] = ORIGIN_CONTAINER;
    }
    info->container = layout->container;
    info->has_position = layout->has_position;
    memcpy(info->position_deg, layout->position_deg, sizeof info->position_deg);
    if (layout->note[0])
        source_add_note(s->src, "'%s': %s", input_name(s->in), layout->note);
}

static void take_said(struct settle *s)
{
    struct iq_source_info *info = &s->src->info;
    const struct iq_source_config *cfg = s->cfg;
    if (cfg->format != IQ_FORMAT_UNKNOWN) {
        info->format = cfg->format;
        s->origin[FIELD_FORMAT] = ORIGIN_SAID;
    }
    if (cfg->rate_hz > 0) {
        info->rate_hz = cfg->rate_hz;
        s->origin[FIELD_RATE] = ORIGIN_SAID;
    }
    if (cfg->center_hz > 0) {
        info->center_hz = cfg->center_hz;
        s->origin[FIELD_CENTER] = ORIGIN_SAID;
    }
    if (cfg->start_utc_us != UTC_UNKNOWN) {
        info->start_utc_us = cfg->start_utc_us;
        s->origin[FIELD_START] = ORIGIN_SAID;
    }
}

static void take_look(struct settle *s, const uint8_t *head, size_t n_head)
{
    struct iq_source_info *info = &s->src->info;
    uint64_t from = s->layout->stretch[0].at_oct;
    size_t skip = from < n_head ? (size_t)from : n_head;
    if (info->format == IQ_FORMAT_UNKNOWN) {
        info->format = iq_content_guess(head + skip, n_head - skip);
        s->origin[FIELD_FORMAT] = ORIGIN_LOOK;
    } else if (iq_content_contradicts(head + skip, n_head - skip, info->format)) {
        source_add_note(s->src, "'%s' is read as %s, but its samples look like %s: see --format",
                        input_name(s->in), iq_format_name(info->format),
                        iq_format_name(iq_content_guess(head + skip, n_head - skip)));
    }
    if (iq_content_is_real(head + skip, n_head - skip, info->format))
        source_add_note(s->src,
                        "'%s' seems to hold real samples, not I and Q: each carrier stands on both "
                        "sides of the centre, and the other side is not told from it",
                        input_name(s->in));
}

/* ---- containers --------------------------------------------------------------------------- */

static int64_t peek(void *ctx, uint64_t at_oct, void *buf, size_t n)
{
    return input_peek(ctx, at_oct, buf, n);
}

static int lay_out_sigmf(struct settle *s, const struct sigmf_meta *meta)
{
    struct iq_source_info *info = &s->src->info;
    const struct iq_source_config *cfg = s->cfg;
    enum iq_format format = cfg->format != IQ_FORMAT_UNKNOWN ? cfg->format : meta->format;
    double rate_hz = cfg->rate_hz > 0 ? cfg->rate_hz : meta->rate_hz;
    int rc =
        iq_layout_sigmf(s->layout, meta, format, rate_hz, input_name(s->in), s->err, s->err_cap);
    info->has_meta = true;
    memcpy(info->meta_sha256, meta->meta_sha256, sizeof info->meta_sha256);
    info->has_sha512 = meta->has_sha512;
    memcpy(info->sha512, meta->sha512, sizeof info->sha512);
    return rc;
}

static int lay_out(struct settle *s, const uint8_t *head, size_t n_head)
{
    const struct iq_source_config *cfg = s->cfg;
    const char *name = input_name(s->in);
    const struct iq_peek look = {peek, s->in};
    bool any = cfg->format == IQ_FORMAT_UNKNOWN && cfg->container == IQ_CONTAINER_UNKNOWN;
    if (cfg->container == IQ_WAV || (any && iq_layout_is_wav(head, n_head)))
        return iq_layout_wav(s->layout, head, n_head, input_length(s->in), &look, name, s->err,
                             s->err_cap);
    const char *dot = strrchr(cfg->path, '.');
    if (cfg->container == IQ_SDRIQ ||
        (any && (iq_layout_is_sdriq(head, n_head) || (dot && strcmp(dot, ".sdriq") == 0))))
        return iq_layout_sdriq(s->layout, head, n_head, name, s->err, s->err_cap);
    const char *other = iq_content_other(head, n_head);
    if (other && cfg->format == IQ_FORMAT_UNKNOWN && cfg->container != IQ_RAW)
        return refuse(s,
                      "'%s' is %s, not raw samples: convert it, or say --format to read it as raw "
                      "samples all the same",
                      name, other);
    return iq_layout_raw(s->layout);
}

/* Counts runs of one centre. What the user said stands in for what the metadata leaves out; where
 * it leaves out nothing, it holds for all there is. */
static int settle_centers(struct settle *s)
{
    struct iq_source_info *info = &s->src->info;
    struct iq_stretch *stretch = s->layout->stretch;
    bool filled = false;
    info->n_stretches = 1;
    info->n_centers = 1;
    for (size_t i = 0; i < s->layout->n; i++) {
        if (!(stretch[i].center_hz > 0)) {
            stretch[i].center_hz = info->center_hz;
            filled = true;
        }
        info->n_stretches += i > 0 && stretch[i].gap;
        info->n_centers += i > 0 && fabs(stretch[i].center_hz - stretch[i - 1].center_hz) > 0;
    }
    if (filled || !(s->cfg->center_hz > 0))
        return 0;
    if (info->n_centers > 1)
        return refuse(s,
                      "'%s' was taken at more than one centre frequency: --freq cannot stand for "
                      "all of them",
                      input_name(s->in));
    for (size_t i = 0; i < s->layout->n; i++)
        stretch[i].center_hz = info->center_hz;
    return 0;
}

static int check_known(struct settle *s)
{
    const struct iq_source_info *info = &s->src->info;
    const char *name = input_name(s->in);
    bool rate = info->rate_hz > 0, center = info->center_hz > 0;
    if (info->format == IQ_FORMAT_UNKNOWN)
        return refuse(
            s, "the sample format of '%s' is not known: add --format cu8, cs8, cs16 or cf32", name);
    if (!rate && !center)
        return refuse(s,
                      "neither sample rate nor centre frequency of '%s' is known: add --rate HZ "
                      "and --freq HZ, for example --rate 2.4M --freq 936.2MHz",
                      name);
    if (!rate)
        return refuse(s,
                      "the sample rate of '%s' is not known: add --rate HZ, for example "
                      "--rate 2.4M",
                      name);
    if (!center)
        return refuse(s,
                      "the centre frequency of '%s' is not known: add --freq HZ, for example "
                      "--freq 936.2MHz",
                      name);
    return 0;
}

int source_settle(struct iq_source *src, struct iq_layout *layout,
                  const struct iq_source_config *cfg, struct input *in, char *err, size_t err_cap)
{
    struct settle s = {
        .src = src, .cfg = cfg, .in = in, .layout = layout, .err = err, .err_cap = err_cap};
    struct iq_source_info *info = &src->info;
    size_t n_head;
    const uint8_t *head = input_head(in, &n_head);
    const struct sigmf_meta *meta = input_sigmf(in);
    take_name(&s);
    int rc = meta ? lay_out_sigmf(&s, meta) : lay_out(&s, head, n_head);
    if (rc < 0)
        return rc;
    take_layout(&s);
    take_said(&s);
    take_look(&s, head, n_head);
    rc = settle_centers(&s);
    info->guessed_format = s.origin[FIELD_FORMAT] != ORIGIN_SAID;
    info->guessed_rate = s.origin[FIELD_RATE] != ORIGIN_SAID;
    info->guessed_center = s.origin[FIELD_CENTER] != ORIGIN_SAID;
    info->guessed_start = s.origin[FIELD_START] != ORIGIN_SAID && info->start_utc_us != UTC_UNKNOWN;
    say_origins(&s);
    return rc < 0 ? rc : check_known(&s);
}

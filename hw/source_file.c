/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utc.h"
#include "hw/input.h"
#include "source.h"

#define DEFAULT_BLOCK_SAMP 65536

struct file_state {
    struct input *input;
    uint8_t *block;
    size_t block_oct;
    size_t n_have; /* octets of the block under way */
    uint64_t samp;
    bool ended;
};

/* Appends to a list with commas. */
__attribute__((format(printf, 2, 3))) static void add_word(struct iq_source_info *info,
                                                           const char *fmt, ...)
{
    size_t used = strlen(info->guess);
    if (used > 0 && used + 3 < sizeof info->guess)
        used += (size_t)snprintf(info->guess + used, sizeof info->guess - used, ", ");
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(info->guess + used, sizeof info->guess - used, fmt, ap);
    va_end(ap);
}

/* "rate 500 kHz, centre 941 MHz from the file name" */
static void say_guess(struct iq_source_info *info, bool format_from_content)
{
    char utc[UTC_TEXT_CAP];
    bool format_from_name = info->guessed_format && !format_from_content;
    info->guess[0] = '\0';
    if (format_from_name)
        add_word(info, "format %s", iq_format_name(info->format));
    if (info->guessed_rate)
        add_word(info, "rate %.10g kHz", info->rate_hz / 1e3);
    if (info->guessed_center)
        add_word(info, "centre %.10g MHz", info->center_hz / 1e6);
    utc_format(info->start_utc_us, utc);
    if (info->guessed_start)
        add_word(info, "start %s", utc);
    if (info->guess[0]) {
        size_t used = strlen(info->guess);
        (void)snprintf(info->guess + used, sizeof info->guess - used, " from the file name");
    }
    if (info->guessed_format && format_from_content)
        add_word(info, "format %s from the look of the samples", iq_format_name(info->format));
}

/* What the user said wins over what the name says. */
static void take_said(struct iq_source_info *info, const struct iq_source_config *cfg)
{
    if (cfg->format != IQ_FORMAT_UNKNOWN) {
        info->format = cfg->format;
        info->guessed_format = false;
    }
    if (cfg->rate_hz > 0) {
        info->rate_hz = cfg->rate_hz;
        info->guessed_rate = false;
    }
    if (cfg->center_hz > 0) {
        info->center_hz = cfg->center_hz;
        info->guessed_center = false;
    }
    if (cfg->start_utc_us != UTC_UNKNOWN) {
        info->start_utc_us = cfg->start_utc_us;
        info->guessed_start = false;
    }
}

static int check_known(const struct iq_source_info *info, const char *name, char *err,
                       size_t err_cap)
{
    bool rate = info->rate_hz > 0, center = info->center_hz > 0;
    if (info->format == IQ_FORMAT_UNKNOWN)
        (void)snprintf(
            err, err_cap,
            "the sample format of '%s' is not known: add --format cu8, cs8, cs16 or cf32", name);
    else if (!rate && !center)
        (void)snprintf(err, err_cap,
                       "neither sample rate nor centre frequency of '%s' is known: add --rate HZ "
                       "and --freq HZ, for example --rate 2.4M --freq 936.2MHz",
                       name);
    else if (!rate)
        (void)snprintf(err, err_cap,
                       "the sample rate of '%s' is not known: add --rate HZ, for example "
                       "--rate 2.4M",
                       name);
    else if (!center)
        (void)snprintf(err, err_cap,
                       "the centre frequency of '%s' is not known: add --freq HZ, for example "
                       "--freq 936.2MHz",
                       name);
    else
        return 0;
    return -EINVAL;
}

/* Fills src->info from user, name and content, in this order of trust. */
static int settle(struct iq_source *src, const struct iq_source_config *cfg, struct input *in,
                  char *err, size_t err_cap)
{
    size_t n_head;
    const uint8_t *head = input_head(in, &n_head);
    const char *other = iq_content_other(head, n_head);
    bool format_from_content = false;
    struct iq_source_info *info = &src->info;
    if (other && cfg->format == IQ_FORMAT_UNKNOWN) {
        (void)snprintf(err, err_cap,
                       "'%s' is %s, not raw samples: convert it, or say --format to read it as raw "
                       "samples all the same",
                       input_name(in), other);
        return -EINVAL;
    }
    iq_name_guess(cfg->path, info);
    take_said(info, cfg);
    if (info->format == IQ_FORMAT_UNKNOWN) {
        info->format = iq_content_guess(head, n_head);
        info->guessed_format = info->format != IQ_FORMAT_UNKNOWN;
        format_from_content = true;
    } else if (iq_content_contradicts(head, n_head, info->format)) {
        source_add_note(src, "'%s' is read as %s, but its samples look like %s: see --format",
                        input_name(in), iq_format_name(info->format),
                        iq_format_name(iq_content_guess(head, n_head)));
    }
    say_guess(info, format_from_content);
    return check_known(info, input_name(in), err, err_cap);
}

static int file_open(struct iq_source *src, const struct iq_source_config *cfg, char *err,
                     size_t err_cap)
{
    struct file_state *f = calloc(1, sizeof *f);
    src->state = f;
    if (!f)
        return -ENOMEM;
    struct input *in = cfg->input;
    int rc = in ? 0 : input_open(&in, cfg->path, err, err_cap);
    if (rc == 0)
        rc = settle(src, cfg, in, err, err_cap);
    if (rc == 0) {
        size_t oct = iq_format_oct(src->info.format);
        f->block_oct = oct * (cfg->block_samp ? cfg->block_samp : DEFAULT_BLOCK_SAMP);
        f->block = malloc(f->block_oct);
        src->info.n_samp_total = input_length(in) / oct;
        rc = f->block ? 0 : -ENOMEM;
    }
    if (rc == 0)
        f->input = in;
    else if (in != cfg->input)
        input_close(in);
    return rc;
}

/* Reads until the block is full, the input ends or a signal comes. */
static int fill_block(struct file_state *f)
{
    while (f->n_have < f->block_oct && !f->ended) {
        ssize_t n = input_read(f->input, f->block + f->n_have, f->block_oct - f->n_have);
        if (n < 0)
            return (int)n;
        f->ended = n == 0;
        f->n_have += (size_t)n;
    }
    return 0;
}

static int file_next(struct iq_source *src, struct iq_block *ret)
{
    struct file_state *f = src->state;
    size_t oct = iq_format_oct(src->info.format);
    int rc = fill_block(f);
    if (rc < 0)
        return rc;
    size_t n_samp = f->n_have / oct;
    if (f->ended && f->n_have % oct != 0)
        source_add_note(src, "the last %zu octets of '%s' are no whole sample and were left out",
                        f->n_have % oct, input_name(f->input));
    f->n_have = 0;
    if (n_samp == 0)
        return 0;
    *ret = (struct iq_block){.data = f->block,
                             .n_samp = n_samp,
                             .format = src->info.format,
                             .samp = f->samp,
                             .rate_hz = src->info.rate_hz,
                             .center_hz = src->info.center_hz};
    f->samp += n_samp;
    return 1;
}

static void file_set_tap(struct iq_source *src, void (*tap)(void *ctx, const void *data, size_t n),
                         void *ctx)
{
    struct file_state *f = src->state;
    input_set_tap(f->input, tap, ctx);
}

static void file_close(struct iq_source *src)
{
    struct file_state *f = src->state;
    if (!f)
        return;
    input_close(f->input);
    free(f->block);
    free(f);
}

const struct source_kind source_file = {
    .name = "file",
    .open = file_open,
    .next = file_next,
    .set_tap = file_set_tap,
    .close = file_close,
};

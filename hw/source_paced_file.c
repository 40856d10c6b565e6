/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file:PATH - a recording at the pace at which it was made. It cannot be tuned: its one centre is
 * where it stands. Nothing is ever dropped. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/utc.h"
#include "hw/iq_source.h"
#include "live_kind.h"

#define BLOCK_SAMP   16384
#define USABLE_RATIO 0.9

struct paced_file {
    struct iq_source *iq;
    struct iq_block block; /* read, waiting for its time */
    bool has_block, paced;
    int64_t start_ns;
    size_t n_notes;
};

static int file_open(struct live_source *src, char *err, size_t err_cap)
{
    struct paced_file *f = calloc(1, sizeof *f);
    src->state = f;
    if (!f) {
        (void)snprintf(err, err_cap, "out of memory");
        return -ENOMEM;
    }
    struct iq_source_config cfg = {
        .path = src->spec.path, .start_utc_us = UTC_UNKNOWN, .block_samp = BLOCK_SAMP};
    int rc = iq_source_open(&f->iq, &cfg, err, err_cap);
    if (rc < 0)
        return rc;
    struct iq_source_info iq;
    iq_source_info(f->iq, &iq);
    struct live_source_info *info = &src->info;
    const char *slash = strrchr(src->spec.path, '/');
    (void)snprintf(info->name, sizeof info->name, "file %.50s", slash ? slash + 1 : src->spec.path);
    info->format = iq.format;
    info->rate_hz = iq.rate_hz;
    info->usable_hz = USABLE_RATIO * iq.rate_hz;
    info->n_ranges = 1;
    info->ranges[0] = (struct live_range){iq.center_hz, iq.center_hz};
    src->tuning = (struct live_tuning){.center_hz = iq.center_hz, .gain_db = NAN};
    if (iq.guess[0])
        live_add_note(src, "%s", iq.guess);
    return 0;
}

static int read_block(struct live_source *src, char *err, size_t err_cap)
{
    struct paced_file *f = src->state;
    int rc = iq_source_next(f->iq, &f->block);
    const char *note;
    while ((note = iq_source_note(f->iq, f->n_notes)) != NULL) {
        live_add_note(src, "%s", note);
        f->n_notes++;
    }
    if (rc == 0) {
        (void)snprintf(err, err_cap, "the recording has ended");
        return -ENODATA;
    }
    if (rc < 0)
        (void)snprintf(err, err_cap, "cannot read the recording: %s", strerror(-rc));
    f->has_block = rc > 0;
    return rc;
}

/* When the last sample of the block would have been taken. */
static int64_t due_ns(const struct live_source *src, const struct paced_file *f)
{
    double s = (double)(f->block.samp + f->block.n_samp) / src->info.rate_hz;
    return f->start_ns + (int64_t)(s / src->config.file_speed * 1e9);
}

static int wait_until(int64_t t_ns)
{
    struct timespec t = {.tv_sec = t_ns / 1000000000, .tv_nsec = t_ns % 1000000000};
    return -clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static int file_next(struct live_source *src, int timeout_ms, struct iq_block *ret, char *err,
                     size_t err_cap)
{
    struct paced_file *f = src->state;
    int rc = f->has_block ? 1 : read_block(src, err, err_cap);
    if (rc < 0)
        return rc;
    if (src->config.file_speed > 0) {
        int64_t now_ns = live_now_ns(), until_ns = now_ns + (int64_t)timeout_ms * 1000000;
        if (!f->paced) {
            f->start_ns = now_ns - (int64_t)((double)f->block.samp / src->info.rate_hz /
                                             src->config.file_speed * 1e9);
            f->paced = true;
        }
        bool in_time = timeout_ms < 0 || due_ns(src, f) <= until_ns;
        rc = wait_until(in_time ? due_ns(src, f) : until_ns);
        if (rc < 0) {
            (void)snprintf(err, err_cap, "%s", strerror(-rc));
            return rc;
        }
        if (!in_time)
            return LIVE_TIMEOUT;
    }
    f->has_block = false;
    *ret = f->block;
    return LIVE_BLOCK;
}

static void file_close(struct live_source *src)
{
    struct paced_file *f = src->state;
    if (!f)
        return;
    iq_source_close(f->iq);
    free(f);
}

const struct live_kind live_kind_file = {
    .name = "file", .open = file_open, .next = file_next, .close = file_close};

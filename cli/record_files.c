/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/record_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock_map.h"
#include "core/utc.h"

#define STEM_CAP  480
#define NAMES_MAX 100000

struct record_files {
    struct record_files_config cfg;
    struct sigmf_writer *writer;
    char base[STEM_CAP]; /* of the run; the first recording's stem */
    int n_begun;
    uint64_t n_samp; /* of the recording that is open */
    char **kept;     /* paths of metadata, oldest first */
    size_t n_kept;
};

int record_files_create(struct record_files **ret, const struct record_files_config *cfg)
{
    struct record_files *r = calloc(1, sizeof *r);
    if (!r)
        return -ENOMEM;
    r->cfg = *cfg;
    r->kept = calloc((size_t)cfg->keep + 1, sizeof(char *));
    if (!r->kept) {
        free(r);
        return -ENOMEM;
    }
    *ret = r;
    return 0;
}

void record_files_destroy(struct record_files *r)
{
    if (!r)
        return;
    sigmf_writer_destroy(r->writer);
    for (size_t i = 0; i < r->n_kept; i++)
        free(r->kept[i]);
    free(r->kept);
    free(r);
}

bool record_files_is_open(const struct record_files *r)
{
    return r->writer != NULL;
}

/* ---- names -------------------------------------------------------------------------------- */

/* "cellwarden-20261122T152438Z-936.2MHz", without a time when nobody knows it. */
static void name_by_signal(char *ret, size_t cap, const char *folder, const struct iq_block *b,
                           int64_t utc_us)
{
    char utc[UTC_TEXT_CAP], compact[UTC_TEXT_CAP] = "";
    size_t n = 0;
    utc_format(utc_us, utc);
    for (const char *p = utc; *p && *p != '.'; p++) {
        if (*p != '-' && *p != ':')
            compact[n++] = *p;
    }
    compact[n] = '\0';
    (void)snprintf(ret, cap, "%scellwarden%s%s%s-%.6gMHz", folder, n > 0 ? "-" : "", compact,
                   n > 0 ? "Z" : "", b->center_hz / 1e6);
}

static bool is_taken(const char *stem)
{
    char path[STEM_CAP + 20];
    (void)snprintf(path, sizeof path, "%s.sigmf-data", stem);
    bool taken = access(path, F_OK) == 0;
    (void)snprintf(path, sizeof path, "%s.sigmf-meta", stem);
    return taken || access(path, F_OK) == 0;
}

/* The next stem: what was asked for as it is, then with -2, -3 ...; a name made here gives way to
 * one that is there. */
static int name_next(struct record_files *r, const struct iq_block *b, int64_t utc_us,
                     char stem[STEM_CAP], char *err, size_t err_cap)
{
    const char *out = r->cfg.out ? r->cfg.out : "";
    bool own_name = out[0] == '\0' || out[strlen(out) - 1] == '/';
    if (strlen(out) > STEM_CAP - 80) {
        (void)snprintf(err, err_cap, "the name of the recording is too long");
        return -ENAMETOOLONG;
    }
    int n = own_name ? 1 : r->n_begun + 1;
    do {
        if (own_name)
            name_by_signal(r->base, sizeof r->base, out, b, utc_us);
        else
            (void)snprintf(r->base, sizeof r->base, "%s", out);
        if (n == 1)
            (void)snprintf(stem, STEM_CAP, "%s", r->base);
        else
            (void)snprintf(stem, STEM_CAP, "%.*s-%d", STEM_CAP - 16, r->base, n);
        /* a first one that was named by somebody must be free: the writer says so */
    } while (is_taken(stem) && (own_name || r->n_begun > 0) && ++n < NAMES_MAX);
    return 0;
}

/* ---- one recording ------------------------------------------------------------------------ */

static void take_position(struct record_files *r)
{
    struct position_fix fix;
    if (!r->cfg.position || r->cfg.writer.has_position)
        return;
    position_get(r->cfg.position, &fix);
    if (fix.valid)
        sigmf_writer_set_position(r->writer, fix.lat_deg, fix.lon_deg);
}

static int begin(struct record_files *r, const struct iq_block *block,
                 const struct sigmf_stamp *stamp, char *err, size_t err_cap)
{
    char stem[STEM_CAP], clock[CLOCK_QUALITY_CAP];
    struct clock_quality quality;
    int64_t t_ns, utc_us;
    struct sigmf_writer_config cfg = r->cfg.writer;
    int rc = name_next(r, block, stamp->utc_us, stem, err, err_cap);
    if (rc < 0)
        return rc;
    clock_now(&t_ns, &utc_us);
    clock_quality_get(&quality);
    clock_quality_format(&quality, clock);
    cfg.stem = stem;
    cfg.clock = stamp->utc_us != UTC_UNKNOWN ? clock : NULL;
    cfg.delete_after_utc_us =
        r->cfg.retain_s > 0 ? utc_us + (int64_t)(r->cfg.retain_s * 1e6) : UTC_UNKNOWN;
    rc = sigmf_writer_create(&r->writer, &cfg, err, err_cap);
    if (rc < 0)
        return rc;
    r->n_begun++;
    r->n_samp = 0;
    take_position(r);
    return 0;
}

/* The oldest of this run goes when there are more than are kept. */
static void keep(struct record_files *r, const char *meta_path)
{
    if (r->cfg.keep == 0)
        return;
    char *copy = strdup(meta_path);
    if (!copy)
        return;
    r->kept[r->n_kept++] = copy;
    if (r->n_kept <= (size_t)r->cfg.keep)
        return;
    char *oldest = r->kept[0], *ending = oldest + strlen(oldest) - strlen("meta");
    (void)unlink(oldest); /* first: samples without metadata are no recording */
    memcpy(ending, "data", strlen("data"));
    (void)unlink(oldest);
    free(oldest);
    memmove(r->kept, r->kept + 1, --r->n_kept * sizeof r->kept[0]);
}

int record_files_finish(struct record_files *r, char *err, size_t err_cap)
{
    struct sigmf_written written;
    if (!r->writer)
        return 0;
    take_position(r);
    int rc = sigmf_writer_finish(r->writer, &written, err, err_cap);
    sigmf_writer_destroy(r->writer);
    r->writer = NULL;
    if (rc < 0)
        return rc == -ENODATA ? 0 : rc;
    r->cfg.done(r->cfg.ctx, &written, r->cfg.writer.rate_hz);
    keep(r, written.meta_path);
    if (written.stopped)
        (void)snprintf(err, err_cap, "'%s': the disk takes no more: %s; what was written is whole",
                       written.meta_path, strerror(-written.stopped));
    return written.stopped ? 1 : 0;
}

static bool is_full(const struct record_files *r)
{
    const struct record_files_config *cfg = &r->cfg;
    return (cfg->age_s > 0 && (double)r->n_samp >= cfg->age_s * cfg->writer.rate_hz) ||
           (cfg->size_oct > 0 && (double)sigmf_writer_octets(r->writer) >= cfg->size_oct);
}

int record_files_push(struct record_files *r, const struct iq_block *block,
                      const struct sigmf_stamp *stamp, char *err, size_t err_cap)
{
    int rc = 0;
    if (r->writer && is_full(r))
        rc = record_files_finish(r, err, err_cap);
    if (rc == 0 && !r->writer)
        rc = begin(r, block, stamp, err, err_cap);
    if (rc != 0)
        return rc;
    rc = sigmf_writer_push(r->writer, block, stamp);
    r->n_samp += block->n_samp;
    return rc < 0 ? record_files_finish(r, err, err_cap) : 0;
}

int record_files_annotate(struct record_files *r, const struct sigmf_annotation *a)
{
    return r->writer ? sigmf_writer_annotate(r->writer, a) : 0;
}

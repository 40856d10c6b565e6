/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/iq_input.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hw/sigmf.h"

static const char meta_ending[] = ".sigmf-meta";
static const char data_ending[] = ".sigmf-data";
static const char archive_ending[] = ".sigmf";

static bool ends_with(const char *text, const char *ending)
{
    size_t n = strlen(text), k = strlen(ending);
    return n > k && strcmp(text + n - k, ending) == 0;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Length of the path without the ending of its last part ("a.b/c.cu8": of "a.b/c"). */
static size_t stem_length(const char *path)
{
    const char *name = base_name(path), *dot = strrchr(name, '.');
    return dot && dot > name ? (size_t)(dot - path) : strlen(path);
}

/* Heap copy of the first n octets of a and all of b; NULL without memory. */
static char *join(const char *a, size_t n, const char *b)
{
    char *ret = NULL;
    return asprintf(&ret, "%.*s%s", (int)n, a, b) < 0 ? NULL : ret;
}

static int out_of_memory(char *err, size_t err_cap)
{
    (void)snprintf(err, err_cap, "out of memory");
    return -ENOMEM;
}

/* ---- metadata ----------------------------------------------------------------------------- */

static int read_all(struct input *in, char **ret, size_t *ret_n)
{
    size_t n = 0, cap = 65536;
    char *text = malloc(cap);
    ssize_t got = text ? 1 : -ENOMEM;
    while (got > 0) {
        if (n == cap) {
            char *grown = cap < SIGMF_META_CAP ? realloc(text, 2 * cap) : NULL;
            if (!grown) {
                got = cap < SIGMF_META_CAP ? -ENOMEM : -EFBIG;
                break;
            }
            text = grown;
            cap *= 2;
        }
        got = input_read(in, text + n, cap - n);
        if (got == -EINTR)
            got = 1;
        else if (got > 0)
            n += (size_t)got;
    }
    if (got < 0) {
        free(text);
        return (int)got;
    }
    *ret = text;
    *ret_n = n;
    return 0;
}

int sigmf_file_parse(struct sigmf_meta *ret, const char *path, char *err, size_t err_cap)
{
    struct input *in = NULL;
    char *text = NULL;
    size_t n = 0;
    int rc = input_open(&in, path, err, err_cap);
    if (rc < 0)
        return rc;
    rc = read_all(in, &text, &n);
    if (rc == -EFBIG)
        (void)snprintf(err, err_cap, "'%s' is longer than any metadata: more than 16 MiB", path);
    else if (rc < 0)
        (void)snprintf(err, err_cap, "cannot read '%s': %s", path, strerror(-rc));
    else
        rc = sigmf_parse(ret, text, n, path, err, err_cap);
    free(text);
    input_close(in);
    return rc;
}

/* ---- pair --------------------------------------------------------------------------------- */

/* Opens data and hangs the metadata on it. */
static int open_pair(struct input **ret, const char *data_path, struct sigmf_meta *meta, char *err,
                     size_t err_cap)
{
    int rc = input_open(ret, data_path, err, err_cap);
    if (rc < 0)
        return rc;
    rc = input_set_sigmf(*ret, meta);
    if (rc < 0) {
        input_close(*ret);
        return out_of_memory(err, err_cap);
    }
    return 0;
}

/* From the metadata's path: the dataset it names, or the .sigmf-data beside it. */
static int open_from_meta(struct input **ret, const char *meta_path, char *err, size_t err_cap)
{
    struct sigmf_meta meta;
    int rc = sigmf_file_parse(&meta, meta_path, err, err_cap);
    if (rc < 0)
        return rc;
    char *data_path =
        meta.dataset[0] ? join(meta_path, (size_t)(base_name(meta_path) - meta_path), meta.dataset)
                        : join(meta_path, strlen(meta_path) - strlen(meta_ending), data_ending);
    rc = data_path ? open_pair(ret, data_path, &meta, err, err_cap) : out_of_memory(err, err_cap);
    if (rc == -ENOENT)
        (void)snprintf(err, err_cap, "'%s' has no samples: there is no '%s'", meta_path, data_path);
    sigmf_clear(&meta);
    free(data_path);
    return rc;
}

static int open_from_data(struct input **ret, const char *path, bool raw, char *err, size_t err_cap)
{
    char *meta_path = join(path, strlen(path) - strlen(data_ending), meta_ending);
    int rc = 0;
    if (!meta_path)
        return out_of_memory(err, err_cap);
    bool there = access(meta_path, F_OK) == 0;
    if (there)
        rc = open_from_meta(ret, meta_path, err, err_cap);
    else if (raw || access(path, F_OK) != 0)
        rc = input_open(ret, path, err, err_cap);
    else {
        (void)snprintf(err, err_cap,
                       "'%s' has no metadata: there is no '%s'; say --format, --rate and --freq to "
                       "read it without",
                       path, meta_path);
        rc = -EINVAL;
    }
    free(meta_path);
    return rc;
}

/* A file of another kind that a .sigmf-meta of the same name describes. 1: opened. */
static int open_described(struct input **ret, const char *path, char *err, size_t err_cap)
{
    struct sigmf_meta meta;
    char *meta_path = join(path, stem_length(path), meta_ending);
    if (!meta_path)
        return out_of_memory(err, err_cap);
    int rc = 0;
    if (strcmp(path, "-") != 0 && access(meta_path, F_OK) == 0) {
        rc = sigmf_file_parse(&meta, meta_path, err, err_cap);
        if (rc == 0 && strcmp(meta.dataset, base_name(path)) == 0)
            rc = open_pair(ret, path, &meta, err, err_cap) < 0 ? -EIO : 1;
        if (rc >= 0)
            sigmf_clear(&meta);
    }
    free(meta_path);
    return rc;
}

/* ---- any ---------------------------------------------------------------------------------- */

/* Any other file; one that turns out to be a tar is looked into, when there is a going back. */
static int open_plain(struct input **ret, const char *path, bool any, char *err, size_t err_cap)
{
    size_t n = 0;
    int rc = input_open(ret, path, err, err_cap);
    const uint8_t *head = rc == 0 ? input_head(*ret, &n) : NULL;
    if (!any || n < 262 || memcmp(head + 257, "ustar", 5) != 0 || input_length(*ret) == 0)
        return rc;
    input_close(*ret);
    return sigmf_archive_open(ret, path, err, err_cap);
}

int iq_input_open(struct input **ret, const struct iq_source_config *cfg, char *err, size_t err_cap)
{
    const char *path = cfg->path;
    bool raw = cfg->format != IQ_FORMAT_UNKNOWN || cfg->container == IQ_RAW;
    bool any = !raw && cfg->container == IQ_CONTAINER_UNKNOWN;
    if (!raw && !any && cfg->container != IQ_SIGMF)
        return input_open(ret, path, err, err_cap);
    if (ends_with(path, meta_ending))
        return open_from_meta(ret, path, err, err_cap);
    if (ends_with(path, data_ending))
        return open_from_data(ret, path, raw, err, err_cap);
    if (!raw && ends_with(path, archive_ending))
        return sigmf_archive_open(ret, path, err, err_cap);
    int rc = raw ? 0 : open_described(ret, path, err, err_cap);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    if (any || raw)
        return open_plain(ret, path, any, err, err_cap);
    if (strcmp(path, "-") != 0)
        return sigmf_archive_open(ret, path, err, err_cap);
    (void)snprintf(err, err_cap,
                   "SigMF cannot be read from standard input, its metadata may come last: name a "
                   "file");
    return -EINVAL;
}

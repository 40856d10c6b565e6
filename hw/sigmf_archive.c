/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SigMF archive: an uncompressed tar with a recording in it. Nothing is ever unpacked to disk. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "hw/iq_input.h"
#include "hw/sigmf.h"

#define BLOCK_OCT 1048576
#define NAME_CAP  512
#define TAR_OCT   512

static const char meta_ending[] = ".sigmf-meta";
static const char data_ending[] = ".sigmf-data";

struct walk {
    const char *path;
    char *err;
    size_t err_cap;
    uint64_t length; /* of the archive */
    size_t n_meta;
    char meta_name[NAME_CAP];
    char *text;
    size_t n_text;
    char data_name[NAME_CAP]; /* what the metadata says the samples are in */
};

static int fail_archive(const struct walk *w, struct archive *a)
{
    const char *why = archive_error_string(a);
    (void)snprintf(w->err, w->err_cap, "'%s' cannot be read as a SigMF archive: %s", w->path,
                   why ? why : "no tar");
    return -EINVAL;
}

static int open_tar(struct archive **ret, const struct walk *w)
{
    struct archive *a = archive_read_new();
    if (!a)
        return -ENOMEM;
    int rc = 0;
    if (archive_read_support_format_tar(a) != ARCHIVE_OK ||
        archive_read_open_filename(a, w->path, BLOCK_OCT) != ARCHIVE_OK)
        rc = fail_archive(w, a);
    if (rc < 0) {
        (void)archive_read_free(a);
        return rc;
    }
    *ret = a;
    return 0;
}

/* Next regular file: 1 and its name, 0 at the end. A member that ends behind the end of the archive
 * was cut off. */
static int next_file(const struct walk *w, struct archive *a, char name[NAME_CAP],
                     uint64_t *ret_n_oct)
{
    struct archive_entry *entry;
    int rc;
    while ((rc = archive_read_next_header(a, &entry)) == ARCHIVE_OK || rc == ARCHIVE_WARN) {
        const char *said = archive_entry_pathname(entry);
        if (archive_entry_filetype(entry) != S_IFREG || !said || strlen(said) >= NAME_CAP)
            continue;
        int64_t size = archive_entry_size(entry);
        uint64_t at = (uint64_t)archive_read_header_position(a) + TAR_OCT;
        (void)snprintf(name, NAME_CAP, "%s", said);
        if (size < 0 || at + (uint64_t)size > w->length) {
            (void)snprintf(w->err, w->err_cap,
                           "'%s' is cut off: of the %lld octets of '%s' %llu are there", w->path,
                           (long long)size, name,
                           (unsigned long long)(w->length > at ? w->length - at : 0));
            return -EIO;
        }
        *ret_n_oct = (uint64_t)size;
        return 1;
    }
    return rc == ARCHIVE_EOF ? 0 : fail_archive(w, a);
}

static bool ends_with(const char *text, const char *ending)
{
    size_t n = strlen(text), k = strlen(ending);
    return n > k && strcmp(text + n - k, ending) == 0;
}

static int read_meta(struct walk *w, struct archive *a, const char *name, uint64_t n_oct)
{
    if (n_oct > SIGMF_META_CAP) {
        (void)snprintf(w->err, w->err_cap, "'%s': '%s' is longer than any metadata", w->path, name);
        return -EFBIG;
    }
    w->text = malloc((size_t)n_oct + 1);
    if (!w->text)
        return -ENOMEM;
    la_ssize_t got = archive_read_data(a, w->text, (size_t)n_oct);
    if (got < 0 || (uint64_t)got != n_oct)
        return fail_archive(w, a);
    w->n_text = (size_t)n_oct;
    memcpy(w->meta_name, name, NAME_CAP);
    return 0;
}

/* First pass: the metadata, wherever in the archive it is, and that there is one only. */
static int find_meta(struct walk *w)
{
    char name[NAME_CAP];
    uint64_t n_oct;
    struct archive *a = NULL;
    int rc = open_tar(&a, w);
    if (rc < 0)
        return rc;
    while ((rc = next_file(w, a, name, &n_oct)) > 0) {
        if (!ends_with(name, meta_ending))
            continue;
        if (w->n_meta++ == 0 && (rc = read_meta(w, a, name, n_oct)) < 0)
            break;
    }
    (void)archive_read_free(a);
    if (rc == 0 && w->n_meta != 1) {
        if (w->n_meta == 0)
            (void)snprintf(w->err, w->err_cap, "'%s' is an archive without a SigMF recording",
                           w->path);
        else
            (void)snprintf(w->err, w->err_cap,
                           "'%s' holds %zu recordings: unpack it (tar -xf) and name one of them",
                           w->path, w->n_meta);
        rc = -EINVAL;
    }
    return rc;
}

/* Where the samples must be: beside the metadata, within the archive. */
static void name_data(struct walk *w, const struct sigmf_meta *meta)
{
    const char *slash = strrchr(w->meta_name, '/');
    int n_dir = slash ? (int)(slash + 1 - w->meta_name) : 0;
    int n_stem = (int)(strlen(w->meta_name) - strlen(meta_ending));
    if (meta->dataset[0])
        (void)snprintf(w->data_name, NAME_CAP, "%.*s%s", n_dir, w->meta_name, meta->dataset);
    else
        (void)snprintf(w->data_name, NAME_CAP, "%.*s%s", n_stem, w->meta_name, data_ending);
}

static ssize_t read_member(void *ctx, void *buf, size_t n)
{
    la_ssize_t got = archive_read_data(ctx, buf, n);
    return got < 0 ? -EIO : (ssize_t)got;
}

static void close_member(void *ctx)
{
    (void)archive_read_free(ctx);
}

/* Second pass, up to the samples; the archive stays open for them. */
static int open_data(struct input **ret, struct walk *w)
{
    char name[NAME_CAP];
    uint64_t n_oct = 0;
    struct archive *a = NULL;
    int rc = open_tar(&a, w);
    if (rc < 0)
        return rc;
    while ((rc = next_file(w, a, name, &n_oct)) > 0 && strcmp(name, w->data_name) != 0)
        ;
    if (rc > 0)
        return input_open_reader(ret, w->path, n_oct, read_member, close_member, a, w->err,
                                 w->err_cap);
    if (rc == 0) {
        (void)snprintf(w->err, w->err_cap, "'%s' has no samples: there is no '%s' in it", w->path,
                       w->data_name);
        rc = -EINVAL;
    }
    (void)archive_read_free(a);
    return rc;
}

static int open_both(struct input **ret, struct walk *w)
{
    struct sigmf_meta meta;
    char name[2 * NAME_CAP];
    int rc = find_meta(w);
    if (rc < 0)
        return rc;
    (void)snprintf(name, sizeof name, "%s in %s", w->meta_name, w->path);
    rc = sigmf_parse(&meta, w->text, w->n_text, name, w->err, w->err_cap);
    if (rc < 0)
        return rc;
    name_data(w, &meta);
    rc = open_data(ret, w);
    if (rc == 0 && (rc = input_set_sigmf(*ret, &meta)) < 0)
        input_close(*ret);
    sigmf_clear(&meta);
    return rc;
}

int sigmf_archive_open(struct input **ret, const char *path, char *err, size_t err_cap)
{
    struct walk w = {.path = path, .err = err, .err_cap = err_cap};
    struct stat st;
    if (stat(path, &st) < 0 || S_ISDIR(st.st_mode)) {
        struct input *in = NULL;
        int rc = input_open(&in, path, err, err_cap); /* for its sentence */
        if (rc == 0)
            input_close(in);
        return rc < 0 ? rc : -EIO;
    }
    w.length = (uint64_t)st.st_size;
    int rc = open_both(ret, &w);
    if (rc == -ENOMEM)
        (void)snprintf(err, err_cap, "out of memory");
    free(w.text);
    return rc;
}

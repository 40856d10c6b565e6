/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hw/sigmf.h"

struct input {
    int fd; /* -1 with a reader */
    bool own_fd;
    ssize_t (*read)(void *ctx, void *buf, size_t n);
    void (*close)(void *ctx);
    void *ctx;
    struct sigmf_meta *sigmf; /* owned; NULL: none */
    char *name;
    uint64_t length;
    uint8_t *head;
    size_t n_head;
    size_t n_given; /* of the head, to input_read() */
    void (*tap)(void *ctx, const void *data, size_t n);
    void *tap_ctx;
};

static int open_fd(struct input *in, const char *path, char *err, size_t err_cap)
{
    struct stat st;
    in->own_fd = strcmp(path, "-") != 0;
    in->fd = in->own_fd ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    if (in->fd < 0 || fstat(in->fd, &st) < 0) {
        int rc = -errno;
        (void)snprintf(err, err_cap, "cannot open '%s': %s", path, strerror(-rc));
        return rc;
    }
    if (S_ISDIR(st.st_mode)) {
        (void)snprintf(err, err_cap, "'%s' is a directory: name the recording in it", path);
        return -EISDIR;
    }
    if (S_ISREG(st.st_mode) && st.st_size > 0)
        in->length = (uint64_t)st.st_size;
    (void)posix_fadvise(in->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return 0;
}

/* Octets from the file or the reader; negative errno. */
static ssize_t read_some(struct input *in, void *buf, size_t n)
{
    if (in->read)
        return in->read(in->ctx, buf, n);
    ssize_t got = read(in->fd, buf, n);
    return got < 0 ? -errno : got;
}

static int fill_head(struct input *in, char *err, size_t err_cap)
{
    while (in->n_head < INPUT_HEAD_OCT) {
        ssize_t n = read_some(in, in->head + in->n_head, INPUT_HEAD_OCT - in->n_head);
        if (n < 0) {
            int rc = (int)n;
            (void)snprintf(err, err_cap, "cannot read '%s': %s", in->name, strerror(-rc));
            return rc;
        }
        if (n == 0)
            break;
        in->n_head += (size_t)n;
    }
    if (in->n_head > 0)
        return 0;
    (void)snprintf(err, err_cap, "'%s' is empty: there is nothing to decode", in->name);
    return -ENODATA;
}

static struct input *create(const char *name, char *err, size_t err_cap)
{
    struct input *in = calloc(1, sizeof *in);
    if (in) {
        in->fd = -1;
        in->name = strdup(name);
        in->head = malloc(INPUT_HEAD_OCT);
    }
    if (in && in->name && in->head)
        return in;
    (void)snprintf(err, err_cap, "out of memory");
    input_close(in);
    return NULL;
}

int input_open(struct input **ret, const char *path, char *err, size_t err_cap)
{
    struct input *in = create(strcmp(path, "-") == 0 ? "standard input" : path, err, err_cap);
    if (!in)
        return -ENOMEM;
    int rc = open_fd(in, path, err, err_cap);
    if (rc == 0)
        rc = fill_head(in, err, err_cap);
    if (rc < 0) {
        input_close(in);
        return rc;
    }
    *ret = in;
    return 0;
}

int input_open_reader(struct input **ret, const char *name, uint64_t length_oct,
                      ssize_t (*read)(void *ctx, void *buf, size_t n), void (*close)(void *ctx),
                      void *ctx, char *err, size_t err_cap)
{
    struct input *in = create(name, err, err_cap);
    if (!in) {
        if (close)
            close(ctx);
        return -ENOMEM;
    }
    in->read = read;
    in->close = close;
    in->ctx = ctx;
    in->length = length_oct;
    int rc = fill_head(in, err, err_cap);
    if (rc < 0) {
        input_close(in);
        return rc;
    }
    *ret = in;
    return 0;
}

void input_close(struct input *in)
{
    if (!in)
        return;
    if (in->own_fd && in->fd >= 0)
        (void)close(in->fd);
    if (in->close)
        in->close(in->ctx);
    if (in->sigmf)
        sigmf_clear(in->sigmf);
    free(in->sigmf);
    free(in->name);
    free(in->head);
    free(in);
}

const uint8_t *input_head(const struct input *in, size_t *ret_n_oct)
{
    *ret_n_oct = in->n_head;
    return in->head;
}

const char *input_name(const struct input *in)
{
    return in->name;
}

uint64_t input_length(const struct input *in)
{
    return in->length;
}

ssize_t input_read(struct input *in, void *buf, size_t n)
{
    ssize_t got;
    if (in->n_given < in->n_head) {
        size_t left = in->n_head - in->n_given;
        got = (ssize_t)(n < left ? n : left);
        memcpy(buf, in->head + in->n_given, (size_t)got);
        in->n_given += (size_t)got;
    } else {
        got = read_some(in, buf, n);
    }
    if (in->tap && got > 0)
        in->tap(in->tap_ctx, buf, (size_t)got);
    return got;
}

int input_drain(struct input *in)
{
    uint8_t buf[4096];
    ssize_t n;
    do {
        n = input_read(in, buf, sizeof buf);
    } while (n > 0);
    return (int)n;
}

void input_set_tap(struct input *in, void (*tap)(void *ctx, const void *data, size_t n), void *ctx)
{
    in->tap = tap;
    in->tap_ctx = ctx;
}

int input_set_sigmf(struct input *in, struct sigmf_meta *meta)
{
    in->sigmf = malloc(sizeof *in->sigmf);
    if (!in->sigmf)
        return -ENOMEM;
    *in->sigmf = *meta;
    memset(meta, 0, sizeof *meta);
    return 0;
}

const struct sigmf_meta *input_sigmf(const struct input *in)
{
    return in->sigmf;
}

ssize_t input_peek(const struct input *in, uint64_t at_oct, void *buf, size_t n)
{
    if (in->fd < 0 || at_oct > INT64_MAX)
        return -ESPIPE;
    ssize_t got = pread(in->fd, buf, n, (off_t)at_oct);
    return got < 0 ? -errno : got;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uuid/uuid.h>

#define FILE_BLOCK_OCT 1048576

struct digest {
    EVP_MD_CTX *ctx;
};

/* Namespace of this program's recordings; drawn once, must never change: every id in every log
 * hangs on it. */
static const uint8_t program_space[16] = {0x5b, 0x0e, 0x7d, 0x1c, 0x93, 0xa4, 0x4f, 0x62,
                                          0x8d, 0x37, 0xe1, 0x6a, 0xc2, 0x58, 0x0b, 0xf9};

int digest_create(struct digest **ret)
{
    struct digest *d = calloc(1, sizeof *d);
    if (!d)
        return -ENOMEM;
    d->ctx = EVP_MD_CTX_new();
    if (!d->ctx || EVP_DigestInit_ex(d->ctx, EVP_sha256(), NULL) != 1) {
        digest_destroy(d);
        return -ENOMEM;
    }
    *ret = d;
    return 0;
}

void digest_destroy(struct digest *d)
{
    if (!d)
        return;
    EVP_MD_CTX_free(d->ctx);
    free(d);
}

int digest_push(struct digest *d, const void *data, size_t n_oct)
{
    return EVP_DigestUpdate(d->ctx, data, n_oct) == 1 ? 0 : -EIO;
}

int digest_get(const struct digest *d, uint8_t ret[DIGEST_OCT])
{
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    if (!copy)
        return -ENOMEM;
    int rc = -ENOMEM;
    if (EVP_MD_CTX_copy_ex(copy, d->ctx) == 1 && EVP_DigestFinal_ex(copy, ret, NULL) == 1)
        rc = 0;
    EVP_MD_CTX_free(copy);
    return rc;
}

int digest_run(const void *data, size_t n_oct, uint8_t ret[DIGEST_OCT])
{
    return EVP_Digest(data, n_oct, ret, NULL, EVP_sha256(), NULL) == 1 ? 0 : -ENOMEM;
}

static int push_fd(struct digest *d, int fd, uint8_t *buf)
{
    for (;;) {
        ssize_t n = read(fd, buf, FILE_BLOCK_OCT);
        if (n == 0)
            return 0;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        int rc = digest_push(d, buf, (size_t)n);
        if (rc < 0)
            return rc;
    }
}

int digest_file(const char *path, uint8_t ret[DIGEST_OCT])
{
    struct digest *d = NULL;
    uint8_t *buf = NULL;
    int rc;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    buf = malloc(FILE_BLOCK_OCT);
    rc = buf ? digest_create(&d) : -ENOMEM;
    if (rc == 0)
        rc = push_fd(d, fd, buf);
    if (rc == 0)
        rc = digest_get(d, ret);
    digest_destroy(d);
    free(buf);
    (void)close(fd);
    return rc;
}

void digest_format(const uint8_t value[DIGEST_OCT], char ret[DIGEST_HEX_CAP])
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < DIGEST_OCT; i++) {
        ret[2 * i] = hex[value[i] >> 4];
        ret[2 * i + 1] = hex[value[i] & 15];
    }
    ret[DIGEST_HEX_CAP - 1] = '\0';
}

void digest_uuid5(const uint8_t space[16], const char *name, uint8_t ret[16])
{
    uuid_t ns, out;
    memcpy(ns, space, sizeof ns);
    uuid_generate_sha1(out, ns, name, strlen(name));
    memcpy(ret, out, sizeof out);
}

void digest_uuid_format(const uint8_t uuid[16], char ret[DIGEST_UUID_CAP])
{
    uuid_t copy;
    memcpy(copy, uuid, sizeof copy);
    uuid_unparse_lower(copy, ret);
}

void digest_uuid_space(const uint8_t value[DIGEST_OCT], uint8_t ret[16])
{
    char hex[DIGEST_HEX_CAP];
    digest_format(value, hex);
    digest_uuid5(program_space, hex, ret);
}

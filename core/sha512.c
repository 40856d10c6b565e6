/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/sha512.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>

struct sha512 {
    EVP_MD_CTX *ctx;
};

int sha512_create(struct sha512 **ret)
{
    struct sha512 *d = calloc(1, sizeof *d);
    if (!d)
        return -ENOMEM;
    d->ctx = EVP_MD_CTX_new();
    if (!d->ctx || EVP_DigestInit_ex(d->ctx, EVP_sha512(), NULL) != 1) {
        sha512_destroy(d);
        return -ENOMEM;
    }
    *ret = d;
    return 0;
}

void sha512_destroy(struct sha512 *d)
{
    if (!d)
        return;
    EVP_MD_CTX_free(d->ctx);
    free(d);
}

int sha512_push(struct sha512 *d, const void *data, size_t n_oct)
{
    return EVP_DigestUpdate(d->ctx, data, n_oct) == 1 ? 0 : -EIO;
}

int sha512_get(const struct sha512 *d, uint8_t ret[SHA512_OCT])
{
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    int rc = -ENOMEM;
    if (copy && EVP_MD_CTX_copy_ex(copy, d->ctx) == 1 && EVP_DigestFinal_ex(copy, ret, NULL) == 1)
        rc = 0;
    EVP_MD_CTX_free(copy);
    return rc;
}

void sha512_format(const uint8_t value[SHA512_OCT], char ret[SHA512_HEX_CAP])
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < SHA512_OCT; i++) {
        ret[2 * i] = hex[value[i] >> 4];
        ret[2 * i + 1] = hex[value[i] & 15];
    }
    ret[SHA512_HEX_CAP - 1] = '\0';
}

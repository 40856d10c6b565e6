/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sha512 - SHA-512 of a stream, as SigMF metadata carries it.
 *
 * ref  FIPS 180-4 (libcrypto)
 * cost about 1.5 ns per octet
 * thread one object per stream
 */
#ifndef CORE_SHA512_H
#define CORE_SHA512_H

#include <stddef.h>
#include <stdint.h>

#define SHA512_OCT     64
#define SHA512_HEX_CAP (2 * SHA512_OCT + 1)

struct sha512;

/* Returns 0 or -ENOMEM. */
int sha512_create(struct sha512 **ret);
void sha512_destroy(struct sha512 *d);
int sha512_push(struct sha512 *d, const void *data, size_t n_oct);
/* Value of all that was pushed so far; pushing may go on. */
int sha512_get(const struct sha512 *d, uint8_t ret[SHA512_OCT]);
/* Lower-case hex with terminator. */
void sha512_format(const uint8_t value[SHA512_OCT], char ret[SHA512_HEX_CAP]);

#endif
